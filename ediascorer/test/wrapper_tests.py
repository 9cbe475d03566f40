"""The wrapper: what the program is called with, and what becomes of what it writes."""

from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from django.test import Client, override_settings

from ediascorer.models import EdiaScores
from molecule_handler.models import ElectronDensityMap, Ligand, StructureFactors
from molecule_handler.test.archive import LoopbackArchive
from proteins_plus.test.samples import METHANE, ccp4_map, glycine_file, stored_protein
from proteins_plus.test.utils import ApiTestCase, media_files, remove_new_media, row_counts, structure_text, upload

from .config import packed
from .samples import ATOMS, REGIONS, STRUCTURES, working_ediascorer

ROUTE = 'ediascorer/'
#: Writes a glance at its own input into the notes, which the job shows.
SAYS = r"""
said=$(tr '\n' ' ' < arguments | sed "s#$PWD/##g")
printf '[{"code": "test.said", "subject": "", "message": "%s"}]' "$said" > notes.json
"""
ALWAYS = '--target protein.{0} --densitymap density.{1} --outputfolder output{2} --regions regions --notes notes.json'


def density(content: bytes | None = None) -> object:
    """
    :param content: of a map; a small one unless given
    :returns: it as an upload
    """
    return upload(content or ccp4_map(), 'x.ccp4')


class WrapperTestCase(ApiTestCase):
    """Runs a stand-in for the engine."""

    def setUp(self) -> None:
        """Leave no file behind."""
        super().setUp()
        self.addCleanup(remove_new_media, media_files())

    def run_with(self, also: str = '', **data: Any) -> dict[str, Any]:
        """
        :param also: shell commands in the work directory, after the stand-in has written its results
        :param data: of the request; a glycine and a map unless given
        :returns: the job after its run
        """
        with working_ediascorer(also=also):
            return self.run_job(ROUTE, data or {'protein_file': glycine_file(), 'electron_density_map': density()})


class EdiascorerCommandLine(WrapperTestCase):
    """The options of the published program, and those that are new."""

    def assert_said(self, data: dict[str, Any], more: str = '', kind: str = 'ccp4', protein: str = 'pdb') -> None:
        """
        :param data: of the request
        :param more: options expected beside those that are always there
        :param kind: of density expected
        :param protein: format expected
        """
        job = self.run_with(also=SAYS, **data)
        self.assertEqual(job['status'], 'success', job)
        said = job['notes'][0]['message'].strip()
        self.assertEqual(said, ALWAYS.format(protein, kind, more and f' {more}'))

    def test_structure_and_map_need_no_further_option(self) -> None:
        """As the API browser and plain HTML forms send it, with every other field empty."""
        empty = dict.fromkeys(('protein_id', 'ligand_file', 'pdb_code', 'structure_factors', 'resolution'), '')
        for more in ({}, empty):
            self.assert_said({'protein_file': glycine_file(), 'electron_density_map': density(), **more})

    def test_resolution_and_format_are_handed_on(self) -> None:
        """The structure is parsed as what it is."""
        cif = upload(structure_text('1yjp.cif.gz'), 'x.pdb')
        data = {'protein_file': cif, 'electron_density_map': density(), 'resolution': '1.8'}
        self.assert_said(data, '--resolution 1.8', protein='cif')

    def test_structure_factors_keep_their_kind(self) -> None:
        """By their content; archives call both of them by other names."""
        for name, sent, kind in (('5e5z.mtz', 'x.ent', 'mtz'), ('5wkd-sf.cif', 'r5wkdsf.ent', 'cif')):
            data = {'protein_file': glycine_file(), 'structure_factors': upload(packed(name), sent)}
            self.assert_said(data, kind=kind)

    def test_ligands_of_the_user_and_of_a_stored_protein_go_in(self) -> None:
        """The text of a stored protein has none: the preprocessor has taken them out."""
        protein = stored_protein()
        for name in ('NAP_A_324', 'TES_A_325'):
            Ligand.objects.create(name=name, protein=protein, file_string=METHANE)
        titles = """awk 'start { printf "%s ", $0; start = 0 } /^\\$\\$\\$\\$/ { start = 1 }' start=1 ligands.sdf"""
        says = f'printf \'[{{"code": "c", "subject": "", "message": "%s"}}]\' "$({titles})" > notes.json'
        given = {'electron_density_map': density(), 'ligand_file': upload(METHANE, 'x.sdf')}
        job = self.run_with(also=says, protein_id=str(protein.pk), **given)
        self.assertEqual(job['notes'][0]['message'].split(), ['MTN_A_1', 'NAP_A_324', 'TES_A_325'])
        self.assertEqual(protein.ligand_set.count(), 2)


