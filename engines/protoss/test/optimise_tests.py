"""Tests of the optimiser: against every assignment of small problems, and by what must hold for large ones."""

import unittest

import numpy as np

from engines.protoss.optimise.messages import tightened, upper_bound
from engines.protoss.optimise.problem import Problem, components, on_grid
from engines.protoss.optimise.pruning import state_bounds, undominated
from engines.protoss.optimise.search import blocks, improve, outlook
from engines.protoss.optimise.solve import Solution, solve
from engines.protoss.test.problems import (
    every_assignment,
    grid_problem,
    permuted,
    random_problem,
    score_of,
    small_problems,
)

_TIGHT = 1
"""A budget that no two groups fit, so that everything but chance is left to bounds and search."""


class ExactTests(unittest.TestCase):
    """What is solved by tables."""

    def test_small_problems_against_every_assignment(self) -> None:
        """Score, assignment and max-marginals are those of the exhaustive search, with forbidden states and ties."""
        for number, problem in enumerate(small_problems(300)):
            with self.subTest(number=number):
                best, marginals = every_assignment(problem)
                solution = solve(problem)
                self.assertEqual(solution.bound, solution.score)
                self.assertTrue(all(part.exact and part.alternatives_exact for part in solution.components))
                self._compare(problem, solution, best)
                for found, expected in zip(solution.alternatives, marginals, strict=True):
                    if best > -np.inf:
                        np.testing.assert_allclose(found, expected - best, atol=1e-9)

    def _compare(self, problem: Problem, solution: Solution, best: float) -> None:
        """
        Compare score and assignment with the best score.

        :param problem: the problem
        :param solution: its solution
        :param best: its best score
        """
        if best == -np.inf:
            self.assertEqual(solution.score, best)
        else:
            self.assertAlmostEqual(solution.score, best, places=9)
            self.assertAlmostEqual(score_of(problem, solution.states), best, places=9)

    def test_long_chain(self) -> None:
        """A chain of 1,500 groups has the score that a walk along it gives."""
        rng = np.random.default_rng(5)
        unary = [rng.normal(size=7) for _ in range(1500)]
        pairs = {(i, i + 1): rng.normal(size=(7, 7)) for i in range(1499)}
        walk = unary[0]
        for i in range(1499):
            walk = (walk[:, None] + pairs[i, i + 1]).max(axis=0) + unary[i + 1]
        solution = solve(Problem(unary, pairs))
        self.assertAlmostEqual(solution.score, float(walk.max()), places=6)
        np.testing.assert_allclose(solution.alternatives[-1], walk - walk.max(), atol=1e-6)
        self.assertEqual([part.width for part in solution.components], [1])

    def test_grid_within_the_budget(self) -> None:
        """The width of a grid of 5 by 5 is 5, and its max-marginals hold when the states are fixed one by one."""
        problem = grid_problem(1, 5, 3)
        solution = solve(problem)
        self.assertEqual(solution.components[0].width, 5)
        for state in range(3):
            fixed = [*problem.unary[:12], np.where(np.arange(3) == state, problem.unary[12], -np.inf)]
            score = solve(Problem([*fixed, *problem.unary[13:]], problem.pairs)).score
            self.assertAlmostEqual(solution.alternatives[12][state], score - solution.score, places=9)


