"""
Exact maximisation by bucket elimination: max-sum dynamic programming on a tree decomposition.

Groups are eliminated one after the other; the table of a group holds its states against those of the neighbours that
are left then. Two passes give the best assignment and the max-marginal of every state.
Source: R. Dechter, Artif. Intell. 113 (1999) 41-85; tree decomposition for side chains: J. Xu, B. Berger, J. ACM 53
(2006) 533-557.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from engines.protoss.optimise.ordering import Order
from engines.protoss.optimise.problem import Array, Problem


@dataclass(frozen=True)
class Optimum:
    """
    The best assignment.

    :param states: a best assignment
    :param score: its score; ``-inf`` when every assignment is forbidden
    :param marginals: for each group and state the best score with it, ``-inf`` when there is none; empty if not wanted
    """

    states: list[int]
    score: float
    marginals: list[Array]


class _Buckets:
    """Tables of one elimination: axis 0 is the group that is eliminated, the others follow as in ``Order.later``."""

    def __init__(self, problem: Problem, order: Order) -> None:
        """
        :param problem: a problem on a grid
        :param order: an order of its groups
        """
        self.problem = problem
        self.order = order
        self.rank = {group: n for n, group in enumerate(order.groups)}
        self.sizes = [scores.size for scores in problem.unary]
        self.factors: list[list[tuple[list[int], Array]]] = [[([g], problem.unary[g])] for g in order.groups]
        for (i, j), scores in problem.pairs.items():
            if self.rank[i] < self.rank[j]:
                self.factors[self.rank[i]].append(([i, j], scores))
            else:
                self.factors[self.rank[j]].append(([j, i], scores.T))
        self.children: list[list[int]] = [[] for _ in order.groups]
        self.messages: list[Array] = []

    def aligned(self, groups: Sequence[int], scores: Array, scope: Sequence[int]) -> Array:
        """
        Scores with an axis for every group of a table.

        :param groups: the groups of the scores' axes, in the order of elimination
        :param scores: one axis for each of them
        :param scope: groups of the table
        :returns: a view that broadcasts against the table
        """
        return scores.reshape([self.sizes[g] if g in groups else 1 for g in scope])

    def table(self, rank: int) -> Array:
        """
        Sum what is known about a group when it is eliminated.

        :param rank: its place in the order
        :returns: score of its states against those of its later neighbours
        """
        scope = [self.order.groups[rank], *self.order.later[rank]]
        shape = tuple(self.sizes[g] for g in scope)
        terms = sorted(self.factors[rank], key=lambda term: term[1].size)
        total = self.aligned(*terms[0], scope)
        for groups, scores in terms[1:]:
            total = _add(total, self.aligned(groups, scores, scope), total.shape == shape)
        return total

    def upward(self) -> None:
        """Eliminate every group; keep the message to the first of its later neighbours."""
        for rank, later in enumerate(self.order.later):
            message = self.table(rank).max(axis=0)
            self.messages.append(message)
            if later:
                parent = self.rank[later[0]]
                self.factors[parent].append((later, message))
                self.children[parent].append(rank)

    def assignment(self) -> list[int]:
        """
        Follow the messages back. Each group takes its lowest state among the best ones.

        :returns: a state of each group
        """
        states = [0] * len(self.sizes)
        for rank in range(len(self.factors) - 1, -1, -1):
            column = np.zeros(self.sizes[self.order.groups[rank]])
            for groups, scores in self.factors[rank]:
                held: tuple[slice | int, ...] = (slice(None), *(states[group] for group in groups[1:]))
                column += scores[held]
            states[self.order.groups[rank]] = int(column.argmax())
        return states

    def other_trees(self) -> dict[int, Array]:
        """
        What a tree of the decomposition gets from the other ones.

        :returns: for the rank of the last group of each component the best score of all other components
        """
        roots = {rank: self.messages[rank] for rank, later in enumerate(self.order.later) if not later}
        total = np.sum(list(roots.values()))
        return {rank: np.asarray(total - own if total > -np.inf else total) for rank, own in roots.items()}

    def downward(self) -> list[Array]:
        """
        Tell every table what the rest adds to it. The tables are made anew: kept ones would need far more memory.

        :returns: max-marginals of each group
        """
        outside = self.other_trees()
        marginals: list[Array] = [np.empty(0)] * len(self.sizes)
        for rank in range(len(self.factors) - 1, -1, -1):
            table = self.table(rank)
            if rank in outside:
                table = _add(table, outside.pop(rank), True)
            group = self.order.groups[rank]
            marginals[group] = table.reshape(self.sizes[group], -1).max(axis=1)
            scope = [group, *self.order.later[rank]]
            for child in self.children[rank]:
                kept = self.order.later[child]
                best = table.max(axis=tuple(n for n, g in enumerate(scope) if g not in kept))
                message = self.messages[child]
                # Where the child allows nothing, nothing outside can help; the difference would be NaN.
                outside[child] = np.where(message > -np.inf, best - message, -np.inf)
        return marginals


def _add(total: Array, term: Array, fits: bool) -> Array:
    """
    Add without a new array where that is possible.

    :param total: a sum; overwritten if it is an array of its own and not a view of somebody's scores
    :param term: what is added, of the same number of dimensions or fewer
    :param fits: whether the sum has the shape of the total
    :returns: the sum
    """
    return np.add(total, term, out=total if fits and total.flags.owndata else None)


def maximise(problem: Problem, order: Order, *, with_marginals: bool = True) -> Optimum:
    """
    Solve a problem exactly.

    :param problem: a problem of at least one group, on a grid
    :param order: an order of elimination of all its groups; the largest table is in memory twice
    :param with_marginals: whether max-marginals are wanted, which takes about as long again
    :returns: the best assignment; of equal assignments the one in which each group, against the order of elimination,
        has the lowest state
    """
    buckets = _Buckets(problem, order)
    buckets.upward()
    states = buckets.assignment()
    score = sum(float(message) for message, later in zip(buckets.messages, order.later, strict=True) if not later)
    with np.errstate(invalid='ignore'):
        return Optimum(states, score, buckets.downward() if with_marginals else [])
