"""
The same question answered by trying everything: no SQL, no plan, no arrays, and its own reading of the JSON of a query.
It is what searches are compared with, here and in ``benchmarks/geomine``.
"""

import itertools
import math
import random
from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

from engines.geomine.database import Database

_BITS = {
    'donor': 1,
    'acceptor': 2,
    'aromatic': 4,
    'hydrophobic': 8,
    'cation': 16,
    'anion': 32,
    'metal': 64,
    'ionic': 48,
}
_MOLECULES = ('protein', 'nucleic', 'ligand', 'metal', 'water')
_PARTS = ('', 'backbone', 'side_chain')
_SECONDARY = ('', 'helix', 'strand', 'coil')
_CLASSES = {
    'negative': ('ASP', 'GLU'), 'positive': ('ARG', 'HIS', 'LYS'), 'aromatic': ('HIS', 'PHE', 'TRP', 'TYR'),
    'polar': ('ASN', 'CYS', 'GLN', 'SER', 'THR', 'TYR'),
    'apolar': ('ALA', 'GLY', 'ILE', 'LEU', 'MET', 'PHE', 'PRO', 'TRP', 'VAL'),
}  # fmt: skip
_SYMBOLS = {6: 'C', 7: 'N', 8: 'O', 16: 'S'}
_CLOSE = 1e-6


class Point(NamedTuple):
    """A point of a site as the tables have it."""

    id: int
    shape: int
    molecule: int
    element: int
    residue: str
    parent: str
    part: int
    secondary: int
    interactions: int
    x: float
    y: float
    z: float
    surface: float
    u: int
    v: int
    w: int


def sites(database: Database) -> dict[int, list[Point]]:
    """
    :param database: an archive
    :returns: every point of every site
    """
    kind = 'k.shape, k.molecule, k.element, k.residue, k.parent, k.part, k.secondary, k.interactions'
    sql = f'SELECT p.site, p.id, {kind}, p.x, p.y, p.z, p.surface, p.u, p.v, p.w FROM geomine_point p'
    found: dict[int, list[Point]] = {}
    for row in database.rows(f'{sql} JOIN geomine_kind k ON k.id = p.kind'):
        found.setdefault(int(row[0]), []).append(Point(*row[1:]))
    return found


def matches(points: list[Point], query: dict[str, Any]) -> Iterator[tuple[int, ...]]:
    """
    :param points: of a site
    :param query: as JSON has it
    :returns: iterator over all ways in which the site matches: ids in the order of the query
    """
    wanted = query['points']
    names = [point['id'] for point in wanted]
    directed = {names.index(each['of']) for each in query.get('directions', ())}
    fitting = [
        [p for p in points if all(t(p) for t in tests) and ('shape' in each or i not in directed or p.shape == 0)]
        for i, (each, tests) in enumerate((each, _tests(each)) for each in wanted)
    ]
    # The order only saves time: whatever is left when all points are there has been measured completely.
    order = sorted(range(len(names)), key=lambda i: len(fitting[i]))
    yield from _extend({}, order, fitting, names, query)


def _extend(
    chosen: dict[int, Point], order: list[int], fitting: list[list[Point]], names: list[str], query: dict[str, Any]
) -> Iterator[tuple[int, ...]]:
    """
    :param chosen: points so far, by their place in the query
    :param order: in which they are chosen
    :param fitting: points that may be each
    :param names: of the points of the query
    :param query: as JSON has it
    :returns: iterator over what they can be extended to
    """
    if len(chosen) == len(order):
        yield tuple(chosen[i].id for i in range(len(order)))
        return
    place = order[len(chosen)]
    for point in fitting[place]:
        if any(point.id == other.id for other in chosen.values()):
            continue
        chosen[place] = point
        if _measures({names[i]: p for i, p in chosen.items()}, query):
            yield from _extend(chosen, order, fitting, names, query)
        del chosen[place]


def _list(value: Any) -> list[str]:
    """
    :param value: a word, a number, or several
    :returns: words
    """
    return [str(each) for each in (value if isinstance(value, list) else [value])]


def _tests(wanted: dict[str, Any]) -> list[Callable[[Point], bool]]:
    """
    :param wanted: a point of a query
    :returns: what a point of a site has to pass to be that
    """
    given = {name: _list(value) for name, value in wanted.items() if name not in ('surface', 'at')}
    bits = [_BITS[each] for each in given.get('interaction', ())]
    inside = [_CLASSES[each] for each in given.get('amino_acid_class', ())]
    around = wanted.get('surface', {})
    tests: dict[str, Callable[[Point], bool]] = {
        'shape': lambda p: ('atom', 'ring')[p.shape] in given['shape'],
        'element': lambda p: str(p.element) in given['element'] or _SYMBOLS.get(p.element) in given['element'],
        'interaction': lambda p: any(p.interactions & bit for bit in bits),
        'residue': lambda p: p.residue in given['residue'] or p.parent in given['residue'],
        'amino_acid_class': lambda p: any(p.parent in names for names in inside),
        'part': lambda p: _PARTS[p.part] in given['part'],
        'secondary_structure': lambda p: _SECONDARY[p.secondary] in given['secondary_structure'],
        'molecule': lambda p: _MOLECULES[p.molecule] in given['molecule'],
        'surface': lambda p: around.get('min', -math.inf) <= p.surface <= around.get('max', math.inf),
    }
    return [test for name, test in tests.items() if name in wanted]


