"""Measures many matches at once: distances, angles, superposition."""

import numpy as np
import numpy.typing as npt

from engines.structure.rotations import rotation_between

Array = npt.NDArray[np.float64]


def lengths(first: Array, second: Array) -> Array:
    """
    :param first: points, Angstrom, shape (n, 3)
    :param second: likewise
    :returns: distances, Angstrom, shape (n,)
    """
    result: Array = np.sqrt(((first - second) ** 2).sum(-1))
    return result


def angles(first: Array, middle: Array, last: Array) -> Array:
    """
    :param first: points, shape (n, 3)
    :param middle: likewise
    :param last: likewise
    :returns: the angle at the middle, degrees, shape (n,); 0 where two points coincide
    """
    return between(first - middle, last - middle)


def between(first: Array, second: Array) -> Array:
    """
    :param first: vectors, shape (n, 3)
    :param second: likewise
    :returns: the angle between them, degrees, shape (n,); 0 where one has no length
    """
    size = np.sqrt((first**2).sum(-1) * (second**2).sum(-1))
    cosine = np.divide((first * second).sum(-1), size, out=np.ones_like(size), where=size > 0)
    result: Array = np.degrees(np.arccos(np.clip(cosine, -1, 1)))
    return result


def superpose(moving: Array, fixed: Array) -> tuple[Array, Array, Array]:
    """
    Lay many sets of points on one, without mirror images.

    :param moving: shape (n, k, 3), Angstrom
    :param fixed: shape (k, 3), Angstrom
    :returns: rotations, shape (n, 3, 3), shifts, shape (n, 3), so that ``x' = rotation @ x + shift``, and RMSDs,
        shape (n,), Angstrom
    """
    middle, target = moving.mean(1), fixed.mean(0)
    products = np.einsum('nki,kj->nij', moving - middle[:, None], fixed - target)
    rotations = rotation_between(products).swapaxes(1, 2)
    shifts = target - np.einsum('nij,nj->ni', rotations, middle)
    moved = np.einsum('nij,nkj->nki', rotations, moving) + shifts[:, None]
    return rotations, shifts, np.sqrt(((moved - fixed) ** 2).sum(-1).mean(-1))
