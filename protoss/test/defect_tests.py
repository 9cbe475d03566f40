"""Defects of the published server that concern Protoss; each test fails on what was seen there."""

from collections import Counter
from datetime import timedelta
from typing import Any

from django.utils import timezone

from molecule_handler.clean_up import clean_up
from molecule_handler.models import Ligand, Protein
from molecule_handler.uploads import split_sdf
from proteins_plus.test.samples import METHANE, glycine_file, stored_protein
from proteins_plus.test.structure_inputs import StructureInputs
from proteins_plus.test.utils import ApiTestCase, media_files, row_counts, upload
from protoss.models import ProtossJob, ProtossReport

from .samples import working_protoss

ROUTE = 'protoss/'


class KnownDefects(StructureInputs, ApiTestCase):
    """One test a row."""

    route = ROUTE

    def setUp(self) -> None:
        """A tool that works at once."""
        super().setUp()
        self.enterContext(working_protoss())

    def test_equal_proteins_with_different_ligands_are_different_jobs(self) -> None:
        """D5: the key left out the ligands, and the second user got the ligands of the first."""
        proteins = [stored_protein() for _ in range(3)]
        for protein, text in zip(proteins[1:], (METHANE, METHANE.replace(' C ', ' N ')), strict=True):
            Ligand.objects.create(name='MTN_A_1', protein=protein, file_string=text)
        self.assertEqual(self.jobs(*({'protein_id': str(protein.pk)} for protein in proteins)), 3)

    def test_equal_proteins_with_equal_ligands_are_one_job(self) -> None:
        """D5: what counts is what they are, not which row they are."""
        proteins = [stored_protein() for _ in range(2)]
        for protein in proteins:
            Ligand.objects.create(name='MTN_A_1', protein=protein, file_string=METHANE)
        self.assertEqual(self.jobs(*({'protein_id': str(protein.pk)} for protein in proteins)), 1)

    def test_different_uploaded_ligands_are_different_jobs(self) -> None:
        """D6: the upload was forgotten, so that a second ligand got the result of the first."""
        ligands = ('', METHANE, METHANE.replace('0.1000', '0.2000'))
        requests: list[dict[str, Any]] = [
            {'protein_file': glycine_file(), **({'ligand_file': upload(text, 'x.sdf')} if text else {})}
            for text in ligands
        ]
        self.assertEqual(self.jobs(*requests), 3)

    def test_same_protein_and_ligand_by_id_and_by_file_are_one_job(self) -> None:
        """D8: clients switch between the two, and may upload what they have uploaded before."""
        first = self.run_job(ROUTE, {'protein_file': glycine_file(), 'ligand_file': upload(METHANE, 'x.sdf')})
        again = {'protein_id': first['input_protein'], 'ligand_file': upload(METHANE, 'y.sdf')}
        self.assertEqual(self.run_job(ROUTE, again)['id'], first['id'])

    def test_ligands_of_a_result_can_be_joined_again(self) -> None:
        """D10: the newline after the delimiter was lost, so that the next title was swallowed."""
        protein = stored_protein()
        for name in ('A', 'B'):
            Ligand.objects.create(name=name, protein=protein, file_string=METHANE)
        for _ in range(2):
            job = self.run_job(ROUTE, {'protein_id': str(protein.pk)})
            protein = Protein.objects.get(pk=job['output_protein'])
            ligands = protein.ligand_set.order_by('date_created')
            joined = ''.join(ligand.file_string for ligand in ligands)
            self.assertEqual([name for name, _ in split_sdf(joined)], ['A', 'B'])

    def test_number_that_is_none_is_refused(self) -> None:
        """3.2: nan was accepted, and then the job and every list of jobs answered 500."""
        for ph in ('nan', 'inf', '-inf', '1e999'):
            response = self.post(ROUTE, {'protein_file': glycine_file(), 'ph': ph})
            self.assertEqual((response.status_code, 'ph' in response.json()), (400, True), ph)
        self.assertEqual(self.get(f'{ROUTE}jobs/')['count'], 0)

    def test_uploaded_ligand_stores_no_second_copy_of_the_protein(self) -> None:
        """3.3: every submission stored the whole protein again."""
        protein = stored_protein()
        rows = row_counts()
        self.run_job(ROUTE, {'protein_id': str(protein.pk), 'ligand_file': upload(METHANE, 'x.sdf')})
        new = row_counts() - rows
        self.assertEqual(new['molecule_handler.Protein'], 1, 'the result alone')
        self.assertEqual(new['molecule_handler.Ligand'], 2, 'the upload and the result')

    def test_clean_up_keeps_what_a_job_in_use_refers_to_and_then_takes_all_of_it(self) -> None:
        """D4: it never removed anything; and it could take a protein from under a job."""
        files = media_files()
        protein = stored_protein()
        Ligand.objects.create(name='MTN_A_1', protein=protein, file_string=METHANE)
        rows = row_counts()
        data = {'protein_id': str(protein.pk), 'ligand_file': upload(METHANE.replace('MTN', 'NEW'), 'x.sdf')}
        self.run_job(ROUTE, data)
        long_ago = timezone.now() - timedelta(days=30)
        for model in (Protein, Ligand, ProtossReport):
            model.objects.update(date_last_accessed=long_ago)
        with_job = row_counts()
        clean_up()
        self.assertEqual(row_counts(), with_job)
        self.assertGreater(with_job, rows)
        ProtossJob.objects.update(date_last_accessed=long_ago)
        clean_up()
        self.assertEqual((+row_counts(), media_files()), (Counter(), files))

    def test_refused_submission_leaves_no_pending_job(self) -> None:
        """3.3: jobs were saved before their inputs were looked at."""
        rows = row_counts()
        for data in ({}, {'protein_file': glycine_file(text='hello')}, {'protein_file': glycine_file(), 'ph': '15'}):
            self.assertEqual(self.post(ROUTE, data).status_code, 400)
        self.assertEqual(row_counts(), rows)
        self.assertFalse(ProtossJob.objects.exists())
