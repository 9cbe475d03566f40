"""
The score: hydrogen bonds, contacts that must not be, metals. All constants stand in this file.

Scores are in kJ/mol-like units, higher is better. A hydrogen bond counts as in ChemScore (Eldridge et al. 1997,
doi:10.1023/A:1007996124545): distance term x angle term, each a plateau with linear sides; FlexX (Rarey et al. 1996,
doi:10.1006/jmbi.1996.0477) gives the size, -4.7 for neutral and -8.3 for charged pairs. The direction at the acceptor
is measured against the middle of its lone pairs.
"""

import math
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from engines.protoss.particles import CONTACT, Heavy, Hydrogens
from engines.protoss.placement import Array
from engines.structure.neighbours import near_pairs

HYDROGEN_BOND = 4.7
"""FlexX: neutral hydrogen bond."""
SALT_BRIDGE = 8.3
"""FlexX: hydrogen bond between opposite charges."""
ONE_CHARGE = 5.6
"""Between the two: one partner charged. FlexX has no such term; charge and dipole attract less than two charges."""
DISTANCE_FULL, DISTANCE_ZERO = 0.25, 0.85
"""
Angstrom from the ideal H...A distance: plateau and end. ChemScore ends at 0.65, 2.5 A from oxygen; longer contacts up
to 2.7 A still decide which of two ways a hydroxyl turns.
"""
SLOPE = 0.2
"""Share of the score that is lost within the plateaus, so that of two good geometries the better one wins."""
DONOR_FULL, DONOR_ZERO = math.cos(math.radians(150)), math.cos(math.radians(100))
"""Angle D-H...A: ChemScore's 180 degrees, full within 30 and zero beyond 80."""
WEAK_DONOR, WEAK_SHIFT = 0.3, 0.4
"""
Share up to which a donor is a weak one (a carbon of a nitrogen ring), and Angstrom by which its hydrogen bonds are
longer: mean C-H...O distances lie near 2.3 (Derewenda et al. 1995). Nearer it is a contact like any other.
"""
OVERLAP_FREE, OVERLAP_SLOPE = 0.25, 24.0
STEEP_FROM, STEEP_SLOPE = 0.35, 40.0
"""
Angstrom of overlap that costs nothing, and kJ/mol for each Angstrom more; repulsion grows faster than that, so a second
slope is added from just below the 0.4 A that MolProbity counts as a clash. At 0.5 A 12 kJ/mol are lost.
"""
FACING = 0.45
"""
Angstrom by which polar hydrogens count as larger towards each other, since like partial charges repel: from 2.2
Angstrom on, at 2.1 half a hydrogen bond is lost.
"""
OVERLAP_CAP = 25.0
"""kJ/mol; no single contact costs more, since atoms of a poor model may sit in each other."""
LIKE_NEAR, LIKE_FAR, LIKE_MOST = 2.9, 3.6, 2.0
"""
Angstrom between two bare acceptors or two pure donors: the penalty is gone above the one, reaches its size at the other
and grows on to the double, since oxygens at 2.5 Angstrom without a hydrogen between them do not occur.
"""
LIKE_PENALTY = HYDROGEN_BOND
"""What the pair would gain if one of them carried the hydrogen."""
LIKE_CHARGED = SALT_BRIDGE
"""Likewise for two charges of one sign."""
METAL_BOND = 8.3
"""A lone pair at a metal: as much as the strongest hydrogen bond; ChemScore's metal term lies between the two."""
DONOR_SHRINK = 0.35
"""Angstrom; van der Waals less covalent radius of a donor (0.8), less the tolerance of coordination (0.45)."""
METAL_SLACK = 0.3
"""Angstrom beyond the coordination distance over which the metal term fades."""
METAL_HYDROGEN, METAL_ANGLE_FREE, METAL_ANGLE_FULL = 40.0, math.cos(math.radians(100)), math.cos(math.radians(70))
"""A hydrogen on a metal's ligand: free at angles M-X-H beyond 100 degrees, forbidden in effect below 70."""
METAL_CONTACT = 2.6
"""Angstrom; a hydrogen of any other atom has to stay this far from a metal."""
HYDROGEN_REACH, HEAVY_REACH = 2.95, 3.6
"""Angstrom; distances beyond which no hydrogen - heavy atom and no heavy atom pair scores."""

