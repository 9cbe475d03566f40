"""Groups that interact as a whole: flat rings, charged groups; and the single atoms that take part by their kind."""

import math
from dataclasses import dataclass

import numpy as np
from rdkit import Chem

from engines.interactions.assembly import Assembly
from engines.protoss.placement import SP2, Array
from engines.structure.classification import Kind

_FLATNESS = 0.25
"""Angstrom that an atom of a ring may lie off the plane of the ring; worse models than that have no planes."""
_RING_SIZES = (5, 6)
_APOLAR = {'C', 'H'}
HALOGENS = {'CL', 'BR', 'I'}
"""Those that have a positive end."""
_HYDROPHOBIC_HALOGENS = {'F', *HALOGENS}


@dataclass(frozen=True)
class Ring:
    """A flat ring: its atoms, sorted, its centre (Angstrom) and its unit normal."""

    atoms: tuple[int, ...]
    centre: Array
    normal: Array


@dataclass(frozen=True)
class Charged:
    """A charged group: the atoms that share the charge, sorted, and its sign."""

    atoms: tuple[int, ...]
    sign: int


def find_rings(assembly: Assembly, owners: list[int]) -> list[Ring]:
    """
    Flat rings of five or six unsaturated atoms: aromatic ones, bases, quinones. What counts is whether electrons of one
    face are there to be stacked, so rings are judged by their shape and not by a model of aromaticity.

    :param assembly: the complex
    :param owners: residues to look at
    :returns: the rings, by their atoms
    """
    system = assembly.system
    atoms = [a for o in owners if system.members[o].kind is not Kind.WATER for a in system.members[o].atoms]
    atoms = [a for a in atoms if assembly.shown[a] and a not in system.metals]
    place = {atom: i for i, atom in enumerate(atoms)}
    mol = Chem.RWMol()
    for _ in atoms:
        mol.AddAtom(Chem.Atom(6))
    for atom in atoms:
        for other in assembly.neighbours(atom):
            if atom < other and other in place:
                mol.AddBond(place[atom], place[other], Chem.BondType.SINGLE)
    rings = []
    for found in Chem.GetSymmSSSR(mol):
        members = tuple(sorted(atoms[i] for i in found))
        if len(members) in _RING_SIZES and all(_is_unsaturated(assembly, a) for a in members):
            ring = _flat(members, assembly.positions[list(members)])
            rings += [ring] if ring else []
    return sorted(rings, key=lambda ring: ring.atoms)


def _is_unsaturated(assembly: Assembly, atom: int) -> bool:
    """
    :param assembly: the complex
    :param atom: an atom of a ring
    :returns: whether it has electrons across the plane of the ring
    """
    two = assembly.system.elements[atom] in ('O', 'S', 'SE') and len(assembly.neighbours(atom)) == 2
    return two or _is_flat(assembly, atom)


def _is_flat(assembly: Assembly, atom: int) -> bool:
    """
    :param assembly: the complex
    :param atom: an atom
    :returns: whether it is hybridised like an atom of a double bond
    """
    return assembly.views[atom].hybridisation(atom) == SP2


def _flat(atoms: tuple[int, ...], points: Array) -> Ring | None:
    """
    :param atoms: of a ring
    :param points: where they are
    :returns: the ring, or None if it is not flat
    """
    centre = points.mean(0)
    _, _, axes = np.linalg.svd(points - centre)
    normal: Array = axes[2]
    return Ring(atoms, centre, normal) if float(np.abs((points - centre) @ normal).max()) < _FLATNESS else None


def find_charged(assembly: Assembly, owners: list[int]) -> list[Charged]:
    """
    Charged groups: carboxylates, phosphates, sulphonates, ammonium, guanidinium, imidazolium, and single atoms.

    :param assembly: the complex
    :param owners: residues to look at
    :returns: the groups, by their atoms
    """
    system = assembly.system
    found: dict[tuple[int, ...], Charged] = {}
    for owner in owners:
        for atom in system.members[owner].atoms:
            if not assembly.shown[atom] or atom in system.metals or not (charge := assembly.charge(atom)):
                continue
            near = assembly.neighbours(atom)
            if any(assembly.charge(n) * charge < 0 for n in near):
                continue  # nitro groups, N-oxides, ylides: no charge to the outside
            sign = 1 if charge > 0 else -1
            sharing = _sharing(assembly, atom, near, sign)
            found[sharing] = Charged(sharing, sign)
    return [found[key] for key in sorted(found)]


def _sharing(assembly: Assembly, atom: int, near: list[int], sign: int) -> tuple[int, ...]:
    """
    The atoms that share a formal charge by resonance.

    :param assembly: the complex
    :param atom: the charged atom
    :param near: its neighbours
    :param sign: of the charge
    :returns: the atoms, sorted
    """
    elements = assembly.system.elements
    own = elements[atom]
    group = {atom}
    for middle in near:
        others = [n for n in assembly.neighbours(middle) if elements[n] in ('O', 'S', 'N')]
        if sign < 0 and own in ('O', 'S') and elements[middle] in ('C', 'P', 'S', 'B'):
            ends = (n for n in others if elements[n] in ('O', 'S'))
            group.update(n for n in ends if len(assembly.neighbours(n)) == 1 and assembly.hydrogens[n].size == 0)
        if (
            sign > 0
            and own == 'N'
            and elements[middle] == 'C'
            and _is_flat(assembly, middle)
            and _is_flat(assembly, atom)
        ):
            group.update(n for n in others if elements[n] == 'N' and _is_flat(assembly, n))
    return tuple(sorted(group))


def is_hydrophobic(assembly: Assembly, atom: int) -> bool:
    """
    Whether an atom is apolar: carbon, or a halogen on it, with apolar neighbours only; and sulphur of thioethers.

    :param assembly: the complex
    :param atom: a shown atom
    :returns: True if so
    """
    elements = assembly.system.elements
    near = {elements[n] for n in assembly.neighbours(atom)}
    if elements[atom] in _HYDROPHOBIC_HALOGENS:
        return near == {'C'}
    if elements[atom] == 'S':
        return near == {'C'} and len(assembly.neighbours(atom)) == 2
    return elements[atom] == 'C' and near <= _APOLAR | _HYDROPHOBIC_HALOGENS | {'S'} and not assembly.charge(atom)


def angle(first: Array, middle: Array, last: Array) -> float:
    """
    :param first: a point
    :param middle: the vertex
    :param last: another point
    :returns: degrees
    """
    return between(first - middle, last - middle)


def between(first: Array, second: Array) -> float:
    """
    :param first: a vector
    :param second: another vector
    :returns: the angle of the two, degrees
    """
    size = math.sqrt(float(first @ first) * float(second @ second))
    return math.degrees(math.acos(max(-1.0, min(1.0, float(first @ second) / size)))) if size > 1e-12 else 0.0