class DensityByCode(WrapperTestCase):
    """The density archive is asked by the worker."""

    def setUp(self) -> None:
        """A mirror with one map."""
        super().setUp()
        folder = self.enterContext(TemporaryDirectory())
        Path(folder, '1abc.ccp4').write_bytes(ccp4_map())
        self.enterContext(override_settings(LOCAL_DENSITY_MIRROR_DIR=folder))

    def test_code_is_normalised_and_its_map_is_used(self) -> None:
        """The job says which map that was; nothing of it is stored."""
        for code in ('1ABC', 'pdb_00001abc'):
            job = self.run_with(protein_file=glycine_file(), pdb_code=code)
            self.assertEqual((job['status'], job['density_file_pdb_code']), ('success', '1abc'), job)
        self.assertIsNone(job['electron_density_map'])

    def test_stored_protein_falls_back_to_its_own_code(self) -> None:
        """And any other density has precedence, which is no conflict."""
        protein = str(stored_protein(pdb_code='1abc').pk)
        self.assertEqual(self.run_with(protein_id=protein)['density_file_pdb_code'], '1abc')
        job = self.run_with(protein_id=protein, electron_density_map=density())
        self.assertEqual((job['status'], job['density_file_pdb_code']), ('success', None))

    def test_entry_without_a_map_is_a_failed_job_that_says_so(self) -> None:
        """Whether there is one is known by the archive alone."""
        with LoopbackArchive():
            job = self.run_with(protein_file=glycine_file(), pdb_code='9xyz')
        self.assertEqual((job['status'], job['error_code']), ('failure', 'archive.not_found'))
        self.assertIn('9xyz', job['error'])


