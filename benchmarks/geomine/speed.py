"""Part c: how long a query of three points takes in large archives, on both databases, and how large these are."""

import argparse
import json
import os
import resource
import time
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

from engines.geomine.database import Where, reading
from engines.geomine.query import parse
from engines.geomine.search import search

from ..harness import Verdict, run_on, section, table
from . import copies

MODULE = 'benchmarks.geomine.speed'
TRIES = 5
SMALL, LARGE = 0.3, 5.0
"""Seconds that are asked for."""
_NEAR = {'max': 3.5}
QUERIES: dict[str, dict[str, Any]] = {
    'acid at a hydroxyl of a ligand, glycine beside it': {
        'points': [
            {'id': 'a', 'residue': 'ASP', 'interaction': 'anion'},
            {'id': 'b', 'molecule': 'ligand', 'element': 'O', 'interaction': 'donor'},
            {'id': 'c', 'residue': 'GLY', 'interaction': 'donor', 'part': 'backbone'},
        ],
        'distances': [{'between': ['a', 'b'], **_NEAR}, {'between': ['b', 'c'], 'min': 3, 'max': 6}],
    },
    'catalytic triad': {
        'points': [
            {'id': 'a', 'residue': 'SER', 'element': 'O', 'part': 'side_chain'},
            {'id': 'b', 'residue': 'HIS', 'element': 'N', 'part': 'side_chain'},
            {'id': 'c', 'residue': 'ASP', 'interaction': 'anion'},
        ],
        'distances': [{'between': ['a', 'b'], **_NEAR}, {'between': ['b', 'c'], **_NEAR}],
    },
    'ring on ring, cation above': {
        'points': [
            {'id': 'a', 'shape': 'ring', 'molecule': 'protein'},
            {'id': 'b', 'shape': 'ring', 'molecule': 'ligand'},
            {'id': 'c', 'interaction': 'cation', 'molecule': 'protein'},
        ],
        'distances': [{'between': ['a', 'b'], 'max': 5.5}, {'between': ['b', 'c'], 'max': 6}],
    },
    'any donor, any acceptor, any apolar atom': {
        'points': [
            {'id': 'a', 'interaction': 'donor', 'molecule': 'protein'},
            {'id': 'b', 'interaction': 'acceptor', 'molecule': 'ligand'},
            {'id': 'c', 'interaction': 'hydrophobic', 'molecule': 'protein'},
        ],
        'distances': [{'between': ['a', 'b'], **_NEAR}, {'between': ['b', 'c'], 'max': 4.5}],
    },
}
UNSELECTIVE = 'any donor, any acceptor, any apolar atom'
"""Says next to nothing; it is measured to tell what that costs, and no figure is asked for."""


def report(archive: Path, folder: Path, sizes: tuple[int, ...], answers: list[Verdict]) -> str:
    """
    :param archive: SQLite file
    :param folder: for what is measured
    :param sizes: points of the small and of the large archive
    :param answers: gets three
    :returns: part c of the report
    """
    runs = [('sqlite', sizes[0], SMALL), ('postgresql', sizes[0], SMALL), ('postgresql', sizes[1], LARGE)]
    heads = ('database', 'points', 'query', 'sites that match', 'ways', 'complete', 'seconds')
    rows: list[tuple[object, ...]] = []
    large: list[tuple[object, ...]] = []
    for database, points, asked in runs:
        output = folder / f'{database}-{points}.json'
        run_on(database, MODULE, '--archive', str(archive), '--points', str(points), '--output', str(output))
        told = json.loads(output.read_text())
        size = copies.Size(*told['size'])
        large.append((database, f'{size.entries:,}', f'{size.sites:,}', f'{size.points:,}', f'{size.bytes_ / 1e9:.2f}',
                      f'{size.bytes_ / size.points:.0f}', f'{told["fill"]:.0f}', f'{told["memory"]:.0f}'))  # fmt: skip
        rows += [(database, f'{size.points:,}', *each) for each in told['rows']]
        slowest = max(float(row[-1]) for row in told['rows'] if row[0] != UNSELECTIVE)
        question = f'three points of {size.points / 1e6:.1f} million, {database}'
        answers.append(Verdict(question, f'< {asked} s', f'{slowest:.2f} s', slowest < asked))
    about = (
        f'Archives made of copies of the one above, whose points are moved by up to {copies.NOISE} Å at random. A '
        f'search from the parsed query to the ranked list, imports and result left out; the best of {TRIES}. The '
        'machine was shared with other work, so times are too long rather than too short. The last query fits almost '
        'everywhere; no figure is asked for it.'
    )
    sizes_about = (
        'Sizes: bytes of tables and indices, structures of the sites included; memory of the process that asks.'
    )
    names = ('database', 'entries', 'sites', 'points', 'GB', 'bytes a point', 'seconds to fill', 'MB to ask')
    return section('c. Speed', about, table(heads, rows), sizes_about, table(names, large))


def main() -> None:
    """Fill a database and ask it; what is measured goes to a file."""
    parser = argparse.ArgumentParser(prog=MODULE)
    parser.add_argument('--archive', type=Path, required=True)
    parser.add_argument('--points', type=int, required=True)
    parser.add_argument('--output', type=Path, required=True)
    chosen = parser.parse_args()
    target = _target()
    begin = time.monotonic()
    size = copies.copy(Where(str(chosen.archive)), target, chosen.points)
    fill = time.monotonic() - begin
    rows = [_asked(target, name) for name in QUERIES]
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    chosen.output.write_text(json.dumps({'size': size, 'fill': fill, 'memory': memory, 'rows': rows}))


def _target() -> Where:
    """:returns: the database of this process, as :func:`run_on` has made it"""
    if url := os.environ.get('DATABASE_URL', ''):
        user, _, host = urlsplit(url).netloc.partition('@')
        return Where(urlsplit(url).path.strip('/'), True, unquote(host), '', user)
    return Where(str(Path(os.environ['PPLUS_DATA_DIR']) / 'large.sqlite3'))


def _asked(target: Where, name: str) -> list[object]:
    """
    :param target: a large archive
    :param name: of a query
    :returns: cells of the report
    """
    best, tries = float('inf'), 1 if name == UNSELECTIVE else TRIES
    for _ in range(tries):
        with reading(target) as database:
            query = parse(QUERIES[name])
            found = search(database, query)
        best = min(best, found.seconds)
    complete = 'yes' if found.complete else 'ended by its limits'
    return [name, f'{len(found.matches):,}', f'{sum(found.counts.values()):,}', complete, f'{best:.3f}']


if __name__ == '__main__':
    main()
