"""What is profiled: a complex with all its atoms and bonds, its ligands, and the residues around each of them."""

import re
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
from rdkit import Chem

from engines.errors import EngineError
from engines.notes import Note, listing
from engines.protoss.ligand.molecules import CLASH, clashing, heavy_positions
from engines.protoss.placement import Array
from engines.protoss.system import System
from engines.protoss.topology import build
from engines.structure.bonding import ResidueKey
from engines.structure.classification import Classification, Kind, classify
from engines.structure.components import ComponentDictionary
from engines.structure.custom_ligands import read_ligands
from engines.structure.duplicates import join_split_residues, refuse_ambiguous_ligands
from engines.structure.main_conformers import main_conformers
from engines.structure.molecules import Ligand, UniqueNames, find_ligands
from engines.structure.neighbours import SymmetryCopy, near_pairs, symmetry_copies
from engines.structure.reading import StructureInput, keep_first_model, read_structure

Indices = npt.NDArray[np.intp]
Mask = npt.NDArray[np.bool_]
_TITLE = re.compile(r'(?:^|_)([A-Z0-9]{1,5})_([A-Za-z0-9]{1,4})_(-?\d+)([A-Za-z]?)$')
"""What the title of a ligand may end with: residue name, chain, number, insertion code."""
CRYSTAL_REACH = 10.0
"""Angstrom up to which symmetry copies are looked for."""
SITE_RADIUS = 6.5
"""Angstrom between heavy atoms of a residue and of the ligand up to which the residue belongs to the site."""


class AtomName(NamedTuple):
    """An atom: its residue, its name, and its altloc, which may be empty."""

    key: ResidueKey
    name: str
    label: str = ''


@dataclass
class Subject:
    """
    A ligand.

    :param name: such as ``P86_A_400``
    :param key: its first residue; of a molecule from a file what its title says
    :param mol: the molecule with hydrogens and its pose
    :param atoms: the heavy atoms of the molecule, in its order
    :param indices: of each heavy atom in the system; empty for a molecule from a file
    :param sites: all atoms of its residues in the system, those of other conformers included
    :param label: the conformer that the molecule shows
    :param found: the ligand of the structure; None for a molecule from a file
    """

    name: str
    key: ResidueKey
    mol: Chem.Mol
    atoms: list[AtomName]
    indices: Indices
    sites: Indices
    label: str = ''
    found: Ligand | None = None

    @property
    def points(self) -> Array:
        """Positions of the heavy atoms, Angstrom, shape (n, 3)."""
        return heavy_positions(self.mol)


@dataclass
class Complex:
    """
    A complex that is profiled.

    :param source: the structure; the first model counts
    :param classification: its residues
    :param system: its heavy atoms and their bonds
    :param b_factors: of each atom, A^2
    :param radii: van der Waals radius of each atom, Angstrom
    :param main: which atoms belong to the most occupied conformer of their residue
    :param ligands: those of the structure, then those of the file
    :param in_the_way: for each ligand atoms that are not there when it is
    :param copies: symmetry copies of all atoms, as far as they come near; none without a crystal cell
    :param notes: what the user should know
    """

    source: StructureInput
    classification: Classification
    system: System
    b_factors: Array
    radii: Array
    main: Mask
    ligands: list[Subject] = field(default_factory=list)
    in_the_way: list[Mask] = field(default_factory=list)
    copies: list[SymmetryCopy] = field(default_factory=list)
    notes: list[Note] = field(default_factory=list)

    def name(self, atom: int) -> AtomName:
        """
        :param atom: an atom of the system
        :returns: what identifies it
        """
        system = self.system
        return AtomName(system.members[system.owner[atom]].key, system.names[atom], system.labels[atom])

    def of_kind(self, *kinds: Kind) -> Mask:
        """
        :param kinds: of residues
        :returns: which atoms belong to them
        """
        known = np.array([member.kind in kinds for member in self.system.members], np.bool_)
        mask: Mask = known[self.owners]
        return mask

    def confidences(self) -> list[float]:
        """
        :returns: the B factor of each residue of the polymer, which is its confidence if the structure is a prediction
        """
        members = (m for m in self.system.members if m.kind is Kind.POLYMER and m.atoms)
        return [float(self.b_factors[member.atoms].mean()) for member in members]

    @property
    def owners(self) -> Indices:
        """Index of the residue of each atom."""
        return np.array(self.system.owner, np.intp)


