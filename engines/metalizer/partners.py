"""
The atoms that coordinate a metal.

A donor is N, O, S, Se or a halogen within the distance that was asked for, and not more than :data:`SLACK` farther
than such a bond usually is (than the sum of the covalent radii, for metals without tables), so that a large distance
does not make partners of the second shell; for nitrogen whose lone pair is taken, as in amides and in lysine, the
margin is narrow. Of atoms that are bonded to each other the farther one is a partner only if both are about as far.
Carbon counts where it ends a triple bond at the metal, as in carbon monoxide and cyanide. These rules are our own.
"""

import itertools
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

import gemmi
import numpy as np

from engines.metalizer.parameters import usual_distance
from engines.metalizer.polyhedra import Array
from engines.metalizer.sites import Metal
from engines.structure.classification import is_water

DONORS = frozenset({'N', 'O', 'S', 'Se', 'F', 'Cl', 'Br', 'I'})
SLACK = 0.75
"""Angstrom beyond the usual distance."""
SIDE_ON = 0.4
"""Angstrom; how much farther the second of two bonded atoms may be, as in peroxide."""
BIDENTATE = 0.6
"""Angstrom; how much farther the second oxygen of a carboxylate may be."""
WITHOUT_LONE_PAIR = 0.3
"""Angstrom beyond the usual distance for nitrogen that coordinates only where it has given up a proton."""
_PROTONATED = {
    ('ARG', 'NE'), ('ARG', 'NH1'), ('ARG', 'NH2'), ('ASN', 'ND2'), ('GLN', 'NE2'), ('LYS', 'NZ'), ('TRP', 'NE1'),
}  # fmt: skip
_BONDED, _CARBOXYLATE, _TRIPLE, _METAL_CARBON = 1.65, 1.45, 1.25, 2.3
"""Angstrom; largest lengths of bonds between donors, of C-O, of C to O or N in CO and cyanide, of metal to carbon."""
_SAME = 0.5
"""Angstrom up to which atoms of different copies are one atom on a symmetry element."""
_NEAR = 4.5
"""Angstrom around the metal that is looked at at least: bonds of the donors, and what stands in free sites."""


@dataclass(frozen=True)
class Neighbour:
    """
    An atom near a metal.

    :param chain: name of its chain
    :param residue: that it belongs to
    :param atom: itself, where the file has it
    :param copy: symmetry operator and cell of a copy, such as 2_655; empty in the asymmetric unit
    :param point: where it is, Angstrom, shape (3,)
    :param distance: to the metal, Angstrom
    """

    chain: str
    residue: gemmi.Residue
    atom: gemmi.Atom
    copy: str
    point: Array
    distance: float

    @property
    def element(self) -> str:
        """:returns: such as O"""
        return str(self.atom.element.name)

    @property
    def place(self) -> tuple[str, str, str]:
        """:returns: chain, number and copy of its residue"""
        return self.chain, str(self.residue.seqid), self.copy

    @property
    def slack(self) -> float:
        """:returns: how far beyond the usual distance it still is a partner, Angstrom"""
        peptide = self.atom.name == 'N' and self.residue.entity_type == gemmi.EntityType.Polymer
        return WITHOUT_LONE_PAIR if peptide or (self.residue.name, self.atom.name) in _PROTONATED else SLACK

    @cached_property
    def group(self) -> str:
        """:returns: what kind of donor it is, as the tables of distances call it"""
        residue, name = self.residue.name, self.atom.name
        if is_water(self.residue):
            return 'water'
        if (residue, name) in {('ASP', 'OD1'), ('ASP', 'OD2'), ('GLU', 'OE1'), ('GLU', 'OE2')} or name == 'OXT':
            return 'carboxylate'
        if name == 'O' and self.residue.entity_type == gemmi.EntityType.Polymer:
            return 'carbonyl'
        if residue == 'HIS' and name in {'ND1', 'NE2'}:
            return 'imidazole'
        return 'thiolate' if (residue, name) == ('CYS', 'SG') else ''


