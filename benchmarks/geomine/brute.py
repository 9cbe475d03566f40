"""Part a: random queries, beside trying everything over the same points."""

import statistics
import time
from collections import Counter
from pathlib import Path

from engines.geomine.database import Where, reading
from engines.geomine.query import parse
from engines.geomine.search import search
from engines.geomine.test import brute_force

from ..harness import Verdict, section, table
from . import copies

QUERIES = 200
POINTS = 40_000
"""Of the part of the archive that is asked, about."""


def report(archive: Path, folder: Path, answers: list[Verdict]) -> str:
    """
    :param archive: SQLite file
    :param folder: for a part of it: trying everything in all of it would take hours
    :param answers: gets one
    :returns: part a of the report
    """
    rows: Counter[tuple[int, str]] = Counter()
    times: list[float] = []
    ratios: list[float] = []
    equal = total = 0
    copies.part(archive, folder / 'part.sqlite3', POINTS)
    with reading(Where(str(folder / 'part.sqlite3'))) as database:
        there = brute_force.sites(database)
        points = sum(map(len, there.values()))
        for seed in range(QUERIES):
            query = brute_force.random_query(there, seed)
            begin = time.process_time()
            found = search(database, parse(query))
            searched = time.process_time() - begin
            begin = time.process_time()
            counts = {site: len([*brute_force.matches(each, query)]) for site, each in there.items()}
            tried = time.process_time() - begin
            expected = {site: number for site, number in counts.items() if number}
            same = found.counts == expected and found.complete
            equal += same
            total += sum(expected.values())
            times.append(searched)
            ratios.append(tried / searched)
            for name in _kinds(query):
                rows[len(query['points']), name] += 1
            rows[len(query['points']), 'queries'] += 1
            rows[len(query['points']), 'with matches'] += bool(expected)
            rows[len(query['points']), 'equal'] += same
    answers.append(Verdict('random queries equal to trying everything', f'{QUERIES}', f'{equal}', equal == QUERIES))
    names = ('queries', 'with angles', 'with directions', 'with surface', 'with matches', 'equal')
    cells: list[tuple[object, ...]] = [(n, *(rows[n, name] for name in names)) for n in range(2, 7)]
    about = (
        f'{QUERIES} queries (seeds 0 to {QUERIES - 1}) with 2 to 6 points, each taken from a random site: attributes '
        'left out at random, ranges of random width, one in seven distances shifted so that it does not hold. Trying '
        'everything reads the JSON of the query by itself, and has no SQL, no plan and no arrays '
        '(`engines/geomine/test/brute_force.py`). Equal means: the same sites, each in the same number of ways.'
    )
    figures = (
        f'Every n-th entry of the archive: {len(there):,} sites with {points:,} points; {total:,} matches in all. '
        f'Processor time of a search: median {statistics.median(times):.3f} s, largest {max(times):.2f} s; trying '
        f'everything takes {statistics.median(ratios):.0f} times as long in the median.'
    )
    return section('a. Random queries', about, table(('points', *names), cells), figures)


def _kinds(query: dict[str, object]) -> list[str]:
    """
    :param query: as JSON has it
    :returns: what is in it besides attributes and distances
    """
    points = query['points']
    assert isinstance(points, list)  # noqa: S101  # for the type checker
    found = [f'with {name}' for name in ('angles', 'directions') if name in query]
    return found + ['with surface'] * any('surface' in point for point in points)
