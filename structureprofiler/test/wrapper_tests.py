"""The wrapper: what the program is called with, and what becomes of what it writes."""

import json
from typing import Any

from molecule_handler.models import Ligand
from proteins_plus.test.samples import METHANE, ccp4_map, glycine_file, stored_protein
from proteins_plus.test.utils import ApiTestCase, media_files, remove_new_media, row_counts, upload
from structureprofiler.models import StructureprofilerOutput

from .samples import NONE, OFFENDERS, working_structureprofiler

ROUTE = 'structureprofiler/'
#: Writes a glance at its own input into the notes, which the job shows.
SAYS = r"""
said=$(tr '\n' ' ' < arguments | sed "s#$PWD/##g")
printf '[{"code": "test.said", "subject": "", "message": "%s"}]' "$said" > notes.json
"""
ALWAYS = '--complex protein.pdb --outputDir output{} --preset {} --notes notes.json'


class WrapperTestCase(ApiTestCase):
    """Runs a stand-in for the engine."""

    def setUp(self) -> None:
        """Leave no file behind."""
        super().setUp()
        self.addCleanup(remove_new_media, media_files())

    def run_with(self, data: dict[str, Any] | None = None, **changed: Any) -> dict[str, Any]:
        """
        :param data: of the request; a glycine unless given
        :param changed: of the stand-in
        :returns: the job after its run
        """
        with working_structureprofiler(**changed):
            return self.run_job(ROUTE, data or {'protein_file': glycine_file(), 'use_cache': 'false'})

    def output(self, **changed: Any) -> dict[str, Any]:
        """
        :param changed: of the stand-in
        :returns: the result of a run
        """
        job = self.run_with(**changed)
        self.assertEqual(job['status'], 'success', job)
        served = self.get(f'structureprofiler/output/{job["output_data"]}/')
        self.assertEqual(set(served), {'id', 'output_data', 'offenders', 'parent_structureprofiler_job'})
        return served['output_data']


class StructureprofilerCommandLine(WrapperTestCase):
    """The options of the published program, and those that are new."""

    def assert_said(self, data: dict[str, Any], more: str = '', preset: str = 'combined') -> None:
        """
        :param data: of the request beside the structure
        :param more: options expected beside those that are always there
        :param preset: expected
        """
        job = self.run_with({'protein_file': glycine_file(), **data}, also=SAYS)
        self.assertEqual(job['status'], 'success', job)
        self.assertEqual(job['notes'][0]['message'].strip(), ALWAYS.format(more and f' {more}', preset))

    def test_structure_alone_needs_no_further_option(self) -> None:
        """As the API browser and plain HTML forms send it, with every other field empty."""
        names = ('protein_id', 'ligand_file', 'pdb_code', 'electron_density_map', 'structure_factors', 'thresholds')
        for data in ({}, dict.fromkeys(names, '')):
            self.assert_said(data)

    def test_stored_entry_is_not_compared_with_its_density_unless_asked_to(self) -> None:
        """The tests of EDIA are extra, and would make the job depend on an archive."""
        protein = stored_protein(pdb_code='1abc')
        job = self.run_with({'protein_id': str(protein.pk)})
        self.assertEqual((job['status'], job['density_file_pdb_code']), ('success', None))

    def test_density_ligand_preset_and_thresholds_are_handed_on(self) -> None:
        """Each as a file or a word."""
        self.assert_said({'preset': 'iridium'}, preset='iridium')
        self.assert_said({'electron_density_map': upload(ccp4_map(), 'x.ccp4')}, '--density density.ccp4')
        self.assert_said({'ligand_file': upload(METHANE, 'x.sdf')}, '--ligand ligands.sdf')
        thresholds = json.dumps({'complex': {'resolutionThreshold': 2}})
        self.assert_said({'thresholds': thresholds}, '--thresholds thresholds.json')

    def test_thresholds_reach_the_program_and_are_told_with_the_job(self) -> None:
        """As text in a form, as an object in JSON; what is empty is none."""
        says = (
            'printf \'[{"code": "c", "subject": "", "message": "%s"}]\' "$(sed s/\\"//g thresholds.json)" > notes.json'
        )
        wanted = {'complex': {'resolutionThreshold': 2.0}, 'ligands': {'OWABThreshold': None}}
        with working_structureprofiler(also=says):
            for form, value in (('multipart', json.dumps(wanted)), ('json', {**wanted, 'active_sites': {}})):
                protein = str(stored_protein().pk)
                response = self.post(ROUTE, {'protein_id': protein, 'thresholds': value}, form=form)
                job = self.get(f'{ROUTE}jobs/{response.json()["job_id"]}/')
                self.assertEqual(job['thresholds'], wanted)
                said = '{complex: {resolutionThreshold: 2.0}, ligands: {OWABThreshold: null}}'
                self.assertEqual(job['notes'][0]['message'], said)
        self.assertIsNone(self.run_with({'protein_file': glycine_file(), 'thresholds': '{}'})['thresholds'])

    def test_ligands_of_the_user_and_of_a_stored_protein_go_in(self) -> None:
        """The text of a stored protein has none: the preprocessor has taken them out."""
        protein = stored_protein()
        Ligand.objects.create(name='NAP_A_324', protein=protein, file_string=METHANE)
        titles = '$(grep -o "^[A-Z]*_A_[0-9]*" ligands.sdf | tr "\\n" " ")'
        says = f'printf \'[{{"code": "c", "subject": "", "message": "%s"}}]\' "{titles}" > notes.json'
        data = {'protein_id': str(protein.pk), 'ligand_file': upload(METHANE, 'x.sdf')}
        job = self.run_with(data, also=says)
        self.assertEqual(job['notes'][0]['message'].split(), ['MTN_A_1', 'NAP_A_324'])


