"""The database goes away in mid-run: who asks is told so, and whoever has a job gets its result once it is back."""

import contextlib
import signal
import sqlite3
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from threading import Timer
from typing import Any
from unittest import mock, skipUnless

from django.db import connection
from django.test import SimpleTestCase, TransactionTestCase
from django.utils import timezone
from rest_framework.test import APIClient

from molecule_handler.models import Protein
from preprocessor.models import PreprocessorJob
from preprocessor.tasks import preprocessor_task
from proteins_plus import job_handler, leases, reaper, remains, sandbox
from proteins_plus.models import JobStatus

from .deployment_tests import load_script
from .kill_matrix import INTERVALS
from .live import installation, wait_for
from .samples import GLYCINE, glycine_file, stored_job, working_tool

UPLOAD = '/api/v2/molecule_handler/upload/'
#: Without it the tests' server forgets the last commits when it crashes.
DURABLE = 'synchronous_commit=on'


@skipUnless(connection.vendor == 'postgresql', 'starts a server of the kind that the other tests run on')
class RestartedDatabase(SimpleTestCase):
    """Web server and worker on a PostgreSQL server of their own."""

    def setUp(self) -> None:
        """Start them; the tool waits as long as the file ``hang`` is there."""
        self.hang = Path(self.enterContext(tempfile.TemporaryDirectory())) / 'hang'
        self.hang.touch()
        script = load_script('.ci/with_postgres.py')
        self.database = script.Server(self.enterContext(script.temporary_folder()))
        self.addCleanup(self.database.stop)
        self.database.start(DURABLE)
        tool = working_tool(f'[ "$1" = --version ] || while [ -e {self.hang} ]; do sleep 0.05; done')
        self.server = self.enterContext(installation(self.enterContext(tool)))
        self.server.environment.update(INTERVALS, DATABASE_URL=self.database.url)
        self.server.manage('migrate', '--verbosity', '0')
        self.server.start_broker()
        self.server.start_web_server()
        self.server.start_worker(concurrency=1)

    def submit(self, number: int) -> Any:
        """
        :param number: of the structure
        :returns: the answer
        """
        return self.server.submit(f'REMARK 999 {number}\n{GLYCINE}')

    def status(self, submission: Any) -> str:
        """
        :param submission: an answer to one
        :returns: how its job fares
        """
        return str(self.server.job(submission).json().get('status'))

    def test_jobs_that_run_wait_and_come_meanwhile_all_succeed(self) -> None:
        """The tool of the first ends while nobody can store its result; the second is taken up at that time."""
        running, waiting = self.submit(1), self.submit(2)
        wait_for('start of the first job', lambda: self.status(running) == 'running')
        self.database.stop(signal.SIGQUIT)
        self.hang.unlink()
        for answer in (self.submit(3), self.server.job(running)):
            self.assertEqual((answer.status_code, answer.json()['error_code']), (503, 'server.busy'))
            self.assertTrue(answer.json()['error_hint'] and answer.headers['Retry-After'])
        ready = self.server.get('readyz')
        self.assertEqual((ready.status_code, ready.json()['database'], ready.json()['worker']), (503, False, True))
        self.assertEqual(self.server.get('healthz').status_code, 200)
        wait_for('the claim in vain', lambda: b'a job waits for it' in self.server.log('celery'), 20)
        self.database.start(DURABLE)
        begun = time.monotonic()
        late = self.submit(3)
        for job, attempts in ((late, 1), (waiting, 1), (running, 2)):
            wait_for('success', lambda job=job: self.status(job) == 'success', 30)
            self.assertLessEqual(self.server.job(job).json()['attempt'], attempts)
        self.assertLess(time.monotonic() - begun, 30)
        self.assertEqual(self.server.get('readyz').status_code, 200)


@skipUnless(connection.vendor == 'sqlite', 'only SQLite can be locked by one writer')
class LockedDatabase(TransactionTestCase):
    """Somebody else writes to the file for longer than anybody waits."""

    def setUp(self) -> None:
        """Be impatient, and let nobody else run the jobs."""
        options = mock.patch.dict(connection.settings_dict['OPTIONS'], timeout=0.1)
        self.enterContext(options)
        self.enterContext(mock.patch.object(job_handler, '_PAUSES', (0.1,) * 20))
        remains.forget_announcements()
        self.enterContext(mock.patch.object(preprocessor_task, 'apply_async'))
        self.enterContext(working_tool())
        connection.close()
        self.addCleanup(connection.close)

    @contextlib.contextmanager
    def locked(self) -> Iterator[sqlite3.Connection]:
        """:returns: the connection of the one who writes; the block ends its transaction"""
        name = str(connection.settings_dict['NAME'])
        other = sqlite3.connect(name, isolation_level=None, check_same_thread=False)
        other.execute('BEGIN IMMEDIATE')
        try:
            yield other
        finally:
            other.close()

    def execute(self, job: PreprocessorJob) -> PreprocessorJob:
        """
        :param job: a stored job
        :returns: what became of it
        """
        preprocessor_task(str(job.pk))
        return PreprocessorJob.objects.get(pk=job.pk)

    def test_submission_is_told_to_come_back_and_stores_nothing(self) -> None:
        """Reading goes on meanwhile."""
        client = APIClient()
        with self.locked():
            answer = client.post(UPLOAD, {'protein_file': glycine_file()})
            self.assertEqual((answer.status_code, answer.json()['error_code']), (503, 'server.busy'))
            self.assertTrue(answer.json()['error_hint'] and answer.headers['Retry-After'])
            self.assertEqual(client.get(f'{UPLOAD}jobs/').json()['count'], 0)
        self.assertEqual(client.post(UPLOAD, {'protein_file': glycine_file()}).status_code, 202)

    def test_worker_waits_for_the_database_before_it_takes_a_job(self) -> None:
        """A message that is given up is repeated after minutes only."""
        job = stored_job()
        with self.locked() as other, self.assertLogs('proteins_plus.job_handler', 'WARNING'):
            Timer(0.3, other.rollback).start()
            job = self.execute(job)
        self.assertEqual((job.status, job.attempt), (JobStatus.SUCCESS, 1))

    def test_result_that_cannot_be_stored_is_made_again(self) -> None:
        """The first attempt leaves no trace, and its lease runs out."""
        real, stack = sandbox.run, contextlib.ExitStack()

        def run_then_lock(argv: Any, *arguments: Any) -> sandbox.Completed:
            """:returns: what became of the run, after which somebody else writes"""
            completed = real(argv, *arguments)
            if '--version' not in argv:
                stack.enter_context(self.locked())
            return completed

        with stack, mock.patch.object(sandbox, 'run', run_then_lock), self.assertLogs('proteins_plus', 'ERROR'):
            job = self.execute(stored_job())
        self.assertEqual((job.status, Protein.objects.count()), (JobStatus.RUNNING, 0))
        PreprocessorJob.objects.update(lease_until=timezone.now() - leases.LEASE)  # instead of waiting as long
        self.assertEqual(reaper.reap(), reaper.Reaped(announced=1, requeued=1))
        job = self.execute(job)
        self.assertEqual((job.status, job.attempt, Protein.objects.count()), (JobStatus.SUCCESS, 2, 1))
