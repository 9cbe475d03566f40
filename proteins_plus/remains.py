"""What death leaves behind: work directories of attempts that are over, and a broker without its memory."""

import logging
import uuid
from pathlib import Path
from typing import Any

from celery import current_app
from django.conf import settings
from kombu import Producer

from . import sandbox, tools
from .models import JobStatus

logger = logging.getLogger(__name__)

#: A queue with one message that nobody takes out: where it is empty, the broker has lost all others, too.
MARKER = 'proteins-plus-marker'
_ID_LENGTH = 36


def forget_announcements() -> int:
    """
    Once the broker has lost its memory, no waiting job counts as announced any more.

    :returns: how many jobs that are
    :raises OperationalError: of kombu, if the broker is away
    """
    with current_app.connection_for_write() as broker:
        channel: Any = broker.default_channel
        if channel.queue_declare(queue=MARKER, durable=True, auto_delete=False).message_count:
            return 0
        # The rows first: should we die in between, the next sweep does it again, and twice does no harm.
        waiting = (tool.job_model._base_manager.filter(status=JobStatus.PENDING) for tool in tools.installed())
        count = sum(jobs.exclude(announced_at=None).update(announced_at=None) for jobs in waiting)
        Producer(channel).publish('', routing_key=MARKER)
    logger.info('The broker remembered nothing', extra={'jobs': count})
    return count


def remove_work_directories() -> int:
    """
    Remove the work directories that a dead worker could not remove. Those of living attempts are never touched, nor is
    anything that is not named like one: the operator may have named a data folder that held a ``work`` before.

    :returns: how many that were
    """
    root = Path(settings.WORK_DIR)
    doomed = [folder for folder in root.iterdir() if _is_over(folder.name)] if root.is_dir() else []
    for folder in doomed:
        sandbox.remove_directory(folder)
    return len(doomed)


def _is_over(name: str) -> bool:
    """
    :param name: of a work directory, ``<job>-<attempt>-<random>``
    :returns: whether no job runs in that attempt; False for a name that is not ours
    """
    try:
        job, attempt = uuid.UUID(name[:_ID_LENGTH]), int(name[_ID_LENGTH + 1 :].partition('-')[0])
    except ValueError:
        return False
    alive = {'pk': job, 'attempt': attempt, 'status': JobStatus.RUNNING}
    return not any(tool.job_model._base_manager.filter(**alive).exists() for tool in tools.installed())
