"""Structures as all programs get them, and their output as arrays with bonds."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import gemmi
import numpy as np
from numpy.typing import NDArray

from engines.structure.reading import read_structure

#: Chain, residue number with insertion code, residue name, atom name.
Key = tuple[str, str, str, str]
#: Chain, residue number with insertion code, atom name.
Place = tuple[str, str, str]
Vector = NDArray[np.float64]

HYDROGENS = ('H', 'D')
WATERS = {'HOH', 'DOD', 'WAT', 'H2O'}
AMINO_ACIDS = {
    'ALA', 'ARG', 'ASN', 'ASP', 'CYS', 'GLN', 'GLU', 'GLY', 'HIS', 'ILE',
    'LEU', 'LYS', 'MET', 'PHE', 'PRO', 'SER', 'THR', 'TRP', 'TYR', 'VAL',
}  # fmt: skip
#: Longest bond of a hydrogen, S-H in neutron lengths with some room.
_H_BOND_LENGTH = 1.5
#: Covalent radii of Cordero et al. (2008), Dalton Trans. 2832, in Angstrom; 0.76 for what is not here.
_RADII = {'C': 0.76, 'N': 0.71, 'O': 0.66, 'S': 1.05, 'P': 1.07, 'SE': 1.20, 'F': 0.57, 'CL': 1.02, 'BR': 1.20}
_BOND_TOLERANCE = 0.35


def load(path: Path) -> gemmi.Structure:
    """
    :param path: structure file
    :returns: its first model
    """
    structure = read_structure(path).structure
    while len(structure) > 1:
        del structure[-1]
    return structure


def main_conformer(structure: gemmi.Structure) -> gemmi.Structure:
    """
    Reduce a structure, in a copy, to one conformer: at each position the residue and the altloc with the highest
    occupancy, the first of equal ones. Heavy water becomes water, since the peers do not know its name.

    :param structure: with one model
    :returns: the copy, without altlocs
    """
    result = structure.clone()
    for chain in result[0]:
        places: dict[str, list[int]] = {}
        for index, residue in enumerate(chain):
            places.setdefault(str(residue.seqid), []).append(index)
        losers: list[int] = []
        for indices in places.values():
            losers += _keep_best([chain[index] for index in indices], indices)
        for index in sorted(losers, reverse=True):
            del chain[index]
    result.remove_empty_chains()
    return result


def _keep_best(residues: list[gemmi.Residue], indices: list[int]) -> list[int]:
    """
    :param residues: those of one position; their minor conformers are removed
    :param indices: of them
    :returns: indices of residues that lose against another one that stands there in another altloc
    """
    rivals = [residue for residue in residues if any(atom.has_altloc() for atom in residue)]
    best = max(
        rivals, key=lambda residue: round(sum(atom.occ for atom in residue if not atom.is_hydrogen()), 3), default=None
    )
    lost = [
        index for index, residue in zip(indices, residues, strict=True) if residue in rivals and residue is not best
    ]
    for residue in residues:
        if residue.name in WATERS:
            residue.name = 'HOH'
        _drop_minor(residue)
    return lost if len(rivals) > 1 else []


def _drop_minor(residue: gemmi.Residue) -> None:
    """
    :param residue: left with one conformer, without altloc
    """
    weights: dict[str, float] = {}
    for atom in residue:
        if atom.has_altloc():
            weights[atom.altloc] = weights.get(atom.altloc, 0.0) + atom.occ
    kept = max(sorted(weights), key=lambda label: round(weights[label], 3), default='')
    for index in reversed(range(len(residue))):
        if residue[index].has_altloc() and residue[index].altloc != kept:
            del residue[index]
    for atom in residue:
        atom.altloc = '\0'


def without_hydrogens(structure: gemmi.Structure) -> gemmi.Structure:
    """
    :param structure: any
    :returns: a copy without H and D
    """
    result = structure.clone()
    result.remove_hydrogens()
    return result


def write_pdb(structure: gemmi.Structure, path: Path) -> Path:
    """
    :param structure: that fits the format
    :param path: to write
    :returns: the path
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    structure.setup_entities()
    options = gemmi.PdbWriteOptions(minimal=True)
    path.write_text(structure.make_pdb_string(options), encoding='ascii')
    return path


def place(key: Key) -> Place:
    """
    :param key: of an atom
    :returns: it without the name of the residue
    """
    return key[0], key[1], key[3]


