"""
Places the structures of a diagram around the ligand, which stays where it is.

Each structure in turn tries places around the atoms that it is tied to: directions, distances, turns and mirror images.
The best one is taken, then all structures are placed anew with the others in place, and those that are still disturbed
once more, a bounded number of times. Nothing is random, so equal diagrams are laid out equally.
"""

import math
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from engines.poseview.diagram import Diagram, Link, Shape, Structure
from engines.protoss.placement import Array

Floats = npt.NDArray[np.float64]
ATOM, LABEL, LINK = 0.55, 0.45, 0.3
"""Radius of what an atom, a piece of a label and a line need for themselves, in bond lengths."""
CHARACTER = 0.25
"""Width of a character of a label in bond lengths."""
_DIRECTIONS, _SWEEPS = 24, 3
_DISTANCES = (2.3, 2.9, 3.6, 4.5, 5.6, 7.0)
_CONTACT_DISTANCES = (1.9, 2.4, 3.0, 3.8, 4.8, 6.0)
_TURNS = (0.0, 45.0, -45.0)
_OVERLAP, _CROSSING, _LONG, _TURNED = 60.0, 12.0, 0.6, 0.15
"""What counts against a place: overlaps (by the square of their depth), crossing lines, length, turned structures."""
_DISTURBED = 0.5
"""Cost of overlaps and crossings above which a structure is worth to be placed anew."""
_AT_ONCE = 96
"""Ways that are judged together, the cheapest first; once none of the rest can be better, they are not looked at."""
_LABEL_GAP = 0.75
_SAMPLES = np.array((0.4, 0.5, 0.6, 0.75))
"""Where on a line something may lie in its way: not near its first end, where the ligand is."""
SPLINE_GAP = 0.65
"""From a label to the spline that stands for a contact."""


@dataclass
class _Candidates:
    """
    Ways to place one structure.

    :param points: its atoms, shape (c, n, 2)
    :param labels: middle of its label, shape (c, 2)
    :param starts: ends of its lines at other structures, shape (l, 2)
    :param ends: ends of its lines at itself, shape (c, l, 2)
    :param cost: what counts against each from the start, shape (c,)
    """

    points: Array
    labels: Array
    starts: Array
    ends: Array
    cost: Floats

    def taken(self, which: npt.NDArray[np.intp]) -> '_Candidates':
        """
        :param which: some of the ways
        :returns: these alone
        """
        return _Candidates(
            self.points[which], self.labels[which], self.starts, self.ends[which], self.cost[which]
        )  # fmt: skip


def lay_out(diagram: Diagram) -> None:
    """
    Place all structures but the first.

    :param diagram: changed in place
    """
    placed = {0}
    order = list(range(1, len(diagram.structures)))
    for number in order:
        _place(diagram, number, placed)
        placed.add(number)
    disturbed = order
    for _ in range(_SWEEPS):
        disturbed = [n for n in disturbed if _place(diagram, n, placed - {n}) > _DISTURBED]
        if not disturbed:
            break
    ligand = diagram.structures[0]
    lowest = min(float(p[1]) for s in diagram.structures for p in (*s.points, *([] if s is ligand else [s.label_at])))
    ligand.label_at = np.array((float(ligand.points[:, 0].mean()), lowest - 1.2))


def _place(diagram: Diagram, number: int, placed: set[int]) -> float:
    """
    Give a structure its best place among others.

    :param diagram: changed in place
    :param number: of the structure
    :param placed: structures that have their place
    :returns: what overlaps and crossings cost there
    """
    links = [x for x in diagram.links if number in x.ends and set(x.ends) - {number} <= placed]
    structure = diagram.structures[number]
    options = _candidates(diagram, structure, number, links)
    points, radii = _obstacles(diagram, placed)
    lines = _lines(diagram, placed)
    segments = np.concatenate((_bonds(diagram, placed), lines))
    order = np.argsort(np.round(options.cost, 6), kind='stable')
    least, best = math.inf, 0
    for start in range(0, len(order), _AT_ONCE):
        some = options.taken(order[start : start + _AT_ONCE])
        if float(some.cost[0]) >= least:
            break
        cost = (
            some.cost
            + _overlaps(some, structure, points, radii)
            + _CROSSING * _crossings(some, structure, segments, lines)
        )
        if float(cost.min()) < least - 1e-6:
            least, best = float(cost.min()), int(order[start + int(np.argmin(np.round(cost, 6)))])
    structure.points, structure.label_at = options.points[best], options.labels[best]
    return least - float(options.cost[best])


