"""
Builds an index beside the old one and puts it in its place when it is finished.

Whatever happens on the way, the old index answers. What was read is committed every few seconds, so a build that was
interrupted goes on where it was; one that begins anew starts from a copy of the old index and reads only the files
that are new or have changed.
"""

import fcntl
import os
import shutil
import sqlite3
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import partial
from hashlib import blake2b
from pathlib import Path

from engines.archive.files import SUFFIXES, structure_files
from engines.archive.pool import Failure, read_all
from engines.errors import EngineError
from engines.siena.database import storing
from engines.siena.database.files import FileState, file_state
from engines.siena.database.postings import make_postings
from engines.siena.database.schema import FORMAT, SCHEMA

_COMMIT_SECONDS = 1.0
"""What was read since the last commit is lost by a kill, and read again."""
_PATIENCE, _PAUSE = 5.0, 0.05
"""Seconds: the processes of a builder that was killed share its lock until the kernel has ended them, too."""
Progress = Callable[[str, int, int], None]
"""Is told what is done, how many of it, and of how many."""


@dataclass
class Summary:
    """
    What a build did.

    :param entries: in the index
    :param chains: in the index
    :param read: files that were read
    :param kept: files that had not changed
    :param removed: entries whose files are gone
    :param unreadable: files that could not be used, with the reason
    """

    entries: int = 0
    chains: int = 0
    read: int = 0
    kept: int = 0
    removed: int = 0
    unreadable: list[tuple[str, str]] = field(default_factory=list)


def build(
    target: Path, source: Path, ccd: Path, compressed: bool | None, workers: int, progress: Progress
) -> Summary:  # fmt: skip
    """
    Bring an index up to date with a folder.

    :param target: the index
    :param source: folder with structure files, looked through with all folders below it
    :param ccd: component dictionary
    :param compressed: take gzipped files only, or plain ones only; both for None
    :param workers: processes that read
    :param progress: is told how far it is
    :returns: what was done
    :raises EngineError: if there is nothing to read, nowhere to write, or another build at work
    """
    target.parent.mkdir(parents=True, exist_ok=True)
    with _alone(target):
        states = _states(source, compressed)
        if not states:
            raise EngineError(
                'index.no_files',
                f'{source} has no structure files.',
                f'They end in {", ".join(SUFFIXES)}, each also with .gz.',
            )
        work = target.with_name(f'{target.name}.building')
        _begin(target, work)
        with closing(sqlite3.connect(work)) as connection:
            summary = _update(connection, states, source, ccd, workers, progress)
            _finish(connection, source, states)
        with work.open('rb') as file:
            os.fsync(file.fileno())
        work.replace(target)
    return summary


def _states(source: Path, compressed: bool | None) -> dict[str, FileState]:
    """
    :param source: a folder
    :param compressed: see :func:`build`
    :returns: its structure files by their path below it
    :raises EngineError: ``index.no_folder``
    """
    if not source.is_dir():
        raise EngineError('index.no_folder', f'{source} is no folder.')
    states = (file_state(source, path) for path in structure_files(source, compressed))
    return {state.file: state for state in states if state}


@contextmanager
def _alone(target: Path) -> Iterator[None]:
    """
    Keep other builds away.

    :param target: the index
    :raises EngineError: ``index.busy``
    """
    with target.with_name(f'{target.name}.lock').open('w') as lock:
        deadline = time.monotonic() + _PATIENCE
        while True:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
                break
            except OSError as error:
                if time.monotonic() > deadline:
                    message = 'Another process builds this index.'
                    raise EngineError('index.busy', message, 'Wait for its end.') from error
                time.sleep(_PAUSE)
        yield


def _begin(target: Path, work: Path) -> None:
    """
    Make the index under construction: that of an interrupted build, a copy of the old one, or an empty one.

    :param target: the index
    :param work: the one under construction
    """
    if _format(work) == FORMAT:
        return
    work.unlink(missing_ok=True)
    work.with_name(f'{work.name}-journal').unlink(missing_ok=True)
    fresh = work.with_name(f'{work.name}.new')
    fresh.unlink(missing_ok=True)
    if _format(target) == FORMAT:
        shutil.copyfile(target, fresh)
    else:
        with closing(sqlite3.connect(fresh)) as connection:
            connection.executescript(SCHEMA)
            with connection:
                connection.execute('INSERT INTO metadata_info VALUES (?, ?)', ('format', FORMAT))
    fresh.replace(work)


def _format(path: Path) -> str | None:
    """
    :param path: an index, or nothing
    :returns: its format; None if it has none
    """
    if not path.is_file():
        return None
    try:
        with closing(sqlite3.connect(path)) as connection:
            row = connection.execute("SELECT value FROM metadata_info WHERE key = 'format'").fetchone()
    except sqlite3.Error:
        return None
    return str(row[0]) if row else None


def _update(
    connection: sqlite3.Connection, states: dict[str, FileState], source: Path, ccd: Path, workers: int,
    progress: Progress,
) -> Summary:  # fmt: skip
    """
    :param connection: of the index under construction
    :param states: the files of the folder
    :param source: the folder
    :param ccd: component dictionary
    :param workers: processes that read
    :param progress: is told how far it is
    :returns: what was done
    """
    connection.execute('PRAGMA synchronous = NORMAL')
    known: dict[str, FileState] = {}
    for table in ('pdbproperties', 'unreadable'):
        rows = connection.execute(f'SELECT file, filedate, size FROM {table}')  # noqa: S608  # names of ours
        known |= {row[0]: FileState(*row) for row in rows}
    gone = [file for file in known if file not in states]
    changed = [state for state in states.values() if known.get(state.file) != state]
    with connection:
        for file in [*gone, *(state.file for state in changed)]:
            storing.remove(connection, file)
    committed = time.monotonic()
    paths = [source / state.file for state in changed]
    results = read_all(paths, partial(storing.read_packed, ccd=ccd), workers)
    for number, (state, result) in enumerate(zip(changed, results, strict=True), start=1):
        if isinstance(result, Failure):
            storing.refuse(connection, state, result)
        else:
            storing.insert(connection, state, result)
        if time.monotonic() - committed > _COMMIT_SECONDS:
            connection.commit()
            committed = time.monotonic()
        progress('files read', number, len(changed))
    connection.commit()
    for number, total in make_postings(connection):
        progress('blocks of chains indexed', number, total)
    entries, chains = connection.execute('SELECT count(*), (SELECT count(*) FROM chain) FROM pdbproperties').fetchone()
    return Summary(
        entries,
        chains,
        read=len(changed),
        kept=len(states) - len(changed),
        removed=len(gone),
        unreadable=connection.execute('SELECT file, message FROM unreadable ORDER BY file').fetchall(),
    )


def _finish(connection: sqlite3.Connection, source: Path, states: dict[str, FileState]) -> None:
    """
    Say what is in the index, and under which name results of searching it are kept.

    :param connection: of the index under construction
    :param source: the folder
    :param states: its files
    """
    digest = blake2b(f'{FORMAT}\n'.encode(), digest_size=8)
    for state in sorted(states.values()):
        digest.update(f'{state}\n'.encode())
    made = datetime.now(UTC).isoformat(timespec='seconds')
    rows = {'format': FORMAT, 'source': str(source.resolve()), 'content': digest.hexdigest(), 'made': made}
    with connection:
        connection.executemany('INSERT OR REPLACE INTO metadata_info VALUES (?, ?)', rows.items())
