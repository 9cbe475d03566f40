"""How heavy atoms accept hydrogen bonds: the direction of their lone pairs, and how much they count."""

import math
from dataclasses import dataclass

import numpy as np

from engines.protoss.placement import SP, SP2, SP3, Array, unit
from engines.protoss.states import Conformer

STRENGTH = {'O': 1.0, 'N': 1.0, 'S': 0.4, 'SE': 0.4}
"""Acceptors relative to oxygen and nitrogen: those of sulphur are weak (Zhou et al. 2009, doi:10.1002/prot.22327)."""
ANION_STRENGTH = 1.0
ALCOHOL, PHENOL = 0.85, 0.6
"""
Hydroxyls accept less than carbonyls, those on unsaturated atoms least: hydrogen-bond basicities pKBHX of amides lie
above 2, of alcohols near 1, of phenols near 0 (Laurence et al. 2009, doi:10.1021/jm801331y).
"""
WEAK_OXYGEN = 0.4
"""Ether oxygens that share their lone pairs with a neighbouring double bond (esters, furans)."""
WATER_SHARE = 0.8
"""
Share of a hydrogen bond with water: a water moves, and finds other partners, so it says less about its neighbours than
a group of the fold does. Bonds between waters count twice so.
"""
LONE_PAIRS = {1: (75.0, 120.0), 2: (70.0, 105.0), 3: (45.0, 85.0)}
"""
Degrees between hydrogen and the middle of the lone pairs, full and zero, by the number of neighbours (hydrogens
included): the pairs of a carbonyl lie 60 degrees off, those of water and ethers 55, that of an amine in the middle.
"""
RING_NITROGEN = (40.0, 80.0)
"""The same for the in-plane lone pair of a pyridine-like nitrogen."""


@dataclass(frozen=True)
class LonePairs:
    """
    How an atom accepts hydrogen bonds.

    :param strength: 0 if it does not
    :param axis: unit vector along the middle of its lone pairs
    :param full: cosine of the angle to the axis up to which a bond counts in full
    :param zero: cosine at which nothing is left
    """

    strength: float
    axis: tuple[float, float, float]
    full: float
    zero: float


NO_PAIRS = LonePairs(0.0, (0.0, 0.0, 0.0), 0.0, -1.0)
_ANY = LonePairs(1.0, (0.0, 0.0, 0.0), -0.5, -1.0)
COSINES = {
    n: (math.cos(math.radians(full)), math.cos(math.radians(zero))) for n, (full, zero) in LONE_PAIRS.items()
}  # fmt: skip
_RING_COSINES = math.cos(math.radians(RING_NITROGEN[0])), math.cos(math.radians(RING_NITROGEN[1]))


def lone_pairs(conformer: Conformer, atom: int, directions: Array) -> LonePairs:
    """
    The lone pairs of an atom.

    :param conformer: the conformer
    :param atom: the heavy atom
    :param directions: unit vectors of its hydrogens, shape (k, 3)
    :returns: how it accepts
    """
    element = conformer.system.elements[atom]
    near = conformer.neighbours(atom)
    total = len(near) + len(directions)
    if element in ('F', 'CL', 'BR', 'I'):
        return _ANY if not near else NO_PAIRS
    if element not in STRENGTH:
        return NO_PAIRS
    strength = STRENGTH[element] if conformer.charge(atom) >= 0 else ANION_STRENGTH
    if element == 'O' and len(directions):
        strength *= (PHENOL if conformer.is_conjugated(atom) else ALCOHOL) if near else WATER_SHARE
    if total == 0:
        return LonePairs(strength, _ANY.axis, _ANY.full, _ANY.zero)
    full, zero = COSINES[min(total, 3)]
    if element == 'N':
        if not _nitrogen_accepts(conformer, atom, near, total, len(directions)):
            return NO_PAIRS
        if conformer.hybridisation(atom) == SP2 and total == 2:
            full, zero = _RING_COSINES
    elif total >= 3:
        return NO_PAIRS
    elif total == 2 and len(near) == 2 and any(conformer.hybridisation(n) == SP2 for n in near):
        strength = min(strength, WEAK_OXYGEN)
    here = conformer.position(atom)
    spokes = np.concatenate((np.array([conformer.position(n) for n in near]).reshape(-1, 3) - here, directions))
    axis = -unit(spokes).sum(0)
    x, y, z = unit(axis).tolist()
    return LonePairs(strength, (x, y, z), full, zero)


def _nitrogen_accepts(conformer: Conformer, atom: int, near: list[int], total: int, hydrogens: int) -> bool:
    """
    Whether a nitrogen has a lone pair to offer.

    :param conformer: the conformer
    :param atom: the nitrogen
    :param near: its heavy neighbours
    :param total: all its neighbours
    :param hydrogens: hydrogens among them
    :returns: False for amides, anilines, pyrrole-like nitrogens and cations
    """
    kind = conformer.hybridisation(atom)
    if conformer.charge(atom) > 0:
        return False
    if kind == SP:
        return total == 1
    if kind == SP2:
        double = any(conformer.system.order(atom, n) == 2 for n in near if n in conformer.system.near[atom])
        return (total == 2 and hydrogens == 0) or (total == 2 and double)
    return kind == SP3 and total <= 3
