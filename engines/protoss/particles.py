"""
All hydrogens and heavy atoms in all states, as flat arrays that the score works on.

Each particle belongs to a state of a group, or to what is fixed (group -1). A particle of a symmetry copy belongs to
the same state as its original.
"""

from dataclasses import dataclass, fields
from typing import TypeVar

import numpy as np
import numpy.typing as npt

from engines.protoss.lone_pairs import COSINES, WATER_SHARE, lone_pairs
from engines.protoss.placement import SP2, Array, unit
from engines.protoss.states import Conformer, State
from engines.protoss.system import System
from engines.structure.neighbours import SymmetryCopy

IDEAL = {'O': 1.85, 'N': 1.95, 'S': 2.55, 'SE': 2.65, 'F': 1.95, 'CL': 2.35, 'BR': 2.5, 'I': 2.7}
"""
Angstrom; ideal distance hydrogen - acceptor: ChemScore's 1.85 for oxygen, the others shifted by the differences of the
van der Waals radii (Bondi 1964).
"""
RADII = {'C': 1.70, 'N': 1.55, 'O': 1.45, 'S': 1.80, 'SE': 1.90, 'P': 1.80, 'F': 1.45, 'CL': 1.75, 'BR': 1.85, 'I': 2.0}
"""Angstrom; van der Waals radii in contacts with hydrogen: Bondi 1964, oxygen and halogens as MolProbity has them."""
OTHER_RADIUS = 1.7
CONTACT = {'polar': 1.00, 'ring': 1.00, 'apolar': 1.17}
"""
Angstrom; radii of hydrogens in contacts, those of MolProbity at internuclear distances (Deis et al. 2013); those on
flat carbon count as aromatic.
"""
DONORS = {'O': 1.0, 'N': 1.0, 'S': 0.5, 'SE': 0.5}
"""Donors relative to oxygen and nitrogen."""
RING_DONOR = 0.2
"""Carbon between or beside ring nitrogens (histidine CE1, CD2), a weak donor (Derewenda et al. 1994)."""


@dataclass
class Hydrogens:
    """Hydrogens: position and origin (n, 3) in Angstrom, and one entry each in the other arrays."""

    position: Array
    origin: Array
    parent: npt.NDArray[np.intp]
    group: npt.NDArray[np.intp]
    state: npt.NDArray[np.intp]
    label: npt.NDArray[np.int16]
    weight: npt.NDArray[np.float64]
    donor: npt.NDArray[np.float64]
    radius: npt.NDArray[np.float64]
    charge: npt.NDArray[np.int8]
    copy: npt.NDArray[np.bool_]


@dataclass
class Heavy:
    """Heavy atoms: position and axis of the lone pairs (n, 3), and one entry each in the other arrays."""

    position: Array
    axis: Array
    atom: npt.NDArray[np.intp]
    group: npt.NDArray[np.intp]
    state: npt.NDArray[np.intp]
    label: npt.NDArray[np.int16]
    weight: npt.NDArray[np.float64]
    acceptor: npt.NDArray[np.float64]
    ideal: npt.NDArray[np.float64]
    lone_full: npt.NDArray[np.float64]
    lone_zero: npt.NDArray[np.float64]
    radius: npt.NDArray[np.float64]
    charge: npt.NDArray[np.int8]
    bare: npt.NDArray[np.bool_]
    pure_donor: npt.NDArray[np.bool_]
    metal: npt.NDArray[np.bool_]
    copy: npt.NDArray[np.bool_]


P = TypeVar('P', Hydrogens, Heavy)


def contact_radius(conformer: Conformer, atom: int) -> float:
    """
    Radius of the hydrogens on an atom.

    :param conformer: the conformer
    :param atom: the heavy atom
    :returns: Angstrom
    """
    if conformer.system.elements[atom] != 'C':
        return CONTACT['polar']
    return CONTACT['ring' if conformer.hybridisation(atom) == SP2 else 'apolar']


