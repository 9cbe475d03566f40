"""Reads an index: candidates by k-mers, and of an entry what is asked for, when it is asked for."""

import sqlite3
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from engines.siena.chains import BACKBONE, Chain
from engines.siena.database.entry import Ligand
from engines.siena.database.files import FileState
from engines.siena.database.packing import unpack_points, unpack_words
from engines.siena.database.postings import count
from engines.siena.database.schema import open_index
from engines.siena.geometry import Points
from engines.siena.kmers import Codes

_VARIABLES = 500


@dataclass(frozen=True)
class Properties:
    """
    An entry of the index.

    :param key: in the index
    :param code: PDB id in capitals, or the name of the file
    :param resolution: Angstrom, None if unknown
    :param year: of the deposition, None if unknown
    :param electron: whether measured data stand behind a density map
    :param state: of its file when it was indexed
    :param title: of the entry
    """

    key: int
    code: str
    resolution: float | None
    year: int | None
    electron: bool
    state: FileState
    title: str

    @property
    def file(self) -> str:
        """Path below the folder of the archive."""
        return self.state.file


class StoredChain:
    """
    A chain of the index; its coordinates are read when they are needed.

    :param index: the index
    :param key: of the chain
    :param entry: key of its entry
    :param name: of the chain
    :param segments: its sequence
    """

    def __init__(self, index: 'Index', key: int, entry: int, name: str, segments: str) -> None:
        self._index = index
        self.key, self.entry, self.name, self.segments = key, entry, name, segments

    @cached_property
    def backbone(self) -> Points:
        """N, CA, C and O, shape (n, 4, 3), Angstrom, NaN where one is missing."""
        (packed,) = self._index.row('SELECT backbone FROM chain WHERE id = ?', self.key)
        return unpack_points(packed).reshape(-1, len(BACKBONE), 3)

    @cached_property
    def chain(self) -> Chain:
        """The chain with its atoms."""
        residues, side_names, side_points = self._index.row(
            'SELECT residues, side_names, side_points FROM chain WHERE id = ?', self.key
        )
        words = [residue.rsplit(' ', 1) for residue in unpack_words(residues)]
        return Chain(
            self.name,
            self.segments,
            [name for name, _ in words],
            [position for _, position in words],
            self.backbone,
            [names.split() for names in unpack_words(side_names) or ['']],
            unpack_points(side_points),
        )


class Index:
    """
    A finished index.

    :param path: SQLite file
    :raises EngineError: if it cannot be used
    """

    def __init__(self, path: Path) -> None:
        self._connection = open_index(path)

    def close(self) -> None:
        """Close the file."""
        self._connection.close()

    @cached_property
    def source(self) -> Path:
        """Folder of the structure files."""
        return Path(str(self.row("SELECT value FROM metadata_info WHERE key = 'source'")[0]))

    def row(self, query: str, *values: object) -> tuple[Any, ...]:
        """
        :param query: that has one row
        :param values: of its parameters
        :returns: the row
        """
        found: tuple[Any, ...] = self._connection.execute(query, values).fetchone()
        return found

    def candidates(self, kmers: Codes, least: int) -> dict[int, int]:
        """
        :param kmers: different k-mers
        :param least: number of them that a chain must have
        :returns: the numbers by key of the chain, the highest first
        """
        return count(self._connection, kmers, least)

    def chains(self, keys: Iterable[int]) -> Iterator[StoredChain]:
        """
        :param keys: of chains
        :returns: the chains, in any order
        """
        yield from self._stored('id', keys)

    def chains_of(self, entries: Iterable[int]) -> Iterator[StoredChain]:
        """
        :param entries: keys of entries
        :returns: all their chains, in the order of the file within each
        """
        yield from self._stored('entry', entries)

    def properties(self, keys: Iterable[int]) -> dict[int, Properties]:
        """
        :param keys: of entries
        :returns: the entries
        """
        rows = self._by_keys(
            'SELECT id, pdbcode, resolution, year, electron, file, filedate, size, title FROM pdbproperties', 'id', keys
        )
        return {
            row[0]: Properties(row[0], row[1], row[2], row[3], bool(row[4]), FileState(*row[5:8]), row[8])
            for row in rows
        }

    def ec_numbers(self, key: int) -> list[str]:
        """
        :param key: of an entry
        :returns: its EC numbers with all the classes above them
        """
        return [row[0] for row in self._by_keys('SELECT ecnumber FROM ec2pdb', 'entry', [key])]

    def ligands(self, key: int) -> list[Ligand]:
        """
        :param key: of an entry
        :returns: its ligands, in file order
        """
        rows = self._by_keys('SELECT name, additive, residues, points FROM ligand', 'entry', [key])
        return [
            Ligand(name, _keys(residues), bool(additive), unpack_points(points))
            for name, additive, residues, points in rows
        ]

    def _stored(self, column: str, keys: Iterable[int]) -> Iterator[StoredChain]:
        """
        :param column: that the keys are those of
        :param keys: the keys
        :returns: chains
        """
        for row in self._by_keys('SELECT id, entry, name, segments FROM chain', column, keys):
            yield StoredChain(self, *row)

    def _by_keys(self, query: str, column: str, keys: Iterable[int]) -> Iterator[sqlite3.Row]:
        """
        :param query: without its condition
        :param column: that the keys are those of
        :param keys: any number of them
        :returns: the rows, in the order in which they were stored
        """
        wanted = sorted(set(keys))
        for start in range(0, len(wanted), _VARIABLES):
            some = wanted[start : start + _VARIABLES]
            marks = ', '.join('?' * len(some))
            yield from self._connection.execute(f'{query} WHERE {column} IN ({marks}) ORDER BY rowid', some).fetchall()


def _keys(packed: bytes) -> list[tuple[str, int, str, str]]:
    """
    :param packed: residues of a ligand
    :returns: their keys
    """
    parts = (line.split('\t') for line in unpack_words(packed))
    return [(chain, int(number), icode, name) for chain, number, icode, name in parts]
