"""
Finds the best assignment of the discrete problem, exactly wherever tables of its tree decomposition can be afforded.
"""

from dataclasses import dataclass

import numpy as np

from engines.protoss.elimination import maximise
from engines.protoss.ordering import best_order
from engines.protoss.problem import (
    Array,
    Problem,
    allowed_states,
    components,
    on_grid,
    restricted,
    score_of,
    split,
)
from engines.protoss.search import blocks, improve

__all__ = ['Part', 'Problem', 'Solution', 'solve']

BUDGET = 8_000_000
"""Entries of all tables of one component, 8 bytes each."""


@dataclass(frozen=True)
class Part:
    """
    A connected component of the interaction graph.

    :param groups: its groups, ascending
    :param exact: whether its assignment is proven best
    :param gap: how much better an assignment could at most be, 0 where exact
    :param width: groups in the largest table of its tree decomposition, less one
    """

    groups: tuple[int, ...]
    exact: bool
    gap: float
    width: int


@dataclass
class Solution:
    """
    An assignment and what is known about it.

    :param states: a state of each group
    :param score: the sum of its scores; ``-inf`` when no assignment is allowed
    :param bound: no assignment scores higher; equals the score where every component is exact
    :param alternatives: for each state of each group the best score with it less the best score, so 0 for the chosen
        one and ``-inf`` for one that is impossible
    :param components: the components, in the order of their lowest group
    """

    states: list[int]
    score: float
    bound: float
    alternatives: list[Array]
    components: list[Part]


def solve(problem: Problem, budget: int = BUDGET) -> Solution:
    """
    Find the best state of every group.

    :param problem: the problem
    :param budget: entries that all tables of one component may have
    :returns: the solution
    :raises ValueError: for a problem that is malformed, or that holds NaN or plus infinity
    """
    exact = on_grid(problem)
    kept = allowed_states(exact)
    reduced = restricted(exact, kept)
    solution = Solution([0] * len(kept), 0.0, 0.0, [np.full(len(u), -np.inf) for u in exact.unary], [])
    parts = components(reduced)
    gaps = 0.0
    for groups, part in zip(parts, split(reduced, parts), strict=True):
        found = _solve_component(part, budget)
        gap = 0.0 if found.exact else found.bound - found.score
        gaps += gap
        for group, state, marginal in zip(groups, found.states, found.marginals, strict=True):
            solution.states[group] = int(kept[group][state])
            if found.score > -np.inf:
                solution.alternatives[group][kept[group]] = marginal - found.score
            solution.alternatives[group][solution.states[group]] = 0.0
        solution.components.append(Part(tuple(groups), found.exact, gap, found.width))
    solution.score = score_of(exact, solution.states)
    solution.bound = solution.score + gaps
    return solution


@dataclass(frozen=True)
class _Found:
    """
    What is known about one component.

    :param states: a state of each group
    :param score: its score
    :param bound: no assignment scores higher
    :param marginals: for each group and state the best score found with it
    :param width: width of the tree decomposition
    """

    states: list[int]
    score: float
    bound: float
    marginals: list[Array]
    width: int

    @property
    def exact(self) -> bool:
        """
        Whether the assignment is proven best.

        :returns: whether no assignment can be better
        """
        return self.bound <= self.score


def _solve_component(problem: Problem, budget: int) -> _Found:
    """
    Solve a connected problem, exactly if its tables fit the budget.

    :param problem: a connected problem on a grid
    :param budget: entries that all tables may have
    :returns: the assignment and what is known about it
    """
    order = best_order(problem)
    if order.cost <= budget:
        optimum = maximise(problem, order)
        return _Found(optimum.states, optimum.score, optimum.score, optimum.marginals, order.width)
    start = [int(scores.argmax()) for scores in problem.unary]
    found = improve(problem, start, blocks(problem, budget / 32))
    bound = sum(float(scores.max()) for scores in (*problem.unary, *problem.pairs.values()))
    return _Found(found.states, found.score, bound, found.marginals, order.width)
