"""The reaper: jobs nobody was told about, and jobs whose worker fell silent."""

import threading
from datetime import timedelta
from io import StringIO
from typing import Any
from unittest import mock

from django.core.management import call_command
from django.test import TestCase
from django.utils import timezone
from kombu import Producer
from kombu.exceptions import OperationalError as BrokerAway

from preprocessor.models import PreprocessorJob
from preprocessor.tasks import preprocessor_task
from proteins_plus import leases, reaper, remains, tasks
from proteins_plus.celery import app
from proteins_plus.models import JobStatus
from proteins_plus.reaper import Reaped, reap

from .samples import running_job, stored_job

SILENT = timedelta(seconds=-1)


class ReaperSweeps(TestCase):
    """What one sweep does to a job."""

    def setUp(self) -> None:
        """A broker that takes every message, runs nothing, and has not lost its memory."""
        remains.forget_announcements()
        patcher = mock.patch.object(preprocessor_task, 'apply_async')
        self.broker = patcher.start()
        self.addCleanup(patcher.stop)

    def told(self) -> list[str]:
        """:returns: the ids of the jobs the workers were told about"""
        return [call.args[0][0] for call in self.broker.call_args_list]

    def aged(self, age: timedelta, **fields: Any) -> PreprocessorJob:
        """
        :param age: of the job
        :param fields: of the job
        :returns: a stored job
        """
        return stored_job(date_created=timezone.now() - age, **fields)

    def test_job_nobody_was_told_about_is_announced_and_once(self) -> None:
        """The first announcement was lost between commit and broker; a second sweep must not flood it."""
        job = self.aged(timedelta(seconds=31))
        self.assertEqual(reap(), Reaped(announced=1))
        self.assertEqual(self.told(), [str(job.pk)])
        self.assertEqual(reap(), Reaped())

    def test_job_that_is_just_being_submitted_is_left_to_its_submission(self) -> None:
        """Two announcements would be one too many, if harmless."""
        self.aged(timedelta(seconds=5))
        self.assertEqual(reap(), Reaped())
        self.assertEqual(self.told(), [])

    def test_announcement_the_broker_may_have_lost_is_repeated(self) -> None:
        """In a queue that is never empty, nobody can tell whose message is missing."""
        now = timezone.now()
        with app.connection_for_write() as broker:
            Producer(broker.default_channel).publish('', routing_key='fast')
            self.addCleanup(broker.default_channel.queue_purge, 'fast')
        self.aged(timedelta(hours=1), announced_at=now - timedelta(minutes=4))
        forgotten = self.aged(timedelta(hours=1), announced_at=now - timedelta(minutes=6))
        self.assertEqual(reap(), Reaped(announced=1))
        self.assertEqual(self.told(), [str(forgotten.pk)])

    def test_job_of_a_silent_worker_waits_again_and_is_announced_at_once(self) -> None:
        """Waiting for the next round would cost its user minutes."""
        job = running_job(lease=SILENT, announced_at=timezone.now(), hash_value='kept')
        self.assertEqual(reap(), Reaped(announced=1, requeued=1))
        job.refresh_from_db()
        self.assertEqual((job.status, job.attempt, job.claimed_by), (JobStatus.PENDING, 1, ''))
        self.assertIsNone(job.lease_until)
        self.assertEqual(job.hash_value, 'kept', 'equal submissions must still find it')
        self.assertEqual(self.told(), [str(job.pk)])

    def test_job_that_killed_its_workers_fails_for_good_and_gives_up_its_hash(self) -> None:
        """Otherwise it would take the next worker down with it."""
        job = running_job(lease=SILENT, attempt=leases.MAX_ATTEMPTS, hash_value='kept')
        self.assertEqual(reap(), Reaped(failed=1))
        job.refresh_from_db()
        self.assertEqual((job.status, job.hash_value, job.error_code), (JobStatus.FAILURE, None, 'tool.crashed'))
        self.assertIn('An error occurred during the execution of Preprocessor.', job.error or '')
        self.assertTrue(job.error_hint)
        self.assertEqual(self.told(), [])

    def test_living_and_ended_jobs_are_left_alone(self) -> None:
        """Each of them is somebody's business already."""
        running_job()
        for status in (JobStatus.SUCCESS, JobStatus.FAILURE):
            self.aged(timedelta(days=1), status=status)
        before = list(PreprocessorJob.objects.order_by('pk').values())
        self.assertEqual(reap(), Reaped())
        self.assertEqual(list(PreprocessorJob.objects.order_by('pk').values()), before)

    def test_oldest_jobs_are_announced_first_and_only_so_many_at_once(self) -> None:
        """A backlog must neither starve the oldest nor block the sweep."""
        jobs = [self.aged(timedelta(minutes=age)) for age in (1, 3, 2)]
        with mock.patch.object(reaper, 'BATCH', 2):
            self.assertEqual(reap().announced, 2)
        self.assertEqual(self.told(), [str(jobs[1].pk), str(jobs[2].pk)])

    def test_sweep_ends_when_the_broker_is_away_and_the_next_one_tries_again(self) -> None:
        """Each vain try may take a second; hundreds of them would block the reaper for the rest of the outage."""
        for _ in range(3):
            self.aged(timedelta(minutes=1))
        self.broker.side_effect = BrokerAway('refused')
        with self.assertLogs('proteins_plus.job_handler', 'WARNING'):
            self.assertEqual(reap(), Reaped())
        self.assertEqual(self.broker.call_count, 1)
        self.broker.side_effect = None
        self.assertEqual(reap(), Reaped(announced=3))

    def test_worker_that_was_declared_dead_cannot_finish(self) -> None:
        """The reaper and a late worker must not both decide."""
        job = stored_job()
        worker = leases.claim(PreprocessorJob, job.pk)
        assert worker is not None
        PreprocessorJob.objects.update(lease_until=timezone.now() + SILENT)
        reap()
        with self.assertRaises(leases.LeaseLost):
            leases.finish(worker, JobStatus.SUCCESS)

    def test_command_says_what_it_did(self) -> None:
        """It runs from a timer, whose log an operator reads."""
        running_job(lease=SILENT)
        output = StringIO()
        call_command('reap_jobs', stdout=output)
        self.assertEqual(output.getvalue(), '1 announced, 1 requeued, 0 failed for good.\n')

    def test_every_tool_has_the_task_its_jobs_are_announced_to(self) -> None:
        """A task under another name would be announced to nobody."""
        names = [reaper.task_of(tool).name for tool in reaper.tools.installed()]
        self.assertIn('preprocessor.tasks.preprocessor_task', names)


