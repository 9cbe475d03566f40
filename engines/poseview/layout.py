"""
Places the structures of a diagram around the ligand, which stays where it is.

Each structure takes the best of its ways among the others, those with most lines first. What is still disturbed after
some sweeps is taken out together with what it disturbs, and put back in another order, a bounded number of times. If
that does not help, the ligand is drawn in another way, residues become names, and residues that bind far-apart atoms
are shown once for each. Random numbers have a fixed seed, so equal diagrams are laid out equally.
"""

import itertools
import math
import random
from collections.abc import Sequence

import numpy as np

from engines.poseview.board import Boards, Clearance
from engines.poseview.captions import settle_captions
from engines.poseview.diagram import Diagram, Shape
from engines.poseview.quality import Quality, conflicts, judge, tangled, walls
from engines.poseview.simplify import SIMPLER
from engines.poseview.ways import Ways, crossings, overlaps, ways
from engines.protoss.placement import Array

_SWEEPS, _REPAIRS, _LAST_REPAIRS, _PATIENCE = 2, 16, 12, 5
"""Sweeps over disturbed structures, repairs, those of simpler diagrams, and how many may fail one after the other."""
_DISTURBED = 0.5
"""What overlaps and crossings of a structure count above which it is worth to be placed anew."""
_AT_ONCE = 64
"""Ways that are judged together, the cheapest first; once none of the rest can be better, they are not looked at."""
_TRIES = 6
"""Structures of which a simpler form is tried, in each way."""
_DEPICTIONS, _SLIGHT = 2, 24
"""Further ways to draw the ligand that are tried, and how bad a layout may be that they can mend."""
_WORTH = (8, 8, 3, 0)
"""How bad crossings, overlaps, struck names and walls are when layouts are compared."""
Places = list[tuple[Array, Array]]


def lay_out(diagram: Diagram) -> None:
    """
    Place all structures but the first.

    :param diagram: changed in place; its ligand may be drawn in another way, residues as names, or twice
    """
    if tangled(diagram.structures[0]):
        drawn = [diagram.structures[0], *diagram.depictions]
        drawn.sort(key=tangled)
        diagram.structures[0], diagram.depictions = drawn[0], drawn[1:]
    best = _attempt(diagram)
    if 0 < best[0] <= _SLIGHT:
        best = _redrawn(diagram, best)
    _simplify(diagram, best)


def _redrawn(diagram: Diagram, best: tuple[int, float]) -> tuple[int, float]:
    """
    Try whether fewer lines cross with the ligand drawn in another way.

    :param diagram: changed in place
    :param best: how bad it is
    :returns: how bad it is then
    """
    kept = diagram.structures[0], _places(diagram), list(diagram.links)
    for _, depiction in zip(range(_DEPICTIONS), diagram.depictions, strict=False):
        if tangled(depiction) > tangled(kept[0]):
            continue
        diagram.structures[0] = depiction
        found = _attempt(diagram)
        if found < best:
            best, kept = found, (depiction, _places(diagram), list(diagram.links))
        if not best[0]:
            break
    diagram.structures[0], diagram.links = kept[0], kept[2]
    _put(diagram, kept[1])
    return best


def _attempt(diagram: Diagram, anew: Sequence[int] = ()) -> tuple[int, float]:
    """
    Lay a diagram out with its ligand as it is.

    :param diagram: changed in place
    :param anew: structures that have no place yet, by default all
    :returns: how bad it is, lower is better: what is wrong, then what overlaps and crossings count
    """
    search, fresh = _Search(diagram), not anew
    if fresh:
        search.place_all()
    placed = set(range(len(diagram.structures))) - set(anew)
    for number in anew:
        search.place(number, placed)
        placed.add(number)
    cost = search.repair(_REPAIRS if fresh else _LAST_REPAIRS)
    settle_captions(diagram)
    return _badness(judge(diagram)), round(cost, 3)


def _simplify(diagram: Diagram, best: tuple[int, float]) -> None:
    """
    Show residues that are still disturbed in a simpler way, as far as it helps.

    :param diagram: changed in place
    :param best: how bad it is
    """
    tries = itertools.product(SIMPLER, range(_TRIES))
    for simpler, rank in tries:
        disturbed = _Search(diagram).disturbed() if best[0] else []
        if rank >= len(disturbed):
            continue
        kept = list(diagram.structures), list(diagram.links), _places(diagram)
        changed = [disturbed[rank]] if simpler(diagram, disturbed[rank]) else []
        anew = [*changed, *range(len(kept[0]), len(diagram.structures))]
        if changed and (found := _attempt(diagram, anew)) < best:
            best = found
        else:
            diagram.structures, diagram.links = kept[0], kept[1]
            _put(diagram, kept[2])


def _badness(quality: Quality) -> int:
    """
    :param quality: of a diagram
    :returns: how bad it is
    """
    values = quality.crossings, quality.overlaps, quality.struck, quality.walls
    return sum(weight * value for weight, value in zip(_WORTH, values, strict=True))


def _places(diagram: Diagram) -> Places:
    """
    :param diagram: a diagram
    :returns: where its structures are
    """
    return [(s.points.copy(), s.label_at.copy()) for s in diagram.structures]


