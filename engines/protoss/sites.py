"""Finds the sites of polymers: side chains and chain ends with several states, and every rotor that remains."""

from collections.abc import Iterator
from dataclasses import dataclass, field

import numpy as np

from engines.protoss.placement import SP2, SP3, Array, unit
from engines.protoss.states import Alternative, Choice, Conformer, Site, choices
from engines.protoss.system import Member, System
from engines.protoss.titration import HID_COST
from engines.structure.bonding import ResidueKey
from engines.structure.classification import Kind

_ACIDS = {'ASP': ('OD1', 'OD2'), 'GLU': ('OE1', 'OE2')}
_AMIDES = {'ASN': ('OD1', 'ND2'), 'GLN': ('OE1', 'NE2')}
_RING = ('ND1', 'CD2', 'CE1', 'NE2')
_ON_METAL_SIDE = 0.5
"""Cosine between hydrogen and metal, seen from the atom that both are bound to, above which they exclude each other."""


@dataclass
class FixedHydrogens:
    """
    Hydrogens that need no decision.

    :param atom: their heavy atom
    :param label: the conformer
    :param directions: unit vectors, shape (k, 3)
    """

    atom: int
    label: str
    directions: Array


@dataclass
class Layout:
    """
    What of the complex is fixed and what is to be decided.

    :param sites: the sites
    :param fixed: hydrogens without a choice
    :param sited: atoms that belong to a site
    """

    sites: list[Site] = field(default_factory=list)
    fixed: list[FixedHydrogens] = field(default_factory=list)
    sited: set[int] = field(default_factory=set)

    def add(self, site: Site) -> None:
        """
        Append a site.

        :param site: the site
        """
        self.sites.append(site)
        self.sited.update(site.atoms)