class EdiascorerResults(WrapperTestCase):
    """What a run leaves in the database."""

    def test_scores_are_text_under_their_keys(self) -> None:
        """Clients join them as text, and look atoms up by their serial number."""
        job = self.run_with()
        scores = self.get(f'ediascorer/scores/{job["edia_scores"]}/')
        self.assertEqual(set(scores), {'id', 'atom_scores', 'structure_scores', 'regions', 'parent_edia_job'})
        self.assertEqual(scores['parent_edia_job'], job['id'])
        self.assertEqual(list(scores['atom_scores']), ['1', '2', '3', '4', '5'])
        self.assertEqual([','.join(row.values()) for row in scores['atom_scores'].values()], list(ATOMS))
        names = ['GLY_A_1', 'LEU_A_2B', 'MTN_B_1', 'HOH_B_9']
        self.assertEqual(set(scores['structure_scores']), set(names))
        self.assertEqual([','.join(scores['structure_scores'][name].values()) for name in names], list(STRUCTURES))
        self.assertFalse({'atom_scores', 'structure_scores'} & set(self.get('ediascorer/scores/')['results'][0]))

    def test_structure_is_stored_under_the_name_of_the_one_that_was_given(self) -> None:
        """It is the same entry, with scores in the place of the B factors."""
        protein = stored_protein(pdb_code='1abc')
        job = self.run_with(protein_id=str(protein.pk), electron_density_map=density())
        output = self.get(f'molecule_handler/proteins/{job["output_protein"]}/')
        self.assertEqual((output['name'], output['pdb_code'], output['ligand_set']), ('gly', '1abc', []))
        self.assertNotEqual(job['output_protein'], job['input_protein'])

    def test_parts_of_the_map_are_in_the_order_of_their_names(self) -> None:
        """Clients find the map around a ligand by its name."""
        job = self.run_with(also='printf 12345678 | dd of=regions/2.ccp4 bs=1 seek=1048 conv=notrunc 2>/dev/null')
        self.assertEqual(self.get(f'ediascorer/scores/{job["edia_scores"]}/')['regions'], list(REGIONS))
        ends = []
        for key in job['output_regions']:
            url = self.get(f'molecule_handler/electron_density_maps/{key}/')['file']
            ends.append(b''.join(Client().get(url).streaming_content)[-8:])
        self.assertEqual(ends, [bytes(8), b'12345678'])

    def test_computed_map_is_stored_and_dies_with_its_job(self) -> None:
        """Clients that gave structure factors can show what was scored."""
        factors = {'protein_file': glycine_file(), 'structure_factors': upload(packed('5e5z.mtz'), 'x.mtz')}
        job = self.run_with(also='cp regions/1.ccp4 output/density.ccp4', **factors)
        url = self.get(f'molecule_handler/electron_density_maps/{job["output_density"]}/')['file']
        self.assertEqual(b''.join(Client().get(url).streaming_content), ccp4_map())
        uploaded = self.get(f'molecule_handler/structure_factors/{job["structure_factors"]}/')
        self.assertRegex(uploaded['file'], r'^http://testserver/static/media/structure_factors/[0-9a-f-]{36}\.mtz$')
        self.client.delete(f'/api/v2/{ROUTE}jobs/{job["id"]}/')
        self.assertFalse(ElectronDensityMap.objects.filter(pk=job['output_density']).exists())
        self.assertTrue(StructureFactors.objects.exists())

    def test_program_that_writes_no_parts_of_the_map_is_served_too(self) -> None:
        """The published one has no such option."""
        job = self.run_with(also='rm -r regions; exit 9')
        self.assertEqual((job['status'], job['output_regions'], job['output_density']), ('success', [], None))

    def test_result_that_is_incomplete_fails_the_job_and_is_not_stored(self) -> None:
        """Half a table misleads, and one bad row would answer 500 for everybody."""
        rows, files = row_counts(), media_files()
        atoms, structures = 'output/protein_atomscores.csv', 'output/protein_structurescores.csv'
        scripts = (
            f'rm {atoms}',
            f': > {atoms}',
            f'cp {atoms} output/other_atomscores.csv',
            f'sed -i s/Infile/Outfile/ {atoms}',
            f'sed -i s/1.05/much/ {atoms}',
            f'sed -i s/1.05/nan/ {atoms}',
            f'sed -i "s/1.00$/&,1/" {atoms}',
            f'sed -i "2s/,[^,]*$//" {atoms}',
            f'printf "\\377" >> {atoms}',
            f'rm {structures}',
            f'sed -i "1s/Chain/Chains/" {structures}',
            f'sed -i s/0.85/inf/ {structures}',
            f'sed -i 2,5d {structures}',
            'rm output/protein.pdb',
            'echo "[5]" > regions/regions.json',
            'echo \'["GLY_A_9"]\' > regions/regions.json',
            'rm regions/2.ccp4',
            'printf x >> regions/2.ccp4',
            ': > output/density.ccp4',
            'echo "[5]" > notes.json',
        )
        for script in scripts:
            job = self.run_with(also=script, protein_file=glycine_file(), electron_density_map=density())
            self.assertEqual((job['status'], job['error_code']), ('failure', 'tool.bad_output'), script)
        left = row_counts() - rows
        self.assertEqual(left['ediascorer.EdiaScores'] + left['ediascorer.EdiaRegion'], 0)
        self.assertEqual(left['molecule_handler.Protein'], len(scripts))
        self.assertEqual(len(media_files() - files), len(scripts))

    def test_deleted_job_takes_its_scores(self) -> None:
        """They mean nothing without it."""
        job = self.run_with()
        self.client.delete(f'/api/v2/{ROUTE}jobs/{job["id"]}/')
        self.assertFalse(EdiaScores.objects.exists())
