"""
The only place that starts a tool's process: an argument list, one work directory, limits, and an honest account.

A run has its own session, dies with the thread that started it, is killed with all its children when its time is
over, writes its output to capped files (no pipe can dead-lock) and sees a fixed, minimal environment.
"""

import contextlib
import logging
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

logger = logging.getLogger(__name__)

#: How often a run is looked at: is it still wanted, how much memory does it hold. Seconds.
POLL_SECONDS = 0.05


@dataclass(frozen=True)
class Limits:
    """What one run may use. Bytes and seconds; memory is address space, which is more than what is resident."""

    wall_seconds: int = 600
    cpu_seconds: int = 1200
    memory_bytes: int = 4 * 2**30
    file_bytes: int = 2**30


@dataclass(frozen=True)
class Completed:
    """What became of a run. Exactly one of ``exit_code`` and ``signal`` is set."""

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
    """
    stdout, stderr = work / 'stdout', work / 'stderr'
    start = time.monotonic()
    with stdout.open('wb') as out, stderr.open('wb') as err:
        process = subprocess.Popen(
            [*_guard(limits), *argv],
            cwd=work,
            stdin=subprocess.DEVNULL,
            stdout=out,
            stderr=err,
            env={**_minimal_environment(work), **(environment or {})},
            start_new_session=True,
        )
    timed_out, stopped, seen = _await_end(process.pid, start + limits.wall_seconds, stop)
    _kill_group(process.pid)
    _, status, usage = os.wait4(process.pid, 0)
    code = os.waitstatus_to_exitcode(status)
    process.returncode = code  # reaped here; Popen must not wait for it again
    return Completed(
        argv=tuple(argv),
        exit_code=code if code >= 0 else None,
        signal=-code if code < 0 else None,
        timed_out=timed_out,
        stopped=stopped,
        wall_seconds=round(time.monotonic() - start, 3),
        cpu_seconds=round(usage.ru_utime + usage.ru_stime, 3),
        peak_memory_bytes=_peak(usage, seen),
        stdout=stdout,
        stderr=stderr,
    )


def _guard(limits: Limits) -> list[str]:
    """
    :param limits: what the run may use
    :returns: the util-linux programs that set the limits and bind the run's life to ours, before it begins
    """
    return [
        'prlimit',
        f'--as={limits.memory_bytes}',
        f'--cpu={limits.cpu_seconds}:{limits.cpu_seconds + 5}',  # were both equal, SIGKILL would hide the reason
        f'--fsize={limits.file_bytes}',
        '--core=0',
        '--',
        'setpriv',
        '--pdeathsig',
        'KILL',
        '--',
    ]


def missing_guards() -> list[str]:
    """
    :returns: the programs without which nothing can be run here
    """
    return [name for name in ('prlimit', 'setpriv') if shutil.which(name) is None]


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
        **{
            name: os.environ[name]
            for name in ('DISPLAY', 'OPENBLAS_CORETYPE', 'OPENBLAS_L2_SIZE')
            if name in os.environ
        },
    }


def _await_end(pid: int, deadline: float, stop: Event | None) -> tuple[bool, bool, int]:
    """
    Wait until a process ends, its time is over, or nobody wants it any more; it is not reaped.

    :param pid: a child of ours
    :param deadline: on the monotonic clock
    :param stop: see :func:`run`
    :returns: whether it ran out of time, whether it was stopped, and the most memory it was seen with
    """
    seen = 0
    descriptor = os.pidfd_open(pid)
    try:
        poll = select.poll()
        poll.register(descriptor, select.POLLIN)
        while True:
            seen = max(seen, _memory_high_water(pid))
            if stop is not None and stop.is_set():
                return False, True, seen
            left = deadline - time.monotonic()
            if left <= 0:
                return True, False, seen
            if poll.poll(min(left, POLL_SECONDS) * 1000):
                return False, False, seen
    finally:
        os.close(descriptor)


def _memory_high_water(pid: int) -> int:
    """
    :param pid: a process
    :returns: the most memory it has held so far, in bytes; 0 once it has ended
    """
    with contextlib.suppress(OSError):
        for line in Path(f'/proc/{pid}/status').read_text().splitlines():
            if line.startswith('VmHWM:'):
                return int(line.split()[1]) * 1024
    return 0


def _peak(usage: resource.struct_rusage, seen: int) -> int:
    """
    Linux starts a child's account with the memory of the process it was forked from: up to that, it says nothing.

    :param usage: of an ended process and its children
    :param seen: the most memory it was seen with, in bytes
    :returns: the most memory it held, in bytes
    """
    ours = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return usage.ru_maxrss * 1024 if usage.ru_maxrss > ours else seen


def _kill_group(pid: int) -> None:
    """
    :param pid: the leader of a session of its own; it and all its children are killed, also after it has ended
    """
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(pid, signal.SIGKILL)


def _tail(file: Path, size: int) -> str:
    """
    :param file: a file that may be large
    :param size: the most bytes to read
    :returns: its end as text, undecodable bytes and NUL replaced
    """
    with file.open('rb') as stream:
        stream.seek(max(0, file.stat().st_size - size))
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
        shutil.rmtree(path, ignore_errors=True)
