"""How a job becomes a command line, and what is made of the files of a run."""

import tempfile
from pathlib import Path
from typing import Any
from unittest import mock

from django.test import override_settings

from molecule_handler.formats.edf import read_edf, write_edf
from molecule_handler.models import Ligand, Protein, ProteinSite
from proteins_plus.errors import ToolError
from proteins_plus.test.samples import GLYCINE, METHANE, stored_protein
from proteins_plus.tools import request_hash
from siena import database
from siena.apps import SienaConfig
from siena.models import SienaInfo, SienaJob
from siena.siena_wrapper import SienaWrapper

from .cases import SienaCase
from .config import RESIDUES, index, request

_ROWS = 'PDB code;Backbone RMSD;Ligands\n2J1X; 0.5 ;\n2X0U;0.7;P86_A_1\n'


class SienaWorkCase(SienaCase):
    """With a job that is not run, and a work folder."""

    def setUp(self) -> None:
        """Make both."""
        super().setUp()
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.work = Path(folder.name)

    def job(self, **fields: Any) -> SienaJob:
        """
        :param fields: of the job
        :returns: a stored job
        """
        return SienaJob.objects.create(input_protein=stored_protein(), **fields)

    def write(self, **files: str) -> None:
        """
        :param files: what the program writes, by name with two underscores for a slash and one for the dot
        """
        for name, text in files.items():
            file = self.work / 'output' / name.replace('__', '/')
            file = file.with_name('.'.join(file.name.rsplit('_', 1)))
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(text)


class SienaCommandLine(SienaWorkCase):
    """That of the published program, and our options."""

    def test_site_goes_as_edf_and_parameters_that_bound_nothing_are_left_out(self) -> None:
        """Insertion codes are columns of their own."""
        residues = [{'name': 'HIS', 'position': '57A', 'chain': 'A'}, {'name': 'SER', 'position': '-1', 'chain': ''}]
        site = ProteinSite.objects.create(site_description={'residue_ids': residues})
        job = self.job(input_site=site, holo_only=True, ec_number='1.1')
        argv = SienaWrapper().command(job, self.work)
        self.assertEqual(argv[1:7], [
            '--protein', f'{self.work}/protein.pdb', '--database', str(index()), '--output', f'{self.work}/output',
        ])  # fmt: skip
        self.assertEqual(argv[7:9], ['--edf', f'{self.work}/residues.edf'])
        self.assertEqual(
            (self.work / 'residues.edf').read_text(),
            'REFERENCE protein.pdb\nRESIDUE HIS A 57 A\nRESIDUE SER _ -1\n',
        )
        self.assertEqual(argv[9:], [
            '--site_radius=6.5', '--minimal_site_identity=0.7', '--minimal_site_coverage=0.8', '--members=50',
            '--ec_number=1.1', '--reduction=none', '--holo_only',
        ])  # fmt: skip

    def test_ligand_goes_as_sdf(self) -> None:
        """Under its name."""
        ligand = Ligand.objects.create(name='MTN_A_1', file_string=METHANE)
        argv = SienaWrapper().command(self.job(input_ligand=ligand), self.work)
        self.assertEqual(argv[7:9], ['--ligand', f'{self.work}/ligands.sdf'])
        self.assertTrue((self.work / 'ligands.sdf').read_text().startswith('MTN_A_1\n'))

    def test_site_exchange_files_can_be_read_back(self) -> None:
        """What is written is what is read."""
        description = {'residue_ids': RESIDUES}
        self.assertEqual(read_edf(write_edf(description, 'x.pdb')), description)

    def test_another_index_is_another_question(self) -> None:
        """Or a new archive would be answered with what an old one had."""
        job = self.job()
        with_index = request_hash(job)
        with override_settings(SIENA_SEARCH_DB=str(self.work / 'none.sqlite')):
            self.assertNotEqual(request_hash(job), with_index)
            self.assertEqual(database.content(), 'none')
        with mock.patch.object(database, 'content', return_value='other'):
            self.assertNotEqual(request_hash(job), with_index)
        (self.work / 'junk.sqlite').write_bytes(b'junk')
        with override_settings(SIENA_SEARCH_DB=str(self.work / 'junk.sqlite')):
            self.assertEqual((database.content(), database.archive()), ('none', None))

    def test_runs_may_read_the_index_and_the_archive(self) -> None:
        """And nothing else that others may not."""
        tool = SienaConfig.create('siena')
        self.assertEqual(tool.run_limits.reads, (index(), index().parent / 'archive'))
        with override_settings(SIENA_SEARCH_DB='/nowhere'):
            self.assertEqual(tool.run_limits.reads, (Path('/nowhere'),))


