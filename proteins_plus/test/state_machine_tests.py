"""
The job core under random histories: submit, announce, claim, beat, fall silent, reap, finish, fail, cancel, delete.

A model of a few lines says what every call must answer. Besides, whatever happened before, these hold in the database:

1.  No attempt of a job is given to two workers, and at most one worker at a time can renew or finish.
2.  A state that ended never changes, nor does anything else the job says; only its deletion ends it.
3.  SUCCESS has its output and keeps its hash; FAILURE and CANCELED have no output and no hash; what waits or runs has
    no output yet, and a result that came too late leaves nothing behind.
4.  A hash belongs to one job, and equal submissions are answered with it.
5.  No job is claimed more than ``MAX_ATTEMPTS`` times; one that used them up and is lost fails with ``tool.crashed``.
6.  RUNNING has a lease and a worker, and nothing else has a lease. Once its lease is over, the next sweep ends it.
7.  After a sweep with a broker that answers, the workers know of every PENDING job that is not just being submitted.
8.  No job lacks its own rows, and none of these outlives its job, whatever deletes it.
9.  No job is lost: what was accepted is there until it is deleted.
"""

import os
import sys
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any
from unittest import mock

from django.conf import settings as django_settings
from django.db import connection, transaction
from django.db.models import Model
from django.test import TestCase
from django.utils import timezone
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.configuration import set_hypothesis_home_dir
from hypothesis.stateful import (
    Bundle,
    RuleBasedStateMachine,
    consumes,
    invariant,
    multiple,
    rule,
    run_state_machine_as_test,
)
from kombu.exceptions import OperationalError as BrokerAway

from molecule_handler.models import FileType, Protein
from preprocessor.models import PreprocessorJob, PreprocessorJobData
from preprocessor.tasks import preprocessor_task
from proteins_plus import job_handler, leases, reaper, remains, sandbox, tools
from proteins_plus.errors import ToolError
from proteins_plus.models import JobStatus
from proteins_plus.tool_wrapper import ToolWrapper

from .samples import new_job

#: Examples and steps: what every run of the tests does, and what others do, chosen by ``STATE_MACHINE``.
PROFILES = {'ci': (200, 50), 'brief': (40, 50), 'nightly': (10_000, 50)}
ACTIVE = (JobStatus.PENDING, JobStatus.RUNNING)
NOWHERE = Path(os.devnull)
DONE = sandbox.Completed(
    argv=('in place',),
    exit_code=0,
    signal=None,
    timed_out=False,
    stopped=False,
    wall_seconds=0.1,
    cpu_seconds=0.1,
    peak_memory_bytes=1,
    stdout=NOWHERE,
    stderr=NOWHERE,
)


class InPlace(ToolWrapper[PreprocessorJob]):
    """A tool that is nothing but its result."""

    def command(self, job: PreprocessorJob, work: Path) -> list[str]:
        """
        :param job: the job
        :param work: its work directory
        :returns: what is never run
        """
        return ['in place']

    def load_results(self, job: PreprocessorJob, work: Path) -> dict[str, Any]:
        """
        :param job: the job
        :param work: its work directory
        :returns: a new protein
        """
        return {'output_protein': Protein.objects.create(name='p', file_type=FileType.PDB, file_string=str(job.pk))}


@dataclass
class Expected:
    """What the model knows of a job."""

    text: str | None
    status: JobStatus = JobStatus.PENDING
    attempt: int = 0
    lease_until: Any = None


