"""
How a tool is confined: what it may use (:class:`Limits`) and what it can see of this machine.

With bubblewrap a run has namespaces of its own: no network, no other process, and of the file system only what a
program needs, read-only, besides its work directory. Without it there are only the limits of the kernel and the kill
at the end; what they cannot stop is named in SECURITY.md.
"""

import logging
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Literal

from django.conf import settings

logger = logging.getLogger(__name__)

Kind = Literal['bubblewrap', 'limits', 'broken']

#: The system of any Linux program. A link, as ``/lib`` is on a merged system, stays one.
_SYSTEM = ('/usr', '/bin', '/sbin', '/lib', '/lib32', '/lib64', '/libx32')
#: Of ``/etc`` only what run-time linkers, fonts, locales and user names need; no key, no password, no host.
_ETC = (
    'alternatives', 'fonts', 'group', 'ld.so.cache', 'ld.so.conf', 'ld.so.conf.d', 'locale.alias', 'localtime',
    'mime.types', 'nsswitch.conf', 'passwd', 'timezone',
)  # fmt: skip
#: Size of the private ``/tmp`` and ``/dev/shm``, which are memory; ``TMPDIR`` is the work directory. Bytes.
SCRATCH_BYTES = 64 * 2**20
#: The first process of the namespace. It waits for the tool, so that the tool's use of the processor is accounted
#: for, and is no target: the kernel protects it. What a shell says about a signal is not the tool's.
_INIT = 'exec 3>&2 2>/dev/null; "$@" 2>&3 3>&-; exit $?'
#: Where X servers of this machine have their sockets, fixed by the X protocol.
X_SOCKETS = Path('/tmp/.X11-unix')  # noqa: S108
_DISPLAY = re.compile(r'(?:unix)?:([0-9]+)(?:\.[0-9]+)?', re.ASCII)
#: Before this version the kernel counted the processes of the user on the whole machine, ours among them.
_COUNTS_BY_NAMESPACE = (5, 14)


@dataclass(frozen=True)
class Limits:
    """
    What one run may use, in bytes, seconds and counts.

    Memory is the address space of each process, and what is resident in all of them together. ``reads`` are files and
    folders that it may read besides what every tool may; with ``network`` it shares that of this machine. It starts in
    ``home``, else in its work directory.
    """

    wall_seconds: int = 600
    cpu_seconds: int = 1200
    memory_bytes: int = 4 * 2**30
    file_bytes: int = 2**30
    output_bytes: int = 2 * 2**30
    processes: int = 256
    open_files: int = 1024
    reads: tuple[Path, ...] = ()
    network: bool = False
    home: Path | None = None


def rlimits(limits: Limits, confined: bool) -> list[str]:
    """
    :param limits: what the run may use
    :param confined: whether it has a user namespace, in which only its own processes are counted
    :returns: the program of util-linux that sets the kernel's limits and becomes the tool
    """
    guard = [
        'prlimit',
        f'--as={limits.memory_bytes}',
        f'--cpu={limits.cpu_seconds}:{limits.cpu_seconds + 5}',  # were both equal, SIGKILL would hide the reason
        f'--fsize={limits.file_bytes}',
        f'--nofile={limits.open_files}',
        '--core=0',
    ]
    if confined and _kernel() >= _COUNTS_BY_NAMESPACE:
        # The watch ends a run that exceeds the limit; this stops a fork bomb between two of its looks.
        guard.append(f'--nproc={2 * limits.processes}')
    return [*guard, '--']


def _kernel() -> tuple[int, int]:
    """:returns: the first two numbers of the kernel's version"""
    major, minor = os.uname().release.split('.')[:2]
    return int(major), int(''.join(digit for digit in minor if digit.isdigit()))


def missing_guards() -> list[str]:
    """
    :returns: the programs without which nothing can be run here
    """
    return [name for name in ('prlimit', 'setpriv') if shutil.which(name) is None]


def kind() -> Kind:
    """
    How tools are confined here, by ``PPLUS_SANDBOX``; ``auto`` takes bubblewrap where it works.

    :returns: the kind, found out once a process; ``broken`` if bubblewrap is asked for and does not work
    """
    return _kind(settings.SANDBOX)


@lru_cache(maxsize=8)
def _kind(wanted: str) -> Kind:
    """
    :param wanted: ``auto``, ``bubblewrap`` or ``limits``
    :returns: see :func:`kind`
    """
    if wanted == 'limits':
        logger.warning('Tools run with limits only, as PPLUS_SANDBOX says: network and files are open to them')
        return 'limits'
    trouble = probe()
    if not trouble:
        logger.info('Tools run in bubblewrap')
        return 'bubblewrap'
    if wanted == 'bubblewrap':
        logger.error('No tool is run: bubblewrap does not work here: %s', trouble)
        return 'broken'
    logger.warning('Tools run with limits only, bubblewrap does not work here: %s', trouble)
    return 'limits'


