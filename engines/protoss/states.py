"""
Sites whose hydrogens have to be decided, and the states they can take.

A site is a few heavy atoms of one residue in one conformer, with alternatives: how many hydrogens each atom carries,
and whether the ends of a side chain are exchanged. Each alternative, with every orientation of its rotors, is a state.
"""

import itertools
import math
from dataclasses import dataclass, field

import numpy as np

from engines.protoss.placement import (
    HYDROXYL,
    NEUTRON,
    SP,
    SP2,
    SP3,
    TETRAHEDRAL,
    THIOL,
    TRIGONAL,
    Array,
    bond_kind,
    cross,
    either_side,
    on_cone,
    opposite,
    perpendicular,
    torsion_towards,
    unit,
)  # fmt: skip
from engines.protoss.system import System

Target = tuple[int, Array]
"""A polar atom near a rotor: its index and its position, which may be that of a symmetry copy."""

_CROWDED = 72
"""States of one site above which its rotors are sampled at fewer torsions."""
_MERGE = math.radians(7.0)
"""Torsions closer than this count as one."""
_OUT_OF_PLANE = math.radians(40.0)
"""How far a hydroxyl on an unsaturated atom is turned out of the plane towards a partner."""

HYDROXYL_BARRIER, CONJUGATED_BARRIER, AMMONIUM_BARRIER, THIOL_BARRIER = 4.5, 14.0, 8.3, 5.3
"""
kJ/mol; barriers of rotation of ethanol and methanol (4.5), phenol (14), methylamine (8.3; that of methylammonium is
calculated near it), and methanethiol (5.3); the torsion term is half of it times 1 +- cos.
"""


@dataclass(frozen=True)
class Alternative:
    """
    A chemical alternative of a site.

    :param name: for example HIE
    :param hydrogens: number of hydrogens by atom
    :param charges: formal charges that differ from the default
    :param prior: score of this alternative alone, kJ/mol, 0 or less
    :param swaps: pairs of atoms that exchange their coordinates
    :param hybridisation: of atoms where it differs from the default
    :param choice: number of the chemical choice that the report names
    :param proton: 1 if it holds the proton of a titratable group, 0 if not, None where its pKa does not matter
    :param usual: whether that is so in water at neutral pH
    """

    name: str
    hydrogens: dict[int, int]
    charges: dict[int, int] = field(default_factory=dict)
    prior: float = 0.0
    swaps: tuple[tuple[int, int], ...] = ()
    hybridisation: dict[int, int] = field(default_factory=dict)
    choice: int = 0
    proton: int | None = None
    usual: bool = True


@dataclass
class Site:
    """
    Atoms that are decided together.

    :param owner: index of the residue
    :param label: the conformer
    :param atoms: the atoms
    :param alternatives: what they can be
    :param kind: short name, for example ``HIS``, ``rotor``, ``water``
    """

    owner: int
    label: str
    atoms: tuple[int, ...]
    alternatives: list[Alternative]
    kind: str


@dataclass
class State:
    """
    One state of a site.

    :param alternative: its alternative
    :param hydrogens: unit vectors of the hydrogens by atom, shape (k, 3)
    :param score: its own score, kJ/mol
    """

    alternative: Alternative
    hydrogens: dict[int, Array]
    score: float


