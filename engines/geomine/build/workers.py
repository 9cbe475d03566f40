"""Reads structures in several processes, and survives those that kill the one that reads them."""

import multiprocessing
import resource
import signal
from collections.abc import Iterator
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from pathlib import Path

from engines.errors import EngineError
from engines.geomine.build.extract import EntryRow, Options, read_entry

MEMORY = 6 * 2**30
"""Bytes that one process may use; the largest entries of the archive need less."""
SECONDS = 3600
"""How long one structure may take."""
PASSING = ('geomine.crashed', 'geomine.out_of_memory', 'geomine.too_slow', 'engine.fault', 'components.missing')
"""Reasons that are not those of the file: the next build tries it again."""

Outcome = tuple[Path, 'EntryRow | str']
"""A file with its entry, or with the reason why it gives none."""


def outcomes(files: list[Path], options: Options, jobs: int) -> Iterator[Outcome]:
    """
    Read structures.

    :param files: to be read
    :param options: what is taken from them
    :param jobs: processes at a time
    :returns: iterator over the outcomes, as they come
    """
    left = iter(files)
    while True:
        alone: list[Path] = []
        yield from _until_broken(left, options, jobs, alone)
        if not alone:
            return
        # One of these has killed its process. Each gets a process of its own, so that it is known which.
        for file in alone:
            yield _read_alone(file, options)


def _pool(jobs: int) -> ProcessPoolExecutor:
    """
    :param jobs: processes
    :returns: a pool of them; they share nothing with this one, which has a database open
    """
    context = multiprocessing.get_context('spawn')
    return ProcessPoolExecutor(jobs, mp_context=context, initializer=_begin)


def _until_broken(left: Iterator[Path], options: Options, jobs: int, alone: list[Path]) -> Iterator[Outcome]:
    """
    :param left: files, taken one by one
    :param options: what is taken from them
    :param jobs: processes at a time
    :param alone: gets the files that were being read when a process died
    :returns: iterator over the outcomes
    """
    waiting: dict[Future[EntryRow | str], Path] = {}
    pool = _pool(jobs)
    try:
        while True:
            while len(waiting) < 2 * jobs and (file := next(left, None)) is not None:
                try:
                    waiting[pool.submit(_read, file, options)] = file
                except BrokenProcessPool:
                    alone.append(file)
                    break
            if not waiting:
                return
            for future in wait(waiting, return_when=FIRST_COMPLETED).done:
                file = waiting.pop(future)
                try:
                    result = future.result()
                except BrokenProcessPool:
                    alone.append(file)
                    continue
                yield file, result
            if alone:
                alone.extend(waiting.values())
                return
    finally:
        pool.shutdown(wait=True, cancel_futures=True)


def _read_alone(file: Path, options: Options) -> Outcome:
    """
    :param file: to be read
    :param options: what is taken from it
    :returns: its outcome
    """
    with _pool(1) as pool:
        try:
            return file, pool.submit(_read, file, options).result()
        except BrokenProcessPool:
            return file, 'geomine.crashed: Reading it ended the process.'


def _begin() -> None:
    """Begin a process."""
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # whoever started us ends us
    signal.signal(signal.SIGALRM, _too_slow)


def _too_slow(*_: object) -> None:
    """
    :raises EngineError: always
    """
    raise EngineError('geomine.too_slow', f'It took longer than {SECONDS} seconds.')


def _read(file: Path, options: Options) -> EntryRow | str:
    """
    :param file: to be read
    :param options: what is taken from it
    :returns: its entry, or why it has none
    """
    signal.alarm(SECONDS)
    try:
        return read_entry(file, options)
    except EngineError as error:
        return f'{error.code}: {error.message}'
    except MemoryError:
        return 'geomine.out_of_memory: It needs more memory than it may use.'
    except Exception as error:  # pylint: disable=broad-exception-caught  # one odd file must not end the build
        return f'engine.fault: {type(error).__name__}: {" ".join(str(error).split())[:200]}'
    finally:
        signal.alarm(0)
