"""Tests of the optimiser against every assignment of small problems."""

import itertools
import unittest

import numpy as np

from engines.protoss.optimise import Problem, solve


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

    def scores(*shape: int) -> np.ndarray:
        values = rng.integers(-2, 3, shape).astype(float) if seed % 2 else rng.normal(size=shape) * 5
        values[rng.random(shape) < forbidden] = -np.inf
        return values

    edges = [edge for edge in itertools.combinations(range(groups), 2) if rng.random() < density]
    return Problem([scores(n) for n in sizes], {(i, j): scores(sizes[i], sizes[j]) for i, j in edges})


def every_assignment(problem: Problem) -> tuple[float, list[np.ndarray]]:
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


def score_of(problem: Problem, states: tuple[int, ...]) -> float:
    """
    Score of an assignment.

    :param problem: a problem
    :param states: a state of each group
    :returns: the sum of its scores
    """
    total = sum(float(scores[state]) for scores, state in zip(problem.unary, states, strict=True))
    return total + sum(float(scores[states[i], states[j]]) for (i, j), scores in problem.pairs.items())


class ExactTests(unittest.TestCase):
    """What is solved by tables."""

    def test_small_problems_against_every_assignment(self) -> None:
        """Score, assignment and max-marginals are those of the exhaustive search, with forbidden states and ties."""
        for seed in range(300):
            rng = np.random.default_rng(seed)
            forbidden = (0.0, 0.1, 0.4)[seed % 3]
            problem = random_problem(seed, int(rng.integers(0, 7)), 4, float(rng.random()), forbidden)
            best, marginals = every_assignment(problem)
            with self.subTest(seed=seed):
                solution = solve(problem)
                if best == -np.inf:
                    self.assertEqual(solution.score, -np.inf)
                    continue
                self.assertAlmostEqual(solution.score, best, places=9)
                self.assertAlmostEqual(score_of(problem, tuple(solution.states)), best, places=9)
                for found, expected in zip(solution.alternatives, marginals, strict=True):
                    np.testing.assert_allclose(found, expected - best, atol=1e-9)
