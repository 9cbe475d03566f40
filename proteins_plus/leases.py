"""
Who works on a job, and for how long: claim, renew, finish. Conditional updates only; no HTTP, no Celery.

A lease belongs to one attempt (fencing): whoever lost it can neither renew nor finish. A worker that dies simply
stops renewing, and :mod:`proteins_plus.reaper` gives its job to another one.
"""

import logging
import os
import socket
import time
import uuid
from contextvars import copy_context
from datetime import timedelta
from threading import Event, Thread
from types import TracebackType
from typing import Any, Self, TypeVar

from django.conf import settings
from django.db import Error, connection
from django.db.models import F, Q, QuerySet
from django.utils import timezone

from .models import JobPhase, JobStatus, ProteinsPlusJob

logger = logging.getLogger(__name__)

LEASE = timedelta(seconds=settings.LEASE_SECONDS)
HEARTBEAT_SECONDS = float(settings.HEARTBEAT_SECONDS)
#: How often a worker looks whether its job was canceled, in seconds.
WATCH_SECONDS = 2.0
MAX_ATTEMPTS = 3

Job = TypeVar('Job', bound=ProteinsPlusJob)


class LeaseLost(Exception):
    """The job is no longer ours: another attempt has begun, or the job is gone."""


def claim(job_model: type[Job], job_id: uuid.UUID | str) -> Job | None:
    """
    Take a job that waits, or one whose worker has fallen silent.

    :param job_model: the model of the job
    :param job_id: its id
    :returns: the job, ours for :data:`LEASE` from now; None if it is somebody else's, ended, used up, or gone
    """
    now = timezone.now()
    worker = f'{socket.gethostname()}:{os.getpid()}:{uuid.uuid4().hex[:12]}'
    waiting = Q(status=JobStatus.PENDING) | Q(status=JobStatus.RUNNING, lease_until__lt=now)
    claimed = job_model._base_manager.filter(waiting, pk=job_id, attempt__lt=MAX_ATTEMPTS).update(
        status=JobStatus.RUNNING,
        phase=JobPhase.PREPARING,
        attempt=F('attempt') + 1,
        claimed_by=worker,
        lease_until=now + LEASE,
        date_started=now,
    )
    if not claimed:
        return None
    return job_model._base_manager.filter(pk=job_id, claimed_by=worker).first()


def renew(job: ProteinsPlusJob) -> bool:
    """
    :param job: a claimed job
    :returns: whether it is still ours, now for another :data:`LEASE`
    """
    return bool(_mine(job).update(lease_until=timezone.now() + LEASE))


def enter(job: ProteinsPlusJob, phase: JobPhase) -> None:
    """
    :param job: a claimed job
    :param phase: where it is now
    :raises LeaseLost: if the job is no longer ours
    """
    if not _mine(job).update(phase=phase):
        raise LeaseLost(f'{job._meta.label} {job.pk}, attempt {job.attempt}')


def finish(job: ProteinsPlusJob, status: JobStatus, **fields: Any) -> None:
    """
    End a claimed job. To be called inside the transaction that stores its outputs.

    :param job: the job as :func:`claim` returned it
    :param status: SUCCESS or FAILURE
    :param fields: further fields to set, outputs among them
    :raises LeaseLost: if the job is no longer ours; the transaction must then be rolled back
    """
    now = timezone.now()
    ended = _mine(job).update(status=status, phase=JobPhase.ENDED, date_finished=now, lease_until=None, **fields)
    if not ended:
        raise LeaseLost(f'{job._meta.label} {job.pk}, attempt {job.attempt}')


def cancel(job: ProteinsPlusJob) -> bool:
    """
    End a job that waits or runs, at its user's wish. It gives up its hash; a worker on it notices by its lease.

    :param job: a job
    :returns: whether it was canceled; False if it had ended by itself
    """
    waiting_or_running = type(job)._base_manager.filter(pk=job.pk, status__in=(JobStatus.PENDING, JobStatus.RUNNING))
    return bool(
        waiting_or_running.update(
            status=JobStatus.CANCELED,
            phase=JobPhase.ENDED,
            hash_value=None,
            date_finished=timezone.now(),
            lease_until=None,
        )
    )


def _mine(job: ProteinsPlusJob) -> QuerySet[ProteinsPlusJob]:
    """
    :param job: a claimed job
    :returns: its row, as long as this very attempt holds the lease
    """
    return type(job)._base_manager.filter(
        pk=job.pk, status=JobStatus.RUNNING, attempt=job.attempt, claimed_by=job.claimed_by
    )


class Heartbeat:
    """
    Renews a lease from a thread of its own while a block runs.

    :attr:`lost` is set once the lease is gone, so that the run can be stopped. A database that does not answer is
    no loss yet: the lease in the row decides.
    """

    def __init__(self, job: ProteinsPlusJob, interval: float = HEARTBEAT_SECONDS) -> None:
        """
        :param job: a claimed job
        :param interval: seconds between two renewals
        """
        self.lost = Event()
        self._done = Event()
        self._job = job
        self._interval = interval
        # In the context of its maker, so that its log lines carry the ids of the job and of the request, too.
        self._thread = Thread(target=copy_context().run, args=(self._beat,), name=f'heartbeat-{job.pk}', daemon=True)

    def __enter__(self) -> Self:
        """:returns: itself, beating"""
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """
        :param kind: of what ended the block, if anything did
        :param error: likewise
        :param trace: likewise
        """
        self._done.set()
        self._thread.join()

    def _beat(self) -> None:
        """Renew until the block ends or the lease is lost, and look in between whether the job was canceled."""
        renewed = time.monotonic()
        try:
            while not self._done.wait(min(self._interval, WATCH_SECONDS)):
                try:
                    due = time.monotonic() - renewed >= self._interval
                    if not (renew(self._job) if due else _mine(self._job).exists()):
                        self.lost.set()
                        return
                    renewed = time.monotonic() if due else renewed
                except Error:
                    logger.warning('The lease could not be renewed', exc_info=True, extra={'job': str(self._job.pk)})
                    connection.close()  # or the next beat would meet the same broken connection
        finally:
            connection.close()  # this thread's own
