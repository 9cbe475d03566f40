"""Discrete problems for the tests of the optimiser, and their solution by looking at every assignment."""

import itertools
from collections.abc import Sequence

import numpy as np

from engines.protoss.optimise.problem import Array, Problem


def random_problem(seed: int, groups: int, states: int, density: float, forbidden: float = 0.0) -> Problem:
    """
    A problem with random scores; every second seed gives small whole numbers, so that scores tie.

    :param seed: of the random numbers
    :param groups: number of groups
    :param states: states of a group at most
    :param density: share of the pairs that interact
    :param forbidden: share of the scores that are ``-inf``
    :returns: the problem
    """
    rng = np.random.default_rng(seed)
    sizes = rng.integers(1, states + 1, groups)

    def scores(*shape: int) -> Array:
        values: Array = rng.integers(-2, 3, shape).astype(float) if seed % 2 else rng.normal(size=shape) * 5
        values[rng.random(shape) < forbidden] = -np.inf
        return values

    edges = [edge for edge in itertools.combinations(range(groups), 2) if rng.random() < density]
    return Problem([scores(n) for n in sizes], {(i, j): scores(sizes[i], sizes[j]) for i, j in edges})


def small_problems(count: int) -> list[Problem]:
    """
    Random problems of all sorts that can be enumerated; a third of them without forbidden states.

    :param count: number of problems
    :returns: the problems, of 0 to 6 groups with 1 to 4 states
    """
    shapes = np.random.default_rng(count)
    return [
        random_problem(seed, int(shapes.integers(0, 7)), 4, float(shapes.random()), (0.0, 0.1, 0.4)[seed % 3])
        for seed in range(count)
    ]


def grid_problem(seed: int, side: int, states: int) -> Problem:
    """
    A square grid of groups with random scores, whose treewidth is its side.

    :param seed: of the random numbers
    :param side: groups along one side
    :param states: states of each group
    :returns: the problem
    """
    rng = np.random.default_rng(seed)
    edges = [(g, g + 1) for g in range(side * side) if (g + 1) % side]
    edges += [(g, g + side) for g in range(side * side - side)]
    unary = [rng.normal(size=states) * 2 for _ in range(side * side)]
    return Problem(unary, {edge: rng.normal(size=(states, states)) for edge in edges})


def score_of(problem: Problem, states: Sequence[int]) -> float:
    """
    Score of an assignment.

    :param problem: a problem
    :param states: a state of each group
    :returns: the sum of its scores
    """
    total = sum(float(scores[state]) for scores, state in zip(problem.unary, states, strict=True))
    return total + sum(float(scores[states[i], states[j]]) for (i, j), scores in problem.pairs.items())


def every_assignment(problem: Problem) -> tuple[float, list[Array]]:
    """
    Look at every assignment.

    :param problem: a small problem
    :returns: the best score, and for each state the best score with it
    """
    best = -np.inf
    marginals = [np.full(len(scores), -np.inf) for scores in problem.unary]
    for states in itertools.product(*(range(len(scores)) for scores in problem.unary)):
        total = score_of(problem, states)
        best = max(best, total)
        for group, state in enumerate(states):
            marginals[group][state] = max(marginals[group][state], total)
    return best, marginals


def permuted(problem: Problem, order: Sequence[int]) -> Problem:
    """
    The same problem with its groups in another order.

    :param problem: a problem
    :param order: the groups in their new order
    :returns: the problem
    """
    place = {group: n for n, group in enumerate(order)}
    pairs = {}
    for (i, j), scores in problem.pairs.items():
        first, second = place[i], place[j]
        pairs[min(first, second), max(first, second)] = scores if first < second else scores.T
    return Problem([problem.unary[group] for group in order], pairs)
