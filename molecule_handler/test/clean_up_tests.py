"""The clean-up: removes what nobody uses, and nothing else."""

import os
import tempfile
import time
import tracemalloc
from datetime import timedelta
from io import StringIO
from pathlib import Path
from typing import Any
from unittest import mock

from django.conf import settings
from django.core.files.base import ContentFile
from django.core.management import call_command
from django.db import connection
from django.db.models import QuerySet
from django.test import TestCase
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from molecule_handler import clean_up as module
from molecule_handler.clean_up import Cleaned, clean_up
from molecule_handler.models import ElectronDensityMap, Ligand, Protein, ProteinSite
from preprocessor.models import PreprocessorJob, PreprocessorJobData
from proteins_plus.models import JobStatus
from proteins_plus.test.samples import GLYCINE, METHANE, running_job, stored_job, stored_protein
from proteins_plus.test.utils import media_files, remove_new_media, row_counts

LONG_AGO = timedelta(days=400)


class CleanUpTestCase(TestCase):
    """Rows of any age."""

    def setUp(self) -> None:
        """Leave no file behind."""
        self.addCleanup(remove_new_media, media_files())

    def old(self, **fields: Any) -> dict[str, Any]:
        """
        :param fields: of a row
        :returns: them, and that nobody has looked at it for long
        """
        return {'date_last_accessed': timezone.now() - LONG_AGO, **fields}

    def clean(self) -> Cleaned:
        """:returns: what a clean-up removed, its commit included"""
        with self.captureOnCommitCallbacks(execute=True):
            return clean_up()


class JobCleanUpTests(CleanUpTestCase):
    """Jobs."""

    def test_jobs_nobody_looked_at_are_removed_with_their_data_failed_ones_too(self) -> None:
        """D4: the published server compared the wrong way round, and kept all of 502 jobs that were 400 days old."""
        for number in range(module.BATCH + 10):
            status = JobStatus.FAILURE if number % 2 else JobStatus.SUCCESS
            stored_job(str(number), **self.old(status=status))
        PreprocessorJobData.objects.update(date_last_accessed=timezone.now() - LONG_AGO)
        self.assertEqual(self.clean().jobs, module.BATCH + 10)
        self.assertEqual((PreprocessorJob.objects.count(), PreprocessorJobData.objects.count()), (0, 0))

    def test_job_that_was_looked_at_is_kept_to_the_day(self) -> None:
        """The last moment counts, in the right direction."""
        limit = timedelta(days=settings.DEFAULT_JOB_CACHE_TIME)
        kept = stored_job(
            'kept', status=JobStatus.SUCCESS, date_last_accessed=timezone.now() - limit + timedelta(minutes=1)
        )
        stored_job('gone', status=JobStatus.SUCCESS, date_last_accessed=timezone.now() - limit - timedelta(minutes=1))
        self.assertEqual(self.clean().jobs, 1)
        self.assertEqual(PreprocessorJob.objects.get(), kept)

    def test_job_that_waits_or_runs_is_kept_whatever_its_age(self) -> None:
        """Its worker would lose it, or its user wait for ever."""
        for status in (JobStatus.PENDING, JobStatus.RUNNING):
            stored_job(str(status.label), **self.old(status=status))
        self.assertEqual(self.clean().jobs, 0)
        self.assertEqual(PreprocessorJobData.objects.count(), 2)

    def test_reading_a_job_keeps_it(self) -> None:
        """A bookmark that is used stays."""
        job = stored_job(**self.old(status=JobStatus.SUCCESS))
        self.client.get(f'/molecule_handler/upload/jobs/{job.pk}/')
        self.assertEqual(self.clean().jobs, 0)


