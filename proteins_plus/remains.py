"""What death leaves behind: processes and work directories of attempts that are over, and a broker without memory."""

import contextlib
import logging
import os
import re
import signal
import uuid
from datetime import datetime, timedelta
from functools import lru_cache
from pathlib import Path
from typing import Any

from celery import current_app
from django.conf import settings
from django.db.models import Q
from django.utils import timezone
from kombu import Producer

from . import queues, sandbox, tools
from .models import JobStatus

logger = logging.getLogger(__name__)

#: A queue with one message that nobody takes out: where it is empty, the broker has lost all others, too.
MARKER = 'proteins-plus-marker'
#: Whoever takes a message claims its job at once; after this time it has died instead.
TAKEN = timedelta(seconds=30)
_ID_LENGTH = 36


def forget_announcements() -> int:
    """
    No waiting job whose message is gone counts as announced any more.

    That is all of them, once the broker has lost its memory; and in an empty queue those that were announced a while
    ago: whoever took their messages died before it claimed them. A message too many does no harm.

    :returns: how many jobs that are
    :raises OperationalError: of kombu, if the broker is away
    """
    with current_app.connection_for_write() as broker:
        channel: Any = broker.default_channel
        taken = sum(_forget(queue, timezone.now() - TAKEN) for queue in _queues() if not _messages(channel, queue))
        if _messages(channel, MARKER):
            return taken
        # The rows first: should we die in between, the next sweep does it again, and twice does no harm.
        lost = sum(_forget(queue) for queue in _queues())
        Producer(channel).publish('', routing_key=MARKER)
    logger.info('The broker remembered nothing', extra={'jobs': lost})
    return taken + lost


def _queues() -> set[str]:
    """:returns: the names of the queues that jobs wait in"""
    return {tool.queue for tool in tools.installed()}


def _messages(channel: Any, queue: str) -> int:
    """
    :param channel: of the broker
    :param queue: a name
    :returns: how many messages nobody has taken out yet
    """
    return int(channel.queue_declare(queue=queue, durable=True, auto_delete=False).message_count)


def _forget(queue: str, announced_before: datetime | None = None) -> int:
    """
    :param queue: a name
    :param announced_before: a point in time; None for all, whatever the clock said when they were announced
    :returns: how many of its waiting jobs do not count as announced any more
    """
    told = Q(status=JobStatus.PENDING, announced_at__isnull=False)
    if announced_before:
        told &= Q(announced_at__lte=announced_before)
    models = queues.job_models(queue)
    return sum(model._base_manager.filter(told).update(announced_at=None) for model in models)


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


def kill_orphans() -> int:
    """
    Kill what still runs, or waits to, for an attempt that is over.

    A sandbox whose worker is killed while it is being set up may stay for ever (bubblewrap, issue 633). Every process
    of a sandbox, and every tool that was given a file, has the work directory in its command line.

    :returns: how many processes that were
    """
    mark = re.compile(re.escape(f'{Path(settings.WORK_DIR).absolute()}/').encode() + rb'([^/\0]+)')
    over = lru_cache(maxsize=None)(_is_over)
    count = 0
    for folder in Path('/proc').glob('[0-9]*'):
        with contextlib.suppress(OSError):  # it has ended, or belongs to somebody else
            process = os.pidfd_open(int(folder.name))
            try:
                # Read after it is held, so that its id cannot have come to mean another process.
                found = mark.search((folder / 'cmdline').read_bytes())
                if found and over(found[1].decode(errors='replace')):
                    signal.pidfd_send_signal(process, signal.SIGKILL)
                    logger.warning('A process has outlived its attempt', extra={'work': found[1].decode()})
                    count += 1
            finally:
                os.close(process)
    return count


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
