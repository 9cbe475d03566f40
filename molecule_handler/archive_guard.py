"""
Who may be talked to: origins that the settings name, checked again when a name has become an address.

No proxy, no cookie, no credentials; and a clock that hangs up on a server that lets the bytes drip.
"""

import contextlib
import logging
import re
import socket
import time
from collections.abc import Mapping
from ipaddress import ip_address
from threading import Lock, Timer
from types import TracebackType
from typing import Any, NamedTuple, Self
from urllib.parse import urlsplit

import requests
from django.conf import settings
from requests.adapters import HTTPAdapter
from urllib3.connection import HTTPConnection, HTTPSConnection

from proteins_plus.errors import SystemFault

logger = logging.getLogger(__name__)

# Not one character about which two parsers of URLs could disagree: no user, no backslash, no fragment, no IPv6.
_PLAIN_URL = re.compile(r'https?://[A-Za-z0-9.-]+(?::[0-9]{1,5})?/[A-Za-z0-9/._~%?=&+,-]*', re.ASCII)
_PORTS = {'http': 80, 'https': 443}


class Origin(NamedTuple):
    """Where a URL leads."""

    scheme: str
    host: str
    port: int

    @classmethod
    def of(cls, url: str) -> Self:
        """
        :param url: an absolute URL
        :returns: its origin
        :raises ValueError: if it cannot be parsed
        """
        parts = urlsplit(url)
        return cls(parts.scheme, parts.hostname or '', parts.port or _PORTS.get(parts.scheme, 0))


def untrusted(reason: str) -> SystemFault:
    """
    :param reason: why, for the log
    :returns: the error for an address nobody has allowed
    """
    logger.error('An archive led to an address that is not allowed: %s', reason)
    return SystemFault(
        'The structure archive led to an address that is not allowed.',
        'archive.untrusted_address',
        'Upload the file instead.',
    )


def _allowed_origins() -> frozenset[Origin]:
    """
    :returns: the origins of ``settings.URLS`` and, on the standard port, ``settings.ARCHIVE_HOSTS``; http only for
        a loopback address in ``URLS``
    """
    configured = {Origin.of(url) for url in settings.URLS.values()}
    named = {Origin('https', host.lower(), _PORTS['https']) for host in settings.ARCHIVE_HOSTS}
    return frozenset(origin for origin in configured | named if origin.scheme == 'https' or _is_loopback(origin.host))


def _is_loopback(host: str) -> bool:
    """
    :param host: a host name or address
    :returns: whether it means this machine by definition
    """
    if host == 'localhost':
        return True
    with contextlib.suppress(ValueError):
        return ip_address(host).is_loopback
    return False


def check_url(url: str) -> None:
    """
    :param url: the next address to ask
    :raises SystemFault: ``archive.untrusted_address`` if it leads anywhere but to an allowed origin
    """
    try:
        allowed = _PLAIN_URL.fullmatch(url) is not None and Origin.of(url) in _allowed_origins()
    except ValueError:  # a port beyond all ports
        allowed = False
    if not allowed:
        raise untrusted(ascii(url[:200]))


def _addresses(host: str, port: int) -> list[str]:
    """
    :param host: an allowed host
    :param port: its port
    :returns: its addresses, all of them public; loopback ones only for a host that is loopback by definition
    :raises SystemFault: ``archive.untrusted_address`` if the name leads into a private network
    """
    found = [str(entry[4][0]) for entry in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)]
    for text in found:
        address = ip_address(text)
        public = address.is_global and not address.is_multicast
        if not public and not (address.is_loopback and _is_loopback(host)):
            raise untrusted(f'{host} is {text}')
    return found


class Clock:
    """Hangs up on all connections of a download when its time is over, whatever they are waiting for."""

    def __init__(self, seconds: float) -> None:
        """
        :param seconds: the time from now on
        """
        self.over = False
        self._ends = time.monotonic() + seconds
        self._sockets: list[socket.socket] = []
        self._lock = Lock()
        self._timer = Timer(seconds, self._hang_up)
        self._timer.daemon = True

    def __enter__(self) -> Self:
        """:returns: the running clock"""
        self._timer.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Stop the clock and forget the connections."""
        self._timer.cancel()
        with self._lock:
            for connection in self._sockets:
                connection.close()
            self._sockets.clear()

    def watch(self, connection: socket.socket) -> None:
        """
        :param connection: a fresh connection; a duplicate is kept, since TLS takes the original over
        :raises TimeoutError: if the time is over already
        """
        with self._lock:
            if self.over:
                connection.close()
                raise TimeoutError('time is over')
            self._sockets.append(connection.dup())

    def sleep(self, seconds: float) -> bool:
        """
        :param seconds: how long to wait
        :returns: False, at once, if the time would be over by then
        """
        if time.monotonic() + seconds >= self._ends:
            return False
        time.sleep(seconds)
        return True

    def _hang_up(self) -> None:
        """Wake whoever waits for these connections."""
        with self._lock:
            self.over = True
            for connection in self._sockets:
                with contextlib.suppress(OSError):
                    connection.shutdown(socket.SHUT_RDWR)


class _GuardedMixin:
    """A connection that looks where its host name leads before it goes there."""

    host: str
    port: int
    timeout: Any

    def __init__(self, *args: Any, clock: Clock, **kwargs: Any) -> None:
        """
        :param args: as urllib3's
        :param clock: the clock of the download
        :param kwargs: as urllib3's
        """
        super().__init__(*args, **kwargs)
        self._clock = clock

    def _new_conn(self) -> socket.socket:
        """:returns: a connection to the first address that answers, each of which was checked"""
        problem: OSError | None = None
        for address in _addresses(self.host, self.port):
            try:
                connection = socket.create_connection((address, self.port), self.timeout)
            except OSError as error:
                problem = error
                continue
            self._clock.watch(connection)
            return connection
        raise problem or OSError(f'{self.host} has no address')


class _GuardedHTTP(_GuardedMixin, HTTPConnection):
    """Plain, for a loopback archive."""


class _GuardedHTTPS(_GuardedMixin, HTTPSConnection):
    """Encrypted; certificate and name are checked by urllib3 and requests."""


class GuardedAdapter(HTTPAdapter):
    """
    Makes requests open guarded connections.

    It is used without a session: there are no cookies, no redirects, no proxies and no credentials to switch off.
    """

    def __init__(self, clock: Clock) -> None:
        """
        :param clock: the clock of the download
        """
        self._clock = clock
        super().__init__()

    def get_connection_with_tls_context(
        self,
        request: requests.PreparedRequest,
        verify: bool | str | None,
        proxies: Mapping[str, str] | None = None,
        cert: Any = None,
    ) -> Any:
        """
        :param request: the request to send
        :param verify: see requests
        :param proxies: ignored: a proxy would hide where a name leads
        :param cert: see requests
        :returns: a pool of guarded connections
        """
        pool: Any = super().get_connection_with_tls_context(request, verify, proxies=None, cert=cert)
        pool.ConnectionCls = _GuardedHTTPS if pool.scheme == 'https' else _GuardedHTTP
        pool.conn_kw['clock'] = self._clock
        return pool
