"""Superposition: the rotation and translation that bring two sets of points closest together."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from engines.structure.rotations import rotation_between

Points = npt.NDArray[np.float64]
"""Positions, shape (..., 3), Angstrom."""


@dataclass(frozen=True)
class Transform:
    """
    A motion: ``x' = rotation @ x + shift``.

    :param rotation: shape (3, 3)
    :param shift: Angstrom, shape (3,)
    """

    rotation: Points
    shift: Points

    def apply(self, points: Points) -> Points:
        """
        :param points: shape (..., 3)
        :returns: them after the motion
        """
        moved: Points = points @ self.rotation.T + self.shift
        return moved


def superpose(fixed: Points, moving: Points) -> Transform:
    """
    :param fixed: shape (n, 3), Angstrom
    :param moving: the same points elsewhere, shape (n, 3)
    :returns: the motion of ``moving`` after which the root mean square deviation is least
    """
    centre, other = fixed.mean(0), moving.mean(0)
    rotation = rotation_between((moving - other).T @ (fixed - centre)).T
    return Transform(rotation, centre - rotation @ other)


def rmsd(first: Points, second: Points) -> float:
    """
    :param first: shape (n, 3), Angstrom
    :param second: the same points elsewhere
    :returns: root mean square deviation without a superposition, Angstrom; 0 for no points
    """
    return float(np.sqrt(((first - second) ** 2).sum(-1).mean())) if len(first) else 0.0
