"""
Orientations of waters: hydrogens towards acceptors, lone pairs towards donors and metals.

Of all orientations that point a hydrogen or a lone pair at a polar neighbour, those stay that could score best.
"""

import itertools
import math

import numpy as np
import numpy.typing as npt

from engines.protoss.contacts import Roles
from engines.protoss.placement import WATER, Array, cross, perpendicular, unit
from engines.protoss.states import Alternative, Site, State, Target
from engines.protoss.system import System

Mask = npt.NDArray[np.bool_]

KEPT = 12
"""Orientations of one water that enter the network."""
_PARTNERS = 6
"""Nearest polar neighbours that are aimed at."""
_TURNS = 6
"""Steps of a turn around one hydrogen bond."""
_ALIKE = math.cos(math.radians(20))
"""Orientations whose hydrogens both lie within this angle count as one."""
_LONE_PAIR = math.cos(math.radians(115) / 2), math.sin(math.radians(115) / 2)


_TURN_ANGLES = 2 * math.pi * np.arange(_TURNS) / _TURNS
_TURN_COSINES, _TURN_SINES = np.cos(_TURN_ANGLES)[:, None], np.sin(_TURN_ANGLES)[:, None]
_HALF = math.cos(WATER / 2), math.sin(WATER / 2)
_FULL = math.cos(WATER), math.sin(WATER)
_PAIRS = {n: np.array(list(itertools.combinations(range(n), 2)), dtype=np.intp).reshape(-1, 2) for n in range(7)}


def _turned(axis: Array) -> Array:
    """
    Directions across an axis, all around it.

    :param axis: unit vector
    :returns: shape (turns, 3)
    """
    side = perpendicular(axis)
    around: Array = _TURN_COSINES * side + _TURN_SINES * cross(axis, side)
    return around


def _candidates(towards: Array, accepting: Mask) -> Array:
    """
    Orientations that aim at neighbours.

    :param towards: unit vectors to polar neighbours, nearest first, shape (n, 3)
    :param accepting: which of them can take a hydrogen
    :returns: directions of both hydrogens, shape (m, 2, 3)
    """
    aims = towards[accepting]
    first, second = (aims[column] for column in _PAIRS[len(aims)].T)
    cosines = (first * second).sum(-1)
    wide = (cosines < 0.5) & (cosines > -0.87)  # 60 to 150 degrees apart
    bisectors, spans = unit(first[wide] + second[wide]), unit(first[wide] - second[wide])
    found = [np.stack((_HALF[0] * bisectors + _HALF[1] * spans, _HALF[0] * bisectors - _HALF[1] * spans), 1)]
    for aim in aims:
        others = _FULL[0] * aim + _FULL[1] * _turned(aim)
        found.append(np.stack((np.broadcast_to(aim, others.shape), others), 1))
    if len(aims) < 1 or len(towards) < 3:
        away = -towards.sum(0)
        bisector = unit(away) if float(away @ away) > 1e-6 else np.array((0.0, 0.0, 1.0))
        spans = _turned(bisector)[: _TURNS // 2]
        found.append(np.stack((_HALF[0] * bisector + _HALF[1] * spans, _HALF[0] * bisector - _HALF[1] * spans), 1))
    return np.concatenate(found)


def _promise(waters: Array, towards: Array, apart: Array, accepting: Mask, donating: Mask) -> Array:
    """
    What orientations could gain: each neighbour by the hydrogen or lone pair that points at it.

    :param waters: shape (m, 2, 3)
    :param towards: unit vectors to the neighbours, shape (n, 3)
    :param apart: distances, shape (n,)
    :param accepting: which of them can take a hydrogen
    :param donating: which of them can give one, or are metals
    :returns: shape (m,)
    """
    if not towards.size:
        return np.zeros(len(waters))
    near = np.clip((3.5 - apart) / 0.7, 0.0, 1.0)
    given = np.clip((np.einsum('mkj,nj->mkn', waters, towards) - 0.5) / 0.37, 0.0, 1.0).max(1)
    across = unit(cross(waters[:, 0], waters[:, 1]))
    away = -unit(waters.sum(1))
    pairs = np.stack((_LONE_PAIR[0] * away + _LONE_PAIR[1] * across, _LONE_PAIR[0] * away - _LONE_PAIR[1] * across), 1)
    taken = np.clip((np.einsum('mkj,nj->mkn', pairs, towards) - 0.3) / 0.5, 0.0, 1.0).max(1)
    only_gives = donating & ~accepting
    gain = np.where(accepting, given, 0.0) + np.where(donating, np.where(only_gives, 1.0, 0.5) * taken, 0.0)
    bad = np.where(only_gives, given, 0.0)
    result: Array = ((gain - 1.5 * bad) * near).sum(1)
    return result


def water_states(system: System, site: Site, targets: list[Target], roles: Roles) -> list[State]:
    """
    The orientations of a water.

    :param system: the system
    :param site: the water
    :param targets: polar atoms around it
    :param roles: which atoms can accept and donate
    :returns: its states, the most promising first
    """
    (atom,) = site.atoms
    here = system.positions[atom]
    alternative = site.alternatives[0]
    ranked = sorted(targets, key=lambda t: float(((t[1] - here) ** 2).sum()))[:_PARTNERS]
    vectors = np.array([point - here for _, point in ranked]).reshape(-1, 3)
    apart = np.sqrt((vectors * vectors).sum(1))
    towards = unit(vectors)
    accepting = np.array([roles.accepts[a] for a, _ in ranked], dtype=bool)
    donating = np.array([roles.donates[a] for a, _ in ranked], dtype=bool)
    waters = _candidates(towards, accepting)
    promise = _promise(waters, towards, apart, accepting, donating)
    order = np.argsort(-np.round(promise, 6), kind='stable')
    kept: list[int] = []
    # Two waters are alike if their hydrogens coincide, in either order.
    straight = np.einsum('akj,bkj->abk', waters, waters).min(-1)
    crossed = np.einsum('akj,bkj->abk', waters, waters[:, ::-1]).min(-1)
    alike = np.maximum(straight, crossed) > _ALIKE
    free = np.ones(len(waters), dtype=bool)
    for index in order.tolist():
        if free[index] and len(kept) < KEPT:
            kept.append(index)
            free &= ~alike[index]
    return [State(alternative, {atom: waters[index]}, 0.0) for index in kept]


def water_sites(system: System) -> list[Site]:
    """
    One site for each position of a water oxygen.

    :param system: the system
    :returns: the sites
    """
    return [
        Site(owner, system.labels[atom], (atom,), [Alternative('HOH', {atom: 2})], 'water')
        for owner, member in enumerate(system.members)
        if member.kind.value == 'water'
        for atom in member.atoms
        if system.elements[atom] == 'O'
    ]
