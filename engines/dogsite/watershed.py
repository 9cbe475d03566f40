"""Watershed of scattered grid points: basins around local maxima, joined where the saddle between them is high."""

import numpy as np
import numpy.typing as npt

from engines.dogsite.grid import Floats, Indices, ball

Neighbours = npt.NDArray[np.intp]


def neighbours(points: Indices, shape: tuple[int, int, int]) -> Neighbours:
    """
    The neighbours of each point among the 26 around it.

    :param points: flat indices of points that do not lie at the border of the grid, rising
    :param shape: of the grid
    :returns: index into ``points`` or -1, shape (n, 26)
    """
    strides = np.array([shape[1] * shape[2], shape[2], 1])
    return _places(points, points[:, None] + ball(1.8, 1.0)[1:] @ strides)


def _places(points: Indices, wanted: Indices) -> Indices:
    """
    Find points in a list; a table of the whole grid would take memory that grows with the protein.

    :param points: flat indices, rising
    :param wanted: flat indices
    :returns: where each of them stands in the list, or -1
    """
    place = np.minimum(np.searchsorted(points, wanted), len(points) - 1)
    return np.where(points[place] == wanted, place, -1)


def basins(values: Floats, near: Neighbours) -> Indices:
    """
    Follow the steepest way up from each point.

    :param values: height of each point
    :param near: from :func:`neighbours`
    :returns: of each point the index of the summit that it leads to
    """
    number = len(values)
    padded = np.append(values, -np.inf)
    # Of equal heights the later point is the higher one, so that plains have one summit and no circles.
    order = np.empty(number + 1, np.intp)
    order[np.argsort(padded[:-1], kind='stable')] = np.arange(1, number + 1)
    order[-1] = 0
    around = order[near]
    best = around.argmax(1)
    rows = np.arange(number)
    goal = np.where(around[rows, best] > order[:-1], near[rows, best], rows)
    while True:
        further = goal[goal]
        if (further == goal).all():
            return goal
        goal = further


def saddles(values: Floats, near: Neighbours, summit: Indices) -> list[tuple[float, int, int]]:
    """
    The highest pass between each two basins that touch.

    :param values: height of each point
    :param near: from :func:`neighbours`
    :param summit: from :func:`basins`
    :returns: height of the pass and the two summits, the highest pass first
    """
    rows, columns = np.nonzero(near >= 0)
    other = near[rows, columns]
    use = (rows < other) & (summit[rows] != summit[other])
    rows, other = rows[use], other[use]
    first, second = np.sort(np.stack([summit[rows], summit[other]]), 0)
    height = np.minimum(values[rows], values[other])
    order = np.lexsort((second, first, -height))
    seen: set[tuple[int, int]] = set()
    result = []
    for i in order:
        pair = int(first[i]), int(second[i])
        if pair not in seen:
            seen.add(pair)
            result.append((float(height[i]), *pair))
    return result


def merge(
    values: Floats,
    summit: Indices,
    passes: list[tuple[float, int, int]],
    share: float,
    weight: Indices | None = None,
    least: float = 0.0,
) -> Indices:
    """
    Join basins over their passes, the highest first, if the pass is not much lower than the lower of both summits.

    :param values: height of each point
    :param summit: from :func:`basins`
    :param passes: from :func:`saddles`
    :param share: of the lower summit that the pass has to reach
    :param weight: of each point
    :param least: weight below which a basin is joined to its neighbour over any pass
    :returns: of each point the index of the highest summit of what it was joined to
    """
    root = np.arange(len(values))
    tops = np.unique(summit)
    total = np.bincount(summit, weight, minlength=len(values))

    def find(i: int) -> int:
        """Summit that stands for a basin."""
        while root[i] != i:
            root[i] = root[root[i]]
            i = int(root[i])
        return i

    for height, first, second in passes:
        a, b = find(first), find(second)
        if a == b:
            continue
        if (values[a], a) < (values[b], b):
            a, b = b, a
        if height >= share * values[b] or min(total[a], total[b]) < least:
            root[b] = a
            total[a] += total[b]
    final = np.zeros(len(values), np.intp)
    final[tops] = [find(int(i)) for i in tops]
    return final[summit]


def grow(labels: Indices, cores: Indices, points: Indices, shape: tuple[int, int, int], steps: Indices) -> Indices:
    """
    Give points the label of the nearest labelled point.

    :param labels: of the cores, from 0
    :param cores: flat indices of the labelled points, rising
    :param points: flat indices of the points that get labels
    :param shape: of the grid
    :param steps: from :func:`engines.dogsite.grid.ball`, which bounds the distance; the border of the grid is farther
        away from all points than that
    :returns: one label a point, -1 where no core is near enough
    """
    result = np.full(len(points), -1, np.intp)
    open_ = np.arange(len(points))
    for step in steps @ np.array([shape[1] * shape[2], shape[2], 1]):
        place = _places(cores, points[open_] + step)
        result[open_] = np.where(place >= 0, labels[place], -1)
        open_ = open_[place < 0]
    return result
