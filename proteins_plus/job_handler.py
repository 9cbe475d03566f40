"""
The life of a job: submit, run, end. The only place that changes a job's state, by way of :mod:`proteins_plus.leases`.

The database is the truth and the broker only a doorbell: a job is safe once its row is committed, whether or not
anybody could be told.
"""

import logging
import time
import traceback
import uuid
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import Any, TypedDict

from celery import Task
from django.conf import settings
from django.core.exceptions import ObjectDoesNotExist
from django.db import (
    IntegrityError,
    InterfaceError,
    OperationalError,
    close_old_connections,
    connection,
    transaction,
)
from django.utils import timezone

from . import files, leases, log_context, queues, sandbox
from .errors import STORAGE, NotFoundError, ProteinsPlusError, SystemFault, ToolError
from .models import JobPhase, JobStatus, ProteinsPlusJob
from .tool_wrapper import ToolWrapper
from .tools import ToolConfig, request_hash, tool_of

logger = logging.getLogger(__name__)

_TRIES = 5
#: The database is away, or was. Its other errors are about what we wanted to store.
_DATABASE_AWAY = (OperationalError, InterfaceError)
#: A claim waits so long for the database, time after time: about a minute. Seconds.
_PAUSES = (0.5, 1, 2, 4, 8, 15, 30)


class Submitted(TypedDict):
    """What a submission answers."""

    job_id: uuid.UUID
    retrieved_from_cache: bool


def submit_task(job: ProteinsPlusJob, task: Task, use_cache: bool = True) -> Submitted:
    """
    Store a job and announce it, unless an equal one is there: then answer that one and store nothing.

    Equal submissions at the same moment race for the unique hash; the losers store nothing and answer the winner's.

    :param job: an unsaved job; it and what it refers to may be unsaved
    :param task: the Celery task that runs it
    :param use_cache: False neither looks for an equal job nor lets later submissions find this one
    :returns: the job's id, and whether it was there before
    :raises NotFoundError: if an input vanished meanwhile
    :raises BusyError: if the queue is full, or full of this client's jobs; what is in the cache is answered even then
    """
    job.hash_value = request_hash(job) if use_cache else None
    for _ in range(_TRIES):
        if use_cache and (found := _equal_job(job)):
            found.mark_accessed()
            return {'job_id': found.pk, 'retrieved_from_cache': True}
        queues.admit(job)
        try:
            _store(job)
        except IntegrityError:
            continue  # somebody else's equal job was stored in between, or has just given up the hash
        logger.info('Job submitted', extra={'job': str(job.pk), 'tool': job._meta.app_label})
        announce(job, task)
        return {'job_id': job.pk, 'retrieved_from_cache': False}
    raise NotFoundError('An input of this job was deleted while it was submitted.', 'input.vanished')


def _equal_job(job: ProteinsPlusJob) -> ProteinsPlusJob | None:
    """
    :param job: an unsaved job with its hash
    :returns: the stored one with that hash, with its id and time of access only: most submissions end here
    """
    try:
        return type(job)._base_manager.only('date_last_accessed').get(hash_value=job.hash_value)
    except ObjectDoesNotExist:
        return None


def _store(job: ProteinsPlusJob) -> None:
    """
    Insert a job and its unsaved inputs in one short transaction.

    The job goes first: foreign keys are checked at the commit, and whoever loses the race for the hash has not
    written anything else by then.

    :param job: an unsaved job
    :raises IntegrityError: if its hash is taken or an input is gone; nothing is stored then
    """
    inputs = job.unsaved_inputs()
    try:
        with files.atomic():
            job.save(force_insert=True)
            for item in inputs:
                item.save(force_insert=True)
    except BaseException:
        for item in (job, *inputs):
            item._state.adding = True
        raise


def announce(job: ProteinsPlusJob, task: Task) -> None:
    """
    Tell the workers that a job waits, once its row is committed. A broker that is away is no failure.

    :param job: a stored job
    :param task: the Celery task that runs it
    """
    transaction.on_commit(partial(ring, job, task))