class ReaperInTheWorker(TestCase):
    """The thread that sweeps beside a worker's jobs."""

    def sweep(self, *outcomes: object) -> mock.Mock:
        """
        Sweep until all outcomes are used, then end the thread.

        :param outcomes: of one sweep after the other
        :returns: the faked sweep
        """
        enough = threading.Event()
        left = list(outcomes)

        def swept(trust_leases: bool) -> Reaped:
            """
            :param trust_leases: not used
            :returns: the next outcome
            """
            outcome = left.pop(0) if left else Reaped()
            if not left:
                enough.set()
            if isinstance(outcome, Exception):
                raise outcome
            return outcome  # type: ignore[return-value]

        with mock.patch.object(reaper, 'reap', side_effect=swept) as sweep:
            thread = reaper.ReaperThread(interval=0.001)
            thread.start()
            self.assertTrue(enough.wait(5))
            thread.stop()
            self.assertFalse(thread.is_alive())
        return sweep

    def test_sweep_that_did_something_is_logged(self) -> None:
        """And one that did nothing is not: there are four in a minute."""
        with self.assertLogs('proteins_plus.reaper', 'INFO') as logs:
            self.sweep(Reaped(), Reaped(announced=2))
        self.assertEqual([record.__dict__['announced'] for record in logs.records], [2])

    def test_failed_sweep_is_logged_and_not_the_last_one(self) -> None:
        """A thread that ends unnoticed would strand all jobs from then on."""
        with self.assertLogs('proteins_plus.reaper', 'ERROR'):
            sweep = self.sweep(RuntimeError('no database'), Reaped())
        self.assertGreaterEqual(sweep.call_count, 2)

    def test_worker_begins_and_ends_it(self) -> None:
        """One thread a worker, gone with it."""
        with mock.patch.object(reaper, 'reap', return_value=Reaped()):
            tasks.start_reaper()
            thread = tasks._reaper[-1]
            self.assertTrue(thread.is_alive())
            tasks.stop_reaper()
        self.assertFalse(thread.is_alive())
        self.assertEqual(tasks._reaper, [])