class Conformer:
    """
    What one state of a site looks like: positions after an exchange, hybridisation, charges.

    :param system: the system
    :param site: the site
    :param alternative: its alternative
    """

    def __init__(self, system: System, label: str, alternative: Alternative) -> None:
        self.system, self.label, self.alternative = system, label, alternative
        self._near: dict[int, list[int]] = {}
        self._moved = {}
        for a, b in alternative.swaps:
            self._moved[a], self._moved[b] = system.positions[b], system.positions[a]

    def position(self, atom: int) -> Array:
        """
        Where an atom is.

        :param atom: its index
        :returns: Angstrom
        """
        moved = self._moved.get(atom)
        place: Array = self.system.positions[atom] if moved is None else moved
        return place

    def hybridisation(self, atom: int) -> int:
        """
        How an atom is hybridised.

        :param atom: its index
        :returns: SP, SP2 or SP3
        """
        return self.alternative.hybridisation.get(atom, self.system.hybridisation[atom])

    def charge(self, atom: int) -> int:
        """
        Formal charge of an atom.

        :param atom: its index
        :returns: the charge
        """
        return self.alternative.charges.get(atom, self.system.charges[atom])

    def neighbours(self, atom: int) -> list[int]:
        """
        Neighbours that shape an atom; a metal does not, its bond is a lone pair's.

        :param atom: its index
        :returns: their indices
        """
        found = self._near.get(atom)
        if found is None:
            metals = self.system.metals
            found = [n for n in self.system.view(atom, self.label) if n not in metals]
            self._near[atom] = found
        return found

    def is_conjugated(self, atom: int) -> bool:
        """
        Whether an atom with one neighbour sits on an unsaturated one.

        :param atom: its index
        :returns: True for phenols, acids, enols
        """
        near = self.neighbours(atom)
        return len(near) == 1 and self.hybridisation(near[0]) == SP2

    def length(self, atom: int, number: int, table: dict[str, float] = NEUTRON) -> float:
        """
        Length of a bond to hydrogen.

        :param atom: the heavy atom
        :param number: hydrogens on it
        :param table: lengths by kind
        :returns: Angstrom
        """
        element = self.system.elements[atom]
        if element == 'O' and not self.neighbours(atom):
            return table['water']
        conjugated = element == 'O' and self.is_conjugated(atom)
        return table[bond_kind(element, self.hybridisation(atom), number, self.charge(atom), conjugated)]

    def reference(self, atom: int, neighbour: int) -> Array:
        """
        A point from which torsions around the bond to the only neighbour count.

        :param atom: the atom
        :param neighbour: its neighbour
        :returns: position of the first atom beyond, else of some point aside
        """
        origin, here = self.position(neighbour), self.position(atom)
        axis = unit(here - origin)
        for beyond in self.neighbours(neighbour):
            if beyond != atom:
                side = self.position(beyond) - origin
                if float(np.linalg.norm(cross(axis, unit(side)))) > 0.1:
                    return self.position(beyond)
        return origin + perpendicular(axis)


@dataclass(frozen=True)
class Choice:
    """Directions that the hydrogens of one atom can take, and what that costs, kJ/mol."""

    directions: Array
    score: float


def choices(conformer: Conformer, atom: int, number: int, targets: list[Target], step: int) -> list[Choice]:
    """
    All ways to place the hydrogens of an atom.

    :param conformer: the conformer
    :param atom: the heavy atom
    :param number: hydrogens on it
    :param targets: polar atoms around
    :param step: degrees between the torsions of a rotor
    :returns: at least one choice; none has directions if there is no hydrogen
    """
    near = conformer.neighbours(atom)
    here = conformer.position(atom)
    around = np.array([conformer.position(n) for n in near]).reshape(-1, 3)
    if number == 0:
        return [Choice(np.empty((0, 3)), 0.0)]
    if not near:
        return [Choice(_TETRAHEDRON[:number], 0.0)]
    if len(near) >= 3:
        return [Choice(opposite(here, around[:3])[:number], 0.0)]
    if len(near) == 2:
        if number >= 2:
            return [Choice(either_side(here, around)[:number], 0.0)]
        if conformer.hybridisation(atom) != SP3:
            return [Choice(opposite(here, around), 0.0)]
        return [Choice(side[None], 0.0) for side in either_side(here, around)]
    return _terminal(conformer, atom, number, targets, step)


_TETRAHEDRON = np.array([(1, 1, 1), (-1, -1, 1), (-1, 1, -1), (1, -1, -1)]) / math.sqrt(3)


