"""Bodies made of atoms whose cavities are known."""

import numpy as np

from engines.dogsite.grid import Coordinates
from engines.dogsite.molecule import Molecule

RADIUS = 1.7
"""Van der Waals radius of all atoms, Angstrom."""
_WALL = 7.0
_APART = 1.2


def molecule(positions: Coordinates) -> Molecule:
    """
    Atoms as a molecule of one residue.

    :param positions: Angstrom, shape (n, 3)
    :returns: the molecule
    """
    number = len(positions)
    radii = np.full(number, RADIUS)
    return Molecule(positions, radii, [('CA', 'C')] * number, [0] * number, [('A', 1, '', 'GLY')])


def sphere(radius: float, centre: float = 0.0) -> Coordinates:
    """
    Atoms on a sphere, about one for each square Angstrom.

    :param radius: Angstrom
    :param centre: its place on the x axis, Angstrom
    :returns: Angstrom, shape (n, 3)
    """
    number = int(4 * np.pi * radius**2)
    z = 1 - (2 * np.arange(number) + 1) / number
    angle = np.arange(number) * np.pi * (1 + np.sqrt(5))
    flat = np.sqrt(1 - z * z)
    return np.stack([flat * np.cos(angle), flat * np.sin(angle), z], 1) * radius + np.array([centre, 0, 0])


def shell(radius: float) -> Coordinates:
    """
    A hollow ball.

    :param radius: of its innermost atoms, Angstrom
    :returns: Angstrom, shape (n, 3)
    """
    return np.concatenate([sphere(radius + step) for step in np.arange(0, _WALL, _APART)])


def tunnel(radius: float, length: float) -> Coordinates:
    """
    A tube that is open at both ends.

    :param radius: of its innermost atoms, Angstrom
    :param length: between the first and the last layer of atoms, Angstrom
    :returns: Angstrom, shape (n, 3)
    """
    rings = []
    for z in np.linspace(-length / 2, length / 2, round(length / _APART) + 1):
        for r in np.arange(radius, radius + _WALL, _APART):
            angle = np.linspace(0, 2 * np.pi, int(2 * np.pi * r / _APART), endpoint=False) + z
            rings.append(np.stack([r * np.cos(angle), r * np.sin(angle), np.full(len(angle), z)], 1))
    return np.concatenate(rings)


def block(size: tuple[float, float, float]) -> Coordinates:
    """
    A solid cuboid.

    :param size: of its edges, Angstrom
    :returns: Angstrom, shape (n, 3)
    """
    axes = [np.arange(-edge / 2, edge / 2 + 0.01, _APART) for edge in size]
    return np.stack(np.meshgrid(*axes, indexing='ij'), -1).reshape(-1, 3)


def two_cavities(radius: float, distance: float) -> Coordinates:
    """
    A block with two spherical cavities whose walls of atoms touch or intersect.

    :param radius: of the innermost atoms of each, Angstrom
    :param distance: between the centres, Angstrom
    :returns: Angstrom, shape (n, 3)
    """
    wide = 2 * (radius + _WALL)
    walls = [sphere(radius, distance / 2), sphere(radius, -distance / 2)]
    atoms = np.concatenate([block((wide + distance, wide, wide)), *walls])
    for centre in (-distance / 2, distance / 2):
        atoms = atoms[((atoms - np.array([centre, 0, 0])) ** 2).sum(1) >= (radius - 0.01) ** 2]
    return atoms