def _candidates(diagram: Diagram, structure: Structure, number: int, links: list[Link]) -> _Candidates:
    """
    :param diagram: the diagram
    :param structure: the one to be placed
    :param number: its number
    :param links: its lines to structures that have their place
    :returns: the ways to place it
    """
    starts, own = [], []
    for link in links:
        side = link.ends.index(number)
        other = diagram.structures[link.ends[1 - side]]
        starts.append(other.middle(link.atoms[1 - side]))
        own.append(structure.middle(link.atoms[side]))
    target = np.mean(starts, axis=0) if starts else np.zeros(2)
    anchor = np.mean(own, axis=0) if own else structure.points.mean(0)
    distances = _CONTACT_DISTANCES if structure.shape is Shape.CONTACT else _DISTANCES
    turns = _TURNS if structure.shape is Shape.FORMULA else (0.0,)
    sides = (1.0, -1.0) if structure.shape is Shape.FORMULA else (1.0,)
    angles = np.arange(_DIRECTIONS) * (2 * math.pi / _DIRECTIONS)
    grid = np.array([(a, d, math.radians(t), s) for a in angles for d in distances for t in turns for s in sides])
    away = np.stack((np.cos(grid[:, 0]), np.sin(grid[:, 0])), 1)
    shape = structure.points - anchor
    outwards = shape.mean(0)
    base = math.atan2(outwards[1], outwards[0]) if float(outwards @ outwards) > 1e-6 else 0.0
    turned = _turned(shape, grid[:, 0] + grid[:, 2], base, grid[:, 3])
    middle = target + away * grid[:, 1:2]
    points = middle[:, None, :] + turned
    depth = np.einsum('cni,ci->cn', turned, away).max(1)
    wide = np.abs(away[:, 0]) * len(structure.label) * CHARACTER / 2
    labels = middle + away * (depth + wide + _LABEL_GAP)[:, None] if structure.shape is not Shape.CONTACT else middle
    turned_ends = (_turned((o - anchor)[None], grid[:, 0] + grid[:, 2], base, grid[:, 3])[:, 0] for o in own)
    ends = np.stack([middle + end for end in turned_ends], 1)
    centre = diagram.structures[0].points.mean(0)
    inwards = -(away @ _unit(target - centre)) if starts else 0.0
    cost = _LONG * (grid[:, 1] - distances[0]) + _TURNED * np.abs(grid[:, 2]) + 0.4 * inwards
    return _Candidates(points, labels, np.array(starts), ends, cost)


def _turned(shape: Array, angles: Floats, base: float, sides: Floats) -> Array:
    """
    :param shape: points, shape (n, 2)
    :param angles: radians to which the direction of the shape is turned, shape (c,)
    :param base: radians, its direction now
    :param sides: 1, or -1 for the mirror image, shape (c,)
    :returns: shape (c, n, 2)
    """
    x = shape[:, 0] * math.cos(base) + shape[:, 1] * math.sin(base)
    y = shape[:, 1] * math.cos(base) - shape[:, 0] * math.sin(base)
    y = y[None, :] * sides[:, None]
    cos, sin = np.cos(angles)[:, None], np.sin(angles)[:, None]
    return np.stack((x * cos - y * sin, x * sin + y * cos), -1)


def _unit(vector: Array) -> Array:
    """
    :param vector: shape (2,)
    :returns: it with length one; pointing up if it has none
    """
    length = float(np.linalg.norm(vector))
    return vector / length if length > 1e-6 else np.array((0.0, 1.0))


