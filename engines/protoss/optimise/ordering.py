"""
Orders of elimination for a tree decomposition: cheap ones, and ones that leave out groups to stay within a budget.

Finding the best order is NP-hard; greedy ones are close to it on the sparse graphs of contacts in space.
Source: R. Dechter, Artif. Intell. 113 (1999) 41-85; w-cutset: B. Bidyuk, R. Dechter, UAI 2003.
"""

import heapq
import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from engines.protoss.optimise.problem import Problem


@dataclass(frozen=True)
class Order:
    """
    An order of elimination.

    :param groups: the groups in the order they are eliminated
    :param later: for each of them its neighbours at that time, in the order in which they follow
    :param cost: entries of all tables together
    :param largest: entries of the largest table
    :param width: groups in the largest table, less one
    """

    groups: list[int]
    later: list[list[int]]
    cost: float
    largest: float
    width: int

    def fits(self, budget: float) -> bool:
        """
        Whether an elimination can be afforded.

        :param budget: entries that all tables together may have; one of them may have a sixteenth of that, since only
            one is in memory at a time
        :returns: whether it can; groups without pairs always can
        """
        return not self.width or (self.cost <= budget and self.largest <= budget / 16)


def best_order(problem: Problem) -> Order:
    """
    The cheaper of two greedy orders: fewest new edges first, and smallest table first.

    :param problem: a problem
    :returns: the order; ties go to the lowest group
    """
    first = _Elimination(problem, by_fill=True).run(math.inf, ())
    if first.width <= 2:
        return first
    second = _Elimination(problem, by_fill=False).run(math.inf, ())
    return second if second.cost < first.cost else first


def cut_order(problem: Problem, limit: float, spent: Sequence[int]) -> Order:
    """
    An order with small tables, for which groups are left out.

    :param problem: a problem
    :param limit: entries of the largest table
    :param spent: how often each group was left out before; those left out least often come first
    :returns: the order of the groups that stay
    """
    return _Elimination(problem, by_fill=False).run(math.log(limit) + 1e-5, spent)


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

    def run(self, limit: float, spent: Sequence[int]) -> Order:
        """
        Eliminate all groups.

        :param limit: logarithm of the largest table; a group is left out whenever the next one is larger
        :param spent: how often each group was left out before
        :returns: the order of the groups that are not left out
        """
        rank: dict[int, int] = {}
        masks = []
        while self.left:
            key = heapq.heappop(self.heap)
            group = key[2]
            size = key[1] if self.by_fill else key[0]
            if not self.left >> group & 1 or key != self.keys[group]:
                continue  # already gone, or pushed before its neighbours changed
            if size > limit:
                heapq.heappush(self.heap, key)
                self.remove(self.victim(group, spent), join=False)
            else:
                rank[group] = len(rank)
                masks.append(self.near[group])
                self.remove(group, join=True)
        later = [sorted((g for g in _bits(mask) if g in rank), key=rank.__getitem__) for mask in masks]
        logs = [self.logs[group] + sum(self.logs[g] for g in later[n]) for group, n in rank.items()]
        sizes = [math.exp(min(log, 500.0)) for log in logs]
        width = max((len(groups) for groups in later), default=0)
        return Order(list(rank), later, sum(sizes), max(sizes, default=0.0), width)

    def key(self, group: int) -> tuple[float, float, int]:
        """
        What is compared to choose the next group.

        :param group: a group that is left
        :returns: number of new edges and logarithm of the table's size, in the order that counts, and the group
        """
        mask = self.near[group]
        size = self.logs[group]
        fill = 0
        for member in _bits(mask):
            size += self.logs[member]
            fill += (mask & ~self.near[member]).bit_count() - 1
        size = round(size, 6)  # equal sizes compare equal
        return (fill // 2, size, group) if self.by_fill else (size, fill // 2, group)

    def victim(self, group: int, spent: Sequence[int]) -> int:
        """
        The group to leave out.

        :param group: the next group, whose table is too large
        :param spent: how often each group was left out before
        :returns: of the groups of its table that were left out least often the one with the most neighbours
        """
        table = _bits(self.near[group] | 1 << group)
        return min(table, key=lambda member: (spent[member], -self.near[member].bit_count(), member))

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