class MoleculeCleanUpTests(CleanUpTestCase):
    """Molecules."""

    def test_molecules_nobody_uses_are_removed_with_their_files(self) -> None:
        """Files first of all: they are what fills disks."""
        before = media_files()
        protein = stored_protein(**self.old(mmcif_file=ContentFile(b'data_', name='x.cif')))
        ligand = Ligand(name='x', protein=protein, file_string=METHANE, **self.old())
        ligand.add_image('<svg/>')
        ligand.save()
        ProteinSite.objects.create(protein=protein, site_description={}, **self.old())
        Ligand.objects.create(name='alone', file_string=METHANE, **self.old())
        ProteinSite.objects.create(site_description={}, **self.old())
        ElectronDensityMap.objects.create(file=ContentFile(b'x', name='x.ccp4'), **self.old())
        self.assertEqual(self.clean().molecules, 4)
        self.assertEqual(+row_counts(), {})
        self.assertEqual(media_files(), before)

    def test_recent_molecules_are_kept(self) -> None:
        """Somebody is just going to use them."""
        stored_protein()
        Ligand.objects.create(name='x', file_string=METHANE)
        rows = row_counts()
        self.assertEqual(self.clean().molecules, 0)
        self.assertEqual(row_counts(), rows)

    def test_protein_is_kept_while_a_job_refers_to_it(self) -> None:
        """A job without its output would be a broken reference."""
        stored_job(output_protein=stored_protein(**self.old()), status=JobStatus.SUCCESS)
        self.assertEqual(self.clean(), Cleaned())
        PreprocessorJob.objects.update(date_last_accessed=timezone.now() - LONG_AGO)
        cleaned = self.clean()
        self.assertEqual((cleaned.jobs, cleaned.molecules), (1, 1))

    def test_protein_is_kept_while_a_part_of_it_is_looked_at(self) -> None:
        """Somebody has a ligand or a pocket open; its protein belongs to it."""
        for make in (
            lambda protein: Ligand.objects.create(name='x', protein=protein, file_string=METHANE),
            lambda protein: ProteinSite.objects.create(protein=protein, site_description={}),
        ):
            part = make(stored_protein(**self.old()))
            old_part = make(part.protein)
            type(part).objects.filter(pk=old_part.pk).update(date_last_accessed=timezone.now() - LONG_AGO)
            self.assertEqual(self.clean().molecules, 0)
            self.assertEqual(type(part).objects.count(), 2, 'the parts of a protein live as long as it')
            type(part).objects.update(date_last_accessed=timezone.now() - LONG_AGO)
            self.assertEqual(self.clean().molecules, 1)
            self.assertEqual(+row_counts(), {})

    def test_part_of_a_recent_protein_is_kept(self) -> None:
        """What is in use is used with all its parts."""
        Ligand.objects.create(name='x', protein=stored_protein(), file_string=METHANE, **self.old())
        self.assertEqual(self.clean().molecules, 0)

    def test_protein_used_between_the_search_and_the_deletion_is_kept(self) -> None:
        """A submission by id touches the protein; the condition is asked again at the deletion."""
        protein = stored_protein(**self.old())
        real = QuerySet.defer

        def used_meanwhile(rows: Any, *names: str) -> Any:
            """Somebody submits the protein when its key is found and it is about to be deleted."""
            Protein.objects.get(pk=protein.pk).mark_accessed()
            return real(rows, *names)

        with mock.patch.object(QuerySet, 'defer', used_meanwhile):
            self.assertEqual(self.clean().molecules, 0)
        self.assertTrue(Protein.objects.exists())

    def test_memory_does_not_grow_with_what_is_removed(self) -> None:
        """The published server loaded every row: 727 MB for 1000 proteins."""
        size, count = 2**20, 40
        text = GLYCINE[:80] * (size // 80)
        for _ in range(count):
            stored_protein(text, **self.old())
        tracemalloc.start()
        self.addCleanup(tracemalloc.stop)
        self.assertEqual(self.clean().molecules, count)
        _, peak = tracemalloc.get_traced_memory()
        self.assertLess(peak, 4 * size)

    def test_number_of_queries_grows_with_the_batches_not_with_the_rows(self) -> None:
        """A nightly run must end before the morning."""

        def queries(count: int) -> int:
            """
            :param count: of proteins to remove
            :returns: how many queries that takes
            """
            for _ in range(count):
                stored_protein(**self.old())
            with CaptureQueriesContext(connection) as captured:
                self.assertEqual(self.clean().molecules, count)
            return len(captured)

        self.assertEqual(queries(2), queries(module.BATCH))


class FileCleanUpTests(CleanUpTestCase):
    """Files and folders without an owner."""

    def place(self, name: str, age: timedelta = timedelta(hours=2)) -> Path:
        """
        :param name: below MEDIA_ROOT
        :param age: of the file
        :returns: the file
        """
        file = Path(settings.MEDIA_ROOT) / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(b'x')
        then = time.time() - age.total_seconds()
        os.utime(file, (then, then))
        return file

    def test_files_without_a_row_are_removed_and_young_ones_are_not(self) -> None:
        """They are left over from crashes between file and commit."""
        gone = [self.place(f'{name}/orphan') for name in ('ligands', 'proteins', 'density_files')]
        gone.append(self.place('ligands/.half.part'))
        young = self.place('ligands/young', timedelta(minutes=5))
        foreign = self.place('elsewhere/file')
        self.assertEqual(self.clean().files, len(gone))
        self.assertFalse(any(file.exists() for file in gone))
        self.assertTrue(young.exists(), 'its transaction may not be committed yet')
        self.assertTrue(foreign.exists(), 'it is not ours')

    def test_files_with_a_row_are_kept(self) -> None:
        """The age of a file says nothing about its use."""
        stored = ElectronDensityMap.objects.create(file=ContentFile(b'x', name='x.ccp4'))
        file = self.place(stored.file.name)
        self.assertEqual(self.clean().files, 0)
        self.assertTrue(file.exists())

    def test_work_directories_of_dead_workers_are_removed_and_others_not_whatever_their_age(self) -> None:
        """SIGKILL leaves no chance to remove them. A long run, and what somebody else put there, are no remains."""
        alive = running_job()
        names = [f'{stored_job("ended").pk}-1-dead', f'{alive.pk}-1-alive', 'no-job-of-ours']
        work = Path(self.enterContext(tempfile.TemporaryDirectory()))
        for name in names:
            (work / name).mkdir()
            os.utime(work / name, (0, 0))
        with self.settings(WORK_DIR=work):
            self.assertEqual(self.clean().work_directories, 1)
        self.assertEqual({folder.name for folder in work.iterdir()}, set(names[1:]))

    def test_file_that_goes_away_under_the_clean_up_is_no_error(self) -> None:
        """Its row was deleted at the same moment."""
        gone = mock.Mock()
        gone.is_file.return_value = True
        gone.stat.side_effect = FileNotFoundError
        with mock.patch.object(module, '_entries', side_effect=lambda _: iter([gone])):
            self.assertEqual(self.clean(), Cleaned())

    def test_missing_folders_are_no_error(self) -> None:
        """A fresh installation has none yet."""
        with self.settings(MEDIA_ROOT='/nonexistent', WORK_DIR=Path('/nonexistent')):
            self.assertEqual(self.clean(), Cleaned())

    def test_command_says_what_it_removed(self) -> None:
        """It is the only line of a nightly log."""
        stored_job(**self.old(status=JobStatus.SUCCESS))
        output = StringIO()
        call_command('clean_molecule_data', stdout=output)
        self.assertEqual(output.getvalue(), 'Removed 1 jobs, 0 molecules, 0 files, 0 work directories.\n')
