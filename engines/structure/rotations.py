"""The rotation between two sets of points, which every superposition needs."""

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[np.float64]


def rotation_between(products: Array) -> Array:
    """
    Kabsch 1976, doi:10.1107/S0567739476001873; never a mirror image.

    :param products: sums of outer products of each first point with its second, about their centres, shape (..., 3, 3)
    :returns: the rotations that bring the second points closest to the first, shape (..., 3, 3); transposed, the first
        to the second
    """
    left, _, right = np.linalg.svd(products)
    left[..., 2] *= np.where(np.linalg.det(left @ right) < 0, -1.0, 1.0)[..., None]
    rotations: Array = left @ right
    return rotations
