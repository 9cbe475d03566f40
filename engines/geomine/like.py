"""Makes a query of a site of the archive: those of its points that can interact and lie nearest to its middle."""

import itertools
from typing import Any

import gemmi
import numpy as np

from engines.errors import EngineError
from engines.geomine.database import Database
from engines.geomine.plan import SITES
from engines.geomine.words import Interaction, Molecule, Part, Shape

POINTS = 4
"""Points of a query unless it says another number."""
TOLERANCE = 0.5
"""Angstrom by which a distance may differ."""
_APART = 2.0
"""Angstrom; nearer points tell the same twice, as the two oxygens of a carboxylate do."""
_NAMED = (Interaction.METAL, Interaction.CATION, Interaction.ANION, Interaction.DONOR, Interaction.ACCEPTOR)
"""What a point of a query says of its interactions: the first of these that it has."""


def expanded(database: Database, raw: dict[str, Any]) -> dict[str, Any]:
    """
    :param database: the archive
    :param raw: a query as JSON has it
    :returns: the same, with the points of the site that it names instead of the name
    :raises EngineError: ``query.like`` if there is no such site, or it has too few points, or the query has points
    """
    if not (like := raw.get('like')):
        return raw
    if any(raw.get(name) for name in ('points', 'distances', 'angles', 'directions')):
        raise EngineError('query.like', 'A query has points of its own or those of a site, not both.', '')
    name = like['site']
    site = _site(database, name)
    chosen = _chosen(database, site, like.get('points', POINTS))
    rest = {key: value for key, value in raw.items() if key != 'like'}
    return {'title': f'Like {name}'[:200], **rest, **_query(chosen, like.get('tolerance', TOLERANCE))}


def _site(database: Database, name: str) -> int:
    """
    :param database: the archive
    :param name: entry and site: ``4AGM_P86_A_400``
    :returns: number of the site
    :raises EngineError: ``query.like``
    """
    sql = f"SELECT s.id FROM {SITES} WHERE UPPER(e.code || '_' || s.name) = %s ORDER BY s.id"
    # The code is looked up by its index; it may itself hold a '_', so all beginnings of the name are tried.
    parts = name.upper().split('_')
    codes = ['_'.join(parts[:number]) for number in range(1, len(parts))]
    if codes:
        marks = ', '.join(['%s'] * len(codes))
        sql = sql.replace(' ORDER', f' AND e.code IN ({marks}) ORDER')
    found: int | None = database.one(sql, (name.upper(), *codes))
    if found is None:
        hint = 'Sites are named after entry and ligand, such as 4AGM_P86_A_400; a query by PDB id lists them.'
        raise EngineError('query.like', f'The archive has no site {name[:100]}.', hint)
    return found


_Point = tuple[Any, ...]
"""Shape, molecule, element, residue, part, secondary, interactions, x, y, z, id."""


def _chosen(database: Database, site: int, number: int) -> list[_Point]:
    """
    Points of the surroundings of the ligand that can interact, as near to it as possible; of a pocket those near its
    middle.

    :param database: the archive
    :param site: number of a site
    :param number: of points that are wanted
    :returns: them, the nearest first
    :raises EngineError: ``query.like`` if it has too few
    """
    columns = 'k.shape, k.molecule, k.element, k.residue, k.part, k.secondary, k.interactions, p.x, p.y, p.z, p.id'
    sql = f'SELECT {columns} FROM geomine_point p JOIN geomine_kind k ON k.id = p.kind WHERE p.site = %s ORDER BY p.id'
    points = database.rows(sql, (site,))
    places = np.array([point[7:10] for point in points], np.float64).reshape(-1, 3)
    own = np.array([point[1] == Molecule.LIGAND for point in points], np.bool_)
    centre = places[own] if own.any() else places.mean(0, keepdims=True)
    apart = np.sqrt(((places[:, None] - centre) ** 2).sum(2)).min(1)
    chosen: list[int] = []
    for i in np.lexsort((np.arange(len(points)), apart.round(3))).tolist():
        fits = not own[i] and points[i][1] != Molecule.WATER and _says(points[i])
        if fits and all(np.linalg.norm(places[i] - places[j]) >= _APART for j in chosen):
            chosen.append(i)
        if len(chosen) == number:
            return [points[i] for i in chosen]
    raise EngineError('query.like', f'The site has only {len(chosen)} points that a query can be made of.', '')


def _says(point: _Point) -> bool:
    """
    :param point: of a site
    :returns: whether it can do something that few others can
    """
    return bool(point[0] == Shape.RING or point[6] & sum(_NAMED))


def _query(points: list[_Point], tolerance: float) -> dict[str, Any]:
    """
    :param points: of a site
    :param tolerance: Angstrom, of each distance
    :returns: points and distances of a query
    """
    places = np.array([point[7:10] for point in points], np.float64)
    distances = []
    for i, j in itertools.combinations(range(len(points)), 2):
        length = float(np.linalg.norm(places[i] - places[j]))
        ends = {'min': round(max(length - tolerance, 0.0), 3), 'max': round(length + tolerance, 3)}
        distances.append({'between': [str(i + 1), str(j + 1)], **ends})
    return {'points': [_described(number, point) for number, point in enumerate(points, 1)], 'distances': distances}


def _described(number: int, point: _Point) -> dict[str, Any]:
    """
    :param number: of the point in the query
    :param point: of a site
    :returns: it as a query has it
    """
    shape, molecule, element, residue, part, _, interactions = point[:7]
    result: dict[str, Any] = {'id': str(number), 'molecule': Molecule(molecule).name.lower(), 'residue': residue}
    if shape == Shape.RING:
        result['shape'] = 'ring'
    else:
        kind = next((each for each in _NAMED if interactions & each), None)
        result |= {'shape': 'atom', 'element': gemmi.Element(int(element)).name}
        if kind is not None and kind.name:
            result['interaction'] = kind.name.lower()
    if part != Part.NONE:
        result['part'] = Part(part).name.lower()
    return result | {'at': [float(x) for x in point[7:10]]}