def _put(diagram: Diagram, places: Places) -> None:
    """
    :param diagram: its structures are moved
    :param places: where to
    """
    for structure, (points, label_at) in zip(diagram.structures, places, strict=True):
        structure.points, structure.label_at = points, label_at


class _Search:
    """
    Looks for good places.

    :param diagram: changed in place
    """

    def __init__(self, diagram: Diagram) -> None:
        self.diagram = diagram
        self.walls = walls(diagram)
        self._boards = Boards(diagram)
        self._known: dict[int, Ways] = {}
        self._random = random.Random(7)  # noqa: S311  # no secret: equal diagrams are to be laid out equally
        count = [sum(n in x.ends for x in diagram.links) for n in range(len(diagram.structures))]
        contact = [s.shape is Shape.CONTACT for s in diagram.structures]
        self.order = sorted(range(1, len(count)), key=lambda n: (contact[n], self._depth(n), -count[n], n))

    def _depth(self, number: int) -> int:
        """
        :param number: of a structure
        :returns: 0 if a line ties it to the ligand, else 1: it hangs on a water
        """
        return int(not any({0, number} == set(x.ends) for x in self.diagram.links))

    def place_all(self) -> None:
        """Place all structures, then those anew that are disturbed."""
        placed = {0}
        for number in self.order:
            self.place(number, placed)
            placed.add(number)
        disturbed = self.order
        for _ in range(_SWEEPS):
            disturbed = [n for n in disturbed if self.place(n, placed - {n}) > _DISTURBED]

    def place(self, number: int, placed: set[int]) -> float:
        """
        Give a structure its best place among others.

        :param number: of the structure
        :param placed: structures that have their place
        :returns: what overlaps and crossings count there
        """
        options = self._ways(number, placed)
        taken = self._boards.of(placed)
        known = options.cost + overlaps(options, Clearance(taken))
        order = np.argsort(np.round(known, 6), kind='stable')
        least, best = math.inf, 0
        for start in range(0, len(order), _AT_ONCE):
            some = order[start : start + _AT_ONCE]
            if float(known[some[0]]) >= least:
                break
            cost = known[some] + crossings(options.taken(some), self.diagram, taken, self.walls)
            if float(cost.min()) < least - 1e-6:
                least, best = float(cost.min()), int(some[int(np.argmin(np.round(cost, 6)))])
        structure = self.diagram.structures[number]
        structure.points, structure.label_at = options.points[best], options.labels[best]
        return least - float(options.cost[best])

    def _ways(self, number: int, placed: set[int]) -> Ways:
        """
        :param number: of a structure
        :param placed: structures that have their place
        :returns: the ways to place it, kept where they depend on the ligand alone
        """
        tied = {end for x in self.diagram.links if number in x.ends for end in x.ends} - {number}
        if tied != {0}:
            return ways(self.diagram, number, placed)
        if number not in self._known:
            self._known[number] = ways(self.diagram, number, placed)
        return self._known[number]

    def conflicts(self) -> Array:
        """
        :returns: what structures count against each other, shape (n, n)
        """
        return conflicts(self.diagram, self._boards.of(range(len(self.diagram.structures))), self.walls)

    def disturbed(self) -> list[int]:
        """
        :returns: structures with which something is wrong, the worst first
        """
        found = self.conflicts().sum(1)
        return sorted((n for n in self.order if float(found[n]) > _DISTURBED), key=lambda n: (-round(found[n], 3), n))

    def repair(self, most: int) -> float:
        """
        Take disturbed structures out together with what they disturb, and put them back in another order.

        :param most: how often
        :returns: what overlaps and crossings still count
        """
        found, without_success = self.conflicts(), 0
        for _ in range(most):
            disturbed = [n for n in self.order if float(found[n].sum()) > _DISTURBED]
            if not disturbed or without_success > _PATIENCE:
                break
            first = disturbed[self._random.randrange(len(disturbed))]
            kept = _places(self.diagram)
            self._place_anew([first, *self._others(first, found)])
            now = self.conflicts()
            without_success += 1
            if float(now.sum()) < float(found.sum()) - 1e-6:
                found, without_success = now, 0
            else:
                _put(self.diagram, kept)
        return float(found.sum())

    def _place_anew(self, group: list[int]) -> None:
        """
        :param group: structures that are placed anew, in any order
        """
        placed = {0, *self.order} - set(group)
        for number in self._random.sample(group, len(group)):
            self.place(number, placed)
            placed.add(number)

    def _others(self, number: int, found: Array) -> list[int]:
        """
        :param number: of a disturbed structure
        :param found: what structures count against each other
        :returns: others to be placed anew with it: what disturbs it, what hangs on it, and one more at random
        """
        hanging = [n for x in self.diagram.links if number in x.ends for n in x.ends if n not in (0, number)]
        worst = sorted((n for n in self.order if found[number, n] > _DISTURBED), key=lambda n: (-found[number, n], n))
        chosen = [*worst[:2], *hanging[:1]]
        rest = [n for n in self.order if n != number and n not in chosen]
        if rest:
            chosen.append(rest[self._random.randrange(len(rest))])
        return [n for n in dict.fromkeys(chosen) if n != number]
