"""
Finds states that cannot be part of a better assignment.

Dead-end elimination: R. F. Goldstein, Biophys. J. 66 (1994) 1335-1340. Bounds by split nodes: A. Choi, M. Chavira,
A. Darwiche, UAI 2007 (mini-buckets as a relaxation), here on a problem whose scores message passing has moved.
"""

from collections.abc import Sequence

import numpy as np

from engines.protoss.optimise.elimination import maximise
from engines.protoss.optimise.ordering import Order
from engines.protoss.optimise.problem import Array, Indices, Problem, grid_step, restricted
from engines.protoss.optimise.search import renumbered

_PASSES = 20
"""Passes of dead-end elimination at most; later ones find single states."""


def undominated(problem: Problem) -> list[Indices]:
    """
    Dead-end elimination until it finds nothing more.

    :param problem: a problem on a grid
    :returns: indices of the states of each group that stay, at least one
    """
    kept = [np.arange(scores.size) for scores in problem.unary]
    for _ in range(_PASSES):
        stays = _without_dead_ends(problem)
        if all(states.size == scores.size for states, scores in zip(stays, problem.unary, strict=True)):
            break
        kept = [before[now] for before, now in zip(kept, stays, strict=True)]
        problem = restricted(problem, stays)
    return kept


def _without_dead_ends(problem: Problem) -> list[Indices]:
    """
    Dead-end elimination: a state goes if another one of its group is better whatever all other groups do.

    Max-marginals of the states that stay do not change, and neither does the choice between equal assignments.

    :param problem: a problem
    :returns: indices of the states of each group that stay, at least one
    """
    with np.errstate(invalid='ignore'):
        # NaN is the difference of two impossible states. Neither is taken for the better one.
        leads = [_known(scores[:, None] - scores, np.inf) for scores in problem.unary]
        for (i, j), scores in problem.pairs.items():
            leads[i] += _known(scores[:, None, :] - scores, -np.inf).max(axis=2)
            leads[j] += _known(scores[:, :, None] - scores[:, None, :], -np.inf).max(axis=0)
    kept = []
    for group, lead in enumerate(leads):
        stays = ~(lead < 0).any(axis=1)
        kept.append(np.flatnonzero(stays) if stays.any() else np.array([problem.unary[group].argmax()]))
    return kept


def _known(differences: Array, instead: float) -> Array:
    """
    Replace NaN.

    :param differences: scores of states less scores of others
    :param instead: what stands for a difference that is not defined
    :returns: the same array
    """
    differences[np.isnan(differences)] = instead
    return differences


def state_bounds(problem: Problem, parts: Sequence[Order]) -> list[Array]:
    """
    Upper bounds for each state.

    :param problem: a problem on a grid in which every pair has the maximum 0, as message passing leaves it
    :param parts: orders of elimination of parts that can be afforded
    :returns: for each state of each group: no assignment with it scores higher
    """
    bounds = _star_bounds(problem)
    for order in parts:
        for group, bound in zip(order.groups, _part_bounds(problem, order), strict=True):
            np.minimum(bounds[group], bound, out=bounds[group])
    return bounds


def _star_bounds(problem: Problem) -> list[Array]:
    """
    Upper bounds from each group and its neighbours; all else counts with its separate maxima.

    :param problem: a problem in which every pair has the maximum 0
    :returns: for each state of each group: no assignment with it scores higher
    """
    highest = [float(scores.max()) for scores in problem.unary]
    total = sum(highest)
    bounds = [scores - top + total for scores, top in zip(problem.unary, highest, strict=True)]
    for (i, j), scores in problem.pairs.items():
        bounds[i] += (scores + (problem.unary[j] - highest[j])).max(axis=1)
        bounds[j] += (scores + (problem.unary[i] - highest[i])[:, None]).max(axis=0)
    return bounds


def _part_bounds(problem: Problem, order: Order) -> list[Array]:
    """
    Upper bounds from a part; each pair with a group that is left out gets a copy of that group for itself.

    :param problem: a problem on a grid
    :param order: order of elimination of the part
    :returns: for each state of the part's groups, in their order: no assignment of all groups with it scores higher
    """
    place = {group: n for n, group in enumerate(order.groups)}
    degrees = np.bincount([group for edge in problem.pairs for group in edge], minlength=len(problem.unary))
    step = grid_step(problem)
    # Rounded up, so that the copies of a group have its score together, or a little more.
    copies = [np.ceil(u / max(d, 1) / step) * step for u, d in zip(problem.unary, degrees, strict=True)]
    part = Problem([problem.unary[group] for group in order.groups], {})
    outside = 0.0
    for (i, j), scores in problem.pairs.items():
        if i in place and j in place:
            first, second = place[i], place[j]
            part.pairs[min(first, second), max(first, second)] = scores if first < second else scores.T
        elif i in place:
            part.unary[place[i]] = part.unary[place[i]] + (scores + copies[j]).max(axis=1)
        elif j in place:
            part.unary[place[j]] = part.unary[place[j]] + (scores + copies[i][:, None]).max(axis=0)
        else:
            outside += float((scores + copies[i][:, None] + copies[j]).max())
    return [marginal + outside for marginal in maximise(part, renumbered(order)).marginals]
