"""
The ways to place one structure: directions, distances, turns and mirror images around the atoms that it is tied to, and
what speaks against each.
"""

import math
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from engines.poseview.board import (
    ATOM,
    BONDS,
    LINE,
    Board,
    Clearance,
    bond_strokes,
    exempt_bonds,
    line_points,
    spare,
)  # fmt: skip
from engines.poseview.diagram import Diagram, Link, Shape, Structure
from engines.poseview.geometry import (
    LABEL,
    Floats,
    Mask,
    crossing,
    half_width,
    label_bar,
    label_points,
    spline_points,
    spline_strokes,
    turned,
)  # fmt: skip
from engines.poseview.quality import CROSSING, OVERLAP
from engines.protoss.placement import Array

_DIRECTIONS = 24
_DISTANCES = (2.3, 2.9, 3.6, 4.5, 5.6, 7.0, 9.0)
_CONTACT_DISTANCES = (1.9, 2.4, 3.0, 3.8, 4.8, 6.0, 7.5)
_TURNS = (0.0, 45.0, -45.0)
_MORE_TURNS = (*_TURNS, 90.0, -90.0, 180.0)
_APART = 2.0
"""Ends of lines at other structures farther apart than that are places to be near to, each of them."""
_LONG, _TURNED, _INWARDS = 0.6, 0.15, 0.4
"""What counts against a way: length, turned structures, directions through the ligand."""
_LABEL_GAP = 0.75


@dataclass
class Ways:
    """
    Ways to place one structure.

    :param number: of the structure
    :param structure: the structure
    :param links: its lines to structures that have their place
    :param points: its atoms, shape (c, n, 2)
    :param labels: middle of its label, shape (c, 2)
    :param starts: ends of its lines at other structures, shape (l, 2)
    :param ends: ends of its lines at itself, shape (c, l, 2)
    :param cost: what counts against each from the start, shape (c,)
    """

    number: int
    structure: Structure
    links: list[Link]
    points: Array
    labels: Array
    starts: Array
    ends: Array
    cost: Floats

    def taken(self, which: npt.NDArray[np.intp]) -> 'Ways':
        """
        :param which: some of the ways
        :returns: these alone
        """
        return Ways(
            self.number, self.structure, self.links, self.points[which], self.labels[which], self.starts,
            self.ends[which], self.cost[which],
        )  # fmt: skip


def tied(diagram: Diagram, number: int, placed: set[int]) -> list[Link]:
    """
    :param diagram: the diagram
    :param number: of a structure
    :param placed: structures that have their place
    :returns: lines of the structure to these
    """
    return [x for x in diagram.links if number in x.ends and set(x.ends) - {number} <= placed]


def _ends(diagram: Diagram, number: int, links: list[Link]) -> tuple[Array, Array]:
    """
    :param diagram: the diagram
    :param number: of a structure
    :param links: lines of it
    :returns: where these end at other structures, and at the structure itself, each of shape (l, 2)
    """
    sides = [link.ends.index(number) for link in links]
    starts = [diagram.structures[x.ends[1 - s]].middle(x.atoms[1 - s]) for x, s in zip(links, sides, strict=True)]
    own = [diagram.structures[number].middle(x.atoms[s]) for x, s in zip(links, sides, strict=True)]
    return np.array(starts).reshape(-1, 2), np.array(own).reshape(-1, 2)


def ways(diagram: Diagram, number: int, placed: set[int]) -> Ways:
    """
    :param diagram: the diagram
    :param number: of the structure to be placed
    :param placed: structures that have their place
    :returns: the ways to place it
    """
    structure, links = diagram.structures[number], tied(diagram, number, placed)
    starts, own = _ends(diagram, number, links)
    anchor = own.mean(0) if len(own) else structure.points.mean(0)
    formula = structure.shape is Shape.FORMULA
    distances = _CONTACT_DISTANCES if structure.shape is Shape.CONTACT else _DISTANCES
    turns = (_MORE_TURNS if len(links) > 1 else _TURNS) if formula else (0.0,)
    angles = np.arange(_DIRECTIONS) * (2 * math.pi / _DIRECTIONS)
    sides = (1.0, -1.0) if formula else (1.0,)
    axes = np.meshgrid(angles, distances, np.radians(turns), sides, indexing='ij')
    poses = np.stack(axes, -1).reshape(-1, 4)
    targets = _targets(structure, starts)
    grid = np.concatenate([np.concatenate((poses, np.tile(target, (len(poses), 1))), 1) for target in targets])
    away = np.stack((np.cos(grid[:, 0]), np.sin(grid[:, 0])), 1)
    shape = structure.points - anchor
    outwards = shape.mean(0)
    base = math.atan2(outwards[1], outwards[0]) if float(outwards @ outwards) > 1e-6 else 0.0
    middle = grid[:, 4:] + away * grid[:, 1:2]
    pose = turned(shape, grid[:, 0] + grid[:, 2], base, grid[:, 3])
    ends = middle[:, None] + turned(own - anchor, grid[:, 0] + grid[:, 2], base, grid[:, 3])
    centre = diagram.structures[0].points.mean(0)
    cost = _TURNED * np.abs(grid[:, 2]) - _INWARDS * (away * _units(grid[:, 4:] - centre)).sum(1)
    lengths = np.linalg.norm(ends - starts, axis=-1) if len(links) else np.zeros((len(grid), 1))
    cost += _LONG * np.maximum(0.0, lengths - distances[0]).mean(1)
    cost += CROSSING * (lengths < min(distances[0], 1.6)).sum(1) if len(links) > 1 else 0.0
    labels = _labels(structure, middle, pose, away)
    return Ways(number, structure, links, middle[:, None] + pose, labels, starts, ends, cost)