def probe() -> str:
    """
    Try bubblewrap as a run would use it.

    :returns: what is wrong with it; empty if it works
    """
    program = shutil.which('bwrap')
    if program is None:
        return 'bwrap is not on PATH'
    work = Path(settings.DATA_DIR)
    work.mkdir(parents=True, exist_ok=True)
    # It closes what it has told its information to.
    argv = [*bubblewrap(['true'], work, Limits(), info=1), *init(), 'true']
    try:
        tried = subprocess.run(argv, stdin=subprocess.DEVNULL, capture_output=True, timeout=20, check=False)
    except (OSError, subprocess.TimeoutExpired) as error:
        return str(error)
    said = tried.stderr.decode('utf-8', 'replace')
    return '' if tried.returncode == 0 else said.strip()[-500:] or f'exit code {tried.returncode}'


def display_sockets(name: str) -> list[Path]:
    """
    :param name: of an X display
    :returns: its socket, which a program has to see; none for a display of another machine, which needs a network
    """
    match = _DISPLAY.fullmatch(name)
    return [X_SOCKETS / f'X{match[1]}'] if match else []


def init() -> list[str]:
    """:returns: the first process of the namespace; the program and its arguments follow"""
    return ['/bin/sh', '-c', _INIT, 'sh']


def bubblewrap(argv: Sequence[str], work: Path, limits: Limits, info: int) -> list[str]:
    """
    :param argv: the program and its arguments, of which only the program's place is looked at
    :param work: the work directory, the only thing that can be written to
    :param limits: say what else it may read, and whether it has a network
    :param info: an open file descriptor; bubblewrap writes to it as JSON which process is the first of the namespace
    :returns: bubblewrap and its options; what it runs follows
    """
    kept_apart = [path for path in limits.reads if any(path.is_relative_to(root) for root in _private())]
    shown = [*_shown(argv[0]), *(path for path in limits.reads if path not in kept_apart and path.exists())]
    return [
        'bwrap', '--unshare-all', *(['--share-net'] if limits.network else []),
        '--die-with-parent', '--new-session', '--cap-drop', 'ALL', '--as-pid-1',
        '--hostname', 'sandbox', '--info-fd', str(info),
        *_system(),
        '--proc', '/proc', '--dev', '/dev',
        '--size', str(SCRATCH_BYTES), '--tmpfs', '/dev/shm',  # noqa: S108  # inside, and private
        '--remount-ro', '/dev',
        '--size', str(SCRATCH_BYTES), '--tmpfs', '/tmp',  # noqa: S108  # inside, and private
        *(word for path in shown for word in ('--ro-bind', str(path), str(path))),
        *(word for path in _hidden_in([*shown, Path('/usr')]) for word in _covered(path)),
        '--ro-bind-try', str(settings.CCD_FILE), str(settings.CCD_FILE),
        *(word for path in kept_apart for word in ('--ro-bind-try', str(path), str(path))),
        '--bind', str(work), str(work),
        '--remount-ro', '/', '--chdir', str(limits.home or work), '--',
    ]  # fmt: skip


def _system() -> Iterator[str]:
    """:returns: the options that show the system's programs and libraries"""
    for name in _SYSTEM:
        path = Path(name)
        if path.is_symlink():
            yield from ('--symlink', str(path.readlink()), name)
        elif path.is_dir():
            yield from ('--ro-bind', name, name)
    for name in _ETC:
        yield from ('--ro-bind-try', f'/etc/{name}', f'/etc/{name}')


def _shown(program: str) -> list[Path]:
    """
    :param program: what is run
    :returns: what it may read besides the system: Python, the engines, its own folder, what the operator adds
    """
    base = settings.BASE_DIR
    paths = [Path(sys.base_prefix), Path(sys.base_prefix).resolve(), Path(sys.prefix), base / 'engines', base / 'bin']
    paths += [Path(path) for path in settings.SANDBOX_READ]
    if found := shutil.which(program):
        for file in (Path(found).absolute(), Path(found).resolve()):
            alone = any(path.is_relative_to(file.parent) for path in _private()) or file.parent == Path('/')
            paths.append(file if alone else file.parent)
    in_system = tuple(Path(name) for name in _SYSTEM)
    kept = {path: None for path in paths if path.exists() and not any(path.is_relative_to(name) for name in in_system)}
    return sorted(kept, key=lambda path: len(path.parts))  # what lies in another one comes after it


def _private() -> list[Path]:
    """:returns: what no tool may see, wherever it lies: secrets, the database, what belongs to other users' jobs"""
    base = settings.BASE_DIR
    paths = [Path(settings.DATA_DIR), Path(settings.WORK_DIR), Path(settings.MEDIA_ROOT), base / '.git']
    paths.append(Path(os.environ.get('PPLUS_SETTINGS_FILE', base / 'proteinsplus.env')))
    if settings.DATABASES['default']['ENGINE'].endswith('sqlite3'):
        paths.append(Path(settings.DATABASES['default']['NAME']))
    return [path.absolute() for path in paths]


def _hidden_in(shown: list[Path]) -> list[Path]:
    """
    :param shown: what a tool is to see
    :returns: what of it has to be covered again
    """
    return [path for path in _private() if path.exists() and any(path.is_relative_to(root) for root in shown)]


def _covered(path: Path) -> list[str]:
    """
    :param path: a file or folder that a tool would see
    :returns: the options that put something empty in its place
    """
    return ['--tmpfs', str(path)] if path.is_dir() else ['--ro-bind', os.devnull, str(path)]
