"""Leases: one worker has a job, and whoever lost it can change nothing any more."""

import time
from datetime import timedelta
from unittest import mock
from uuid import uuid4

from django.db import OperationalError
from django.test import TestCase
from django.utils import timezone

from preprocessor.models import PreprocessorJob
from proteins_plus import leases
from proteins_plus.models import JobStatus

from .samples import running_job, stored_job

SILENT = timedelta(seconds=-1)


def claimed(job: PreprocessorJob) -> PreprocessorJob:
    """
    :param job: a stored job that can be claimed
    :returns: the job as its worker has it
    """
    found = leases.claim(PreprocessorJob, job.pk)
    assert found is not None
    return found


class Claims(TestCase):
    """Who gets a job."""

    def test_waiting_job_is_claimed_for_the_length_of_a_lease(self) -> None:
        """The row says who has it, since when and until when."""
        job = claimed(stored_job())
        self.assertEqual((job.status, job.attempt), (JobStatus.RUNNING, 1))
        self.assertIsNotNone(job.date_started)
        assert job.lease_until is not None
        left = job.lease_until - timezone.now()
        self.assertLessEqual(left, leases.LEASE)
        self.assertGreater(left, leases.LEASE - timedelta(seconds=5))

    def test_second_message_for_a_claimed_job_is_dropped(self) -> None:
        """Brokers deliver at least once, which is sometimes twice."""
        job = stored_job()
        first = claimed(job)
        self.assertIsNone(leases.claim(PreprocessorJob, job.pk))
        stored = PreprocessorJob.objects.get()
        self.assertEqual((stored.attempt, stored.claimed_by), (1, first.claimed_by))

    def test_job_of_a_silent_worker_is_claimed_as_the_next_attempt(self) -> None:
        """So a job outlives the death of its worker."""
        job = running_job(lease=SILENT)
        self.assertEqual(claimed(job).attempt, 2)

    def test_job_of_a_living_worker_is_left_to_it(self) -> None:
        """However often its message is delivered."""
        self.assertIsNone(leases.claim(PreprocessorJob, running_job().pk))

    def test_job_whose_attempts_are_used_up_is_not_claimed(self) -> None:
        """A job that kills its workers would go on for ever."""
        job = running_job(lease=SILENT, attempt=leases.MAX_ATTEMPTS)
        self.assertIsNone(leases.claim(PreprocessorJob, job.pk))
        last = running_job(lease=SILENT, attempt=leases.MAX_ATTEMPTS - 1)
        self.assertEqual(claimed(last).attempt, leases.MAX_ATTEMPTS)

    def test_ended_and_unknown_jobs_are_not_claimed(self) -> None:
        """Messages may arrive after the end, or after the deletion."""
        for status in (JobStatus.SUCCESS, JobStatus.FAILURE):
            self.assertIsNone(leases.claim(PreprocessorJob, stored_job(status=status).pk))
        self.assertIsNone(leases.claim(PreprocessorJob, uuid4()))

    def test_two_claims_are_told_apart_even_in_one_process(self) -> None:
        """Host and process alone would let two threads take each other for themselves."""
        first, second = claimed(stored_job()), claimed(stored_job())
        self.assertNotEqual(first.claimed_by, second.claimed_by)


