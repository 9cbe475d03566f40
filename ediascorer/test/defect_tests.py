"""Defects of the published server that concern EDIAscorer; each test fails on what was seen there."""

from collections import Counter
from datetime import timedelta
from typing import Any

from django.utils import timezone

from ediascorer.models import EdiascorerJob, EdiaScores
from molecule_handler.clean_up import clean_up
from molecule_handler.models import ElectronDensityMap, Ligand, Protein, StructureFactors
from proteins_plus.test.samples import METHANE, ccp4_map, glycine_file, stored_protein
from proteins_plus.test.structure_inputs import StructureInputs
from proteins_plus.test.utils import ApiTestCase, media_files, remove_new_media, row_counts, upload

from .config import packed
from .samples import ATOMS, STRUCTURES, working_ediascorer

ROUTE = 'ediascorer/'


def given(**more: Any) -> dict[str, Any]:
    """
    :param more: fields beside structure and map; None leaves one out
    :returns: a request
    """
    data = {'protein_file': glycine_file(), 'electron_density_map': upload(ccp4_map(), 'x.ccp4'), **more}
    return {name: value for name, value in data.items() if value is not None}


class KnownDefects(StructureInputs, ApiTestCase):
    """One test a row."""

    route = ROUTE

    def beside(self) -> dict[str, Any]:
        """:returns: a map"""
        return {'electron_density_map': upload(ccp4_map(), 'x.ccp4')}

    def setUp(self) -> None:
        """A tool that works at once."""
        super().setUp()
        self.addCleanup(remove_new_media, media_files())
        self.enterContext(working_ediascorer())

    def test_every_input_is_a_part_of_the_question(self) -> None:
        """D6: two different ligands were given the same result. D8: and so were others."""
        changes: list[dict[str, Any]] = [
            {},
            {'ligand_file': upload(METHANE, 'x.sdf')},
            {'ligand_file': upload(METHANE.replace('0.1000', '0.2000'), 'x.sdf')},
            {'ligand_file': upload(METHANE.replace('MTN_A_1', 'MTN_A_2'), 'x.sdf')},
            {'electron_density_map': upload(ccp4_map()[:-1] + b'x', 'x.ccp4')},
            {'electron_density_map': None, 'structure_factors': upload(packed('5e5z.mtz'), 'x.mtz')},
            {'electron_density_map': None, 'structure_factors': upload(packed('5wkd-sf.cif'), 'x.cif')},
            {'resolution': '1.5'},
            {'resolution': '1.6'},
        ]
        self.assertEqual(self.jobs(*(given(**change) for change in changes)), len(changes))

    def test_density_is_a_part_of_the_question_by_its_code_too(self) -> None:
        """The map of another entry gives other scores."""
        submitted = [given(electron_density_map=None, pdb_code=code) for code in ('1abc', '1abd', '1ABC')]
        jobs = {self.client.post(f'/api/v2/{ROUTE}', data).json()['job_id'] for data in submitted}
        self.assertEqual(len(jobs), 2)

    def test_equal_proteins_with_different_ligands_are_different_jobs(self) -> None:
        """D5: the ligands of a stored protein are scored with it."""
        proteins = [stored_protein() for _ in range(3)]
        for protein, text in zip(proteins[1:], (METHANE, METHANE.replace(' C ', ' N ')), strict=True):
            Ligand.objects.create(name='MTN_A_1', protein=protein, file_string=text)
        self.assertEqual(self.jobs(*(given(protein_file=None, protein_id=str(each.pk)) for each in proteins)), 3)

    def test_rows_of_equal_names_do_not_overwrite_each_other(self) -> None:
        """D14: of two rows with the same name, chain and number only the last was left."""
        twice = (*STRUCTURES, 'GLY,A,1,0.30,0.20,0.40', 'GLY,A,1,0.31,0.21,0.41')
        with working_ediascorer(structures=twice, atoms=(*ATOMS, ATOMS[0].replace('1.05', '0.55'))):
            job = self.run_job(ROUTE, given(use_cache='false'))
        scores = self.get(f'ediascorer/scores/{job["edia_scores"]}/')
        values = {key: row['EDIAm'] for key, row in scores['structure_scores'].items() if key.startswith('GLY')}
        self.assertEqual(values, {'GLY_A_1': '0.85', 'GLY_A_1#2': '0.30', 'GLY_A_1#3': '0.31'})
        self.assertEqual([scores['atom_scores'][key]['EDIA'] for key in ('1', '1#2')], ['1.05', '0.55'])

    def test_program_that_cannot_start_is_a_failure(self) -> None:
        """D14: the exit code 127 of a shell that finds no program was taken for success."""
        for code, status in ((127, 'failure'), (1, 'failure'), (9, 'success')):
            with working_ediascorer(also=f'exit {code}'):
                self.assertEqual(self.run_job(ROUTE, given(use_cache='false'))['status'], status, code)

    def test_structure_without_density_is_refused_at_once(self) -> None:
        """3.3: it was accepted, and failed later."""
        rows = row_counts()
        for data in ({'protein_file': glycine_file()}, {'protein_id': str(stored_protein().pk)}):
            response = self.post(ROUTE, data)
            self.assertEqual((response.status_code, response.json()['error_code']), (400, 'input.missing'))
            self.assertIn('pdb_code, electron_density_map or structure_factors', response.content.decode())
        self.assertEqual(row_counts() - rows, Counter({'molecule_handler.Protein': 1}))

    def test_two_densities_are_refused(self) -> None:
        """3.3: one of them won silently."""
        factors = {'structure_factors': upload(packed('5e5z.mtz'), 'x.mtz')}
        for more in ({'pdb_code': '1abc'}, factors, {'electron_density_map': None, 'pdb_code': '1abc', **factors}):
            response = self.post(ROUTE, given(**more))
            self.assertEqual((response.status_code, response.json()['error_code']), (400, 'input.ambiguous'))

    def test_submission_stores_what_is_new_and_a_second_one_nothing(self) -> None:
        """3.3: a hit stored the whole protein again, and a pending job that never ran."""
        protein = stored_protein()
        rows = row_counts()
        for new in (
            {'molecule_handler.ElectronDensityMap': 3, 'molecule_handler.Protein': 1}
            | {'ediascorer.EdiascorerJob': 1, 'ediascorer.EdiaScores': 1},
            {},
        ):
            data = given(protein_file=None, protein_id=str(protein.pk))
            self.assertEqual(self.run_job(ROUTE, data)['input_protein'], str(protein.pk))
            self.assertEqual(row_counts() - rows, Counter(new))
            rows = row_counts()

    def test_clean_up_keeps_what_a_job_in_use_refers_to_and_then_takes_all_of_it(self) -> None:
        """D4: it never removed anything; and it could take a map from under a job."""
        files, none = media_files(), row_counts()
        for density in ({}, {'electron_density_map': None, 'structure_factors': upload(packed('5e5z.mtz'), 'x.mtz')}):
            self.run_job(ROUTE, given(**density))
        long_ago = timezone.now() - timedelta(days=30)
        for model in (Protein, ElectronDensityMap, StructureFactors, EdiaScores):
            model.objects.update(date_last_accessed=long_ago)
        with_jobs = row_counts()
        clean_up()
        self.assertEqual(row_counts(), with_jobs)
        EdiascorerJob.objects.update(date_last_accessed=long_ago)
        with self.captureOnCommitCallbacks(execute=True):
            clean_up()
        self.assertEqual((row_counts(), media_files()), (none, files))
