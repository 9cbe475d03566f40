"""
Orientations of waters: hydrogens towards acceptors, lone pairs towards donors and metals.

Of all orientations that point at least one hydrogen or lone pair at a polar neighbour, those stay that could score best.
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


def _from_frame(bisector: Array, inplane: Array) -> Array:
    """
    A water from its bisector and a direction in its plane.

    :param bisector: unit vector
    :param inplane: unit vector across it
    :returns: directions of both hydrogens, shape (2, 3)
    """
    a, b = math.cos(WATER / 2), math.sin(WATER / 2)
    return np.stack((a * bisector + b * inplane, a * bisector - b * inplane))


def _candidates(towards: Array, accepting: Mask) -> list[Array]:
    """
    Orientations that aim at neighbours.

    :param towards: unit vectors to polar neighbours, nearest first, shape (n, 3)
    :param accepting: which of them can take a hydrogen
    :returns: directions of both hydrogens, each of shape (2, 3)
    """
    found = []
    aims = towards[accepting]
    for first, second in itertools.combinations(aims, 2):
        if 0.5 > float(first @ second) > -0.87:  # 60 to 150 degrees apart
            found.append(_from_frame(unit(first + second), unit(first - second)))
    for aim in aims:
        side = perpendicular(aim)
        third = cross(aim, side)
        for turn in range(_TURNS):
            angle = 2 * math.pi * turn / _TURNS
            across = math.cos(angle) * side + math.sin(angle) * third
            found.append(np.stack((aim, math.cos(WATER) * aim + math.sin(WATER) * across)))
    away = -towards.sum(0) if len(towards) else np.array((0.0, 0.0, 1.0))
    if not len(aims) or len(towards) < 3:
        bisector = unit(away) if float(away @ away) > 1e-6 else np.array((0.0, 0.0, 1.0))
        side = perpendicular(bisector)
        third = cross(bisector, side)
        for turn in range(3):
            angle = math.pi * turn / 3
            found.append(_from_frame(bisector, math.cos(angle) * side + math.sin(angle) * third))
    return found


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
    if not len(towards):
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
    waters = np.array(_candidates(towards, accepting))
    promise = _promise(waters, towards, apart, accepting, donating)
    order = np.argsort(-np.round(promise, 6), kind='stable')
    kept: list[Array] = []
    for index in order:
        if len(kept) == KEPT:
            break
        if not any(_alike(waters[index], other) for other in kept):
            kept.append(waters[index])
    return [State(alternative, {atom: water}, 0.0) for water in kept]


def _alike(first: Array, second: Array) -> bool:
    """
    Whether two waters are nearly the same.

    :param first: shape (2, 3)
    :param second: shape (2, 3)
    :returns: True if the hydrogens coincide, in either order
    """
    cosines = first @ second.T
    return bool(
        min(cosines[0, 0], cosines[1, 1]) > _ALIKE or min(cosines[0, 1], cosines[1, 0]) > _ALIKE
    )  # fmt: skip


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
