"""The sites of a structure: around each ligand, and in each predicted pocket that holds none."""

import json
import zlib
from collections.abc import Iterator
from dataclasses import dataclass

import gemmi
import numpy as np
from rdkit import Chem
from rdkit.Chem import Descriptors

from engines.dogsite.cli import SPACING
from engines.dogsite.describe import INSIDE, LINING
from engines.dogsite.detect import find_pockets, volume
from engines.dogsite.molecule import protein_of
from engines.dogsite.pipeline import MOST_POINTS
from engines.errors import EngineError
from engines.geomine.build.complex import Complex, together
from engines.geomine.build.typing import KindKey, Ring, Typing
from engines.structure.classification import Classification
from engines.structure.molecules import Ligand
from engines.structure.neighbours import Array, Indices, near_pairs
from engines.structure.reading import StructureInput

REACH = 6.5
"""Angstrom around the heavy atoms of a ligand within which atoms belong to its site."""
EMPTY = 'Empty_Pocket_'
"""How pockets without ligand are called, with their number from 0."""
_WIDEST = 2.8
"""Angstrom; the largest van der Waals radius of an atom of a protein, and more."""
MOST_OF_A_SITE = 30_000
"""Atoms of the largest site; the ids of points are small numbers."""

Row = tuple[int, KindKey, float, float, float, float, int, int, int]
"""A point: id, kind, x, y, z (Angstrom), surface (square Angstrom), and its direction in thousandths."""


@dataclass(frozen=True)
class MoleculeRow:
    """A ligand: its residue names, joined by ``-``, canonical SMILES, heavy atoms, and weight (g/mol)."""

    code: str
    smiles: str
    heavy_atoms: int
    weight: float


@dataclass(frozen=True)
class SiteRow:
    """
    A site.

    :param name: ``P86_A_400`` or ``Empty_Pocket_0``
    :param molecule: its ligand, or None
    :param volume: of a pocket, cubic Angstrom, or None
    :param content: packed JSON: ``pdb`` (its residues, whole), ``residues`` (what each is), ``rings`` (atoms of each),
        and ``ligand`` (name, SMILES, and the points of its atoms in the order of the SMILES)
    :param points: of the site
    """

    name: str
    molecule: MoleculeRow | None
    volume: float | None
    content: bytes
    points: list[Row]


