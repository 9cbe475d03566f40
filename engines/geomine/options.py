"""The arguments that tell where the archive is, the same for searching and building."""

import os
from argparse import Namespace

from engines.command_line import ArgumentParser
from engines.geomine.database import Where


def add_database(parser: ArgumentParser) -> None:
    """
    :param parser: gets the arguments
    """
    parser.add_argument('--database', required=True, help='name of the database; of SQLite the path of its file')
    parser.add_argument('--dbIsPostgres', action='store_true', help='the database is one of PostgreSQL')
    parser.add_argument('--hostname', default='', help='of PostgreSQL, or the folder of its socket')
    parser.add_argument('--port', default='', help='of PostgreSQL')
    parser.add_argument('--username', default='', help='name of the environment variable with the user')
    parser.add_argument('--password', default='', help='name of the environment variable with the password')


def where_of(options: Namespace) -> Where:
    """
    :param options: the parsed arguments
    :returns: where the archive is
    """
    user, password = (os.environ.get(name, '') if name else '' for name in (options.username, options.password))
    return Where(options.database, options.dbIsPostgres, options.hostname, options.port, user, password)
