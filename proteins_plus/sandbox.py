"""
The only place that starts a tool's process: an argument list, one work directory, limits, and an honest account.

A run is confined (:mod:`proteins_plus.confinement`) and watched (:mod:`proteins_plus.watch`), has its own session,
dies with the thread that started it, is killed with all its children when its time is over, writes its output to
capped files (no pipe can dead-lock) and sees a fixed, minimal environment.
"""

import contextlib
import errno
import json
import os
import resource
import select
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from threading import Event
from typing import BinaryIO

from . import confinement, watch
from .confinement import Limits, display_sockets, kind, missing_guards
from .errors import SystemFault

__all__ = [
    'Completed',
    'Limits',
    'display_sockets',
    'kind',
    'missing_guards',
    'remove_directory',
    'require_space',
    'run',
    'work_directory',
]

#: How long the last process of a killed run may take to vanish. Seconds.
_VANISH_SECONDS = 10
#: A disk with less room than this is full. Bytes.
_LEAST_FREE = 2**20


@dataclass(frozen=True)
class Completed:
    """
    What became of a run. Exactly one of ``exit_code`` and ``signal`` is set.

    ``exceeded`` names the limit for which it was killed, ``irregular`` the first thing that was neither file nor
    folder among what it wrote; such things are removed.
    """

    argv: tuple[str, ...]
    exit_code: int | None
    signal: int | None
    timed_out: bool
    stopped: bool
    wall_seconds: float
    cpu_seconds: float
    peak_memory_bytes: int
    stdout: Path
    stderr: Path
    exceeded: watch.Exceeded = ''
    irregular: str = ''

    @property
    def succeeded(self) -> bool:
        """:returns: whether the program ended by itself and said that all is well"""
        return self.exit_code == 0

    def stderr_tail(self, size: int = 4000) -> str:
        """
        :param size: the most bytes to read
        :returns: the end of what the program complained about
        """
        return _tail(self.stderr, size)


def run(
    argv: Sequence[str],
    work: Path,
    limits: Limits,
    environment: Mapping[str, str] | None = None,
    stop: Event | None = None,
) -> Completed:
    """
    Run a program to its end, or end it.

    :param argv: the program and its arguments; never seen by a shell
    :param work: the work directory; receives ``stdout`` and ``stderr`` besides what the program writes
    :param limits: what the run may use
    :param environment: variables besides the minimal ones
    :param stop: when set, the run is killed: its result is no longer wanted
    :returns: what became of it; a program that fails or is killed is no exception here
    :raises OSError: if the program cannot be started
    :raises SystemFault: ``server.sandbox`` if the sandbox that the settings ask for does not work
    """
    confined = _is_confined()
    stdout, stderr = work / 'stdout', work / 'stderr'
    watch.forget_own_peak()
    start = time.monotonic()
    with stdout.open('wb') as out, stderr.open('wb') as err:
        process, first = _start(argv, work, limits, environment or {}, (out, err), confined)
    with _process(first) as last:
        seen = watch.await_end(process.pid, first, work, limits, start + limits.wall_seconds, stop)
        _end(process.pid, first, last)
        _, status, usage = os.wait4(process.pid, 0)
        _await_vanished(last, confined)
    process.returncode = os.waitstatus_to_exitcode(status)  # reaped here; Popen must not wait for it again
    code = _exit_code(process.returncode, confined)
    irregular = watch.drop_irregular(work)
    if not seen.exceeded and watch.output_bytes(work) > limits.output_bytes:
        seen.exceeded = 'output'
    return Completed(
        argv=tuple(argv),
        exit_code=code if code >= 0 else None,
        signal=-code if code < 0 else None,
        timed_out=seen.timed_out,
        stopped=seen.stopped,
        wall_seconds=round(time.monotonic() - start, 3),
        cpu_seconds=round(usage.ru_utime + usage.ru_stime, 3),
        peak_memory_bytes=_peak(usage, seen.peak_memory_bytes),
        stdout=stdout,
        stderr=stderr,
        exceeded=seen.exceeded,
        irregular=irregular,
    )


def _is_confined() -> bool:
    """
    :returns: whether tools run in bubblewrap
    :raises SystemFault: ``server.sandbox`` if they should, and it does not work
    """
    if kind() == 'broken':
        message = 'The sandbox of this server does not work.'
        raise SystemFault(message, 'server.sandbox', 'The operator can see the cause in the log.')
    return kind() == 'bubblewrap'


def _start(
    argv: Sequence[str],
    work: Path,
    limits: Limits,
    environment: Mapping[str, str],
    outputs: tuple[BinaryIO, BinaryIO],
    confined: bool,
) -> tuple[subprocess.Popen[bytes], int]:
    """
    :param argv: see :func:`run`
    :param work: see :func:`run`
    :param limits: see :func:`run`
    :param environment: see :func:`run`
    :param outputs: standard output and standard error
    :param confined: whether in bubblewrap
    :returns: the process, and the id of the first process of its namespace, or its own if it has none
    :raises OSError: if it cannot be started
    :raises SystemFault: ``server.sandbox`` if bubblewrap fails
    """
    reading, writing = os.pipe()
    with os.fdopen(reading, 'rb') as info:
        try:
            process = subprocess.Popen(
                [*_guard(argv, work, limits, writing if confined else None), *argv],
                cwd=limits.home or work,
                stdin=subprocess.DEVNULL,
                stdout=outputs[0],
                stderr=outputs[1],
                env={**_minimal_environment(work), **environment},
                start_new_session=True,
                pass_fds=[writing] if confined else [],
            )
        finally:
            os.close(writing)
        if not confined:
            return process, process.pid
        try:
            return process, int(json.loads(info.read())['child-pid'])
        except ValueError:
            process.wait()
            cause = OSError(_tail(work / 'stderr', 500))
            message = 'The sandbox of this server does not work.'
            raise SystemFault(message, 'server.sandbox', 'The operator can see the cause in the log.') from cause


