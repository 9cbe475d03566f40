"""The clock is set, or stands still while a laptop sleeps: jobs that run go on, and dead workers are found."""

import time
from datetime import timedelta
from unittest import mock

from django.test import SimpleTestCase, TestCase
from django.utils import timezone

from preprocessor.models import PreprocessorJob
from preprocessor.tasks import preprocessor_task
from proteins_plus import leases, reaper, remains
from proteins_plus.models import JobStatus
from proteins_plus.reaper import Reaped, StepDetector, reap

from .samples import running_job, stored_job

HOUR = 3600.0


class Clock:
    """A clock that can be set, beside one that cannot."""

    def __init__(self, test: SimpleTestCase) -> None:
        """:param test: to whose end they replace those of this process"""
        self._began, self._passed, self._set = timezone.now(), 0.0, 0.0
        wall, steady = self._began.timestamp(), time.monotonic()
        for name, tell in (
            ('time.time', lambda: wall + self._passed + self._set),
            ('time.monotonic', lambda: steady + self._passed),
            ('django.utils.timezone.now', lambda: self._began + timedelta(seconds=self._passed + self._set)),
        ):
            test.enterContext(mock.patch(name, tell))

    def wait(self, seconds: float) -> None:
        """:param seconds: that pass"""
        self._passed += seconds

    def step(self, seconds: float) -> None:
        """:param seconds: by which the clock is put forward"""
        self._set += seconds


class NoticingASetClock(SimpleTestCase):
    """By comparison with the clock that nobody sets."""

    def setUp(self) -> None:
        """Two clocks."""
        self.clock = Clock(self)
        self.detector = StepDetector()

    def test_clock_that_runs_or_is_slewed_is_steady(self) -> None:
        """A time service corrects it by less than a second a minute."""
        for slew in (0.0, 0.5, -0.5):
            self.clock.wait(15)
            self.clock.step(slew)
            self.assertTrue(self.detector.clock_is_steady())

    def test_clock_that_was_set_is_not_believed_until_living_workers_have_renewed(self) -> None:
        """In either direction; the second step begins the wait anew."""
        for seconds in (HOUR, -HOUR):
            self.clock.step(seconds)
            with self.assertLogs('proteins_plus.reaper', 'WARNING'):
                self.assertFalse(self.detector.clock_is_steady())
            self.clock.wait(leases.LEASE.total_seconds() - 1)
            self.assertFalse(self.detector.clock_is_steady())
        self.clock.wait(1)
        self.assertTrue(self.detector.clock_is_steady())


class JobsUnderASetClock(TestCase):
    """What a sweep does after it."""

    def setUp(self) -> None:
        """A broker that takes every message, and a reaper that has swept before."""
        remains.forget_announcements()
        self.enterContext(mock.patch.object(preprocessor_task, 'apply_async'))
        self.clock = Clock(self)
        self.detector = StepDetector()

    def sweep(self) -> Reaped:
        """:returns: what the reaper of a worker does now"""
        return reap(self.detector.clock_is_steady())

    def claimed(self) -> PreprocessorJob:
        """:returns: a job that a living worker has just claimed"""
        job = leases.claim(PreprocessorJob, stored_job().pk)
        assert job is not None
        return job

    def test_job_of_a_living_worker_keeps_its_attempt_when_the_clock_is_put_forward(self) -> None:
        """Three times of closing the lid would fail a long job for good."""
        job = self.claimed()
        for _ in range(3):
            self.clock.step(HOUR)
            with self.assertLogs('proteins_plus.reaper', 'WARNING'):
                self.assertEqual(self.sweep(), Reaped())
            self.clock.wait(leases.HEARTBEAT_SECONDS)
            self.assertTrue(leases.renew(job))
        for _ in range(10):
            self.clock.wait(reaper.SWEEP_SECONDS)
            self.assertEqual(self.sweep(), Reaped())
            self.assertTrue(leases.renew(job))
        job.refresh_from_db()
        self.assertEqual((job.status, job.attempt), (JobStatus.RUNNING, 1))

    def test_dead_worker_is_found_all_the_same(self) -> None:
        """Whichever way the clock was set: a lease that ends in an hour has no longer an owner either."""
        for seconds in (HOUR, -HOUR):
            job = self.claimed()
            self.clock.step(seconds)
            with self.assertLogs('proteins_plus.reaper', 'WARNING'):
                self.assertEqual(self.sweep(), Reaped())
            self.clock.wait(leases.LEASE.total_seconds())
            self.assertEqual(self.sweep(), Reaped(announced=1, requeued=1))
            job.refresh_from_db()
            self.assertEqual(job.status, JobStatus.PENDING)
            job.delete()

    def test_waiting_job_is_announced_although_its_times_lie_in_the_future(self) -> None:
        """Nobody was told, or the broker has forgotten; and then the clock was put back."""
        stored_job('unheard')
        stored_job('forgotten', announced_at=timezone.now())
        self.clock.step(-HOUR)
        self.assertEqual(reap(), Reaped(announced=2))
        self.assertEqual(reap(), Reaped())

    def test_lease_of_a_machine_whose_clock_is_a_little_ahead_is_respected(self) -> None:
        """By as much as one that is behind may be."""
        running_job(lease=1.9 * leases.LEASE)
        self.assertEqual(reap(), Reaped())