class SiteFinder:
    """
    Cuts the sites out of a structure.

    :param source: the structure
    :param classification: of its residues
    :param ligands: its ligands
    """

    def __init__(self, source: StructureInput, classification: Classification, ligands: list[Ligand]) -> None:
        self._source, self._classification = source, classification
        self._ligands = ligands
        self.complex = Complex(classification, ligands)
        self._typing = Typing(self.complex, ligands)

    def ligand_sites(self, wanted: list[Ligand]) -> Iterator[SiteRow]:
        """
        :param wanted: ligands that have sites
        :returns: iterator over their sites
        """
        for ligand in wanted:
            own = [self.complex.index[key] for key in ligand.molecule.atoms if key in self.complex.index]
            if own:
                places = self.complex.positions[own]
                yield self._site(ligand.name, self.complex.near(places, REACH), places, REACH, ligand, None)

    def empty_pockets(self, wanted: list[Ligand]) -> Iterator[SiteRow]:
        """
        :param wanted: ligands that have sites of their own: their pockets are not empty
        :returns: iterator over the sites of predicted pockets
        :raises EngineError: if pockets cannot be looked for
        """
        molecule = protein_of(self._source, self._classification, '', [])
        extent = molecule.positions.max(0) - molecule.positions.min(0) + 20
        if float((extent / SPACING).prod()) > MOST_POINTS:
            raise EngineError('dogsite.too_large', 'The structure is too large for a grid.')
        found = find_pockets(molecule.positions, molecule.radii, SPACING)
        taken = [self.complex.index[key] for each in wanted for key in each.molecule.atoms if key in self.complex.index]
        number = 0
        for pocket in found.pockets:
            points = found.grid.points(found.indices(pocket.points)) @ found.frame + found.centre
            if len(near_pairs(self.complex.positions[taken], points, INSIDE)[0]):
                continue
            atoms = self._lining(points)
            if len(atoms):
                space = volume(pocket, found.grid)
                yield self._site(f'{EMPTY}{number}', atoms, points, LINING + _WIDEST, None, space)
                number += 1

    def _lining(self, points: Array) -> Indices:
        """
        :param points: of a pocket, Angstrom, shape (n, 3)
        :returns: atoms whose van der Waals surface is so near to it that they line it, waters among them
        """
        near = self.complex.near(points, LINING + _WIDEST)
        first, second = near_pairs(self.complex.positions[near], points, LINING + _WIDEST)
        gaps = np.linalg.norm(self.complex.positions[near[first]] - points[second], axis=1)
        radii = np.array([self.complex.atoms[i].element.vdw_r for i in near])
        lines: Indices = near[np.unique(first[gaps - radii[first] <= LINING])]
        return lines

    def _site(
        self, name: str, atoms: Indices, around: Array, reach: float, ligand: Ligand | None, space: float | None
    ) -> SiteRow:
        """
        :param name: of the site
        :param atoms: that belong to it
        :param around: places that it is around, Angstrom, shape (n, 3)
        :param reach: Angstrom; rings whose middle is within it of those belong to it, too
        :param ligand: its ligand, or None
        :param space: volume of a pocket, cubic Angstrom, or None
        :returns: the site
        :raises EngineError: ``geomine.too_large``
        """
        residues = together(self.complex.owner[atoms].tolist())
        shown = [atom for residue in residues for atom in self.complex.members[residue]]
        if len(shown) > MOST_OF_A_SITE:
            raise EngineError('geomine.too_large', f'The site {name} has {len(shown):,} atoms.')
        serials = {atom: number for number, atom in enumerate(shown, 1)}
        rows = [self._row(serials[atom], atom) for atom in atoms.tolist()]
        rings = self._rings(set(residues), around, reach)
        numbered = dict(enumerate(rings, len(shown) + 1))
        rows += [self._ring_row(number, ring) for number, ring in numbered.items()]
        molecule, held = _molecule(ligand, self.complex, serials) if ligand else (None, None)
        text, listed = self._text(residues, serials)
        content = {
            'pdb': text,
            'residues': listed,
            'rings': {number: [serials[atom] for atom in ring.atoms] for number, ring in numbered.items()},
            'ligand': held,
        }
        packed = zlib.compress(json.dumps(content, separators=(',', ':')).encode(), 6)
        return SiteRow(name, molecule, space, packed, rows)

    def _row(self, number: int, atom: int) -> Row:
        """
        :param number: id of the point
        :param atom: of the structure
        :returns: the point
        """
        x, y, z = (round(float(value), 3) for value in self.complex.positions[atom])
        return number, self._typing.kind(atom), x, y, z, self._typing.surface(atom), *self._typing.direction(atom)

    def _ring_row(self, number: int, ring: Ring) -> Row:
        """
        :param number: id of the point
        :param ring: of the structure
        :returns: the point in its middle
        """
        x, y, z = (round(float(value), 3) for value in ring.centre)
        surface = round(sum(self._typing.surface(atom) for atom in ring.atoms), 1)
        return number, self._typing.ring_kind(ring), x, y, z, surface, *ring.normal

    def _rings(self, residues: set[int], around: Array, reach: float) -> list[Ring]:
        """
        :param residues: of the site
        :param around: places that it is around
        :param reach: Angstrom
        :returns: its rings
        """
        rings = [ring for ring in self._typing.rings if ring.residue in residues]
        if not rings:
            return []
        near = np.unique(near_pairs(np.array([ring.centre for ring in rings]), around, reach)[0])
        return [rings[i] for i in near.tolist()]

    def _text(self, residues: list[int], serials: dict[int, int]) -> tuple[str, list[list[object]]]:
        """
        :param residues: of the site
        :param serials: number of each of its atoms
        :returns: it as PDB text, whose serial numbers are the ids of points, and of each residue what it belongs to,
            its chain and number there, its name and the name of its chain in the file
        """
        structure, model = gemmi.Structure(), gemmi.Model(1)
        chains: dict[str, gemmi.Chain] = {}
        for number in residues:
            chain, position, insertion, name = self.complex.residues[number].key
            residue = gemmi.Residue()
            residue.name, residue.seqid = name, gemmi.SeqId(position, insertion or ' ')
            residue.het_flag = 'A' if self.complex.residues[number].parent else 'H'
            for i in self.complex.members[number]:
                atom = self.complex.atoms[i].clone()
                atom.serial, atom.altloc = serials[i], '\0'
                residue.add_atom(atom)
            chains.setdefault(chain, gemmi.Chain(chain)).add_residue(residue)
        for each in chains.values():
            model.add_chain(each)
        structure.add_model(model)
        structure.shorten_ccd_codes()
        _one_letter(structure[0])
        options = gemmi.PdbWriteOptions(minimal=True)
        options.preserve_serial = True
        options.ter_records = False
        options.cryst1_record = False
        text = structure.make_pdb_string(options)
        names = dict(zip(chains, (each.name for each in structure[0]), strict=True))
        listed: list[list[object]] = []
        for number in residues:
            found = self.complex.residues[number]
            chain, position, insertion, name = found.key
            listed.append([int(found.molecule), names[chain], f'{position}{insertion}', name, chain])
        return text, listed


def _one_letter(model: gemmi.Model) -> None:
    """
    :param model: whose chains get names of one character, those that have one keep it
    """
    letters = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789'
    taken = {chain.name for chain in model if len(chain.name) == 1}
    free = iter([letter for letter in letters if letter not in taken])
    for chain in model:
        if len(chain.name) != 1:
            chain.name = next(free, 'A')


def _molecule(
    ligand: Ligand, complex_: Complex, serials: dict[int, int]
) -> tuple[MoleculeRow, dict[str, object] | None]:
    """
    :param ligand: of a site
    :param complex_: the structure
    :param serials: ids of the points on its atoms
    :returns: the ligand, and what its site keeps of it; nothing if RDKit cannot write it as SMILES that it reads
    """
    atoms = {
        number: serials[complex_.index[key]] for key, number in ligand.molecule.atoms.items() if key in complex_.index
    }
    code = '-'.join(dict.fromkeys(key[3] for key in ligand.keys))[:100]
    mol = Chem.RemoveHs(ligand.molecule.mol, sanitize=False)
    heavy = [atom for atom in ligand.molecule.mol.GetAtoms() if atom.GetAtomicNum() > 1]
    smiles = Chem.MolToSmiles(mol)
    order = list(mol.GetPropsAsDict(True, True).get('_smilesAtomOutputOrder', ()))
    # Hydrogens stand behind the heavy atoms, so an index means the same atom before and after they are removed.
    usable = Chem.MolFromSmiles(smiles) is not None and all(number in atoms for number in order)
    weight = round(float(Descriptors.MolWt(ligand.molecule.mol)), 2)  # type: ignore[attr-defined]
    row = MoleculeRow(code, smiles if usable else '', len(heavy), weight)
    held: dict[str, object] | None = None
    if usable:
        held = {'name': ligand.name, 'smiles': smiles, 'atoms': [atoms[number] for number in order]}
    return row, held
