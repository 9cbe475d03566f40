"""
Builds an archive from a folder, or brings it up to date.

Every entry is stored in one transaction. On PostgreSQL it replaces the old one there and then; a search sees one state
of all. An SQLite file that is searched never changes: its successor is built beside it and takes its place when it is
finished. A build that was killed leaves the old archive as it was, and the next one goes on where it ended.
"""

import fcntl
import os
import sqlite3
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import replace
from functools import partial
from pathlib import Path

from engines.archive.files import structure_files
from engines.archive.pool import Failure, read_all
from engines.errors import EngineError
from engines.geomine.build.extract import Options, read_entry
from engines.geomine.build.store import Store
from engines.geomine.database import Database, Where, reading, writing
from engines.geomine.words import FORMAT
from engines.structure.components import ComponentDictionary
from engines.structure.reading import file_stem

_LOCK = 0x6E0_317E
"""Of PostgreSQL: who holds it builds."""
Progress = Callable[[int, int, str], None]
"""Is told how many files are done, of how many, and what is wrong with the last one, if anything is."""


def build(
    source: Path, where: Where, options: Options, jobs: int, progress: Progress, anew: bool = False
) -> dict[str, int]:
    """
    :param source: folder with PDB and mmCIF files, at any depth
    :param where: of the archive
    :param options: what is taken from a structure
    :param jobs: processes that read
    :param progress: is told how far it is
    :param anew: whether an archive of another folder may be replaced
    :returns: how many files were read, are unusable and were removed, and how much the archive holds
    :raises EngineError: ``geomine.no_folder``, ``geomine.other_folder``, ``geomine.busy`` or ``geomine.unreachable``
    """
    if not source.is_dir():
        raise EngineError('geomine.no_folder', 'The folder with the structures is not there.')
    ComponentDictionary(options.ccd).close()  # without it, no file could be read
    with _successor(where) as (database, publish):
        store = Store(database)
        there = {str(file.relative_to(source)): _stamp(file, options) for file in structure_files(source)}
        if not anew:
            _check_same(store, there)
        told = _update(store, source, there, options, jobs, progress)
        if told['read'] or told['removed'] or not publish.is_needless():
            store.finish()
            publish.wanted = True
        return told | store.numbers()


def _check_same(store: Store, there: dict[str, str]) -> None:
    """
    :param store: of the archive
    :param there: the files of the folder
    :raises EngineError: ``geomine.other_folder`` if the archive has entries, and none of them from this folder
    """
    known = store.stamps()
    if known and not known.keys() & there.keys():
        message = 'The archive was built from another folder, of which nothing would be left.'
        raise EngineError('geomine.other_folder', message, 'Name that folder, or say --anew.')


def _update(
    store: Store, source: Path, there: dict[str, str], options: Options, jobs: int, progress: Progress
) -> dict[str, int]:
    """
    :param store: of the archive
    :param source: folder with structures
    :param there: its files with their stamps
    :param options: what is taken from them
    :param jobs: processes that read
    :param progress: is told how far it is
    :returns: how many files were read, are unusable and were removed
    """
    gone = [file for file in store.stamps() if file not in there]
    for file in gone:
        store.remove(file)
    known = store.stamps()
    todo = [file for file, stamp in sorted(there.items()) if known.get(file) != stamp]
    unusable = 0
    results = read_all([source / file for file in todo], partial(read_entry, options=options), jobs)
    for done, (file, result) in enumerate(zip(todo, results, strict=True), 1):
        wrong = ''
        if isinstance(result, Failure):
            wrong = f'{result.code}: {result.message}'
            # Without its stamp, the next build reads it again.
            store.put_error(file, '' if result.passing else there[file], file_stem(Path(file)).upper(), wrong)
        else:
            store.put(file, there[file], result)
        unusable += bool(wrong)
        progress(done, len(todo), f'{file}: {wrong}' if wrong else '')
    return {'read': len(todo), 'failed': unusable, 'removed': len(gone)}