@dataclass(frozen=True)
class Partner:
    """
    What takes one site: a donor, or both oxygens of a carboxylate.

    :param atoms: the donors, the nearest first
    """

    atoms: tuple[Neighbour, ...]

    @cached_property
    def point(self) -> Array:
        """:returns: where it is, Angstrom, shape (3,)"""
        middle: Array = np.mean([atom.point for atom in self.atoms], axis=0)
        return middle


@dataclass(frozen=True)
class Surroundings:
    """
    What is around a metal.

    :param metal: the metal
    :param near: atoms around it other than hydrogen and metals
    :param donors: those that coordinate it, the nearest first
    :param chelates: pairs of donors, by their index, that are the oxygens of a carboxylate
    """

    metal: Metal
    near: tuple[Neighbour, ...]
    donors: tuple[Neighbour, ...]
    chelates: tuple[tuple[int, int], ...]

    @cached_property
    def origin(self) -> Array:
        """:returns: where the metal is, Angstrom, shape (3,)"""
        return np.array(self.metal.atom.pos.tolist())

    def readings(self) -> Iterator[tuple[Partner, ...]]:
        """
        Each carboxylate that binds with both oxygens may take two sites, or one.

        :returns: the partners in each reading
        """
        for number in range(len(self.chelates) + 1):
            for joined in itertools.combinations(self.chelates, number):
                seconds = dict(joined)
                left = set(seconds.values())
                yield tuple(
                    Partner((donor, self.donors[seconds[i]]) if i in seconds else (donor,))
                    for i, donor in enumerate(self.donors) if i not in left
                )  # fmt: skip


class Crystal:
    """Finds what is around points of a structure, its symmetry copies included if wanted."""

    def __init__(self, structure: gemmi.Structure, reach: float, symmetry: bool) -> None:
        """
        :param structure: its first model is searched
        :param reach: largest distance that is asked for, Angstrom
        :param symmetry: whether the copies of a crystal count
        """
        if symmetry and structure.cell.is_crystal():
            structure.setup_cell_images()
        self._model = structure[0]
        self._cell = structure.cell if symmetry else gemmi.UnitCell()
        self._reach = max(reach, _NEAR)
        self._search = gemmi.NeighborSearch(self._model, self._cell, self._reach).populate(include_h=False)

    def around(self, metal: Metal, threshold: float) -> Surroundings:
        """
        :param metal: a metal of the structure
        :param threshold: largest distance of a partner, Angstrom
        :returns: what is around it
        """
        near = _one_conformer(list(self._neighbours(metal.atom)), metal.atom.altloc)
        near = _no_overlaid_copies(sorted(near, key=lambda each: each.distance))
        donors, chelates = _donors(metal, near, threshold)
        return Surroundings(metal, tuple(near), tuple(donors), tuple(chelates))

    def _neighbours(self, metal: gemmi.Atom) -> Iterator[Neighbour]:
        """
        :param metal: a metal
        :returns: atoms around it that are no metals
        """
        for mark in self._search.find_atoms(metal.pos, '\0', min_dist=0.01, radius=self._reach):
            cra = mark.to_cra(self._model)
            if cra.atom.element.is_metal:
                continue
            # The mark's own position is wrapped into the cell.
            position, copy = cra.atom.pos, ''
            if self._cell.is_crystal():
                nearest = self._cell.find_nearest_pbc_image(metal.pos, cra.atom.pos, mark.image_idx)
                position = self._cell.find_nearest_pbc_position(metal.pos, cra.atom.pos, mark.image_idx)
                copy = '' if nearest.same_asu() else str(nearest.symmetry_code(underscore=True))
            point = np.array(position.tolist())
            distance = float(np.linalg.norm(point - metal.pos.tolist()))
            yield Neighbour(cra.chain.name, cra.residue, cra.atom, copy, point, distance)


