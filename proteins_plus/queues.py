"""
The queues: who may still submit, where a job stands, and how long the tool usually takes.

Counting is bounded by :data:`COUNTED` or by a setting, so that no answer takes longer the more jobs wait.
"""

import hmac
import time
from functools import lru_cache
from math import ceil
from statistics import median

from django.conf import settings
from django.db import connection
from django.db.models import Q

from . import tools
from .errors import BusyError, QuotaError
from .models import JobStatus, ProteinsPlusJob

#: Places in a queue are counted up to here; a job further back is told this number.
COUNTED = 1000
#: The usual time of a tool is that of its last runs, looked up again after this many seconds.
REMEMBERED_SECONDS = 60
_RUNS = 20


def admit(job: ProteinsPlusJob) -> None:
    """
    Refuse a job that would wait too long, or that is one too many of its client.

    :param job: an unsaved job
    :raises BusyError: ``queue.full``
    :raises QuotaError: ``queue.too_many_jobs``
    """
    queue, most = tools.tool_of(type(job)).queue, settings.MAX_QUEUED_JOBS
    if most and depth(queue, most) >= most:
        hint = 'Results of earlier equal jobs are still answered.'
        raise BusyError(f'{most} jobs wait already; the server takes no more for now.', hint=hint)
    share = settings.MAX_JOBS_PER_CLIENT
    if share and job.client and _of_client(job.client, share) >= share:
        raise QuotaError(f'You have {share} jobs waiting or running.', hint='Wait until some have ended.')


def depth(queue: str, most: int) -> int:
    """
    :param queue: the name of a queue
    :param most: where counting ends
    :returns: how many jobs wait in it, at most ``most`` for each of its tools
    """
    return _counted(job_models(queue), Q(status=JobStatus.PENDING), most)


def position(job: ProteinsPlusJob) -> int | None:
    """
    :param job: a job
    :returns: how many jobs its queue will begin before it, plus one, at most :data:`COUNTED`; None unless it waits
    """
    if job.status != JobStatus.PENDING:
        return None
    earlier = Q(status=JobStatus.PENDING, date_created__lt=job.date_created)
    queue = tools.tool_of(type(job)).queue
    return min(COUNTED, 1 + _counted(job_models(queue), earlier, COUNTED))


def client_of(address: str) -> str:
    """
    :param address: the network address of a client
    :returns: a digest that tells clients apart and does not tell who they are
    """
    return hmac.new(settings.SECRET_KEY.encode(), address.encode(), 'sha256').hexdigest()


def usual_seconds(tool: tools.ToolConfig) -> int:
    """
    :param tool: a tool
    :returns: the median time of its last runs in seconds, rounded up; what it declares as long as there are none
    """
    return _usual_seconds(tool, int(time.monotonic() // REMEMBERED_SECONDS))


@lru_cache(maxsize=64)
def _usual_seconds(tool: tools.ToolConfig, period: int) -> int:
    """
    :param tool: a tool
    :param period: the answer is remembered as long as this does not change
    :returns: see :func:`usual_seconds`
    """
    ended = tool.job_model._base_manager.filter(status=JobStatus.SUCCESS).order_by('-date_created')
    runs = [
        (finished - started).total_seconds()
        for started, finished in ended.values_list('date_started', 'date_finished')[:_RUNS]
        if started and finished
    ]
    return max(1, ceil(median(runs))) if runs else tool.usual_seconds


def job_models(queue: str) -> list[type[ProteinsPlusJob]]:
    """
    :param queue: the name of a queue
    :returns: the job models of its tools
    """
    return [tool.job_model for tool in tools.installed() if tool.queue == queue]


def _of_client(client: str, most: int) -> int:
    """
    :param client: see :func:`client_of`
    :param most: where counting ends
    :returns: how many of its jobs wait or run
    """
    active = Q(status__in=(JobStatus.PENDING, JobStatus.RUNNING), client=client)
    return _counted([tool.job_model for tool in tools.installed()], active, most)


def _counted(models: list[type[ProteinsPlusJob]], condition: Q, most: int) -> int:
    """
    Count in one query, however many tools there are: every poll of a waiting job asks.

    :param models: job models
    :param condition: which of their rows count
    :param most: where counting ends, for each of them
    :returns: how many there are
    """
    if not models:
        return 0
    asked = [
        model._base_manager.filter(condition).order_by().values('pk')[:most].query.sql_with_params() for model in models
    ]
    # Django's own SQL, its parameters apart: only so can the rows of several tables be counted at once.
    counts = [f'(SELECT COUNT(*) FROM ({sql}) AS rows_{number})' for number, (sql, _) in enumerate(asked)]  # noqa: S608
    with connection.cursor() as cursor:
        cursor.execute(f'SELECT {" + ".join(counts)}', [value for _, values in asked for value in values])
        return int(cursor.fetchone()[0])
