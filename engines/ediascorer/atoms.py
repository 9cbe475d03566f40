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
    :param keys: of the residue of each atom
    :param groups: the same by its index in the model
    :param positions: of the atoms, then of the symmetry copies that come near, Angstrom, shape (n + m, 3)
    :param radii: of the density spheres, Angstrom, shape (n + m,)
    :param origins: index of the atom of which each is a copy, or itself, shape (n + m,)
    :param neighbours: pairs whose spheres of interest touch
    """

    atoms: list[gemmi.Atom]
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
    listed = [
        (index, residue_key(chain, residue), residue, atom)
        for index, (chain, residue) in enumerate(everything)
        for atom in residue
        if not atom.is_hydrogen()
    ]
    if not listed:
        raise EngineError('structure.no_atoms', 'The structure holds no atoms besides hydrogen.')
    found = _Found(*(list(column) for column in zip(*listed, strict=True)))
    own = np.array([atom.pos.tolist() for atom in found.atoms])
    radii = np.array([radius(atom.element.name, atom.charge, resolution) for atom in found.atoms])
    reach = 4 * float(radii.max())
    positions, origins = [own], [np.arange(len(own))]
    for copy in symmetry_copies(structure, own, reach):
        positions.append(copy.apply(own[copy.atoms]))
        origins.append(copy.atoms)
    places, sources = np.concatenate(positions), np.concatenate(origins)
    neighbours = _neighbours(found, places, sources, radii, sets)
    return Atoms(found.atoms, found.keys, found.groups, places, radii[sources], sources, neighbours)


@dataclass(frozen=True)
class _Found:
    """Index and key of the residue, the residue, and the atom, of each heavy atom."""

    groups: list[int]
    keys: list[ResidueKey]
    residues: list[gemmi.Residue]
    atoms: list[gemmi.Atom]


@dataclass(frozen=True)
class _Pairs:
    """Two atoms each, by their indices in the model, their distance, and whether the second one is a symmetry copy."""

    first: Indices
    second: Indices
    distance: Array
    copied: Bools


def _neighbours(found: _Found, places: Array, sources: Indices, radii: Array, sets: Mapping[int, int]) -> Neighbours:
    """
    Pairs whose spheres of interest touch.

    :param found: the atoms
    :param places: of them and of the symmetry copies, Angstrom, shape (n + m, 3)
    :param sources: index of the atom of which each is a copy, or itself
    :param radii: of the atoms, Angstrom, shape (n,)
    :param sets: see :func:`gather`
    :returns: the pairs
    """
    number = len(radii)
    first, second = near_pairs(places[:number], places, 4 * float(radii.max()))
    distance = np.sqrt(((places[first] - places[second]) ** 2).sum(1))
    itself = (sources[second] == first) & (distance <= _SAME)
    touching = (distance < 2 * (radii[first] + radii[sources[second]])) & ~itself
    first, second, distance = first[touching], second[touching], distance[touching]
    pairs = _Pairs(first, sources[second], distance, second >= number)
    apart = _alternative(found, pairs, sets)
    bonded = _bonded(found, pairs) & ~apart
    return Neighbours(first, second, distance, bonded, apart, _clashing(found, pairs, bonded, apart))


def _alternative(found: _Found, pairs: _Pairs, sets: Mapping[int, int]) -> Bools:
    """
    Pairs of which only one can be present: conformers with different labels, residues of different sets, and atoms of
    different residues or copies that are too near to each other and whose occupancies leave room for one only, such as
    a molecule on a symmetry axis.

    :param found: the atoms
    :param pairs: of them
    :param sets: see :func:`gather`
    :returns: True for such pairs
    """
    labels = np.array([ord(atom.altloc) for atom in found.atoms])
    members = np.array([sets.get(group, 0) for group in found.groups])
    groups = np.array(found.groups)
    shares = np.array([atom.occ for atom in found.atoms])
    covalent = np.array([atom.element.covalent_r for atom in found.atoms])
    first, second = pairs.first, pairs.second
    partial = (shares[first] + shares[second] <= 1.001) & (pairs.distance < covalent[first] + covalent[second])
    unlabelled = (labels[first] == 0) & (labels[second] == 0) & (groups[first] != groups[second])
    result: Bools = partial & (pairs.copied | unlabelled)
    for kind in labels, members:
        result |= (kind[first] != kind[second]) & (kind[first] > 0) & (kind[second] > 0)
    return result


def _bonded(found: _Found, pairs: _Pairs) -> Bools:
    """
    Pairs that share a covalent bond: by distance within a residue; between residues also by chemistry, so that a clash
    is not taken for a bond. Bonds to metals are none.

    :param found: the atoms
    :param pairs: of them
    :returns: True for such pairs
    """
    covalent = np.array([-9.0 if atom.element.is_metal else atom.element.covalent_r for atom in found.atoms])
    result: Bools = pairs.distance < covalent[pairs.first] + covalent[pairs.second] + TOLERANCE
    for pair in np.flatnonzero(result).tolist():
        a, b = int(pairs.first[pair]), int(pairs.second[pair])
        if found.keys[a][:3] == found.keys[b][:3] and not pairs.copied[pair]:
            continue
        ends = [(found.atoms[index], found.residues[index]) for index in (a, b)]
        result[pair] = {atom.name for atom, _ in ends} in _CHAIN_BONDS or is_plausible(*ends)
    return result


def _clashing(found: _Found, pairs: _Pairs, bonded: Bools, apart: Bools) -> Bools:
    """
    Pairs that are too near to each other.

    :param found: the atoms
    :param pairs: of them
    :param bonded: whether they share a bond
    :param apart: whether only one of them can be present
    :returns: True for such pairs, unless one is a metal or both are bonded to the same atom
    """
    metal = np.array([atom.element.is_metal for atom in found.atoms])
    result: Bools = (pairs.distance < CLASH) & ~bonded & ~apart & ~metal[pairs.first] & ~metal[pairs.second]
    partners: dict[int, set[int]] = {}
    for a, b in zip(pairs.first[bonded].tolist(), pairs.second[bonded].tolist(), strict=True):
        partners.setdefault(a, set()).add(b)
    for pair in np.flatnonzero(result).tolist():
        a, b = int(pairs.first[pair]), int(pairs.second[pair])
        result[pair] = not partners.get(a, set()) & partners.get(b, set())
    return result
