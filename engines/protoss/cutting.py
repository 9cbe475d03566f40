"""Cuts a complex down to what lies around the molecules that were placed in it."""

from dataclasses import replace

import gemmi
import numpy as np
from rdkit import Chem

from engines.protoss.ligand.molecules import heavy_positions
from engines.protoss.placement import Array
from engines.structure.bonding import ResidueKey, residue_key
from engines.structure.classification import Classification, Kind, classify
from engines.structure.components import ComponentDictionary
from engines.structure.neighbours import has_crystal, near_pairs
from engines.structure.reading import StructureInput


def points_of(records: list[tuple[str, str, Chem.Mol]]) -> Array:
    """
    Heavy atoms of the molecules of records.

    :param records: names, records, molecules
    :returns: shape (n, 3), Angstrom
    """
    return np.concatenate([np.empty((0, 3)), *(heavy_positions(mol) for _, _, mol in records)])


def is_near(mol: Chem.Mol, points: Array, around: float | None) -> bool:
    """
    :param mol: a molecule with a conformer
    :param points: atoms of the placed molecules, shape (n, 3), Angstrom
    :param around: Angstrom around them that are asked for, None for the whole complex
    :returns: whether it belongs to what is asked for
    """
    return around is None or bool(near_pairs(heavy_positions(mol), points, around)[0].size)


def classify_near(
    source: StructureInput, dictionary: ComponentDictionary, points: Array, around: float | None
) -> Classification:
    """
    What every residue is.

    :param source: the structure
    :param dictionary: the component dictionary
    :param points: atoms of the placed molecules, shape (n, 3), Angstrom
    :param around: Angstrom around them that are asked for, None for the whole complex
    :returns: the residues that are asked for, as they are in the whole
    """
    classification = classify(source, dictionary)
    if around is None or not len(points):
        return classification
    return _cut_out(source.structure, classification, points, around)


def _cut_out(
    structure: gemmi.Structure, classification: Classification, points: Array, radius: float
) -> Classification:
    """
    The residues around some points, whole, with all that is bonded to a ligand among them. A residue counts as near if
    one of its symmetry copies is, so that the contacts of the crystal stay what they are.

    :param structure: the structure; loses its cell if that has no room for its atoms
    :param classification: all its residues
    :param points: Angstrom, shape (n, 3)
    :param radius: Angstrom
    :returns: those that are near, in the order of the file
    """
    heavy = sum(not atom.is_hydrogen() for item in classification.residues for atom in item.residue)
    if not has_crystal(structure, heavy):
        structure.cell = gemmi.UnitCell()  # the part alone might fit into it
    keys = near_residues(structure, points, radius)
    ligand = {item.key for item in classification.of_kind(Kind.LIGAND)}
    waiting = list(keys & ligand)
    while waiting:
        key = waiting.pop()
        ends = {end for b in classification.bonds if key in (b.first, b.second) for end in (b.first, b.second)}
        waiting += (ends - keys) & ligand
        keys |= ends
    places = {key[:3] for key in keys}
    return replace(classification, residues=[item for item in classification.residues if item.key[:3] in places])


def near_residues(structure: gemmi.Structure, points: Array, radius: float) -> set[ResidueKey]:
    """
    :param structure: a structure
    :param points: Angstrom, shape (n, 3)
    :param radius: Angstrom
    :returns: residues of the first model of which an atom of any copy is near to one of the points
    """
    model = structure[0]
    search = gemmi.NeighborSearch(model, structure.cell, radius).populate()
    found: set[tuple[int, int]] = set()
    for point in points.tolist():
        marks = search.find_atoms(gemmi.Position(*point), '\0', radius=radius)
        found.update((mark.chain_idx, mark.residue_idx) for mark in marks)
    return {residue_key(model[c].name, model[c][r]) for c, r in found}