class Collector:
    """
    Collects particles one by one.

    :param labels: number of each conformer label; 0 is the empty one
    """

    def __init__(self, labels: dict[str, int]) -> None:
        self.labels = labels
        self._hydrogens: list[tuple[object, ...]] = []
        self._heavy: list[tuple[object, ...]] = []

    def add(self, conformer: Conformer, atom: int, directions: Array, owner: tuple[int, int], weight: float) -> None:
        """
        Add a heavy atom with its hydrogens.

        :param conformer: the conformer
        :param atom: the heavy atom
        :param directions: unit vectors of its hydrogens
        :param owner: group and state, or (-1, 0)
        :param weight: share of the crystal
        """
        system = conformer.system
        element = system.elements[atom]
        here = conformer.position(atom)
        x, y, z = here.tolist()
        group, state = owner
        label = self.labels[conformer.label or system.labels[atom]]
        charge = max(-1, min(1, self._charge(conformer, atom)))
        pairs = lone_pairs(conformer, atom, directions)
        metal = atom in system.metals
        radius = system.metals[atom].covalent_r if metal else RADII.get(element, OTHER_RADIUS)
        donor = DONORS.get(element, 0.0) if len(directions) else 0.0
        self._heavy.append(
            (x, y, z, *pairs.axis, atom, group, state, label, weight, pairs.strength, IDEAL.get(element, 1.85),
             pairs.full, pairs.zero, radius, charge, pairs.strength > 0.5 and not donor,
             donor > 0 and not pairs.strength, metal, False)
        )  # fmt: skip
        self.add_hydrogens(conformer, atom, directions, owner, weight)

    def add_hydrogens(
        self, conformer: Conformer, atom: int, directions: Array, owner: tuple[int, int], weight: float
    ) -> None:
        """
        Add the hydrogens of an atom alone.

        :param conformer: the conformer
        :param atom: their heavy atom
        :param directions: unit vectors
        :param owner: group and state, or (-1, 0)
        :param weight: share of the crystal
        """
        if not len(directions):
            return
        system = conformer.system
        element = system.elements[atom]
        donor = DONORS.get(element, 0.0) or self._ring_donor(conformer, atom)
        if element == 'O' and not conformer.neighbours(atom):
            donor = WATER_SHARE
        here = conformer.position(atom)
        charge = 1 if donor > 0.3 and self._charge(conformer, atom) > 0 else 0
        label = self.labels[conformer.label or system.labels[atom]]
        radius = contact_radius(conformer, atom)
        points = here + directions * conformer.length(atom, len(directions))
        for point in points.tolist():
            self._hydrogens.append(
                (*point, *here.tolist(), atom, *owner, label, weight, donor, radius, charge, False)
            )  # fmt: skip

    def add_water(self, conformer: Conformer, atom: int, states: list[State], group: int, weight: float) -> None:
        """
        Add all orientations of a water at once.

        :param conformer: the conformer
        :param atom: its oxygen
        :param states: its orientations
        :param group: its group
        :param weight: share of the crystal
        """
        system = conformer.system
        waters = np.array([state.hydrogens[atom] for state in states])
        here = system.positions[atom]
        axes = -unit(waters.sum(1))
        points = here + waters * conformer.length(atom, 2)
        label = self.labels[system.labels[atom]]
        x, y, z = here.tolist()
        full, zero = COSINES[2]
        for number, (axis, own) in enumerate(zip(axes.tolist(), points.tolist(), strict=True)):
            self._heavy.append(
                (x, y, z, *axis, atom, group, number, label, weight, WATER_SHARE, IDEAL['O'], full, zero, RADII['O'],
                 0, False, False, False, False)
            )  # fmt: skip
            for point in own:
                self._hydrogens.append(
                    (*point, x, y, z, atom, group, number, label, weight, WATER_SHARE, CONTACT['polar'], 0, False)
                )  # fmt: skip

    @staticmethod
    def _charge(conformer: Conformer, atom: int) -> int:
        """
        Charge of an atom as hydrogen bonds see it: shared by the ends of carboxylates, phosphates, guanidinium.

        :param conformer: the conformer
        :param atom: the atom
        :returns: its sign
        """
        own = conformer.charge(atom)
        system = conformer.system
        element = system.elements[atom]
        if own or element not in ('O', 'N'):
            return own
        for middle in system.near[atom]:
            if system.elements[middle] in ('C', 'P', 'S'):
                for other in system.near[middle]:
                    charge = conformer.charge(other)
                    if other != atom and system.elements[other] == element and charge and _shares(system, atom, charge):
                        return charge
        return 0

    @staticmethod
    def _ring_donor(conformer: Conformer, atom: int) -> float:
        """
        Whether a carbon is a weak donor.

        :param conformer: the conformer
        :param atom: the atom
        :returns: its strength
        """
        system = conformer.system
        if system.elements[atom] != 'C' or conformer.hybridisation(atom) != SP2:
            return 0.0
        return RING_DONOR if any(system.elements[n] == 'N' for n in system.near[atom]) else 0.0

    def arrays(self) -> tuple[Hydrogens, Heavy]:
        """
        What was collected.

        :returns: hydrogens and heavy atoms
        """
        h = np.array(self._hydrogens, dtype=float).reshape(-1, 15)
        a = np.array(self._heavy, dtype=float).reshape(-1, 21)
        hydrogens = Hydrogens(
            h[:, :3], h[:, 3:6], h[:, 6].astype(np.intp), h[:, 7].astype(np.intp), h[:, 8].astype(np.intp),
            h[:, 9].astype(np.int16), h[:, 10], h[:, 11], h[:, 12], h[:, 13].astype(np.int8), h[:, 14] > 0,
        )  # fmt: skip
        heavy = Heavy(
            a[:, :3], a[:, 3:6], a[:, 6].astype(np.intp), a[:, 7].astype(np.intp), a[:, 8].astype(np.intp),
            a[:, 9].astype(np.int16), a[:, 10], a[:, 11], a[:, 12], a[:, 13], a[:, 14], a[:, 15],
            a[:, 16].astype(np.int8), a[:, 17] > 0, a[:, 18] > 0, a[:, 19] > 0, a[:, 20] > 0,
        )  # fmt: skip
        return hydrogens, heavy


