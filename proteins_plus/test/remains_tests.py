"""What death leaves behind is found: a broker without memory, directories and processes of attempts that are over."""

import signal
import subprocess
import sys
import tempfile
from pathlib import Path

from django.test import TestCase
from django.test.utils import override_settings
from django.utils import timezone
from kombu import Connection, Producer

from proteins_plus import remains
from proteins_plus.celery import PatientQoS, app
from proteins_plus.models import JobStatus
from proteins_plus.reaper import reap

from .samples import running_job, stored_job


class LostMemory(TestCase):
    """A broker that was restarted, or flushed."""

    def setUp(self) -> None:
        """A broker that remembers, with or without the messages of other tests."""
        remains.forget_announcements()

    def test_announcements_stand_as_long_as_the_broker_remembers(self) -> None:
        """Or every sweep would send them all again."""
        job = stored_job(announced_at=timezone.now())
        self.assertEqual(remains.forget_announcements(), 0)
        job.refresh_from_db()
        self.assertIsNotNone(job.announced_at)

    def test_broker_without_its_memory_is_noticed_once_and_only_waiting_jobs_are_announced_again(self) -> None:
        """They waited five minutes before, as long as any announcement could be doubted."""
        waiting, running = stored_job(announced_at=timezone.now()), running_job(announced_at=timezone.now())
        with app.connection_for_write() as broker:
            broker.default_channel.queue_purge(remains.MARKER)
        self.assertEqual(remains.forget_announcements(), 1)
        self.assertEqual(remains.forget_announcements(), 0)
        waiting.refresh_from_db()
        running.refresh_from_db()
        self.assertIsNone(waiting.announced_at)
        self.assertIsNotNone(running.announced_at)

    def test_message_that_was_taken_by_a_worker_that_died_before_the_claim_is_sent_again(self) -> None:
        """Such a job waited five minutes, though nobody else was before it."""
        before = timezone.now() - remains.TAKEN
        waiting, running = stored_job(announced_at=before), running_job(announced_at=before)
        with app.connection_for_write() as broker:
            broker.default_channel.queue_purge('fast')
            Producer(broker.default_channel).publish('', routing_key='fast')
            self.assertEqual(remains.forget_announcements(), 0, 'its message may be the one that is there')
            broker.default_channel.queue_purge('fast')
        self.assertEqual(remains.forget_announcements(), 1)
        waiting.refresh_from_db()
        running.refresh_from_db()
        self.assertIsNone(waiting.announced_at)
        self.assertIsNotNone(running.announced_at)

    def test_worker_outlives_a_broker_that_takes_nothing_back(self) -> None:
        """With kombu's own class, handing a message back over a lost connection ended the worker."""
        channel = Connection('redis://127.0.0.1:1/0').transport.Channel
        self.assertIs(channel.QoS, PatientQoS)
        guard = PatientQoS.__new__(PatientQoS)  # without a channel, as after the loss
        with self.assertLogs('proteins_plus.celery', 'WARNING') as logged:
            guard.reject('tag', requeue=True)
            guard.ack('tag')
            guard.restore_unacked_once()
        self.assertEqual(len(logged.records), 3)

    def test_worker_never_stops_to_look_for_a_broker_that_is_away(self) -> None:
        """After 100 tries, 46 minutes, it ended, and the jobs waited for somebody to start it again."""
        tries: list[float] = []

        def count(_: Exception, interval: float) -> None:
            """:raises RuntimeError: once it is clear that it goes on"""
            tries.append(interval)
            if len(tries) > 300:
                raise RuntimeError

        nobody = Connection('redis://127.0.0.1:1/0', transport_options=app.conf.broker_transport_options)
        with self.assertRaises(RuntimeError):
            nobody.ensure_connection(
                count, app.conf.broker_connection_max_retries, interval_start=0, interval_step=0, interval_max=0
            )


class LeftWorkDirectories(TestCase):
    """What a killed worker could not remove."""

    def setUp(self) -> None:
        """An empty place for work directories."""
        self.work = Path(self.enterContext(tempfile.TemporaryDirectory()))
        self.enterContext(override_settings(WORK_DIR=self.work))

    def test_only_directories_of_attempts_that_are_over_are_removed(self) -> None:
        """A second attempt may be at work beside the remains of the first."""
        job, ended = running_job(attempt=2), stored_job()
        kept = [f'{job.pk}-2-abcd', 'no-job-of-ours']
        for name in (*kept, f'{job.pk}-1-abcd', f'{ended.pk}-1-abcd'):
            (self.work / name).mkdir()
            (self.work / name / 'file').touch()
        self.assertEqual(remains.remove_work_directories(), 2)
        self.assertEqual({path.name for path in self.work.iterdir()}, set(kept))

    def test_place_that_does_not_exist_yet_is_no_error(self) -> None:
        """The first job makes it."""
        self.work.rmdir()
        self.assertEqual(remains.remove_work_directories(), 0)
        self.work.mkdir()


class LeftProcesses(TestCase):
    """What a killed worker could not kill."""

    def setUp(self) -> None:
        """A place for work directories."""
        self.work = Path(self.enterContext(tempfile.TemporaryDirectory()))
        self.enterContext(override_settings(WORK_DIR=self.work))

    def process(self, name: str) -> 'subprocess.Popen[bytes]':
        """
        :param name: of a work directory
        :returns: a process that has it in its command line; it ends with the test
        """
        argv = [sys.executable, '-c', 'import time; time.sleep(60)', f'--file={self.work}/{name}/input']
        process = self.enterContext(subprocess.Popen(argv))
        self.addCleanup(process.kill)
        return process

    def test_only_processes_of_attempts_that_are_over_are_killed(self) -> None:
        """A sandbox whose worker was killed while it was being set up waited for ever."""
        job, ended = running_job(attempt=2), stored_job(status=JobStatus.SUCCESS, attempt=1)
        kept = [self.process(name) for name in (f'{job.pk}-2-abcd', 'no-job-of-ours')]
        doomed = [self.process(name) for name in (f'{job.pk}-1-abcd', f'{ended.pk}-1-abcd')]
        with self.assertLogs('proteins_plus.remains', 'WARNING'):
            reap()
        self.assertEqual([process.wait(5) for process in doomed], [-signal.SIGKILL] * 2)
        self.assertEqual([process.poll() for process in kept], [None, None])
