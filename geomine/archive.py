"""
Where the archive is that GeoMine searches, and which version of it.

On SQLite it has a file of its own beside the database: a tool must not see the jobs of all users, and building it would
keep everybody else from writing. On PostgreSQL its tables are in the database of the server unless settings name
another one.
"""

import sqlite3
from dataclasses import dataclass
from pathlib import Path

from django.conf import settings
from django.db import connection

from proteins_plus.errors import SystemFault

#: Environment variables in which the program finds who asks the database.
USER, PASSWORD = 'GEOMINE_DB_USER', 'GEOMINE_DB_PASS'
_NONE = (
    'There is no archive to search yet.',
    'archive.not_built',
    'The operator builds it with manage.py build_geomine; ./start.sh --demo builds a small one.',
)
_PORT = '5432'


@dataclass(frozen=True)
class Archive:
    """
    Where the tables are.

    :param name: of the database; of SQLite the path of its file
    :param is_postgres: which of the two it is
    :param host: of PostgreSQL, or the folder of its socket
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

    def arguments(self) -> list[str]:
        """:returns: how the programs of GeoMine are told; user and password by the names of variables"""
        if not self.is_postgres:
            return [f'--database={self.name}']
        given = {'hostname': self.host, 'port': self.port}
        named = {'username': USER if self.user else '', 'password': PASSWORD if self.password else ''}
        options = [f'--{option}={value}' for option, value in {**given, **named}.items() if value]
        return [f'--database={self.name}', '--dbIsPostgres', *options]

    def reads(self) -> tuple[Path, ...]:
        """:returns: what a run has to see of the file system: the file, or the socket of the server"""
        if not self.is_postgres:
            return (Path(self.name),)
        return (Path(self.host) / f'.s.PGSQL.{self.port or _PORT}',) if self._has_socket() else ()

    def needs_network(self) -> bool:
        """:returns: whether the database can be reached over the network only"""
        return self.is_postgres and not self._has_socket()

    def _has_socket(self) -> bool:
        """:returns: whether the host is the folder of a socket"""
        return self.host.startswith('/')


def where() -> Archive:
    """
    :returns: where the settings say that the archive is
    """
    main = connection.settings_dict
    user, password = settings.GEOMINE_DB_USER, settings.GEOMINE_DB_PASS
    if settings.GEOMINE_HOSTNAME:
        name = settings.GEOMINE_DB_NAME or 'geomine'
        return Archive(name, True, settings.GEOMINE_HOSTNAME, settings.GEOMINE_DB_PORT, user, password)
    if connection.vendor != 'postgresql' or '/' in settings.GEOMINE_DB_NAME:
        return Archive(settings.GEOMINE_DB_NAME or str(settings.GEOMINE_FILE))
    if not user:
        user, password = str(main['USER']), str(main['PASSWORD'])
    name = settings.GEOMINE_DB_NAME or str(main['NAME'])
    return Archive(name, True, str(main['HOST']), str(main['PORT']), user, password)


def version() -> str:
    """
    Part of every hash: a new archive never serves old results.

    :returns: the version of the archive, which changes with everything in it
    :raises SystemFault: ``archive.not_built`` if there is none or it cannot be reached
    """
    there = where()
    try:
        return _version_postgres(there) if there.is_postgres else _version_sqlite(there)
    except (OSError, sqlite3.Error) as error:
        raise SystemFault(*_NONE) from error


def _version_sqlite(there: Archive) -> str:
    """
    :param there: an archive
    :returns: see :func:`version`
    :raises sqlite3.Error: if there is none
    """
    # A file that is searched never changes, but is replaced by another one.
    opened = sqlite3.connect(f'{Path(there.name).absolute().as_uri()}?mode=ro&immutable=1', uri=True)
    try:
        return str(opened.execute('SELECT version FROM geomine_archive').fetchone()[0])
    finally:
        opened.close()


def _version_postgres(there: Archive) -> str:
    """
    :param there: an archive
    :returns: see :func:`version`
    :raises SystemFault: if there is none
    """
    import psycopg

    named = {'dbname': there.name, 'host': there.host, 'port': there.port, 'user': there.user}
    given = {name: value for name, value in {**named, 'password': there.password}.items() if value}
    try:
        with psycopg.connect(**given, connect_timeout=10) as opened:  # type: ignore[arg-type]  # all of it is text
            return str(opened.execute('SELECT version FROM geomine_archive').fetchall()[0][0])
    except psycopg.Error as error:
        raise SystemFault(*_NONE) from error
