"""Hydrogen bonds, and bridges by one water."""

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from engines.interactions.groups import angle
from engines.interactions.interaction import Interaction, Kind, Partner, Role
from engines.interactions.surroundings import Surroundings
from engines.interactions.thresholds import limits
from engines.structure.classification import Kind as Residue
from engines.structure.neighbours import near_pairs

_POLAR = {'N', 'O', 'S', 'SE', 'F', 'CL', 'BR', 'I'}
_DONORS = {'N', 'O', 'S', 'SE'}
_SULPHUR = {'S', 'SE'}


@dataclass(frozen=True)
class Bond:
    """
    A hydrogen bond between two spots.

    :param donor: spot of the donor
    :param acceptor: spot of the acceptor
    :param distance: D...A, Angstrom
    :param hydrogen: H...A, Angstrom
    :param donor_angle: D-H...A, degrees
    :param acceptor_angle: smallest H...A-X, degrees; 180 for an acceptor without neighbours
    """

    donor: int
    acceptor: int
    distance: float
    hydrogen: float
    donor_angle: float
    acceptor_angle: float


class HydrogenBonds:
    """
    The hydrogen bonds of some atoms with their surroundings.

    :param around: the surroundings
    """

    def __init__(self, around: Surroundings) -> None:
        self.around = around
        self._limits = limits('hydrogen_bond')
        assembly = around.assembly
        members, owner = assembly.system.members, assembly.system.owner
        self._water = [members[owner[atom]].kind is Residue.WATER for atom in around.atoms.tolist()]
        self.bonds = self._find()

    def interactions(self) -> Iterable[Interaction]:
        """
        :returns: iterator over hydrogen bonds but for those with water, then bridges by a water
        """
        inside, water = self.around.in_focus, self._water
        by_water: dict[int, list[Bond]] = {}
        for bond in self.bonds:
            ends = (bond.donor, bond.acceptor)
            for spot in ends:
                if water[spot] and not inside[spot]:
                    by_water.setdefault(spot, []).append(bond)
            if inside[bond.donor] != inside[bond.acceptor] and not any(water[s] and not inside[s] for s in ends):
                yield self._direct(bond)
        for spot in sorted(by_water):
            yield from self._bridges(spot, by_water[spot])

    def _find(self) -> list[Bond]:
        """
        :returns: all hydrogen bonds of which one side is in question or a water; the best of each pair of atoms
        """
        around = self.around
        polar = np.array([i for i in range(len(around.atoms)) if around.element(i) in _POLAR], np.intp)
        if not len(polar):
            return []
        accepts = {i for i in polar.tolist() if self._accepts(i)}
        reach = self._limits['distance'] + self._limits['sulphur']
        first, second = near_pairs(around.points[polar], around.points[polar], reach)
        best: dict[tuple[int, int], Bond] = {}
        for donor, acceptor in zip(polar[first].tolist(), polar[second].tolist(), strict=True):
            known = any(around.in_focus[i] or self._water[i] for i in (donor, acceptor))
            if not known or acceptor not in accepts or donor == acceptor or around.element(donor) not in _DONORS:
                continue
            bond = self._bond(donor, acceptor)
            pair = (min(donor, acceptor), max(donor, acceptor))
            better = bond and (pair not in best or bond.hydrogen < best[pair].hydrogen)
            if bond and better and not around.are_bonded(donor, acceptor):
                best[pair] = bond
        return [best[pair] for pair in sorted(best)]

    def _accepts(self, spot: int) -> bool:
        """
        :param spot: a spot
        :returns: whether its atom has a lone pair; the lone sulphur of a sulphate without its oxygens has none
        """
        if self.around.element(spot) in _SULPHUR and not self.around.neighbours(spot):
            return False
        return self.around.assembly.lone_pairs(int(self.around.atoms[spot])).strength > 0

    def _bond(self, donor: int, acceptor: int) -> Bond | None:
        """
        :param donor: a spot
        :param acceptor: another spot
        :returns: the bond by the hydrogen that fits best, if any does
        """
        around, wanted = self.around, self._limits
        start, end = around.points[donor], around.points[acceptor]
        distance = float(np.linalg.norm(start - end))
        slack = wanted['sulphur'] if {around.element(donor), around.element(acceptor)} & _SULPHUR else 0.0
        if distance > wanted['distance'] + slack:
            return None
        beyond = [around.points[n] for n in around.neighbours(acceptor)]
        found = []
        for hydrogen in around.hydrogens(donor):
            reach = float(np.linalg.norm(hydrogen - end))
            straight = angle(start, hydrogen, end)
            bent = min((angle(hydrogen, end, x) for x in beyond), default=180.0)
            near = reach <= wanted['hydrogen_distance'] + slack
            if near and straight >= wanted['donor_angle'] and bent >= wanted['acceptor_angle']:
                found.append(Bond(donor, acceptor, distance, reach, straight, bent))
        return min(found, key=lambda bond: bond.hydrogen, default=None)

    def partner(self, spot: int, role: Role) -> Partner:
        """
        :param spot: a spot
        :param role: what it is
        :returns: it as the side of an interaction
        """
        x, y, z = self.around.points[spot].tolist()
        return Partner(role, (int(self.around.atoms[spot]),), int(self.around.images[spot]), (x, y, z))

    def _direct(self, bond: Bond) -> Interaction:
        """
        :param bond: a bond between the focus and its surroundings
        :returns: the interaction
        """
        donor, acceptor = self.partner(bond.donor, Role.DONOR), self.partner(bond.acceptor, Role.ACCEPTOR)
        sides = (donor, acceptor) if self.around.in_focus[bond.donor] else (acceptor, donor)
        angles = {'donor': bond.donor_angle, 'acceptor': bond.acceptor_angle}
        return Interaction(Kind.HYDROGEN_BOND, *sides, bond.distance, angles, {'hydrogen': bond.hydrogen})

    def _bridges(self, water: int, bonds: list[Bond]) -> Iterable[Interaction]:
        """
        :param water: spot of a water
        :param bonds: its hydrogen bonds
        :returns: iterator over the bridges that it makes between the focus and atoms that are no water
        """
        wanted = limits('water_bridge')
        arms = [(b.acceptor if b.donor == water else b.donor, b) for b in bonds]
        here = self.around.points[water]
        for inner, first in arms:
            for outer, second in arms:
                if not self.around.in_focus[inner] or self.around.in_focus[outer] or self._water[outer]:
                    continue
                opening = angle(self.around.points[inner], here, self.around.points[outer])
                if wanted['least_angle'] <= opening <= wanted['largest_angle']:
                    yield Interaction(
                        Kind.WATER_BRIDGE,
                        self.partner(inner, _role(inner, first)),
                        self.partner(outer, _role(outer, second)),
                        float(np.linalg.norm(self.around.points[inner] - self.around.points[outer])),
                        {'water': opening},
                        {'focus_arm': first.distance, 'partner_arm': second.distance},
                        self.partner(water, Role.WATER),
                    )


def _role(spot: int, bond: Bond) -> Role:
    """
    :param spot: one side of a bond
    :param bond: the bond
    :returns: what it is in it
    """
    return Role.DONOR if bond.donor == spot else Role.ACCEPTOR