def label_points(middles: Array, label: str) -> Array:
    """
    Points that stand for a label.

    :param middles: its middle, shape (..., 2)
    :param label: the text
    :returns: shape (..., k, 2)
    """
    half = max(0.0, len(label) * CHARACTER / 2 - LABEL)
    offsets = np.linspace(-half, half, 2 + round(half / LABEL))
    return middles[..., None, :] + np.stack((offsets, np.zeros_like(offsets)), -1)


def spline_points(label_at: Array, target: Array) -> Array:
    """
    The spline of a contact: a bow between its label and the ligand.

    :param label_at: middle of the label, shape (..., 2)
    :param target: what it touches, shape (..., 2)
    :returns: begin, control and end of a quadratic curve, shape (..., 3, 2)
    """
    away = label_at - target
    away = away / np.maximum(np.linalg.norm(away, axis=-1, keepdims=True), 1e-6)
    across = np.stack((-away[..., 1], away[..., 0]), -1)
    # A label is wider than high: beside the ligand the bow keeps off its width.
    gap = SPLINE_GAP + 0.5 * np.abs(away[..., :1])
    middle = label_at - away * gap
    return np.stack((middle + across - away * 0.3, middle + away * 0.3, middle - across - away * 0.3), -2)


def _obstacles(diagram: Diagram, placed: set[int]) -> tuple[Array, Floats]:
    """
    :param diagram: the diagram
    :param placed: structures that have their place
    :returns: points that are taken, and the radius of each
    """
    points, radii = [], []
    for number in sorted(placed):
        structure = diagram.structures[number]
        if structure.shape is not Shape.CONTACT:
            points.append(structure.points)
            radii.append(np.full(len(structure.points), ATOM))
        if number:  # that of the ligand gets its place below all others, at last
            label = label_points(structure.label_at, structure.label)
            points.append(label)
            radii.append(np.full(len(label), LABEL))
    for link in diagram.links:
        if set(link.ends) <= placed:
            first, second = diagram.ends(link)
            if diagram.structures[link.ends[1]].shape is Shape.CONTACT:
                own = spline_points(second, first)
            else:
                own = first + _SAMPLES[:, None] * (second - first)
            points.append(own)
            radii.append(np.full(len(own), LINK))
    return np.concatenate(points), np.concatenate(radii)


def _overlaps(options: _Candidates, structure: Structure, points: Array, radii: Floats) -> Floats:
    """
    :param options: ways to place a structure
    :param structure: the structure
    :param points: points that are taken
    :param radii: of these
    :returns: what overlaps cost, shape (c,)
    """
    labels = label_points(options.labels, structure.label)
    own, sizes = [labels], [np.full(labels.shape[1], LABEL)]
    if structure.shape is Shape.CONTACT:
        bows = spline_points(options.labels, np.broadcast_to(options.starts.mean(0), options.labels.shape))
        own.append(bows)
        sizes.append(np.full(3, LINK))
    else:
        lines = options.starts[None, :, None] + _SAMPLES[:, None] * (options.ends - options.starts)[:, :, None]
        own += [options.points, lines.reshape(len(options.labels), -1, 2)]
        sizes += [np.full(options.points.shape[1], ATOM), np.full(own[-1].shape[1], LINK)]
    mine, size = np.concatenate(own, 1), np.concatenate(sizes)
    apart = np.sqrt(((mine[:, :, None, :] - points) ** 2).sum(-1))
    depth = np.maximum(0.0, size[:, None] + radii - apart)
    cost: Floats = _OVERLAP * (depth * depth).sum((1, 2))
    return cost


def _bonds(diagram: Diagram, placed: set[int]) -> Array:
    """
    :param diagram: the diagram
    :param placed: structures that have their place
    :returns: their bonds, shape (s, 2, 2)
    """
    own = [diagram.structures[number] for number in sorted(placed)]
    return np.array([(s.points[b.first], s.points[b.second]) for s in own for b in s.bonds]).reshape(-1, 2, 2)


def _lines(diagram: Diagram, placed: set[int]) -> Array:
    """
    :param diagram: the diagram
    :param placed: structures that have their place
    :returns: the lines between them, those of contacts left out, shape (s, 2, 2)
    """
    links = [x for x in diagram.links if set(x.ends) <= placed and x.distance is not None]
    return np.array([diagram.ends(link) for link in links]).reshape(-1, 2, 2)


