"""
Lays ideal polyhedra over the directions in which the partners of a metal lie.

The assignment of partners to sites is found exactly: partners are placed one after the other, and a branch is cut when
the partners that are placed fit worse already than a whole assignment that is known, or when their angles exceed what
is allowed. Sites that rotations of the polyhedron exchange are tried once for the first partner.
"""

import math
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from engines.metalizer.polyhedra import Array, Polyhedron, angles_between
from engines.structure.rotations import rotation_between

Indices = npt.NDArray[np.intp]
BEAM = 32
"""Branches of the first, rough pass, which gives the exact one a bound."""
_TINY = 1e-9


@dataclass(frozen=True)
class Fit:
    """
    A polyhedron laid over partners.

    :param polyhedron: which one
    :param sites: its site for each partner
    :param directions: of its sites after the rotation, unit vectors, shape (n, 3)
    :param prmsd: root mean square deviation of partners and metal, all at unit distance
    :param rmsd: root mean square deviation of the angles between partners, degrees
    """

    polyhedron: Polyhedron
    sites: tuple[int, ...]
    directions: Array
    prmsd: float
    rmsd: float

    @property
    def free(self) -> list[int]:
        """:returns: the sites without a partner"""
        return [site for site in range(self.polyhedron.size) if site not in self.sites]


@dataclass
class _Branches:
    """
    Partial assignments.

    :param sites: of the partners so far, shape (m, k)
    :param products: sum of the outer products of site and partner, shape (m, 3, 3)
    :param deviations: sum of the squared deviations of angles, square degrees, shape (m,)
    :param misfits: smallest sum of squared distances of the partners so far, shape (m,)
    """

    sites: Indices
    products: Array
    deviations: Array
    misfits: Array

    def only(self, chosen: npt.NDArray[np.bool_] | Indices) -> '_Branches':
        """
        :param chosen: which of them
        :returns: these
        """
        return _Branches(self.sites[chosen], self.products[chosen], self.deviations[chosen], self.misfits[chosen])


def fit(polyhedron: Polyhedron, partners: Array, largest_rmsd: float) -> Fit | None:
    """
    Find the best assignment and the best proper rotation about the metal.

    :param polyhedron: with at least as many sites as there are partners
    :param partners: unit vectors, shape (n, 3), n at least 2
    :param largest_rmsd: of the angles, degrees
    :returns: the fit, None if no assignment keeps the limit of the angles
    """
    pairs = len(partners) * (len(partners) - 1) / 2
    limit = largest_rmsd**2 * pairs + _TINY
    rough = _search(polyhedron, partners, limit, math.inf, BEAM)
    bound = float(rough.misfits.min()) if rough.misfits.size else math.inf
    found = _search(polyhedron, partners, limit, bound, 0)
    if not found.misfits.size:
        return None
    best = int(found.misfits.argmin())
    rotation = rotation_between(found.products[best])
    sites = tuple(found.sites[best].tolist())
    directions = polyhedron.directions @ rotation.T
    misfit = float(((directions[list(sites)] - partners) ** 2).sum())
    return Fit(
        polyhedron, sites, directions, math.sqrt(misfit / (len(partners) + 1)),
        math.sqrt(float(found.deviations[best]) / pairs),
    )  # fmt: skip


def _search(polyhedron: Polyhedron, partners: Array, limit: float, bound: float, beam: int) -> _Branches:
    """
    :param polyhedron: the polyhedron
    :param partners: unit vectors, shape (n, 3)
    :param limit: of the sum of squared deviations of angles, square degrees
    :param bound: of the sum of squared distances
    :param beam: how many of the best branches go on; 0 for all
    :returns: whole assignments
    """
    seen = angles_between(partners)
    first = np.array(polyhedron.first_sites, np.intp)[:, None]
    branches = _Branches(
        first, _outer(polyhedron.directions[first[:, 0]], partners[0]), np.zeros(len(first)), np.zeros(len(first))
    )
    for count in range(1, len(partners)):
        branches = _grown(polyhedron, partners[count], seen[:count, count], branches, limit)
        branches = branches.only(branches.misfits <= bound + _TINY)
        if beam and len(branches.misfits) > beam:
            branches = branches.only(np.argsort(branches.misfits, kind='stable')[:beam])
    return branches


def _grown(polyhedron: Polyhedron, partner: Array, seen: Array, branches: _Branches, limit: float) -> _Branches:
    """
    :param polyhedron: the polyhedron
    :param partner: the next one, a unit vector
    :param seen: its angles to the partners before it, degrees, shape (k,)
    :param branches: that place these
    :param limit: of the sum of squared deviations of angles, square degrees
    :returns: the branches with the partner on every free site
    """
    taken = np.zeros((len(branches.sites), polyhedron.size), bool)
    np.put_along_axis(taken, branches.sites, values=True, axis=1)
    parents, sites = np.nonzero(~taken)
    apart = polyhedron.angles[branches.sites[parents], sites[:, None]] - seen
    deviations = branches.deviations[parents] + (apart**2).sum(1)
    kept = deviations <= limit
    parents, sites, deviations = parents[kept], sites[kept], deviations[kept]
    products = branches.products[parents] + _outer(polyhedron.directions[sites], partner)
    misfits = 2 * (len(seen) + 1) - 2 * _largest_traces(products)
    return _Branches(np.column_stack([branches.sites[parents], sites]), products, deviations, misfits)


def _outer(sites: Array, partner: Array) -> Array:
    """
    :param sites: unit vectors, shape (m, 3)
    :param partner: a unit vector
    :returns: products of partner and site, shape (m, 3, 3)
    """
    result: Array = partner[None, :, None] * sites[:, None, :]
    return result


def _largest_traces(products: Array) -> Array:
    """
    :param products: sums of outer products, shape (m, 3, 3)
    :returns: the largest trace of their products with a proper rotation (Kabsch W (1978) Acta Cryst. A34:827)
    """
    if not products.size:
        return np.empty(0)
    values = np.linalg.svd(products, compute_uv=False)
    signs = np.where(np.linalg.det(products) < 0, -1.0, 1.0)
    result: Array = values[:, 0] + values[:, 1] + signs * values[:, 2]
    return result
