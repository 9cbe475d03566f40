"""Of each k-mer the chains that have it: made block by block, and looked up."""

import sqlite3
from collections.abc import Iterator

import numpy as np
import numpy.typing as npt

from engines.siena.database.schema import BLOCK
from engines.siena.kmers import Codes, distinct

_VARIABLES = 500
"""Parameters of one statement; some SQLite builds take 999."""


def make_postings(connection: sqlite3.Connection) -> Iterator[tuple[int, int]]:
    """
    Make the postings of all blocks that have changed, each in a transaction of its own.

    :param connection: of the index under construction
    :returns: after each block how many are made, and of how many
    """
    stale = [block for (block,) in connection.execute('SELECT block FROM stale_block ORDER BY block').fetchall()]
    for index, block in enumerate(stale, start=1):
        with connection:
            connection.execute('DELETE FROM posting WHERE block = ?', (block,))
            connection.executemany('INSERT INTO posting VALUES (?, ?, ?)', _postings(connection, block))
            connection.execute('DELETE FROM stale_block WHERE block = ?', (block,))
        yield index, len(stale)


def _postings(connection: sqlite3.Connection, block: int) -> Iterator[tuple[int, int, bytes]]:
    """
    :param connection: of the index under construction
    :param block: of chains
    :returns: rows of the block
    """
    first = block * BLOCK
    rows = connection.execute('SELECT id, segments FROM chain WHERE id >= ? AND id < ?', (first, first + BLOCK))
    kmers, chains = [np.empty(0, np.int32)], [np.empty(0, np.uint16)]
    for key, segments in rows:
        found = distinct(segments)
        kmers.append(found)
        chains.append(np.full(len(found), key - first, np.uint16))
    all_kmers, all_chains = np.concatenate(kmers), np.concatenate(chains)
    order = np.argsort(all_kmers, kind='stable')
    all_kmers, all_chains = all_kmers[order], all_chains[order]
    starts = np.flatnonzero(np.diff(all_kmers, prepend=-1))
    for start, end in zip(starts, [*starts[1:], len(all_kmers)], strict=True):
        yield block, int(all_kmers[start]), all_chains[start:end].tobytes()


def count(connection: sqlite3.Connection, kmers: Codes, least: int) -> dict[int, int]:
    """
    How many of some k-mers the chains of the index have.

    :param connection: of an index
    :param kmers: different k-mers
    :param least: number of them that a chain must have
    :returns: the numbers by chain, the highest first
    """
    found: list[tuple[int, int]] = []
    last = connection.execute('SELECT max(id) FROM chain').fetchone()[0]
    for block in range(0 if last is None else last // BLOCK + 1):
        numbers = np.zeros(BLOCK, np.uint16)
        for chains in _rows(connection, block, kmers):
            numbers[chains] += 1
        offsets = np.flatnonzero(numbers >= max(least, 1))
        found += zip((offsets + block * BLOCK).tolist(), numbers[offsets].tolist(), strict=True)
    return dict(sorted(found, key=lambda item: (-item[1], item[0])))


def _rows(connection: sqlite3.Connection, block: int, kmers: Codes) -> Iterator[npt.NDArray[np.uint16]]:
    """
    :param connection: of an index
    :param block: of chains
    :param kmers: different k-mers
    :returns: of each that the block has the chains
    """
    for start in range(0, len(kmers), _VARIABLES):
        some = kmers[start : start + _VARIABLES].tolist()
        marks = ', '.join('?' * len(some))
        query = f'SELECT chains FROM posting WHERE block = ? AND kmer IN ({marks})'  # noqa: S608  # marks alone
        for (chains,) in connection.execute(query, (block, *some)):
            yield np.frombuffer(chains, np.uint16)