class JobCore(RuleBasedStateMachine):
    """One history: some jobs, some workers, one broker, and a clock that goes when it is told to."""

    jobs = Bundle('jobs')
    attempts = Bundle('attempts')

    def __init__(self) -> None:
        super().__init__()
        self.now = timezone.now()
        self.expected: dict[uuid.UUID, Expected] = {}
        self.frozen: dict[uuid.UUID, dict[str, Any]] = {}
        self.given: set[tuple[uuid.UUID, int]] = set()
        self.broker_up = True
        self.told: list[str] = []
        self.proteins = 0
        self.tool = tools.tool_of(PreprocessorJob)
        self.patches = [
            mock.patch('django.utils.timezone.now', lambda: self.now),
            mock.patch.object(tools.ToolConfig, 'version', return_value='1.0'),
            mock.patch.object(tools, 'installed', return_value=[self.tool]),  # the others have no jobs
            mock.patch.object(preprocessor_task, 'apply_async', self.deliver),
            mock.patch.object(sandbox, 'run', return_value=DONE),
            mock.patch.object(remains, 'kill_orphans', return_value=0),  # no history has processes
        ]
        for patch in self.patches:
            patch.start()
        self.history = transaction.atomic()
        self.history.__enter__()

    def teardown(self) -> None:
        """Forget the history."""
        transaction.set_rollback(True)
        self.history.__exit__(None, None, None)
        for patch in self.patches:
            patch.stop()

    def deliver(self, args: tuple[str], **_: Any) -> None:
        """
        The broker.

        :param args: the id of a job
        """
        if not self.broker_up:
            raise BrokerAway
        self.told.append(args[0])

    def holds(self, attempt: PreprocessorJob) -> bool:
        """
        :param attempt: a job as it was claimed
        :returns: whether the lease still belongs to this claim
        """
        job = self.expected.get(attempt.pk)
        return job is not None and job.status == JobStatus.RUNNING and job.attempt == attempt.attempt

    def owner_of(self, text: str) -> uuid.UUID | None:
        """
        :param text: what is submitted
        :returns: the job that holds its hash
        """
        keeping = (*ACTIVE, JobStatus.SUCCESS)
        return next((pk for pk, job in self.expected.items() if job.text == text and job.status in keeping), None)

    # --- users -------------------------------------------------------------------------------------------------

    @rule(target=jobs, text=st.sampled_from('ABC'), use_cache=st.booleans())
    def submit(self, text: str, use_cache: bool) -> uuid.UUID:
        """Equal submissions are answered with one job, all others with their own."""
        owner = self.owner_of(text) if use_cache else None
        job = new_job(text, date_created=self.now, date_last_accessed=self.now)
        with TestCase.captureOnCommitCallbacks(execute=True):
            submitted = job_handler.submit_task(job, preprocessor_task, use_cache)
        assert submitted['retrieved_from_cache'] is (owner is not None)
        if owner is not None:
            assert submitted['job_id'] == owner
            return owner
        self.expected[job.pk] = Expected(text if use_cache else None)
        assert (str(job.pk) in self.told) is self.broker_up
        return job.pk

    @rule(pk=jobs)
    def cancel(self, pk: uuid.UUID) -> None:
        """What waits or runs is canceled; what has ended stays as it ended."""
        row = PreprocessorJob(pk=pk)
        job = self.expected.get(pk)
        active = job is not None and job.status in ACTIVE
        assert leases.cancel(row) is active
        if job is not None and active:
            job.status, job.lease_until = JobStatus.CANCELED, None

    @rule(pk=jobs)
    def delete(self, pk: uuid.UUID) -> None:
        """Users and the clean-up delete what has ended."""
        job = self.expected.get(pk)
        if job is not None and job.status not in ACTIVE:
            PreprocessorJob.objects.get(pk=pk).delete()
            self.forget(pk)

    @rule(pk=jobs)
    def delete_output(self, pk: uuid.UUID) -> None:
        """A result that is deleted takes its job along."""
        row = PreprocessorJob.objects.filter(pk=pk).select_related('output_protein').first()
        if row is not None and row.output_protein is not None:
            row.output_protein.delete()
            self.proteins -= 1
            self.forget(pk)

    def forget(self, pk: uuid.UUID) -> None:
        """:param pk: of a job that was deleted"""
        del self.expected[pk]
        del self.frozen[pk]

    # --- workers -----------------------------------------------------------------------------------------------

    @rule(target=attempts, pk=jobs)
    def claim(self, pk: uuid.UUID) -> Any:
        """A worker heard of the job, perhaps not for the first time."""
        job = self.expected.get(pk)
        free = job is not None and (
            job.status == JobStatus.PENDING or (job.status == JobStatus.RUNNING and job.lease_until < self.now)
        )
        claimed = leases.claim(PreprocessorJob, pk)
        if job is None or not free or job.attempt >= leases.MAX_ATTEMPTS:
            assert claimed is None
            return multiple()
        assert claimed is not None and (pk, claimed.attempt) not in self.given
        self.given.add((pk, claimed.attempt))
        job.status, job.attempt, job.lease_until = JobStatus.RUNNING, job.attempt + 1, self.now + leases.LEASE
        return claimed

    @rule(attempt=attempts)
    def beat(self, attempt: PreprocessorJob) -> None:
        """Only who still has the lease can renew it."""
        holds = self.holds(attempt)
        assert leases.renew(attempt) is holds
        if holds:
            self.expected[attempt.pk].lease_until = self.now + leases.LEASE

    @rule(attempt=consumes(attempts))
    def kill(self, attempt: PreprocessorJob) -> None:
        """A worker dies: it will never be heard of again, and its lease runs out."""
        if self.holds(attempt):
            self.now = max(self.now, self.expected[attempt.pk].lease_until + timedelta(seconds=1))

    @rule(attempt=attempts)
    def succeed(self, attempt: PreprocessorJob) -> None:
        """A result counts once, and only if it comes from the holder of the lease."""
        if self.ends(attempt, JobStatus.SUCCESS):
            self.proteins += 1

    @rule(attempt=attempts)
    def fail(self, attempt: PreprocessorJob) -> None:
        """So does a failure."""
        self.ends(attempt, JobStatus.FAILURE)

    def ends(self, attempt: PreprocessorJob, status: JobStatus) -> bool:
        """
        :param attempt: a job as it was claimed
        :param status: what its worker wants to store
        :returns: whether it could
        """
        holds = self.holds(attempt)
        try:
            if status == JobStatus.SUCCESS:
                job_handler._succeed(InPlace(), attempt, self.tool, NOWHERE, DONE)
            else:
                job_handler._fail(attempt, self.tool, ToolError('It broke.'), DONE)
        except leases.LeaseLost:
            assert not holds
            return False
        assert holds
        job = self.expected[attempt.pk]
        job.status, job.lease_until = status, None
        return True

    @rule(pk=jobs)
    def execute(self, pk: uuid.UUID) -> None:
        """A worker runs the job from claim to end, as its task does."""
        job = self.expected.get(pk)
        free = job is not None and (
            job.status == JobStatus.PENDING or (job.status == JobStatus.RUNNING and job.lease_until < self.now)
        )
        job_handler.execute_job(InPlace, str(pk), PreprocessorJob, 'Preprocessor')
        if job is not None and free and job.attempt < leases.MAX_ATTEMPTS:
            job.status, job.attempt, job.lease_until = JobStatus.SUCCESS, job.attempt + 1, None
            self.given.add((pk, job.attempt))
            self.proteins += 1

    # --- the world ---------------------------------------------------------------------------------------------

    @rule(seconds=st.sampled_from((1, 20, 31, 61, 301)))
    def wait(self, seconds: int) -> None:
        """Time goes by."""
        self.now += timedelta(seconds=seconds)

    @rule()
    def broker_goes_or_returns(self) -> None:
        """The doorbell; the database is the truth."""
        self.broker_up = not self.broker_up

    @rule()
    def reap(self) -> None:
        """Whatever fell between two chairs is picked up."""
        lost = [job for job in self.expected.values() if job.status == JobStatus.RUNNING and job.lease_until < self.now]
        self.told.clear()
        done = reaper.reap()
        for job in lost:
            used_up = job.attempt >= leases.MAX_ATTEMPTS
            job.status, job.lease_until = JobStatus.FAILURE if used_up else JobStatus.PENDING, None
        failed = sum(job.status == JobStatus.FAILURE for job in lost)
        assert (done.failed, done.requeued) == (failed, len(lost) - failed)
        assert done.announced == len(self.told) == len(set(self.told))
        if self.broker_up:
            self.every_waiting_job_is_known()

    def every_waiting_job_is_known(self) -> None:
        """Invariant 7."""
        for row in PreprocessorJob.objects.filter(status=JobStatus.PENDING):
            if row.announced_at is None:
                assert row.attempt == 0 and row.date_created >= self.now - reaper.UNHEARD
            else:
                assert row.announced_at >= self.now - reaper.FORGOTTEN

    # --- what always holds -------------------------------------------------------------------------------------

    @invariant()
    def database_is_what_the_model_says(self) -> None:
        """Invariants 4, 5 and 9: no job is lost, none is in a state or an attempt of its own."""
        rows = {row.pk: row for row in PreprocessorJob.objects.order_by()}
        assert rows.keys() == self.expected.keys()
        self.own_rows_live_and_die_with_their_job({row.input_data_id for row in rows.values()})
        hashes = [row.hash_value for row in rows.values() if row.hash_value is not None]
        assert len(hashes) == len(set(hashes))
        for pk, job in self.expected.items():
            row = rows[pk]
            assert (row.status, row.attempt, row.lease_until) == (job.status, job.attempt, job.lease_until)
            assert row.attempt <= leases.MAX_ATTEMPTS
            self.state_is_whole(row, job)
            self.ended_is_ended(row)

    def state_is_whole(self, row: PreprocessorJob, job: Expected) -> None:
        """
        Invariants 3 and 6.

        :param row: a job
        :param job: what the model knows of it
        """
        success, active = row.status == JobStatus.SUCCESS, row.status in ACTIVE
        assert (row.output_protein_id is not None) is success
        assert (row.hash_value is not None) is (job.text is not None and (success or active))
        assert (row.date_finished is None) is active
        assert (row.lease_until is not None) is (row.status == JobStatus.RUNNING)
        assert row.status != JobStatus.RUNNING or row.claimed_by
        assert bool(row.error) is bool(row.error_code) is (row.status == JobStatus.FAILURE)

    def ended_is_ended(self, row: PreprocessorJob) -> None:
        """
        Invariant 2.

        :param row: a job
        """
        if row.status in ACTIVE:
            assert row.pk not in self.frozen
            return
        said = {field.attname: getattr(row, field.attname) for field in row._meta.concrete_fields}
        said.pop('date_last_accessed')
        assert self.frozen.setdefault(row.pk, said) == said

    def own_rows_live_and_die_with_their_job(self, referred: set[uuid.UUID | None]) -> None:
        """
        Invariants 3 and 8: one upload for each job, one result for each success, no other.

        :param referred: uploads of the jobs
        """
        assert keys(PreprocessorJobData) == referred
        assert len(referred) == len(self.expected)
        assert len(keys(Protein)) == self.proteins