class StructureprofilerResults(WrapperTestCase):
    """What a run leaves in the database."""

    def test_values_have_their_types_and_what_is_not_known_is_left_out(self) -> None:
        """D14: what was not tested was served as failed."""
        data = self.output()
        self.assertEqual(data['complex'], {'resolution': 1.8, 'resolutionTest': True, 'resolutionThreshold': 2.5})
        first = {'name': 'MTN_A_1', 'ID': '1', 'heavyAtoms': 1, 'OWAB': 20.5, 'OWABTest': True, 'noAltLocs': False}
        self.assertEqual(data['ligands']['1'], {**first, 'altLocs': 1, 'OWABThreshold': 50.0, 'altLocsThreshold': 0.0})
        second = {'name': 'MTN_A_2', 'ID': '2', 'heavyAtoms': 1, 'OWAB': 81.0, 'OWABTest': False}
        self.assertEqual(data['ligands']['2'], {**second, 'OWABThreshold': 50.0, 'altLocsThreshold': 0.0})
        self.assertIsInstance(data['ligands']['1']['heavyAtoms'], int)
        self.assertEqual({key: row['chains'] for key, row in data['active_sites'].items()}, {'1': 'A,B', '2': 'A'})

    def test_structure_without_ligands_has_no_columns(self) -> None:
        """Clients make a table of what is there."""
        data = self.output(ligands=NONE, sites=NONE)
        self.assertEqual((data['ligands'], data['active_sites']), ({}, {}))

    def test_names_of_another_program_are_kept_as_text(self) -> None:
        """The published one may have more of them; it writes no places."""
        data = self.output(whole=('resolution\t1.8', 'mystery\t5'), also='rm output/profile.json')
        self.assertEqual(data['complex'], {'resolution': 1.8, 'mystery': '5'})

    def test_numbers_that_are_none_are_left_out(self) -> None:
        """JSON knows no nan, and one would answer 500 for everybody."""
        data = self.output(whole=('resolution\tnan', 'DPI\tinf', 'rFree\t0.2'))
        self.assertEqual(data['complex'], {'rFree': 0.2})

    def test_result_that_is_incomplete_fails_the_job_and_is_not_stored(self) -> None:
        """A missing part would be taken for one without anything to tell."""
        rows = row_counts()
        bad: list[dict[str, Any]] = [
            {'also': 'rm output/proteinComplex.csv'},
            {'also': ': > output/proteinLigands.csv'},
            {'also': 'cp output/proteinLigands.csv output/otherLigands.csv'},
            {'also': 'printf "\\377" >> output/proteinLigands.csv'},
            {'whole': NONE},
            {'whole': ('resolution\t1.8\t1.9',)},
            {'whole': ('resolution\t1.8', 'rFree\t0.2\t0.3')},
            {'whole': ('resolution\t1.8', 'resolution\t1.9')},
            {'whole': ('resolution\tgood',)},
            {'offenders': 5},
            {'offenders': {'complex': {}}},
            {'offenders': {**OFFENDERS, 'complex': {'resolutionTest': 5}}},
            {'offenders': {**OFFENDERS, 'complex': {'resolutionTest': [{'atoms': [{'chain': 'A'}]}]}}},
            {'offenders': {**OFFENDERS, 'ligands': {'1': {'OWABTest': [{}]}}}},
            {'also': 'echo x > output/profile.json'},
            {'also': 'echo "[5]" > notes.json'},
        ]
        for changed in bad:
            job = self.run_with(**changed)
            self.assertEqual((job['status'], job['error_code']), ('failure', 'tool.bad_output'), changed)
        self.assertFalse(StructureprofilerOutput.objects.exists())
        self.assertEqual((row_counts() - rows)['molecule_handler.Protein'], len(bad))
