"""The interactions inside a site, from what its points can do and where they point."""

from collections.abc import Iterator
from typing import Any, NamedTuple

import gemmi
import numpy as np

from engines.geomine.database import Database
from engines.geomine.geometry import Array, between, lengths
from engines.geomine.words import Interaction, Molecule, Shape
from engines.interactions.thresholds import limits

_HYDROGEN_BOND = 3.5
"""Angstrom between heavy atoms. Hydrogens are not placed here, so the limit is that of clear bonds, not the generous
one of the interactions that are found with hydrogens."""
_BEST = 2.9
"""Angstrom of a hydrogen bond that has the full score."""
_TILT = 60.0
"""Degrees between the direction of a donor or acceptor and the way to its partner."""
_METAL = 2.9
"""Angstrom from a metal to an atom that coordinates it."""
_COORDINATES = (7, 8, 9, 16, 17, 34, 35, 53)


class SitePoint(NamedTuple):
    """A point of a site with its kind, as the tables have it."""

    id: int
    shape: int
    molecule: int
    element: int
    interactions: int
    x: float
    y: float
    z: float
    u: int
    v: int
    w: int


def site_points(database: Database, sites: list[int]) -> dict[int, list[SitePoint]]:
    """
    :param database: the archive
    :param sites: numbers of sites
    :returns: the points of each
    """
    found: dict[int, list[SitePoint]] = {site: [] for site in sites}
    if not sites:
        return found
    listed = ', '.join(map(str, sites))
    columns = 'p.site, p.id, k.shape, k.molecule, k.element, k.interactions, p.x, p.y, p.z, p.u, p.v, p.w'
    for row in database.rows(
        f'SELECT {columns} FROM geomine_point p JOIN geomine_kind k ON k.id = p.kind '
        f'WHERE p.site IN ({listed}) ORDER BY p.site, p.id'
    ):
        found[int(row[0])].append(SitePoint(*row[1:]))
    return found


def contacts(points: list[SitePoint]) -> list[dict[str, Any]]:
    """
    Interactions between the molecules of a site: of its ligand, metals and waters with each other and with the protein.

    :param points: of a site
    :returns: one object an interaction, in the documented shape: ``distance`` in thousandths of an Angstrom, ``score``
        from 0 to 1000
    """
    return [_told(*found) for kind in (_hydrogen_bonds, _metals, _stacking, _ionic) for found in kind(points)]


_Found = tuple[str, SitePoint, SitePoint, str, str, float, float]
"""Type of interaction, both ends with what they are in it, distance (Angstrom), and score (0 to 1)."""


def _pairs(
    first: list[SitePoint], second: list[SitePoint], reach: float
) -> Iterator[tuple[SitePoint, SitePoint, float]]:
    """
    :param first: points
    :param second: others
    :param reach: Angstrom
    :returns: iterator over pairs of two molecules, not both of the protein, that are so near, with their distance
    """
    if not first or not second:
        return
    a, b = _places(first), _places(second)
    apart = np.sqrt(((a[:, None] - b[None]) ** 2).sum(2))
    for i, j in zip(*np.nonzero(apart <= reach), strict=True):
        one, other = first[int(i)], second[int(j)]
        alike = one.molecule == other.molecule
        if one.id != other.id and (not alike or one.molecule == Molecule.WATER):
            yield one, other, float(apart[i, j])


def _places(points: list[SitePoint]) -> Array:
    """
    :param points: of a site
    :returns: Angstrom, shape (n, 3)
    """
    return np.array([(point.x, point.y, point.z) for point in points], np.float64)


def _bends(one: SitePoint, other: SitePoint) -> float:
    """
    :param one: a donor or acceptor
    :param other: its partner
    :returns: degrees between its direction and the way to the partner; 0 if it has none
    """
    direction = np.array([[one.u, one.v, one.w]], np.float64)
    if not direction.any():
        return 0.0
    return float(between(direction, _places([other]) - _places([one]))[0])


