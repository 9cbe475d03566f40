"""
The discrete problem behind a hydrogen-bond network, and the transformations that leave its solutions alone.

A group (a side chain, a ligand, a water) takes one of its states. Each state has a score of its own, each pair of
states of two interacting groups another; the best assignment has the highest sum. ``-inf`` forbids.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[np.float64]
Indices = npt.NDArray[np.intp]

_MANTISSA = 50
"""Bits between the sum of the largest magnitudes and the step: three fewer than a double has, for sums of sums."""

_LARGEST = 1e300
"""Sum of magnitudes above which sums of sums could overflow."""


@dataclass(frozen=True)
class Problem:
    """
    Scores of groups and of pairs of groups; higher is better.

    :param unary: for each group the score of each of its states, shape (states,); ``-inf`` forbids the state
    :param pairs: for groups i < j that interact the score of each pair of states, shape (states of i, states of j)
    """

    unary: list[Array]
    pairs: dict[tuple[int, int], Array]


def on_grid(problem: Problem) -> Problem:
    """
    The same problem as doubles on a grid: multiples of a power of two, 2^-50 of the sum of the largest magnitudes.

    Sums of such numbers are exact in every order. So equal scores compare equal, no bound falls below what it
    bounds by rounding, and the order of groups does not matter.

    :param problem: any problem
    :returns: a problem with arrays of its own
    :raises ValueError: for a group without states, a pair of unknown groups, wrong shapes, NaN or plus infinity
    """
    _check_shapes(problem)
    arrays = [np.asarray(a, dtype=np.float64) for a in (*problem.unary, *problem.pairs.values())]
    if not arrays:
        return Problem([], {})
    flat = np.concatenate([a.ravel() for a in arrays])
    if np.isnan(flat).any() or (flat == np.inf).any():
        raise ValueError('scores must be finite or -inf')
    ends = np.cumsum([a.size for a in arrays])
    step = grid_step(Problem(arrays, {}))
    flat = np.rint(flat / step) * step
    rounded = [flat[end - a.size : end].reshape(a.shape) for a, end in zip(arrays, ends, strict=True)]
    count = len(problem.unary)
    return Problem(rounded[:count], dict(zip(problem.pairs, rounded[count:], strict=True)))


def grid_step(problem: Problem) -> float:
    """
    The step at which sums of the scores of a problem are exact.

    :param problem: a problem of at least one group
    :returns: a power of two
    :raises ValueError: when sums of the scores could overflow
    """
    arrays = [*problem.unary, *problem.pairs.values()]
    flat = np.abs(np.concatenate([scores.ravel() for scores in arrays]))
    flat[np.isinf(flat)] = 0.0
    starts = np.cumsum([0, *(scores.size for scores in arrays[:-1])])
    magnitude = sum(np.maximum.reduceat(flat, starts).tolist())
    if magnitude > _LARGEST:
        raise ValueError('the scores are too large')
    return math.ldexp(1.0, max(math.frexp(magnitude)[1] - _MANTISSA, -1000))


def _check_shapes(problem: Problem) -> None:
    """
    Refuse a problem whose arrays do not fit together.

    :param problem: any problem
    :raises ValueError: for a group without states, a pair of unknown or misordered groups, wrong shapes
    """
    count = len(problem.unary)
    for group, scores in enumerate(problem.unary):
        if np.ndim(scores) != 1 or not len(scores):
            raise ValueError(f'group {group} needs a one-dimensional array of at least one state')
    for (i, j), scores in problem.pairs.items():
        if not 0 <= i < j < count:
            raise ValueError(f'pair {(i, j)} does not name two groups in order')
        if np.shape(scores) != (len(problem.unary[i]), len(problem.unary[j])):
            raise ValueError(f'pair {(i, j)} does not have one score for each pair of states')


def allowed_states(problem: Problem) -> list[Indices]:
    """
    States that are not forbidden by their own score.

    :param problem: a problem
    :returns: for each group their indices, ascending; all of them when all are forbidden
    """
    kept = []
    for scores in problem.unary:
        finite = np.flatnonzero(scores > -np.inf)
        kept.append(finite if finite.size else np.arange(scores.size))
    return kept


def restricted(problem: Problem, kept: Sequence[Indices]) -> Problem:
    """
    The problem with some states left, and without the pairs that no longer tie two groups together.

    A pair that is a sum of one term for each group (a constant is one, and so is any pair with a group of one state)
    moves into the scores of its groups.

    :param problem: a problem on a grid
    :param kept: for each group the indices of the states that stay
    :returns: a problem with arrays of its own
    """
    unary = [scores[states] for scores, states in zip(problem.unary, kept, strict=True)]
    pairs = {}
    for (i, j), scores in problem.pairs.items():
        left = scores
        if len(kept[i]) < scores.shape[0] or len(kept[j]) < scores.shape[1]:
            left = scores[np.ix_(kept[i], kept[j])]
        if left.shape[0] == 1:
            unary[j] = unary[j] + left[0]
        elif left.shape[1] == 1:
            unary[i] = unary[i] + left[:, 0]
        elif _is_sum(left):
            unary[i] = unary[i] + left[:, 0]
            unary[j] = unary[j] + (left[0] - left[0, 0])
        else:
            pairs[i, j] = left
    return Problem(unary, pairs)


def _is_sum(scores: Array) -> bool:
    """
    Whether a pair is a sum of one term for each group.

    :param scores: shape (states of i, states of j)
    :returns: False also where a pair of states is forbidden: what is NaN is not equal
    """
    if not math.isfinite(scores[-1, -1]) or not math.isfinite(scores[0, 0]):
        return False
    if scores[-1, -1] - scores[-1, 0] != scores[0, -1] - scores[0, 0]:
        return False
    with np.errstate(invalid='ignore'):
        rest = scores - scores[:, :1]
    return bool((rest == rest[0]).all())


def neighbours(problem: Problem) -> list[list[int]]:
    """
    Groups that share a pair with each group.

    :param problem: a problem
    :returns: ascending for each group
    """
    found: list[list[int]] = [[] for _ in problem.unary]
    for i, j in sorted(problem.pairs):
        found[i].append(j)
        found[j].append(i)
    return [sorted(groups) for groups in found]


def components(problem: Problem) -> list[list[int]]:
    """
    Connected components of the interaction graph.

    :param problem: a problem
    :returns: groups of each, ascending; components in the order of their lowest group
    """
    near = neighbours(problem)
    seen = [False] * len(near)
    parts = []
    for start in range(len(near)):
        if seen[start]:
            continue
        seen[start] = True
        part = [start]
        for group in part:  # grows while it is walked
            for other in near[group]:
                if not seen[other]:
                    seen[other] = True
                    part.append(other)
        parts.append(sorted(part))
    return parts


def split(problem: Problem, parts: Sequence[Sequence[int]]) -> list[Problem]:
    """
    Problems of disjoint sets of groups; pairs between two sets are left out.

    :param problem: a problem
    :param parts: groups of each set, which are numbered anew in this order
    :returns: one problem for each set, sharing its arrays with the problem
    """
    place: dict[int, tuple[int, int]] = {g: (p, n) for p, part in enumerate(parts) for n, g in enumerate(part)}
    found = [Problem([problem.unary[g] for g in part], {}) for part in parts]
    for (i, j), scores in problem.pairs.items():
        if i not in place or j not in place or place[i][0] != place[j][0]:
            continue
        part, first = place[i]
        second = place[j][1]
        if first < second:
            found[part].pairs[first, second] = scores
        else:
            found[part].pairs[second, first] = scores.T
    return found


def score_of(problem: Problem, states: Sequence[int]) -> float:
    """
    Score of an assignment.

    :param problem: a problem
    :param states: a state of each group
    :returns: the sum of its scores, ``-inf`` when it is forbidden
    """
    total = sum(float(scores[s]) for scores, s in zip(problem.unary, states, strict=True))
    return total + sum(float(scores[states[i], states[j]]) for (i, j), scores in problem.pairs.items())
