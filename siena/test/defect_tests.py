"""Defects of the published server that concern SIENA; each test fails on what was seen there."""

from collections import Counter
from datetime import timedelta

from django.utils import timezone

from molecule_handler.clean_up import clean_up
from molecule_handler.models import Ligand, Protein, ProteinSite
from proteins_plus.test.utils import media_files, row_counts
from siena.models import SienaInfo, SienaJob

from .cases import SienaCase
from .config import UNKNOWN, ligand, request, site_text


class KnownDefects(SienaCase):
    """One test a row."""

    def test_sites_that_are_none_are_refused(self) -> None:
        """3.2: these answered 500; an empty list was accepted."""
        bad = ('5', '[]', '{"residue_ids": [5]}', '{"residue_ids": []}', site_text(position=25), site_text(name=None),
               site_text(chain='ABC'), '{"residue_ids": [' * 50_000)  # fmt: skip
        for value in bad:
            response = self.post('siena/', request(protein_site_json=value))
            self.assertEqual((response.status_code, 'protein_site_json' in response.json()), (400, True), value[:50])
        self.assertFalse(SienaJob.objects.exists())

    def test_missing_protein_is_told_as_that(self) -> None:
        """3.3: the message said 'Not both'."""
        response = self.post('siena/', {'protein_site_json': site_text()})
        self.assertIn('Give one of', response.json()['non_field_errors'][0])
        both = self.post('siena/', request(protein_id=UNKNOWN))
        self.assertEqual((both.status_code, both.json()['error_code']), (400, 'input.ambiguous'))

    def test_submission_stores_what_is_new_and_a_second_one_nothing(self) -> None:
        """3.3: a hit stored its input again, and a pending job that never ran."""
        rows = row_counts()
        new = {
            'siena.SienaJob': 1, 'siena.SienaInfo': 1, 'molecule_handler.Protein': 5, 'molecule_handler.Ligand': 3,
        }  # fmt: skip
        for expected in (new, {}):
            self.run_job('siena/', request(ligand_file=ligand()))
            self.assertEqual(row_counts() - rows, Counter(expected))
            rows = row_counts()

    def test_clean_up_keeps_what_a_job_in_use_refers_to_and_then_takes_all_of_it(self) -> None:
        """D4: it never removed anything."""
        files, none = media_files(), row_counts()
        self.run_job('siena/', request())
        long_ago = timezone.now() - timedelta(days=30)
        for model in (Protein, Ligand, ProteinSite, SienaInfo):
            model.objects.update(date_last_accessed=long_ago)
        with_job = row_counts()
        clean_up()
        self.assertEqual(row_counts(), with_job)
        SienaJob.objects.update(date_last_accessed=long_ago)
        for _ in range(3):
            with self.captureOnCommitCallbacks(execute=True):
                clean_up()
        self.assertEqual((row_counts(), media_files()), (none, files))
