"""
Large archives made of a small one: every site is copied, each copy with its points moved at random, so that no two of
them have the same distances. Titles, ligands and structures of sites are copied as they are, so a byte is a byte.
"""

import re
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple

from engines.geomine.build.store import Store
from engines.geomine.database import Database, Where, reading, writing

NOISE = 0.3
"""Angstrom by which a coordinate of a copy differs at most."""
_BATCH = 20_000
_ENTRY = (
    'id, file, stamp, code, title, keywords, ec, method, resolution, date, chains, residues, ligands, error'
)  # fmt: skip
_SITE = 'id, entry, name, molecule, volume, points, content'
_MOLECULE = 'id, code, smiles, heavy_atoms, weight'
_KIND = 'id, shape, molecule, element, residue, parent, part, secondary, interactions, points'
_POINT = 'site, id, kind, x, y, z, surface, u, v, w'
_INDEX = 'geomine_point_kind'


class Size(NamedTuple):
    """How large an archive is: rows, and bytes of tables and indices on disk."""

    entries: int
    sites: int
    points: int
    bytes_: int
    point_bytes: int


def copy(source: Where, target: Where, points: int) -> Size:
    """
    :param source: a small archive
    :param target: becomes a large one; its tables are made anew
    :param points: how many it has at least
    :returns: how large it is
    """
    with reading(source) as small:
        database = writing(target)
        _fill(small, database, points)
        Store(database).finish()
        size = measured(database, target)
        database.close()
    return size


def part(source: Path, target: Path, points: int) -> None:
    """
    :param source: SQLite file of an archive
    :param target: becomes one of every n-th of its entries
    :param points: how many it has about
    """
    shutil.copy(source, target)
    database = writing(Where(str(target)))
    every = max(round(int(database.one('SELECT COUNT(*) FROM geomine_point')) / points), 1)
    gone = f'SELECT s.id FROM geomine_site s WHERE s.entry % {every} <> 0'
    for table, column in (('point', 'site'), ('site', 'id')):
        database.execute(f'DELETE FROM geomine_{table} WHERE {column} IN ({gone})')
    database.execute(f'DELETE FROM geomine_entry WHERE id % {every} <> 0')
    database.connection.commit()
    Store(database).finish()
    database.close()


def _fill(small: Database, large: Database, points: int) -> None:
    """
    :param small: is copied
    :param large: gets the copies
    :param points: how many it has at least
    """
    for table, columns in (('molecule', _MOLECULE), ('kind', _KIND)):
        large.insert(f'geomine_{table}', columns, small.rows(f'SELECT {columns} FROM geomine_{table}'))
    counts = [int(small.one(f'SELECT MAX(id) FROM geomine_{table}')) for table in ('entry', 'site')]
    number = int(small.one('SELECT COUNT(*) FROM geomine_point'))
    copies = -(-points // number)
    with _without_index(large):
        for turn in range(copies):
            _copy_rows(small, large, 'entry', _ENTRY, counts[0] * turn, 0)
            _copy_rows(small, large, 'site', _SITE, counts[1] * turn, counts[0] * turn)
            _copy_points(large, turn, counts[1], small)
            large.connection.commit()


def _copy_rows(small: Database, large: Database, table: str, columns: str, shift: int, entry_shift: int) -> None:
    """
    :param small: is copied
    :param large: gets the rows
    :param table: entries or sites
    :param columns: of the table
    :param shift: of the numbers of the rows
    :param entry_shift: of the numbers of their entries
    """
    for rows in _batches(small, f'SELECT {columns} FROM geomine_{table} ORDER BY id'):
        if table == 'entry':
            moved = [(row[0] + shift, f'{row[1]}#{shift}', *row[2:]) for row in rows]
        else:
            moved = [(row[0] + shift, row[1] + entry_shift, *row[2:]) for row in rows]
        large.insert(f'geomine_{table}', columns, moved)


def _copy_points(large: Database, turn: int, sites: int, small: Database) -> None:
    """
    The first copy comes from the small archive, as it is; the others are made inside the database.

    :param large: gets the points
    :param turn: number of the copy
    :param sites: of one copy
    :param small: the small archive
    """
    if turn == 0:
        for rows in _batches(small, f'SELECT {_POINT} FROM geomine_point ORDER BY site, id'):
            large.insert('geomine_point', _POINT, rows)
        return
    dice = 'random()' if large.is_postgres else '(random() / 18446744073709551616.0 + 0.5)'
    moved = [f'{axis} + ({dice} - 0.5) * {2 * NOISE}' for axis in 'xyz']
    sql = f'SELECT site + {sites * turn}, id, kind, {", ".join(moved)}, surface, u, v, w FROM geomine_point'
    large.execute(f'INSERT INTO geomine_point ({_POINT}) {sql} WHERE site <= {sites} ORDER BY site, id')


def _batches(database: Database, sql: str) -> Iterator[list[tuple[Any, ...]]]:
    """
    :param database: that is asked
    :param sql: a query
    :returns: iterator over its rows, many at a time
    """
    cursor = database.execute(sql)
    while rows := cursor.fetchmany(_BATCH):
        yield rows


@contextmanager
def _without_index(database: Database) -> Iterator[None]:
    """
    :param database: whose index of points is made when the block ends, as one does with many rows
    :returns: the block
    """
    schema = (Path(__file__).resolve().parents[2] / 'engines' / 'geomine' / 'schema.sql').read_text(encoding='utf-8')
    (made,) = re.findall(rf'CREATE INDEX {_INDEX} [^;]*', schema)
    database.execute(f'DROP INDEX {_INDEX}')
    yield
    if database.is_postgres:
        database.execute("SET maintenance_work_mem = '512MB'")
    database.execute(made)
    database.connection.commit()


def measured(database: Database, where: Where) -> Size:
    """
    :param database: open
    :param where: it is
    :returns: how large it is
    """
    names = ('entry', 'site', 'point')
    entries, sites, points = (int(database.one(f'SELECT COUNT(*) FROM geomine_{name}')) for name in names)
    if not database.is_postgres:
        return Size(entries, sites, points, Path(where.name).stat().st_size, 0)
    tables = ('entry', 'site', 'molecule', 'kind', 'point')
    each = [int(database.one(f"SELECT pg_total_relation_size('geomine_{name}')")) for name in tables]
    database.connection.commit()
    return Size(entries, sites, points, sum(each), each[-1])
