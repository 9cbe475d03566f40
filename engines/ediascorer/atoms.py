"""The heavy atoms of a model with their density spheres, their neighbours in the crystal and their bonds."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

import gemmi
import numpy as np
import numpy.typing as npt

from engines.ediascorer.radii import radius
from engines.errors import EngineError
from engines.structure.bonding import ResidueKey, is_plausible, residue_key
from engines.structure.neighbours import Array, Indices, near_pairs, symmetry_copies

TOLERANCE = 0.12
"""Angstrom above the sum of the covalent radii up to which atoms are bonded."""
_SAME = 0.8
"""Angstrom; nearer to its own copy an atom stands on a symmetry element."""
CLASH = 2.2
"""Angstrom; nearer than this no two atoms stand that share no bond, short hydrogen bonds (2.4) included."""
_CHAIN_BONDS = ({'C', 'N'}, {"O3'", 'P'}, {'O3*', 'P'}, {'SG'})

Bools = npt.NDArray[np.bool_]


@dataclass(frozen=True)
class Neighbours:
    """
    Pairs of an atom of the model and another one, of the model or of a symmetry copy, whose spheres of interest touch.

    :param first: index of the atom, sorted
    :param second: index of the other one among ``Atoms.positions``
    :param distance: Angstrom
    :param bonded: whether they share a covalent bond
    :param apart: whether they never stand there together: other conformers
    :param clashing: whether they are nearer than any bond partner of a bond partner, hydrogen bond or metal may be
    """

    first: Indices
    second: Indices
    distance: Array
    bonded: Bools
    apart: Bools
    clashing: Bools


@dataclass(frozen=True)
class Atoms:
    """
    Heavy atoms of the first model.

    :param atoms: in file order
    :param residues: that of each atom
    :param keys: the same by its key
    :param groups: the same by its index in the model
    :param positions: of the atoms, then of the symmetry copies that come near, Angstrom, shape (n + m, 3)
    :param radii: of the density spheres, Angstrom, shape (n + m,)
    :param origins: index of the atom of which each is a copy, or itself, shape (n + m,)
    :param neighbours: pairs whose spheres of interest touch
    """

    atoms: list[gemmi.Atom]
    residues: list[gemmi.Residue]
    keys: list[ResidueKey]
    groups: list[int]
    positions: Array
    radii: Array
    origins: Indices
    neighbours: Neighbours

    def __len__(self) -> int:
        return len(self.atoms)


def gather(structure: gemmi.Structure, resolution: float, sets: Mapping[int, int] = MappingProxyType({})) -> Atoms:
    """
    The heavy atoms of a structure.

    :param structure: its first model counts
    :param resolution: Angstrom, for the radii
    :param sets: by index of a residue in the model the set it belongs to, if residues of different sets, such as poses
        of a ligand, are alternatives
    :returns: the atoms
    :raises EngineError: ``structure.no_atoms`` if all are hydrogens
    """
    everything = ((chain.name, residue) for chain in structure[0] for residue in chain)
    found = [
        (index, residue_key(chain, residue), residue, atom)
        for index, (chain, residue) in enumerate(everything)
        for atom in residue
        if not atom.is_hydrogen()
    ]
    if not found:
        raise EngineError('structure.no_atoms', 'The structure holds no atoms besides hydrogen.')
    groups, keys, residues, atoms = (list(column) for column in zip(*found, strict=True))
    own = np.array([atom.pos.tolist() for atom in atoms])
    radii = np.array([radius(atom.element.name, atom.charge, resolution) for atom in atoms])
    reach = 4 * float(radii.max())
    positions, origins = [own], [np.arange(len(own))]
    for copy in symmetry_copies(structure, own, reach):
        positions.append(copy.apply(own[copy.atoms]))
        origins.append(copy.atoms)
    places, sources = np.concatenate(positions), np.concatenate(origins)
    first, second = near_pairs(own, places, reach)
    apart = np.sqrt(((own[first] - places[second]) ** 2).sum(1))
    touching = (apart < 2 * (radii[first] + radii[sources[second]])) & ((sources[second] != first) | (apart > _SAME))
    first, second, apart = first[touching], second[touching], apart[touching]
    bonded = _bonded(atoms, residues, keys, first, sources[second], apart, second >= len(own))
    alternative = _alternative(atoms, first, sources[second], apart, second >= len(own))
    members = np.array([sets.get(group, 0) for group in groups])
    a, b = members[first], members[sources[second]]
    alternative |= (a != b) & (a > 0) & (b > 0)
    bonded &= ~alternative
    clashing = _clashing(atoms, first, sources[second], apart, bonded, alternative)
    neighbours = Neighbours(first, second, apart, bonded, alternative, clashing)
    return Atoms(atoms, residues, keys, groups, places, radii[sources], sources, neighbours)


def _alternative(atoms: list[gemmi.Atom], first: Indices, second: Indices, distance: Array, copied: Bools) -> Bools:
    """
    Pairs of which only one can be present: conformers with different labels, and atoms too near to each other whose
    occupancies leave room for one only, such as a molecule on a symmetry axis.

    :param atoms: the atoms
    :param first: an atom of each pair
    :param second: the other
    :param distance: Angstrom
    :param copied: whether the other one is a symmetry copy
    :returns: True for such pairs
    """
    labels = np.array([ord(atom.altloc) for atom in atoms])
    shares = np.array([atom.occ for atom in atoms])
    covalent = np.array([atom.element.covalent_r for atom in atoms])
    a, b = labels[first], labels[second]
    partial = (shares[first] + shares[second] <= 1.001) & (distance < covalent[first] + covalent[second])
    result: Bools = ((a != b) & (a > 0) & (b > 0)) | (partial & (copied | ((a == 0) & (b == 0))))
    return result


def _bonded(
    atoms: list[gemmi.Atom], residues: list[gemmi.Residue], keys: list[ResidueKey], first: Indices, second: Indices,
    distance: Array, copied: Bools,
) -> Bools:  # fmt: skip
    """
    Pairs that share a covalent bond: by distance within a residue; between residues also by chemistry, so that a clash
    is not taken for a bond. Bonds to metals are none.

    :param atoms: the atoms
    :param residues: of each atom
    :param keys: of each atom
    :param first: an atom of each pair
    :param second: the other
    :param distance: Angstrom
    :param copied: whether the other one is a symmetry copy
    :returns: True for such pairs
    """
    covalent = np.array([-9.0 if atom.element.is_metal else atom.element.covalent_r for atom in atoms])
    result: Bools = distance < covalent[first] + covalent[second] + TOLERANCE
    for pair in np.flatnonzero(result).tolist():
        a, b = int(first[pair]), int(second[pair])
        if keys[a][:3] == keys[b][:3] and not copied[pair]:
            continue
        result[pair] = {atoms[a].name, atoms[b].name} in _CHAIN_BONDS or is_plausible(
            (atoms[a], residues[a]), (atoms[b], residues[b])
        )
    return result


def _clashing(
    atoms: list[gemmi.Atom], first: Indices, second: Indices, distance: Array, bonded: Bools, alternative: Bools
) -> Bools:
    """
    Pairs that are too near to each other.

    :param atoms: the atoms
    :param first: an atom of each pair
    :param second: the other
    :param distance: Angstrom
    :param bonded: whether they share a bond
    :param alternative: whether only one of them can be present
    :returns: True for such pairs, unless one is a metal or both are bonded to the same atom
    """
    metal = np.array([atom.element.is_metal for atom in atoms])
    result: Bools = (distance < CLASH) & ~bonded & ~alternative & ~metal[first] & ~metal[second]
    partners: dict[int, set[int]] = {}
    for a, b in zip(first[bonded].tolist(), second[bonded].tolist(), strict=True):
        partners.setdefault(a, set()).add(b)
    for pair in np.flatnonzero(result).tolist():
        a, b = int(first[pair]), int(second[pair])
        result[pair] = not partners.get(a, set()) & partners.get(b, set())
    return result
