"""
Moves scores between pairs and groups until the sum of the separate maxima is a close upper bound.

Sequential tree-reweighted message passing: V. Kolmogorov, IEEE Trans. Pattern Anal. Mach. Intell. 28 (2006) 1568-1583.
Groups that do not interact (one colour of the graph) are treated at once, which changes nothing: the order of the
algorithm is free.
"""

import numpy as np

from engines.protoss.optimise.problem import Array, Indices, Problem, grid_step, neighbours

_SIZES = (2, 3, 4, 6, 8, 12, 16, 24, 32, 48, 64)
"""Numbers of states to which smaller groups are padded, so that many pairs share one array."""


def upper_bound(problem: Problem) -> float:
    """
    The sum of the separate maxima.

    :param problem: a problem
    :returns: no assignment scores higher
    """
    return sum(float(scores.max()) for scores in (*problem.unary, *problem.pairs.values()))


def tightened(problem: Problem, sweeps: int) -> Problem:
    """
    An equivalent problem, in which every assignment has the same score, with a lower sum of separate maxima.

    :param problem: a connected problem of at least two groups, on a grid
    :param sweeps: number of passes, forward and backward each
    :returns: the problem, on the same grid; every pair has the maximum 0
    """
    passing = _Passing(problem)
    last = np.inf
    with np.errstate(invalid='ignore'):
        for _ in range(sweeps):
            passing.sweep(forward=True)
            bound = passing.sweep(forward=False)
            if not last - bound > 1e-6 * abs(bound):  # also when nothing is allowed and both are -inf
                break
            last = bound
    return passing.problem_now()


def _padded(states: int) -> int:
    """
    Size of the arrays of a group.

    :param states: its number of states
    :returns: the next common size
    """
    return next((size for size in _SIZES if size >= states), -states // 64 * -64)


def _colours(near: list[list[int]]) -> list[int]:
    """
    Colour a graph greedily, groups with many neighbours first.

    :param near: neighbours of each group
    :returns: a colour of each group, unlike those of its neighbours
    """
    colours = [-1] * len(near)
    for group in sorted(range(len(near)), key=lambda g: (-len(near[g]), g)):
        taken = {colours[other] for other in near[group]}
        colours[group] = next(c for c in range(len(near)) if c not in taken)
    return colours


class _Colour:
    """The groups of one colour and the ends of the pairs at them, in columns sorted by group."""

    def __init__(self, groups: list[int], ends: list[tuple[int, int]], first: int) -> None:
        """
        :param groups: groups of this colour, ascending
        :param ends: for each column its group and the group at the other end
        :param first: number of the first column
        """
        self.groups = np.array(groups)
        self.ends = ends
        self.columns = slice(first, first + len(ends))
        place = {group: n for n, group in enumerate(groups)}
        self.owner = np.array([place[own] for own, _ in ends])
        self.starts = np.flatnonzero(np.diff(self.owner, prepend=-1))
        self.ahead = np.zeros(len(ends))
        self.blocks: list[tuple[Indices, Indices, Array]] = []

    def share(self, ahead: Array) -> tuple[Array, Array]:
        """
        How a group divides its score.

        :param ahead: 1 for each column that leads to a group which comes later, else 0
        :returns: number of such columns of each group, and the share that each of them gets
        """
        number = np.add.reduceat(ahead, self.starts)
        return number, 1.0 / np.maximum(number, np.add.reduceat(1.0 - ahead, self.starts))


class _Passing:
    """What was moved from every pair to the groups at its ends; plus infinity at states that are impossible."""

    def __init__(self, problem: Problem) -> None:
        """
        :param problem: a connected problem of at least two groups, on a grid
        """
        self.problem = problem
        self.step = grid_step(problem)
        near = neighbours(problem)
        colours = _colours(near)
        sizes = [_padded(scores.size) for scores in problem.unary]
        self.unary = np.full((max(sizes), len(sizes)), -np.inf)
        for group, scores in enumerate(problem.unary):
            self.unary[: scores.size, group] = scores
        self.rest = self.unary.copy()
        self.classes: list[_Colour] = []
        self.column: dict[tuple[int, int], int] = {}
        for colour in range(max(colours) + 1):
            groups = [group for group, c in enumerate(colours) if c == colour]
            ends = [(group, other) for group in groups for other in near[group]]
            first = len(self.column)
            self.classes.append(_Colour(groups, ends, first))
            self.column.update({end: first + n for n, end in enumerate(ends)})
        self.moved = np.zeros((max(sizes), len(self.column)))
        for part in self.classes:
            part.ahead = np.array([float(colours[other] > colours[own]) for own, other in part.ends])
            self._fill(part, sizes)

    def _fill(self, part: _Colour, sizes: list[int]) -> None:
        """
        Copy the scores of pairs, axis 0 the other end, axis 1 this end, axis 2 the pairs of equal sizes.

        :param part: groups of one colour
        :param sizes: padded number of states of each group
        """
        kinds: dict[tuple[int, int], list[int]] = {}
        for n, (own, other) in enumerate(part.ends):
            kinds.setdefault((sizes[other], sizes[own]), []).append(n)
        for shape, members in sorted(kinds.items()):
            block = np.full((*shape, len(members)), -np.inf)
            for n, member in enumerate(members):
                own, other = part.ends[member]
                scores = self.problem.pairs[own, other].T if own < other else self.problem.pairs[other, own]
                block[: scores.shape[0], : scores.shape[1], n] = scores
            back = np.array([self.column[part.ends[member][::-1]] for member in members])
            part.blocks.append((np.array(members), back, block))

    def sweep(self, *, forward: bool) -> float:
        """
        Visit every colour: collect from all pairs, and give a share to the pairs that lead ahead.

        :param forward: direction
        :returns: the bound after the pass
        """
        for part in self.classes if forward else reversed(self.classes):
            ahead = part.ahead if forward else 1.0 - part.ahead
            number, weight = part.share(ahead)
            collected = np.zeros((len(self.moved), len(part.ends)))
            for members, back, block in part.blocks:
                collected[: block.shape[1], members] = (block - self.moved[: len(block), None, back]).max(axis=0)
            total = self.unary[:, part.groups] + np.add.reduceat(collected, part.starts, axis=1)
            share = np.floor(total * weight / self.step) * self.step
            possible = total > -np.inf
            self.rest[:, part.groups] = np.where(possible, total - share * number, -np.inf)
            moved = collected - np.where(possible, share, 0.0)[:, part.owner] * ahead
            self.moved[:, part.columns] = np.where(possible[:, part.owner], moved, np.inf)
        return float(self.rest.max(axis=0).sum())

    def problem_now(self) -> Problem:
        """
        The problem with everything where it was moved.

        :returns: an equivalent problem
        """
        pairs = {}
        for (i, j), scores in self.problem.pairs.items():
            at_i = self.moved[: scores.shape[0], self.column[i, j], None]
            at_j = self.moved[: scores.shape[1], self.column[j, i]]
            pairs[i, j] = scores - at_i - at_j
        return Problem([self.rest[: scores.size, g].copy() for g, scores in enumerate(self.problem.unary)], pairs)
