"""
Where the tables are: a file of SQLite, or a database of PostgreSQL. The SQL of this package is the same for both.

Placeholders are written ``%s``. Names of tables begin with ``geomine_``, so they may share a database with others.
"""

import itertools
import os
import re
import sqlite3
from collections.abc import Generator, Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from engines.errors import EngineError
from engines.geomine.words import FORMAT

_SCHEMA = Path(__file__).with_name('schema.sql')
_TABLES = ('point', 'site', 'molecule', 'kind', 'entry', 'archive')
_BATCH = 2000
_LIBPQ_WITH_CHUNKS = 170000


@dataclass(frozen=True)
class Where:
    """
    Where the tables are.

    :param name: of the database; of SQLite the path of its file
    :param is_postgres: which of the two it is
    :param host: of PostgreSQL: a name, an address, or the folder of its socket; may be empty
    :param port: likewise
    :param user: likewise
    :param password: likewise
    """

    name: str
    is_postgres: bool = False
    host: str = ''
    port: str = ''
    user: str = ''
    password: str = ''


class Interrupted(Exception):
    """The database ended a statement because its time was over."""


class Database:
    """
    An open database.

    :param connection: of sqlite3 or psycopg
    :param is_postgres: which of the two
    """

    def __init__(self, connection: Any, is_postgres: bool) -> None:
        self.connection, self.is_postgres = connection, is_postgres

    def _sql(self, sql: str) -> str:
        """
        :param sql: with ``%s``
        :returns: with the placeholders of this database
        """
        return sql if self.is_postgres else sql.replace('%s', '?')

    def execute(self, sql: str, values: Sequence[object] = ()) -> Any:
        """
        :param sql: one statement
        :param values: of its placeholders
        :returns: the cursor
        """
        return self.connection.execute(self._sql(sql), values)

    def rows(self, sql: str, values: Sequence[object] = ()) -> list[tuple[Any, ...]]:
        """
        :param sql: a query
        :param values: of its placeholders
        :returns: its rows
        """
        found: list[tuple[Any, ...]] = self.execute(sql, values).fetchall()
        return found

    def one(self, sql: str, values: Sequence[object] = ()) -> Any:
        """
        :param sql: a query with one column
        :param values: of its placeholders
        :returns: the value of its first row, or None
        """
        row = self.execute(sql, values).fetchone()
        return row and row[0]

    def insert(self, table: str, columns: str, rows: Iterable[Sequence[object]]) -> None:
        """
        Many rows at once.

        :param table: its name
        :param columns: their names, with commas
        :param rows: values in this order
        """
        if self.is_postgres:
            with self.connection.cursor().copy(f'COPY {table} ({columns}) FROM STDIN') as copy:
                for row in rows:
                    copy.write_row(row)
            return
        marks = ', '.join('?' * len(columns.split(',')))
        self.connection.executemany(f'INSERT INTO {table} ({columns}) VALUES ({marks})', rows)

    def stream(self, sql: str, seconds: float) -> Generator[list[tuple[Any, ...]], None, None]:
        """
        The rows of a query as they are found.

        :param sql: without placeholders
        :param seconds: how long the database may work on it
        :returns: iterator over lists of rows
        :raises Interrupted: when the time is over; the rows before it are good
        """
        return self._stream_postgres(sql, seconds) if self.is_postgres else self._stream_sqlite(sql, seconds)

    def _stream_sqlite(self, sql: str, seconds: float) -> Generator[list[tuple[Any, ...]], None, None]:
        """
        :param sql: see :meth:`stream`
        :param seconds: likewise
        :returns: likewise
        :raises Interrupted: likewise
        """
        import time

        deadline = time.monotonic() + seconds
        self.connection.set_progress_handler(lambda: time.monotonic() > deadline, 20_000)
        try:
            cursor = self.connection.execute(sql)
            while rows := cursor.fetchmany(_BATCH):
                yield rows
        except sqlite3.OperationalError as error:
            if 'interrupted' not in str(error):
                raise
            raise Interrupted from error
        finally:
            self.connection.set_progress_handler(None, 0)

    def _stream_postgres(  # pragma: no cover  # run by the step postgresql, which measures none
        self, sql: str, seconds: float
    ) -> Generator[list[tuple[Any, ...]], None, None]:
        """
        :param sql: see :meth:`stream`
        :param seconds: likewise
        :returns: likewise
        :raises Interrupted: likewise
        """
        import psycopg

        self.execute(f'SET LOCAL statement_timeout = {max(1, int(seconds * 1000))}')
        # Not a cursor of the server: for those PostgreSQL works with one processor only.
        size = _BATCH if psycopg.pq.version() >= _LIBPQ_WITH_CHUNKS else 1
        rows = self.connection.cursor().stream(sql, size=size)
        try:
            while batch := list(itertools.islice(rows, _BATCH)):
                yield batch
        except psycopg.errors.QueryCanceled as error:
            raise Interrupted from error
        finally:
            rows.close()
            if self.connection.info.transaction_status == psycopg.pq.TransactionStatus.INERROR:
                self.connection.rollback()

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """:returns: a block whose changes are there together or not at all"""
        try:
            yield
        except BaseException:
            self.connection.rollback()
            raise
        self.connection.commit()

    def close(self) -> None:
        """Close it."""
        with suppress(Exception):
            self.connection.close()