class Fencing(TestCase):
    """A worker that lost its lease must not change the job any more."""

    def setUp(self) -> None:
        """One job, claimed by a worker that falls silent, then claimed by another."""
        self.first = claimed(stored_job())
        PreprocessorJob.objects.update(lease_until=timezone.now() + SILENT)
        self.second = claimed(self.first)

    def test_late_worker_can_neither_renew_nor_finish(self) -> None:
        """It believes to be alive; what it does must have no effect."""
        before = PreprocessorJob.objects.values().get()
        self.assertFalse(leases.renew(self.first))
        with self.assertRaises(leases.LeaseLost):
            leases.finish(self.first, JobStatus.FAILURE, error='too late')
        self.assertEqual(PreprocessorJob.objects.values().get(), before)

    def test_present_worker_can_do_both(self) -> None:
        """Fencing must not hit the one who has the lease."""
        PreprocessorJob.objects.update(lease_until=timezone.now())
        self.assertTrue(leases.renew(self.second))
        until = PreprocessorJob.objects.get().lease_until
        assert until is not None
        self.assertGreater(until, timezone.now() + timedelta(seconds=50))
        leases.finish(self.second, JobStatus.SUCCESS, notes=[1])
        job = PreprocessorJob.objects.get()
        self.assertEqual((job.status, job.notes, job.lease_until), (JobStatus.SUCCESS, [1], None))
        self.assertIsNotNone(job.date_finished)

    def test_job_is_finished_once(self) -> None:
        """A result is never replaced by a second one."""
        leases.finish(self.second, JobStatus.SUCCESS)
        with self.assertRaises(leases.LeaseLost):
            leases.finish(self.second, JobStatus.FAILURE)

    def test_lapsed_lease_that_nobody_took_over_can_still_be_finished(self) -> None:
        """Its work is done; to throw it away would help nobody."""
        PreprocessorJob.objects.update(lease_until=timezone.now() + SILENT)
        leases.finish(self.second, JobStatus.SUCCESS)
        self.assertEqual(PreprocessorJob.objects.get().status, JobStatus.SUCCESS)

    def test_deleted_job_cannot_be_finished(self) -> None:
        """The user, or the clean-up, has removed it meanwhile."""
        PreprocessorJob.objects.all().delete()
        with self.assertRaises(leases.LeaseLost):
            leases.finish(self.second, JobStatus.SUCCESS)


class Heartbeats(TestCase):
    """The thread that keeps a lease. Its database is another connection than the test's, so renewals are faked."""

    def beat(self, *answers: object) -> tuple[leases.Heartbeat, mock.Mock]:
        """
        Beat until all answers are used.

        :param answers: of the database to one renewal after the other
        :returns: the heartbeat after its end, and the faked renewal
        """
        job = running_job()
        with mock.patch.object(leases, 'renew', side_effect=[*answers, *[True] * 1000]) as renew:
            with leases.Heartbeat(job, interval=0.001) as heartbeat:
                deadline = time.monotonic() + 5
                while renew.call_count < len(answers) and time.monotonic() < deadline:
                    time.sleep(0.001)
                if False in answers:
                    heartbeat.lost.wait(5)
            return heartbeat, renew

    def test_lease_is_renewed_until_the_block_ends(self) -> None:
        """And not a moment longer: the next attempt may have begun."""
        heartbeat, renew = self.beat(True, True, True)
        self.assertFalse(heartbeat.lost.is_set())
        calls = renew.call_count
        time.sleep(0.02)
        self.assertEqual(renew.call_count, calls)

    def test_lost_lease_is_told_and_renewed_no_more(self) -> None:
        """So that the run can be stopped, and nobody renews what is somebody else's."""
        heartbeat, renew = self.beat(True, False)
        self.assertTrue(heartbeat.lost.is_set())
        self.assertEqual(renew.call_count, 2)

    def test_database_that_is_away_is_no_loss_yet(self) -> None:
        """A restart of the database takes less time than a lease."""
        with self.assertLogs('proteins_plus.leases', 'WARNING') as logs:
            heartbeat, renew = self.beat(OperationalError('gone'), True, True)
        self.assertEqual(len(logs.output), 1)
        self.assertFalse(heartbeat.lost.is_set())
        self.assertGreaterEqual(renew.call_count, 3)

    def test_three_beats_fit_into_a_lease(self) -> None:
        """Two beats in a row may fail before anybody else takes the job."""
        self.assertLess(3 * leases.HEARTBEAT_SECONDS, leases.LEASE.total_seconds())
