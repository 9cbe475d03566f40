"""Reads the files of an archive in several processes, so that one bad file costs nothing but itself."""

import ctypes
import multiprocessing
import os
import resource
import signal
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from itertools import islice
from pathlib import Path
from typing import NamedTuple, TypeVar

from engines.errors import EngineError

Row = TypeVar('Row')

_MEMORY = 6 * 2**30
"""Bytes that one process may use; the largest entries of the archive need less."""
_SECONDS = 3600
"""How long one file may take."""
_AHEAD = 4
"""Files that wait for each process; more would only fill memory."""
_DIE_WITH_PARENT = 1
_SLOW = 'file.too_slow'
_PASSING = (_SLOW, 'components.missing')


class Failure(NamedTuple):
    """
    Why a file gives nothing.

    :param code: of the reason
    :param message: the reason
    :param passing: whether it need not be the file's, so that the next build tries it again
    """

    code: str
    message: str
    passing: bool = False


def read_all(paths: Sequence[Path], read: Callable[[Path], Row], workers: int) -> Iterator[Row | Failure]:
    """
    :param paths: of files
    :param read: reads one; goes to other processes, and so do its results
    :param workers: processes; with none, the files are read in this one, which a bad one may end
    :returns: what each file gives, in their order
    """
    if workers <= 0:
        yield from (_read(read, path) for path in paths)
        return
    left = deque(paths)
    while left:
        pool = _pool(workers)
        try:
            for result in _ordered(pool, read, tuple(left), workers):
                left.popleft()
                yield result
        except BrokenProcessPool:
            # The first file that is not there may have ended its process; it gets one of its own.
            yield _read_apart(read, left.popleft())
        finally:
            pool.shutdown(cancel_futures=True)


def _ordered(
    pool: ProcessPoolExecutor, read: Callable[[Path], Row], paths: Sequence[Path], workers: int
) -> Iterator[Row | Failure]:
    """
    :param pool: of processes
    :param read: see :func:`read_all`
    :param paths: of files
    :param workers: processes of the pool
    :returns: what each file gives, in their order; only a few are read ahead
    """
    left = iter(paths)
    waiting: deque[Future[Row | Failure]] = deque()
    waiting.extend(pool.submit(_read_in_time, read, path) for path in islice(left, _AHEAD * workers))
    while waiting:
        yield waiting.popleft().result()
        waiting.extend(pool.submit(_read_in_time, read, path) for path in islice(left, 1))


def _read_apart(read: Callable[[Path], Row], path: Path) -> Row | Failure:
    """
    :param read: see :func:`read_all`
    :param path: of a file
    :returns: what it gives, read in a process of its own
    """
    with _pool(1) as pool:
        try:
            return pool.submit(_read_in_time, read, path).result()
        except BrokenProcessPool:
            return Failure('file.crash', 'Reading it ended the process.', passing=True)


def _pool(workers: int) -> ProcessPoolExecutor:
    """
    :param workers: number of processes
    :returns: a pool of processes that share nothing with this one, and end with it, however it ends
    """
    context = multiprocessing.get_context('spawn')
    return ProcessPoolExecutor(workers, context, initializer=_begin, initargs=(os.getpid(),))


def _begin(parent: int) -> None:
    """
    Begin a process of a pool: ask the kernel to end it with its parent, and end now if that has ended already.

    :param parent: its id
    """
    ctypes.CDLL(None).prctl(_DIE_WITH_PARENT, signal.SIGKILL)
    if os.getppid() != parent:
        os._exit(1)
    resource.setrlimit(resource.RLIMIT_AS, (_MEMORY, _MEMORY))
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # whoever started us ends us
    signal.signal(signal.SIGALRM, _refuse_slow)


def _refuse_slow(*_: object) -> None:
    """
    :raises EngineError: always
    """
    raise EngineError(_SLOW, f'It took longer than {_SECONDS} seconds.')


def _read_in_time(read: Callable[[Path], Row], path: Path) -> Row | Failure:
    """
    :param read: see :func:`read_all`
    :param path: of a file
    :returns: what it gives; for processes that :func:`_begin` has begun
    """
    signal.alarm(_SECONDS)
    try:
        return _read(read, path)
    finally:
        signal.alarm(0)


def _read(read: Callable[[Path], Row], path: Path) -> Row | Failure:
    """
    :param read: see :func:`read_all`
    :param path: of a file
    :returns: what it gives
    """
    try:
        return read(path)
    except EngineError as error:
        return Failure(error.code, error.message, passing=error.code in _PASSING)
    except MemoryError:
        return Failure('file.out_of_memory', 'It needs more memory than it may use.', passing=True)
    except Exception as error:  # pylint: disable=broad-exception-caught  # one odd file must not end the build
        words = ' '.join(str(error).split())[:200]
        return Failure('file.fault', f'Reading it failed: {type(error).__name__}: {words}', passing=True)