def ring(job: ProteinsPlusJob, task: Task) -> bool:
    """
    :param job: a committed job
    :param task: the Celery task that runs it
    :returns: whether the broker took the message
    """
    try:
        task.apply_async((str(job.pk),), queue=tool_of(type(job)).queue, retry=False)
    except Exception:  # pylint: disable=broad-exception-caught  # every transport has its own errors
        logger.warning('The broker is away; the job waits for the reaper', extra={'job': str(job.pk)}, exc_info=True)
        return False
    type(job)._base_manager.filter(pk=job.pk).update(announced_at=timezone.now())
    return True


def execute_job(wrapper: type[ToolWrapper[Any]], job_id: str, job_model: type[ProteinsPlusJob], tool_name: str) -> None:
    """
    Run a job to its end. Called by the tool's Celery task; safe to be called twice for the same job.

    :param wrapper: the tool's wrapper
    :param job_id: the id of the job
    :param job_model: its model
    :param tool_name: the tool's name as users know it, for messages
    """
    job = _claim(job_model, job_id)
    if job is None:
        logger.info('Nothing to claim', extra={'job': job_id, 'tool': tool_name})
        return
    logger.info('Job started', extra={'job': job_id, 'tool': tool_name, 'attempt': job.attempt})
    tool = tool_of(job_model)
    try:
        with log_context.of_job(job_id), leases.Heartbeat(job) as heartbeat:
            _attempt(wrapper(), job, tool, heartbeat)
    except leases.LeaseLost:
        logger.warning('The job went to another worker', extra={'job': job_id, 'attempt': job.attempt})
    except _DATABASE_AWAY:
        # The state cannot be written now. The lease runs out, and the reaper gives the job another attempt.
        logger.exception('The database failed under a job', extra={'job': job_id})


def _claim(job_model: type[ProteinsPlusJob], job_id: str) -> ProteinsPlusJob | None:
    """
    Claim a job, and wait for the database if it is away: without it a worker has nothing else to do, and a message that
    is given up is repeated after minutes only.

    :param job_model: the model of the job
    :param job_id: its id
    :returns: see :func:`leases.claim`
    :raises OperationalError: if the database stays away
    :raises InterfaceError: likewise
    """
    for pause in _PAUSES:
        try:
            return leases.claim(job_model, job_id)
        except _DATABASE_AWAY:
            if connection.in_atomic_block:
                raise  # the caller's transaction is lost
            logger.warning('The database does not answer; a job waits for it', extra={'job': job_id}, exc_info=True)
            connection.close()
            time.sleep(pause)
    return leases.claim(job_model, job_id)


def _attempt(wrapper: ToolWrapper[Any], job: ProteinsPlusJob, tool: ToolConfig, heartbeat: leases.Heartbeat) -> None:
    """
    :param wrapper: the tool's wrapper
    :param job: the claimed job
    :param tool: the tool
    :param heartbeat: what keeps the lease
    :raises LeaseLost: if the job is no longer ours
    :raises OperationalError: if the database does not answer
    :raises InterfaceError: if it has closed the connection
    """
    try:
        with sandbox.work_directory(settings.WORK_DIR, f'{job.pk}-{job.attempt}') as work:
            _run(wrapper, job, tool, work, heartbeat)
    except OSError as error:  # there is no work directory, or the failure itself could not be described
        _fail(job, tool, _storage_fault(job, error), None)


def _storage_fault(job: ProteinsPlusJob, error: OSError) -> SystemFault:
    """
    :param job: the claimed job
    :param error: of the operating system
    :returns: the error for its user
    """
    logger.error('The system failed under a job', exc_info=error, extra={'job': str(job.pk)})
    fault = SystemFault(*STORAGE)
    fault.__cause__ = error
    return fault