def _guard(argv: Sequence[str], work: Path, limits: Limits, info: int | None) -> list[str]:
    """
    :param argv: what is run
    :param work: the work directory
    :param limits: what the run may use
    :param info: see :func:`confinement.bubblewrap`; None without bubblewrap
    :returns: the programs that confine the run, set its limits and bind its life to ours, before it begins
    """
    if info is None:
        return ['setpriv', '--pdeathsig', 'KILL', '--', *confinement.rlimits(limits, confined=False)]
    guard = confinement.bubblewrap(argv, work, limits, info)
    return [*guard, *confinement.init(), *confinement.rlimits(limits, confined=True)]


def _minimal_environment(work: Path) -> dict[str, str]:
    """
    :param work: the work directory
    :returns: all that a tool needs to know of this machine
    """
    return {
        'PATH': f'{Path(sys.executable).parent}:/usr/local/bin:/usr/bin:/bin',
        'HOME': str(work),
        'TMPDIR': str(work),
        'LANG': 'C.UTF-8',
        'PYTHONDONTWRITEBYTECODE': '1',
        'OPENBLAS_NUM_THREADS': '1',  # one job, one core; each thread would also reserve address space
        **{name: os.environ[name] for name in ('OPENBLAS_CORETYPE', 'OPENBLAS_L2_SIZE') if name in os.environ},
    }


@contextlib.contextmanager
def _process(pid: int) -> Iterator[int | None]:
    """
    Hold on to a process, so that its id cannot come to mean another one.

    :param pid: its id
    :returns: its descriptor; None if it has ended already
    """
    try:
        descriptor = os.pidfd_open(pid)
    except ProcessLookupError:
        yield None
        return
    try:
        yield descriptor
    finally:
        os.close(descriptor)


def _end(leader: int, first: int, last: int | None) -> None:
    """
    Kill what is left of a run: the namespace falls with its first process, a session is killed as a group.

    :param leader: the leader of a session of its own, not reaped yet
    :param first: see :func:`watch.await_end`
    :param last: the descriptor of the first process
    """
    family = list(watch.descendants(first)) if first == leader else []
    if last is not None and first != leader:
        with contextlib.suppress(ProcessLookupError, PermissionError):
            signal.pidfd_send_signal(last, signal.SIGKILL)
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(leader, signal.SIGKILL)
    watch.kill(family)  # whoever began a session of its own, as long as its parents live


def _await_vanished(last: int | None, confined: bool) -> None:
    """
    :param last: the descriptor of the first process of a namespace, which ends after all others
    :param confined: whether there is a namespace
    """
    if confined and last is not None:
        poll = select.poll()
        poll.register(last, select.POLLIN)
        poll.poll(_VANISH_SECONDS * 1000)


def _exit_code(code: int, confined: bool) -> int:
    """
    :param code: as :func:`os.waitstatus_to_exitcode` tells it of the process we started
    :param confined: whether it speaks for the tool as a shell does: 128 and the number of the signal
    :returns: the tool's exit code, negative for a signal
    """
    return 128 - code if confined and 128 < code <= 128 + signal.SIGRTMAX else code


def _peak(usage: resource.struct_rusage, seen: int) -> int:
    """
    Linux starts a child's account with the memory of the process it was forked from: up to that, it says nothing.

    :param usage: of an ended process and its children
    :param seen: the most memory it was seen with, in bytes
    :returns: the most memory it held, in bytes
    """
    accounted = usage.ru_maxrss * 1024
    return accounted if accounted > watch.memory(os.getpid())[0] else seen


def _tail(file: Path, size: int) -> str:
    """
    :param file: a file that may be large
    :param size: the most bytes to read
    :returns: its end as text, undecodable bytes and NUL replaced
    """
    try:
        descriptor = os.open(file, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
    except OSError:
        return ''  # the tool has removed it, or put something else in its place
    with os.fdopen(descriptor, 'rb') as stream:
        stream.seek(max(0, os.fstat(descriptor).st_size - size))
        return stream.read().decode('utf-8', 'replace').replace('\0', '\ufffd')


@contextlib.contextmanager
def work_directory(parent: Path, name: str) -> Iterator[Path]:
    """
    A directory for one attempt of one job, gone with everything in it at the end of the block.

    :param parent: where it is made
    :param name: how its name begins; what a dead worker left behind can be told by it
    :returns: its absolute path
    """
    parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    path = Path(tempfile.mkdtemp(prefix=f'{name}-', dir=parent))
    try:
        yield path
    finally:
        remove_directory(path)


def require_space(folder: Path) -> None:
    """
    Not every program minds that it cannot write: what it leaves on a full disk may look like a result.

    :param folder: where something has just been written
    :raises OSError: ``ENOSPC`` if less than :data:`_LEAST_FREE` is left there
    """
    if shutil.disk_usage(folder).free < _LEAST_FREE:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), str(folder))


def remove_directory(path: Path) -> None:
    """
    :param path: a work directory; the tool may have made it hard to remove, on purpose or not
    """
    with contextlib.suppress(RecursionError):
        shutil.rmtree(path, ignore_errors=True)
    if path.exists():
        for command in (('/bin/chmod', '-R', 'u+rwX'), ('/bin/rm', '-rf')):
            subprocess.run([*command, '--', path], check=False, stderr=subprocess.DEVNULL)
