"""
All geometries that the partners of a metal may form, ranked by the published score.

The score, ``50 prmsd + 4 free sites + 10 overlap``, was derived from a result of the published server. How that counts
overlap and bidentate carboxylates is not known; here overlap is the sum over the free sites of the share by which
the next atom is nearer than :data:`ROOM`, and each carboxylate is tried as one site, in the middle, and as two.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from engines.metalizer.fitting import Fit, fit
from engines.metalizer.partners import Partner, Surroundings
from engines.metalizer.polyhedra import LARGEST, POLYHEDRA, Array

ROOM = 2.5
"""Angstrom that a further ligand needs around its place in a free site."""
DISTINCT = 5.0
"""Of the score; a prediction that none of another geometry comes nearer to is the only one worth looking at."""
_LEAST = 2
"""Partners without which there is no angle."""


@dataclass(frozen=True)
class Prediction:
    """
    A geometry.

    :param fit: the polyhedron and how it lies
    :param partners: in the order of ``fit.sites``
    :param free_points: where the free sites are, in the order of ``fit.free``, Angstrom, shape (n, 3)
    :param gaps: of the partners, then of the free sites: distance to the next atom that is not of it, Angstrom
    :param overlap: penalty for what stands in free sites
    """

    fit: Fit
    partners: tuple[Partner, ...]
    free_points: Array
    gaps: tuple[float, ...]
    overlap: float

    @property
    def bidentates(self) -> int:
        """:returns: number of carboxylates that take one site with two atoms"""
        return sum(len(partner.atoms) > 1 for partner in self.partners)

    @property
    def score(self) -> float:
        """:returns: lower is better"""
        return 50 * self.fit.prmsd + 4 * len(self.fit.free) + 10 * self.overlap


def predict(around: Surroundings, largest_rmsd: float, largest_share: float) -> list[Prediction]:
    """
    :param around: the metal and its donors
    :param largest_rmsd: of the angles between partners, degrees
    :param largest_share: of the sites of a polyhedron that may be free
    :returns: the geometries, the best first
    """
    found = list(_all(around, largest_rmsd, largest_share))
    names = {each.name: rank for rank, each in enumerate(POLYHEDRA)}
    return sorted(found, key=lambda each: (round(each.score, 6), each.bidentates, names[each.fit.polyhedron.name]))


def is_distinct(prediction: Prediction, others: Sequence[Prediction]) -> bool:
    """
    :param prediction: one of them
    :param others: all predictions
    :returns: whether the score of each other geometry is clearly different
    """
    rest = (each for each in others if each.fit.polyhedron is not prediction.fit.polyhedron)
    return all(abs(each.score - prediction.score) >= DISTINCT for each in rest)


def _all(around: Surroundings, largest_rmsd: float, largest_share: float) -> Iterator[Prediction]:
    """
    :param around: the metal and its donors
    :param largest_rmsd: degrees
    :param largest_share: of free sites
    :returns: what keeps the limits, in no order
    """
    for partners in around.readings():
        if not _LEAST <= len(partners) <= LARGEST:
            continue
        points = np.array([partner.point for partner in partners])
        distances = np.linalg.norm(points - around.origin, axis=1)
        directions = (points - around.origin) / distances[:, None]
        for polyhedron in POLYHEDRA:
            free = polyhedron.size - len(partners)
            if 0 <= free <= largest_share * polyhedron.size:
                laid = fit(polyhedron, directions, largest_rmsd)
                if laid is not None:
                    yield _prediction(around, partners, laid, float(distances.mean()))


def _prediction(around: Surroundings, partners: tuple[Partner, ...], laid: Fit, length: float) -> Prediction:
    """
    :param around: the metal and what is around it
    :param partners: that take sites
    :param laid: the polyhedron over them
    :param length: mean distance of the partners, Angstrom, taken for free sites too
    :returns: the prediction
    """
    points = around.origin + length * laid.directions[laid.free]
    everything = np.array([atom.point for atom in around.near])
    free = [float(np.linalg.norm(everything - point, axis=1).min()) for point in points]
    own = [_gap(around, partner) for partner in partners]
    overlap = sum(max(0.0, 1 - gap / ROOM) for gap in free)
    return Prediction(laid, partners, points, (*own, *free), overlap)


def _gap(around: Surroundings, partner: Partner) -> float:
    """
    :param around: what is around the metal
    :param partner: one of the partners
    :returns: distance to the next atom of another residue, Angstrom
    """
    places = {atom.place for atom in partner.atoms}
    others = [atom.point for atom in around.near if atom.place not in places]
    return float(np.linalg.norm(np.array(others) - partner.point, axis=1).min()) if others else float('inf')
