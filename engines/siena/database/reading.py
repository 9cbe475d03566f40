"""Reads the files of an archive in several processes, so that one bad file costs nothing but itself."""

import ctypes
import multiprocessing
import os
import signal
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from pathlib import Path
from typing import NamedTuple

from engines.errors import EngineError
from engines.siena.database.entry import read_entry
from engines.siena.database.files import FileState
from engines.siena.database.storing import PackedEntry, pack_entry
from engines.structure.components import ComponentDictionary

_BATCH = 8
_AHEAD = 4
"""Batches that wait for each process; more would only fill memory."""
_DIE_WITH_PARENT = 1


class Outcome(NamedTuple):
    """What became of a file: its rows, or why there are none."""

    state: FileState
    entry: PackedEntry | None
    code: str = ''
    message: str = ''


def read_all(source: Path, states: Sequence[FileState], ccd: Path, workers: int) -> Iterator[Outcome]:
    """
    :param source: folder of the files
    :param states: the files
    :param ccd: component dictionary
    :param workers: processes; with one, the files are read in this one
    :returns: the outcome of each, in their order
    """
    batches = [states[start : start + _BATCH] for start in range(0, len(states), _BATCH)]
    if workers <= 1 or len(batches) <= 1:
        for batch in batches:
            yield from _read_batch(source, batch, ccd)
        return
    while batches:
        done = 0
        with _pool(workers) as pool:
            try:
                for outcomes in _ordered(pool, source, batches, ccd, workers):
                    yield from outcomes
                    done += 1
                return
            except BrokenProcessPool:
                pool.shutdown(wait=False, cancel_futures=True)
        # The first batch that is not there may hold the file that ended its process: each of its files gets its own.
        for state in batches[done]:
            yield _read_apart(source, state, ccd)
        batches = batches[done + 1 :]


def _pool(workers: int) -> ProcessPoolExecutor:
    """
    :param workers: number of processes
    :returns: a pool whose processes end with this one, however it ends
    """
    context = multiprocessing.get_context('fork')
    return ProcessPoolExecutor(workers, context, initializer=_follow_parent, initargs=(os.getpid(),))


def _follow_parent(parent: int) -> None:
    """
    Ask the kernel to end this process when its parent ends, and end now if it has already.

    :param parent: its id
    """
    ctypes.CDLL(None).prctl(_DIE_WITH_PARENT, signal.SIGKILL)
    if os.getppid() != parent:
        os._exit(1)


def _ordered(
    pool: ProcessPoolExecutor, source: Path, batches: Sequence[Sequence[FileState]], ccd: Path, workers: int
) -> Iterator[list[Outcome]]:
    """
    :param pool: of processes
    :param source: folder of the files
    :param batches: of files
    :param ccd: component dictionary
    :param workers: processes of the pool
    :returns: the outcomes of each batch, in their order; only a few are read ahead
    """
    ahead = _AHEAD * workers
    waiting = [pool.submit(_read_batch, source, batch, ccd) for batch in batches[:ahead]]
    for batch in batches[ahead:]:
        yield waiting.pop(0).result()
        waiting.append(pool.submit(_read_batch, source, batch, ccd))
    for future in waiting:
        yield future.result()


def _read_apart(source: Path, state: FileState, ccd: Path) -> Outcome:
    """
    :param source: folder of the files
    :param state: a file
    :param ccd: component dictionary
    :returns: its outcome, read in a process of its own
    """
    with _pool(1) as pool:
        try:
            return pool.submit(_read_batch, source, [state], ccd).result()[0]
        except BrokenProcessPool:
            return Outcome(state, None, 'file.crash', 'Reading it ended the process that did.')


_dictionaries: dict[Path, ComponentDictionary] = {}
"""Of this process: opened once."""


def _read_batch(source: Path, batch: Sequence[FileState], ccd: Path) -> list[Outcome]:
    """
    :param source: folder of the files
    :param batch: some files
    :param ccd: component dictionary
    :returns: the outcome of each
    """
    if ccd not in _dictionaries:
        _dictionaries[ccd] = ComponentDictionary(ccd)
    return [_read(source / state.file, state, _dictionaries[ccd]) for state in batch]


def _read(path: Path, state: FileState, dictionary: ComponentDictionary) -> Outcome:
    """
    :param path: of the file
    :param state: the same file
    :param dictionary: the component dictionary
    :returns: its outcome
    """
    try:
        return Outcome(state, pack_entry(read_entry(path, dictionary)))
    except EngineError as error:
        return Outcome(state, None, error.code, error.message)
    except Exception as error:  # pylint: disable=broad-exception-caught  # whatever it is, the others are read
        return Outcome(state, None, 'file.fault', f'{type(error).__name__} while reading it.')
