"""
Where hydrogens are, given their heavy atom, its neighbours, and its hybridisation.

Directions follow from the measured neighbours: a single hydrogen points away from them, two sit on either side of
their plane, and those of an atom with one neighbour stand on a cone around that bond. Decisions are taken with
hydrogens at internuclear distances; other bond lengths only change what is written.
"""

import math

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[np.float64]
"""Positions or directions, shape (..., 3), Angstrom."""

SP, SP2, SP3 = 1, 2, 3
"""Hybridisation of an atom, as far as the places of hydrogens depend on it."""

TETRAHEDRAL, TRIGONAL = math.radians(109.5), math.radians(120.0)
HYDROXYL, THIOL, WATER = math.radians(109.5), math.radians(96.0), math.radians(104.5)
"""Angles heavy atom - X - H of alcohols, thiols, and water; methanol 108.5, methanethiol 96.5, water 104.5 degrees."""
_HALF_METHYLENE = math.radians(108.0) / 2

NEUTRON = {
    'CH': 1.099, 'CH2': 1.092, 'CH3': 1.077, 'C sp2': 1.083, 'C sp': 1.055, 'N': 1.015, 'N+': 1.036, 'O': 0.970,
    'O sp2': 1.000, 'water': 0.960, 'S': 1.338, 'other': 1.400,
}  # fmt: skip
"""Angstrom; mean internuclear distances of neutron structures, Allen & Bruno 2010, doi:10.1107/S0108768110012048."""
XRAY = {
    'CH': 1.00, 'CH2': 0.99, 'CH3': 0.98, 'C sp2': 0.95, 'C sp': 0.95, 'N': 0.88, 'N+': 0.91, 'O': 0.84,
    'O sp2': 0.84, 'water': 0.84, 'S': 1.20, 'other': 1.30,
}  # fmt: skip
"""
Angstrom; distances to the electron cloud, which X-ray refinement uses: the riding hydrogens of SHELXL below 253 K
(Sheldrick 2015, doi:10.1107/S2053229614024218).
"""
BOND_LENGTHS = {'neutron': NEUTRON, 'xray': XRAY}


def bond_kind(element: str, hybridisation: int, hydrogens: int, charge: int, conjugated: bool) -> str:
    """
    The kind of a bond to hydrogen, a key of the tables of lengths.

    :param element: symbol of the heavy atom
    :param hybridisation: of the heavy atom
    :param hydrogens: number of hydrogens on it
    :param charge: its formal charge
    :param conjugated: whether a hydroxyl sits on an unsaturated atom
    :returns: the kind
    """
    if element == 'C':
        return {SP: 'C sp', SP2: 'C sp2'}.get(hybridisation, {1: 'CH', 2: 'CH2'}.get(hydrogens, 'CH3'))
    if element == 'N':
        return 'N+' if charge > 0 and hybridisation == SP3 else 'N'
    if element == 'O':
        return 'O sp2' if conjugated else 'O'
    return 'S' if element in ('S', 'SE') else 'other'


def unit(vectors: Array) -> Array:
    """
    Vectors of length one.

    :param vectors: shape (..., 3)
    :returns: the same shape; a vector without length stays
    """
    lengths = np.sqrt((vectors * vectors).sum(-1, keepdims=True))
    return vectors / np.where(lengths > 1e-9, lengths, 1.0)


def perpendicular(direction: Array) -> Array:
    """
    Some direction across another one, the same for the same input.

    :param direction: unit vector, shape (3,)
    :returns: unit vector
    """
    axis = np.zeros(3)
    axis[int(np.argmin(np.abs(direction)))] = 1.0
    return unit(cross(direction, axis))


def cross(first: Array, second: Array) -> Array:
    """
    Cross product; several times faster than that of numpy for small arrays.

    :param first: shape (..., 3)
    :param second: shape (..., 3)
    :returns: shape (..., 3)
    """
    a, b, c = first[..., 0], first[..., 1], first[..., 2]
    x, y, z = second[..., 0], second[..., 1], second[..., 2]
    return np.stack((b * z - c * y, c * x - a * z, a * y - b * x), -1)


def opposite(parent: Array, neighbours: Array) -> Array:
    """
    The direction away from two or three neighbours.

    :param parent: shape (..., 3)
    :param neighbours: shape (..., n, 3)
    :returns: unit vectors, shape (..., 1, 3)
    """
    spokes = unit(neighbours - parent[..., None, :])
    away = -spokes.sum(-2)
    flat = (away * away).sum(-1, keepdims=True) < 0.01
    if flat.any():  # a planar centre of three: either side will do
        across = cross(spokes[..., 0, :], spokes[..., 1, :])
        away = np.where(flat, across, away)
    return unit(away)[..., None, :]


def either_side(parent: Array, neighbours: Array) -> Array:
    """
    The two directions that complete a tetrahedron with two neighbours.

    :param parent: shape (..., 3)
    :param neighbours: shape (..., 2, 3)
    :returns: unit vectors, shape (..., 2, 3); the first on the side of first x second
    """
    spokes = unit(neighbours - parent[..., None, :])
    away = unit(-spokes.sum(-2))
    across = unit(cross(spokes[..., 0, :], spokes[..., 1, :]))
    inner, outer = math.cos(_HALF_METHYLENE), math.sin(_HALF_METHYLENE)
    return np.stack((inner * away + outer * across, inner * away - outer * across), -2)


def on_cone(parent: Array, neighbour: Array, reference: Array, angle: float, torsions: Array) -> Array:
    """
    Directions on the cone around the bond to the only neighbour.

    :param parent: the heavy atom, shape (..., 3)
    :param neighbour: its neighbour, shape (..., 3)
    :param reference: an atom on the neighbour, from which torsions count, shape (..., 3)
    :param angle: neighbour - parent - H, radians
    :param torsions: reference - neighbour - parent - H, radians, shape (n,)
    :returns: unit vectors, shape (..., n, 3)
    """
    axis = unit(parent - neighbour)
    side = reference - neighbour
    side = side - (side * axis).sum(-1, keepdims=True) * axis
    side = unit(side)
    third = cross(axis, side)
    around = np.cos(torsions)[:, None] * side[..., None, :] + np.sin(torsions)[:, None] * third[..., None, :]
    return -math.cos(angle) * axis[..., None, :] + math.sin(angle) * around


def torsion_towards(parent: Array, neighbour: Array, reference: Array, target: Array) -> float:
    """
    The torsion at which a hydrogen comes nearest to a point.

    :param parent: the heavy atom
    :param neighbour: its neighbour
    :param reference: an atom on the neighbour
    :param target: the point
    :returns: radians
    """
    axis = unit(parent - neighbour)
    side = reference - neighbour
    side = unit(side - float(side @ axis) * axis)
    towards = target - parent
    return math.atan2(float(towards @ cross(axis, side)), float(towards @ side))