def _one_conformer(atoms: list[Neighbour], label: str) -> list[Neighbour]:
    """
    :param atoms: around a metal
    :param label: conformer of the metal
    :returns: of each residue those of one conformer: that of the metal if there is one, else the most occupied
    """
    weights: dict[tuple[str, str, str], dict[str, float]] = {}
    for each in atoms:
        if each.atom.has_altloc():
            labels = weights.setdefault(each.place, {})
            labels[each.atom.altloc] = labels.get(each.atom.altloc, 0) + each.atom.occ
    chosen = {place: label if label in labels else _heaviest(labels) for place, labels in weights.items()}
    return [each for each in atoms if not each.atom.has_altloc() or each.atom.altloc == chosen[each.place]]


def _heaviest(labels: dict[str, float]) -> str:
    """
    :param labels: occupancy by conformer
    :returns: the conformer with the highest, of equals the first in the alphabet
    """
    return min(labels, key=lambda name: (-round(labels[name], 3), name))


def _no_overlaid_copies(atoms: list[Neighbour]) -> list[Neighbour]:
    """
    :param atoms: around a metal, the nearest first
    :returns: without the copies of an atom that fall onto it, as on a symmetry axis
    """
    kept: list[Neighbour] = []
    for each in atoms:
        twins = (other for other in kept if other.place[:2] == each.place[:2] and other.atom.name == each.atom.name)
        if not any(np.linalg.norm(other.point - each.point) < _SAME for other in twins):
            kept.append(each)
    return kept


def _donors(metal: Metal, near: Sequence[Neighbour], threshold: float) -> tuple[list[Neighbour], list[tuple[int, int]]]:
    """
    :param metal: the metal
    :param near: atoms around it, the nearest first
    :param threshold: largest distance, Angstrom
    :returns: its partners, the nearest first, and the pairs of them that are oxygens of one carboxylate
    """
    found: list[Neighbour] = []
    chelates = []
    for each in near:
        if each.distance > threshold or not _is_donor(metal.element, each, near):
            continue
        if any(_apart(each, other) < _BONDED and each.distance - other.distance > SIDE_ON for other in found):
            continue
        twin = next((i for i, other in enumerate(found) if _same_carboxylate(each, other, near)), None)
        if twin is not None and each.distance - found[twin].distance > BIDENTATE:
            continue
        if twin is not None:
            chelates.append((twin, len(found)))
        found.append(each)
    return found, chelates


def _is_donor(metal: str, atom: Neighbour, near: Sequence[Neighbour]) -> bool:
    """
    :param metal: element
    :param atom: near it
    :param near: all atoms near it
    :returns: whether the atom may coordinate the metal
    """
    if atom.element == 'C':
        bonded = [other for other in near if other is not atom and _apart(atom, other) < _BONDED]
        return atom.distance <= _METAL_CARBON and len(bonded) == 1 and _apart(atom, bonded[0]) <= _TRIPLE
    usual = usual_distance(metal, atom.element, atom.group)
    if usual is None:
        usual = gemmi.Element(metal).covalent_r + atom.atom.element.covalent_r
    return atom.element in DONORS and atom.distance <= usual + atom.slack


def _same_carboxylate(first: Neighbour, second: Neighbour, near: Sequence[Neighbour]) -> bool:
    """
    :param first: a donor
    :param second: another one
    :param near: all atoms near the metal
    :returns: whether both are oxygens at one carbon
    """
    if (first.element, second.element) != ('O', 'O') or first.place != second.place:
        return False
    carbons = (atom for atom in near if atom.element == 'C' and atom.place == first.place)
    return any(max(_apart(first, carbon), _apart(second, carbon)) <= _CARBOXYLATE for carbon in carbons)


def _apart(first: Neighbour, second: Neighbour) -> float:
    """
    :param first: an atom
    :param second: another one
    :returns: their distance, Angstrom
    """
    return float(np.linalg.norm(first.point - second.point))