@contextmanager
def reading(where: Where) -> Iterator[Database]:
    """
    Open an archive for a search: one unchanging state of it, even while it is being built.

    :param where: of its tables
    :returns: the database
    :raises EngineError: ``geomine.no_archive``, ``geomine.old_archive`` or ``geomine.unreachable``
    """
    database = _postgres(where, reading_only=True) if where.is_postgres else _sqlite_for_reading(where)
    try:
        if _format(database) != FORMAT:
            hint = 'manage.py build_geomine builds it anew.'
            raise EngineError('geomine.old_archive', 'The archive was built by another version of GeoMine.', hint)
        yield database
    finally:
        database.close()


def writing(where: Where) -> Database:
    """
    Open an archive to build it; its tables are made if they are missing or of another format.

    :param where: of its tables
    :returns: the database
    :raises EngineError: ``geomine.unreachable``
    """
    if where.is_postgres:
        database = _postgres(where, reading_only=False)
    else:
        database = Database(sqlite3.connect(where.name, timeout=30), is_postgres=False)
        database.execute('PRAGMA foreign_keys = ON')
    with database.transaction():
        if _format(database) != FORMAT:
            create(database)
    return database


def create(database: Database) -> None:
    """
    Make the tables, empty.

    :param database: open for writing, in a transaction
    """
    for name in _TABLES:
        database.execute(f'DROP TABLE IF EXISTS geomine_{name}')
    script = re.sub(r'--.*', '', _SCHEMA.read_text(encoding='utf-8'))
    if not database.is_postgres:
        script = script.replace('/*WITHOUT ROWID*/', 'WITHOUT ROWID').replace('bytea', 'blob')
    for statement in filter(str.strip, script.split(';')):
        database.execute(statement)
    database.execute('INSERT INTO geomine_archive (id, format, version) VALUES (1, %s, %s)', (FORMAT, new_version()))


def new_version() -> str:
    """:returns: a version that no archive has had"""
    return os.urandom(16).hex()


def _format(database: Database) -> int | None:
    """
    :param database: open
    :returns: format of its tables; None if there are none
    """
    if database.is_postgres:
        there = database.one("SELECT to_regclass('geomine_archive')")
    else:
        there = database.one("SELECT 1 FROM sqlite_master WHERE name = 'geomine_archive'")
    found: int | None = there and database.one('SELECT format FROM geomine_archive')
    return found


def _sqlite_for_reading(where: Where) -> Database:
    """
    A finished file is never changed, but replaced by another one, so it needs no lock and no folder to write to.

    :param where: of the file
    :returns: the database
    :raises EngineError: ``geomine.no_archive``
    """
    path = Path(where.name)
    try:
        if not path.is_file():
            raise FileNotFoundError
        connection = sqlite3.connect(f'{path.resolve().as_uri()}?mode=ro&immutable=1', uri=True)
        connection.execute('PRAGMA cache_size = -65536')
        connection.execute('PRAGMA temp_store = MEMORY')
        connection.execute('SELECT 1 FROM geomine_archive')
    except (OSError, sqlite3.Error) as error:
        raise no_archive() from error
    return Database(connection, is_postgres=False)


def _postgres(where: Where, reading_only: bool) -> Database:  # pragma: no cover  # likewise
    """
    :param where: of the tables
    :param reading_only: whether nothing may be changed, and all is seen as it was at the beginning
    :returns: the database
    :raises EngineError: ``geomine.unreachable``; ``geomine.no_archive`` if it is to be read and has no tables
    """
    import psycopg

    named = {'dbname': where.name, 'host': where.host, 'port': where.port, 'user': where.user}
    given: dict[str, Any] = {name: value for name, value in {**named, 'password': where.password}.items() if value}
    try:
        connection = psycopg.connect(**given, connect_timeout=10, application_name='geomine')
    except psycopg.OperationalError as error:
        raise EngineError('geomine.unreachable', 'The database of the archive cannot be reached.') from error
    database = Database(connection, is_postgres=True)
    if reading_only:
        connection.read_only = True
        connection.isolation_level = psycopg.IsolationLevel.REPEATABLE_READ
        # The order of joins is chosen here, from exact counts.
        database.execute('SET join_collapse_limit = 1')
        database.execute("SET work_mem = '64MB'")
        connection.commit()
        if _format(database) is None:
            database.close()
            raise no_archive()
    return database


def no_archive() -> EngineError:
    """:returns: the error for an archive that is not there"""
    return EngineError('geomine.no_archive', 'There is no archive to search yet.', 'manage.py build_geomine makes one.')
