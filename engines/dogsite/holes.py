"""Fills the middle of large cavities, where no ray meets the protein although there is no way out."""

import numpy as np

from engines.dogsite.fields import PROBE, RAY
from engines.dogsite.grid import Bools, Coordinates, Grid, Indices, surface_distance

_LEAST = 4 / 3 * np.pi * RAY**3 * 0.7
"""Cubic Angstrom; a smaller pocket has no middle that is farther from the protein than the rays reach."""


def fill(grid: Grid, points: Indices, others: Indices, positions: Coordinates, radii: Coordinates) -> Indices:
    """
    Find what a pocket encloses together with the protein.

    :param grid: of the pocket
    :param points: of the pocket, flat indices, rising
    :param others: points of all pockets; none of them is added
    :param positions: atoms of the protein in the frame of the grid, Angstrom, shape (n, 3)
    :param radii: van der Waals radii, Angstrom
    :returns: the points to be added, flat indices
    """
    if len(points) * grid.spacing**3 < _LEAST:
        return np.empty(0, np.intp)
    indices = np.stack(np.unravel_index(points, grid.shape), 1)
    low = indices.min(0) - 1
    x, y, z = (int(n) for n in indices.max(0) - low + 2)
    local = Grid(grid.points(low), grid.spacing, (x, y, z))
    mask = np.zeros(local.shape, np.bool_)
    taken = np.stack(np.unravel_index(others, grid.shape), 1) - low
    taken = taken[((taken >= 0) & (taken < local.shape)).all(1)]
    mask[tuple(taken.T)] = True
    # Where a probe does not fit, there is no way: crevices between atoms are no middle of a cavity.
    space = (surface_distance(local, positions, radii, PROBE + 0.1) >= PROBE) & ~mask
    enclosed = np.argwhere(space & ~_outside(space)) + low
    return np.asarray(np.ravel_multi_index(tuple(enclosed.T), grid.shape), np.intp)


def _outside(space: Bools) -> Bools:
    """
    What can be reached from the border.

    :param space: points that can be passed
    :returns: those of them with a way to the border of the box
    """
    reached = np.zeros(space.shape, np.bool_)
    for axis in range(3):
        for side in (0, -1):
            face = tuple(side if a == axis else slice(None) for a in range(3))
            reached[face] = space[face]
    count = -1
    while count != (count := int(reached.sum())):
        for axis in range(3):
            for line in (slice(None), slice(None, None, -1)):
                _sweep(np.moveaxis(reached, axis, 0)[line], np.moveaxis(space, axis, 0)[line])
    return reached


def _sweep(reached: Bools, space: Bools) -> None:
    """
    Go through the layers of a box and reach from each into the next.

    :param reached: what has been reached, changed in place
    :param space: points that can be passed
    """
    for i in range(1, len(reached)):
        reached[i] |= reached[i - 1] & space[i]
