"""Pairs of points within a distance, and the symmetry copies of a crystal that touch its asymmetric unit."""

import itertools
from dataclasses import dataclass

import gemmi
import numpy as np
import numpy.typing as npt

from engines.errors import EngineError

Array = npt.NDArray[np.float64]
"""Positions, shape (..., 3), Angstrom."""
Indices = npt.NDArray[np.intp]
LEAST_VOLUME = 2.0
"""Cubic Angstrom of a crystal for each atom, all conformers counted; the densest have five times as much. A cell
without room for its atoms is a mistake of the file."""
MOST_CELLS = 5_000
"""Cells of the crystal that are looked through for copies: those of a molecule 15 of them long, wide and high."""


@dataclass(frozen=True)
class SymmetryCopy:
    """
    A copy of the asymmetric unit, as far as it touches the original: ``x' = rotation @ x + shift``.

    :param rotation: shape (3, 3)
    :param shift: Angstrom, shape (3,)
    :param atoms: indices of the heavy atoms that come near
    """

    rotation: Array
    shift: Array
    atoms: Indices

    def apply(self, points: Array) -> Array:
        """
        Move points to the copy.

        :param points: shape (n, 3)
        :returns: shape (n, 3)
        """
        moved: Array = points @ self.rotation.T + self.shift
        return moved


def near_pairs(first: Array, second: Array, radius: float) -> tuple[Indices, Indices]:
    """
    All pairs of points of two sets within a distance, by sorting into cells.

    :param first: shape (n, 3), Angstrom
    :param second: shape (m, 3), Angstrom
    :param radius: largest distance, Angstrom
    :returns: indices into the first and the second set, in the order of the first, then the second
    """
    if not len(first) or not len(second):
        return np.empty(0, np.intp), np.empty(0, np.intp)
    low = np.minimum(first.min(0), second.min(0)) - radius
    cells_a = ((first - low) / radius).astype(np.int64)
    cells_b = ((second - low) / radius).astype(np.int64)
    extent = np.maximum(cells_a.max(0), cells_b.max(0)) + 2
    strides = np.array([extent[1] * extent[2], extent[2], 1])
    keys_b = cells_b @ strides
    order = np.argsort(keys_b, kind='stable')
    sorted_keys = keys_b[order]
    sorted_second = second[order]
    found_a, found_b = [], []
    base = cells_a @ strides
    for dx, dy in itertools.product((-1, 0, 1), repeat=2):
        # The three cells of a row lie next to each other in the sorted order.
        middle = base + dx * strides[0] + dy * strides[1]
        start = np.searchsorted(sorted_keys, middle - 1, 'left')
        counts = np.searchsorted(sorted_keys, middle + 1, 'right') - start
        a = np.repeat(np.arange(len(first)), counts)
        b = np.arange(len(a)) + np.repeat(start - np.cumsum(counts) + counts, counts)
        apart = first[a] - sorted_second[b]
        close = np.einsum('ij,ij->i', apart, apart) <= radius * radius
        found_a.append(a[close])
        found_b.append(order[b[close]])
    a, b = np.concatenate(found_a), np.concatenate(found_b)
    sequence = np.lexsort((b, a))
    return a[sequence], b[sequence]


def symmetry_copies(structure: gemmi.Structure, positions: Array, reach: float) -> list[SymmetryCopy]:
    """
    The copies of the asymmetric unit that come near it, crystal and declared non-crystal symmetry alike.

    :param structure: structure with its cell
    :param positions: heavy atoms, shape (n, 3), Angstrom
    :param reach: distance that counts as near, Angstrom
    :returns: the copies, in the order of their operators; none without a crystal cell that has room for the atoms
    :raises EngineError: if the atoms are scattered over more of the crystal than any molecule
    """
    if not len(positions) or not has_crystal(structure, len(positions)):
        return []
    to_cell = np.array(structure.cell.frac.mat.tolist())
    from_cell = np.array(structure.cell.orth.mat.tolist())
    fractions = positions @ to_cell.T
    low, high = positions.min(0) - reach, positions.max(0) + reach
    middle = fractions.mean(0)
    diameter = 2 * float(np.sqrt(((positions - from_cell @ middle) ** 2).sum(1).max())) + reach
    copies = []
    # Cells away from the one whose copy is nearest: rounding leaves at most half a cell along each axis.
    most = np.floor(diameter * np.linalg.norm(to_cell, axis=1) + 0.5).astype(int)
    if np.prod(2.0 * most + 1) > MOST_CELLS:
        message = f'Atoms lie up to {diameter:,.0f} \u00c5 apart, over very many cells of the crystal.'
        raise EngineError('structure.scattered', message, 'Are all parts, such as a ligand, in the same frame?')
    shifts = list(itertools.product(*(range(-n, n + 1) for n in most.tolist())))
    for matrix, vector in _operators(structure):
        home = np.round(middle - (matrix @ middle + vector))
        for shift in shifts:
            translation = vector + home + np.array(shift)
            away = from_cell @ (matrix @ middle + translation - middle)
            if float(away @ away) > diameter**2 or (np.allclose(matrix, np.eye(3)) and not translation.any()):
                continue
            copy = _copy(from_cell @ matrix @ to_cell, from_cell @ translation, positions, (low, high), reach)
            if copy is not None:
                copies.append(copy)
    return copies


def has_crystal(structure: gemmi.Structure, atoms: int) -> bool:
    """
    Whether there are symmetry copies to look for.

    :param structure: structure with its cell, whose images are set up
    :param atoms: number of heavy atoms in it
    :returns: False without a crystal cell, or when it has no room for the atoms
    """
    if not structure.cell.is_crystal():
        return False
    structure.setup_cell_images()
    return bool(structure.cell.volume_per_image() >= LEAST_VOLUME * atoms)


def _operators(structure: gemmi.Structure) -> list[tuple[Array, Array]]:
    """
    The symmetry operators in fractional coordinates, the identity first.

    :param structure: structure with its images set up
    :returns: rotations and translations
    """
    identity = (np.eye(3), np.zeros(3))
    images = ((np.array(i.mat.tolist()), np.array(i.vec.tolist())) for i in structure.cell.images)
    return [identity, *images]


def _copy(
    rotation: Array, shift: Array, positions: Array, box: tuple[Array, Array], reach: float
) -> SymmetryCopy | None:
    """
    One copy, cut to the atoms that come near the original.

    :param rotation: Cartesian rotation
    :param shift: Angstrom
    :param positions: atoms of the original
    :param box: lowest and highest corner around the original
    :param reach: Angstrom
    :returns: the copy, or None if it stays away
    """
    moved = positions @ rotation.T + shift
    inside = np.flatnonzero(((moved > box[0]) & (moved < box[1])).all(1))
    if not inside.size:
        return None
    near, _ = near_pairs(moved[inside], positions, reach)
    if not near.size:
        return None
    return SymmetryCopy(rotation, shift, inside[np.unique(near)])
