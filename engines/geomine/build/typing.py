"""
What each atom of a structure can do, and the aromatic rings.

Amino acids and nucleotides follow tables, as the pockets of DoGSite do; ligands follow their molecules, with the bond
orders of the component dictionary. Hydrogens are not placed: where an atom gives or takes a hydrogen bond is told by
the atoms it is bonded to, which is exact for backbone, amides, carbonyls and rings, and the middle of the cone for
hydroxyls and amines.
"""

from dataclasses import dataclass
from functools import cache, cached_property
from typing import NamedTuple

import numpy as np
from rdkit import Chem

from engines.dogsite.chemistry import hydrogen_bonding
from engines.geomine.build.complex import Complex, unit
from engines.geomine.words import BACKBONE, Interaction, Molecule, Part, Shape
from engines.structure.molecules import Ligand
from engines.structure.neighbours import Array

_SIX = ('CG', 'CD1', 'CE1', 'CZ', 'CE2', 'CD2')
_RINGS: dict[str, tuple[tuple[str, ...], ...]] = {
    'PHE': (_SIX,),
    'TYR': (_SIX,),
    'HIS': (('CG', 'ND1', 'CE1', 'NE2', 'CD2'),),
    'TRP': (('CG', 'CD1', 'NE1', 'CE2', 'CD2'), ('CD2', 'CE2', 'CZ2', 'CH2', 'CZ3', 'CE3')),
    **dict.fromkeys('AG', (('N9', 'C8', 'N7', 'C5', 'C4'), ('C4', 'C5', 'C6', 'N1', 'C2', 'N3'))),
    **dict.fromkeys('CUT', (('N1', 'C2', 'N3', 'C4', 'C5', 'C6'),)),
}
"""Aromatic rings of standard residues."""
_CHARGED = {
    **dict.fromkeys((('LYS', 'NZ'), ('ARG', 'NE'), ('ARG', 'NH1'), ('ARG', 'NH2')), Interaction.CATION),
    **dict.fromkeys((('ASP', 'OD1'), ('ASP', 'OD2'), ('GLU', 'OE1'), ('GLU', 'OE2')), Interaction.ANION),
}
_PHOSPHATE = frozenset({'OP1', 'OP2', 'O1P', 'O2P'})
_SUGAR = "'*"
_DONORS = '[$([#7;!H0;v3,v4&+1]),$([O,S;!H0;+0]),$([n;!H0])]'
_ACCEPTORS = (
    '[$([O;H0,H1;-1,$([#8]);!$([o+])]),'
    '$([N;-,$([N;+0;!$(N-*=[O,S,N]);!$(N-a);!$(N(-*)(-*)-S(=O)=O)]),$([N;+0]=*),$(N#*)]),$([n;+0;H0;!$(n(a)(a)[!#1])])]'
)
_CATIONS = (
    '[$([+;!$([+]~[-])]),$([N;X3;!$(N-[!#6;!#1]);!$(N-C=[O,S,N]);!$(N-a);!$(N-C#N);!$(N-C=C)]),'
    '$([#7]~[CX3](~[#7;X3,X2])~[#7;X3,X2]),$([NX2,NX3;!$(N-[!#6;!#1])]~[CX3;!$(C=[O,S])](~[NX3,NX2])[#6,#1])]'
)
_ANIONS = '[$([-;!$([-]~[+])]),$([O;H1]-[C,S,P]=O),$(O=[C,S,P]-[O;H1,-])]'
_PATTERNS = {
    Interaction.DONOR: _DONORS,
    Interaction.ACCEPTOR: _ACCEPTORS,
    Interaction.CATION: _CATIONS,
    Interaction.ANION: _ANIONS,
}
_POLAR = (7, 8, 15)


class KindKey(NamedTuple):
    """What makes two points of one kind; the columns of ``geomine_kind`` in their order."""

    shape: int
    molecule: int
    element: int
    residue: str
    parent: str
    part: int
    secondary: int
    interactions: int


