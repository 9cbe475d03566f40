"""Puts the molecules of an SDF file into a structure, so that they are scored beside what is there."""

import re
from collections.abc import Iterable
from pathlib import Path

import gemmi
import numpy as np
import numpy.typing as npt
from rdkit import Chem

from engines.notes import Note, listing
from engines.structure.bonding import ResidueKey, residue_key
from engines.structure.components import Component, ComponentDictionary
from engines.structure.custom_ligands import read_ligands
from engines.structure.matching import match_structure
from engines.structure.molecules import residue_name

_TITLE = re.compile(r'([A-Za-z0-9]{1,5})_([A-Za-z0-9]{0,4})_(-?\d{1,4})([A-Za-z]?)(?:_\d+)?')
"""Residue name, chain, number and insertion code; a running number tells records of equal titles apart."""
_SAME = 0.1
"""Angstrom up to which atoms are those that the structure has already."""
_NEAR = 5.0
"""Angstrom; atoms around a molecule from which it takes its B factor."""


def add_ligands(structure: gemmi.Structure, file: Path, dictionary: ComponentDictionary) -> tuple[int, list[Note]]:
    """
    Add the molecules of a file as residues at the end of the first model. One that the structure has already, atom on
    atom, is left out.

    :param structure: changed in place
    :param file: SDF, plain or gzipped; titles such as ``P86_A_400`` give residue name, chain and number
    :param dictionary: gives the names of the atoms, where it knows the residue
    :returns: number of residues added, and notes
    :raises EngineError: if a record is no molecule with coordinates
    """
    model = structure[0]
    there = {residue_key(chain.name, residue): residue for chain in model for residue in chain}
    points = np.array([c.atom.pos.tolist() for c in model.all() if not c.atom.is_hydrogen()]).reshape(-1, 3)
    factors = np.array([cra.atom.b_iso for cra in model.all() if not cra.atom.is_hydrogen()])
    serial = max(cra.atom.serial for cra in model.all())
    added: list[str] = []
    known: list[str] = []
    for title, _, mol in read_ligands(file):
        key, residue = _residue(title, mol, dictionary)
        if key in there and _is_same(residue, there[key]):
            known.append(title)
            continue
        key = _free(key, there)
        residue.seqid = gemmi.SeqId(key[1], key[2] or ' ')
        factor = _factor(residue, points, factors)
        for atom in residue:
            serial += 1
            atom.b_iso, atom.serial = factor, serial
        chain = gemmi.Chain(key[0])
        chain.add_residue(residue)
        model.add_chain(chain)
        there[key] = residue
        added.append(residue_name(key))
    structure.setup_entities()
    return len(added), list(_notes(added, known))


def _notes(added: list[str], known: list[str]) -> Iterable[Note]:
    """
    What the user should know.

    :param added: names under which molecules are in the tables
    :param known: titles of those that the structure has
    :returns: notes
    """
    if added:
        message = (
            f'Scored beside the structure, from the ligand file: {listing(added)}. The file tells no occupancies and '
            'B factors; they were taken as 1 and as that of the atoms around.'
        )
        yield Note('ligand.from_file', '', message)
    if known:
        message = f'These molecules of the ligand file are in the structure already: {listing(known)}.'
        yield Note('ligand.known', '', message)


def _residue(title: str, mol: Chem.Mol, dictionary: ComponentDictionary) -> tuple[ResidueKey, gemmi.Residue]:
    """
    A molecule as a residue, without its hydrogens.

    :param title: of its record
    :param mol: the molecule
    :param dictionary: the component dictionary
    :returns: the wanted key and the residue, not yet numbered
    """
    parts = _TITLE.fullmatch(title)
    name, chain, number, code = parts.groups() if parts else ('LIG', '', '1', '')
    residue = gemmi.Residue()
    residue.name, residue.het_flag = name.upper(), 'H'
    conformer = mol.GetConformer()
    heavy = [atom for atom in mol.GetAtoms() if atom.GetAtomicNum() > 1]
    for count, item in enumerate(heavy, 1):
        atom = gemmi.Atom()
        atom.element, atom.charge, atom.occ = gemmi.Element(item.GetAtomicNum()), item.GetFormalCharge(), 1.0
        atom.name = f'{atom.element.name.upper()}{count}'[:4]
        atom.pos = gemmi.Position(*conformer.GetAtomPosition(item.GetIdx()))
        residue.add_atom(atom)
    component = dictionary.get(residue.name)
    if component:
        _name(residue, mol, component)
    return (chain, int(number), code, residue.name), residue


def _name(residue: gemmi.Residue, mol: Chem.Mol, component: Component) -> None:
    """
    Give atoms the names of their component. The preprocessor writes them in its order; other programs do not, and of
    atoms that are alike one may then get the name of the other.

    :param residue: changed in place, atoms in the order of the molecule
    :param mol: the molecule
    :param component: of the residue's name
    """
    wanted = component.heavy_atoms
    heavy = {atom.GetIdx(): i for i, atom in enumerate(a for a in mol.GetAtoms() if a.GetAtomicNum() > 1)}
    ends = ((heavy.get(bond.GetBeginAtomIdx(), -1), heavy.get(bond.GetEndAtomIdx(), -1)) for bond in mol.GetBonds())
    own = {frozenset(pair) for pair in ends if min(pair) >= 0}
    places = {index: i for i, index in enumerate(i for i, a in enumerate(component.atoms) if a in wanted)}
    bonds = {frozenset((places[b.first], places[b.second])) for b in component.bonds
             if b.first in places and b.second in places}  # fmt: skip
    if own == bonds and [atom.element.name.upper() for atom in residue] == [atom.element.upper() for atom in wanted]:
        for atom, entry in zip(residue, wanted, strict=True):
            atom.name = entry.name
        return
    atoms = {atom.name: atom for atom in residue}
    for index, name in (match_structure(list(residue), component) or {}).items():
        atoms[name].name = component.atoms[index].name


def _is_same(residue: gemmi.Residue, other: gemmi.Residue) -> bool:
    """
    Whether each atom of a residue stands where one of another is.

    :param residue: a residue
    :param other: another one
    :returns: True if they are the same
    """
    return all(any(atom.pos.dist(found.pos) <= _SAME for found in other) for atom in residue)


def _free(key: ResidueKey, taken: dict[ResidueKey, gemmi.Residue]) -> ResidueKey:
    """
    A number that no residue of the chain has.

    :param key: wanted
    :param taken: in use
    :returns: the key, or that with the next free number
    """
    places = {other[:3] for other in taken}
    chain, number, code, name = key
    while (chain, number, code) in places:
        number, code = number + 1, ''
    return chain, number, code, name


def _factor(residue: gemmi.Residue, points: npt.NDArray[np.float64], factors: npt.NDArray[np.float64]) -> float:
    """
    A B factor for a molecule of which none is known.

    :param residue: the molecule
    :param points: atoms of the structure, Angstrom, shape (n, 3)
    :param factors: their B factors
    :returns: mean of those around, else of all
    """
    own = np.array([atom.pos.tolist() for atom in residue])
    low, high = own.min(0) - _NEAR, own.max(0) + _NEAR
    near = ((points > low) & (points < high)).all(1)
    return float(factors[near].mean() if near.any() else factors.mean())
