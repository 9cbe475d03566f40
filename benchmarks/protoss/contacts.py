"""Parts c and d: contacts that hydrogens should not make, and hydrogens between metals and what binds them."""

from dataclasses import dataclass

import gemmi
import numpy as np

from .experiment import LENGTHS, unit
from .structures import AMINO_ACIDS, Atoms, Place, Vector, pairs, place, to_atoms

#: Van der Waals radii of Word et al. (1999), J. Mol. Biol. 285, 1711, for hydrogens at their nuclei; in Angstrom.
_RADII = {'C': 1.75, 'N': 1.55, 'O': 1.40, 'S': 1.80, 'SE': 1.90, 'P': 1.80}
_H_RADIUS = 1.17
_POLAR_H_RADIUS = 1.00
#: As MolProbity: Chen et al. (2010), Acta Cryst. D66, 12.
OVERLAP = 0.4
POLAR_CONTACT = 3.2
DONORS_FACE = 2.1
_ACCEPTED = 2.6
_POLAR = ('N', 'O', 'S')
#: Longest bond of a metal that still counts; alkali and alkaline earth metals have long ones.
METAL_BOND = 2.6
LONG_METAL_BOND = 3.0
_LONG = {'NA', 'K', 'CA', 'SR', 'BA', 'RB', 'CS'}
_METAL_ANGLE = 90.0


@dataclass(frozen=True)
class Contacts:
    """
    What should not be in a structure.

    :param hydrogens: pairs of hydrogens that overlap
    :param overlaps: overlaps of a hydrogen with any atom but an acceptor of it, those of two hydrogens included
    :param donors: pairs of donors whose hydrogens face each other
    :param acceptors: pairs of acceptors in contact without a hydrogen between them
    """

    hydrogens: int
    overlaps: int
    donors: int
    acceptors: int


def normalise(atoms: Atoms) -> None:
    """
    Give every bond to hydrogen its length from neutron diffraction, so that programs differ by direction only.

    :param atoms: to be changed
    """
    for h, parent in enumerate(atoms.parents):
        if parent >= 0 and atoms.elements[parent] in LENGTHS:
            way = unit(atoms.xyz[h] - atoms.xyz[parent])
            atoms.xyz[h] = atoms.xyz[parent] + LENGTHS[atoms.elements[parent]] * way


def protein_places(atoms: Atoms, waters: bool) -> set[Place]:
    """
    :param atoms: of the input
    :param waters: whether these count, too
    :returns: heavy atoms of standard amino acids
    """
    wanted = AMINO_ACIDS | ({'HOH'} if waters else set())
    return {place(key) for key, element in zip(atoms.keys, atoms.elements, strict=True) if key[2] in wanted}


def count(structure: gemmi.Structure, common: set[Place]) -> Contacts:
    """
    :param structure: output of a program, one conformer
    :param common: heavy atoms that count, with their hydrogens
    :returns: its contacts, without those to symmetry copies
    """
    atoms = to_atoms(structure)
    normalise(atoms)
    for cra in structure[0].all():
        cra.atom.pos = gemmi.Position(*atoms.xyz[cra.atom.serial])
    inside = [place(atoms.keys[atoms.parents[i] if e == 'H' else i]) in common for i, e in enumerate(atoms.elements)]
    found = {'hydrogens': 0, 'overlaps': 0, 'donors': 0, 'acceptors': 0}
    for i, j, distance in pairs(structure, POLAR_CONTACT):
        if inside[i] and inside[j] and j not in atoms.within(i, 4):
            for name in _kinds(atoms, i, j, distance):
                found[name] += 1
    return Contacts(**found)


def _kinds(atoms: Atoms, i: int, j: int, distance: float) -> list[str]:
    """
    :param atoms: with normalised hydrogens
    :param i: an atom
    :param j: another one, more than four bonds away
    :param distance: between them
    :returns: names of the counters it raises
    """
    if atoms.elements[i] != 'H' and atoms.elements[j] != 'H':
        return ['acceptors'] if _two_acceptors(atoms, i, j) else []
    kinds, both = [], atoms.elements[i] == atoms.elements[j]
    if both and distance < DONORS_FACE and _is_polar(atoms, i) and _is_polar(atoms, j):
        kinds.append('donors')
    bond = _may_accept(atoms, i, j) or _may_accept(atoms, j, i)
    if not bond and _radius(atoms, i) + _radius(atoms, j) - distance >= OVERLAP:
        kinds += ['overlaps', 'hydrogens'] if both else ['overlaps']
    return kinds