Floats = npt.NDArray[np.float64]
Mask = npt.NDArray[np.bool_]


@dataclass
class Pairs:
    """
    Scored pairs of particles.

    :param groups: group of either particle, -1 for what is fixed, shape (2, n)
    :param states: its state, shape (2, n)
    :param scores: kJ/mol, weighted by occupancy, shape (n,)
    """

    groups: npt.NDArray[np.intp]
    states: npt.NDArray[np.intp]
    scores: Floats


def falling(value: Floats, full: float, zero: float) -> Floats:
    """
    A term that is one up to a value, and falls linearly to zero.

    :param value: where to look
    :param full: end of the plateau
    :param zero: where nothing is left; above or below the plateau
    :returns: between 0 and 1
    """
    result: Floats = np.clip((value - zero) / (full - zero), 0.0, 1.0)
    return result


def overlap_cost(beyond: Floats) -> Floats:
    """
    What overlaps cost.

    :param beyond: overlap beyond what is free, Angstrom
    :returns: kJ/mol, 0 or more
    """
    steep = np.maximum(0.0, beyond - (STEEP_FROM - OVERLAP_FREE))
    cost: Floats = np.minimum(OVERLAP_CAP, OVERLAP_SLOPE * np.maximum(0.0, beyond) + STEEP_SLOPE * steep)
    return cost


def bond_size(first: npt.NDArray[np.int8], second: npt.NDArray[np.int8]) -> Floats:
    """
    Size of a hydrogen bond by the charges of donor and acceptor.

    :param first: charges of the donors
    :param second: charges of the acceptors
    :returns: kJ/mol
    """
    return np.where(
        (first > 0) & (second < 0), SALT_BRIDGE, np.where((first > 0) | (second < 0), ONE_CHARGE, HYDROGEN_BOND)
    )


def _wanted(a: Hydrogens | Heavy, b: Hydrogens | Heavy, i: npt.NDArray[np.intp], j: npt.NDArray[np.intp]) -> Mask:
    """
    Pairs that count: at least one of both is to be decided, they can coexist, and are not two states of one group.

    :param a: particles
    :param b: particles
    :param i: indices into a
    :param j: indices into b
    :returns: True for pairs that count
    """
    ga, gb, la, lb = a.group[i], b.group[j], a.label[i], b.label[j]
    own = (ga == gb) & ~(b.copy[j] & (a.state[i] == b.state[j]))
    mask: Mask = ((ga >= 0) | (gb >= 0)) & ~((ga >= 0) & own) & ((la == 0) | (lb == 0) | (la == lb))
    return mask


def _pairs(a: Hydrogens | Heavy, b: Hydrogens | Heavy, i: npt.NDArray[np.intp], j: npt.NDArray[np.intp],
           scores: Floats, share: Floats | float = 1.0) -> Pairs:  # fmt: skip
    """
    Scores weighted by the occupancies.

    :param a: particles
    :param b: particles
    :param i: indices into a
    :param j: indices into b
    :param scores: kJ/mol
    :param share: further weight
    :returns: pairs that score
    """
    scores = scores * np.minimum(a.weight[i], b.weight[j]) * share
    some = scores != 0
    i, j = i[some], j[some]
    return Pairs(np.stack((a.group[i], b.group[j])), np.stack((a.state[i], b.state[j])), scores[some])


