"""An archive on the loopback address, for tests: serves what it is given, and misbehaves as it is told."""

import contextlib
import json
import ssl
import time
from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Event, Thread
from typing import Any, Self
from unittest.mock import patch

from django.conf import settings
from django.test import override_settings

from molecule_handler import archive_http

#: Key and certificate of localhost; good for nothing else.
CERTIFICATE = settings.BASE_DIR / 'test_files' / 'localhost.pem'


@dataclass
class Answer:
    """One HTTP answer. ``body`` writes itself; without ``length`` the end of the connection ends it."""

    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    body: Callable[['LoopbackArchive'], Iterator[bytes]] = lambda _: iter(())
    length: int | None = 0
    raw_head: bool = False


class LoopbackArchive:
    """
    An HTTP server in a thread, to be used in a ``with`` block: ``with LoopbackArchive() as archive:``.

    In the block the server is the structure, AlphaFold and density archive (folders ``/pdb/``, ``/afdb/``,
    ``/density/``), and tries again without a pause. Unknown paths answer 404. ``requests`` lists path and headers of
    every request.
    """

    def __init__(self, budget: float = 20.0, tls: bool = False, **changed: Any) -> None:
        """
        :param budget: time for one download, in seconds
        :param tls: whether to speak https, with a certificate that nobody but :meth:`trust` trusts
        :param changed: settings of the block beside the addresses
        """
        self.requests: list[tuple[str, dict[str, str]]] = []
        self._answers: dict[str, list[Answer]] = defaultdict(list)
        self.closing = Event()
        self._server = ThreadingHTTPServer(('127.0.0.1', 0), _handler(self))
        self._server.daemon_threads = True
        self.url = f'http://127.0.0.1:{self._server.server_port}'
        if tls:
            self.url = f'https://localhost:{self._server.server_port}'
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.load_cert_chain(CERTIFICATE)
            self._server.socket = context.wrap_socket(self._server.socket, server_side=True)
        self._scope = contextlib.ExitStack()
        self._settings = {
            'URLS': {
                'pdb_files': f'{self.url}/pdb/',
                'alphafold': f'{self.url}/afdb/',
                'density_files': f'{self.url}/density/',
            },
            'ARCHIVE_HOSTS': ['files.rcsb.org'],
            'ARCHIVE_TIMEOUT_SECONDS': (2, 2),
            **changed,
        }
        self._budget = budget

    def __enter__(self) -> Self:
        """:returns: the running archive"""
        self._scope.enter_context(override_settings(**self._settings))
        self._scope.enter_context(patch.object(archive_http, 'BUDGET_SECONDS', self._budget))
        self._scope.enter_context(patch.object(archive_http, 'PAUSES', (0.01, 0.01, 0.01)))
        Thread(target=self._server.serve_forever, kwargs={'poll_interval': 0.02}, daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        """Stop the archive."""
        self.closing.set()
        self._server.shutdown()
        self._server.server_close()
        self._scope.close()

    @property
    def paths(self) -> list[str]:
        """:returns: the paths asked for so far"""
        return [path for path, _ in self.requests]

    def add(self, path: str, answer: Answer) -> None:
        """
        :param path: where it lies
        :param answer: what to answer; several for one path are given in turn, the last one for ever
        """
        self._answers[path].append(answer)

    def next_answer(self, path: str) -> Answer:
        """
        :param path: the path asked for
        :returns: its answer
        """
        answers = self._answers.get(path)
        if not answers:
            return Answer(status=404)
        return answers.pop(0) if len(answers) > 1 else answers[0]

    def serve(self, path: str, content: bytes | list[Any], status: int = 200, **headers: str) -> None:
        """
        :param path: where it lies
        :param content: bytes, or what is to be sent as JSON
        :param status: HTTP status
        :param headers: further headers, with underscores for hyphens
        """
        data = content if isinstance(content, bytes) else json.dumps(content).encode()
        named = {name.replace('_', '-'): value for name, value in headers.items()}
        self.add(path, Answer(status, named, lambda _: iter((data,)), len(data)))

    def redirect(self, path: str, location: str, **headers: str) -> None:
        """
        :param path: where it begins
        :param location: where it leads
        :param headers: further headers, with underscores for hyphens
        """
        self.serve(path, b'', 302, Location=location, **headers)

    def cut(self, path: str, content: bytes) -> None:
        """
        :param path: where it lies
        :param content: what is sent of a body that should be twice as long
        """
        self.add(path, Answer(body=lambda _: iter((content,)), length=2 * len(content)))

    def endless(self, path: str) -> None:
        """
        :param path: where bytes come without end
        """
        self.add(path, Answer(body=_without_end, length=None))

    def trust(self) -> None:
        """Let clients of this block trust the certificate of the tests, and no other."""
        self._scope.enter_context(patch('requests.adapters.DEFAULT_CA_BUNDLE_PATH', str(CERTIFICATE)))

    def trickle(self, path: str, in_header: bool = False) -> None:
        """
        :param path: where a byte comes every 50 ms, without end
        :param in_header: already before the status line is complete
        """
        self.add(path, Answer(body=_drop_by_drop, length=None, raw_head=in_header))


def _without_end(archive: LoopbackArchive) -> Iterator[bytes]:
    """
    :param archive: the archive
    :returns: bytes until it closes
    """
    while not archive.closing.is_set():
        yield b'ATOM' * 2**14


def _drop_by_drop(archive: LoopbackArchive) -> Iterator[bytes]:
    """
    :param archive: the archive
    :returns: single bytes until it closes
    """
    while not archive.closing.is_set():
        yield b'H'
        time.sleep(0.05)


def _handler(archive: LoopbackArchive) -> type[BaseHTTPRequestHandler]:
    """
    :param archive: what the requests are for
    :returns: the class that answers them
    """

    class Handler(BaseHTTPRequestHandler):
        """Answers GET."""

        def do_GET(self) -> None:
            """Answer."""
            archive.requests.append((self.path, dict(self.headers)))
            answer = archive.next_answer(self.path)
            if not answer.raw_head:
                self.send_response(answer.status)
                for name, value in answer.headers.items():
                    self.send_header(name, value)
                if answer.length is not None:
                    self.send_header('Content-Length', str(answer.length))
                self.end_headers()
            with contextlib.suppress(OSError):
                for piece in answer.body(archive):
                    self.wfile.write(piece)

        def log_message(self, format: str, *args: object) -> None:
            """Say nothing."""

    return Handler
