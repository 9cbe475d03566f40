"""
Solves components whose tables are too large: bounds remove states until the rest can be solved, or tell how far from
the best the assignment can be.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from engines.protoss.optimise.elimination import maximise
from engines.protoss.optimise.messages import tightened, upper_bound
from engines.protoss.optimise.ordering import best_order
from engines.protoss.optimise.problem import Array, Indices, Problem, components, restricted, score_of, split
from engines.protoss.optimise.pruning import state_bounds, undominated
from engines.protoss.optimise.search import blocks, improve, outlook

_SWEEPS = 200
"""Sweeps of message passing at most; the gain of further ones is far below the gap."""

_ROUNDS = 8
"""Times that states are removed, by dominance or by bounds, and the rest is looked at anew."""

_PARTS = 16
"""Parts that the search solves in turn; more of them find little."""

_WORTHWHILE = 0.05
"""Share of the states that bounds must remove for another round, if the last one found no better assignment."""

_BOUNDING = 4
"""Parts that are solved for bounds and max-marginals, which takes three times as long."""


@dataclass(frozen=True)
class Outcome:
    """
    An assignment and what is proven about it.

    :param states: a state of each group
    :param score: its score
    :param bound: no assignment scores higher
    """

    states: list[int]
    score: float
    bound: float


def settle(problem: Problem, budget: float, rounds: int = _ROUNDS, start: Sequence[int] | None = None) -> Outcome:
    """
    Solve a connected problem, with proof where that can be afforded.

    :param problem: a connected problem on a grid
    :param budget: entries that all tables may have
    :param rounds: times that states may still be removed
    :param start: an assignment to begin with
    :returns: the assignment, never worse than the start, and its bound
    """
    order = best_order(problem)
    if order.fits(budget):
        optimum = maximise(problem, order, with_marginals=False)
        return Outcome(optimum.states, optimum.score, optimum.score)
    kept = undominated(problem)
    if rounds and _removes(problem, kept):
        return _descend(problem, kept, np.inf, budget, rounds - 1, start)
    moved = tightened(problem, _SWEEPS)
    bound = upper_bound(moved)
    if bound == -np.inf:
        return Outcome([0] * len(kept), -np.inf, -np.inf)
    parts = blocks(moved, budget / 2, _PARTS)
    starts = [[int(scores.argmax()) for scores in moved.unary], *([list(start)] if start else [])]
    states = max((improve(moved, each, parts) for each in starts), key=lambda found: score_of(moved, found))
    score = score_of(moved, states)
    bounds = state_bounds(moved, parts[:_BOUNDING])
    bound = min(float(scores.max()) for scores in bounds)
    kept = [
        np.flatnonzero((scores > score) | (np.arange(scores.size) == state))
        for scores, state in zip(bounds, states, strict=True)
    ]
    better = start is None or score > score_of(problem, start)
    if bound <= score or not rounds or not _removes(problem, kept, 0.0 if better else _WORTHWHILE):
        return Outcome(states, score, max(bound, score))
    return _descend(moved, kept, bound, budget, rounds - 1, states)


def prospects(problem: Problem, states: Sequence[int], budget: float) -> list[Array]:
    """
    Lower bounds of the max-marginals of a problem that is too wide for exact ones.

    :param problem: a connected problem on a grid
    :param states: the best assignment found, an allowed one
    :param budget: entries that all tables may have
    :returns: for each state of each group the best score found with it
    """
    return outlook(problem, states, blocks(problem, budget / 2, _BOUNDING))


def _removes(problem: Problem, kept: Sequence[Indices], share: float = 0.0) -> bool:
    """
    Whether states go.

    :param problem: a problem
    :param kept: states that stay
    :param share: how many of all states are too few
    :returns: whether more than that go
    """
    number = sum(scores.size for scores in problem.unary)
    return number - sum(states.size for states in kept) > share * number


def _descend(
    problem: Problem, kept: Sequence[Indices], bound: float, budget: float, rounds: int, start: Sequence[int] | None
) -> Outcome:
    """
    Solve the components that fewer states leave.

    :param problem: a problem on a grid
    :param kept: states that stay; one of the best assignments is among them, or the start is one
    :param bound: no assignment of the problem scores higher
    :param budget: entries that all tables of a component may have
    :param rounds: times that states may still be removed
    :param start: an assignment of the problem to begin with
    :returns: the best assignment found, the start included
    """
    reduced = restricted(problem, kept)
    parts = components(reduced)
    states = [0] * len(kept)
    proven = 0.0
    for groups, part in zip(parts, split(reduced, parts), strict=True):
        # A state that was dominated makes way for the next one; the search sees to the rest.
        first = [int(np.searchsorted(kept[g][:-1], start[g])) for g in groups] if start else None
        outcome = settle(part, budget, rounds, first)
        proven += outcome.bound
        for group, state in zip(groups, outcome.states, strict=True):
            states[group] = int(kept[group][state])
    score = score_of(problem, states)
    if start and score_of(problem, start) > score:
        states, score = list(start), score_of(problem, start)
    return Outcome(states, score, max(score, min(bound, proven)))