def hydrogen_heavy(hydrogens: Hydrogens, heavy: Heavy, excluded: 'Exclusions') -> Pairs:
    """
    Hydrogen bonds, contacts of hydrogens with heavy atoms, and hydrogens at metals.

    :param hydrogens: all hydrogens of the original
    :param heavy: all heavy atoms, copies included
    :param excluded: pairs of atoms near in the bond graph
    :returns: their scores
    """
    i, j = near_pairs(hydrogens.position, heavy.position, HYDROGEN_REACH)
    keep = _wanted(hydrogens, heavy, i, j)
    i, j = i[keep], j[keep]
    metal = heavy.metal[j]
    keep = ~excluded.within(hydrogens.parent[i], heavy.atom[j], 2) | metal
    i, j, metal = i[keep], j[keep], metal[keep]
    apart = heavy.position[j] - hydrogens.position[i]
    distance = np.sqrt(np.einsum('ij,ij->i', apart, apart)) + 1e-9
    along = hydrogens.position[i] - hydrogens.origin[i]
    angle = -np.einsum('ij,ij->i', apart, along) / (distance * np.sqrt(np.einsum('ij,ij->i', along, along)))
    lone = -np.einsum('ij,ij->i', heavy.axis[j], apart) / distance
    strong = hydrogens.donor[i] > WEAK_DONOR
    off = np.abs(distance - heavy.ideal[j] - np.where(strong, 0.0, WEAK_SHIFT))
    quality = (
        falling(off, DISTANCE_FULL, DISTANCE_ZERO)
        * falling(angle, DONOR_FULL, DONOR_ZERO)
        * np.clip((lone - heavy.lone_zero[j]) / (heavy.lone_full[j] - heavy.lone_zero[j]), 0.0, 1.0)
    )
    quality = quality * (1 - SLOPE * (np.minimum(off / DISTANCE_FULL, 1.0) + (1 + angle)) / 2)
    bonds = (
        quality * bond_size(hydrogens.charge[i], heavy.charge[j]) * hydrogens.donor[i] * heavy.acceptor[j]
    )  # fmt: skip
    accepts = (heavy.acceptor[j] > 0) & strong
    radius = np.where(accepts, heavy.ideal[j] - 0.25, hydrogens.radius[i] + heavy.radius[j] - OVERLAP_FREE)
    clash = overlap_cost(radius - distance)
    scores = np.where(metal, -_at_metal(hydrogens, heavy, i, j, distance), bonds - clash)
    return _pairs(hydrogens, heavy, i, j, scores)


def _at_metal(
    hydrogens: Hydrogens, heavy: Heavy, i: npt.NDArray[np.intp], j: npt.NDArray[np.intp], distance: Floats
) -> Floats:
    """
    What a hydrogen costs near a metal.

    :param hydrogens: hydrogens
    :param heavy: heavy atoms
    :param i: indices into the former
    :param j: indices into the latter
    :param distance: between them
    :returns: kJ/mol, 0 or more
    """
    towards = heavy.position[j] - hydrogens.origin[i]
    length = np.sqrt(np.einsum('ij,ij->i', towards, towards)) + 1e-9
    along = hydrogens.position[i] - hydrogens.origin[i]
    cosine = np.einsum('ij,ij->i', towards, along) / (length * np.sqrt(np.einsum('ij,ij->i', along, along)))
    bound = length < heavy.radius[j] + 1.2
    angular = METAL_HYDROGEN * falling(cosine, METAL_ANGLE_FULL, METAL_ANGLE_FREE)
    steric = np.minimum(OVERLAP_CAP, OVERLAP_SLOPE * np.maximum(0.0, METAL_CONTACT - distance))
    return np.where(bound, angular, steric)


def hydrogen_hydrogen(first: Hydrogens, second: Hydrogens, excluded: 'Exclusions') -> Pairs:
    """
    Contacts between hydrogens.

    :param first: hydrogens of the original
    :param second: the same, and those of copies
    :param excluded: pairs of atoms near in the bond graph
    :returns: their scores
    """
    i, j = near_pairs(first.position, second.position, 2 * CONTACT['apolar'] - OVERLAP_FREE)
    keep = _wanted(first, second, i, j) & (second.copy[j] | (i < j))
    i, j = i[keep], j[keep]
    keep = ~excluded.within(first.parent[i], second.parent[j], 1)
    i, j = i[keep], j[keep]
    apart = second.position[j] - first.position[i]
    distance = np.sqrt(np.einsum('ij,ij->i', apart, apart))
    overlap = first.radius[i] + second.radius[j] - OVERLAP_FREE - distance
    facing = (first.donor[i] > 0.5) & (second.donor[j] > 0.5)
    overlap = overlap + np.where(facing, FACING, 0.0)
    scores = -overlap_cost(overlap)
    return _pairs(first, second, i, j, scores, np.where(second.copy[j], 0.5, 1.0))


