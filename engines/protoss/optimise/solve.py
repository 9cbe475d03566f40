"""
Finds the best assignment of the discrete problem, exactly wherever tables of its tree decomposition can be afforded.
"""

from dataclasses import dataclass

import numpy as np

from engines.protoss.optimise.elimination import maximise
from engines.protoss.optimise.ordering import Order, best_order
from engines.protoss.optimise.problem import (
    Array,
    Problem,
    allowed_states,
    components,
    on_grid,
    restricted,
    score_of,
    split,
)
from engines.protoss.optimise.wide import Outcome, prospects, settle

BUDGET = 64_000_000
"""Entries of all tables of one component: about a second. The largest table may have 32 MB."""


@dataclass(frozen=True)
class Part:
    """
    A connected component of the interaction graph.

    :param groups: its groups, ascending
    :param exact: whether its assignment is proven best
    :param gap: how much better an assignment could at most be, 0 where exact
    :param width: groups in the largest table of its tree decomposition, less one
    :param alternatives_exact: whether its max-marginals are exact; else they are lower bounds, from assignments that
        differ from the best one within a large part of the component
    """

    groups: tuple[int, ...]
    exact: bool
    gap: float
    width: int
    alternatives_exact: bool


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

    Of equal assignments one is taken by a fixed rule: groups are decided against the order of their elimination, which
    depends on the graph and the numbers of states alone, and each takes its lowest best state. Scores are equal if
    they are on a grid of about 1e-15 of their sum (:func:`~engines.protoss.optimise.problem.on_grid`), so scaling by a
    power of two changes nothing. Beyond the budget the incumbent of the search stays where others only equal it.

    :param problem: the problem
    :param budget: entries that all tables of one component may have; beyond it components are solved by bounds and
        search, which may leave a gap
    :returns: the solution
    :raises ValueError: for a problem that is malformed, or that holds NaN or plus infinity
    """
    exact = on_grid(problem)
    kept = allowed_states(exact)
    reduced = restricted(exact, kept)
    solution = Solution([0] * len(kept), 0.0, 0.0, [np.full(len(u), -np.inf) for u in exact.unary], [])
    parts = components(reduced)
    for groups, part in zip(parts, split(reduced, parts), strict=True):
        order = best_order(part)
        found, marginals = _solve_component(part, order, budget)
        for group, state, marginal in zip(groups, found.states, marginals, strict=True):
            solution.states[group] = int(kept[group][state])
            if found.score > -np.inf:
                solution.alternatives[group][kept[group]] = np.minimum(marginal - found.score, 0.0)
            solution.alternatives[group][solution.states[group]] = 0.0
        gap = found.bound - found.score if found.bound > found.score else 0.0
        solution.bound += found.bound
        solution.components.append(Part(tuple(groups), gap == 0.0, gap, order.width, order.fits(budget)))
    solution.score = score_of(exact, solution.states)
    solution.bound = max(solution.bound, solution.score)
    return solution


def _solve_component(problem: Problem, order: Order, budget: float) -> tuple[Outcome, list[Array]]:
    """
    Solve a connected problem, with proof where that can be afforded.

    :param problem: a connected problem on a grid
    :param order: an order of elimination
    :param budget: entries that all tables may have
    :returns: the assignment, and for each state the best score found with it
    """
    if order.fits(budget):
        optimum = maximise(problem, order)
        return Outcome(optimum.states, optimum.score, optimum.score), optimum.marginals
    outcome = settle(problem, budget)
    if outcome.score == -np.inf:
        return outcome, problem.unary
    return outcome, prospects(problem, outcome.states, budget)
