"""Structures made of a metal and the atoms around it."""

import gemmi
import numpy as np

from engines.metalizer.partners import Crystal, Surroundings
from engines.metalizer.polyhedra import Array
from engines.metalizer.sites import find_metals

MIDDLE = np.array([10.0, 10.0, 10.0])


def add(structure: gemmi.Structure, name: str, number: int, **atoms: tuple[str, Array]) -> gemmi.Residue:
    """
    Add a residue.

    :param structure: changed in place
    :param name: of the residue
    :param number: of it
    :param atoms: element and place by name
    :returns: the residue in the structure
    """
    residue = gemmi.Residue()
    residue.name, residue.seqid = name, gemmi.SeqId(number, ' ')
    for atom_name, (element, point) in atoms.items():
        atom = gemmi.Atom()
        atom.name, atom.element, atom.pos = atom_name, gemmi.Element(element), gemmi.Position(*point)
        residue.add_atom(atom)
    return structure[0][0].add_residue(residue)


def site(metal: str, points: Array, element: str = 'O', name: str = 'HOH') -> gemmi.Structure:
    """
    :param metal: element
    :param points: of the donors relative to the metal, Angstrom, shape (n, 3)
    :param element: of the donors
    :param name: of their residues
    :returns: a metal at :data:`MIDDLE` and its donors, a residue each, without a crystal
    """
    structure = gemmi.Structure()
    structure.add_model(gemmi.Model(1))
    structure[0].add_chain(gemmi.Chain('A'))
    add(structure, metal.upper(), 1, **{metal.upper(): (metal, MIDDLE)})
    for number, point in enumerate(points, start=2):
        add(structure, name, number, **{element.upper(): (element, MIDDLE + point)})
    return structure


def around(structure: gemmi.Structure, threshold: float = 3.0, symmetry: bool = False) -> Surroundings:
    """
    :param structure: with a metal
    :param threshold: largest distance, Angstrom
    :param symmetry: whether copies count
    :returns: what is around its first metal
    """
    metal = find_metals(structure[0])[0]
    return Crystal(structure, threshold, symmetry).around(metal, threshold)


def turned(directions: Array, seed: int) -> Array:
    """
    :param directions: unit vectors, shape (n, 3)
    :param seed: of the random rotation
    :returns: them after a proper rotation
    """
    rotation, _ = np.linalg.qr(np.random.default_rng(seed).normal(size=(3, 3)))
    result: Array = directions @ (rotation * np.sign(np.linalg.det(rotation))).T
    return result
