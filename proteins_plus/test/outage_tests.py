"""The broker goes away, a worker is killed: nothing is lost, nothing is stuck, nobody waits."""

import os
import signal
import time
from datetime import timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from django.test import TransactionTestCase
from django.utils import timezone

from preprocessor.models import PreprocessorJob
from proteins_plus.models import JobStatus
from proteins_plus.reaper import UNHEARD

from .concurrency_tests import post_at_once
from .live import installation, wait_for
from .samples import GLYCINE, working_tool
from .sandbox_tests import is_alive

#: seconds that tell a submission that waits for the broker (19 s) from one on a machine with much else to do
LONG = 10


class KnownDefectsUnderOutages(TransactionTestCase):
    """Real processes, really refused and really killed."""

    takes_long = True

    def setUp(self) -> None:
        """A tool that hangs as long as the file ``hang`` is there, and a server that uses it."""
        folder = TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = Path(folder.name)
        wanted = f'[ "$1" != --version ] && [ -e {self.folder}/hang ]'
        hang = f'if {wanted}; then echo $$ > {self.folder}/pid; exec sleep 69; fi'
        self.server = self.enterContext(installation(self.enterContext(working_tool(hang))))

    def post(self) -> tuple[dict[str, Any], float]:
        """:returns: the answer to one submission, always of the same structure, and the seconds it took"""
        started = time.monotonic()
        ((status, body),) = post_at_once(self.server, [GLYCINE])
        self.assertEqual(status, 202, body)
        return body, time.monotonic() - started

    def status(self, job_id: str) -> str:
        """
        :param job_id: of a job
        :returns: its status as clients see it
        """
        return str(self.server.get(f'api/v2/molecule_handler/upload/jobs/{job_id}/').json()['status'])

    def wait_for_success(self, job_id: str) -> PreprocessorJob:
        """
        :param job_id: of a job
        :returns: the job once it has succeeded
        """
        wait_for('success of the job', lambda: self.status(job_id) == 'success')
        return PreprocessorJob.objects.get()

    def test_submission_without_a_broker_is_quick_safe_and_runs_when_it_is_back(self) -> None:
        """D2: it blocked for 19 s, answered 500, and never ran the job that its cache then offered."""
        self.server.start_web_server()
        first, seconds = self.post()
        self.assertLess(seconds, LONG)
        self.assertEqual(self.status(first['job_id']), 'pending')
        again, seconds = self.post()
        self.assertLess(seconds, LONG)
        self.assertEqual(again, {'job_id': first['job_id'], 'retrieved_from_cache': True})
        self.assertIsNone(PreprocessorJob.objects.get().announced_at)

        self.server.start_broker()
        self.server.start_worker()
        PreprocessorJob.objects.update(date_created=timezone.now() - UNHEARD)  # instead of waiting as long
        self.server.manage('reap_jobs')
        self.assertEqual(self.wait_for_success(first['job_id']).attempt, 1)

    def test_job_of_a_killed_worker_runs_again_and_equal_submissions_wait_for_that(self) -> None:
        """D3: such a job stayed running for ever, and was handed to everybody who asked the same."""
        (self.folder / 'hang').touch()
        self.server.start_broker()
        self.server.start_web_server()
        self.server.start_worker()
        job_id = self.post()[0]['job_id']
        pid = self.folder / 'pid'
        wait_for('start of the tool', lambda: pid.read_text().endswith('\n'))
        tool = int(pid.read_text())
        os.kill(parent_of(tool), signal.SIGKILL)
        wait_for('death of the tool with its worker', lambda: not is_alive(tool), 5)
        (self.folder / 'hang').unlink()
        # The broker delivers the message again; the lease still stands, so that nobody takes the job twice.
        wait_for('dropping of the second message', lambda: b'Nothing to claim' in self.server.log('celery'), 20)
        self.assertEqual(self.post()[0], {'job_id': job_id, 'retrieved_from_cache': True})
        job = PreprocessorJob.objects.get()
        self.assertEqual((job.status, job.attempt), (JobStatus.RUNNING, 1))

        PreprocessorJob.objects.update(lease_until=timezone.now() - timedelta(seconds=1))  # instead of waiting as long
        self.server.manage('reap_jobs')  # on a slow machine the worker's own sweep is there first
        self.assertEqual(self.wait_for_success(job_id).attempt, 2)
        self.assertEqual(self.post()[0], {'job_id': job_id, 'retrieved_from_cache': True})


def parent_of(pid: int) -> int:
    """
    :param pid: of a process
    :returns: the process that started it
    """
    return int(Path(f'/proc/{pid}/stat').read_text().rpartition(')')[2].split()[1])