def read_complex(path: Path, ccd: Path, ligand_file: Path | None) -> Complex:
    """
    Read what is to be profiled.

    :param path: PDB or mmCIF file
    :param ccd: component dictionary
    :param ligand_file: SDF of further ligands, or None
    :returns: the complex
    :raises EngineError: if a file cannot be used
    """
    placed = read_ligands(ligand_file) if ligand_file else []
    source = read_structure(path)
    notes = list(source.notes)
    if (models := keep_first_model(source.structure)) > 1:
        message = f'The structure has {models} models; only the first one was used.'
        notes.append(Note('structure.first_model', '', message))
    join_split_residues(source.structure)
    with closing(ComponentDictionary(ccd)) as dictionary:
        classification = classify(source, dictionary)
    refuse_ambiguous_ligands(classification)
    system = build(classification, [], source.structure)
    if not system.elements:
        raise EngineError('structure.no_atoms', 'The file holds no atoms.', 'A structure with heavy atoms is needed.')
    heavy = [atom for member in system.members for atom in member.residue or () if not atom.is_hydrogen()]
    result = Complex(
        source, classification, system,
        np.array([atom.b_iso for atom in heavy]), np.array([atom.element.vdw_r for atom in heavy]),
        main_conformers(classification)[0], notes=notes,
    )  # fmt: skip
    result.copies = symmetry_copies(source.structure, system.positions, CRYSTAL_REACH)
    _add_ligands(result, placed)
    return result


def _add_ligands(result: Complex, placed: list[tuple[str, str, Chem.Mol]]) -> None:
    """
    Find the ligands of the structure and add those of the file.

    :param result: the complex, gets its ligands
    :param placed: name, record and molecule of each ligand of the file
    """
    unique = UniqueNames()
    where: dict[AtomName, int] = {}
    for atom in range(len(result.system)):
        where.setdefault(result.name(atom), atom)
    nothing = np.zeros(len(result.system), np.bool_)
    for ligand in find_ligands(result.classification):
        result.ligands.append(_of_structure(result, ligand, unique.take(ligand.name), where))
        result.in_the_way.append(nothing)
    own = [(subject.name, subject.points, subject.sites) for subject in result.ligands]
    for name, _, mol in placed:
        subject = _of_file(unique.take(name), mol)
        gone = nothing.copy()
        names = set(clashing(subject.points, [(other, points) for other, points, _ in own], CLASH))
        for other, _, sites in own:
            if other in names:
                gone[sites] = True
        gone |= _waters_within(result, subject.points)
        if names:
            message = f'{subject.name} was profiled without what stands in its place: {listing(sorted(names))}.'
            result.notes.append(Note('ligand.gave_way', subject.name, message))
        result.ligands.append(subject)
        result.in_the_way.append(gone)


def _waters_within(result: Complex, points: Array) -> Mask:
    """
    Waters that a molecule takes the place of.

    :param result: the complex
    :param points: heavy atoms of the molecule
    :returns: which atoms
    """
    mask = np.zeros(len(result.system), np.bool_)
    waters = np.flatnonzero(result.of_kind(Kind.WATER))
    near, _ = near_pairs(result.system.positions[waters], points, 2.4)
    mask[waters[near]] = True
    return mask


def _of_structure(result: Complex, ligand: Ligand, name: str, where: dict[AtomName, int]) -> Subject:
    """
    :param result: the complex
    :param ligand: one of its ligands
    :param name: its name
    :param where: atoms of the system
    :returns: the ligand
    """
    names = [AtomName(key, atom) for key, atom in ligand.molecule.atoms]
    labels = (ligand.label, '', *sorted({label for _, _, label in where if label}))
    shown = [next(n for n in (AtomName(a.key, a.name, x) for x in labels) if n in where) for a in names]
    keys = set(ligand.keys)
    sites = [i for i, owner in enumerate(result.system.owner) if result.system.members[owner].key in keys]
    indices = np.array([where[n] for n in shown], np.intp)
    return Subject(
        name, ligand.keys[0], ligand.molecule.mol, shown, indices, np.array(sites, np.intp), ligand.label, ligand
    )  # fmt: skip


def _of_file(name: str, mol: Chem.Mol) -> Subject:
    """
    :param name: its name, of which HET_CHAIN_NUMBER is understood
    :param mol: molecule of the file
    :returns: the ligand
    """
    match = _TITLE.search(name)
    key: ResidueKey = (match[2], int(match[3]), match[4], match[1]) if match else ('', 0, '', '')
    heavy = [atom for atom in mol.GetAtoms() if atom.GetAtomicNum() > 1]
    atoms = [AtomName(key, f'{atom.GetSymbol()}{atom.GetIdx() + 1}') for atom in heavy]
    nothing = np.empty(0, np.intp)
    return Subject(name, key, Chem.AddHs(mol, addCoords=True), atoms, nothing, nothing)


def site_residues(subject: Subject, complex_: Complex) -> list[int]:
    """
    The residues of the polymer around a ligand.

    :param subject: the ligand
    :param complex_: what it is in
    :returns: indices of residues of the system, in file order
    """
    polymer = np.flatnonzero(complex_.of_kind(Kind.POLYMER))
    near, _ = near_pairs(complex_.system.positions[polymer], subject.points, SITE_RADIUS)
    return sorted({int(owner) for owner in complex_.owners[polymer[near]]})