class PolymerSites:
    """
    Finds the sites of the polymers' residues.

    :param system: the system
    :param starts: residues that begin a chain in truth, not only in the model
    """

    def __init__(self, system: System, starts: set[ResidueKey]) -> None:
        self.system, self.starts = system, starts

    def find(self, layout: Layout) -> None:
        """
        Add the sites of all polymer residues.

        :param layout: gets the sites
        """
        for owner, member in enumerate(self.system.members):
            if member.kind is Kind.POLYMER:
                for site in self._residue_sites(owner, member):
                    layout.add(site)

    def _residue_sites(self, owner: int, member: Member) -> Iterator[Site]:
        """
        The sites of one residue.

        :param owner: its index
        :param member: the residue
        :returns: its sites, for each conformer
        """
        name = member.key[3]
        if name == 'HIS':
            yield from self._make(owner, ('CG', *_RING), 'HIS', self._histidine)
        elif name in _AMIDES:
            yield from self._make(owner, _AMIDES[name], name, self._amide)
        elif name in _ACIDS:
            yield from self._make(owner, _ACIDS[name], name, self._acid)
        elif name in ('LYS', 'CYS', 'TYR'):
            yield from self._make(owner, {'LYS': ('NZ',), 'CYS': ('SG',), 'TYR': ('OH',)}[name], name, self._simple)
        if member.component and member.component.is_amino_acid:
            yield from self._make(owner, ('N',), 'N+', self._amino_end)
            yield from self._make(owner, ('O', 'OXT'), 'C-', self._acid)

    def _make(self, owner: int, names: tuple[str, ...], kind: str, alternatives: object) -> Iterator[Site]:
        """
        One site for each conformer of some atoms.

        :param owner: index of the residue
        :param names: names of the atoms
        :param kind: kind of the site
        :param alternatives: makes the alternatives from the atoms, or an empty list if there is nothing to decide
        :returns: the sites
        """
        by_name: dict[str, list[int]] = {name: [] for name in names}
        for atom in self.system.members[owner].atoms:
            if self.system.names[atom] in by_name:
                by_name[self.system.names[atom]].append(atom)
        labels = sorted({self.system.labels[a] for atoms in by_name.values() for a in atoms} - {''}) or ['']
        for label in labels:
            chosen = [
                next((a for a in by_name[name] if self.system.labels[a] == label), None)
                or next((a for a in by_name[name] if not self.system.labels[a]), None)
                for name in names
            ]
            if all(a is not None for a in chosen):
                atoms = tuple(a for a in chosen if a is not None)
                found = self._allowed(alternatives(owner, atoms, kind))  # type: ignore[operator]
                if found:
                    yield Site(owner, label, atoms, found, kind)

    def _allowed(self, alternatives: list[Alternative]) -> list[Alternative]:
        """
        Drop alternatives with a hydrogen where a metal is.

        :param alternatives: of one site
        :returns: those that leave metal-bound lone pairs free, or the one with the fewest hydrogens
        """
        kept = [a for a in alternatives if not any(self._blocks(a, i) for i in self._places(a))]
        return kept or alternatives[:1]

    def _places(self, alternative: Alternative) -> Iterator[int]:
        """
        The atoms of an alternative that stand where a metal is bound, after their exchange.

        :param alternative: an alternative
        :returns: atoms
        """
        held, moved = self.system.coordinated, dict(alternative.swaps) | {b: a for a, b in alternative.swaps}
        yield from (moved.get(i, i) for i in {*alternative.hydrogens, *moved} if i in held)

    def _blocks(self, alternative: Alternative, atom: int) -> bool:
        """
        Whether an atom has nothing to offer a metal.

        :param alternative: its alternative
        :param atom: the atom
        :returns: True for carbon, and for an atom whose only lone pair or valence a hydrogen takes
        """
        if self.system.elements[atom] == 'C':
            return True
        return bool(alternative.hydrogens.get(atom)) and self._is_planar(alternative, atom)

    def _is_planar(self, alternative: Alternative, atom: int) -> bool:
        """
        Whether an atom has a single lone pair or valence, so that a metal takes the place of the hydrogen.

        :param alternative: its alternative
        :param atom: the atom
        :returns: True for ring nitrogens, carboxylates, sulphur, ammonium
        """
        element = self.system.elements[atom]
        return element in ('N', 'S') or (element == 'O' and len(alternative.hydrogens) > 1)

    def _histidine(self, _: int, atoms: tuple[int, ...], __: str) -> list[Alternative]:
        """
        Three protonation states, each in both orientations of the ring.

        :param atoms: CG, ND1, CD2, CE1, NE2
        :returns: six alternatives
        """
        nd1, cd2, ce1, ne2 = atoms[1:]
        if self.system.outer[nd1] or self.system.outer[ne2]:
            return []
        found: list[Alternative] = []
        for swaps in ((), ((nd1, cd2), (ce1, ne2))):
            for name, hd1, he2, prior in (('HIE', 0, 1, 0.0), ('HID', 1, 0, -HID_COST), ('HIP', 1, 1, 0.0)):
                hydrogens, charges = {nd1: hd1, cd2: 1, ce1: 1, ne2: he2}, {nd1: hd1 * he2, ne2: 0}
                flat = {nd1: SP2, ne2: SP2}
                both = hd1 * he2
                found.append(
                    Alternative(name, hydrogens, charges, prior, swaps, flat, len(found), both, usual=not both)
                )  # fmt: skip
        return found

    def _amide(self, _: int, atoms: tuple[int, ...], kind: str) -> list[Alternative]:
        """
        Both orientations of an amide.

        :param atoms: oxygen, nitrogen
        :param kind: ASN or GLN
        :returns: two alternatives, or none if the nitrogen carries a glycan
        """
        oxygen, nitrogen = atoms
        if self.system.outer[nitrogen]:
            return []
        return [
            Alternative(kind, {nitrogen: 2}, choice=i, swaps=swaps)
            for i, swaps in enumerate(((), ((oxygen, nitrogen),)))
        ]

    def _acid(self, _: int, atoms: tuple[int, ...], kind: str) -> list[Alternative]:
        """
        A carboxylate, and the acid with its hydrogen on either oxygen.

        :param atoms: the two oxygens
        :param kind: ASP, GLU or C-
        :returns: three alternatives; their rotors make four neutral states
        """
        first, second = atoms
        if self.system.outer[first] or self.system.outer[second]:
            return []
        name = {'ASP': 'ASH', 'GLU': 'GLH', 'C-': 'COOH'}[kind]
        charged = {'C-': 'COO-'}.get(kind, kind)
        return [
            Alternative(charged, {first: 0, second: 0}, {first: 0, second: -1}, proton=0),
            Alternative(name, {first: 0, second: 1}, {first: 0, second: 0}, choice=1, proton=1, usual=False),
            Alternative(name, {first: 1, second: 0}, {first: 0, second: 0}, choice=2, proton=1, usual=False),
        ]

    def _simple(self, _: int, atoms: tuple[int, ...], kind: str) -> list[Alternative]:
        """
        Lys, Cys and Tyr: as in water, and with one proton less.

        :param atoms: the only atom
        :param kind: LYS, CYS or TYR
        :returns: alternatives, or none if the atom is bound to another residue
        """
        (atom,) = atoms
        if self.system.outer[atom]:
            return []
        less = {'LYS': 'LYN', 'CYS': 'CYM', 'TYR': 'TYM'}[kind]
        return self._pair(atom, (kind, 3, 1) if kind == 'LYS' else (kind, 1, 0), less)

    def _pair(self, atom: int, full: tuple[str, int, int], less: str) -> list[Alternative]:
        """
        A group with its proton, and without it; at a metal the latter costs nothing.

        :param atom: the atom
        :param full: name, hydrogens and charge of the usual state
        :param less: name of the other one
        :returns: two alternatives
        """
        name, number, charge = full
        bound = atom in self.system.coordinated
        return [
            Alternative(name, {atom: number}, {atom: charge}, 0.0, (), {atom: SP3}, 0, 1),
            Alternative(
                less, {atom: number - 1}, {atom: charge - 1}, 0.0, (), {atom: SP3}, 1, None if bound else 0, usual=False
            ),
        ]  # fmt: skip

    def _amino_end(self, owner: int, atoms: tuple[int, ...], _: str) -> list[Alternative]:
        """
        The amino terminus.

        :param owner: index of the residue
        :param atoms: its nitrogen
        :returns: alternatives, or none within a chain
        """
        (atom,) = atoms
        member = self.system.members[owner]
        if self.system.outer[atom] or member.key not in self.starts:
            return []
        number = 4 - len(self.system.view(atom, self.system.labels[atom]))
        return self._pair(atom, ('NH3+', number, 1), 'NH2')


