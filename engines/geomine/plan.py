"""
How a query is asked. Each point of it is compared with the kinds of points first, so the tables of points are asked by
kind alone, and it is known beforehand how many there are: the rarest point comes first, then always the rarest of those
at a known distance from one that is there.
"""

import math
from dataclasses import dataclass
from typing import Any

from engines.geomine.database import Database
from engines.geomine.query import Point, Query, Range, smoothed
from engines.geomine.statement import Candidates, Statement

_TEXTS = {'pdb_id': 'e.code', 'title': 'e.title', 'keywords': 'e.keywords', 'method': 'e.method', 'date': 'e.date',
          'ligand': 's.name'}  # fmt: skip
_NUMBERS = {
    'resolution': 'e.resolution', 'chains': 'e.chains', 'residues': 'e.residues', 'ligands': 'e.ligands',
    'volume': 's.volume', 'points': 's.points', 'heavy_atoms': 'm.heavy_atoms', 'weight': 'm.weight',
}  # fmt: skip


@dataclass(frozen=True)
class Condition:
    """A part of a WHERE clause with its values."""

    sql: str
    values: tuple[object, ...] = ()


@dataclass(frozen=True)
class Plan:
    """
    How a query is asked.

    :param sql: gives site and, point for point in the order of the query, ``columns``
    :param order: indices of the points of the query, in the order in which they are looked for
    :param candidates: of each point of the query
    :param columns: of each point: id, x, y, z, and surface and direction (u, v, w) where the query asks for them
    """

    sql: str
    order: tuple[int, ...]
    candidates: tuple[Candidates, ...]
    columns: tuple[str, ...]


def site_conditions(query: Query) -> list[Condition]:
    """
    What a query wants of entries, sites and ligands, ``e``, ``s`` and ``m``; SMARTS and similarity are looked at apart.

    :param query: the query
    :returns: conditions that hold together
    """
    raw = query.raw
    result: list[Condition] = []
    if 'has_ligand' in raw:
        result.append(Condition(f's.molecule IS {"NOT " if raw["has_ligand"] else ""}NULL'))
    for side, word in (('include', 'IN'), ('exclude', 'NOT IN')):
        codes = sorted({code.strip().upper() for code in raw.get('entries', {}).get(side, ())})
        if codes:
            result.append(Condition(f'e.code {word} ({_marks(codes)})', tuple(codes)))
        classes = raw.get('ec', {}).get(side, ())
        if classes:
            parts = ' OR '.join(["e.ec LIKE %s ESCAPE '!'"] * len(classes))
            result.append(Condition(f'{"NOT " * (side == "exclude")}({parts})', tuple(map(_ec_pattern, classes))))
    result += [_text(item) for item in raw.get('text', ())]
    return result + [condition for item in raw.get('numbers', ()) for condition in _range(item)]


def _marks(values: list[Any]) -> str:
    """
    :param values: some
    :returns: a placeholder for each
    """
    return ', '.join(['%s'] * len(values))


def _ec_pattern(number: str) -> str:
    """
    :param number: a whole enzyme class, or its begin
    :returns: a pattern for the text of all classes of an entry
    """
    number = number.removesuffix('.-').removesuffix('.-').removesuffix('.-')
    return f'% {number}{" %" if number.count(".") == 3 else ".%"}'


def _text(item: dict[str, Any]) -> Condition:
    """
    :param item: a text filter
    :returns: its condition
    """
    words = item['contains'].lower()
    for letter in '!%_':
        words = words.replace(letter, f'!{letter}')
    word = 'NOT LIKE' if item.get('exclude') else 'LIKE'
    return Condition(f"LOWER({_TEXTS[item['field']]}) {word} %s ESCAPE '!'", (f'%{words}%',))


def _range(item: dict[str, Any]) -> list[Condition]:
    """
    :param item: a numerical filter
    :returns: its conditions
    """
    if item['field'] == 'year':
        ends = {'min': ('>=', 0), 'max': ('<=', 1)}
        return [Condition("e.date <> ''")] + [
            Condition(f'e.date {sign} %s', (f'{math.floor(item[end]):04d}{"-99" * upper}',))
            for end, (sign, upper) in ends.items() if end in item
        ]  # fmt: skip
    column = _NUMBERS[item['field']]
    signs = {'min': '>=', 'max': '<='}
    return [Condition(f'{column} {sign} %s', (item[end],)) for end, sign in signs.items() if end in item]


SITES = (
    'geomine_site s JOIN geomine_entry e ON e.id = s.entry LEFT JOIN geomine_molecule m ON m.id = s.molecule'
)  # fmt: skip
"""The tables that :func:`site_conditions` speak of."""


def where(conditions: list[Condition]) -> tuple[str, tuple[object, ...]]:
    """
    :param conditions: that hold together
    :returns: the WHERE clause, and its values
    """
    sql = ' AND '.join(condition.sql for condition in conditions) or '1 = 1'
    return sql, tuple(value for condition in conditions for value in condition.values)


def candidates(database: Database, point: Point) -> Candidates:
    """
    :param database: the archive
    :param point: of a query
    :returns: the kinds that fit it
    """
    conditions: list[Condition] = []
    if point.shape is not None:
        conditions.append(Condition('shape = %s', (point.shape,)))
    columns: dict[str, frozenset[Any]] = {
        'element': point.elements, 'part': point.parts, 'secondary': point.secondary, 'molecule': point.molecules,
        'parent': point.parents,
    }  # fmt: skip
    if point.residues:
        names = tuple(sorted(point.residues))
        marks = _marks([*names])
        conditions.append(Condition(f'(residue IN ({marks}) OR parent IN ({marks}))', names + names))
    for column, values in columns.items():
        if values:
            conditions.append(Condition(f'{column} IN ({_marks([*values])})', tuple(sorted(values))))
    if point.interactions:
        conditions.append(Condition('(interactions & %s) <> 0', (point.interactions,)))
    sql, given = where(conditions)
    rows = database.rows(f'SELECT id, points FROM geomine_kind WHERE {sql}', given)
    number = sum(int(row[1]) for row in rows)
    return Candidates(tuple(sorted(int(row[0]) for row in rows)) if conditions else None, number)


def make(database: Database, query: Query, sites: list[int] | None) -> Plan:
    """
    :param database: the archive
    :param query: with points
    :param sites: that fit the other parts of the query; None if it has no other parts
    :returns: how it is asked
    """
    found = tuple(candidates(database, point) for point in query.points)
    ranges = smoothed(query)
    order = _order([each.number for each in found], ranges)
    surface = ('surface',) if any(point.surface for point in query.points) else ()
    columns = ('id', 'x', 'y', 'z', *surface, *(('u', 'v', 'w') if query.directions else ()))
    statement = Statement(query, order, found, ranges, columns, sites)
    return Plan(statement.sql(database.is_postgres), order, found, columns)


def _order(numbers: list[int], ranges: dict[tuple[int, int], Range]) -> tuple[int, ...]:
    """
    :param numbers: how many candidates each point has
    :param ranges: distances that are known
    :returns: the points, in the order in which they are looked for
    """
    left = set(range(len(numbers)))
    order: list[int] = []
    while left:
        joined = {i for i in left if any((min(i, j), max(i, j)) in ranges for j in order)}
        best = min(joined or left, key=lambda i: (numbers[i], i))
        order.append(best)
        left.remove(best)
    return tuple(order)