class ContractTests(unittest.TestCase):
    """What holds for every problem: edge cases, ties, order, refusals."""

    def test_no_group_and_one_group(self) -> None:
        """Nothing to decide scores 0; a group alone takes its best state."""
        self.assertEqual(solve(Problem([], {})), Solution([], 0.0, 0.0, [], []))
        solution = solve(Problem([np.array([1.0, 3.0, -np.inf])], {}))
        self.assertEqual((solution.states, solution.score, solution.bound), ([1], 3.0, 3.0))
        self.assertEqual(solution.alternatives[0].tolist(), [-2.0, 0.0, -np.inf])

    def test_components_are_told_apart(self) -> None:
        """Groups without a pair that matters are components of their own: constants and sums tie nothing together."""
        pairs = {
            (0, 3): np.array([[1.0, 0.0], [0.0, 1.0]]),
            (1, 2): np.full((2, 2), 7.0),
            (2, 3): np.array([[1.0, 2.0], [3.0, 4.0]]),
        }
        solution = solve(Problem([np.zeros(2) for _ in range(5)], pairs))
        self.assertEqual([part.groups for part in solution.components], [(0, 3), (1,), (2,), (4,)])
        self.assertEqual((solution.states, solution.score), ([1, 0, 1, 1, 0], 12.0))

    def test_ties_go_to_the_lowest_state(self) -> None:
        """Of equal assignments that with the lowest states is taken, whatever power of two the scores are scaled by."""
        agree = np.eye(3)
        for scale in (1.0, 2.0**-40, 2.0**40):
            ring = Problem(
                [np.zeros(3) for _ in range(4)], dict.fromkeys(((0, 1), (1, 2), (2, 3), (0, 3)), scale * agree)
            )
            self.assertEqual(solve(ring).states, [0, 0, 0, 0])
            self.assertEqual(solve(Problem([np.array([1.0, 2.0, 2.0]) * scale], {})).states, [1])

    def test_equal_sums_of_other_orders_tie(self) -> None:
        """Scores that are equal but for the order of their sum are equal."""
        terms = [0.1, 0.2, 0.3]
        self.assertNotEqual(terms[0] + terms[1] + terms[2], terms[2] + terms[1] + terms[0])
        leaves = {
            (0, i + 1): np.array([[a, 0.0], [b, 0.0]])
            for i, (a, b) in enumerate(zip(terms, reversed(terms), strict=True))
        }
        solution = solve(Problem([np.zeros(2) for _ in range(4)], leaves))
        self.assertEqual(solution.states[0], 0)
        self.assertEqual(solution.alternatives[0].tolist(), [0.0, 0.0])

    def test_order_of_groups_and_pairs_does_not_matter(self) -> None:
        """The score is the same to the last bit for any order of groups; the order of the pairs changes nothing."""
        for budget in (_TIGHT, 10**6):
            problem = random_problem(8, 14, 4, 0.4)
            solution = solve(problem, budget)
            order = np.random.default_rng(1).permutation(14).tolist()
            other = solve(permuted(problem, order), 10**6)
            if budget > _TIGHT:
                self.assertEqual(other.score, solution.score)
                self.assertEqual([solution.states[group] for group in order], other.states)
            again = solve(Problem(problem.unary, dict(reversed(problem.pairs.items()))), budget)
            self.assertEqual(repr(again), repr(solution))

    def test_input_is_left_alone(self) -> None:
        """Neither path writes into the arrays it is given, and whole numbers are taken too."""
        problem = Problem([np.array([0, 1]), np.array([2, 0]), np.array([1, 1])], {})
        for edge in ((0, 1), (1, 2), (0, 2)):
            problem.pairs[edge] = np.array([[0, 2], [1, 0]])
        before = repr(problem)
        for budget in (_TIGHT, 10**6):
            self.assertEqual(solve(problem, budget).score, 7.0)
            self.assertEqual(repr(problem), before)

    def test_nothing_is_allowed(self) -> None:
        """Without an allowed assignment the score is -inf, nothing is NaN, and the chosen states have alternative 0."""
        never = np.full((2, 2), -np.inf)
        for problem in (
            Problem([np.full(2, -np.inf), np.zeros(2)], {(0, 1): np.eye(2)}),
            Problem([np.zeros(2), np.zeros(2)], {(0, 1): never}),
            Problem(
                [np.zeros(2) for _ in range(3)],
                {e: np.where(np.eye(2) > 0, -np.inf, 0) for e in ((0, 1), (1, 2), (0, 2))},
            ),
        ):
            for budget in (_TIGHT, 10**6):
                solution = solve(problem, budget)
                self.assertEqual(solution.score, -np.inf)
                self.assertFalse(np.isnan(solution.bound))
                for state, scores in zip(solution.states, solution.alternatives, strict=True):
                    self.assertEqual(scores[state], 0.0)
                    self.assertFalse(np.isnan(scores).any())

    def test_malformed_problems_are_refused(self) -> None:
        """Shapes that do not fit, unknown groups, NaN and plus infinity are errors."""
        two = [np.zeros(2), np.zeros(2)]
        for problem in (
            Problem([np.zeros(0)], {}),
            Problem([np.zeros((2, 2))], {}),
            Problem(two, {(0, 1): np.zeros((2, 3))}),
            Problem(two, {(1, 0): np.zeros((2, 2))}),
            Problem(two, {(0, 2): np.zeros((2, 2))}),
            Problem([np.array([0.0, np.nan])], {}),
            Problem([np.array([0.0, np.inf])], {}),
            Problem([np.array([1e308]), np.array([1e308])], {}),
        ):
            with self.subTest(problem=problem), self.assertRaises(ValueError):
                solve(problem)