def _hydrogen_bonds(points: list[SitePoint]) -> Iterator[_Found]:
    """
    :param points: of a site
    :returns: iterator over hydrogen bonds
    """
    atoms = [point for point in points if point.shape == Shape.ATOM]
    donors = [point for point in atoms if point.interactions & Interaction.DONOR]
    acceptors = [point for point in atoms if point.interactions & Interaction.ACCEPTOR]
    told: set[frozenset[int]] = set()
    for donor, acceptor, distance in _pairs(donors, acceptors, _HYDROGEN_BOND):
        pair = frozenset((donor.id, acceptor.id))
        bend = max(_bends(donor, acceptor), _bends(acceptor, donor))
        if pair in told or bend > _TILT or distance < 2.2:
            continue
        told.add(pair)
        score = min(1.0, (_HYDROGEN_BOND - distance) / (_HYDROGEN_BOND - _BEST)) * (1 - bend / _TILT / 2)
        yield 'H-Bond', donor, acceptor, 'Donor', 'Acceptor', distance, score


def _metals(points: list[SitePoint]) -> Iterator[_Found]:
    """
    :param points: of a site
    :returns: iterator over metals and what coordinates them
    """
    metals = [point for point in points if point.interactions & Interaction.METAL]
    donors = [point for point in points if point.element in _COORDINATES]
    for metal, donor, distance in _pairs(metals, donors, _METAL):
        yield 'Metal', metal, donor, 'Metal', 'Acceptor', distance, 1.0


def _stacking(points: list[SitePoint]) -> Iterator[_Found]:
    """
    :param points: of a site
    :returns: iterator over stacked rings, and cations above rings
    """
    rings = [point for point in points if point.shape == Shape.RING]
    cations = [p for p in points if p.shape == Shape.ATOM and p.interactions & Interaction.CATION and p.element == 7]
    stacked, above = limits('pi_stacking'), limits('cation_pi')
    for first, second, distance in _pairs(rings, rings, stacked['distance']):
        if first.id < second.id and min(_offset(first, second), _offset(second, first)) <= stacked['offset']:
            yield 'Aromatic', first, second, 'Aromatic', 'Aromatic', distance, 1 - distance / (2 * stacked['distance'])
    for ring, cation, distance in _pairs(rings, cations, above['distance']):
        if _offset(ring, cation) <= above['offset']:
            yield 'Cation-Pi', cation, ring, 'Cation', 'Aromatic', distance, 1 - distance / (2 * above['distance'])


def _offset(ring: SitePoint, other: SitePoint) -> float:
    """
    :param ring: a ring
    :param other: a point
    :returns: Angstrom from the normal through the middle of the ring
    """
    bend = np.radians(_bends(ring, other))
    return float(lengths(_places([ring]), _places([other]))[0] * np.sin(bend))


def _ionic(points: list[SitePoint]) -> Iterator[_Found]:
    """
    :param points: of a site
    :returns: iterator over opposite charges
    """
    atoms = [point for point in points if point.shape == Shape.ATOM and not point.interactions & Interaction.METAL]
    cations = [point for point in atoms if point.interactions & Interaction.CATION]
    anions = [point for point in atoms if point.interactions & Interaction.ANION]
    reach = limits('salt_bridge')['distance']
    for cation, anion, distance in _pairs(cations, anions, reach):
        yield 'Ionic', cation, anion, 'Cation', 'Anion', distance, 1 - distance / (2 * reach)


def _told(
    kind: str, start: SitePoint, end: SitePoint, as_start: str, as_end: str, distance: float, score: float
) -> dict[str, Any]:
    """
    :param kind: of the interaction
    :param start: one end
    :param end: the other
    :param as_start: what it is in it
    :param as_end: what that is
    :param distance: Angstrom
    :param score: 0 to 1
    :returns: the documented object
    """
    return {
        'distance': round(1000 * distance),
        'elementStart': _symbol(start),
        'elementEnd': _symbol(end),
        'startPoint': [start.x, start.y, start.z],
        'endPoint': [end.x, end.y, end.z],
        'interactionType': kind,
        'moleculeTypeStart': Molecule(start.molecule).name.title(),
        'moleculeTypeEnd': Molecule(end.molecule).name.title(),
        'typeStart': as_start,
        'typeEnd': as_end,
        'score': round(1000 * max(score, 0.0)),
    }


def _symbol(point: SitePoint) -> str:
    """
    :param point: of a site
    :returns: its element; empty for a ring
    """
    return str(gemmi.Element(point.element).name) if point.element else ''
