"""Is the process up, and can the server do its work?"""

import logging
from collections.abc import Callable

from celery import current_app
from django.db import connection
from django.http import HttpRequest, JsonResponse

logger = logging.getLogger(__name__)

#: How long a worker may take to answer, in seconds.
PING_SECONDS = 1.0


def healthz(request: HttpRequest) -> JsonResponse:
    """
    :param request: any
    :returns: 200: this process answers
    """
    return JsonResponse({'status': 'ok'})


def readyz(request: HttpRequest) -> JsonResponse:
    """
    :param request: any
    :returns: 200 if database, broker and a worker answer, else 503; each of them by name
    """
    parts = {name: _answers(name, probe) for name, probe in PROBES.items()}
    ready = all(parts.values())
    return JsonResponse({'ready': ready, **parts}, status=200 if ready else 503)


def _answers(name: str, probe: Callable[[], bool]) -> bool:
    """
    :param name: of the part
    :param probe: asks it
    :returns: whether it answered
    """
    try:
        return probe()
    except Exception:  # pylint: disable=broad-exception-caught  # whatever it is, the part is not ready
        logger.warning('A part of the server does not answer', extra={'part': name}, exc_info=True)
        return False


def _database() -> bool:
    """:returns: whether the database answers"""
    with connection.cursor() as cursor:
        cursor.execute('SELECT 1')
        return bool(cursor.fetchone() == (1,))


def _broker() -> bool:
    """:returns: whether the broker answers"""
    with current_app.connection_for_write() as broker:
        broker.ensure_connection(max_retries=0, timeout=1)
        return True


def _worker() -> bool:
    """:returns: whether at least one worker answers"""
    return bool(current_app.control.ping(timeout=PING_SECONDS, limit=1))


PROBES: dict[str, Callable[[], bool]] = {'database': _database, 'broker': _broker, 'worker': _worker}