@dataclass
class Atoms:
    """
    One conformer of a structure.

    :param keys: names of the atoms
    :param elements: upper-case symbols; deuterium is H
    :param xyz: coordinates in Angstrom, shape (atoms, 3)
    :param occupancies: of the atoms
    :param bonds: of each atom, the atoms it is bonded to
    :param parents: of each hydrogen its heavy atom; -1 for heavy atoms and for hydrogens that have none
    """

    keys: list[Key]
    elements: list[str]
    xyz: Vector
    occupancies: list[float]
    bonds: list[set[int]]
    parents: list[int]

    def hydrogens_of(self, atom: int) -> list[int]:
        """
        :param atom: a heavy atom
        :returns: its hydrogens
        """
        return [other for other in sorted(self.bonds[atom]) if self.elements[other] == 'H']

    def heavy_of(self, atom: int) -> list[int]:
        """
        :param atom: any
        :returns: heavy atoms bonded to it
        """
        return [other for other in sorted(self.bonds[atom]) if self.elements[other] != 'H']

    def within(self, atom: int, steps: int) -> set[int]:
        """
        :param atom: any
        :param steps: number of bonds
        :returns: atoms at most so many bonds away, itself included
        """
        found = edge = {atom}
        for _ in range(steps):
            edge = {other for inner in edge for other in self.bonds[inner]} - found
            found = found | edge
        return found

    def places(self) -> dict[Place, int]:
        """:returns: the heavy atoms by chain, number and atom name; programs rename residues by their state"""
        return {place(key): index for index, key in enumerate(self.keys) if self.elements[index] != 'H'}


def pairs(structure: gemmi.Structure, cutoff: float) -> Iterator[tuple[int, int, float]]:
    """
    :param structure: with one model whose serials are indices
    :param cutoff: in Angstrom
    :returns: pairs of atoms of the model itself, i < j, and their distance
    """
    search = gemmi.NeighborSearch(structure[0], gemmi.UnitCell(), max(cutoff, 3.0)).populate(include_h=True)
    contacts = gemmi.ContactSearch(cutoff)
    contacts.ignore = gemmi.ContactSearch.Ignore.Nothing
    for contact in contacts.find_contacts(search):
        i, j = contact.partner1.atom.serial, contact.partner2.atom.serial
        if i != j:
            yield (min(i, j), max(i, j), contact.dist)


class Search:
    """
    Finds atoms around a point, symmetry included where the structure has a cell.

    :param structure: with one model whose serials are indices
    """

    def __init__(self, structure: gemmi.Structure) -> None:
        self._structure = structure  # the search refers to it
        self._search = gemmi.NeighborSearch(structure[0], structure.cell, 5.0).populate(include_h=True)

    def around(self, point: Vector, radius: float) -> Iterator[tuple[int, Vector, bool]]:
        """
        :param point: shape (3,)
        :param radius: in Angstrom
        :returns: index, position (of the copy that is near) of each atom, and whether it is no symmetry copy
        """
        centre, cell = gemmi.Position(*point), self._structure.cell
        for mark in self._search.find_atoms(centre, '\0', radius=radius):
            atom = mark.to_cra(self._structure[0]).atom
            near = cell.find_nearest_pbc_position(centre, atom.pos, mark.image_idx) if cell.is_crystal() else atom.pos
            yield atom.serial, np.array(near.tolist()), near.dist(atom.pos) < 0.01


def number(structure: gemmi.Structure) -> None:
    """
    :param structure: whose serials become indices, from 0, of its first model's atoms
    """
    for index, cra in enumerate(structure[0].all()):
        cra.atom.serial = index


def to_atoms(structure: gemmi.Structure) -> Atoms:
    """
    :param structure: one conformer
    :returns: it as arrays; bonds follow from distances, those of a hydrogen go to the nearest heavy atom in its residue
    """
    number(structure)
    rows = [(cra.chain.name, str(cra.residue.seqid), cra.residue.name, cra.atom) for cra in structure[0].all()]
    keys: list[Key] = [(chain, seqid, name, atom.name) for chain, seqid, name, atom in rows]
    elements = ['H' if atom.element.name in HYDROGENS else atom.element.name.upper() for *_, atom in rows]
    xyz = np.array([atom.pos.tolist() for *_, atom in rows], dtype=float).reshape(-1, 3)
    occupancies = [atom.occ for *_, atom in rows]
    atoms = Atoms(keys, elements, xyz, occupancies, [set() for _ in rows], [-1] * len(rows))
    nearest: dict[int, tuple[float, int]] = {}
    for i, j, distance in pairs(structure, 2.9):
        h, heavy = (i, j) if elements[i] == 'H' else (j, i)
        if elements[h] != 'H':
            if distance < _RADII.get(elements[i], 0.76) + _RADII.get(elements[j], 0.76) + _BOND_TOLERANCE:
                _bond(atoms, i, j)
        elif elements[heavy] != 'H' and distance < _H_BOND_LENGTH and keys[h][:2] == keys[heavy][:2]:
            nearest[h] = min(nearest.get(h, (9.9, -1)), (distance, heavy))
    for h, (_, heavy) in nearest.items():
        atoms.parents[h] = heavy
        _bond(atoms, h, heavy)
    return atoms


def _bond(atoms: Atoms, i: int, j: int) -> None:
    """
    :param atoms: to be changed
    :param i: an atom
    :param j: another one
    """
    atoms.bonds[i].add(j)
    atoms.bonds[j].add(i)
