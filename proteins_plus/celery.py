"""The Celery application; everything it is configured by stands in :mod:`proteins_plus.settings`."""

import logging
import os
from typing import Any

from celery import Celery
from celery.signals import before_task_publish, task_postrun, task_prerun
from django.db import close_old_connections
from kombu.transport import redis

from . import log_context

os.environ.setdefault('DJANGO_SETTINGS_MODULE', 'proteins_plus.settings')

logger = logging.getLogger(__name__)


class PatientQoS(redis.QoS):
    """
    Lets a worker survive its broker.

    A worker that loses its connection hands back what it has not begun, and later what a killed pool child had. With
    kombu 5.7 both raise when that connection is gone, and end the worker. Nothing is lost without them: the reaper
    announces again whatever waits.
    """

    def restore_unacked_once(self, stderr: Any = None) -> None:
        """
        :param stderr: as kombu's
        """
        try:
            super().restore_unacked_once(stderr)
        except Exception:  # pylint: disable=broad-exception-caught  # the broker's, or kombu's own about a closed one
            logger.warning('Messages could not be handed back to the broker', exc_info=True)

    def reject(self, delivery_tag: str, requeue: bool = False) -> None:
        """
        :param delivery_tag: as kombu's
        :param requeue: as kombu's
        """
        try:
            super().reject(delivery_tag, requeue)
        except Exception:  # pylint: disable=broad-exception-caught  # likewise
            logger.warning('A message could not be handed back to the broker', exc_info=True)

    def ack(self, delivery_tag: str) -> None:
        """
        :param delivery_tag: as kombu's
        """
        try:
            super().ack(delivery_tag)
        except Exception:  # pylint: disable=broad-exception-caught  # likewise; a second delivery claims nothing
            logger.warning('A message could not be acknowledged', exc_info=True)


redis.Channel.QoS = PatientQoS

app = Celery('proteins_plus')
app.config_from_object('django.conf:settings', namespace='CELERY')
app.autodiscover_tasks()

#: The header of a task that names the request it was sent by.
REQUEST_HEADER = 'request_id'


@before_task_publish.connect
def send_request_id(headers: dict[str, Any], **_: object) -> None:
    """
    :param headers: of the message; receive the id of the request that sends it, if one does
    """
    if identifier := log_context.current_request_id():
        headers[REQUEST_HEADER] = identifier


@task_prerun.connect
def drop_stale_connections(task: Any, **_: object) -> None:
    """
    As at the beginning of a request: what is too old is closed, and what is kept is tried before it is used.

    :param task: about to run; if it runs in place, the connection is in use
    """
    if not task.request.is_eager:
        close_old_connections()


@task_prerun.connect
def take_up_request_id(task: Any, **_: object) -> None:
    """
    :param task: about to run in this process
    """
    if identifier := task.request.get(REQUEST_HEADER):
        log_context.take_up_request(str(identifier))


@task_postrun.connect
def leave_request_id(task: Any, **_: object) -> None:
    """
    :param task: has ended; without the header it ran in place, in the midst of the request that sent it
    """
    if task.request.get(REQUEST_HEADER):
        log_context.take_up_request('')
