"""Full and read-only disks: a clear code, nothing half-written, and all is well again once they are mended."""

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from unittest import SkipTest

from django.conf import settings
from django.test import TransactionTestCase
from django.test.utils import override_settings

from molecule_handler.models import Protein
from preprocessor.models import PreprocessorJob
from proteins_plus import tools
from proteins_plus.models import JobStatus

from .live import Installation, installation, wait_for
from .refusing import SmallDisk, refused_write
from .samples import GLYCINE, glycine_file, working_tool
from .utils import ApiTestCase, media_files, row_counts

#: Besides its work, the tool writes an mmCIF twin, so that a file is stored.
TWIN = '[ "$1" = --version ] || cp input.pdb output/input.cif'
UPLOAD = 'molecule_handler/upload/'


class EveryWriteInTurn(ApiTestCase):
    """The disk is full for one write only, for the first, the second, and so on until none is left."""

    def setUp(self) -> None:
        """A tool whose version is not known yet, and uploads that wait on disk."""
        super().setUp()
        folder = Path(self.enterContext(tempfile.TemporaryDirectory()))
        places = override_settings(MEDIA_ROOT=str(folder / 'media'), WORK_DIR=folder / 'work')
        for context in (places, override_settings(FILE_UPLOAD_MAX_MEMORY_SIZE=0), working_tool(TWIN)):
            self.enterContext(context)

    def submit(self, number: int, refused: int) -> tuple[Any, int]:
        """
        :param number: of the structure
        :param refused: which write is refused
        :returns: the answer, and how many writes there were
        """
        file = glycine_file(text=f'REMARK 999 {number}\n{GLYCINE}')
        tools._probe.cache_clear()
        with refused_write(refused) as refusal:
            return self.post(UPLOAD, {'protein_file': file}), refusal.count

    def failed(self, answer: Any, before: Any) -> bool:
        """
        :param answer: to the submission that met the full disk
        :param before: the rows before it
        :returns: whether it, or its job, failed; if so, its user was told why
        """
        if answer.status_code == 503:
            told, code, hint = answer.json()['detail'], answer.json()['error_code'], answer.json()['error_hint']
            self.assertEqual(row_counts(), before)
        else:
            self.assertEqual(answer.status_code, 202, answer.content[:500])
            job = PreprocessorJob.objects.get(pk=answer.json()['job_id'])
            if job.status == JobStatus.SUCCESS:
                return False
            self.assertEqual((job.status, job.attempt), (JobStatus.FAILURE, 1))
            self.assertIsNone(job.hash_value)
            told, code, hint = job.error, job.error_code, job.error_hint
        self.assertEqual(code, 'server.storage')
        self.assertTrue(told and hint)
        return True

    def assert_nothing_left(self) -> None:
        """No file without its row, no row without its file, no work directory."""
        stored = {Path(settings.MEDIA_ROOT, protein.mmcif_file.name) for protein in Protein.objects.all()}
        self.assertEqual(media_files(), stored)
        self.assertEqual([*settings.WORK_DIR.iterdir()] if settings.WORK_DIR.is_dir() else [], [])

    def test_each_is_told_and_leaves_nothing_and_the_next_submission_succeeds(self) -> None:
        """In the request, before the tool, by its side, and while its results are stored."""
        failures, number, writes = 0, 0, 0
        while writes >= number:  # the last one was met
            number += 1
            before = row_counts()
            with self.subTest(write=number):
                answer, writes = self.submit(number, refused=number)
                failed = self.failed(answer, before)
                failures += failed
                self.assert_nothing_left()
                again, _ = self.submit(number, refused=0)
                job = PreprocessorJob.objects.get(pk=again.json()['job_id'])
                self.assertEqual((job.status, job.error), (JobStatus.SUCCESS, None))
                self.assertIs(again.json()['retrieved_from_cache'], not failed)
        self.assertGreater(number, 8)
        self.assertGreaterEqual(failures, 8)


class RealDisk(TransactionTestCase):
    """A server whose data and media lie on a disk of a few megabytes."""

    def setUp(self) -> None:
        """Start it."""
        server = self.enterContext(installation(self.enterContext(working_tool(TWIN))))
        mount_point = server.folder / 'small'
        mount_point.mkdir()
        try:
            self.disk = SmallDisk(mount_point, megabytes=12)
        except OSError as error:
            raise SkipTest(f'Nothing can be mounted here: {error}') from error
        self.addCleanup(self.disk.close)
        server.enter = self.disk.enter
        server.environment.update(PPLUS_DATA_DIR=str(mount_point), MEDIA_ROOT=f'{mount_point}/media')
        server.start_broker()
        server.start_web_server()
        server.start_worker()
        self.server: Installation = server

    def ended(self, number: int) -> PreprocessorJob:
        """
        :param number: of the structure to submit
        :returns: its job, once it has ended
        """
        answer = self.server.submit(f'REMARK 999 {number}\n{GLYCINE}')
        self.assertEqual(answer.status_code, 202, answer.text)
        job = PreprocessorJob.objects.filter(pk=answer.json()['job_id'])
        wait_for('end of the job', lambda: job.filter(status__in=JobStatus.ended()).exists(), 20)
        return job.get()

    def ready(self) -> dict[str, bool]:
        """:returns: which parts of the server say that they are well"""
        answer = self.server.get('readyz')
        parts = {name: bool(well) for name, well in answer.json().items() if name != 'sandbox'}
        self.assertEqual(answer.status_code, 200 if parts.pop('ready') else 503)
        return parts

    @contextmanager
    def trouble(self, number: int) -> Iterator[None]:
        """
        Everything has to be well before the block and after it, without anybody's help.

        :param number: of a structure that no other test or block uses
        """
        well = dict.fromkeys(('database', 'broker', 'storage', 'worker'), True)
        self.assertEqual(self.ended(number).status, JobStatus.SUCCESS)
        self.assertEqual(self.ready(), well)
        yield
        job = self.ended(number + 1)  # the very structure that failed in the block
        self.assertEqual((job.status, job.attempt), (JobStatus.SUCCESS, 1), job.error_detailed)
        self.assertEqual(self.ready(), well)
        stored = {f'{self.disk.path}/media/{protein.mmcif_file.name}' for protein in Protein.objects.all()}
        self.assertEqual({str(path) for path in self.disk.path.glob('media/*/*')}, stored)
        wait_for('removal of the work directories', lambda: not any(self.disk.path.glob('work/*')), 20)

    def assert_refused(self, number: int) -> None:
        """
        :param number: of the structure to submit
        """
        job = self.ended(number)
        self.assertEqual((job.status, job.error_code, job.attempt), (JobStatus.FAILURE, 'server.storage', 1))
        self.assertTrue(job.error and job.error_hint)
        self.assertEqual(self.ready(), {'database': True, 'broker': True, 'storage': False, 'worker': True})
        for path in ('healthz', 'metrics', 'api/schema/', f'api/v2/{UPLOAD}jobs/{job.pk}/', 'api/v2/nowhere/'):
            self.assertIn(self.server.get(path).status_code, (200, 404), path)

    def test_full_and_read_only_disks_are_told_and_mended_without_hands(self) -> None:
        """Results that are there can still be read, and no process dies of it."""
        with self.trouble(10):
            self.disk.fill()
            self.assert_refused(11)
            self.disk.empty()
        with self.trouble(20):
            self.disk.remount('ro')
            self.assert_refused(21)
            self.disk.remount('rw')
        for word in (b'SIGBUS', b'Worker exited', b'WorkerLostError'):
            self.assertNotIn(word, self.server.log('gunicorn') + self.server.log('celery'))
