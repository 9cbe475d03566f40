"""Finds places for names and distances that lie over nothing."""

from dataclasses import replace

import numpy as np

from engines.poseview.board import BARS, Boards
from engines.poseview.diagram import Diagram, Shape
from engines.poseview.geometry import HEIGHT, crossing, half_width, label_bar
from engines.poseview.quality import NUMBER
from engines.protoss.placement import Array

_DIRECTIONS = 16
_GAPS = (0.35, 0.6, 0.9, 1.3)
_SHARES = (0.5, 0.42, 0.58, 0.35, 0.65, 0.28, 0.72, 0.22, 0.78, 0.16, 0.84)
"""Shares of a line at which its distance may stand, the best first."""
_ATOM, _WIDE, _LINE = 0.15, 0.3, 0.12
"""Half of the width of an atom, of the room around it that is better left free, and of a line."""
_BELOW = 1.2
"""From the lowest structure to the name of the ligand."""
Box = tuple[Array, Array]


def settle_captions(diagram: Diagram) -> None:
    """
    Place the name of the ligand, names that lie over something, and the distances that find room; the table has all.

    :param diagram: laid out, changed in place
    """
    ligand = diagram.structures[0]
    lowest = min(float(p[1]) for s in diagram.structures for p in (*s.points, *([] if s is ligand else [s.label_at])))
    ligand.label_at = np.array((float(ligand.points[:, 0].mean()), lowest - _BELOW))
    taken = Boards(diagram).of(range(len(diagram.structures)))
    strokes = taken.strokes[taken.kinds != BARS]
    for number, structure in enumerate(diagram.structures):
        if number and structure.shape in (Shape.FORMULA, Shape.CIRCLE):
            _settle_name(diagram, number, strokes)
    names = [(s.label_at, np.array((half_width(s.label), HEIGHT / 2))) for s in diagram.structures]
    atoms = _atoms(diagram)
    for index, link in enumerate(diagram.links):
        if link.distance is None:
            continue
        first, second = diagram.ends(link)
        lines = [diagram.ends(x) for i, x in enumerate(diagram.links) if i != index and x.distance is not None]
        costs = [_covered((first + at * (second - first), NUMBER), names, atoms, lines) for at in _SHARES]
        at = _SHARES[int(np.argmin(costs))]
        is_free = min(costs) < 1.0
        diagram.links[index] = replace(link, at=at if is_free else None)
        if is_free:
            names.append((first + at * (second - first), NUMBER))


def _atoms(diagram: Diagram) -> Array:
    """
    :param diagram: the diagram
    :returns: all atoms that are drawn, shape (n, 2)
    """
    drawn = [s.points for s in diagram.structures if s.shape in (Shape.FORMULA, Shape.CIRCLE)]
    return np.concatenate([np.empty((0, 2)), *drawn])


def _settle_name(diagram: Diagram, number: int, strokes: Array) -> None:
    """
    :param diagram: changed in place
    :param number: of a structure, whose name is moved if it lies over something
    :param strokes: bonds and lines of the diagram, shape (s, 2, 2)
    """
    structure = diagram.structures[number]
    half = np.array((half_width(structure.label), HEIGHT / 2))
    names = [
        (s.label_at, np.array((half_width(s.label), HEIGHT / 2)))
        for i, s in enumerate(diagram.structures)
        if i != number
    ]
    atoms = _atoms(diagram)

    def cost(place: Array) -> float:
        line = label_bar(place, structure.label)[0]
        struck = int(crossing(line[0], line[1], strokes, 0.0).sum())
        return _covered((place, half), names, atoms, []) + 3.0 * struck

    if cost(structure.label_at) == 0.0:
        return
    middle = structure.points.mean(0)
    best = (cost(structure.label_at), structure.label_at)
    for gap in _GAPS:
        for angle in np.arange(_DIRECTIONS) * (2 * np.pi / _DIRECTIONS):
            away = np.array((np.cos(angle), np.sin(angle)))
            depth = float(((structure.points - middle) @ away).max())
            place = middle + away * (depth + gap + abs(away[0]) * half[0] + abs(away[1]) * half[1])
            if (found := cost(place)) < best[0] - 1e-6:
                best = (found, place)
        if best[0] == 0.0:
            break
    structure.label_at = best[1]


def _covered(box: Box, names: list[Box], atoms: Array, lines: list[tuple[Array, Array]]) -> float:
    """
    :param box: middle and half of the size of a label
    :param names: other labels
    :param atoms: atoms, shape (n, 2)
    :param lines: lines beside it
    :returns: how much lies under it
    """
    middle, half = box
    count = float(sum(bool((np.abs(m - middle) < s + half).all()) for m, s in names))
    count += float((np.abs(atoms - middle) < half + _ATOM).all(1).sum())
    count += 0.3 * float((np.abs(atoms - middle) < half + _WIDE).all(1).sum())
    if lines:
        starts, ends = np.array([a for a, _ in lines]), np.array([b for _, b in lines])
        along = ends - starts
        share = ((middle - starts) * along).sum(1) / np.maximum((along * along).sum(1), 1e-9)
        nearest = starts + np.clip(share, 0, 1)[:, None] * along
        count += 0.3 * float((np.abs(nearest - middle) < half + _LINE).all(1).sum())
    return count
