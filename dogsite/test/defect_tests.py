"""Defects of the published server that concern DoGSite; each test fails on what was seen there."""

from collections import Counter
from datetime import timedelta
from typing import Any

from django.utils import timezone

from dogsite.models import DogsiteInfo, DogsiteJob
from molecule_handler.clean_up import clean_up
from molecule_handler.models import ElectronDensityMap, Ligand, Protein, ProteinSite
from proteins_plus.test.samples import METHANE, glycine_file, stored_protein
from proteins_plus.test.structure_inputs import StructureInputs
from proteins_plus.test.utils import ApiTestCase, media_files, remove_new_media, row_counts, upload

from .samples import working_dogsite

ROUTE = 'dogsite/'


class KnownDefects(StructureInputs, ApiTestCase):
    """One test a row; the order of pockets (D9) is with the results."""

    route = ROUTE

    def setUp(self) -> None:
        """A tool that works at once."""
        super().setUp()
        self.addCleanup(remove_new_media, media_files())
        self.enterContext(working_dogsite('P_1', 'P_2'))

    def test_every_input_is_a_part_of_the_question(self) -> None:
        """D6, D8: what is left out of the key answers one question with the result of another."""
        changes: list[dict[str, Any]] = [
            {},
            {'ligand_file': METHANE},
            {'ligand_file': METHANE.replace('0.1000', '0.2000')},
            {'ligand_file': METHANE.replace('MTN_A_1', 'MTN_A_2')},
            {'chain_id': 'A'},
            {'ligand_name': 'A'},
            {'chain_id': 'A', 'ligand_name': 'A'},
            {'calc_subpockets': 'True'},
            {'ligand_bias': 'True'},
            {'spacing': '0.6'},
        ]
        requests = [
            {name: upload(value, 'x.sdf') if name == 'ligand_file' else value for name, value in change.items()}
            for change in changes
        ]
        self.assertEqual(self.jobs(*({'protein_file': glycine_file(), **request} for request in requests)), 10)

    def test_defaults_that_are_written_out_are_the_same_question(self) -> None:
        """3.3: JSON had to have the booleans, forms not; both mean the same."""
        written = {
            'calc_subpockets': 'False',
            'ligand_bias': 'false',
            'spacing': '0.80',
            'chain_id': '',
            'ligand_id': '',
        }
        self.assertEqual(self.jobs({'protein_file': glycine_file()}, {'protein_file': glycine_file(), **written}), 1)

    def test_json_needs_nothing_but_the_protein(self) -> None:
        """3.3: it was refused without the booleans."""
        data = {'protein_id': str(stored_protein().pk)}
        response = self.post(ROUTE, data, form='json')
        self.assertEqual(response.status_code, 202, response.content)
        job = self.get(f'{ROUTE}jobs/{response.json()["job_id"]}/')
        self.assertEqual((job['calc_subpockets'], job['ligand_bias'], job['status']), (False, False, 'success'))
        for form in ('json', 'multipart'):
            again = self.post(ROUTE, {**data, 'calc_subpockets': 'True', 'ligand_bias': True}, form=form)
            self.assertEqual(again.status_code, 202, again.content)

    def test_ligand_by_id_and_by_file_are_the_same_question(self) -> None:
        """D8: clients switch between the two."""
        ligand = Ligand.objects.create(name='MTN_A_1', protein=stored_protein('other'), file_string=METHANE)
        by_id = {'protein_file': glycine_file(), 'ligand_id': str(ligand.pk)}
        by_file = {'protein_file': glycine_file(), 'ligand_file': upload(METHANE, 'x.sdf')}
        self.assertEqual(self.jobs(by_id, by_file), 1)

    def test_equal_proteins_with_different_ligands_are_different_jobs(self) -> None:
        """D5: a ligand that is named is one of its protein."""
        proteins = [stored_protein() for _ in range(3)]
        for protein, text in zip(proteins[1:], (METHANE, METHANE.replace(' C ', ' N ')), strict=True):
            Ligand.objects.create(name='MTN_A_1', protein=protein, file_string=text)
        requests = [{'protein_id': str(protein.pk), 'ligand_name': 'MTN_A_1'} for protein in proteins]
        self.assertEqual(self.jobs(*requests), 3)

    def test_two_ways_to_give_the_same_are_refused(self) -> None:
        """3.3: one won silently, or the message named the wrong one."""
        protein = stored_protein()
        ligand = Ligand.objects.create(name='MTN_A_1', protein=protein, file_string=METHANE)
        both: tuple[dict[str, Any], ...] = (
            {'protein_id': str(protein.pk)},
            {'ligand_id': str(ligand.pk), 'ligand_file': upload(METHANE, 'x.sdf')},
        )
        for more in both:
            response = self.post(ROUTE, {'protein_file': glycine_file(), **more})
            self.assertEqual((response.status_code, response.json()['error_code']), (400, 'input.ambiguous'))

    def test_submission_stores_what_is_new_and_a_second_one_nothing(self) -> None:
        """3.3: a hit stored the whole protein again, and a pending job that never ran."""
        protein = stored_protein()
        rows = row_counts()
        for new in (
            {'molecule_handler.Ligand': 1, 'molecule_handler.ProteinSite': 2, 'molecule_handler.ElectronDensityMap': 2}
            | {'dogsite.DogsiteJob': 1, 'dogsite.DogsiteInfo': 1},
            {},
        ):
            data = {'protein_id': str(protein.pk), 'ligand_file': upload(METHANE, 'x.sdf')}
            self.assertEqual(self.run_job(ROUTE, data)['input_protein'], str(protein.pk))
            self.assertEqual(row_counts() - rows, Counter(new))
            rows = row_counts()

    def test_refused_submission_leaves_no_pending_job(self) -> None:
        """3.3: jobs were saved before their inputs were looked at."""
        rows = row_counts()
        for more in (
            {'spacing': '5'},
            {'spacing': 'nan'},
            {'ligand_file': upload('hello', 'x.sdf')},
            {'ligand_id': 'x'},
        ):
            self.assertEqual(self.post(ROUTE, {'protein_file': glycine_file(), **more}).status_code, 400)
        self.assertEqual(row_counts(), rows)

    def test_nul_in_a_text_field_is_refused(self) -> None:
        """3.2: the database cannot store it, and no program can be given it."""
        for field in ('chain_id', 'ligand_name'):
            response = self.post(ROUTE, {'protein_id': str(stored_protein().pk), field: 'A\0'}, form='json')
            self.assertEqual((response.status_code, field in response.json()), (400, True))

    def test_clean_up_keeps_what_a_job_in_use_refers_to_and_then_takes_all_of_it(self) -> None:
        """D4: it never removed anything; and it could take a protein from under a job."""
        files = media_files()
        self.run_job(ROUTE, {'protein_file': glycine_file(), 'ligand_file': upload(METHANE, 'x.sdf')})
        long_ago = timezone.now() - timedelta(days=30)
        for model in (Protein, Ligand, ProteinSite, ElectronDensityMap, DogsiteInfo):
            model.objects.update(date_last_accessed=long_ago)
        with_job = row_counts()
        clean_up()
        self.assertEqual(row_counts(), with_job)
        DogsiteJob.objects.update(date_last_accessed=long_ago)
        with self.captureOnCommitCallbacks(execute=True):
            clean_up()
        self.assertEqual((+row_counts(), media_files()), (Counter(), files))
