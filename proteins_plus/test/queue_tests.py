"""Queues: who is admitted, where a job stands, how long it usually takes, and what canceling does to a run."""

import threading
import time
from datetime import timedelta
from typing import Any

from django.db import connection
from django.test import TestCase, TransactionTestCase, override_settings
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from preprocessor.models import PreprocessorJob
from preprocessor.preprocessor_wrapper import PreprocessorWrapper
from preprocessor.test.config import structure
from proteins_plus import job_handler, leases, queues, tools
from proteins_plus.models import JobStatus

from . import faults
from .utils import API, ApiTestCase, row_counts

ROUTE = 'molecule_handler/upload/'


def waiting(count: int, **fields: Any) -> list[PreprocessorJob]:
    """
    :param count: how many
    :param fields: of all of them
    :returns: stored jobs that wait, the oldest first
    """
    now = timezone.now()
    rows = (
        PreprocessorJob(pdb_code='1abc', date_created=now - timedelta(seconds=count - number), **fields)
        for number in range(count)
    )
    return PreprocessorJob.objects.bulk_create(rows)


class AdmissionTests(ApiTestCase):
    """A queue has an end, and nobody has it alone."""

    @override_settings(MAX_QUEUED_JOBS=3)
    def test_full_queue_answers_503_with_retry_after_and_stores_nothing(self) -> None:
        """Back-pressure is said in words, and leaves no row."""
        waiting(3)
        rows = row_counts()
        response = self.client.post(f'{API}{ROUTE}', structure())
        self.assertEqual((response.status_code, response.json()['error_code']), (503, 'queue.full'))
        self.assertGreater(int(response.headers['Retry-After']), 0)
        self.assertEqual(row_counts(), rows)

    def test_full_queue_still_answers_what_is_in_the_cache(self) -> None:
        """An earlier result costs nothing."""
        first = self.post(ROUTE, structure()).json()
        waiting(3)
        with override_settings(MAX_QUEUED_JOBS=3):
            again = self.client.post(f'{API}{ROUTE}', structure())
        self.assertEqual(again.json(), {'job_id': first['job_id'], 'retrieved_from_cache': True})

    @override_settings(MAX_JOBS_PER_CLIENT=2)
    def test_client_with_its_share_in_the_queue_gets_429_and_others_do_not(self) -> None:
        """The cap counts jobs that wait or run, by the address they came from."""
        waiting(1, client=queues.client_of('10.0.0.1'))
        waiting(1, client=queues.client_of('10.0.0.1'), status=JobStatus.RUNNING)
        waiting(5, client=queues.client_of('10.0.0.1'), status=JobStatus.SUCCESS)
        refused = self.client.post(f'{API}{ROUTE}', structure(), REMOTE_ADDR='10.0.0.1')
        self.assertEqual((refused.status_code, refused.json()['error_code']), (429, 'queue.too_many_jobs'))
        self.assertGreater(int(refused.headers['Retry-After']), 0)
        self.assertEqual(self.client.post(f'{API}{ROUTE}', structure(), REMOTE_ADDR='10.0.0.2').status_code, 202)

    @override_settings(MAX_JOBS_PER_CLIENT=1)
    def test_address_that_a_client_claims_in_a_header_does_not_count(self) -> None:
        """Without a proxy in front, nobody gets a second share by a header."""
        waiting(1, client=queues.client_of('10.0.0.1'))
        response = self.client.post(
            f'{API}{ROUTE}', structure(), REMOTE_ADDR='10.0.0.1', HTTP_X_FORWARDED_FOR='10.9.9.9'
        )
        self.assertEqual(response.status_code, 429)

    def test_address_of_a_client_is_not_kept(self) -> None:
        """The row tells clients apart, not who they are."""
        job_id = self.client.post(f'{API}{ROUTE}', structure(), REMOTE_ADDR='10.0.0.1').json()['job_id']
        client = PreprocessorJob.objects.get(pk=job_id).client
        self.assertRegex(client, '^[0-9a-f]{64}$')
        self.assertNotIn('client', self.get(f'{ROUTE}jobs/{job_id}/'))


class PositionTests(TestCase):
    """Where a job stands."""

    def test_place_is_counted_from_the_next_to_run(self) -> None:
        """The oldest is the first."""
        rows = waiting(3)
        self.assertEqual([queues.position(row) for row in rows], [1, 2, 3])

    def test_job_that_does_not_wait_has_no_place(self) -> None:
        """Running and ended jobs are not in the queue."""
        for status in set(JobStatus) - {JobStatus.PENDING}:
            self.assertIsNone(queues.position(waiting(1, status=status)[0]))

    def test_counting_ends_at_its_bound(self) -> None:
        """A job far back is told the bound, with as many queries as one in front."""
        rows = waiting(queues.COUNTED + 5)
        with CaptureQueriesContext(connection) as far:
            self.assertEqual(queues.position(rows[-1]), queues.COUNTED)
        with CaptureQueriesContext(connection) as near:
            self.assertEqual(queues.position(rows[0]), 1)
        self.assertEqual(len(far), len(near))
        self.assertEqual(queues.depth('fast', 7), 7)
        self.assertEqual(queues.depth('heavy', 7), 0)

    def test_usual_time_is_declared_until_there_are_runs_and_their_median_then(self) -> None:
        """One slow run does not make a tool slow."""
        tool = tools.tool_of(PreprocessorJob)
        queues._usual_seconds.cache_clear()
        self.addCleanup(queues._usual_seconds.cache_clear)
        self.assertEqual(queues.usual_seconds(tool), tool.usual_seconds)
        start = timezone.now()
        for seconds in (6.5, 7, 500):
            finished = start + timedelta(seconds=seconds)
            waiting(1, status=JobStatus.SUCCESS, date_started=start, date_finished=finished)
        queues._usual_seconds.cache_clear()
        self.assertEqual(queues.usual_seconds(tool), 7)


class CancelTests(TransactionTestCase):
    """A running job is canceled while its worker runs, and its tool ends."""

    def test_running_tool_ends_soon_after_its_job_was_canceled(self) -> None:
        """The worker notices by its lease, stores nothing, and leaves the row as it is."""
        job = PreprocessorJob(pdb_code='1abc')
        job.save()

        class Wrapper(PreprocessorWrapper):
            """Runs the fake tool without an entry."""

            def prepare(self, job: Any, work: Any) -> None:
                """Nothing to fetch."""

            def command(self, job: Any, work: Any) -> list[str]:
                """:returns: the fake tool"""
                return [str(tools.tool_of(PreprocessorJob).executable)]

        def run() -> None:
            """The worker."""
            try:
                job_handler.execute_job(Wrapper, str(job.pk), PreprocessorJob, 'Preprocessor')
            finally:
                connection.close()

        with faults.fake_tool('preprocessor', faults.HANGS):
            worker = threading.Thread(target=run)
            began = time.monotonic()
            worker.start()
            while PreprocessorJob.objects.get(pk=job.pk).phase != 'running' and time.monotonic() < began + 10:
                time.sleep(0.05)
            self.assertTrue(leases.cancel(job))
            worker.join(20)
        self.assertFalse(worker.is_alive())
        self.assertLess(time.monotonic() - began, 10)
        row = PreprocessorJob.objects.get(pk=job.pk)
        self.assertEqual((row.status, row.output_protein, row.provenance), (JobStatus.CANCELED, None, {}))
        self.assertFalse(leases.cancel(row), 'what has ended cannot be canceled')
