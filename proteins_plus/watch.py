"""
What the kernel does not limit is watched: the processes of a run, their memory together, and all that it writes.

A run is looked at every 50 ms at most, less often where looking takes long, and killed when it exceeds its limits.
"""

import contextlib
import os
import select
import signal
import stat
import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from threading import Event
from typing import Literal

from .confinement import Limits

#: How often a run is looked at. Seconds.
POLL_SECONDS = 0.05
#: Looking takes at most this part of the time of one processor.
_SHARE = 0.1
#: Folders in folders: no honest tool goes deeper, and code that walks them has its own limits.
MAX_DEPTH = 32
#: What an entry of a folder costs at least: many empty files fill a file system as well. Bytes.
_ENTRY_BYTES = 1024

Exceeded = Literal['', 'output', 'processes', 'memory']


@dataclass
class Seen:
    """What became visible of a run while it lasted. Memory in bytes."""

    timed_out: bool = False
    stopped: bool = False
    exceeded: Exceeded = ''
    peak_memory_bytes: int = 0


def await_end(leader: int, first: int, work: Path, limits: Limits, deadline: float, stop: Event | None) -> Seen:
    """
    Wait until a process ends, its time is over, it exceeds its limits, or nobody wants it; it is not reaped.

    :param leader: a child of ours
    :param first: the process whose children are counted: the leader itself, or the first of a namespace
    :param work: the work directory
    :param limits: what the run may use
    :param deadline: on the monotonic clock
    :param stop: set when the run is not wanted any more
    :returns: why the waiting ended
    """
    seen = Seen()
    descriptor = os.pidfd_open(leader)
    try:
        poll = select.poll()
        poll.register(descriptor, select.POLLIN)
        while True:
            began = time.monotonic()
            seen.exceeded = _look(first, work, limits, seen)
            seen.stopped = stop is not None and stop.is_set()
            left = deadline - time.monotonic()
            if seen.exceeded or seen.stopped:
                return seen
            if left <= 0:
                seen.timed_out = True
                return seen
            pause = max(POLL_SECONDS, (time.monotonic() - began) / _SHARE)
            if poll.poll(min(left, pause) * 1000):
                return seen
    finally:
        os.close(descriptor)


def _look(first: int, work: Path, limits: Limits, seen: Seen) -> Exceeded:
    """
    :param first: see :func:`await_end`
    :param work: the work directory
    :param limits: what the run may use
    :param seen: the account, in which the peak of memory is kept
    :returns: which limit is exceeded, if any
    """
    family = list(descendants(first, 4 * limits.processes))
    if sum(_threads(pid) for pid in family) > limits.processes:
        return 'processes'
    used = [memory(pid) for pid in family]
    seen.peak_memory_bytes = max([seen.peak_memory_bytes, *(peak for peak, _ in used)])
    if sum(held for _, held in used) > limits.memory_bytes:
        return 'memory'
    if output_bytes(work) + _deleted_bytes(family) > limits.output_bytes:
        return 'output'
    return ''


def descendants(pid: int, at_most: int = 10_000) -> Iterator[int]:
    """
    :param pid: a process
    :param at_most: how many are told of
    :returns: it and all that descend from it, as far as their parents still live
    """
    waiting = [pid]
    while waiting and at_most > 0:
        at_most -= 1
        current = waiting.pop()
        yield current
        with contextlib.suppress(OSError):
            for thread in Path(f'/proc/{current}/task').iterdir():
                waiting += map(int, (thread / 'children').read_text().split())


def _threads(pid: int) -> int:
    """
    :param pid: a process
    :returns: its threads; none once it has ended
    """
    try:
        return Path(f'/proc/{pid}/task').stat().st_nlink - 2
    except OSError:
        return 0


def memory(pid: int) -> tuple[int, int]:
    """
    :param pid: a process
    :returns: the most memory it has held, and what it holds of its own now, in bytes; 0 once it has ended
    """
    values = {'VmHWM': 0, 'RssAnon': 0, 'RssShmem': 0}
    with contextlib.suppress(OSError):
        for line in Path(f'/proc/{pid}/status').read_text().splitlines():
            name, _, value = line.partition(':')
            if name in values:
                values[name] = int(value.split()[0]) * 1024
    return values['VmHWM'], values['RssAnon'] + values['RssShmem']


def forget_own_peak() -> None:
    """
    Let this process's own peak be what it holds now: a child's account begins with it, and would hide the child's.

    See ``clear_refs`` in proc(5). Where the kernel refuses, more runs are accounted for by what was seen of them.
    """
    with contextlib.suppress(OSError):
        Path('/proc/self/clear_refs').write_text('5')


def output_bytes(work: Path) -> int:
    """
    :param work: a work directory, in which things may change meanwhile
    :returns: what its files take, at least 1 KiB each; links are not followed, and far too deep is far too much
    """
    total, folders = 0, [(str(work), 0)]
    while folders:
        folder, depth = folders.pop()
        if depth > MAX_DEPTH:
            return 2**63
        with contextlib.suppress(OSError), os.scandir(folder) as entries:
            for entry in entries:
                if entry.is_dir(follow_symlinks=False):
                    folders.append((entry.path, depth + 1))
                with contextlib.suppress(OSError):
                    total += max(_size(entry.stat(follow_symlinks=False)), _ENTRY_BYTES)
    return total


def _size(status: os.stat_result) -> int:
    """
    :param status: of an entry
    :returns: what a regular file takes: its length or, if more, its blocks
    """
    return max(status.st_size, status.st_blocks * 512) if stat.S_ISREG(status.st_mode) else 0


def _deleted_bytes(family: Iterable[int]) -> int:
    """
    :param family: the processes of a run
    :returns: what files take that were deleted, so that no folder shows them, but are still open
    """
    found: dict[tuple[int, int], int] = {}
    for pid in family:
        with contextlib.suppress(OSError):
            for link in Path(f'/proc/{pid}/fd').iterdir():
                with contextlib.suppress(OSError):
                    status = link.stat()
                    if status.st_nlink == 0:
                        found[status.st_dev, status.st_ino] = _size(status)
    return sum(found.values())


def drop_irregular(work: Path) -> str:
    """
    Remove whatever is neither a file nor a folder, so that whoever reads the results follows no link out of it.

    :param work: the work directory of a run that has ended
    :returns: the name of the first such entry; empty if there is none
    """
    first = ''
    for folder, folders, files in os.walk(work):
        for name in (*folders, *files):
            path = Path(folder, name)
            mode = path.lstat().st_mode
            if not stat.S_ISREG(mode) and not stat.S_ISDIR(mode):
                path.unlink()
                first = first or str(path.relative_to(work))
    return first


def kill(family: Iterable[int]) -> None:
    """
    :param family: processes to be killed; those that have ended are passed over
    """
    for pid in family:
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.kill(pid, signal.SIGKILL)
