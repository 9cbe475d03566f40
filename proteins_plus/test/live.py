"""A server as users meet it: gunicorn, broker and worker as processes of their own, on the database of the test."""

import contextlib
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import quote

import requests
from django.conf import settings
from django.db import connection

#: How long a process may take until it answers, in seconds; the machine may be busy with other tests.
PATIENCE = 60


def free_port() -> int:
    """:returns: a port of this machine that nobody listens at"""
    with socket.socket() as probe:
        probe.bind(('127.0.0.1', 0))
        return int(probe.getsockname()[1])


def database_url() -> str:
    """:returns: where other processes find the database of this test"""
    given = connection.settings_dict
    if connection.vendor == 'sqlite':
        return f'sqlite:///{given["NAME"]}'
    login = f'{quote(given["USER"])}:{quote(given["PASSWORD"])}' if given['PASSWORD'] else quote(given['USER'])
    port = f':{given["PORT"]}' if given['PORT'] else ''
    return f'postgres://{login}@{quote(given["HOST"], safe="")}{port}/{given["NAME"]}'


def wait_for(what: str, happened: Any, seconds: float = PATIENCE) -> None:
    """
    :param what: is waited for, for the error
    :param happened: asked until it says True; an OSError is a no
    :param seconds: how long
    :raises AssertionError: if it does not happen
    """
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        with contextlib.suppress(OSError):
            if happened():
                return
        time.sleep(0.05)
    raise AssertionError(f'{what} did not happen within {seconds} s')


