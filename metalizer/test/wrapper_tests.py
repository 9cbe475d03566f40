"""The wrapper: what the program is called with, and what becomes of what it writes."""

from typing import Any

from metalizer.models import MetalizerInfo
from molecule_handler.models import Ligand
from proteins_plus.test.samples import METHANE, glycine_file, stored_protein
from proteins_plus.test.utils import ApiTestCase, media_files, remove_new_media, row_counts, upload

from .samples import metal, prediction, site, working_metalizer, zinc_file, zinc_text

ROUTE = 'metalizer/'
#: Writes a glance at its own input into the notes, which the job shows.
SAYS = r"""
said=$(tr '\n' ' ' < arguments | sed "s#$PWD/##g")
printf '[{"code": "test.said", "subject": "", "message": "%s"}]' "$said" > notes.json
"""
ALWAYS = (
    '--input protein.pdb {}--distance_threshold {} --crystal_symmetry --angle_threshold 21.5 --max_free_sites 0.25 '
    '--output output/protein.pdb {}--notes notes.json'
)
#: A haem in a nutshell.
IRON = METHANE.replace('MTN_A_1', 'HEM_A_5').replace(' C   0', ' Fe  0')


class WrapperTestCase(ApiTestCase):
    """Runs a stand-in for the engine."""

    def setUp(self) -> None:
        """Leave no file behind."""
        super().setUp()
        self.addCleanup(remove_new_media, media_files())

    def run_with(self, *metals: Any, text: str = '', also: str = '', **data: Any) -> dict[str, Any]:
        """
        :param metals: that are found
        :param text: what is written in their place
        :param also: shell commands in the work directory
        :param data: of the request; a zinc unless given
        :returns: the job after its run
        """
        with working_metalizer(*metals, text=text, also=also):
            return self.run_job(ROUTE, data or {'protein_file': zinc_file(), 'use_cache': 'false'})


class MetalizerCommandLine(WrapperTestCase):
    """The options of the published program, and those that are new."""

    def assert_said(self, data: dict[str, Any], *parts: str) -> None:
        """
        :param data: of the request
        :param parts: options expected beside those that are always there
        """
        job = self.run_with(also=SAYS, **data)
        self.assertEqual(job['status'], 'success', job)
        self.assertEqual(job['notes'][0]['message'].strip(), ALWAYS.format(*parts))

    def test_metal_and_threshold_are_handed_on(self) -> None:
        """A metal in one word, so that nothing is taken for an option."""
        named = {'residue_id': '12', 'chain_id': 'A', 'name': 'zn'}
        self.assert_said({'protein_file': zinc_file()}, '', '3.0', '')
        self.assert_said(
            {'protein_file': zinc_file(), **named, 'distance_threshold': '2.5'}, '--metal=12:A.zn ', '2.5', ''
        )

    def test_ligands_of_a_stored_protein_go_with_it_and_their_metals_can_be_named(self) -> None:
        """The text of a stored protein has none: the preprocessor has taken them out."""
        protein = stored_protein()
        Ligand.objects.create(name='HEM_A_5', protein=protein, file_string=IRON)
        named = {'residue_id': '5', 'chain_id': 'A', 'name': 'FE'}
        self.assert_said({'protein_id': str(protein.pk), **named}, '--metal=5:A.FE ', '3.0', '--ligands ligands.sdf ')
        response = self.post(ROUTE, {'protein_id': str(protein.pk), **named, 'name': 'ZN'})
        self.assertIn('5:A.FE', response.json()['error_hint'])

    def test_metals_of_mmcif_are_known_by_the_numbers_of_the_authors(self) -> None:
        """Also with a long number and a long name of the chain."""
        columns = 'group_PDB id type_symbol label_atom_id label_alt_id label_comp_id label_asym_id label_seq_id Cartn_x'
        columns += (
            ' Cartn_y Cartn_z occupancy B_iso_or_equiv auth_seq_id auth_asym_id pdbx_PDB_ins_code pdbx_PDB_model_num'
        )
        head = ''.join(f'_atom_site.{name}\n' for name in columns.split())
        row = 'HETATM 1 ZN "ZN" . ZN C . 1.0 2.0 3.0 1.00 10.0 123456 AAA ? 1\n'
        cif = f'data_x\nloop_\n{head}{row}#\n'
        named = {'residue_id': '123456', 'chain_id': 'AAA', 'name': 'ZN'}
        job = self.run_with(protein_file=upload(cif, 'x.cif'), **named)
        self.assertEqual((job['status'], job['residue_id']), ('success', '123456'))
        response = self.post(ROUTE, {'protein_file': upload(cif, 'x.cif'), **named, 'chain_id': 'C'})
        self.assertIn('123456:AAA.ZN', response.json()['error_hint'])


class MetalizerResults(WrapperTestCase):
    """What a run leaves in the database."""

    def test_first_metal_is_the_documented_result_and_all_are_beside_it(self) -> None:
        """The published server kept the first one alone."""
        job = self.run_with(metal(), metal(metal_name='13:A.ZN/0'))
        found = self.get(f'metalizer/info/{job["metalizer_info"]}/')
        self.assertEqual(found['info'], metal())
        self.assertEqual([each['metal_name'] for each in found['metals']], ['12:A.ZN/0', '13:A.ZN/0'])
        text = self.get(f'molecule_handler/proteins/{job["output_protein"]}/')['file_string']
        self.assertEqual(text, zinc_text())

    def test_result_that_is_broken_fails_the_job_and_is_not_stored(self) -> None:
        """JSON of Python has nan, and one would answer 500 for everybody."""
        rows = row_counts()
        broken_site = {**site(1), 'optimal_direction': [0, 1]}
        bad: list[dict[str, Any]] = [
            {'text': 'hello'},
            {'text': '[]'},
            {'text': '{}'},
            {'text': '[5]'},
            {'also': 'rm output/protein.pdb'},
            {'also': 'echo "[5]" > notes.json'},
        ]
        values: list[dict[str, Any]] = [
            {'element': 5}, {'predictions': None}, {'predictions': [5]}, {'cutoff': float('nan')},
            {'predictions': [{**prediction('cubic', 1), 'score': 'low'}]},
            {'predictions': [{**prediction('cubic', 1), 'partners': [5]}]},
            {'predictions': [{**prediction('cubic', 1), 'partners': [broken_site]}]},
        ]  # fmt: skip
        runs = [*(self.run_with(**each) for each in bad), *(self.run_with(metal(**each)) for each in values)]
        for run in runs:
            self.assertEqual((run['status'], run['error_code']), ('failure', 'tool.bad_output'), run)
        self.assertFalse(MetalizerInfo.objects.exists())
        self.assertEqual((row_counts() - rows)['molecule_handler.Protein'], len(runs))

    def test_structure_without_metals_is_refused_at_its_field(self) -> None:
        """All metals of it are none."""
        response = self.post(ROUTE, {'protein_file': glycine_file()})
        self.assertEqual((response.status_code, response.json()['error_code']), (400, 'metal.none'))
        self.assertIn('protein_file', response.json())