def heavy_heavy(first: Heavy, second: Heavy, excluded: 'Exclusions') -> Pairs:
    """
    Bare acceptors beside each other, pure donors beside each other, lone pairs at metals.

    :param first: heavy atoms of the original
    :param second: the same, and those of copies
    :param excluded: pairs of atoms near in the bond graph
    :returns: their scores
    """
    i, j = near_pairs(first.position, second.position, HEAVY_REACH)
    keep = _wanted(first, second, i, j) & (second.copy[j] | (i < j))
    i, j = i[keep], j[keep]
    metal = first.metal[i] != second.metal[j]
    keep = ~excluded.within(first.atom[i], second.atom[j], 3) | metal
    i, j, metal = i[keep], j[keep], metal[keep]
    apart = second.position[j] - first.position[i]
    distance = np.sqrt(np.einsum('ij,ij->i', apart, apart)) + 1e-9
    like = (first.bare[i] & second.bare[j]) | (first.pure_donor[i] & second.pure_donor[j])
    charged = first.charge[i] * second.charge[j] > 0
    penalty = np.where(like, np.where(charged, LIKE_CHARGED, LIKE_PENALTY), 0.0)
    facing = _facing(first, second, i, j, apart, distance)
    penalty = penalty * np.clip((LIKE_FAR - distance) / (LIKE_FAR - LIKE_NEAR), 0.0, LIKE_MOST) * facing
    reach = first.radius[i] + second.radius[j] - DONOR_SHRINK
    lone = np.minimum(1.0, np.maximum(first.acceptor[i], second.acceptor[j]))
    held = METAL_BOND * lone * np.clip((reach + METAL_SLACK - distance) / METAL_SLACK, 0.0, 1.0)
    held = held * np.where(
        first.metal[i], _axis_cosine(second, j, -apart, distance), _axis_cosine(first, i, apart, distance)
    )
    scores = np.where(metal, held, -penalty)
    return _pairs(first, second, i, j, scores, np.where(second.copy[j], 0.5, 1.0))


def _axis_cosine(heavy: Heavy, i: npt.NDArray[np.intp], towards: Array, distance: Floats) -> Floats:
    """
    How well the lone pairs of atoms point at something.

    :param heavy: heavy atoms
    :param i: indices
    :param towards: vectors to what they may point at
    :param distance: their lengths
    :returns: between 0 and 1
    """
    lone = np.einsum('ij,ij->i', heavy.axis[i], towards) / distance
    span = heavy.lone_full[i] - heavy.lone_zero[i]
    result: Floats = np.clip((lone - heavy.lone_zero[i]) / span, 0.0, 1.0)
    return result


def _facing(first: Heavy, second: Heavy, i: npt.NDArray[np.intp], j: npt.NDArray[np.intp], apart: Array,
            distance: Floats) -> Floats:  # fmt: skip
    """
    Whether two bare acceptors turn their lone pairs to each other; donors have none and always count.

    :param first: heavy atoms
    :param second: heavy atoms
    :param i: indices into the former
    :param j: indices into the latter
    :param apart: vectors between them
    :param distance: their lengths
    :returns: between 0 and 1
    """
    both = _axis_cosine(first, i, apart, distance) * _axis_cosine(second, j, -apart, distance)
    return np.where(first.bare[i], both, 1.0)


class Exclusions:
    """
    Pairs of atoms that are near in the bond graph.

    :param near: neighbours of each atom
    """

    def __init__(self, near: list[list[int]]) -> None:
        self._count = len(near)
        counts = np.array([len(n) for n in near], dtype=np.intp)
        first = np.repeat(np.arange(len(near)), counts)
        second = np.array([m for n in near for m in n], dtype=np.intp)
        starts = np.concatenate(([0], np.cumsum(counts)))
        steps = [(np.arange(len(near)), np.arange(len(near))), (first, second)]
        while len(steps) < 4:
            a, b = steps[-1]
            width = counts[b]
            offsets = np.arange(int(width.sum())) - np.repeat(np.cumsum(width) - width, width)
            steps.append((np.repeat(a, width), second[np.repeat(starts[b], width) + offsets]))
        self._keys = [np.unique(a * self._count + b) for a, b in steps]

    def within(self, first: npt.NDArray[np.intp], second: npt.NDArray[np.intp], bonds: int) -> Mask:
        """
        Whether atoms are at most so many bonds apart.

        :param first: atoms
        :param second: atoms; -1 for those of a copy, which are bonded to nothing here
        :param bonds: number of bonds
        :returns: True where they are
        """
        keys = np.where(second < 0, -1, first * self._count + second)
        found = np.zeros(len(keys), dtype=bool)
        for known in self._keys[: bonds + 1]:
            if known.size:
                place = np.minimum(np.searchsorted(known, keys), known.size - 1)
                found |= known[place] == keys
        return found
