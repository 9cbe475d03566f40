"""A structure as sites are cut from it: one conformer, all heavy atoms as arrays, and what each residue is."""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property

import gemmi
import numpy as np
import numpy.typing as npt

from engines.dogsite.chemistry import parent
from engines.dogsite.columns import AMINO_ACIDS
from engines.geomine.words import Molecule, Secondary
from engines.structure.bonding import TOLERANCE, ResidueKey
from engines.structure.classification import Classification, Classified, Kind
from engines.structure.conformers import best_label, choose
from engines.structure.molecules import Ligand
from engines.structure.neighbours import Array, Indices, near_pairs

_NUCLEOTIDES = frozenset('ACGUT')
_LONGEST_BOND = 2.7
"""Angstrom; no covalent bond between atoms other than metals is longer."""
_SAME = 0.4
"""Angstrom below which two atoms stand at one place."""
_LONGEST_STEP = 4.5
"""Angstrom between CA atoms; those of bonded residues are 3.8 apart, or 2.9 at a cis peptide."""


@dataclass(frozen=True)
class Residue:
    """
    A residue.

    :param key: what identifies it
    :param molecule: what it belongs to
    :param parent: standard amino acid or nucleotide that it comes from; empty for whatever is no polymer
    """

    key: ResidueKey
    molecule: Molecule
    parent: str