@dataclass(frozen=True)
class Ring:
    """
    An aromatic ring.

    :param residue: that it belongs to
    :param atoms: its atoms
    :param centre: Angstrom, shape (3,)
    :param normal: of its plane, in thousandths; the first of its numbers that is not 0 is positive
    """

    residue: int
    atoms: tuple[int, ...]
    centre: Array
    normal: tuple[int, int, int]


class Typing:
    """
    Knows of each atom of a structure what it can do.

    :param complex_: the structure
    :param ligands: its ligands
    """

    def __init__(self, complex_: Complex, ligands: list[Ligand]) -> None:
        self._complex = complex_
        self.apo, self.holo = complex_.surface(with_ligands=False), complex_.surface(with_ligands=True)
        self._secondary = complex_.secondary()
        self._ligand: dict[int, Interaction] = {}
        self.rings = self._residue_rings()
        for ligand in ligands:
            self._take_ligand(ligand)

    def kind(self, atom: int) -> KindKey:
        """
        :param atom: of the structure
        :returns: its kind
        """
        residue = int(self._complex.owner[atom])
        found = self._complex.residues[residue]
        return KindKey(
            Shape.ATOM,
            found.molecule,
            int(self._complex.numbers[atom]),
            found.key[3],
            found.parent,
            self._part(atom),
            self._secondary.get(residue, 0),
            int(self.interactions(atom)),
        )

    def ring_kind(self, ring: Ring) -> KindKey:
        """
        :param ring: of the structure
        :returns: its kind
        """
        found = self._complex.residues[ring.residue]
        part = Part.SIDE_CHAIN if found.parent else Part.NONE
        secondary = self._secondary.get(ring.residue, 0)
        return KindKey(
            Shape.RING, found.molecule, 0, found.key[3], found.parent, part, secondary, int(Interaction.AROMATIC)
        )  # fmt: skip

    def surface(self, atom: int) -> float:
        """
        :param atom: of the structure
        :returns: square Angstrom that water can touch: without ligands, but for the atoms of ligands themselves
        """
        is_ligand = self._complex.residues[int(self._complex.owner[atom])].molecule is Molecule.LIGAND
        return round(float((self.holo if is_ligand else self.apo)[atom]), 1)

    def direction(self, atom: int) -> tuple[int, int, int]:
        """
        :param atom: of the structure
        :returns: where it gives or takes a hydrogen bond, away from what it is bonded to, in thousandths; 0, 0, 0 if it
            does neither, or in all directions
        """
        partners = self._complex.bonded.get(atom, [])
        if not partners or not self.interactions(atom) & (Interaction.DONOR | Interaction.ACCEPTOR):
            return 0, 0, 0
        ways = self._complex.positions[atom] - self._complex.positions[partners]
        return unit((ways / np.linalg.norm(ways, axis=1)[:, None]).sum(0))

    def interactions(self, atom: int) -> Interaction:
        """
        :param atom: of the structure
        :returns: what it can take part in
        """
        return self._interactions[atom]

    @cached_property
    def _interactions(self) -> list[Interaction]:
        """What each atom can take part in."""
        aromatic = {atom for ring in self.rings for atom in ring.atoms}
        return [
            self._own(atom) | (Interaction.AROMATIC if atom in aromatic else Interaction(0))
            for atom in range(len(self._complex.atoms))
        ]

    def _own(self, atom: int) -> Interaction:
        """
        :param atom: of the structure
        :returns: what it can take part in, but for its rings
        """
        residue = self._complex.residues[int(self._complex.owner[atom])]
        element = self._complex.atoms[atom].element
        if residue.molecule is Molecule.METAL:
            return Interaction.METAL | Interaction.CATION if element.is_metal else Interaction.ANION
        if residue.molecule is Molecule.WATER:
            return Interaction.DONOR | Interaction.ACCEPTOR
        if element.is_metal:
            return Interaction.METAL
        result = self._ligand[atom] if atom in self._ligand else self._of_polymer(atom)
        return result | (Interaction.HYDROPHOBIC if self._is_hydrophobic(atom) else Interaction(0))

    def _of_polymer(self, atom: int) -> Interaction:
        """
        :param atom: of a polymer
        :returns: its hydrogen bonds and charges
        """
        residue = self._complex.residues[int(self._complex.owner[atom])]
        name, element = self._complex.atoms[atom].name, self._complex.atoms[atom].element.name
        result = _CHARGED.get((residue.parent, name), Interaction(0))
        if element in ('N', 'O'):
            gives, takes = hydrogen_bonding(residue.parent, name, element)
            result |= Interaction.DONOR if gives else Interaction(0)
            result |= Interaction.ACCEPTOR if takes else Interaction(0)
        last = residue.molecule is Molecule.PROTEIN and (residue.key, 'OXT') in self._complex.index
        phosphate = residue.molecule is Molecule.NUCLEIC and name in _PHOSPHATE
        return result | (Interaction.ANION if (last and name in ('O', 'OXT')) or phosphate else Interaction(0))

    def _is_hydrophobic(self, atom: int) -> bool:
        """
        :param atom: of the structure
        :returns: whether it is a carbon, sulphur, selenium or halogen without a bond to N, O or P
        """
        if self._complex.atoms[atom].element.name not in ('C', 'S', 'Se', 'Cl', 'Br', 'I'):
            return False
        return all(self._complex.numbers[other] not in _POLAR for other in self._complex.bonded.get(atom, []))

    def _part(self, atom: int) -> Part:
        """
        :param atom: of the structure
        :returns: what part of its residue it belongs to
        """
        residue = self._complex.residues[int(self._complex.owner[atom])]
        name = self._complex.atoms[atom].name
        if residue.molecule is Molecule.PROTEIN:
            return Part.BACKBONE if name in BACKBONE else Part.SIDE_CHAIN
        if residue.molecule is Molecule.NUCLEIC:
            return Part.BACKBONE if 'P' in name or any(mark in name for mark in _SUGAR) else Part.SIDE_CHAIN
        return Part.NONE

    def _residue_rings(self) -> list[Ring]:
        """
        :returns: the aromatic rings of standard residues
        """
        found = []
        for number, residue in enumerate(self._complex.residues):
            for names in _RINGS.get(residue.parent, ()):
                atoms = [self._complex.index.get((residue.key, name)) for name in names]
                if None not in atoms:
                    found.append(self._ring(number, [atom for atom in atoms if atom is not None]))
        return found

    def _ring(self, residue: int, atoms: list[int]) -> Ring:
        """
        :param residue: that it belongs to
        :param atoms: around it
        :returns: the ring
        """
        places = self._complex.positions[atoms]
        normal = unit(np.linalg.svd(places - places.mean(0))[2][2])
        sign = -1 if next((x for x in normal if x), 1) < 0 else 1
        u, v, w = (sign * x for x in normal)
        return Ring(residue, tuple(atoms), places.mean(0), (u, v, w))

    def _take_ligand(self, ligand: Ligand) -> None:
        """
        :param ligand: whose atoms and rings are learned
        """
        mol = ligand.molecule.mol
        atoms = {
            number: self._complex.index[key]
            for key, number in ligand.molecule.atoms.items()
            if key in self._complex.index
        }
        kinds = dict.fromkeys(atoms, Interaction(0))
        for kind, pattern in _compiled().items():
            for (number,) in mol.GetSubstructMatches(pattern, maxMatches=10_000):
                if number in kinds:
                    kinds[number] |= kind
        self._ligand |= {atoms[number]: kind for number, kind in kinds.items()}
        for ring in mol.GetRingInfo().AtomRings():
            if all(number in atoms and mol.GetAtomWithIdx(number).GetIsAromatic() for number in ring):
                places = [atoms[number] for number in ring]
                self.rings.append(self._ring(int(self._complex.owner[places[0]]), places))


@cache
def _compiled() -> dict[Interaction, Chem.Mol]:
    """:returns: the patterns of ligands"""
    return {kind: Chem.MolFromSmarts(smarts) for kind, smarts in _PATTERNS.items()}
