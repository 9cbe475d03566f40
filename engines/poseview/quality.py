"""How clear a diagram is: what crosses, and what lies over a label."""

from dataclasses import dataclass

import numpy as np

from engines.poseview.board import BARS, BONDS, LINE, Board, Boards, bond_strokes, enclosed, exempt_bonds, spare
from engines.poseview.diagram import Diagram, Shape, Structure
from engines.poseview.geometry import HEIGHT, Mask, crossing, half_width
from engines.protoss.placement import Array

_ON_EACH_OTHER = 0.5
"""Bond lengths between atoms of one structure below which they cannot be told apart."""
_ATOM = 0.15
"""Half of the width of an atom that no label may cover."""
OVERLAP, CROSSING = 60.0, 16.0
"""What counts against a place: overlaps, by the square of their depth, and crossing lines."""
NUMBER = np.array((0.28, 0.17))
"""Half of the width and height of a distance that is written on a line."""


@dataclass(frozen=True)
class Quality:
    """
    How clear a diagram is.

    :param crossings: pairs of lines, splines and bonds of different structures that cross, and lines that cross bonds;
        to touch at an end does not count, nor do bonds of a ring in whose middle a line ends
    :param overlaps: labels and distances that lie on another one or on an atom
    :param struck: names that a line or bond runs through
    :param walls: bonds that lines had to cross since rings lie around their atoms; not among the crossings
    """

    crossings: int
    overlaps: int
    struck: int = 0
    walls: int = 0


def judge(diagram: Diagram) -> Quality:
    """
    Measure a diagram that is laid out.

    :param diagram: the diagram
    :returns: what disturbs
    """
    taken = Boards(diagram).of(range(len(diagram.structures)))
    met, passed = _met(diagram, taken, walls(diagram))
    bars = taken.kinds == BARS
    struck = int((met[bars] & ~bars).any(1).sum())
    met[bars] = met[:, bars] = False
    return Quality(int(np.triu(met).sum()), overlaps(diagram), struck, passed)


def tangled(structure: Structure) -> int:
    """
    :param structure: a structure
    :returns: how many of its own bonds cross, and pairs of its atoms that lie nearly on each other
    """
    strokes = bond_strokes(structure, structure.points) if structure.bonds else np.empty((0, 2, 2))
    apart = np.linalg.norm(structure.points[:, None] - structure.points, axis=-1)
    crossed = crossing(strokes[:, 0], strokes[:, 1], strokes)
    return int(np.triu(crossed, 1).sum()) + int(np.triu(apart < _ON_EACH_OTHER, 1).sum())


def conflicts(diagram: Diagram, taken: Board, around: dict[int, int]) -> Array:
    """
    What structures count against each other: overlaps, crossings, struck labels.

    :param diagram: the diagram
    :param taken: all that is drawn
    :param around: how many bonds of rings lie around atoms of the ligand, where any do
    :returns: by structure and structure, shape (n, n), symmetric
    """
    result = np.zeros((len(diagram.structures),) * 2)
    met, _ = _met(diagram, taken, around)
    rows, columns = np.nonzero(met)
    np.add.at(result, (taken.owners[rows], taken.owners[columns]), CROSSING)
    squares = (taken.points * taken.points).sum(1)
    apart = squares[:, None] + squares - 2 * taken.points @ taken.points.T
    reach = taken.radii[:, None] + taken.radii
    near = (apart < reach * reach) & np.not_equal.outer(taken.holders, taken.holders)
    lines = taken.radii == LINE  # they pass atoms closely; what counts is whether they cross
    near &= ~(lines[:, None] | lines)
    rows, columns = np.nonzero(near)
    depth = reach[rows, columns] - np.sqrt(np.maximum(0.0, apart[rows, columns]))
    np.add.at(result, (taken.holders[rows], taken.holders[columns]), OVERLAP * depth * depth)
    return result


def _met(diagram: Diagram, taken: Board, around: dict[int, int]) -> tuple[Mask, int]:
    """
    :param diagram: the diagram
    :param taken: all that is drawn
    :param around: how many bonds of rings lie around atoms of the ligand, where any do
    :returns: which strokes cross that should not, shape (s, s), symmetric; and how many bonds of the ligand are crossed
        since they have to be
    """
    met = crossing(taken.strokes[:, 0], taken.strokes[:, 1], taken.strokes)
    met |= met.T
    bars, bonds = taken.kinds == BARS, taken.kinds == BONDS
    same = np.equal.outer(taken.owners, taken.owners)
    splines = taken.thin.copy()
    splines[list(taken.links)] = False
    met[same & ((bonds[:, None] & bonds) | splines | splines[:, None])] = False
    met[np.ix_(bars, bars)] = False
    passed = 0
    for stroke, number in taken.links.items():
        link = diagram.links[number]
        allowed = spare(link, around)
        for other in np.flatnonzero(met[stroke] & bonds).tolist():
            owner = int(taken.owners[other])
            forced = owner == 0 and allowed > 0
            if forced or int(taken.bonds[other]) in exempt_bonds(link, owner, diagram.structures[owner]):
                allowed, passed = allowed - forced, passed + forced
                met[stroke, other] = met[other, stroke] = False
    return met, passed


def walls(diagram: Diagram) -> dict[int, int]:
    """
    :param diagram: the diagram
    :returns: how many bonds of rings lie around atoms of the ligand that lines end at, where any do
    """
    ligand = diagram.structures[0]
    tied = {x.atoms[x.ends.index(0)][0] for x in diagram.links if 0 in x.ends and len(x.atoms[x.ends.index(0)]) == 1}
    found = {atom: enclosed(ligand, ligand.middle((atom,))) for atom in sorted(tied)}
    return {atom: number for atom, number in found.items() if number}


def boxes(diagram: Diagram) -> list[tuple[Array, Array]]:
    """
    :param diagram: the diagram
    :returns: middle and half of the size of each name, then of each distance
    """
    found = [(s.label_at, np.array((half_width(s.label), HEIGHT / 2))) for s in diagram.structures]
    for link in diagram.links:
        if link.distance is not None and link.at is not None:
            first, second = diagram.ends(link)
            found.append((first + link.at * (second - first), NUMBER))
    return found


def overlaps(diagram: Diagram) -> int:
    """
    :param diagram: the diagram
    :returns: number of labels over labels and over atoms, by their boxes
    """
    found = boxes(diagram)
    middles, sizes = np.array([m for m, _ in found]), np.array([s for _, s in found])
    apart = np.abs(middles[:, None] - middles)
    count = int(np.triu((apart < sizes[:, None] + sizes).all(2), 1).sum())
    atoms = [s.points for s in diagram.structures if s.shape in (Shape.FORMULA, Shape.CIRCLE)]
    points = np.concatenate([np.empty((0, 2)), *atoms])
    return count + int((np.abs(middles[:, None] - points) < sizes[:, None] + _ATOM).all(2).sum())
