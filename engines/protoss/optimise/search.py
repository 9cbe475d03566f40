"""
Improves an assignment that is too wide to be solved at once: large parts of it are solved exactly while the few groups
that tie them together are held, and other groups are held each time.
"""

import math
from collections.abc import Sequence

import numpy as np

from engines.protoss.optimise.elimination import maximise
from engines.protoss.optimise.ordering import Order, cut_order
from engines.protoss.optimise.problem import Array, Problem, score_of

_TURNS = 160
"""Parts that are solved at most, in case rounding feigns progress."""


def blocks(problem: Problem, budget: float, count: int) -> list[Order]:
    """
    Parts of small width, each of which leaves out other groups.

    :param problem: a problem
    :param budget: entries of all tables of a part
    :param count: number of parts
    :returns: an order of elimination for each part
    """
    found: list[Order] = []
    spent = [0] * len(problem.unary)
    smallest = max(scores.size for scores in problem.unary)  # so that every part has a group
    limit = max(budget / 64, smallest)
    while len(found) < count:
        order = cut_order(problem, limit, spent)
        if order.cost > budget and limit > smallest:
            limit = max(limit / 2, smallest)
            continue
        found.append(order)
        for group in set(range(len(spent))).difference(order.groups):
            spent[group] += 1
    return found


def renumbered(order: Order) -> Order:
    """
    The order for the problem of its groups alone.

    :param order: an order of some groups
    :returns: the order with its groups numbered as they follow
    """
    place = {group: n for n, group in enumerate(order.groups)}
    later = [[place[group] for group in groups] for groups in order.later]
    return Order(list(range(len(place))), later, order.cost, order.largest, order.width)


def conditioned(problem: Problem, states: Sequence[int], groups: Sequence[int]) -> Problem:
    """
    The problem of some groups while all others are held.

    :param problem: a problem
    :param states: a state of each group
    :param groups: groups that are free, which are numbered anew in this order
    :returns: their problem, with the scores against held groups added to their own
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


def improve(problem: Problem, start: Sequence[int], parts: Sequence[Order]) -> list[int]:
    """
    Solve each part while the rest is held, round and round until none of them gets better.

    :param problem: a problem on a grid
    :param start: a state of each group; the assignment may be forbidden
    :param parts: orders of elimination of parts that can be afforded
    :returns: an assignment at least as good
    """
    soft = _softened(problem)
    states = list(start)
    idle = 0
    for turn in range(_TURNS):
        order = parts[turn % len(parts)]
        part = conditioned(soft, states, order.groups)
        optimum = maximise(part, renumbered(order), with_marginals=False)
        idle += 1
        if optimum.score > score_of(part, [states[group] for group in order.groups]):
            idle = 1
            for group, state in zip(order.groups, optimum.states, strict=True):
                states[group] = state
        if idle == len(parts):
            break
    return states


def outlook(problem: Problem, states: Sequence[int], parts: Sequence[Order]) -> list[Array]:
    """
    Max-marginals as far as the parts see them.

    :param problem: a problem on a grid
    :param states: an allowed assignment
    :param parts: orders of elimination of parts that can be afforded
    :returns: for each state of each group the best score of an assignment with it that differs from the given one
        in this group or within one part; ``-inf`` where there is none
    """
    total = score_of(problem, states)
    marginals = [np.array(scores) for scores in problem.unary]
    for (i, j), scores in problem.pairs.items():
        marginals[i] += scores[:, states[j]]
        marginals[j] += scores[states[i]]
    for group, state in enumerate(states):
        marginals[group] += total - marginals[group][state]
    for order in parts:
        part = conditioned(problem, states, order.groups)
        held = total - score_of(part, [states[group] for group in order.groups])
        for group, marginal in zip(order.groups, maximise(part, renumbered(order)).marginals, strict=True):
            np.maximum(marginals[group], marginal + held, out=marginals[group])
    return marginals


def _softened(problem: Problem) -> Problem:
    """
    The problem with a finite price for what is forbidden, so that a search can start anywhere.

    :param problem: a problem
    :returns: ``-inf`` replaced by a price above the sum of all other scores; the problem itself if it holds none
    """
    arrays = [*problem.unary, *problem.pairs.values()]
    if all(np.isfinite(scores).all() for scores in arrays):
        return problem
    magnitude = sum(float(np.abs(scores[np.isfinite(scores)]).max(initial=0.0)) for scores in arrays)
    price = math.ldexp(-1.0, math.frexp(2.0 * magnitude)[1])

    def priced(scores: Array) -> Array:
        return np.where(scores == -np.inf, price, scores)

    return Problem([priced(u) for u in problem.unary], {edge: priced(scores) for edge, scores in problem.pairs.items()})
