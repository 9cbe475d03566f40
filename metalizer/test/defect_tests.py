"""Defects of the published server that concern METALizer; each test fails on what was seen there."""

from collections import Counter
from datetime import timedelta
from typing import Any

from django.utils import timezone

from metalizer.models import MetalizerInfo, MetalizerJob
from molecule_handler.clean_up import clean_up
from molecule_handler.models import Ligand, Protein
from proteins_plus.test.samples import METHANE, glycine_file, stored_protein
from proteins_plus.test.utils import ApiTestCase, media_files, remove_new_media, row_counts, upload

from .samples import working_metalizer, zinc_file, zinc_text

ROUTE = 'metalizer/'
ZINC = {'residue_id': '12', 'chain_id': 'A', 'name': 'ZN'}


class KnownDefects(ApiTestCase):
    """One test a row."""

    def setUp(self) -> None:
        """A tool that works at once."""
        super().setUp()
        self.addCleanup(remove_new_media, media_files())
        self.enterContext(working_metalizer())

    def jobs(self, *requests: dict[str, Any]) -> int:
        """
        :param requests: to submit
        :returns: how many different jobs they are
        """
        return len({self.run_job(ROUTE, request)['id'] for request in requests})

    def test_threshold_that_is_no_number_is_refused_and_lists_go_on(self) -> None:
        """3.2: nan was accepted, and made the job and the list of all jobs answer 500."""
        for value in ('nan', 'inf', '-inf', '1e999'):
            response = self.post(ROUTE, {'protein_file': zinc_file(), **ZINC, 'distance_threshold': value})
            self.assertEqual((response.status_code, 'distance_threshold' in response.json()), (400, True), value)
        self.assertFalse(MetalizerJob.objects.exists())

    def test_metal_that_is_not_there_is_refused_with_those_that_are(self) -> None:
        """3.3: nobody looked whether it exists."""
        for name, code in (
            ({**ZINC, 'residue_id': '13'}, 'metal.not_found'),
            ({**ZINC, 'name': 'CA'}, 'metal.not_found'),
        ):
            response = self.post(ROUTE, {'protein_file': zinc_file(), **name})
            self.assertEqual((response.status_code, response.json()['error_code']), (400, code))
            self.assertIn('12:A.ZN', response.json()['error_hint'])
        response = self.post(ROUTE, {'protein_file': glycine_file(), **ZINC})
        self.assertEqual((response.status_code, response.json()['error_code']), (400, 'metal.none'))

    def test_every_input_is_a_part_of_the_question_and_their_parts_stay_apart(self) -> None:
        """D8: residue 1_ in chain A was the same question as residue 1 in chain _A."""
        structures = [
            zinc_text().replace(' A  12', f'{chain}{number:>4}') for chain, number in ((' A', '12'), ('1A', '2'))
        ]
        named = [
            {'residue_id': '12', 'chain_id': 'A', 'name': 'ZN'},
            {'residue_id': '2', 'chain_id': '1A', 'name': 'ZN'},
        ]
        both = structures[0].replace('END ', f'{structures[1].splitlines()[5]}\nEND ')
        requests: list[dict[str, Any]] = [{}, *named, {**named[0], 'distance_threshold': 2.5}]
        self.assertEqual(self.jobs(*({'protein_file': glycine_file(text=both), **each} for each in requests)), 4)

    def test_defaults_are_the_same_question(self) -> None:
        """However they are written."""
        same: list[dict[str, Any]] = [{}, {'distance_threshold': '3.0'}, {'distance_threshold': 3, 'name': ''}]
        self.assertEqual(self.jobs(*({'protein_file': zinc_file(), **each} for each in same)), 1)

    def test_equal_proteins_with_different_ligands_are_different_jobs(self) -> None:
        """D5: the ligands of a stored protein may coordinate its metals."""
        proteins = [stored_protein(zinc_text()) for _ in range(2)]
        Ligand.objects.create(name='MTN_A_1', protein=proteins[1], file_string=METHANE)
        self.assertEqual(self.jobs(*({'protein_id': str(protein.pk)} for protein in proteins)), 2)

    def test_bytes_that_are_no_text_are_refused(self) -> None:
        """3.2: they answered 500."""
        for junk in (b'\xff\xfe', b'\0'):
            response = self.post(ROUTE, {'protein_file': upload(zinc_text().encode() + junk, 'x.pdb')})
            self.assertEqual((response.status_code, 'protein_file' in response.json()), (400, True))

    def test_insertion_codes_are_taken(self) -> None:
        """1.4: with one, a long number had no room; mmCIF is tested with the wrapper."""
        job = self.run_job(ROUTE, {'protein_file': zinc_file('B'), **ZINC, 'residue_id': '12B'})
        self.assertEqual((job['status'], job['residue_id']), ('success', '12B'))

    def test_submission_stores_what_is_new_and_a_second_one_nothing(self) -> None:
        """3.3: a hit stored the whole protein again, and a pending job that never ran."""
        protein = stored_protein(zinc_text())
        rows = row_counts()
        new = {'metalizer.MetalizerJob': 1, 'metalizer.MetalizerInfo': 1, 'molecule_handler.Protein': 1}
        for expected in (new, {}):
            self.assertEqual(self.run_job(ROUTE, {'protein_id': str(protein.pk)})['input_protein'], str(protein.pk))
            self.assertEqual(row_counts() - rows, Counter(expected))
            rows = row_counts()

    def test_clean_up_keeps_what_a_job_in_use_refers_to_and_then_takes_all_of_it(self) -> None:
        """D4: it never removed anything."""
        files, none = media_files(), row_counts()
        self.run_job(ROUTE, {'protein_file': zinc_file()})
        long_ago = timezone.now() - timedelta(days=30)
        for model in (Protein, MetalizerInfo):
            model.objects.update(date_last_accessed=long_ago)
        with_job = row_counts()
        clean_up()
        self.assertEqual(row_counts(), with_job)
        MetalizerJob.objects.update(date_last_accessed=long_ago)
        with self.captureOnCommitCallbacks(execute=True):
            clean_up()
        self.assertEqual((row_counts(), media_files()), (none, files))