def _targets(structure: Structure, starts: Array) -> list[Array]:
    """
    :param structure: to be placed
    :param starts: ends of its lines at other structures, shape (l, 2)
    :returns: places that it should be near to
    """
    if not len(starts):
        return [np.zeros(2)]
    middle = starts.mean(0)
    spread = float(np.linalg.norm(starts - middle, axis=1).max())
    each = list(np.unique(np.round(starts, 3), axis=0)) if spread > _APART / 2 else []
    return [middle, *each] if structure.shape is not Shape.CONTACT else [middle, *each[:3]]


def _labels(structure: Structure, middle: Array, pose: Array, away: Array) -> Array:
    """
    :param structure: to be placed
    :param middle: where its lines end on average, shape (c, 2)
    :param pose: its atoms from there, shape (c, n, 2)
    :param away: directions from the ligand, shape (c, 2)
    :returns: middle of the label, shape (c, 2)
    """
    if structure.shape in (Shape.CONTACT, Shape.NAME):
        return middle
    depth = np.einsum('cni,ci->cn', pose, away).max(1)
    wide = np.abs(away[:, 0]) * half_width(structure.label)
    placed: Array = middle + away * (depth + wide + _LABEL_GAP)[:, None]
    return placed


def _units(vectors: Array) -> Array:
    """
    :param vectors: shape (c, 2)
    :returns: them with length one; pointing up where they have none
    """
    lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
    return np.where(lengths > 1e-6, vectors / np.maximum(lengths, 1e-6), np.array((0.0, 1.0)))


def overlaps(options: Ways, free: Clearance) -> Floats:
    """
    :param options: ways to place a structure
    :param free: how far places are from what is taken
    :returns: what overlaps count against each, shape (c,)
    """
    structure = options.structure
    labels = label_points(options.labels, structure.label)
    own, sizes = [labels], [np.full(labels.shape[1], LABEL)]
    if structure.shape is Shape.CONTACT:
        own.append(spline_points(options.labels, _middles(options)))
        sizes.append(np.full(3, LINE))
    else:
        lines = line_points(np.broadcast_to(options.starts, options.ends.shape), options.ends)
        own.append(lines.reshape(len(options.labels), -1, 2))
        sizes.append(np.full(own[-1].shape[1], LINE))
        if structure.shape is not Shape.NAME:
            own.append(options.points)
            sizes.append(np.full(options.points.shape[1], ATOM))
    depths = free.depths(np.concatenate(own, 1), np.concatenate(sizes))
    return np.asarray(OVERLAP * (depths * depths).sum(1))


def _middles(options: Ways) -> Array:
    """
    :param options: ways to place a contact
    :returns: the middle of what it touches, for each way, shape (c, 2)
    """
    return np.broadcast_to(options.starts.mean(0), options.labels.shape)


def crossings(options: Ways, diagram: Diagram, taken: Board, walls: dict[int, int]) -> Floats:
    """
    :param options: ways to place a structure
    :param diagram: the diagram
    :param taken: what has its place
    :param walls: how many bonds of rings lie around atoms of the ligand, where any do
    :returns: what counts against each since its lines cross strokes, its own bonds or each other, and its bonds and
        label lines, shape (c,)
    """
    structure, thin = options.structure, taken.strokes[taken.thin]
    solid = label_bar(options.labels, structure.label)
    if structure.bonds:
        solid = np.concatenate((solid, bond_strokes(structure, options.points)), 1)
    count = crossing(solid[:, :, 0], solid[:, :, 1], thin).sum((1, 2)).astype(np.float64)
    if structure.shape is Shape.CONTACT:
        bows = spline_strokes(options.labels, _middles(options))
        return np.asarray(CROSSING * (count + crossing(bows[:, :, 0], bows[:, :, 1], taken.strokes).sum((1, 2))))
    starts = np.broadcast_to(options.starts, options.ends.shape)
    exempt, own_exempt = _exempt(options, diagram, taken)
    met = crossing(starts, options.ends, taken.strokes) & ~exempt
    ligand = (taken.owners == 0) & (taken.kinds == BONDS)
    allowed = np.array([spare(link, walls) for link in options.links])
    count += np.maximum(0, met[:, :, ligand].sum(2) - allowed).sum(1) + met[:, :, ~ligand].sum((1, 2))
    if structure.bonds:
        count += (crossing(starts, options.ends, solid[:, None, 1:]) & ~own_exempt).sum((1, 2))
    lines = np.stack((starts, options.ends), 2)
    return np.asarray(CROSSING * (count + crossing(starts, options.ends, lines[:, None]).sum((1, 2)) / 2))


def _exempt(options: Ways, diagram: Diagram, taken: Board) -> tuple[Mask, Mask]:
    """
    :param options: ways to place a structure
    :param diagram: the diagram
    :param taken: what has its place
    :returns: which lines may cross which strokes, shape (l, s), and which own bonds, shape (l, b)
    """
    structure = options.structure
    others = np.zeros((len(options.links), len(taken.strokes)), np.bool_)
    own = np.zeros((len(options.links), len(structure.bonds)), np.bool_)
    for i, link in enumerate(options.links):
        side = link.ends.index(options.number)
        other = link.ends[1 - side]
        if free := exempt_bonds(link, other, diagram.structures[other]):
            others[i] = (taken.owners == other) & np.isin(taken.bonds, list(free))
        own[i, list(exempt_bonds(link, options.number, structure))] = True
    return others, own