def _shares(system: System, atom: int, charge: int) -> bool:
    """
    Whether an atom shares the charge of its twin.

    :param system: the system
    :param atom: the atom
    :param charge: charge of the twin
    :returns: True for a terminal oxygen beside an anionic one, and for nitrogen beside a cationic one
    """
    near = system.near[atom]
    return charge > 0 or (len(near) == 1 and not system.hydrogens[atom])


def with_copies(hydrogens: Hydrogens, heavy: Heavy, copies: list[SymmetryCopy]) -> tuple[Hydrogens, Heavy]:
    """
    Append the particles of symmetry copies.

    :param hydrogens: those of the original
    :param heavy: those of the original
    :param copies: the copies
    :returns: originals first, then the copies; atoms of copies have index -1, since they are bonded to nothing here
    """
    all_h, all_a = [hydrogens], [heavy]
    for copy in copies:
        mask = np.zeros(int(max(heavy.atom.max(), hydrogens.parent.max() if len(hydrogens.parent) else 0)) + 1, bool)
        mask[copy.atoms] = True
        h, a = _taken(hydrogens, mask[hydrogens.parent]), _taken(heavy, mask[heavy.atom])
        h.position, h.origin = copy.apply(h.position), copy.apply(h.origin)
        a.position, a.axis = copy.apply(a.position), a.axis @ copy.rotation.T
        h.parent, a.atom = np.full_like(h.parent, -1), np.full_like(a.atom, -1)
        h.copy, a.copy = np.ones_like(h.copy), np.ones_like(a.copy)
        all_h.append(h)
        all_a.append(a)
    return _joined(all_h), _joined(all_a)


def _taken(particles: P, mask: npt.NDArray[np.bool_]) -> P:
    """
    Some of the particles.

    :param particles: particles
    :param mask: which
    :returns: new arrays
    """
    return type(particles)(*(getattr(particles, f.name)[mask] for f in fields(particles)))


def _joined(parts: list[P]) -> P:
    """
    Particles of several sets.

    :param parts: the sets
    :returns: one set
    """
    return type(parts[0])(*(np.concatenate([getattr(p, f.name) for p in parts]) for f in fields(parts[0])))
