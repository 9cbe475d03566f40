"""
Downloads from the archives and from nowhere else; with :mod:`.archive_guard` the only code that connects outwards.

https only, named hosts only, at every redirect again; a cap on bytes and on time.
"""

import contextlib
import logging
from urllib.parse import urljoin, urlsplit

import requests
import urllib3
from django.conf import settings

from proteins_plus.errors import InputError, SystemFault

from .archive_guard import Clock, GuardedAdapter, check_url, untrusted

logger = logging.getLogger(__name__)

#: Time for one download with all its redirects and repetitions, in seconds.
BUDGET_SECONDS = 120.0
#: Pauses before the second, third and fourth try, in seconds.
PAUSES = (0.5, 1.0, 2.0)
MAX_REDIRECTS = 3

_CHUNK = 2**16
_HEADERS = {'User-Agent': 'ProteinsPlus-open', 'Accept-Encoding': 'identity', 'Accept': '*/*'}
# The request is well formed, so these say that the archive does not know the entry.
_MISSING = frozenset({400, 404, 410, 422})
_PASSING = frozenset({408, 425, 429, 500, 502, 503, 504})


class _PassingError(Exception):
    """What may be over at the next try."""


def download(url: str) -> bytes | None:
    """
    :param url: an address below one of ``settings.URLS``, or one that an archive has named
    :returns: the bytes as they came, neither decoded nor unpacked; None if the archive has no such entry
    :raises SystemFault: ``archive.unavailable`` or ``archive.untrusted_address``
    :raises InputError: ``archive.too_large``, above ``settings.ARCHIVE_MAX_BYTES``
    """
    with Clock(BUDGET_SECONDS) as clock, contextlib.closing(GuardedAdapter(clock)) as adapter:
        for pause in (*PAUSES, None):
            try:
                return _follow(adapter, url, clock)
            except (_PassingError, requests.RequestException, urllib3.exceptions.HTTPError, OSError) as error:
                logger.warning('%s did not answer: %s', urlsplit(url).hostname, error)
                if pause is None or not clock.sleep(pause):
                    break
    raise SystemFault(
        'The structure archive does not answer.', 'archive.unavailable', 'Try again later, or upload the file.'
    )


def _follow(adapter: GuardedAdapter, url: str, clock: Clock) -> bytes | None:
    """
    :param adapter: opens connections
    :param url: where to begin
    :param clock: the running clock
    :returns: what lies at the end of at most three redirects; None if nothing does
    :raises SystemFault: ``archive.untrusted_address``
    """
    for _ in range(MAX_REDIRECTS + 1):
        check_url(url)
        request = requests.Request('GET', url, headers=_HEADERS).prepare()
        with adapter.send(request, stream=True, timeout=settings.ARCHIVE_TIMEOUT_SECONDS) as response:
            if not response.is_redirect:
                return _body(response, clock)
            url = join(url, response.headers['Location'])
    raise untrusted('redirects without end')


def _body(response: requests.Response, clock: Clock) -> bytes | None:
    """
    :param response: an answer whose body is unread
    :param clock: the running clock
    :returns: the body; None if the archive has no such entry
    :raises SystemFault: ``archive.unavailable`` for an answer that will not change
    :raises InputError: ``archive.too_large``
    """
    if response.status_code in _MISSING:
        return None
    if response.status_code in _PASSING:
        raise _PassingError(f'status {response.status_code}')
    if response.status_code != requests.codes.ok:
        raise SystemFault(f'The structure archive answers with status {response.status_code}.', 'archive.unavailable')
    body = bytearray()
    for piece in response.raw.stream(_CHUNK, decode_content=False):
        body += piece
        if len(body) > settings.ARCHIVE_MAX_BYTES:
            raise too_large()
    if clock.over:  # a connection that was cut looks like one that ended
        raise _PassingError('time is over')
    return bytes(body)


def join(base: str, address: str) -> str:
    """
    :param base: the address that was asked
    :param address: the one it names, absolute or relative
    :returns: the absolute address, still to be checked
    :raises SystemFault: ``archive.untrusted_address`` if it is none
    """
    try:
        return urljoin(base, address)
    except ValueError:
        raise untrusted(ascii(address[:200])) from None


def too_large() -> InputError:
    """:returns: the error for an entry beyond ``settings.ARCHIVE_MAX_BYTES``"""
    return InputError(
        f'The entry has more than {settings.ARCHIVE_MAX_BYTES // 2**20} MB.',
        'archive.too_large',
        'Upload the part of the structure you need.',
    )
