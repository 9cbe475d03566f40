"""What has its place in a diagram already, as points that are taken and strokes that should not be crossed."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import numpy.typing as npt

from engines.poseview.diagram import Diagram, Link, Shape, Structure
from engines.poseview.geometry import LABEL, Floats, Mask, crossing, label_bar, label_points, spline_points
from engines.poseview.geometry import spline_strokes as splines
from engines.protoss.placement import Array

ATOM, LINE = 0.55, 0.3
"""Radius of what an atom and a point of a line need for themselves."""
_SAMPLES = np.array((0.4, 0.5, 0.6, 0.75))
"""Where on a line something may lie in its way: not near its first end, where the ligand is."""
_RAYS, _OUTSIDE, _FAR = 72, 0.05, 100.0
"""Ways out of an atom that are tried; where they begin, so that its own bonds are not in the way, and end."""
_CELL, _MARGIN = 0.2, 8
"""Width of a cell of the grid in bond lengths, and cells around all that is taken."""
_REACH = 6
"""Cells around a point in which it is felt: the largest two radii together."""
BONDS, BARS, LINES = 0, 1, 2
"""Kinds of strokes; splines count as lines."""


@dataclass
class Board:
    """
    Structures that have their place, and the lines between them.

    :param points: what is taken, shape (p, 2)
    :param radii: of the points, shape (p,)
    :param strokes: bonds, middle lines of labels, lines and splines, shape (s, 2, 2)
    :param kinds: of the strokes, shape (s,)
    :param owners: structure of each stroke, that at the outer end of a line, shape (s,)
    :param bonds: number of the bond in its structure, -1 for other strokes, shape (s,)
    :param links: number of the link by its stroke, those of contacts left out
    :param holders: structure of each point, that at the outer end of a line, shape (p,)
    """

    points: Array
    radii: Floats
    strokes: Array
    kinds: npt.NDArray[np.intp]
    owners: npt.NDArray[np.intp]
    bonds: npt.NDArray[np.intp]
    links: dict[int, int]
    holders: npt.NDArray[np.intp]

    @property
    def thin(self) -> Mask:
        """Which strokes are lines or splines."""
        return np.asarray(self.kinds == LINES)


class Clearance:
    """
    How far places are from what is taken, on a grid.

    :param taken: what is taken
    """

    def __init__(self, taken: Board) -> None:
        low = np.floor(taken.points.min(0) / _CELL).astype(np.intp) - _MARGIN
        high = np.ceil(taken.points.max(0) / _CELL).astype(np.intp) + _MARGIN
        self._low, shape = low, high - low + 1
        grid = np.full(int(shape.prod()), np.inf)
        near = np.rint(taken.points / _CELL).astype(np.intp)
        steps = np.arange(-_REACH, _REACH + 1)
        squares = ((near[:, :, None] + steps) * _CELL - taken.points[:, :, None]) ** 2
        free = np.sqrt(squares[:, 0, :, None] + squares[:, 1, None, :]) - taken.radii[:, None, None]
        cells = near[:, :, None] + steps - low[:, None]
        np.minimum.at(grid, cells[:, 0, :, None] * shape[1] + cells[:, 1, None, :], free)
        self._grid = grid.reshape(shape)

    def depths(self, points: Array, sizes: Floats) -> Floats:
        """
        :param points: shape (c, m, 2)
        :param sizes: radius of each, shape (m,)
        :returns: how deep each is in what is taken, 0 if it is free, shape (c, m)
        """
        cells = np.rint(points / _CELL).astype(np.intp) - self._low
        edge = np.array(self._grid.shape) - 1
        inside = ((cells >= 0) & (cells <= edge)).all(-1)
        x, y = np.moveaxis(np.clip(cells, 0, edge), -1, 0)
        return np.asarray(np.where(inside, np.maximum(0.0, sizes - self._grid[x, y]), 0.0))


def line_points(starts: Array, ends: Array) -> Array:
    """
    :param starts: where lines begin, shape (..., 2)
    :param ends: where they end, shape (..., 2)
    :returns: points of them that need room, shape (..., k, 2)
    """
    return starts[..., None, :] + _SAMPLES[:, None] * (ends - starts)[..., None, :]


@dataclass
class _Piece:
    """What one structure or line takes: as in :class:`Board`, and the arrays that it follows from."""

    points: Array
    radii: Floats
    strokes: Array
    marks: list[tuple[int, int, int]]
    source: tuple[Array, ...]


class Boards:
    """
    Makes boards of a diagram whose structures are moved one by one; what has not moved is kept.

    :param diagram: the diagram
    """

    def __init__(self, diagram: Diagram) -> None:
        self.diagram = diagram
        self._known: dict[tuple[str, int], _Piece] = {}

    def of(self, placed: Iterable[int]) -> Board:
        """
        :param placed: structures that have their place
        :returns: what is taken by them and the lines between them
        """
        there = sorted(placed)
        known = set(there)
        pieces = [self._piece('structure', number) for number in there]
        links: dict[int, int] = {}
        count = sum(len(piece.marks) for piece in pieces)
        for index, link in enumerate(self.diagram.links):
            if set(link.ends) <= known:
                pieces.append(self._piece('link', index))
                if link.distance is not None:
                    links[count] = index
                count += len(pieces[-1].marks)
        kinds, owners, bonds = np.array([m for p in pieces for m in p.marks], np.intp).reshape(-1, 3).T
        holders = np.repeat([p.marks[-1][1] if p.marks else there[0] for p in pieces], [len(p.points) for p in pieces])
        points, radii, strokes = (
            np.concatenate([getattr(p, name) for p in pieces]) for name in ('points', 'radii', 'strokes')
        )
        return Board(points, radii, strokes, kinds, owners, bonds, links, holders)

    def _piece(self, what: str, number: int) -> _Piece:
        """
        :param what: ``structure`` or ``link``
        :param number: its number
        :returns: what it takes
        """
        numbers = [number] if what == 'structure' else self.diagram.links[number].ends
        source = tuple(
            x for n in numbers for x in (self.diagram.structures[n].points, self.diagram.structures[n].label_at)
        )
        piece = self._known.get((what, number))
        if piece is None or any(a is not b for a, b in zip(piece.source, source, strict=True)):
            make = self._of_structure if what == 'structure' else self._of_link
            piece = self._known[what, number] = make(number, source)
        return piece

    def _of_structure(self, number: int, source: tuple[Array, ...]) -> _Piece:
        """
        :param number: of a structure
        :param source: the arrays that the answer follows from
        :returns: what it takes
        """
        own = self.diagram.structures[number]
        points, radii, strokes = [np.empty((0, 2))], [np.empty(0)], [np.empty((0, 2, 2))]
        marks: list[tuple[int, int, int]] = []
        if own.shape in (Shape.FORMULA, Shape.CIRCLE):
            points.append(own.points)
            radii.append(np.full(len(own.points), ATOM))
        if own.bonds:
            strokes.append(bond_strokes(own, own.points))
            marks += [(BONDS, number, bond) for bond in range(len(own.bonds))]
        if number:  # that of the ligand gets its place below all others, at last
            label = label_points(own.label_at, own.label)
            points.append(label)
            radii.append(np.full(len(label), LABEL))
            strokes.append(label_bar(own.label_at, own.label))
            marks.append((BARS, number, -1))
        return _Piece(np.concatenate(points), np.concatenate(radii), np.concatenate(strokes), marks, source)

    def _of_link(self, index: int, source: tuple[Array, ...]) -> _Piece:
        """
        :param index: of a link
        :param source: the arrays that the answer follows from
        :returns: what its line or spline takes
        """
        link = self.diagram.links[index]
        first, second = self.diagram.ends(link)
        if link.distance is None:
            strokes, points = splines(second, first), spline_points(second, first)
        else:
            strokes, points = np.stack((first, second))[None], line_points(first, second)
        marks = [(LINES, max(link.ends), -1)] * len(strokes)
        return _Piece(points, np.full(len(points), LINE), strokes, marks, source)


def bond_strokes(structure: Structure, points: Array) -> Array:
    """
    :param structure: a structure with bonds
    :param points: where its atoms are, shape (..., n, 2)
    :returns: its bonds, shape (..., b, 2, 2)
    """
    first, second = (points[..., [getattr(b, e) for b in structure.bonds], :] for e in ('first', 'second'))
    return np.stack((first, second), -2)


def exempt_bonds(link: Link, number: int, structure: Structure) -> frozenset[int]:
    """
    The bonds that a line has to cross: those of a ring or group in whose middle it ends.

    :param link: the line
    :param number: of a structure
    :param structure: the structure
    :returns: numbers of its bonds
    """
    if number not in link.ends or len(group := link.atoms[link.ends.index(number)]) < 2:
        return frozenset()
    return _within(
        tuple(i for i, atom in enumerate(structure.atoms) if atom.index in group),
        tuple((b.first, b.second) for b in structure.bonds),
    )


@lru_cache(maxsize=512)
def _within(group: tuple[int, ...], bonds: tuple[tuple[int, int], ...]) -> frozenset[int]:
    """
    :param group: atoms of a ring or group
    :param bonds: atoms of the bonds of its structure
    :returns: bonds among the group and the atoms that hold it together, such as the carbon of a guanidinium
    """
    ends = [*bonds, *((b, a) for a, b in bonds)]
    held = Counter(a for a, b in ends if b in group)
    inside = {*group, *(atom for atom, times in held.items() if times > 1)}
    return frozenset(i for i, (a, b) in enumerate(bonds) if a in inside and b in inside)


def enclosed(structure: Structure, point: Array) -> int:
    """
    How many bonds of rings lie around a point: a line out of the middle of a porphyrin has to cross one of them.

    :param structure: a structure
    :param point: one of its atoms, shape (2,)
    :returns: the fewest ring bonds on a straight way out
    """
    rings = [set(ring) for ring in structure.rings]
    around = [b for b in structure.bonds if any({b.first, b.second} <= ring for ring in rings)]
    if not around:
        return 0
    walls = np.array([(structure.points[b.first], structure.points[b.second]) for b in around])
    angles = np.arange(_RAYS) * (2 * np.pi / _RAYS) + 0.01
    away = np.stack((np.cos(angles), np.sin(angles)), -1)
    return int(crossing(point + _OUTSIDE * away, point + _FAR * away, walls, 0.0).sum(-1).min())


def spare(link: Link, walls: dict[int, int]) -> int:
    """
    :param link: a line
    :param walls: how many bonds of rings lie around atoms of the ligand, where any do
    :returns: how many bonds of the ligand it has to cross
    """
    group = link.atoms[link.ends.index(0)] if 0 in link.ends else ()
    return walls.get(group[0], 0) if len(group) == 1 else 0
