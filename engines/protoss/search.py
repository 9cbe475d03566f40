"""
Improves an assignment that is too wide to be solved at once: large parts of it are solved exactly while a few groups
that tie them together are held, with other groups held each time.
"""

import math
from dataclasses import dataclass

import numpy as np

from engines.protoss.elimination import maximise
from engines.protoss.ordering import Order, cut_order
from engines.protoss.problem import Array, Problem, score_of

_ROUNDS = 12
"""Sets of held groups at most; each holds groups that the ones before left free where that is possible."""


@dataclass(frozen=True)
class Found:
    """
    An assignment that no change within any of the parts improves.

    :param states: a state of each group
    :param score: its score
    :param marginals: for each group and state the best score that was found with it
    """

    states: list[int]
    score: float
    marginals: list[Array]


def softened(problem: Problem) -> Problem:
    """
    The problem with a finite price for what is forbidden, so that a search can start from anywhere.

    :param problem: a problem
    :returns: ``-inf`` replaced by a price above the sum of all other scores; the problem itself if it holds none
    """
    arrays = [*problem.unary, *problem.pairs.values()]
    if all(np.isfinite(scores).all() for scores in arrays):
        return problem
    magnitude = sum(float(np.abs(scores[np.isfinite(scores)]).max(initial=0.0)) for scores in arrays)
    price = math.ldexp(-1.0, math.frexp(magnitude)[1] + 1)

    def priced(scores: Array) -> Array:
        return np.where(scores == -np.inf, price, scores)

    return Problem([priced(u) for u in problem.unary], {edge: priced(scores) for edge, scores in problem.pairs.items()})


def blocks(problem: Problem, limit: float) -> list[Order]:
    """
    Parts of small width that together hold every group.

    :param problem: a problem
    :param limit: entries of the largest table
    :returns: an order for each part
    """
    found: list[Order] = []
    free: set[int] = set()
    while len(found) < _ROUNDS and (not found or len(free) < len(problem.unary)):
        held = frozenset(range(len(problem.unary))) - free
        order = cut_order(problem, limit, held if found else frozenset())
        found.append(order)
        if free.issuperset(order.groups):
            break
        free.update(order.groups)
    return found


def conditioned(problem: Problem, states: list[int], groups: list[int]) -> Problem:
    """
    The problem of some groups while all others are held.

    :param problem: a problem
    :param states: a state of each group
    :param groups: groups that are free, which are numbered anew in this order
    :returns: their problem, with the scores of the held ones added to the scores of their partners
    """
    place = {group: n for n, group in enumerate(groups)}
    part = Problem([problem.unary[group] for group in groups], {})
    for (i, j), scores in problem.pairs.items():
        if i in place and j in place:
            first, second = place[i], place[j]
            part.pairs[min(first, second), max(first, second)] = scores if first < second else scores.T
        elif i in place:
            part.unary[place[i]] = part.unary[place[i]] + scores[:, states[j]]
        elif j in place:
            part.unary[place[j]] = part.unary[place[j]] + scores[states[i]]
    return part


def improve(problem: Problem, start: list[int], parts: list[Order]) -> Found:
    """
    Solve each part while the rest is held, round and round until none of them gets better.

    :param problem: a problem
    :param start: a state of each group
    :param parts: orders of elimination of parts that can be afforded
    :returns: the assignment, at least as good as the start, and max-marginals as far as the parts see them
    """
    soft = softened(problem)
    states = list(start)
    score = score_of(soft, states)
    marginals = [np.full(scores.size, -np.inf) for scores in problem.unary]
    idle = 0
    while idle < len(parts):
        for order in parts:
            idle += 1
            groups = sorted(order.groups)
            place = {group: n for n, group in enumerate(groups)}
            local = Order(
                [place[g] for g in order.groups], [[place[g] for g in later] for later in order.later], order.cost, 0
            )
            optimum = maximise(conditioned(soft, states, groups), local)
            held = score - score_of(conditioned(soft, states, groups), [states[g] for g in groups])
            for group, marginal in zip(groups, optimum.marginals, strict=True):
                np.maximum(marginals[group], marginal + held, out=marginals[group])
            if optimum.score + held > score:
                score = optimum.score + held
                for group, state in zip(groups, optimum.states, strict=True):
                    states[group] = state
                idle = 1
            if idle >= len(parts):
                break
    return Found(states, score_of(problem, states), marginals)
