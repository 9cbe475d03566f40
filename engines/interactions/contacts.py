"""All interactions but hydrogen bonds: bonds, metals, charges, halogens, stacked rings and apolar contacts."""

from collections.abc import Iterable, Iterator

import gemmi
import numpy as np

from engines.interactions.assembly import Indices
from engines.interactions.groups import (
    HALOGENS,
    Charged,
    Ring,
    angle,
    between,
    find_charged,
    find_rings,
    is_hydrophobic,
)
from engines.interactions.interaction import Interaction, Kind, Partner, Role
from engines.interactions.surroundings import Surroundings
from engines.interactions.thresholds import limits
from engines.protoss.placement import Array
from engines.protoss.system import METAL_TOLERANCE
from engines.structure.neighbours import near_pairs

_METAL_DONORS = {'N', 'O', 'S', 'SE', 'F', 'CL', 'BR', 'I'}
Placed = tuple[int, Ring]
"""A ring in a symmetry copy: the copy, and the ring where it is there."""


class Contacts:
    """
    Interactions of some atoms with their surroundings.

    :param around: the surroundings
    """

    def __init__(self, around: Surroundings) -> None:
        self.around = around
        assembly = around.assembly
        self._rings = [r for ring in find_rings(assembly, around.owners) for r in self._copies(ring)]
        self._charged = find_charged(assembly, around.owners)
        self._told: set[frozenset[int]] = set()

    def interactions(self) -> Iterable[Interaction]:
        """
        :returns: iterator over the interactions, kind by kind
        """
        yield from self._covalent()
        yield from self._metals()
        yield from self._salt_bridges()
        yield from self._halogens()
        yield from self._stacking()
        yield from self._cation_pi()
        yield from self._hydrophobic()

    def _pairs(self, first: Iterable[int], second: Iterable[int], reach: float) -> Iterator[tuple[int, int, float]]:
        """
        Spots of the focus and of the surroundings that are near to each other.

        :param first: spots of the focus
        :param second: other spots
        :param reach: Angstrom
        :returns: iterator over pairs with their distance, in order
        """
        a, b = np.array(list(first), np.intp), np.array(list(second), np.intp)
        points = self.around.points
        for i, j in zip(*near_pairs(points[a], points[b], reach), strict=True):
            x, y = int(a[i]), int(b[j])
            yield x, y, float(np.linalg.norm(points[x] - points[y]))

    def _spots(self) -> tuple[list[int], list[int]]:
        """
        :returns: spots of the focus, and all others
        """
        inside: Indices = np.flatnonzero(self.around.in_focus)
        return inside.tolist(), np.flatnonzero(~self.around.in_focus).tolist()

    def _partner(self, role: Role, spots: Iterable[int], centre: Array | None = None) -> Partner:
        """
        :param role: what it is
        :param spots: its spots, all of one copy
        :param centre: Angstrom; by default the first spot
        :returns: one side of an interaction
        """
        spots = list(spots)
        x, y, z = (self.around.points[spots[0]] if centre is None else centre).tolist()
        atoms = tuple(sorted(int(self.around.atoms[s]) for s in spots))
        return Partner(role, atoms, int(self.around.images[spots[0]]), (x, y, z))

    def _covalent(self) -> Iterator[Interaction]:
        """
        :returns: iterator over bonds out of the focus; those of metals are coordination
        """
        inside, _ = self._spots()
        metals = self.around.assembly.system.metals
        for spot in inside:
            for other in self.around.neighbours(spot):
                if not self.around.in_focus[other] and int(self.around.atoms[spot]) not in metals:
                    length = float(np.linalg.norm(self.around.points[spot] - self.around.points[other]))
                    sides = self._partner(Role.BONDED, [spot]), self._partner(Role.BONDED, [other])
                    yield Interaction(Kind.COVALENT, *sides, length)

    def _metals(self) -> Iterator[Interaction]:
        """
        :returns: iterator over metals and their donors
        """
        around, metals = self.around, self.around.assembly.system.metals
        for x, y, distance in self._pairs(*self._spots(), limits('metal')['reach']):
            for metal, donor, roles in ((x, y, (Role.METAL, Role.ACCEPTOR)), (y, x, (Role.ACCEPTOR, Role.METAL))):
                element = around.element(donor)
                if int(around.atoms[metal]) not in metals or element not in _METAL_DONORS:
                    continue
                radii = metals[int(around.atoms[metal])].covalent_r + gemmi.Element(element).covalent_r
                if distance <= radii + METAL_TOLERANCE:
                    yield Interaction(
                        Kind.METAL, self._partner(roles[0], [x]), self._partner(roles[1], [y]), distance
                    )  # fmt: skip

    def _salt_bridges(self) -> Iterator[Interaction]:
        """
        :returns: iterator over opposite charges
        """
        reach = limits('salt_bridge')['distance']
        for own in self._charged:
            first = [self.around.spot.get((0, a), -1) for a in own.atoms]
            if not all(s >= 0 and self.around.in_focus[s] for s in first):
                continue
            for other, second in self._charged_spots(-own.sign):
                pairs = list(self._pairs(first, second, reach))
                if pairs:
                    x, y, distance = min(pairs, key=lambda pair: pair[2])
                    sides = _roles(own), _roles(other)
                    yield Interaction(
                        Kind.SALT_BRIDGE,
                        self._partner(sides[0], first, self.around.points[x]),
                        self._partner(sides[1], second, self.around.points[y]),
                        distance,
                    )

    def _charged_spots(self, sign: int) -> Iterator[tuple[Charged, list[int]]]:
        """
        :param sign: of a charge
        :returns: iterator over groups of this sign outside of the focus, with their spots
        """
        for image in range(int(self.around.images.max()) + 1):
            for group in self._charged:
                spots = [self.around.spot.get((image, a), -1) for a in group.atoms]
                if group.sign == sign and min(spots) >= 0 and not any(self.around.in_focus[s] for s in spots):
                    yield group, spots

    def _halogens(self) -> Iterator[Interaction]:
        """
        :returns: iterator over halogen bonds in either direction
        """
        around, wanted = self.around, limits('halogen_bond')
        for x, y, distance in self._pairs(*self._spots(), 4.5):
            for halogen, acceptor in ((x, y), (y, x)):
                carbons = [n for n in around.neighbours(halogen) if around.element(n) == 'C']
                if around.element(halogen) not in HALOGENS or len(carbons) != 1 or not self._accepts(acceptor):
                    continue
                radii = sum(gemmi.Element(around.element(s)).vdw_r for s in (halogen, acceptor))
                straight = angle(around.points[carbons[0]], around.points[halogen], around.points[acceptor])
                beyond = [around.points[n] for n in around.neighbours(acceptor)]
                bends = [angle(around.points[halogen], around.points[acceptor], b) for b in beyond]
                bent = min(bends, key=lambda b: abs(b - wanted['acceptor_angle']), default=wanted['acceptor_angle'])
                fits = straight >= wanted['donor_angle'] - wanted['tilt']
                fits = fits and abs(bent - wanted['acceptor_angle']) <= wanted['tilt']
                if fits and distance <= radii + wanted['slack']:
                    roles = (Role.HALOGEN, Role.ACCEPTOR) if halogen == x else (Role.ACCEPTOR, Role.HALOGEN)
                    sides = self._partner(roles[0], [x]), self._partner(roles[1], [y])
                    angles = {'donor': straight, 'acceptor': bent}
                    self._told.add(frozenset((int(around.atoms[x]), int(around.atoms[y]))))
                    yield Interaction(Kind.HALOGEN_BOND, *sides, distance, angles)

    def _accepts(self, spot: int) -> bool:
        """
        :param spot: a spot
        :returns: whether its atom has a lone pair for a halogen
        """
        polar = self.around.element(spot) in ('N', 'O', 'S', 'SE')
        return polar and self.around.assembly.lone_pairs(int(self.around.atoms[spot])).strength > 0

    def _copies(self, ring: Ring) -> Iterator[Placed]:
        """
        :param ring: a ring of the original
        :returns: iterator over the copies of it that are near
        """
        for image in range(int(self.around.images.max()) + 1):
            if all((image, a) in self.around.spot for a in ring.atoms):
                centre = self.around.moved(image, ring.centre[None])[0]
                yield image, Ring(ring.atoms, centre, self.around.turned(image, ring.normal))

    def _ring_partner(self, placed: Placed) -> Partner:
        """
        :param placed: a ring in a copy
        :returns: it as one side of an interaction
        """
        image, ring = placed
        return self._partner(Role.RING, [self.around.spot[image, a] for a in ring.atoms], ring.centre)

    def _is_inside(self, image: int, atoms: tuple[int, ...]) -> bool:
        """
        :param image: number of a copy
        :param atoms: of a group
        :returns: whether the group belongs to the focus
        """
        return image == 0 and self.around.focus.issuperset(atoms)

    def _stacking(self) -> Iterator[Interaction]:
        """
        :returns: iterator over stacked rings
        """
        wanted = limits('pi_stacking')
        for own in self._rings:
            for other in self._rings:
                if not self._is_inside(own[0], own[1].atoms) or self._is_inside(other[0], other[1].atoms):
                    continue
                between_centres = other[1].centre - own[1].centre
                distance = float(np.linalg.norm(between_centres))
                tilt = between(own[1].normal, other[1].normal)
                tilt = min(tilt, 180.0 - tilt)
                offset = min(_offset(own[1], other[1].centre), _offset(other[1], own[1].centre))
                flat, upright = tilt <= wanted['tilt'], tilt >= 90.0 - wanted['tilt']
                if distance <= wanted['distance'] and offset <= wanted['offset'] and (flat or upright):
                    self._told.add(frozenset((*own[1].atoms, *other[1].atoms)))
                    kind = Kind.PI_PARALLEL if flat else Kind.PI_T_SHAPED
                    sides = self._ring_partner(own), self._ring_partner(other)
                    yield Interaction(kind, *sides, distance, {'tilt': tilt}, {'offset': offset})

    def _cation_pi(self) -> Iterator[Interaction]:
        """
        :returns: iterator over cations above rings, in either direction
        """
        around, wanted = self.around, limits('cation_pi')
        for group in self._charged:
            for image in range(int(around.images.max()) + 1):
                spots = [around.spot.get((image, a), -1) for a in group.atoms]
                if group.sign < 0 or min(spots) < 0:
                    continue
                centre = around.points[spots].mean(0)
                cation = self._partner(Role.CATION, spots, centre)
                inside = self._is_inside(image, group.atoms)
                for placed in self._rings:
                    ring = placed[1]
                    if inside == self._is_inside(placed[0], ring.atoms) or set(group.atoms) & set(ring.atoms):
                        continue
                    distance = float(np.linalg.norm(centre - ring.centre))
                    offset = _offset(ring, centre)
                    if distance <= wanted['distance'] and offset <= wanted['offset']:
                        sides = (cation, self._ring_partner(placed))
                        sides = sides if inside else sides[::-1]
                        yield Interaction(Kind.CATION_PI, *sides, distance, {}, {'offset': offset})

    def _hydrophobic(self) -> Iterator[Interaction]:
        """
        Of the contacts of an atom with one residue the nearest stands for all; likewise for the other side. Rings that
        are stacked, and ends of a halogen bond, touch anyway.

        :returns: iterator over apolar contacts
        """
        around, assembly = self.around, self.around.assembly
        apolar = {a for a in set(around.atoms.tolist()) if is_hydrophobic(assembly, a)}
        inside, outside = ([s for s in spots if int(around.atoms[s]) in apolar] for spots in self._spots())
        found = sorted(self._pairs(inside, outside, limits('hydrophobic')['distance']), key=lambda p: (p[2], p[:2]))
        residue, mine = set(), set()
        kept = []
        for x, y, distance in found:
            a, b = int(around.atoms[x]), int(around.atoms[y])
            own = (x, assembly.system.owner[b], int(around.images[y]))
            if own in residue or y in mine or any({a, b} <= pair for pair in self._told) or around.are_bonded(x, y):
                continue
            residue.add(own)
            mine.add(y)
            kept.append((x, y, distance))
        for x, y, distance in kept:
            yield Interaction(
                Kind.HYDROPHOBIC, self._partner(Role.APOLAR, [x]), self._partner(Role.APOLAR, [y]), distance
            )  # fmt: skip


def _roles(group: Charged) -> Role:
    """
    :param group: a charged group
    :returns: what it is in a salt bridge
    """
    return Role.CATION if group.sign > 0 else Role.ANION


def _offset(ring: Ring, point: Array) -> float:
    """
    :param ring: a ring
    :param point: Angstrom
    :returns: how far from the axis of the ring the point is, Angstrom
    """
    away = point - ring.centre
    return float(np.linalg.norm(away - float(away @ ring.normal) * ring.normal))