class BoundTests(unittest.TestCase):
    """The parts of what is done beyond the budget."""

    def test_message_passing_keeps_every_score(self) -> None:
        """Scores are only moved, the sum of maxima never rises, and every pair has the maximum 0."""
        for problem in self._connected():
            moved = tightened(problem, 20)
            self.assertLessEqual(upper_bound(moved), upper_bound(problem))
            best, marginals = every_assignment(problem)
            self.assertGreaterEqual(upper_bound(moved), best)
            for expected, found in zip(marginals, every_assignment(moved)[1], strict=True):
                np.testing.assert_array_equal(found, expected)

    def test_bounds_of_states_hold(self) -> None:
        """No assignment with a state scores above the bound of the state, with no group left out or with many."""
        for problem in self._connected():
            moved = tightened(problem, 20)
            marginals = every_assignment(problem)[1]
            if upper_bound(moved) == -np.inf:
                continue
            for budget in (1, 200, 10**6):
                for bound, marginal in zip(state_bounds(moved, blocks(moved, budget, 3)), marginals, strict=True):
                    self.assertTrue((bound >= marginal).all())

    def test_dead_ends_are_no_loss(self) -> None:
        """Max-marginals of the states that stay do not change, and the best assignments are among them."""
        removed = 0
        for problem in self._connected():
            kept = undominated(problem)
            best, marginals = every_assignment(problem)
            if best == -np.inf:
                continue
            left = Problem(
                [scores[states] for scores, states in zip(problem.unary, kept, strict=True)],
                {(i, j): scores[np.ix_(kept[i], kept[j])] for (i, j), scores in problem.pairs.items()},
            )
            for states, found, expected in zip(kept, every_assignment(left)[1], marginals, strict=True):
                np.testing.assert_array_equal(found, expected[states])
                removed += expected.size - states.size
                self.assertTrue(set(np.flatnonzero(expected == best)) <= set(states.tolist()))
        self.assertGreater(removed, 100)

    def test_search_never_loses(self) -> None:
        """A search ends no lower than it starts, and what it sees of other states was reached by an assignment."""
        for problem in self._connected():
            parts = blocks(problem, 300, 4)
            states = improve(problem, [0] * len(problem.unary), parts)
            score = score_of(problem, states)
            self.assertGreaterEqual(score, score_of(problem, [0] * len(states)))
            if score > -np.inf:
                marginals = every_assignment(problem)[1]
                for found, best in zip(outlook(problem, states, parts), marginals, strict=True):
                    self.assertTrue((found <= best).all())

    @staticmethod
    def _connected() -> list[Problem]:
        """
        Small problems of one component.

        :returns: those of them that have at least three groups
        """
        problems = [on_grid(problem) for problem in small_problems(200)]
        return [p for p in problems if len(p.unary) > 2 and len(components(p)) == 1]


class WideTests(unittest.TestCase):
    """Components whose tables do not fit the budget."""

    def test_small_problems_beyond_the_budget(self) -> None:
        """The best score lies between score and bound; what is called exact is; alternatives are lower bounds."""
        exact = 0
        for number, problem in enumerate(small_problems(200)):
            with self.subTest(number=number):
                best, marginals = every_assignment(problem)
                solution = solve(problem, _TIGHT)
                self.assertLessEqual(solution.score, best + 1e-9)
                self.assertGreaterEqual(solution.bound, best - 1e-9)
                if best == -np.inf:
                    continue
                for found, expected in zip(solution.alternatives, marginals, strict=True):
                    self.assertTrue((found <= expected - solution.score + 1e-9).all())
                if all(part.exact for part in solution.components):
                    exact += 1
                    self.assertAlmostEqual(solution.score, best, places=9)
                else:
                    gaps = sum(part.gap for part in solution.components)
                    self.assertAlmostEqual(solution.score + gaps, solution.bound, places=9)
        self.assertGreater(exact, 100)

    def test_grid_beyond_the_budget(self) -> None:
        """On a grid of 12 by 12 the exact score lies between score and bound of a hundredth of the tables it needs."""
        problem = grid_problem(2, 12, 2)
        exact = solve(problem)
        self.assertTrue(exact.components[0].exact)
        for budget in (_TIGHT, 500, 5000):
            solution = solve(problem, budget)
            self.assertLessEqual(solution.score, exact.score)
            self.assertGreaterEqual(solution.bound, exact.score)
            self.assertAlmostEqual(score_of(problem, solution.states), solution.score, places=9)
            self.assertEqual(repr(solve(problem, budget)), repr(solution))

    def test_treewidth_that_no_budget_allows(self) -> None:
        """A grid of 14 by 14 with 6 states is bounded closely, and the best state of each group has alternative 0."""
        solution = solve(grid_problem(3, 14, 6))
        part = solution.components[0]
        self.assertGreaterEqual(part.width, 12)
        self.assertFalse(part.alternatives_exact)
        self.assertGreaterEqual(solution.bound, solution.score)
        self.assertLess(part.gap, 0.01 * solution.score)
        for state, scores in zip(solution.states, solution.alternatives, strict=True):
            self.assertEqual(scores[state], 0.0)
            self.assertTrue((scores <= 0.0).all())

    def test_planted_assignment_is_found(self) -> None:
        """Where one assignment is best for every pair, it is found and proven on a graph of any width."""
        rng = np.random.default_rng(4)
        planted = rng.integers(0, 5, 40)
        problem = Problem([np.zeros(5) for _ in range(40)], {})
        for i in range(40):
            for j in range(i + 1, 40):
                scores = -rng.random((5, 5)) - 0.1
                scores[planted[i], planted[j]] = 0.0
                problem.pairs[i, j] = scores
        solution = solve(problem)
        self.assertEqual(solution.states, planted.tolist())
        self.assertEqual((solution.score, solution.bound), (0.0, 0.0))
        self.assertTrue(solution.components[0].exact)
