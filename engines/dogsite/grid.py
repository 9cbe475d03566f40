"""
The grid on which pockets are found: how far each point is from the surface of the protein, and the smoothed density.

All arrays have the shape (nx, ny, nz); the point (i, j, k) lies at ``origin + spacing * (i, j, k)``, in Angstrom.
"""

import itertools
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float32]
Coordinates = npt.NDArray[np.float64]
Bools = npt.NDArray[np.bool_]
Indices = npt.NDArray[np.intp]

_TRUNCATE = 3.0
"""Standard deviations up to which a Gaussian is summed."""
_BLOCK = 30_000
"""Pairs of an atom and a grid point that are worked on at once."""


@dataclass(frozen=True)
class Grid:
    """
    A Cartesian grid.

    :param origin: position of the first point, Angstrom, shape (3,)
    :param spacing: Angstrom
    :param shape: points along x, y and z
    """

    origin: Coordinates
    spacing: float
    shape: tuple[int, int, int]

    @classmethod
    def around(cls, positions: Coordinates, spacing: float, margin: float) -> 'Grid':
        """
        The grid that holds all positions with a margin. Its points are multiples of the spacing, so that every part
        of a structure gets the same points.

        :param positions: shape (n, 3), Angstrom
        :param spacing: Angstrom
        :param margin: Angstrom
        :returns: the grid
        """
        low = np.floor((positions.min(0) - margin) / spacing)
        high = np.ceil((positions.max(0) + margin) / spacing)
        x, y, z = (int(n) for n in high - low + 1)
        return cls(low * spacing, spacing, (x, y, z))

    def points(self, indices: Indices) -> Coordinates:
        """
        Where points lie.

        :param indices: shape (n, 3)
        :returns: Angstrom, shape (n, 3)
        """
        result: Coordinates = self.origin + self.spacing * indices
        return result

    def nearest(self, positions: Coordinates) -> Indices:
        """
        The nearest point of each position; it may lie outside of the grid.

        :param positions: shape (n, 3), Angstrom
        :returns: indices, shape (n, 3)
        """
        return np.rint((positions - self.origin) / self.spacing).astype(np.intp)


def ball(radius: float, spacing: float) -> Indices:
    """
    The steps from a grid point to all points within a distance.

    :param radius: Angstrom
    :param spacing: Angstrom
    :returns: shape (n, 3), the nearest first
    """
    reach = int(radius / spacing)
    steps = np.array(list(itertools.product(range(-reach, reach + 1), repeat=3)), np.intp)
    squares = (steps**2).sum(1)
    inside = squares * spacing**2 <= radius**2 + 1e-9
    result: Indices = steps[inside][np.argsort(squares[inside], kind='stable')]
    return result


def surface_distance(grid: Grid, positions: Coordinates, radii: Coordinates, reach: float) -> Floats:
    """
    Distance of each point from the nearest van der Waals surface, negative inside of atoms.

    :param grid: the grid
    :param positions: heavy atoms, shape (n, 3), Angstrom
    :param radii: their van der Waals radii, shape (n,), Angstrom
    :param reach: distances up to this one are right; all longer ones are given as ``reach``
    :returns: Angstrom
    """
    widest = float(radii.max()) + reach + grid.spacing
    rim = int(widest / grid.spacing) + 1
    # With a border that no atom reaches beyond, nothing has to be checked on the way.
    pad = 2 * rim
    shape = np.array(grid.shape) + 2 * pad
    field = np.full(shape, reach, np.float32)
    inner = tuple(slice(pad, -pad) for _ in range(3))
    base = grid.nearest(positions)
    near = ((base >= -rim) & (base < np.array(grid.shape) + rim)).all(1)
    positions, base = positions[near], base[near]
    if len(positions) == 0:
        return field[inner]
    strides = np.array([shape[1] * shape[2], shape[2], 1])
    keys = (base + pad) @ strides
    order = np.argsort(keys, kind='stable')
    offset = (positions - grid.points(base)).astype(np.float32)[order]
    radii, keys = radii[near][order].astype(np.float32), keys[order]
    flat = field.reshape(-1)
    steps = ball(widest, grid.spacing)
    at_once = max(1, _BLOCK // len(base))
    for block in (steps[i : i + at_once] for i in range(0, len(steps), at_once)):
        vectors = (block * grid.spacing).astype(np.float32)[:, None] - offset
        values = np.sqrt(np.einsum('ijk,ijk->ij', vectors, vectors)) - radii
        use = values < reach
        np.minimum.at(flat, ((block @ strides)[:, None] + keys)[use], values[use])
    return np.ascontiguousarray(field[inner])


def density(distance: Floats, spacing: float) -> Floats:
    """
    Share of each point's voxel that lies inside the protein, taken from the distance of its centre to the surface.

    :param distance: from :func:`surface_distance`
    :param spacing: Angstrom
    :returns: 0 outside to 1 inside
    """
    result: Floats = np.clip(np.float32(0.5) - distance / np.float32(spacing), 0, 1)
    return result


def blur(values: Floats, sigma: float, spacing: float) -> Floats:
    """
    Convolve with a Gaussian; outside of the grid the values are 0.

    :param values: on the grid
    :param sigma: standard deviation, Angstrom
    :param spacing: Angstrom
    :returns: smoothed values
    """
    reach = max(1, int(_TRUNCATE * sigma / spacing + 0.5))
    weights = np.exp(-0.5 * (np.arange(-reach, reach + 1) * spacing / sigma) ** 2)
    weights = (weights / weights.sum()).astype(np.float32)
    for axis in range(3):
        values = _convolve(values, weights, axis)
    return values


def _convolve(values: Floats, weights: Floats, axis: int) -> Floats:
    """
    Convolve along one axis with symmetric weights.

    :param values: on the grid
    :param weights: odd number of them
    :param axis: 0, 1 or 2
    :returns: the sums
    """
    reach = len(weights) // 2
    result: Floats = values * weights[reach]
    size = values.shape[axis]
    for shift in range(1, min(reach, size - 1) + 1):
        ahead, behind = _cut(axis, shift, size), _cut(axis, 0, size - shift)
        result[behind] += weights[reach + shift] * values[ahead]
        result[ahead] += weights[reach - shift] * values[behind]
    return result


def _cut(axis: int, start: int, stop: int) -> tuple[slice, ...]:
    """
    Part of an array along one axis.

    :param axis: 0, 1 or 2
    :param start: first index
    :param stop: index after the last one
    :returns: index for numpy
    """
    return tuple(slice(start, stop) if a == axis else slice(None) for a in range(3))


def shifted(values: Bools, step: Indices) -> tuple[tuple[slice, ...], tuple[slice, ...]]:
    """
    Pair each point with the one that is a step away.

    :param values: gives the shape
    :param step: three numbers of points
    :returns: index of the points, and index of the points that the step leads to
    """
    here = tuple(slice(max(0, -s), n - max(0, s)) for s, n in zip(step, values.shape, strict=True))
    there = tuple(slice(max(0, s), n - max(0, -s)) for s, n in zip(step, values.shape, strict=True))
    return here, there
