"""
EDIA, the electron density score for individual atoms.

Meyder, Nittinger, Lange, Klein, Rarey (2017) Estimating electron density support for individual atoms and molecular
fragments in X-ray structures, J. Chem. Inf. Model. 57:2437. The sums of the definition run over points around the atom;
here they are a cubic lattice with the atom on one of its points, so that neither the grid of the map nor its origin
nor the order of its axes matters.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import gemmi
import numpy as np
import numpy.typing as npt

from engines.ediascorer.atoms import Atoms, gather
from engines.ediascorer.maps import Density
from engines.structure.bonding import ResidueKey
from engines.structure.neighbours import Array, Indices

INNER_SPACING, RING_SPACING = 1 / 5, 1 / 3.5
"""Of the points within the radius and beyond, in radii. The definition asks for voxel diagonals of 0.7 Angstrom or
less, a spacing of 0.4, which is half of the smallest radius."""
_BATCH = 1_000_000
"""Distances that are held at a time."""
_FAR = 1e4
EXTRA = 2
"""The fault of an atom with density around it that no atom owns."""
_WELL, _LOSS = 0.8, 0.2
"""EDIA from which an atom has no fault, and the loss that is one."""

Floats = npt.NDArray[np.float32]
Bools = npt.NDArray[np.bool_]


@dataclass(frozen=True)
class AtomScore:
    """
    An atom and how well the density supports it.

    :param serial: of the atom in the file
    :param residue: its residue
    :param name: of the atom
    :param altloc: label of its conformer, or empty
    :param element: symbol
    :param b_factor: square Angstrom
    :param occupancy: share of the crystal's cells in which it stands there
    :param edia: from 0 to 1.2; None where the map has no values
    :param fault: 0 fine, 1 clash, 2 unaccounted extra density, 3 missing density
    :param group: index of its residue among those of the first model, for keys may occur twice
    :param bonded: indices of the atoms it is bonded to in the list of all scores
    """

    serial: int
    residue: ResidueKey
    name: str
    altloc: str
    element: str
    b_factor: float
    occupancy: float
    edia: float | None
    fault: int
    group: int
    bonded: tuple[int, ...] = ()


@dataclass(frozen=True)
class Sums:
    """
    What the points around the atoms add up to, as shares of the sum of all positive weights.

    :param edia: the score, not yet cut off at 0
    :param missing: what is lost because the density is below one sigma near the atom
    :param shared: what is lost to atoms that are not bonded to it
    :param extra: what is lost to density around the atom that belongs to none
    :param known: whether the map has values near the atom
    """

    edia: Array
    missing: Array
    shared: Array
    extra: Array
    known: Bools


def weight(x: Array) -> Array:
    """
    Weight of a point.

    :param x: distance from the atom in units of its radius
    :returns: positive below 1, negative from there to 2, 0 beyond
    """
    near, middle, far = 1 - x**2, 5.1177 * (x - 1.29366) ** 2 - 0.4, -0.9507 * (x - 2) ** 2
    result: Array = np.select([x <= 1.0822, x <= 1.4043, x <= 2], [near, middle, far], 0.0)
    return result


def score(structure: gemmi.Structure, density: Density) -> list[AtomScore]:
    """
    EDIA of all heavy atoms of the first model.

    :param structure: the model
    :param density: its 2mFo-DFc map
    :returns: scores in file order
    """
    return scores_of(gather(structure, density.resolution), density)


def scores_of(atoms: Atoms, density: Density) -> list[AtomScore]:
    """
    EDIA of atoms.

    :param atoms: the atoms
    :param density: their 2mFo-DFc map
    :returns: scores in file order
    """
    sums = add_up(atoms, density)
    bonds, faults = _bonds(atoms), _faults(atoms, sums)
    return [
        AtomScore(
            atom.serial, key, atom.name, atom.altloc.strip('\0'), atom.element.name, atom.b_iso, atom.occ,
            round(min(max(float(sums.edia[i]), 0.0), 1.2), 4) if sums.known[i] else None, faults[i],
            atoms.groups[i], bonds[i],
        )
        for i, (atom, key) in enumerate(zip(atoms.atoms, atoms.keys, strict=True))
    ]  # fmt: skip


def _faults(atoms: Atoms, sums: Sums) -> list[int]:
    """
    What is wrong with atoms whose score is below 0.8: one that is too near to another shares its density with it;
    of others a fifth or more of the support is lost, most of it to density that is missing within the radius, or to
    density around it that no atom owns.

    :param atoms: the atoms
    :param sums: of all atoms
    :returns: 0 to 3, see :class:`AtomScore`
    """
    losses = np.stack((sums.extra, sums.missing))
    kinds = np.where(losses.max(0) >= _LOSS, losses.argmax(0) + EXTRA, 0)
    kinds[atoms.neighbours.first[atoms.neighbours.clashing]] = 1
    result: list[int] = np.where(sums.known & (sums.edia < _WELL), kinds, 0).tolist()
    return result


def _bonds(atoms: Atoms) -> list[tuple[int, ...]]:
    """
    Bonds within the model.

    :param atoms: the atoms
    :returns: partners of each
    """
    result: list[list[int]] = [[] for _ in range(len(atoms))]
    pairs = atoms.neighbours
    own = pairs.bonded & (pairs.second < len(atoms))
    for a, b in zip(pairs.first[own].tolist(), pairs.second[own].tolist(), strict=True):
        result[a].append(b)
    return [tuple(partners) for partners in result]


def add_up(atoms: Atoms, density: Density) -> Sums:
    """
    Add up the points around all atoms.

    :param atoms: the atoms
    :param density: the map
    :returns: the sums
    """
    shape = len(atoms)
    sums = Sums(np.zeros(shape), np.zeros(shape), np.zeros(shape), np.zeros(shape), np.ones(shape, np.bool_))
    inner, ring, wide = Close(atoms, 1, 1), Close(atoms, 2, 1), Close(atoms, 2, 2)
    inner.keep &= ~(atoms.neighbours.bonded | atoms.neighbours.apart)
    lattice = Lattice.of_spacing(INNER_SPACING, RING_SPACING)
    for batch in batches(ring, len(lattice.ring)):
        _add_inner(atoms, density, lattice, batch, inner, sums)
        _add_ring(atoms, density, lattice, batch, ring, wide, sums)
    return sums


@dataclass(frozen=True)
class Lattice:
    """
    Points around an atom, in units of its radius.

    :param inner: nearer than 1, shape (n, 3)
    :param inner_weights: positive, shape (n,), of sum 1
    :param ring: from there to 2, shape (m, 3)
    :param ring_weights: negative, shape (m,), in the same units
    """

    inner: Floats
    inner_weights: Floats
    ring: Floats
    ring_weights: Floats

    @classmethod
    def of_spacing(cls, inner_spacing: float, ring_spacing: float) -> 'Lattice':
        """
        Cubic lattices with the atom on one of their points.

        :param inner_spacing: of the points within the radius
        :param ring_spacing: of the points beyond
        :returns: the points
        """
        inner, ring = ball(inner_spacing, 0, 1), ball(ring_spacing, 1, 2)
        inner_weights = weight(np.sqrt((inner**2).sum(1))) * inner_spacing**3
        ring_weights = weight(np.sqrt((ring**2).sum(1))) * ring_spacing**3
        total = inner_weights.sum()
        return cls(
            inner.astype(np.float32), (inner_weights / total).astype(np.float32),
            ring.astype(np.float32), (ring_weights / total).astype(np.float32),
        )  # fmt: skip


def ball(spacing: float, low: float, high: float) -> Array:
    """
    Points of a cubic lattice around the origin, which is one of them.

    :param spacing: of the points
    :param low: nearest
    :param high: farthest, not included
    :returns: the points, shape (n, 3)
    """
    number = int(high / spacing) + 1
    steps = np.arange(-number, number + 1) * spacing
    points = np.stack(np.meshgrid(steps, steps, steps, indexing='ij'), -1).reshape(-1, 3)
    distance = np.sqrt((points**2).sum(1))
    kept: Array = points[(distance >= low) & (distance < high)]
    return kept


class Close:
    """
    Neighbours of each atom whose spheres of some size meet one of the atom's own.

    :param atoms: the atoms
    :param own: size of the atom's sphere in radii
    :param other: size of the neighbours' spheres in radii
    """

    def __init__(self, atoms: Atoms, own: int, other: int) -> None:
        self.atoms = atoms
        pairs = atoms.neighbours
        reach = own * atoms.radii[pairs.first] + other * atoms.radii[pairs.second]
        self.keep = pairs.distance < reach
        self._starts = np.searchsorted(pairs.first, np.arange(len(atoms) + 1))

    def counts(self, batch: Indices) -> Indices:
        """
        Number of neighbours, those included that are not kept.

        :param batch: atoms
        :returns: of each
        """
        result: Indices = self._starts[batch + 1] - self._starts[batch]
        return result

    def around(self, batch: Indices) -> tuple[Floats, Floats]:
        """
        The neighbours of some atoms, padded with such that are far away.

        :param batch: atoms
        :returns: where they are as seen from the atom, shape (a, m, 3), and their radii, shape (a, m), both in units of
            the atom's radius
        """
        counts = self.counts(batch)
        rows = np.repeat(np.arange(len(batch)), counts)
        pairs = np.arange(counts.sum()) + np.repeat(self._starts[batch] - np.cumsum(counts) + counts, counts)
        kept = self.keep[pairs]
        rows, pairs = rows[kept], pairs[kept]
        number = np.bincount(rows, minlength=len(batch))
        columns = np.arange(len(rows)) - np.repeat(np.cumsum(number) - number, number)
        where = np.full((len(batch), int(number.max(initial=0)), 3), _FAR, np.float32)
        radii = np.zeros(where.shape[:2], np.float32)
        second = self.atoms.neighbours.second[pairs]
        unit = self.atoms.radii[batch[rows]]
        where[rows, columns] = (self.atoms.positions[second] - self.atoms.positions[batch[rows]]) / unit[:, None]
        radii[rows, columns] = self.atoms.radii[second] / unit
        return where, radii


def batches(close: Close, points: int) -> Iterator[Indices]:
    """
    Divide the atoms so that the distances of a batch fit into memory.

    :param close: their neighbours
    :param points: around each
    :returns: parts of them
    """
    everything = np.arange(len(close.atoms))
    most = int(close.counts(everything).max(initial=1))
    size = max(1, _BATCH // (points * max(1, most // 2)))
    for start in range(0, len(everything), size):
        yield everything[start : start + size]


def relative_squares(where: Floats, shifts: Floats, points: Floats) -> Floats:
    """
    Squared distances of neighbours from points, less the squared distance of the point from the atom.

    :param where: neighbours as seen from the atom, shape (a, m, 3)
    :param shifts: what is subtracted for each neighbour, shape (a, m)
    :param points: shape (n, 3), or (a, n, 3) for points of each atom
    :returns: shape (a, m, n)
    """
    left = np.concatenate((where, ((where**2).sum(-1) - shifts)[..., None]), -1)
    right = np.concatenate((-2 * points, np.ones_like(points[..., :1])), -1)
    if right.ndim == 2:
        flat = left.reshape(-1, 4) @ right.T
        return flat.reshape(*left.shape[:2], len(points))
    result: Floats = left @ np.swapaxes(right, 1, 2)
    return result


def _add_inner(atoms: Atoms, density: Density, lattice: Lattice, batch: Indices, close: Close, sums: Sums) -> None:
    """
    Add up the points within the radius: density is shared with atoms that are not bonded and reach there.

    :param atoms: the atoms
    :param density: the map
    :param lattice: the points
    :param batch: some of the atoms
    :param close: those it may be shared with
    :param sums: gets the sums
    """
    own = np.sqrt((lattice.inner**2).sum(1))
    where, radii = close.around(batch)
    squares = relative_squares(where, 0 * radii, lattice.inner)
    squares += own**2
    squares[squares >= (radii**2)[..., None]] = 0
    foreign = np.sqrt(np.maximum(squares, 0, out=squares), out=squares).sum(1)
    owned = np.where(foreign > 0, 1 - own / np.maximum(own + foreign, 1e-6), np.float32(1))
    places = (atoms.positions[batch][:, None] + atoms.radii[batch][:, None, None] * lattice.inner).reshape(-1, 3)
    found = density.scores(places).reshape(len(batch), -1)
    gained = found * lattice.inner_weights
    sums.known[batch] = ~np.isnan(gained).any(1)
    sums.edia[batch] = (gained * owned).sum(1)
    sums.shared[batch] = (gained * (1 - owned)).sum(1)
    sums.missing[batch] = (np.maximum(1 - found, 0) * lattice.inner_weights).sum(1)


def _add_ring(
    atoms: Atoms, density: Density, lattice: Lattice, batch: Indices, ring: Close, wide: Close, sums: Sums
) -> None:
    """
    Add up the points between the radius and twice of it: density that no atom owns counts against the nearest ones.

    :param atoms: the atoms
    :param density: the map
    :param lattice: the points
    :param batch: some of the atoms
    :param ring: those that may own points there
    :param wide: those that may share what no atom owns
    :param sums: gets the sums
    """
    where, radii = ring.around(batch)
    distances = np.sqrt((lattice.ring**2).sum(1))
    free = relative_squares(where, radii**2, lattice.ring).min(1, initial=_FAR) >= -(distances**2)
    rows, columns = np.nonzero(free)
    found = density.scores(atoms.positions[batch[rows]] + atoms.radii[batch[rows], None] * lattice.ring[columns])
    there = np.flatnonzero(found > 0)
    rows, columns, found = rows[there], columns[there], found[there]
    own = distances[columns]
    foreign = _others(wide, batch, rows, lattice.ring[columns])
    owned = np.where(foreign > 0, 1 - own / (own + foreign), np.float32(1))
    lost = np.bincount(rows, -found * lattice.ring_weights[columns] * owned, len(batch))
    sums.edia[batch] -= lost
    sums.extra[batch] = lost


def _others(close: Close, batch: Indices, rows: Indices, points: Floats) -> Floats:
    """
    Sum of the distances of points from all other atoms that they are within twice the radius of.

    :param close: the neighbours
    :param batch: some of the atoms
    :param rows: which of them each point belongs to, in order
    :param points: as seen from their atoms in units of their radii, shape (n, 3)
    :returns: shape (n,), in the same units
    """
    number = np.bincount(rows, minlength=len(batch))
    slots = np.arange(len(rows)) - np.repeat(np.cumsum(number) - number, number)
    padded = np.zeros((len(batch), int(number.max(initial=0)), 3), np.float32)
    padded[rows, slots] = points
    where, radii = close.around(batch)
    squares = relative_squares(where, 0 * radii, padded)
    squares += (padded**2).sum(-1)[:, None]
    squares[squares >= (4 * radii**2)[..., None]] = 0
    result: Floats = np.sqrt(np.maximum(squares, 0, out=squares), out=squares).sum(1)[rows, slots]
    return result
