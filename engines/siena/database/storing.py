"""Writes entries into an index under construction, and takes them out again."""

import sqlite3
from collections.abc import Iterable
from functools import cache
from pathlib import Path
from typing import NamedTuple

from engines.archive.pool import Failure
from engines.siena.chains import Chain
from engines.siena.database.entry import Entry, Ligand, read_entry
from engines.siena.database.files import FileState
from engines.siena.database.packing import pack_points, pack_words
from engines.siena.database.schema import BLOCK
from engines.structure.components import ComponentDictionary


class PackedEntry(NamedTuple):
    """Rows of an entry without the keys that the index gives them."""

    properties: tuple[object, ...]
    ec_numbers: list[str]
    chains: list[tuple[object, ...]]
    ligands: list[tuple[object, ...]]


def read_packed(path: Path, ccd: Path) -> PackedEntry:
    """
    :param path: of a structure file
    :param ccd: component dictionary
    :returns: the rows of its entry
    :raises EngineError: if it is no structure
    """
    return pack_entry(read_entry(path, _dictionary(ccd)))


@cache
def _dictionary(ccd: Path) -> ComponentDictionary:
    """
    :param ccd: component dictionary
    :returns: it, opened once a process
    """
    return ComponentDictionary(ccd)


def pack_entry(entry: Entry) -> PackedEntry:
    """
    :param entry: as read
    :returns: its rows
    """
    properties = (entry.code, entry.resolution, entry.year, int(entry.electron), entry.title)
    return PackedEntry(
        properties, _levels(entry.ec_numbers), [_chain_row(chain) for chain in entry.chains],
        [_ligand_row(ligand) for ligand in entry.ligands],
    )  # fmt: skip


def _levels(numbers: Iterable[str]) -> list[str]:
    """
    :param numbers: EC numbers
    :returns: them and the classes above: ``1``, ``1.1``, ``1.1.1``, ``1.1.1.27``
    """
    parts = ([part for part in number.split('.') if part != '-'] for number in numbers)
    return list(dict.fromkeys('.'.join(part[:level]) for part in parts for level in range(1, len(part) + 1)))


def _chain_row(chain: Chain) -> tuple[object, ...]:
    """
    :param chain: a chain
    :returns: name, segments, residues, backbone and side chains
    """
    residues = [f'{name} {position}' for name, position in zip(chain.names, chain.positions, strict=True)]
    return (
        chain.name, chain.segments, pack_words(residues), pack_points(chain.backbone),
        pack_words([' '.join(names) for names in chain.side_names]), pack_points(chain.side_points),
    )  # fmt: skip


def _ligand_row(ligand: Ligand) -> tuple[object, ...]:
    """
    :param ligand: a ligand
    :returns: name, additive, residues and points
    """
    keys = ['\t'.join(map(str, key)) for key in ligand.residues]
    return ligand.name, int(ligand.additive), pack_words(keys), pack_points(ligand.points)


def insert(connection: sqlite3.Connection, state: FileState, entry: PackedEntry) -> None:
    """
    :param connection: of the index under construction
    :param state: of the file
    :param entry: its rows
    """
    code, resolution, year, electron, title = entry.properties
    key = connection.execute(
        'INSERT INTO pdbproperties (pdbcode, resolution, year, electron, file, filedate, size, title)'
        ' VALUES (?, ?, ?, ?, ?, ?, ?, ?)',
        (code, resolution, year, electron, *state, title),
    ).lastrowid
    connection.executemany('INSERT INTO ec2pdb VALUES (?, ?, ?)', [(number, code, key) for number in entry.ec_numbers])
    blocks = set()
    for row in entry.chains:
        chain = connection.execute('INSERT INTO chain VALUES (NULL, ?, ?, ?, ?, ?, ?, ?)', (key, *row)).lastrowid or 0
        blocks.add(chain // BLOCK)
    _mark(connection, blocks)
    connection.executemany('INSERT INTO ligand VALUES (?, ?, ?, ?, ?)', [(key, *row) for row in entry.ligands])


def remove(connection: sqlite3.Connection, file: str) -> None:
    """
    :param connection: of the index under construction
    :param file: whose entry goes
    """
    row = connection.execute('SELECT id FROM pdbproperties WHERE file = ?', (file,)).fetchone()
    connection.execute('DELETE FROM unreadable WHERE file = ?', (file,))
    if row is None:
        return
    _mark(connection, {key // BLOCK for (key,) in connection.execute('SELECT id FROM chain WHERE entry = ?', row)})
    connection.execute('DELETE FROM pdbproperties WHERE id = ?', row)
    for table in ('ec2pdb', 'chain', 'ligand'):
        connection.execute(f'DELETE FROM {table} WHERE entry = ?', row)  # noqa: S608  # names of ours


def refuse(connection: sqlite3.Connection, state: FileState, failure: Failure) -> None:
    """
    :param connection: of the index under construction
    :param state: of a file that cannot be read
    :param failure: why; a passing one is kept under a size that no file has, so that the next build reads the file
    """
    kept = state._replace(size=-1) if failure.passing else state
    connection.execute('INSERT INTO unreadable VALUES (?, ?, ?, ?, ?)', (*kept, failure.code, failure.message))


def _mark(connection: sqlite3.Connection, blocks: Iterable[int]) -> None:
    """
    :param connection: of the index under construction
    :param blocks: whose postings have to be made again
    """
    connection.executemany('INSERT OR IGNORE INTO stale_block VALUES (?)', [(block,) for block in blocks])
