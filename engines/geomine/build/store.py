"""Writes entries into the tables, each in one transaction."""

from collections import Counter
from collections.abc import Sequence
from typing import Any

from engines.geomine.build.extract import EntryRow
from engines.geomine.build.sites import MoleculeRow, SiteRow
from engines.geomine.build.typing import KindKey
from engines.geomine.database import Database, new_version

DUPLICATE = 'geomine.duplicate'
_KIND = ', '.join(KindKey._fields)
_SITE = 'id, entry, name, molecule, volume, points, content'
_POINT = 'site, id, kind, x, y, z, surface, u, v, w'


class Store:
    """
    The tables of an archive that is built. Nobody else may write to them at the same time.

    :param database: open for writing
    """

    def __init__(self, database: Database) -> None:
        self.database = database
        self._learn()

    def _learn(self) -> None:
        """Read what numbers are given out already."""
        rows, one = self.database.rows, self.database.one
        self._kinds = {KindKey(*row[1:]): int(row[0]) for row in rows(f'SELECT id, {_KIND} FROM geomine_kind')}
        self._molecules = {
            (row[1], row[2]): int(row[0]) for row in rows('SELECT id, smiles, code FROM geomine_molecule')
        }
        self._last = {
            name: int(one(f'SELECT COALESCE(MAX(id), 0) FROM geomine_{name}'))
            for name in ('entry', 'site', 'kind', 'molecule')
        }

    def _next(self, name: str) -> int:
        """
        :param name: of a table
        :returns: a number for a new row
        """
        self._last[name] += 1
        return self._last[name]

    def stamps(self) -> dict[str, str]:
        """:returns: the stamp of each file that was read"""
        return {str(row[0]): str(row[1]) for row in self.database.rows('SELECT file, stamp FROM geomine_entry')}

    def put(self, file: str, stamp: str, entry: EntryRow) -> None:
        """
        Store an entry in the place of what the file gave before. One that another file has given already is noted only.

        :param file: that it comes from
        :param stamp: of the file
        :param entry: its rows
        """
        head = entry.header
        sql = "SELECT file FROM geomine_entry WHERE code = %s AND file <> %s AND error = ''"
        if other := self.database.one(sql, (head.code, file)):
            self.put_error(file, stamp, head.code, f'{DUPLICATE}: {head.code} is in {other}, too.')
            return
        numbers = (entry.chains, entry.residues, entry.ligands)
        classes = f' {" ".join(head.ec)} ' if head.ec else ''  # so that a search for a class begins with a blank
        texts = (head.code, head.title, head.keywords, classes, head.method, head.resolution, head.date)
        with self._changing(file):
            number = self._insert_entry((file, stamp, *texts, *numbers, ''))
            for site in entry.sites:
                self._insert_site(number, site)

    def put_error(self, file: str, stamp: str, code: str, error: str) -> None:
        """
        Note that a file gives no entry, so that it is not read again before it has changed.

        :param file: that was read
        :param stamp: of the file
        :param code: of the entry, if known
        :param error: why
        """
        with self._changing(file):
            self._insert_entry((file, stamp, code, '', '', '', '', None, '', 0, 0, 0, error))

    def remove(self, file: str) -> None:
        """
        :param file: that is no longer there
        """
        code = self.database.one('SELECT code FROM geomine_entry WHERE file = %s', (file,))
        with self._changing(file):
            # Another file of the entry takes its place.
            sql = "UPDATE geomine_entry SET stamp = '' WHERE code = %s AND error LIKE %s"
            self.database.execute(sql, (code, f'{DUPLICATE}%'))

    def _changing(self, file: str) -> '_Change':
        """
        :param file: whose rows are replaced
        :returns: a transaction that has removed them and gives the archive a new version
        """
        return _Change(self, file)

    def _insert_entry(self, values: Sequence[object]) -> int:
        """
        :param values: from ``file`` on
        :returns: its number
        """
        number = self._next('entry')
        columns = 'file, stamp, code, title, keywords, ec, method, resolution, date, chains, residues, ligands, error'
        self.database.insert('geomine_entry', f'id, {columns}', [(number, *values)])
        return number

    def _insert_site(self, entry: int, site: SiteRow) -> None:
        """
        :param entry: number of its entry
        :param site: its rows
        """
        number = self._next('site')
        molecule = self._molecule(site.molecule) if site.molecule else None
        row = (number, entry, site.name, molecule, site.volume, len(site.points), site.content)
        self.database.insert('geomine_site', _SITE, [row])
        points = [(number, point[0], self._kind(point[1]), *point[2:]) for point in site.points]
        self.database.insert('geomine_point', _POINT, points)

    def _kind(self, kind: KindKey) -> int:
        """
        :param kind: of a point
        :returns: its number
        """
        if kind not in self._kinds:
            self._kinds[kind] = number = self._next('kind')
            self.database.insert('geomine_kind', f'id, {_KIND}, points', [(number, *map(_plain, kind), 0)])
        return self._kinds[kind]

    def _molecule(self, molecule: MoleculeRow) -> int:
        """
        :param molecule: a ligand
        :returns: its number
        """
        key = (molecule.smiles, molecule.code)
        if key not in self._molecules:
            self._molecules[key] = number = self._next('molecule')
            row = (number, molecule.code, molecule.smiles, molecule.heavy_atoms, molecule.weight)
            self.database.insert('geomine_molecule', 'id, code, smiles, heavy_atoms, weight', [row])
        return self._molecules[key]

    def finish(self) -> None:
        """Count the points of each kind, which queries are planned by, and let the database look at its tables."""
        counted = Counter(
            {int(k): int(n) for k, n in self.database.rows('SELECT kind, COUNT(*) FROM geomine_point GROUP BY kind')}
        )
        old = {int(k): int(n) for k, n in self.database.rows('SELECT id, points FROM geomine_kind')}
        with self.database.transaction():
            for kind in old:
                if counted[kind] != old[kind]:
                    sql = 'UPDATE geomine_kind SET points = %s WHERE id = %s'
                    self.database.execute(sql, (counted[kind], kind))
        if not self.database.is_postgres:
            self.database.execute('ANALYZE')
            self.database.connection.commit()
            return
        self.database.execute('ALTER TABLE geomine_point ALTER COLUMN kind SET STATISTICS 1000')
        self.database.connection.commit()
        self.database.connection.autocommit = True
        for name in ('point', 'site', 'entry', 'kind', 'molecule'):
            self.database.execute(f'VACUUM (ANALYZE) geomine_{name}')
        self.database.connection.autocommit = False

    def numbers(self) -> dict[str, int]:
        """:returns: how much the archive holds"""
        wanted = {
            'entries': "SELECT COUNT(*) FROM geomine_entry WHERE error = ''",
            'unusable': "SELECT COUNT(*) FROM geomine_entry WHERE error <> ''",
            'sites': 'SELECT COUNT(*) FROM geomine_site',
            'points': 'SELECT COALESCE(SUM(points), 0) FROM geomine_site',
        }
        return {name: int(self.database.one(sql)) for name, sql in wanted.items()}


class _Change:
    """
    A transaction that replaces what a file has given. If it fails, nothing has changed, in the tables and in the store.

    :param store: of the archive
    :param file: the file
    """

    def __init__(self, store: Store, file: str) -> None:
        self._store, self._file = store, file

    def __enter__(self) -> None:
        """Remove the old rows."""
        execute = self._store.database.execute
        old = 'SELECT s.id FROM geomine_site s JOIN geomine_entry e ON e.id = s.entry WHERE e.file = %s'
        execute(f'DELETE FROM geomine_point WHERE site IN ({old})', (self._file,))
        execute(f'DELETE FROM geomine_site WHERE id IN ({old})', (self._file,))
        execute('DELETE FROM geomine_entry WHERE file = %s', (self._file,))
        execute('UPDATE geomine_archive SET version = %s', (new_version(),))

    def __exit__(self, kind: Any, *_: object) -> None:
        """
        Commit, or take it back.

        :param kind: of the exception, if there was one
        """
        if kind is None:
            self._store.database.connection.commit()
        else:
            self._store.database.connection.rollback()
            self._store._learn()


def _plain(value: object) -> object:
    """
    :param value: maybe of an enumeration, which psycopg does not write
    :returns: its number
    """
    return int(value) if isinstance(value, int) else value