def _crossings(options: _Candidates, structure: Structure, segments: Array, lines: Array) -> Floats:
    """
    :param options: ways to place a structure
    :param structure: the structure
    :param segments: bonds and lines that have their place, shape (s, 2, 2)
    :param lines: the lines among them
    :returns: how often its lines cross these, its own bonds or each other, and its bonds lines, shape (c,)
    """
    if not len(options.starts) or structure.shape is Shape.CONTACT:
        return np.zeros(len(options.labels))
    starts = np.broadcast_to(options.starts[None], options.ends.shape)
    first, second = (options.points[:, [getattr(b, e) for b in structure.bonds]] for e in ('first', 'second'))
    own = np.stack((np.concatenate((first, starts), 1), np.concatenate((second, options.ends), 1)), 2)
    count = crossing(starts, options.ends, segments).sum((1, 2)) + crossing(starts, options.ends, own[:, None]).sum(
        (1, 2)
    )
    return np.asarray(count + crossing(first, second, lines).sum((1, 2)), np.float64)


def crossing(starts: Array, ends: Array, segments: Array) -> npt.NDArray[np.bool_]:
    """
    Which lines cross which segments; to touch at an end does not count.

    :param starts: shape (..., 2)
    :param ends: shape (..., 2)
    :param segments: shape (s, 2, 2), or (..., s, 2, 2) where each has its own
    :returns: shape (..., s)
    """
    a, b = (starts + 0.06 * (ends - starts))[..., None, :], (starts + 0.94 * (ends - starts))[..., None, :]
    c, d = segments[..., 0, :], segments[..., 1, :]
    return (_side(a, b, c) * _side(a, b, d) < 0) & (_side(c, d, a) * _side(c, d, b) < 0)


def _side(first: Array, second: Array, point: Array) -> Floats:
    """
    :param first: a point of a line
    :param second: another one
    :param point: some point
    :returns: on which side of the line it is, by its sign
    """
    along, to = second - first, point - first
    side: Floats = along[..., 0] * to[..., 1] - along[..., 1] * to[..., 0]
    return side


@dataclass(frozen=True)
class Quality:
    """
    How clear a diagram is.

    :param crossings: pairs of interaction lines that cross, and lines that cross bonds
    :param overlaps: labels that lie on another label or on an atom
    """

    crossings: int
    overlaps: int


def judge(diagram: Diagram) -> Quality:
    """
    Measure a diagram that is laid out.

    :param diagram: the diagram
    :returns: what disturbs
    """
    every = set(range(len(diagram.structures)))
    lines = _lines(diagram, every)
    count = int(crossing(lines[:, 0], lines[:, 1], lines).sum()) // 2
    for link in diagram.links:
        if link.distance is not None:
            start, end = diagram.ends(link)
            count += int(crossing(start, end, _others(diagram, link)).sum())
    return Quality(count, _label_overlaps(diagram))


def _others(diagram: Diagram, link: Link) -> Array:
    """
    :param diagram: the diagram
    :param link: a line
    :returns: the bonds that it should not cross: all but those of rings and groups in whose middle it ends
    """
    group = {a for atoms in link.atoms if len(atoms) > 1 for a in atoms}
    found = [
        (s.points[b.first], s.points[b.second])
        for s in diagram.structures
        for b in s.bonds
        if not {s.atoms[b.first].index, s.atoms[b.second].index} <= group
    ]
    return np.array(found).reshape(-1, 2, 2)


def _label_overlaps(diagram: Diagram) -> int:
    """
    :param diagram: the diagram
    :returns: number of labels over labels and over atoms, by their boxes
    """
    half = 0.25
    boxes = [(s.label_at, np.array((len(s.label) * CHARACTER / 2, half))) for s in diagram.structures]
    count = 0
    for i, (middle, size) in enumerate(boxes):
        for other, width in boxes[i + 1 :]:
            count += bool((np.abs(middle - other) < size + width).all())
        for structure in diagram.structures:
            if structure.shape is not Shape.CONTACT:
                count += int((np.abs(structure.points - middle) < size + 0.15).all(1).sum())
    return count