class Complex:
    """
    The heavy atoms of a structure, one position each.

    ``atoms`` are those of gemmi, ``owner`` the index of the residue of each, ``positions`` (n, 3) in Angstrom,
    ``numbers`` atomic numbers.

    :param classification: of the first model
    :param ligands: its ligands, whose atoms are those that their molecules have
    """

    def __init__(self, classification: Classification, ligands: list[Ligand]) -> None:
        self.residues: list[Residue] = []
        self.atoms: list[gemmi.Atom] = []
        owner: list[int] = []
        inside = {key for ligand in ligands for key in ligand.keys}
        shown = {key for ligand in ligands for key in ligand.molecule.atoms}
        places: dict[tuple[str, int, str], list[Classified]] = {}
        for item in classification.residues:
            places.setdefault(item.key[:3], []).append(item)
        for members in places.values():
            kinds = {member.key: member.kind for member in members}
            pairs = [(member.key, member.residue) for member in members]
            for residue in choose(pairs, best_label([each for _, each in pairs])):
                kept = residue.heavy
                if residue.key in inside:
                    kept = tuple(atom for atom in kept if (residue.key, atom.name) in shown)
                if kept:
                    owner += [len(self.residues)] * len(kept)
                    self.atoms += kept
                    self.residues.append(_residue(residue.key, kinds[residue.key]))
        self.owner: Indices = np.array(owner, np.intp)
        self.positions: Array = np.array([atom.pos.tolist() for atom in self.atoms], np.float64).reshape(-1, 3)
        self.numbers: Indices = np.array([atom.element.atomic_number for atom in self.atoms], np.intp)
        self.index = {
            (self.residues[o].key, atom.name): i for i, (o, atom) in enumerate(zip(owner, self.atoms, strict=True))
        }

    @cached_property
    def members(self) -> list[list[int]]:
        """The atoms of each residue."""
        result: list[list[int]] = [[] for _ in self.residues]
        for atom, owner in enumerate(self.owner.tolist()):
            result[owner].append(atom)
        return result

    @cached_property
    def bonded(self) -> dict[int, list[int]]:
        """Atoms that each atom is covalently bonded to, by their distance; metals and waters have none."""
        free = [
            i for i, owner in enumerate(self.owner.tolist())
            if self.residues[owner].molecule not in (Molecule.WATER, Molecule.METAL)
        ]  # fmt: skip
        spots = np.array(free, np.intp)
        radii = np.array([self.atoms[i].element.covalent_r for i in free])
        first, second = near_pairs(self.positions[spots], self.positions[spots], _LONGEST_BOND)
        apart = np.linalg.norm(self.positions[spots[first]] - self.positions[spots[second]], axis=1)
        near = (apart > _SAME) & (apart <= radii[first] + radii[second] + TOLERANCE)
        result: dict[int, list[int]] = {i: [] for i in free}
        for i, j in zip(spots[first[near]].tolist(), spots[second[near]].tolist(), strict=True):
            result[i].append(j)
        return result

    def surface(self, with_ligands: bool) -> Array:
        """
        Area that a water can touch (Lee and Richards 1971), by FreeSASA (Mitternacht 2016, F1000Research 5:189).

        :param with_ligands: whether ligands are there; waters never are
        :returns: square Angstrom, shape (n,); 0 for atoms that are left out
        """
        from rdkit import Chem
        from rdkit.Chem import rdFreeSASA
        from rdkit.Geometry import Point3D

        out = {Molecule.WATER} if with_ligands else {Molecule.WATER, Molecule.LIGAND}
        kept = [i for i, owner in enumerate(self.owner.tolist()) if self.residues[owner].molecule not in out]
        result = np.zeros(len(self.atoms))
        if not kept:
            return result
        mol = Chem.RWMol()
        conformer = Chem.Conformer(len(kept))
        for number, i in enumerate(kept):
            mol.AddAtom(Chem.Atom(int(self.numbers[i])))
            conformer.SetAtomPosition(number, Point3D(*self.positions[i].tolist()))
        mol.AddConformer(conformer)
        rdFreeSASA.CalcSASA(mol, [float(self.atoms[i].element.vdw_r) for i in kept])
        result[kept] = [atom.GetDoubleProp('SASA') for atom in mol.GetAtoms()]
        return result

    def secondary(self) -> dict[int, Secondary]:
        """
        Secondary structure from the trace of CA atoms, by P-SEA (Labesse et al. 1997, Bioinformatics 13:291) as biotite
        has it.

        :returns: by the index of an amino acid
        """
        from biotite.structure import AtomArray, annotate_sse

        trace = [
            (residue, atom) for residue, atoms in enumerate(self.members) for atom in atoms
            if self.residues[residue].molecule is Molecule.PROTEIN and self.atoms[atom].name == 'CA'
            and self.atoms[atom].element.name == 'C'
        ]  # fmt: skip
        if not trace:
            return {}
        array = AtomArray(len(trace))
        array.coord = self.positions[[atom for _, atom in trace]].astype(np.float32)
        array.atom_name[:], array.res_name[:], array.element[:] = 'CA', 'ALA', 'C'
        # Its own numbering, so that insertion codes do not matter; a gap of the chain ends an element.
        array.res_id = np.cumsum(np.concatenate(([1], 1 + self._gaps([atom for _, atom in trace]))))
        array.chain_id[:] = 'A'
        letters = {'a': Secondary.HELIX, 'b': Secondary.STRAND, 'c': Secondary.COIL}
        found = annotate_sse(array)
        return {residue: letters.get(letter, Secondary.COIL) for (residue, _), letter in zip(trace, found, strict=True)}

    def _gaps(self, trace: list[int]) -> npt.NDArray[np.int64]:
        """
        :param trace: CA atoms in file order
        :returns: 1 where the next one is too far away to be bonded to it, else 0
        """
        steps = np.linalg.norm(np.diff(self.positions[trace], axis=0), axis=1)
        gaps: npt.NDArray[np.int64] = (steps > _LONGEST_STEP).astype(np.int64)
        return gaps

    def near(self, centres: Array, radius: float) -> Indices:
        """
        :param centres: Angstrom, shape (m, 3)
        :param radius: Angstrom
        :returns: atoms within it of any centre, rising
        """
        if len(centres) == 0:
            return np.empty(0, np.intp)
        low, high = centres.min(0) - radius, centres.max(0) + radius
        box = np.flatnonzero(((self.positions >= low) & (self.positions <= high)).all(1))
        found: Indices = box[np.unique(near_pairs(self.positions[box], centres, radius)[0])]
        return found


def _residue(key: ResidueKey, kind: Kind) -> Residue:
    """
    :param key: of a residue
    :param kind: what it is
    :returns: it in the words of sites
    """
    if kind is not Kind.POLYMER:
        others = {Kind.WATER: Molecule.WATER, Kind.METAL: Molecule.METAL, Kind.LIGAND: Molecule.LIGAND}
        return Residue(key, others[kind], '')
    name = parent(key[3])
    if name in _NUCLEOTIDES:
        return Residue(key, Molecule.NUCLEIC, name)
    return Residue(key, Molecule.PROTEIN, name if name in AMINO_ACIDS else '')


def unit(vector: Array) -> tuple[int, int, int]:
    """
    :param vector: shape (3,)
    :returns: its direction in thousandths; 0, 0, 0 if it has none
    """
    length = float(np.linalg.norm(vector))
    if length < 1e-3:
        return 0, 0, 0
    u, v, w = (round(1000 * float(x) / length) for x in vector)
    return u, v, w


def together(keys: Iterable[int]) -> list[int]:
    """
    :param keys: indices
    :returns: each once, rising
    """
    return sorted(set(keys))