class SienaResults(SienaWorkCase):
    """What is stored of what the program wrote."""

    def refused(self) -> str:
        """:returns: what is wrong with what the program wrote"""
        with self.assertRaises(ToolError) as caught:
            SienaWrapper().load_results(self.job(), self.work)
        self.assertEqual(caught.exception.code, 'tool.bad_output')
        return caught.exception.message

    def test_structures_are_ordered_by_rank_not_by_name(self) -> None:
        """D9: they were stored as the file system listed them, in no order."""
        codes = [f'{9 - rank % 9}ABC' for rank in range(12)]
        rows = ''.join(f'{code};0;\n' for code in codes)
        self.write(resultStatistic_csv=f'PDB code;Backbone RMSD;Ligands\n{rows}', alignment_txt='query|A-1-A\n')
        for rank, code in enumerate(codes, start=1):
            self.write(**{f'ensemble__{code}_{rank}_pdb': GLYCINE})
        job = self.job()
        SienaWrapper().load_results(job, self.work)
        names = [link.protein.name for link in job.ensemble.select_related('protein')]
        self.assertEqual(names, [f'{code}_{rank}' for rank, code in enumerate(codes, start=1)])

    def test_values_are_trimmed_and_empty_ones_are_null(self) -> None:
        """Ligands belong to the structure of the same name."""
        self.write(resultStatistic_csv=_ROWS, alignment_txt='query|A-1-A\n', ensemble__2J1X_1_pdb=GLYCINE,
                   ensemble__2X0U_2_pdb=GLYCINE, ligands__2X0U_2_sdf=METHANE + METHANE)  # fmt: skip
        outputs = SienaWrapper().load_results(self.job(), self.work)
        self.assertEqual(outputs['output_info'].statistic, [
            {'PDB code': '2J1X', 'Backbone RMSD': '0.5', 'Ligands': None},
            {'PDB code': '2X0U', 'Backbone RMSD': '0.7', 'Ligands': 'P86_A_1'},
        ])  # fmt: skip
        self.assertEqual((outputs['output_info'].further, outputs['notes']), ([], []))
        counts = {protein.name: protein.ligand_set.count() for protein in Protein.objects.filter(name__contains='_')}
        self.assertEqual(counts, {'2J1X_1': 0, '2X0U_2': 2})

    def test_no_table_is_no_result(self) -> None:
        """As the published server takes it."""
        (self.work / 'output').mkdir()
        self.assertIsNone(SienaWrapper().load_results(self.job(), self.work)['output_info'])

    def test_files_that_do_not_go_together_are_refused(self) -> None:
        """One structure for each row, each with a rank."""
        self.assertIn('nothing', self.refused())
        self.write(resultStatistic_csv=_ROWS, alignment_txt='', ensemble__2J1X_1_pdb=GLYCINE)
        self.assertIn('go together', self.refused())
        self.write(ensemble__2X0U_1_pdb=GLYCINE)
        self.assertIn('order', self.refused())
        self.write(resultStatistic_csv='a;b\n1\n')
        self.assertIn('table', self.refused())
        self.write(resultStatistic_csv='a;a\n1;2\n')
        self.assertIn('table', self.refused())

    def test_missing_index_is_told_with_a_hint(self) -> None:
        """The job fails; the server does not."""
        with override_settings(SIENA_SEARCH_DB=str(self.work / 'none.sqlite')):
            job = self.run_job('siena/', request())
        self.assertEqual((job['status'], job['error_code']), ('failure', 'siena.no_database'))
        self.assertIn('generate_siena_database', job['error_hint'])
        self.assertFalse(SienaInfo.objects.exists())

    def test_residue_that_the_structure_lacks_is_told(self) -> None:
        """By its name."""
        site = '{"residue_ids": [{"name": "HIS", "position": "999", "chain": "A"}]}'
        job = self.run_job('siena/', request(protein_site_json=site))
        self.assertEqual((job['status'], job['error_code']), ('failure', 'siena.site_residue'))
        self.assertIn('HIS 999 of chain A', job['error'])

    def test_ligand_file_goes_with_a_protein_file_only(self) -> None:
        """As in the published server."""
        from .config import ligand

        response = self.post('siena/', {'protein_id': str(stored_protein().pk), 'ligand_file': ligand()})
        self.assertEqual((response.status_code, response.json()['error_code']), (400, 'ligand.without_protein_file'))