def _terminal(conformer: Conformer, atom: int, number: int, targets: list[Target], step: int) -> list[Choice]:
    """
    Ways to place the hydrogens of an atom with one neighbour.

    :param conformer: the conformer
    :param atom: the heavy atom
    :param number: hydrogens on it, at least one
    :param targets: polar atoms around
    :param step: degrees between the torsions of a rotor
    :returns: the choices
    """
    system = conformer.system
    (only,) = conformer.neighbours(atom)
    here, origin, reference = conformer.position(atom), conformer.position(only), conformer.reference(atom, only)
    element, kind = system.elements[atom], conformer.hybridisation(atom)
    if kind == SP and element not in ('O', 'S'):
        return [Choice(unit(here - origin)[None], 0.0)]

    def cone(angle: float, torsions: list[float]) -> Array:
        return on_cone(here, origin, reference, angle, np.array(torsions))

    if element not in ('O', 'S', 'SE', 'N') or (kind == SP2 and element == 'N' and number > 1):
        if kind == SP2:
            return [Choice(cone(TRIGONAL, [0.0, math.pi])[:number], 0.0)]
        return [Choice(cone(TETRAHEDRAL, [math.pi, math.pi / 3, -math.pi / 3])[:number], 0.0)]
    towards = sorted(torsion_towards(here, origin, reference, point) for _, point in targets)
    if kind == SP2 and element == 'N':
        peptide = system.names[atom] == 'N'
        torsions = _grid(step, towards, 360) if peptide else [0.0, math.pi]
        return [Choice(cone(TRIGONAL, [t]), 0.0) for t in torsions]
    if number == 1 and element != 'N':
        angle = THIOL if element != 'O' else HYDROXYL
        if conformer.is_conjugated(atom):
            return [Choice(cone(angle, [t]), -CONJUGATED_BARRIER * math.sin(t) ** 2) for t in _flat_grid(towards)]
        barrier = HYDROXYL_BARRIER if element == 'O' else THIOL_BARRIER
        return [
            Choice(cone(angle, [t]), -barrier / 2 * (1 + math.cos(3 * t))) for t in _grid(step, towards, 360)
        ]  # fmt: skip
    period = 120 if number == 3 else 360
    found = []
    for t in _grid(15 if number == 3 else 60, towards, period):
        score = -AMMONIUM_BARRIER / 2 * (1 + math.cos(3 * t))
        found.append(Choice(cone(TETRAHEDRAL, [t, t + 2 * math.pi / 3, t - 2 * math.pi / 3][:number]), score))
    return found


def _grid(step: int, towards: list[float], period: int) -> list[float]:
    """
    Torsions of a rotor: an even grid with the staggered ones, and those that point at partners.

    :param step: degrees
    :param towards: torsions towards partners, radians
    :param period: degrees after which the rotor looks the same
    :returns: radians, sorted
    """
    turn = math.radians(period)
    even = [math.radians(t) for t in range(60 % step, period, step)]
    aimed: list[float] = []
    for t in towards:
        t %= turn
        if all(min(abs(t - a), turn - abs(t - a)) > _MERGE for a in aimed):
            aimed.append(t)
    rest = [t for t in even if all(min(abs(t - a), turn - abs(t - a)) > _MERGE for a in aimed)]
    return sorted(aimed + rest)


def _flat_grid(towards: list[float]) -> list[float]:
    """
    Torsions of a hydroxyl on an unsaturated atom: the two in its plane, and small turns towards partners.

    :param towards: torsions towards partners, radians
    :returns: radians, sorted
    """
    found = [0.0, math.pi]
    for t in towards:
        off = min(abs(t), math.pi - abs(t))
        if off > _MERGE and all(abs(t - f) > _MERGE for f in found):
            flat = 0.0 if abs(t) < math.pi / 2 else math.copysign(math.pi, t)
            near = flat + max(-_OUT_OF_PLANE, min(_OUT_OF_PLANE, t - flat))
            found += [near] + ([flat + (near - flat) / 2] if abs(near - flat) > 2 * _MERGE else [])
    return sorted(found)


def states_of(system: System, site: Site, targets: dict[int, list[Target]]) -> list[State]:
    """
    All states of a site.

    :param system: the system
    :param site: the site
    :param targets: polar atoms around each atom
    :returns: states in the order of the alternatives
    """
    for step in (20, 60, 120):
        states = []
        for alternative in site.alternatives:
            conformer = Conformer(system, site.label, alternative)
            carriers = [a for a in site.atoms if alternative.hydrogens.get(a, 0)]
            aims = [targets.get(a, []) if step < 120 else [] for a in carriers]
            ways = [
                choices(conformer, a, alternative.hydrogens[a], aim, step)
                for a, aim in zip(carriers, aims, strict=True)
            ]
            for combination in itertools.product(*ways):
                hydrogens = {a: c.directions for a, c in zip(carriers, combination, strict=True)}
                states.append(State(alternative, hydrogens, alternative.prior + sum(c.score for c in combination)))
                if len(states) > 4 * _CROWDED:
                    break
        if len(states) <= _CROWDED:
            break
    return states
