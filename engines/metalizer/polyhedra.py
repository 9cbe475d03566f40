"""
The ideal polyhedra of two to nine sites around a metal.

Those that symmetry alone does not fix have the angles of least repulsion, which falls off with the sixth power of the
distance, as Kepert uses it (Kepert DL (1982) Inorganic Stereochemistry, Springer, doi:10.1007/978-3-642-68046-5).
"""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[np.float64]
Site = tuple[str, float, tuple[float, ...]]
"""Sites of one kind: its name, the polar angle and the azimuths, degrees."""
_SAME = 1e-6
_TRIANGLE, _OTHER_TRIANGLE = (0.0, 120.0, 240.0), (60.0, 180.0, 300.0)
_SQUARE, _OTHER_SQUARE = (0.0, 90.0, 180.0, 270.0), (45.0, 135.0, 225.0, 315.0)
_PENTAGON = (0.0, 72.0, 144.0, 216.0, 288.0)
_TETRAHEDRAL = float(np.degrees(np.arccos(-1 / 3)))
_CUBE = float(np.degrees(np.arccos(1 / np.sqrt(3))))


@dataclass(frozen=True)
class Polyhedron:
    """
    An ideal arrangement.

    :param name: such as octahedral
    :param sites: by kind; kinds without a name are all there is
    """

    name: str
    sites: tuple[Site, ...]

    @cached_property
    def directions(self) -> Array:
        """:returns: unit vectors from the metal to the sites, shape (n, 3)"""
        polar = np.radians([polar for _, polar, azimuths in self.sites for _ in azimuths])
        azimuth = np.radians([azimuth for _, _, azimuths in self.sites for azimuth in azimuths])
        return np.column_stack([np.sin(polar) * np.cos(azimuth), np.sin(polar) * np.sin(azimuth), np.cos(polar)])

    @cached_property
    def kinds(self) -> tuple[str, ...]:
        """:returns: what each site is, such as axial; empty where all are alike"""
        return tuple(kind for kind, _, azimuths in self.sites for _ in azimuths)

    @cached_property
    def size(self) -> int:
        """:returns: number of sites"""
        return len(self.kinds)

    @cached_property
    def angles(self) -> Array:
        """:returns: angles between the sites, degrees, shape (n, n)"""
        return angles_between(self.directions)

    @cached_property
    def first_sites(self) -> list[int]:
        """:returns: one site of each set that proper rotations exchange"""
        left, chosen = set(range(self.size)), []
        while left:
            site = min(left)
            chosen.append(site)
            left -= {image[site] for image in self._rotations()}
        return chosen

    def _rotations(self) -> Iterable[list[int]]:
        """
        The proper rotations that bring the polyhedron onto itself.

        :returns: where each of them brings each site
        """
        points = self.directions
        second = next((i for i in range(1, self.size) if abs(points[0] @ points[i]) < 1 - _SAME), None)
        if second is None:
            yield from ([0, 1], [1, 0])
            return
        frame = _frame(points[0], points[second])
        for i in range(self.size):
            for j in range(self.size):
                if abs(points[i] @ points[j] - points[0] @ points[second]) < _SAME:
                    turned = points @ frame @ _frame(points[i], points[j]).T
                    apart = ((turned[:, None] - points[None]) ** 2).sum(2)
                    if (apart.min(1) < _SAME).all():
                        yield apart.argmin(1).tolist()


def _frame(first: Array, second: Array) -> Array:
    """
    :param first: unit vector
    :param second: another, not parallel to it
    :returns: axes of a right-handed frame as columns
    """
    normal = np.cross(first, second)
    normal /= np.linalg.norm(normal)
    return np.column_stack([first, np.cross(normal, first), normal])


def angles_between(directions: Array) -> Array:
    """
    :param directions: unit vectors, shape (n, 3)
    :returns: angles between them, degrees, shape (n, n)
    """
    result: Array = np.degrees(np.arccos(np.clip(directions @ directions.T, -1, 1)))
    return result


POLYHEDRA = (
    Polyhedron('linear', (('', 0, (0,)), ('', 180, (0,)))),
    Polyhedron('trigonal planar', (('', 90, _TRIANGLE),)),
    Polyhedron('tetrahedral', (('', 0, (0,)), ('', _TETRAHEDRAL, _TRIANGLE))),
    Polyhedron('square planar', (('', 90, _SQUARE),)),
    Polyhedron('trigonal bipyramid', (('axial', 0, (0,)), ('axial', 180, (0,)), ('equatorial', 90, _TRIANGLE))),
    Polyhedron('square pyramid', (('apical', 0, (0,)), ('basal', 101.32, _SQUARE))),
    Polyhedron('octahedral', (('', 0, (0,)), ('', 180, (0,)), ('', 90, _SQUARE))),
    Polyhedron('trigonal prism', (('', 50.45, _TRIANGLE), ('', 180 - 50.45, _TRIANGLE))),
    Polyhedron('pentagonal bipyramid', (('axial', 0, (0,)), ('axial', 180, (0,)), ('equatorial', 90, _PENTAGON))),
    Polyhedron('capped octahedron', (('cap', 0, (0,)), ('near', 74.63, _TRIANGLE), ('far', 130.25, _OTHER_TRIANGLE))),
    Polyhedron(
        'capped trigonal prism',
        (('cap', 0, (0,)), ('near', 79.38, (41.27, 138.73, 221.27, 318.73)), ('far', 143.3, (90, 270))),
    ),
    Polyhedron('square antiprism', (('', 57.13, _SQUARE), ('', 180 - 57.13, _OTHER_SQUARE))),
    Polyhedron(
        'dodecahedral',
        (('A', 37.33, (0, 180)), ('A', 180 - 37.33, (90, 270)), ('B', 108.61, (0, 180)), ('B', 71.39, (90, 270))),
    ),
    Polyhedron('cubic', (('', _CUBE, _SQUARE), ('', 180 - _CUBE, _SQUARE))),
    Polyhedron(
        'tricapped trigonal prism',
        (('prism', 44.69, _TRIANGLE), ('prism', 180 - 44.69, _TRIANGLE), ('cap', 90, _OTHER_TRIANGLE)),
    ),
    Polyhedron('capped square antiprism', (('cap', 0, (0,)), ('near', 68.86, _SQUARE), ('far', 126.96, _OTHER_SQUARE))),
)
LARGEST = max(each.size for each in POLYHEDRA)