def settle_chain_gaps(system: System, starts: set[ResidueKey]) -> list[int]:
    """
    A residue whose predecessor is not modelled carries the hydrogen of an amide, for the chain goes on there.

    :param system: the system, changed in place
    :param starts: residues that begin a chain in truth
    :returns: residues before which the chain is not modelled
    """
    gaps = []
    for owner, member in enumerate(system.members):
        if member.kind is not Kind.POLYMER or not member.component or not member.component.is_amino_acid:
            continue
        for atom in member.atoms:
            if system.names[atom] == 'N' and not system.outer[atom] and member.key not in starts:
                if len(system.hydrogens[atom]) > 1:
                    system.hydrogens[atom], system.hybridisation[atom] = system.hydrogens[atom][:1], SP2
                    gaps.append(owner)
                elif len(system.hydrogens[atom]) == 1:
                    system.hydrogens[atom] = ()
                    gaps.append(owner)
    return sorted(set(gaps))


def remaining(system: System, layout: Layout) -> None:
    """
    Place what has one choice only, and make a site of every polar atom that has several.

    :param system: the system
    :param layout: with the sites found so far; gets the rest
    """
    done = frozenset(layout.sited)
    for atom, names in enumerate(system.hydrogens):
        member = system.members[system.owner[atom]]
        if not names or member.kind is Kind.WATER or atom in done:
            continue
        for label in system.conformers(atom, 2 if len(system.near[atom]) < 2 else 1):
            alternative = Alternative(member.key[3], {atom: len(names)})
            conformer = Conformer(system, label, alternative)
            ways = choices(conformer, atom, len(names), [], 120)
            if len(ways) == 1:
                directions = _away_from_metals(system, conformer, atom, ways)
                if len(directions):
                    layout.fixed.append(FixedHydrogens(atom, label, directions))
            else:
                layout.add(Site(system.owner[atom], label, (atom,), [alternative], 'rotor'))


def _away_from_metals(system: System, conformer: Conformer, atom: int, ways: list[Choice]) -> Array:
    """
    The directions of fixed hydrogens, without those that point at a metal which the atom holds.

    :param system: the system
    :param conformer: the conformer
    :param atom: the heavy atom
    :param ways: its only choice
    :returns: shape (k, 3)
    """
    directions = ways[0].directions
    for metal in system.coordinated.get(atom, ()):
        towards = unit(system.positions[metal] - conformer.position(atom))
        directions = directions[np.asarray(directions @ towards < _ON_METAL_SIDE)]
    return directions