def _run(
    wrapper: ToolWrapper[Any], job: ProteinsPlusJob, tool: ToolConfig, work: Path, heartbeat: leases.Heartbeat
) -> None:
    """
    :param wrapper: the tool's wrapper
    :param job: the claimed job
    :param tool: the tool
    :param work: the work directory of this attempt
    :param heartbeat: what keeps the lease
    :raises LeaseLost: if the job is no longer ours
    :raises OperationalError: if the database does not answer
    :raises InterfaceError: if it has closed the connection
    """
    completed: sandbox.Completed | None = None
    try:
        tool.version()  # remembered: when the job ends there may be no room to ask
        wrapper.prepare(job, work)
        argv = wrapper.command(job, work)
        leases.enter(job, JobPhase.RUNNING)
        environment = {'PPLUS_CCD': str(settings.CCD_FILE), **tool.environment}
        completed = sandbox.run(argv, work, tool.run_limits, environment, heartbeat.lost)
        if completed.stopped:
            raise leases.LeaseLost(str(job.pk))
        sandbox.require_space(work)
        if not connection.in_atomic_block:
            close_old_connections()  # a long run may outlive its connection
        wrapper.check(completed)
        leases.enter(job, JobPhase.STORING)
        _succeed(wrapper, job, tool, work, completed)
    except (leases.LeaseLost, *_DATABASE_AWAY):
        raise
    except ProteinsPlusError as error:
        _fail(job, tool, error, completed)
    except OSError as error:
        _fail(job, tool, _storage_fault(job, error), completed)
    except Exception as error:  # pylint: disable=broad-exception-caught  # the last resort: a bug is a failed job
        logger.exception('A job hit a bug', extra={'job': str(job.pk)})
        bug = ToolError('Its result could not be read.', 'tool.bad_output')
        bug.__cause__ = error
        _fail(job, tool, bug, completed)


def _succeed(
    wrapper: ToolWrapper[Any],
    job: ProteinsPlusJob,
    tool: ToolConfig,
    work: Path,
    completed: sandbox.Completed,
) -> None:
    """
    Store the outputs and SUCCESS in one transaction.

    :param wrapper: the tool's wrapper
    :param job: the claimed job
    :param tool: the tool
    :param work: where the outputs are
    :param completed: the run
    """
    with files.atomic():
        outputs = wrapper.load_results(job, work)
        leases.finish(job, JobStatus.SUCCESS, provenance=_provenance(job, tool, completed), **outputs)
    logger.info('Job succeeded', extra={'job': str(job.pk), 'wall_seconds': completed.wall_seconds})


def _fail(
    job: ProteinsPlusJob, tool: ToolConfig, error: ProteinsPlusError, completed: sandbox.Completed | None
) -> None:
    """
    Store FAILURE with what the user may know, and apart from it what the operator must. The job gives up its hash.

    :param job: the claimed job
    :param tool: the tool
    :param error: why
    :param completed: the run, if it came to one
    """
    detail = traceback.format_exception(error)
    if completed is not None:
        detail.append(f'\nargv: {completed.argv}\nexit: {completed.exit_code} signal: {completed.signal}\n')
        detail.append(completed.stderr_tail())
    leases.finish(
        job,
        JobStatus.FAILURE,
        hash_value=None,
        error=_storable(f'An error occurred during the execution of {tool.verbose_name}. {error.message}'),
        error_code=_storable(error.code),
        error_hint=_storable(error.hint),
        error_detailed=_storable(''.join(detail)),
        provenance=_provenance(job, tool, completed) if completed else {},
    )
    logger.info('Job failed', extra={'job': str(job.pk), 'error_code': error.code})


def _storable(text: str) -> str:
    """
    :param text: may hold what a tool, or whoever wrote its input, has said
    :returns: it without NUL and lone surrogates, which databases refuse
    """
    return text.replace('\0', '\ufffd').encode('utf-8', 'replace').decode()


def _provenance(job: ProteinsPlusJob, tool: ToolConfig, completed: sandbox.Completed) -> dict[str, Any]:
    """
    :param job: the job
    :param tool: the tool
    :param completed: its run
    :returns: what a result needs to be understood and cited later
    """
    return {
        'tool': tool.label,
        'version': tool.version(),
        'licence': tool.licence,
        'citation': tool.citation,
        'parameters': job.parameters(),
        'input_hash': _input_hash(job),
        'wall_seconds': completed.wall_seconds,
        'cpu_seconds': completed.cpu_seconds,
        'peak_memory_bytes': completed.peak_memory_bytes,
    }


def _input_hash(job: ProteinsPlusJob) -> str:
    """
    :param job: a claimed job
    :returns: the hash of its inputs and its tool
    :raises LeaseLost: if it was canceled and deleted meanwhile, and its inputs with it
    """
    try:
        return job.hash_value or request_hash(job)
    except ObjectDoesNotExist as gone:
        raise leases.LeaseLost(f'{job._meta.label} {job.pk} is gone') from gone


def stale_since() -> Any:
    """
    :returns: the point in time before which a job must have been looked at last to be cleaned away
    """
    return timezone.now() - timedelta(days=settings.DEFAULT_JOB_CACHE_TIME)
