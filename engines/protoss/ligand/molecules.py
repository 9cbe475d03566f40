"""
The molecules of a complex: ligands of the structure, those a user has placed, and modified residues of chains.

Each is handed to ``ligand/states.py``, and what it answers becomes sites of the system. Ligands that stand where the
user has placed a molecule give way.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field

import gemmi
import numpy as np
from rdkit import Chem

from engines.notes import Note
from engines.protoss.ligand.states import LigandStates, ligand_states
from engines.protoss.placement import Array
from engines.protoss.system import METAL_TOLERANCE
from engines.structure.bonding import ResidueKey
from engines.structure.classification import Classification, Kind
from engines.structure.molecules import Ligand
from engines.structure.neighbours import near_pairs

CLASH = 2.4
"""Angstrom between heavy atoms below which a ligand gives way: nearer than the shortest hydrogen bonds."""
WATER_CLASH = 2.2
"""Angstrom; likewise for waters, which may be hydrogen bonded."""
RECORD_TOLERANCE = 0.15
"""
Angstrom above the sum of the covalent radii up to which an atom of a placed molecule is bonded to the polymer; little,
since docked poses come near without being bonded.
"""
LINKERS = ('N', 'O', 'S', 'C')
"""Elements of polymer atoms that bind ligands covalently."""
AtomKey = tuple[ResidueKey, str]


@dataclass
class Molecule:
    """
    A molecule whose states are decided.

    :param name: title of its record
    :param mol: as it was given, with one conformer
    :param atoms: residue and name of each heavy atom, in the order of the molecule
    :param states: its tautomers and protomers, or None if it cannot be understood
    :param base: heavy atoms with the hydrogens of the likeliest state
    :param label: conformer of the structure that it shows
    :param origin: ``found``, ``placed`` or ``other``
    :param keys: its residues in the structure, all conformers
    :param sites: for each of its sites the number of the group, filled by the engine
    """

    name: str
    mol: Chem.Mol
    atoms: list[AtomKey]
    states: LigandStates | None
    base: Chem.Mol
    label: str = ''
    origin: str = 'found'
    keys: list[ResidueKey] = field(default_factory=list)
    sites: list[int] = field(default_factory=list)


def heavy_positions(mol: Chem.Mol) -> Array:
    """
    Positions of the heavy atoms.

    :param mol: molecule with a conformer
    :returns: shape (n, 3), Angstrom
    """
    points: Array = mol.GetConformer().GetPositions()
    heavy = [a.GetIdx() for a in mol.GetAtoms() if a.GetAtomicNum() > 1]
    return points[heavy]


class MoleculeMaker:
    """
    Turns ligands and records into molecules with states.

    :param classification: the classified structure, for the metals
    :param ph: pH
    :param notes: gets what could not be kept
    """

    def __init__(self, classification: Classification, ph: float, notes: list[Note]) -> None:
        self.ph, self.notes = ph, notes
        metals = [a for item in classification.residues for a in item.residue if a.element.is_metal]
        self._points = np.array([a.pos.tolist() for a in metals]).reshape(-1, 3)
        self._radii = np.array([a.element.covalent_r for a in metals])
        chains = [
            a for item in classification.of_kind(Kind.POLYMER) for a in item.residue
            if not a.is_hydrogen() and a.element.name in LINKERS
        ]  # fmt: skip
        self._chain_points = np.array([a.pos.tolist() for a in chains]).reshape(-1, 3)
        self._chain_radii = np.array([a.element.covalent_r for a in chains])

    def of_ligand(self, ligand: Ligand) -> Molecule:
        """
        A ligand of the structure.

        :param ligand: with its chemistry
        :returns: the molecule
        """
        mol = ligand.molecule.mol
        rank = {idx: i for i, idx in enumerate(a.GetIdx() for a in mol.GetAtoms() if a.GetAtomicNum() > 1)}
        atoms: list[AtomKey] = [(('', 0, '', ''), '')] * len(rank)
        for key, idx in ligand.molecule.atoms.items():
            atoms[rank[idx]] = key
        own = set(ligand.keys)
        ends = [(b.first, b.first_atom) for b in ligand.outer_bonds] + [
            (b.second, b.second_atom) for b in ligand.outer_bonds
        ]
        bound = [i for i, key in enumerate(atoms) if key[0] in own and key in ends]
        states = self.states(mol, ligand.name, bound) if len(atoms) > 1 else None
        if len(atoms) == 1:
            mol = _bare(mol)
        base = states.build((0,) * len(states.sites)) if states else Chem.RemoveAllHs(mol, sanitize=False)
        return Molecule(ligand.name, mol, atoms, states, base, ligand.label, 'found', list(ligand.keys))

    def of_record(self, name: str, mol: Chem.Mol, number: int, origin: str) -> Molecule:
        """
        A molecule of an SDF record.

        :param name: its title
        :param mol: the molecule
        :param number: its number among all records
        :param origin: ``placed`` or ``other``
        :returns: the molecule
        """
        key: ResidueKey = ('', number, 'record', name)
        heavy = [a for a in mol.GetAtoms() if a.GetAtomicNum() > 1]
        atoms = [(key, f'{a.GetSymbol()}{i + 1}') for i, a in enumerate(heavy)]
        symbols = [a.GetSymbol() for a in heavy]
        ends = covalent_ends(heavy_positions(mol), symbols, self._chain_points, self._chain_radii)
        states = self.states(mol, name, sorted({i for i, _ in ends if symbols[i] not in ('O', 'N')}))
        base = states.build((0,) * len(states.sites)) if states else Chem.RemoveAllHs(mol, sanitize=False)
        return Molecule(name, mol, atoms, states, base, '', origin, [key])

    def states(self, mol: Chem.Mol, name: str, bound: list[int]) -> LigandStates | None:
        """
        The states of a molecule.

        :param mol: the molecule
        :param name: how it is called in a note
        :param bound: heavy atoms bonded to the protein
        :returns: its states, or None if its valences cannot be understood
        """
        try:
            found = ligand_states(mol, self.ph, without_h=self._at_metals(mol), bound=bound)
            found.build((0,) * len(found.sites))
        except (ValueError, RuntimeError, KeyError):
            message = f'The bonds of {name} cannot be understood in full; its hydrogens are those of the input form.'
            self.notes.append(Note('ligand.one_state', name, message))
            return None
        self.notes.extend(Note('ligand.metal', name, text) for text in found.notes)
        return found

    def _at_metals(self, mol: Chem.Mol) -> list[int]:
        """
        Donor atoms of a molecule that coordinate a metal of the structure.

        :param mol: the molecule
        :returns: their numbers among the heavy atoms
        """
        heavy = [a for a in mol.GetAtoms() if a.GetAtomicNum() > 1]
        points = heavy_positions(mol)
        first, second = near_pairs(points, self._points, 3.5)
        found = set()
        for i, j in zip(first.tolist(), second.tolist(), strict=True):
            if heavy[i].GetSymbol() in ('N', 'O', 'S', 'Se') and not _is_alcohol(heavy[i]):
                limit = gemmi.Element(heavy[i].GetSymbol()).covalent_r + self._radii[j] + METAL_TOLERANCE
                if float(np.linalg.norm(points[i] - self._points[j])) < limit:
                    found.add(i)
        return sorted(found)


def _bare(mol: Chem.Mol) -> Chem.Mol:
    """
    A single heavy atom without hydrogens: all that is modelled of a sulphate or phosphate.

    :param mol: one heavy atom
    :returns: the atom alone
    """
    alone = Chem.RWMol(Chem.RemoveAllHs(mol, sanitize=False))
    alone.GetAtomWithIdx(0).SetNoImplicit(True)
    alone.GetAtomWithIdx(0).SetNumExplicitHs(0)
    return alone.GetMol()


def covalent_ends(points: Array, elements: list[str], others: Array, radii: Array) -> list[tuple[int, int]]:
    """
    Atoms of a placed molecule that are bonded to a polymer, by their distances.

    :param points: atoms of the molecule, Angstrom
    :param elements: their symbols
    :param others: atoms of the polymer
    :param radii: covalent radii of the latter
    :returns: pairs of indices
    """
    first, second = near_pairs(points, others, 2.3)
    own = np.array([gemmi.Element(e).covalent_r for e in elements])
    apart = np.sqrt(((points[first] - others[second]) ** 2).sum(1))
    bonded = (apart < own[first] + radii[second] + RECORD_TOLERANCE) & (apart > 0.9)
    return list(zip(first[bonded].tolist(), second[bonded].tolist(), strict=True))


def _is_alcohol(atom: Chem.Atom) -> bool:
    """
    Whether an atom is the oxygen of an alcohol, which keeps its hydrogen at a metal and turns it away.

    :param atom: the atom
    :returns: True for a hydroxyl on saturated carbon
    """
    near = [n for n in atom.GetNeighbors() if n.GetAtomicNum() > 1]
    return (
        atom.GetAtomicNum() == 8
        and len(near) == 1
        and near[0].GetAtomicNum() == 6
        and near[0].GetHybridization() == Chem.HybridizationType.SP3
    )


def clashing(points: Array, others: Iterable[tuple[str, Array]], limit: float) -> list[str]:
    """
    Names of molecules that stand where others have been placed.

    :param points: atoms of the placed molecules, shape (n, 3)
    :param others: names and atoms of the molecules in question
    :param limit: Angstrom
    :returns: names of those that clash, in order
    """
    return [name for name, place in others if near_pairs(place, points, limit)[0].size]