def _measures(chosen: dict[str, Point], query: dict[str, Any]) -> bool:
    """
    :param chosen: points by the names of the query, maybe not all
    :param query: as JSON has it
    :returns: whether all that can be measured is as it wants
    """
    for each in query.get('distances', ()):
        ends = [chosen.get(name) for name in each['between']]
        if None not in ends and not _is_in(math.dist(_place(ends[0]), _place(ends[1])), each, 0, math.inf):
            return False
    for each in query.get('angles', ()):
        ends = [chosen.get(name) for name in each['between']]
        if None not in ends and not _is_in(_angle(*(_place(end) for end in ends)), each, 0, 180):
            return False
    for each in query.get('directions', ()):
        of, to = chosen.get(each['of']), chosen.get(each['to'])
        if of is not None and to is not None and (of.u, of.v, of.w) != (0, 0, 0):
            tip = (of.x + of.u, of.y + of.v, of.z + of.w)
            bend = _angle(tip, _place(of), _place(to))
            if not _is_in(min(bend, 180 - bend) if of.shape else bend, each, 0, 180):
                return False
    return True


def _is_in(value: float, wanted: dict[str, Any], low: float, high: float) -> bool:
    """
    :param value: a measure
    :param wanted: its range
    :param low: its begin unless given
    :param high: its end unless given
    :returns: whether it is in it
    """
    return wanted.get('min', low) - _CLOSE <= value <= wanted.get('max', high) + _CLOSE


def _place(point: Point | None) -> tuple[float, float, float]:
    """
    :param point: a point
    :returns: where it is
    """
    assert point is not None
    return point.x, point.y, point.z


def _angle(first: tuple[float, ...], middle: tuple[float, ...], last: tuple[float, ...]) -> float:
    """
    :param first: a place
    :param middle: another one
    :param last: a third
    :returns: degrees at the middle; 0 where two of them are one
    """
    a, b = ([x - y for x, y in zip(end, middle, strict=True)] for end in (first, last))
    size = math.hypot(*a) * math.hypot(*b)
    if not size:
        return 0.0
    return math.degrees(math.acos(max(-1.0, min(1.0, sum(x * y for x, y in zip(a, b, strict=True)) / size))))


def random_query(there: dict[int, list[Point]], seed: int) -> dict[str, Any]:
    """
    A query with 2 to 6 points that a site of the archive was taken for, so most have an answer: attributes are left out
    at random, ranges are of random width, some do not hold for the site, and angles and directions come in.

    :param there: points of all sites
    :param seed: the same one gives the same query
    :returns: the query as JSON has it
    """
    dice = random.Random(seed)
    site = dice.choice([points for _, points in sorted(there.items()) if len(points) >= 12])
    count = dice.randint(2, 6)
    first = dice.choice(site)
    near = sorted(site, key=lambda p: math.dist(_place(p), _place(first)))[: 6 * count]
    chosen = [first, *dice.sample([p for p in near if p.id != first.id], count - 1)]
    points = [_random_point(str(i), p, dice, count) for i, p in enumerate(chosen)]
    query: dict[str, Any] = {'points': points, 'distances': _random_distances(chosen, dice)}
    if count > 2 and dice.random() < 0.6:
        names = dice.sample(range(count), 3)
        bend = _angle(*(_place(chosen[i]) for i in names))
        query['angles'] = [
            {'between': [str(i) for i in names], 'min': max(bend - dice.uniform(2, 40), 0), 'max': bend + 10}
        ]
        query['angles'][0]['max'] = min(query['angles'][0]['max'], 180)
    if dice.random() < 0.4:
        of, to = dice.sample(range(count), 2)
        low = dice.choice([0, 20])
        query['directions'] = [{'of': str(of), 'to': str(to), 'min': low, 'max': low + dice.uniform(20, 140)}]
    return query


def _random_point(name: str, point: Point, dice: random.Random, count: int) -> dict[str, Any]:
    """
    :param name: of the point
    :param point: of a site
    :param dice: random numbers
    :param count: of points; the more there are the more each says, or everything would match
    :returns: a point of a query
    """
    keep = 0.45 + 0.07 * count
    result: dict[str, Any] = {'id': name}
    bits = [word for word, bit in _BITS.items() if point.interactions & bit]
    classes = [word for word, names in _CLASSES.items() if point.parent in names]
    offered: dict[str, Any] = {
        'shape': ('atom', 'ring')[point.shape],
        'element': _SYMBOLS.get(point.element, point.element) if point.element else None,
        'interaction': dice.sample(bits, min(len(bits), dice.randint(1, 2))) if bits else None,
        'residue': [point.residue, 'GLY'] if dice.random() < 0.5 else point.residue,
        'amino_acid_class': dice.choice(classes) if classes else None,
        'part': _PARTS[point.part] or None,
        'secondary_structure': _SECONDARY[point.secondary] or None,
        'molecule': _MOLECULES[point.molecule],
        'surface': {'max': point.surface + 1} if dice.random() < 0.5 else {'min': max(point.surface - 1, 0)},
    }
    chances = {'shape': 0.5, 'residue': keep, 'element': keep, 'interaction': keep}
    for key, value in offered.items():
        if value is not None and dice.random() < chances.get(key, 0.25):
            result[key] = value
    return result


def _random_distances(chosen: list[Point], dice: random.Random) -> list[dict[str, Any]]:
    """
    :param chosen: points of a site
    :param dice: random numbers
    :returns: distances that join all of them, and some more
    """
    found = []
    for i, j in itertools.combinations(range(len(chosen)), 2):
        if j == i + 1 or dice.random() < 0.5:
            length = math.dist(_place(chosen[i]), _place(chosen[j]))
            shift = dice.choice([0, 0, 0, 0, 0, 0, 3])
            low, high = length + shift - dice.uniform(0.05, 1.5), length + shift + dice.uniform(0.05, 1.5)
            found.append({'between': [str(i), str(j)], 'min': round(max(low, 0), 3), 'max': round(high, 3)})
    return found