class Installation:
    """The processes of one server. All of them are gone when the block ends."""

    def __init__(self, executable: Path) -> None:
        """:param executable: the preprocessor"""
        self.folder = Path(tempfile.mkdtemp(prefix='proteinsplus-live-'))
        self.port, self.broker_port = free_port(), free_port()
        #: Put before every command line: a program that runs another one.
        self.enter: tuple[str, ...] = ()
        self._processes: list[subprocess.Popen[bytes]] = []
        binaries = self.folder / 'binaries.json'
        binaries.write_text(json.dumps({'preprocessor': str(executable)}))
        self.environment = {
            # Measured, whole servers take twice as long to start; what they run is measured in the tests of its parts.
            **{name: value for name, value in os.environ.items() if not name.startswith('COVERAGE_')},
            'PPLUS_SANDBOX': 'limits',  # the fake tools of these tests leave their marks outside the work directory
            'PPLUS_DATA_DIR': str(self.folder),
            'MEDIA_ROOT': settings.MEDIA_ROOT,
            'DATABASE_URL': database_url(),
            'BROKER_URL': f'redis://127.0.0.1:{self.broker_port}/0',
            'PPLUS_PORT': str(self.port),
            'PPLUS_BINARIES_JSON': str(binaries),
            'SECRET_KEY': 'only-for-a-test',
        }

    @property
    def address(self) -> str:
        """:returns: where the server is, without a slash at the end"""
        return f'http://127.0.0.1:{self.port}'

    def get(self, path: str) -> requests.Response:
        """
        :param path: below the root of the server
        :returns: its answer
        """
        return self._session().get(f'{self.address}/{path}', timeout=PATIENCE)

    def post(self, path: str, **data: Any) -> requests.Response:
        """
        :param path: below the root of the server
        :param data: as requests takes it
        :returns: its answer
        """
        return self._session().post(f'{self.address}/{path}', timeout=PATIENCE, **data)

    @staticmethod
    def _session() -> requests.Session:
        """:returns: a new connection; a proxy of the environment would not know our loopback address"""
        session = requests.Session()
        session.trust_env = False
        return session

    def submit(self, text: str) -> requests.Response:
        """
        :param text: a structure
        :returns: the answer of the preprocessor
        """
        return self.post('api/v2/molecule_handler/upload/', files={'protein_file': ('gly.pdb', text)})

    def job(self, submission: requests.Response) -> requests.Response:
        """
        :param submission: an answer of :meth:`submit`
        :returns: its job
        """
        return self.get(f'api/v2/molecule_handler/upload/jobs/{submission.json()["job_id"]}/')

    def start_web_server(self, application: str = 'proteins_plus.wsgi:application', port: int = 0) -> None:
        """
        Start gunicorn as configured for production, with its files elsewhere, and wait until it answers.

        :param application: that it serves
        :param port: 0 is that of the server
        """
        port = port or self.port
        options = ('--bind', f'127.0.0.1:{port}', '--pid', str(self.folder / f'{port}.pid'), '--error-logfile', '-')
        self._start('gunicorn', '--config', 'gunicorn/gunicorn.conf.py', *options, application)
        url = f'http://127.0.0.1:{port}/healthz'
        self._wait_for('answer of the web server', lambda: self._session().get(url, timeout=PATIENCE).ok)

    def start_broker(self) -> 'subprocess.Popen[bytes]':
        """
        Start a broker that keeps nothing on disk, and wait until it answers.

        :returns: its process
        """
        probe = [sys.executable, 'deploy/probe.py', 'broker']
        program = (
            shutil.which('redis-server')
            or subprocess.run(probe, cwd=settings.BASE_DIR, check=True, capture_output=True, text=True).stdout.strip()
        )
        options = ('--port', str(self.broker_port), '--bind', '127.0.0.1', '--save', '', '--dir', str(self.folder))
        process = self._spawn('broker', program, *options)
        self._wait_for('answer of the broker', self._is_broker_there)
        return process

    def _is_broker_there(self) -> bool:
        """:returns: True, once the broker takes connections"""
        with socket.create_connection(('127.0.0.1', self.broker_port)):
            return True

    def start_worker(self, name: str = 'celery', concurrency: int = 2) -> 'subprocess.Popen[bytes]':
        """
        Start a Celery worker, and wait until it is ready.

        :param name: of the worker and its log; one that was there before is replaced
        :param concurrency: number of its pool children
        :returns: its main process, the leader of a session that its pool children belong to
        """
        options = ('--concurrency', str(concurrency), '--hostname', f'{name}@%h', '--loglevel', 'INFO')
        argv = (sys.executable, '-m', 'celery', '-A', 'proteins_plus', 'worker', *options)
        process = self._spawn(name, *argv)
        self._wait_for('readiness of the worker', lambda: b' ready.' in self.log(name))
        return process

    def log(self, name: str) -> bytes:
        """
        :param name: gunicorn, celery or broker
        :returns: what it has said so far
        """
        return (self.folder / f'{name}.log').read_bytes()

    def manage(self, *arguments: str) -> str:
        """
        :param arguments: of ``manage.py``
        :returns: what it says
        """
        argv = [sys.executable, 'manage.py', *arguments]
        done = subprocess.run(
            argv, cwd=settings.BASE_DIR, env=self.environment, check=True, capture_output=True, text=True
        )
        return done.stdout

    def leaders(self) -> list[int]:
        """:returns: the processes started here that live, each the leader of a session"""
        return [process.pid for process in self._processes if process.poll() is None]

    def _start(self, module: str, *arguments: str) -> None:
        """
        :param module: of Python, to be run as a program
        :param arguments: for it
        """
        self._spawn(module, sys.executable, '-m', module, *arguments)

    def _spawn(self, name: str, *argv: str) -> 'subprocess.Popen[bytes]':
        """
        :param name: of the log file
        :param argv: program and arguments
        :returns: the process, leader of a session of its own
        """
        with (self.folder / f'{name}.log').open('wb') as log:
            process = subprocess.Popen(
                [*self.enter, *argv],
                cwd=settings.BASE_DIR,
                env=self.environment,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        self._processes.append(process)
        return process

    def _wait_for(self, what: str, happened: Any) -> None:
        """
        :param what: see :func:`wait_for`
        :param happened: see :func:`wait_for`
        :raises AssertionError: with the end of all logs
        """
        try:
            wait_for(what, happened)
        except AssertionError as error:
            logs = ''.join(f'\n{file.name}: {file.read_text()[-2000:]}' for file in self.folder.glob('*.log'))
            raise AssertionError(f'{error}{logs}') from None

    def stop(self) -> None:
        """End all processes, the last one first, and remove their files."""
        for process in reversed(self._processes):
            process.send_signal(signal.SIGTERM)
            with contextlib.suppress(subprocess.TimeoutExpired):
                process.wait(15)
            with contextlib.suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
            process.wait()
        shutil.rmtree(self.folder, ignore_errors=True)


@contextlib.contextmanager
def installation(executable: Path) -> Iterator[Installation]:
    """
    :param executable: the preprocessor
    :returns: an installation of which nothing runs yet
    """
    made = Installation(executable)
    try:
        yield made
    finally:
        made.stop()
