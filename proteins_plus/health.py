"""Is the process up, and can the server do its work?"""

import logging
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from celery import current_app
from django.conf import settings
from django.db import connection
from django.http import HttpRequest, JsonResponse

from . import sandbox

logger = logging.getLogger(__name__)

#: How long a worker may take to answer, in seconds.
PING_SECONDS = 1.0
#: For so long a worker that answered counts as alive, in seconds; monitors then cost it nothing.
FRESH_SECONDS = 5.0


def healthz(request: HttpRequest) -> JsonResponse:
    """
    :param request: any
    :returns: 200: this process answers
    """
    return JsonResponse({'status': 'ok'})


def readyz(request: HttpRequest) -> JsonResponse:
    """
    :param request: any
    :returns: 200 if database, broker, storage and a worker answer, else 503; each of them by name, and the sandbox
    """
    found = parts()
    ready = all(found.values())
    return JsonResponse({'ready': ready, **found, 'sandbox': sandbox.kind()}, status=200 if ready else 503)


def parts() -> dict[str, bool]:
    """:returns: of each part of the server whether it answers"""
    return {name: _answers(name, probe) for name, probe in PROBES.items()}


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


def _storage() -> bool:
    """
    :returns: True: media and work folder take a file, and let it go again
    :raises OSError: if one is read-only, full, or not ours
    """
    for folder, mode in ((Path(settings.MEDIA_ROOT), 0o755), (Path(settings.WORK_DIR), 0o700)):
        folder.mkdir(parents=True, exist_ok=True, mode=mode)
        with tempfile.NamedTemporaryFile(prefix='.probe-', dir=folder) as file:
            file.write(b'\0' * 4096)
            file.flush()
    return True


class WorkerProbe:
    """Asks the workers, and remembers for :data:`FRESH_SECONDS` that one of them answered."""

    def __init__(self) -> None:
        self._answered = float('-inf')

    def __call__(self) -> bool:
        """:returns: whether at least one worker answers, or did so just now"""
        if time.monotonic() - self._answered < FRESH_SECONDS:
            return True
        alive = bool(current_app.control.ping(timeout=PING_SECONDS, limit=1))
        if alive:
            self._answered = time.monotonic()
        return alive


PROBES: dict[str, Callable[[], bool]] = {
    'database': _database,
    'broker': _broker,
    'storage': _storage,
    'worker': WorkerProbe(),
}
