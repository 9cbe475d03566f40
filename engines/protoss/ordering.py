"""
Orders of elimination for a tree decomposition: cheap ones, and ones that leave out groups to stay within a budget.

Finding the best order is NP-hard; greedy ones are close to it on the sparse graphs of contacts in space.
Source: R. Dechter, Artif. Intell. 113 (1999) 41-85; w-cutset: B. Bidyuk, R. Dechter, UAI 2003.
"""

import heapq
import math
from collections.abc import Iterator
from dataclasses import dataclass

from engines.protoss.problem import Problem


@dataclass(frozen=True)
class Order:
    """
    An order of elimination.

    :param groups: the groups in the order they are eliminated
    :param later: for each of them its neighbours at that time, in the order in which they follow
    :param cost: entries of all tables together
    :param width: groups in the largest table, less one
    """

    groups: list[int]
    later: list[list[int]]
    cost: float
    width: int


def best_order(problem: Problem) -> Order:
    """
    The cheaper of two greedy orders: fewest new edges first, and smallest table first.

    :param problem: a problem
    :returns: the order; ties go to the lowest group
    """
    first = _Elimination(problem, by_fill=True).run(math.inf, frozenset())
    if first.width <= 2:
        return first
    second = _Elimination(problem, by_fill=False).run(math.inf, frozenset())
    return second if second.cost < first.cost else first


def cut_order(problem: Problem, limit: float, spared: frozenset[int]) -> Order:
    """
    An order with small tables, for which the groups with the most neighbours are left out.

    :param problem: a problem
    :param limit: entries of the largest table
    :param spared: groups that are left out only when no others are left
    :returns: the order of the groups that stay
    """
    return _Elimination(problem, by_fill=False).run(math.log(limit) + 1e-6, spared)


def _bits(mask: int) -> Iterator[int]:
    """
    Members of a set.

    :param mask: a set of small integers, one bit each
    :yields: its members, ascending
    """
    while mask:
        low = mask & -mask
        yield low.bit_length() - 1
        mask ^= low


class _Elimination:
    """The interaction graph while groups are eliminated; sets of groups are bit masks."""

    def __init__(self, problem: Problem, *, by_fill: bool) -> None:
        """
        :param problem: a problem
        :param by_fill: whether new edges count before the size of the table
        """
        self.by_fill = by_fill
        self.logs = [math.log(scores.size) for scores in problem.unary]
        self.near = [0] * len(self.logs)
        for i, j in problem.pairs:
            self.near[i] |= 1 << j
            self.near[j] |= 1 << i
        self.left = (1 << len(self.logs)) - 1
        self.keys = [self.key(group) for group in range(len(self.logs))]
        self.heap = sorted(self.keys)

    def run(self, limit: float, spared: frozenset[int]) -> Order:
        """
        Eliminate all groups.

        :param limit: logarithm of the largest table; a group is left out whenever the next one is larger
        :param spared: groups that are left out only when no others are left
        :returns: the order of the groups that are not left out
        """
        rank: dict[int, int] = {}
        masks = []
        while self.left:
            key = heapq.heappop(self.heap)
            group = key[2]
            if not self.left >> group & 1 or key != self.keys[group]:
                continue  # already gone, or pushed before its neighbours changed
            if self.size(group) > limit:
                heapq.heappush(self.heap, key)
                self.remove(self.victim(spared), join=False)
            else:
                rank[group] = len(rank)
                masks.append(self.near[group])
                self.remove(group, join=True)
        later = [sorted((g for g in _bits(mask) if g in rank), key=rank.__getitem__) for mask in masks]
        sizes = [math.fsum(self.logs[g] for g in (group, *later[n])) for group, n in rank.items()]
        cost = sum(math.exp(min(size, 700.0)) for size in sizes)
        return Order(list(rank), later, cost, max((len(groups) for groups in later), default=0))

    def size(self, group: int) -> float:
        """
        Size of the table of a group if it is the next one.

        :param group: a group that is left
        :returns: its logarithm, rounded so that equal sizes are equal
        """
        return round(sum(self.logs[member] for member in _bits(self.near[group])) + self.logs[group], 9)

    def key(self, group: int) -> tuple[float, float, int]:
        """
        What is compared to choose the next group.

        :param group: a group that is left
        :returns: number of new edges and size of the table, in the order that counts, and the group
        """
        mask = self.near[group]
        fill = sum((mask & ~self.near[member]).bit_count() - 1 for member in _bits(mask)) // 2
        size = self.size(group)
        return (fill, size, group) if self.by_fill else (size, fill, group)

    def victim(self, spared: frozenset[int]) -> int:
        """
        The group to leave out.

        :param spared: groups to be left out last
        :returns: of the others the one with the most neighbours
        """
        return max(_bits(self.left), key=lambda group: (group not in spared, self.near[group].bit_count(), -group))

    def remove(self, group: int, *, join: bool) -> None:
        """
        Remove a group.

        :param group: the group
        :param join: whether its neighbours become neighbours of each other
        """
        mask = self.near[group]
        changed = mask
        for member in _bits(mask):
            before = self.near[member]
            self.near[member] = (before | mask if join else before) & ~(1 << group | 1 << member)
            if not join or before | mask != before:
                changed |= self.near[member]
        self.left ^= 1 << group
        for member in _bits(changed & self.left):
            key = self.key(member)
            if key != self.keys[member]:
                self.keys[member] = key
                heapq.heappush(self.heap, key)