def _stamp(file: Path, options: Options) -> str:
    """
    :param file: a structure
    :param options: what is taken from it
    :returns: another text if the file has changed, or something else is taken from it
    """
    about = file.stat()
    return f'{FORMAT}:{about.st_size}:{about.st_mtime_ns}:{int(options.pockets)}{int(options.additives)}'


class _Publication:
    """
    Whether what was built takes the place of what is there.

    :param wanted: so far
    """

    def __init__(self, wanted: bool) -> None:
        self.wanted = wanted

    def is_needless(self) -> bool:
        """:returns: whether nothing but new entries would be a reason"""
        return not self.wanted


@contextmanager
def _successor(where: Where) -> Iterator[tuple[Database, _Publication]]:
    """
    Open what is built, alone.

    :param where: of the archive
    :returns: the database, and whether it is to take the place of the archive
    :raises EngineError: ``geomine.busy`` if it is being built already
    """
    with _successor_postgres(where) if where.is_postgres else _successor_sqlite(where) as opened:
        yield opened


@contextmanager
def _successor_postgres(where: Where) -> Iterator[tuple[Database, _Publication]]:
    """
    :param where: of the archive
    :returns: see :func:`_successor`
    :raises EngineError: likewise
    """
    database = writing(where)
    try:
        # What a crash may lose are the last entries, whole; the next build reads them again.
        database.execute('SET synchronous_commit = off')
        held = database.one('SELECT pg_try_advisory_lock(%s)', (_LOCK,))
        database.connection.commit()
        if not held:
            raise _busy()
        yield database, _Publication(wanted=False)
    finally:
        database.close()


@contextmanager
def _successor_sqlite(where: Where) -> Iterator[tuple[Database, _Publication]]:
    """
    :param where: of the archive
    :returns: see :func:`_successor`
    :raises EngineError: likewise
    """
    target = Path(where.name).absolute()
    target.parent.mkdir(parents=True, exist_ok=True)
    building = target.with_name(f'{target.name}.building')
    with target.with_name(f'{target.name}.lock').open('w', encoding='utf-8') as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            raise _busy() from error
        resumed = building.exists()
        if not resumed and _is_usable(where):
            _copy(target, building)
        publication = _Publication(wanted=resumed or not target.exists())
        database = writing(replace(where, name=str(building)))
        try:
            database.execute('PRAGMA journal_mode = WAL')
            database.execute('PRAGMA synchronous = NORMAL')
            yield database, publication
            database.execute('PRAGMA journal_mode = DELETE')  # one file, that can be opened where nothing is writable
        finally:
            database.close()
        if publication.wanted:
            _flush(building)
            building.replace(target)
        else:
            building.unlink()


def _is_usable(where: Where) -> bool:
    """
    :param where: of an SQLite file
    :returns: whether it is an archive of this format
    """
    with suppress(EngineError), reading(where):
        return True
    return False


def _copy(source: Path, target: Path) -> None:
    """
    :param source: an SQLite file that nobody changes
    :param target: becomes the same, or is not there
    """
    beginning = target.with_name(f'{target.name}.copy')
    beginning.unlink(missing_ok=True)
    old = sqlite3.connect(f'{source.resolve().as_uri()}?mode=ro&immutable=1', uri=True)
    new = sqlite3.connect(beginning)
    try:
        old.backup(new)
    finally:
        old.close()
        new.close()
    beginning.replace(target)


def _flush(file: Path) -> None:
    """
    :param file: whose bytes have to be on the disk before it is renamed
    """
    descriptor = os.open(file, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _busy() -> EngineError:
    """:returns: the error for an archive that is being built"""
    return EngineError('geomine.busy', 'The archive is being built already.', 'Wait until that build has ended.')


def remaining(begin: float, done: int, number: int) -> str:
    """
    :param begin: of :func:`time.monotonic`
    :param done: files that are read
    :param number: of all
    :returns: how long the rest takes, in words
    """
    seconds = (time.monotonic() - begin) / done * (number - done) if done else 0
    for unit, length in (('h', 3600), ('min', 60)):
        if seconds > 1.5 * length:
            return f'{seconds / length:.1f} {unit}'
    return f'{seconds:.0f} s'