def _is_polar(atoms: Atoms, h: int) -> bool:
    """
    :param atoms: of the structure
    :param h: a hydrogen
    :returns: whether it is bonded to N, O or S
    """
    return atoms.parents[h] >= 0 and atoms.elements[atoms.parents[h]] in _POLAR


def _may_accept(atoms: Atoms, h: int, other: int) -> bool:
    """
    :param atoms: of the structure
    :param h: perhaps a polar hydrogen
    :param other: perhaps an acceptor
    :returns: whether the two can form a hydrogen bond
    """
    return atoms.elements[h] == 'H' and _is_polar(atoms, h) and atoms.elements[other] in _POLAR


def _radius(atoms: Atoms, atom: int) -> float:
    """
    :param atoms: of the structure
    :param atom: any
    :returns: its van der Waals radius
    """
    if atoms.elements[atom] != 'H':
        return _RADII.get(atoms.elements[atom], 1.4)  # small for what is not known, such as ions
    parent = atoms.parents[atom]
    aromatic = parent >= 0 and atoms.elements[parent] == 'C' and len(atoms.bonds[parent]) == 3
    return _POLAR_H_RADIUS if aromatic or _is_polar(atoms, atom) else _H_RADIUS


def _two_acceptors(atoms: Atoms, i: int, j: int) -> bool:
    """
    :param atoms: of the structure
    :param i: a heavy atom
    :param j: another one in contact with it
    :returns: whether both are N or O and no hydrogen of one of them stands between them
    """
    if not {atoms.elements[i], atoms.elements[j]} <= {'N', 'O'}:
        return False
    for one, other in ((i, j), (j, i)):
        for h in atoms.hydrogens_of(one):
            if np.linalg.norm(atoms.xyz[h] - atoms.xyz[other]) < _ACCEPTED:
                return False
    return all(_accepts(atoms, atom) for atom in (i, j))


def _accepts(atoms: Atoms, atom: int) -> bool:
    """
    :param atoms: of the structure
    :param atom: a nitrogen or oxygen
    :returns: whether it has a free lone pair: oxygen always, nitrogen without hydrogen and with two neighbours or fewer
    """
    return atoms.elements[atom] == 'O' or (not atoms.hydrogens_of(atom) and len(atoms.bonds[atom]) <= 2)


def metals(structure: gemmi.Structure) -> list[tuple[str, str, Vector]]:
    """
    :param structure: an input
    :returns: name, element and position of each metal atom of its first model
    """
    return [
        (f'{cra.residue.name}_{cra.chain.name}_{cra.residue.seqid}', cra.atom.element.name.upper(), _xyz(cra.atom.pos))
        for cra in structure[0].all()
        if cra.atom.element.is_metal
    ]


def between_metal_and_ligand(found: list[tuple[str, str, Vector]], atoms: Atoms) -> tuple[int, list[str]]:
    """
    :param found: metals of the input
    :param atoms: output of a program, ligands included
    :returns: how many atoms bind a metal, and those of them that have a hydrogen on the metal's side
    """
    bound, bad = 0, []
    heavy = [i for i, element in enumerate(atoms.elements) if element in ('N', 'O', 'S', 'SE')]
    for name, element, position in found:
        limit = LONG_METAL_BOND if element in _LONG else METAL_BOND
        distances = np.linalg.norm(atoms.xyz[heavy] - position, axis=1) if heavy else np.zeros(0)
        for atom in (heavy[k] for k in np.flatnonzero((distances > 0.5) & (distances <= limit))):
            bound += 1
            to_metal = unit(position - atoms.xyz[atom])
            for h in atoms.hydrogens_of(atom):
                cosine = float(np.dot(unit(atoms.xyz[h] - atoms.xyz[atom]), to_metal))
                if cosine > np.cos(np.radians(_METAL_ANGLE)):
                    chain, seqid, residue, atom_name = atoms.keys[atom]
                    bad.append(f'{atom_name} of {residue}_{chain}_{seqid} to {name}')
    return bound, sorted(set(bad))


def _xyz(position: gemmi.Position) -> Vector:
    """
    :param position: of gemmi
    :returns: it as an array
    """
    return np.array(position.tolist(), dtype=float)
