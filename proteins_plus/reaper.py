"""
Finds what fell between two chairs: jobs nobody was told about, and jobs whose worker fell silent.

Runs in a thread of every worker and as ``manage.py reap_jobs``; any number of reapers may run at once.
"""

import logging
import time
from dataclasses import dataclass
from datetime import timedelta
from itertools import takewhile
from threading import Event, Thread
from typing import Any

from celery import Task, current_app
from django.conf import settings
from django.db import close_old_connections, connection
from django.db.models import Q
from django.utils import timezone

from . import job_handler, leases, remains, tools
from .models import JobPhase, JobStatus, ProteinsPlusJob

logger = logging.getLogger(__name__)

SWEEP_SECONDS = float(settings.SWEEP_SECONDS)
#: A job that was never announced is announced after this time; its submission may still be about to do it.
UNHEARD = timedelta(seconds=30)
#: An announcement this old may have been lost with the broker's memory. A second one does no harm: one claim wins.
FORGOTTEN = timedelta(minutes=5)
#: A clock that is slewed differs by less than this between two sweeps. Seconds.
STEP_SECONDS = 2.0
#: The most jobs of one tool announced in one sweep.
BATCH = 500


@dataclass(frozen=True)
class Reaped:
    """What one sweep did, in jobs."""

    announced: int = 0
    requeued: int = 0
    failed: int = 0


def reap(trust_leases: bool = True) -> Reaped:
    """
    One sweep over all tools.

    :param trust_leases: False leaves running jobs alone, since the clock that their leases go by was set
    :returns: what it did
    """
    try:
        remains.forget_announcements()
    except Exception:  # pylint: disable=broad-exception-caught  # every transport has its own errors
        logger.warning('The broker is away; nobody can be told', exc_info=True)
    done = [_reap_tool(tool.job_model, task_of(tool), trust_leases) for tool in tools.installed()]
    remains.kill_orphans()
    remains.remove_work_directories()
    return Reaped(*(sum(column) for column in zip(*((r.announced, r.requeued, r.failed) for r in done), strict=True)))


def task_of(tool: tools.ToolConfig) -> Task:
    """
    :param tool: a tool
    :returns: the Celery task that runs its jobs
    """
    return current_app.tasks[f'{tool.name}.tasks.{tool.label}_task']


def _reap_tool(job_model: type[ProteinsPlusJob], task: Task, trust_leases: bool) -> Reaped:
    """
    Times in the future are those of a clock that was set back since.

    :param job_model: the jobs to look at
    :param task: the task that runs them
    :param trust_leases: see :func:`reap`
    :returns: what was done
    """
    now = timezone.now()
    over = Q(lease_until__lt=now) | Q(lease_until__gt=now + 2 * leases.LEASE)
    running = job_model._base_manager.filter(status=JobStatus.RUNNING)
    lost = running.filter(over) if trust_leases else running.none()
    failed = lost.filter(attempt__gte=leases.MAX_ATTEMPTS).update(**_crashed(job_model))
    requeued = lost.update(
        status=JobStatus.PENDING, phase=JobPhase.QUEUED, lease_until=None, claimed_by='', announced_at=None
    )
    settled = Q(date_created__lt=now - UNHEARD) | Q(date_created__gt=now + UNHEARD) | Q(attempt__gt=0)
    forgotten = Q(announced_at__lt=now - FORGOTTEN) | Q(announced_at__gt=now + FORGOTTEN)
    waiting = job_model._base_manager.filter(settled & Q(announced_at=None) | forgotten, status=JobStatus.PENDING)
    # Once the broker is away, the others would fail alike: takewhile ends the sweep.
    heard = takewhile(lambda job: job_handler.ring(job, task), waiting.only('pk').order_by('date_created')[:BATCH])
    return Reaped(sum(1 for _ in heard), requeued, failed)


def _crashed(job_model: type[ProteinsPlusJob]) -> dict[str, Any]:
    """
    :param job_model: the model of a job that took its workers down with it
    :returns: the fields of its failure
    """
    name = tools.tool_of(job_model).verbose_name
    return {
        'status': JobStatus.FAILURE,
        'phase': JobPhase.ENDED,
        'hash_value': None,
        'date_finished': timezone.now(),
        'lease_until': None,
        'error': f'An error occurred during the execution of {name}. Its worker died {leases.MAX_ATTEMPTS} times.',
        'error_code': 'tool.crashed',
        'error_hint': 'The structure may be too large for this server.',
    }


class StepDetector:
    """
    Notices when the clock was set, or stood still for this machine while it slept.

    Leases are points in time. After such a step those of living workers seem to have lapsed, until they are renewed.
    """

    def __init__(self) -> None:
        self._offset = self._difference()
        self._trusted_from = 0.0

    @staticmethod
    def _difference() -> float:
        """:returns: how far the clock is ahead of the one that nobody sets, in seconds"""
        return time.time() - time.monotonic()

    def clock_is_steady(self) -> bool:
        """:returns: whether the clock was left alone since the last time this was asked, and for the last lease"""
        step, self._offset = self._difference() - self._offset, self._difference()
        if abs(step) > STEP_SECONDS:
            logger.warning('The clock was set; leases are not judged for a while', extra={'seconds': round(step, 1)})
            self._trusted_from = time.monotonic() + leases.LEASE.total_seconds()
        return time.monotonic() >= self._trusted_from


class ReaperThread(Thread):
    """Sweeps until it is told to stop; after a sweep that failed, for want of a database or a broker, too."""

    def __init__(self, interval: float = SWEEP_SECONDS) -> None:
        """
        :param interval: seconds between two sweeps
        """
        super().__init__(name='reaper', daemon=True)
        self._interval = interval
        self._done = Event()
        self._clock = StepDetector()

    def run(self) -> None:
        """Sweep."""
        while not self._done.wait(self._interval):
            try:
                reaped = reap(self._clock.clock_is_steady())
                if reaped != Reaped():
                    logger.info('Jobs reaped', extra=vars(reaped))
            except Exception:  # pylint: disable=broad-exception-caught  # a reaper that ends strands jobs
                logger.exception('A sweep failed; the next one is tried')
            finally:
                close_old_connections()
        connection.close()

    def stop(self) -> None:
        """End the thread at its next breath, and wait for it."""
        self._done.set()
        self.join()