def keys(model: type[Model]) -> set[uuid.UUID]:
    """
    :param model: a stored model
    :returns: the keys of its rows; asked ten thousand times, for which Django's way takes a third of the test
    """
    with connection.cursor() as cursor:
        cursor.execute(f'SELECT id FROM {model._meta.db_table}')  # noqa: S608  # names of ours
        return {uuid.UUID(str(key)) for (key,) in cursor.fetchall()}


@contextmanager
def unmeasured() -> Iterator[None]:
    """
    Go without coverage, with which the same lines, ten thousand times, would take twice as long. To stop and start it
    by its own means would lose what this process has measured before.
    """
    tracer = sys.gettrace()
    sys.settrace(None)
    try:
        yield
    finally:
        sys.settrace(tracer)


class JobCoreUnderRandomHistories(TestCase):
    """Histories nobody thought of; one that fails is shrunk to the shortest that does."""

    takes_long = True

    def test_invariants_hold_in_every_history(self) -> None:
        """The module says which."""
        examples, steps = PROFILES[os.environ.get('STATE_MACHINE', 'ci')]
        set_hypothesis_home_dir(
            Path(django_settings.WORK_DIR).parent / 'hypothesis'
        )  # work directories alone lie there
        chosen = settings(
            max_examples=examples,
            stateful_step_count=steps,
            derandomize=examples == PROFILES['ci'][0],  # a gate that fails must fail again
            database=None,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        )
        with unmeasured():
            run_state_machine_as_test(JobCore, settings=chosen)
