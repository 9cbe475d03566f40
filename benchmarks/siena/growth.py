"""Part f: how the index and the look-up grow to the size of the PDB, by synthetic replication."""

import json
import sqlite3
import sys
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import numpy as np

from engines.siena.chains import Chain
from engines.siena.database import storing
from engines.siena.database.entry import Entry
from engines.siena.database.files import FileState
from engines.siena.database.postings import make_postings
from engines.siena.database.schema import FORMAT, SCHEMA
from engines.siena.kmers import BREAK, LETTERS
from engines.siena.options import Options
from engines.siena.search import Search

from ..harness import ROOT, Verdict, cost_of, section, table
from .corpus import Archive, Site

SIZES = (2_000, 20_000, 200_000)
PDB_CHAINS = 920_000
"""Protein chains of 230,000 entries: four an entry."""
CHANGED = 0.6
"""Share of the residues of a replica that are drawn anew."""
_SECONDS, _MEGABYTES = 1.0, 500
_ASKED_AT = 200_000
_LOOK_UP = """
import json, sys, time
from pathlib import Path
import numpy as np
from engines.siena.database.reader import Index
kmers = np.array(json.loads(sys.argv[2]), np.int32)
times = []
for _ in range(int(sys.argv[5])):
    start = time.monotonic()
    index = Index(Path(sys.argv[1]))
    found = index.candidates(kmers, int(sys.argv[3]))
    list(index.chains(list(found)[:20000]))
    index.close()
    times.append(time.monotonic() - start)
Path(sys.argv[4]).write_text(json.dumps([times, len(found) if times else 0]))
"""
"""Looks up k-mers in a process of its own, so often; without a look-up it shows what the imports take."""


@contextmanager
def new_index(target: Path) -> Iterator[sqlite3.Connection]:
    """
    :param target: to be made
    :returns: an empty index, whose postings are made at the end of the block
    """
    target.unlink(missing_ok=True)
    with closing(sqlite3.connect(target)) as connection:
        connection.executescript('PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF;')
        connection.executescript(SCHEMA)
        rows = {'format': FORMAT, 'source': str(target.parent), 'content': 'synthetic', 'made': ''}
        connection.executemany('INSERT INTO metadata_info VALUES (?, ?)', rows.items())
        yield connection
        connection.commit()
        for _ in make_postings(connection):
            pass


def write_chain(connection: sqlite3.Connection, code: str, chain: Chain, segments: str) -> None:
    """
    :param connection: of an index under construction
    :param code: of an entry with this chain alone
    :param chain: whose coordinates and residues are taken
    :param segments: its sequence
    """
    copy = Chain(
        chain.name, segments, chain.names, chain.positions, chain.backbone, chain.side_names, chain.side_points
    )
    storing.insert(connection, FileState(f'{code}.pdb', '', 0), storing.pack_entry(Entry(code, chains=[copy])))


def report(archive: Archive, site: Site, work: Path, verdicts: list[Verdict], whole: bool) -> str:
    """
    :param archive: whose chains are replicated
    :param site: that is looked up
    :param work: folder for indices
    :param verdicts: gets two
    :param whole: up to the size of the PDB
    :returns: part f of the report
    """
    rows: list[tuple[object, ...]] = []
    search = Search(archive.index, site.query, Options())
    kmers, least = search._kmers[search._anchor], search.least(search._anchor)
    for size in (*SIZES, PDB_CHAINS) if whole else SIZES:
        target = work / 'growth.sqlite'
        start = time.monotonic()
        residues = _replicate(archive, target, size)
        made = time.monotonic() - start
        (first, second), found, end = _looked_up(target, kmers.tolist(), least, work / 'found.json', 2)
        _, _, begin = _looked_up(target, kmers.tolist(), least, work / 'found.json', 0)
        megabytes = target.stat().st_size / 2**20
        with closing(sqlite3.connect(target)) as connection:
            posting = connection.execute('SELECT sum(length(chains)) FROM posting').fetchone()[0] / 2**20
        rows.append(
            (f'{size:,}', f'{residues / 1e6:.1f}', f'{made:.0f}', f'{megabytes:,.0f}', f'{posting:,.0f}', found,
             f'{first:.2f}', f'{second:.2f}', f'{end:.0f}', f'{end - begin:.0f}')
        )  # fmt: skip
        target.unlink()
        if size == _ASKED_AT:
            verdicts.append(
                Verdict(f'look-up among {size:,} chains', f'< {_SECONDS:g} s', f'{first:.2f} s', first < _SECONDS)
            )
            verdicts.append(
                Verdict('its memory, Python among it', f'< {_MEGABYTES} MB', f'{end:.0f} MB', end < _MEGABYTES)
            )
    heads = ('chains', 'residues, million', 'made in, s', 'on disk, MB', 'postings, MB', 'candidates',
             'look-up, s', 'again, s', 'memory, MB', 'above the start, MB')  # fmt: skip
    about = (
        f'Indices of replicas of the {len(archive.chains):,} chains of the archive, in each of which '
        f'{CHANGED:.0%} of the residues were drawn anew, so that the lists of all k-mers are filled as those of many '
        'different proteins are; coordinates and all else as in a real one, but for the largest, whose coordinates, '
        'which a look-up does not read, were left out. Making them includes no reading of files, which is part e. The '
        f'look-up is that of {site.name}: {len(kmers)} k-mers, of which a candidate has {least} or more, and the rows '
        'of the candidates.'
    )
    return section('f. How does it grow?', about, table(heads, rows))


def _looked_up(target: Path, kmers: list[int], least: int, output: Path, times: int) -> tuple[list[float], int, float]:
    """
    :param target: an index
    :param kmers: that are looked up
    :param least: of them a candidate has
    :param output: file for what was found
    :param times: how often
    :returns: seconds of each time, number of candidates, and the memory of the process in MB
    :raises RuntimeError: if it fails
    """
    argv = [sys.executable, '-c', f'import sys; sys.path.insert(0, {str(ROOT)!r}){_LOOK_UP}']
    cost = cost_of([*argv, str(target), json.dumps(kmers), str(least), str(output), str(times)])
    if cost.code:
        raise RuntimeError('The look-up failed.')
    seconds, found = json.loads(output.read_text())
    return seconds, found, cost.megabytes


def _replicate(archive: Archive, target: Path, size: int) -> int:
    """
    :param archive: whose chains are replicated
    :param target: index to make
    :param size: chains of it
    :returns: residues of them
    """
    rng = np.random.default_rng(size)
    alphabet = np.frombuffer(LETTERS.encode(), np.uint8)
    packed = [(chain, storing.pack_entry(Entry('X', chains=[chain]))) for *_, chain in archive.chains]
    residues = 0
    with new_index(target) as connection:
        for number in range(size):
            chain, entry = packed[number % len(packed)]
            letters = np.frombuffer(chain.segments.encode(), np.uint8).copy()
            changed = (rng.random(len(letters)) < CHANGED) & (letters != ord(BREAK))
            letters[changed] = alphabet[rng.integers(0, len(alphabet), int(changed.sum()))]
            row = entry.chains[0]
            own = entry._replace(
                properties=(f'S{number}', *entry.properties[1:]),
                chains=[(row[0], letters.tobytes().decode(), *(row[2:] if size <= _ASKED_AT else [b''] * 4))],
            )
            storing.insert(connection, FileState(f'{number}.pdb', '', 0), own)
            residues += len(chain.names)
            if number % 20_000 == 0:
                connection.commit()
    return residues
