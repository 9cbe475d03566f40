"""Defects of the published server that concern PoseView; each test fails on what was seen there."""

from collections import Counter
from datetime import timedelta
from uuid import uuid4

from django.utils import timezone

from molecule_handler.clean_up import clean_up
from molecule_handler.models import Ligand, Protein
from poseview.models import PoseviewInfo, PoseviewJob
from proteins_plus.test.samples import METHANE, glycine_file, stored_protein
from proteins_plus.test.utils import ApiTestCase, media_files, remove_new_media, row_counts, upload

from .samples import small_request, working_poseview

ROUTE = 'poseview/'


class KnownDefects(ApiTestCase):
    """One test a row."""

    def setUp(self) -> None:
        """A tool that works at once."""
        super().setUp()
        self.addCleanup(remove_new_media, media_files())
        self.enterContext(working_poseview())

    def stored(self, name: str = 'MTN_A_1') -> tuple[Protein, Ligand]:
        """
        :param name: of the ligand
        :returns: a stored protein and its ligand
        """
        protein = stored_protein()
        return protein, Ligand.objects.create(name=name, protein=protein, file_string=METHANE)

    def test_ligand_that_is_missing_or_unknown_is_refused(self) -> None:
        """3.2: a protein by id without a ligand, and an unknown ligand, answered 500."""
        protein, _ = self.stored()
        missing = self.post(ROUTE, {'protein_id': str(protein.pk)})
        self.assertEqual((missing.status_code, missing.json()['error_code']), (400, 'input.missing'))
        self.assertIn('ligand_id or ligand_file', str(missing.json()))
        unknown = self.post(ROUTE, {'protein_id': str(protein.pk), 'ligand_id': str(uuid4())})
        self.assertEqual((unknown.status_code, unknown.json()['error_code']), (404, 'input.not_found'))
        self.assertIn('Ligand with given id does not exist', str(unknown.json()))
        self.assertFalse(PoseviewJob.objects.exists())

    def test_stored_ligand_goes_with_a_protein_by_file(self) -> None:
        """3.2: the protein was looked at twice, so the two were refused with a wrong sentence."""
        _, ligand = self.stored()
        job = self.run_job(ROUTE, {'protein_file': glycine_file(), 'ligand_id': str(ligand.pk)})
        self.assertEqual((job['status'], job['input_ligand']), ('success', str(ligand.pk)))

    def test_hit_of_the_cache_says_so_and_stores_nothing(self) -> None:
        """3.3: it always answered false, and left a job that never ran, and the whole protein once more."""
        protein, ligand = self.stored()
        data = {'protein_id': str(protein.pk), 'ligand_id': str(ligand.pk)}
        rows = row_counts()
        self.assertIs(self.post(ROUTE, data).json()['retrieved_from_cache'], False)
        self.assertEqual(row_counts() - rows, Counter({'poseview.PoseviewJob': 1, 'poseview.PoseviewInfo': 1}))
        rows = row_counts()
        self.assertIs(self.post(ROUTE, data).json()['retrieved_from_cache'], True)
        self.assertEqual(row_counts() - rows, Counter())

    def test_same_pose_in_other_surroundings_is_another_job(self) -> None:
        """D5: the ligands of a stored protein may be partners; those that are out of reach are not asked for."""
        jobs = {}
        for shift in ('none', '  0.6300', ' 90.6300'):
            protein, ligand = self.stored()
            if shift != 'none':
                record = METHANE.replace('MTN_A_1', 'MTN_A_2').replace('  0.0000', shift).replace('  0.6300', shift)
                Ligand.objects.create(name='MTN_A_2', protein=protein, file_string=record)
            data = {'protein_id': str(protein.pk), 'ligand_id': str(ligand.pk)}
            jobs[shift] = self.run_job(ROUTE, data)['id']
        self.assertEqual(jobs['none'], jobs[' 90.6300'])
        self.assertNotEqual(jobs['none'], jobs['  0.6300'])

    def test_stored_ligand_that_cannot_be_read_is_no_fault_of_the_server(self) -> None:
        """Programs of others write what they like; what becomes of it is for the program to say."""
        protein, ligand = self.stored()
        broken = Ligand.objects.create(name='MTN_A_2', protein=protein, file_string='MTN_A_2\n\n\nx\nM  END\n$$$$\n')
        for each in (ligand, broken):
            data = {'protein_id': str(protein.pk), 'ligand_id': str(each.pk)}
            self.assertEqual(self.post(ROUTE, data).status_code, 202)

    def test_bytes_that_are_no_text_are_refused(self) -> None:
        """3.2: they answered 500."""
        for junk in (b'\xff\xfe', b'\0'):
            response = self.post(ROUTE, small_request(ligand_file=upload(METHANE.encode() + junk, 'm.sdf')))
            self.assertEqual((response.status_code, 'ligand_file' in response.json()), (400, True))

    def test_clean_up_takes_the_job_and_then_its_files(self) -> None:
        """D4: it never removed anything. A ligand that a job refers to keeps its own structure as well."""
        files, none = media_files(), row_counts()
        protein, ligand = self.stored()
        self.run_job(ROUTE, {'protein_file': glycine_file(), 'ligand_id': str(ligand.pk)})
        long_ago = timezone.now() - timedelta(days=30)
        for model in (Protein, Ligand, PoseviewInfo):
            model.objects.update(date_last_accessed=long_ago)
        with_job = row_counts()
        clean_up()
        self.assertEqual(row_counts(), with_job)
        self.assertTrue(Protein.objects.filter(pk=protein.pk).exists())
        PoseviewJob.objects.update(date_last_accessed=long_ago)
        with self.captureOnCommitCallbacks(execute=True):
            clean_up()
        self.assertEqual((row_counts(), media_files()), (none, files))
