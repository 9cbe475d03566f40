"""
Bond lengths and angles of polymers, against the ideal geometry of the component dictionary.

Where the ideal coordinates differ from what proteins show, and where binding changes a component, the values are those
of Engh & Huber 2001 (International Tables F, 18.3), and of Parkinson et al. 1996 (doi:10.1107/S0907444995001115) for
phosphates.
"""

from collections.abc import Iterator
from itertools import combinations
from typing import NamedTuple

import numpy as np

from engines.structure.components import Component
from engines.structureprofiler.measures import Measures, Part
from engines.structureprofiler.subject import Complex

LENGTH_SIGMA, ANGLE_SIGMA = 0.02, 2.0
"""Standard deviations of lengths, Angstrom, and angles, degrees, typical of Engh & Huber 2001."""


class Ideal(NamedTuple):
    """An ideal length or angle and its standard deviation."""

    value: float
    sigma: float


_AMINO: dict[tuple[str, ...], Ideal] = {
    ('N', 'CA'): Ideal(1.459, 0.020), ('CA', 'C'): Ideal(1.525, 0.026), ('C', 'O'): Ideal(1.229, 0.019),
    ('C', 'OXT'): Ideal(1.249, 0.030), ('CA', 'CB'): Ideal(1.535, 0.022),
    ('N', 'CA', 'C'): Ideal(111.0, 2.7), ('N', 'CA', 'CB'): Ideal(110.6, 1.8), ('C', 'CA', 'CB'): Ideal(110.1, 2.0),
    ('CA', 'C', 'O'): Ideal(120.1, 2.1), ('CA', 'C', 'OXT'): Ideal(117.8, 2.5), ('O', 'C', 'OXT'): Ideal(124.0, 2.5),
}  # fmt: skip
_LONG: dict[tuple[str, ...], Ideal] = {('CA', 'CB', 'CG'): Ideal(113.4, 2.2), ('CB', 'CG', 'CD'): Ideal(111.6, 2.6)}
_CARBOXYLATE, _OUTSIDE, _BETWEEN = Ideal(1.250, 0.023), Ideal(118.3, 2.0), Ideal(123.3, 1.9)
_GUANIDINIUM = Ideal(1.326, 0.018)
_AMIDE_N, _AMIDE_NO = Ideal(116.7, 2.4), Ideal(121.9, 2.3)
_OWN: dict[str, dict[tuple[str, ...], Ideal]] = {
    'ARG': {**_LONG, ('NE', 'CZ'): _GUANIDINIUM, ('CZ', 'NH1'): _GUANIDINIUM, ('CZ', 'NH2'): _GUANIDINIUM},
    'ASN': {
        ('CA', 'CB', 'CG'): Ideal(113.4, 2.2), ('CB', 'CG', 'ND2'): _AMIDE_N, ('OD1', 'CG', 'ND2'): _AMIDE_NO,
    },
    'ASP': {
        ('CA', 'CB', 'CG'): Ideal(113.4, 2.2), ('CG', 'OD1'): _CARBOXYLATE, ('CG', 'OD2'): _CARBOXYLATE,
        ('CB', 'CG', 'OD1'): _OUTSIDE, ('CB', 'CG', 'OD2'): _OUTSIDE, ('OD1', 'CG', 'OD2'): _BETWEEN,
    },
    'CYS': {('CA', 'CB', 'SG'): Ideal(114.0, 1.8)},
    'GLN': {**_LONG, ('CG', 'CD', 'NE2'): _AMIDE_N, ('OE1', 'CD', 'NE2'): _AMIDE_NO},
    'GLU': {
        ('CA', 'CB', 'CG'): Ideal(113.4, 2.2), ('CB', 'CG', 'CD'): Ideal(114.2, 2.7), ('CD', 'OE1'): _CARBOXYLATE,
        ('CD', 'OE2'): _CARBOXYLATE, ('CG', 'CD', 'OE1'): _OUTSIDE, ('CG', 'CD', 'OE2'): _OUTSIDE,
        ('OE1', 'CD', 'OE2'): _BETWEEN,
    },
    'GLY': {('N', 'CA', 'C'): Ideal(113.1, 2.5), ('CA', 'C', 'O'): Ideal(120.6, 1.8)},
    'HIS': {('CA', 'CB', 'CG'): Ideal(113.6, 1.7)},
    'ILE': {('CB', 'CG1', 'CD1'): Ideal(113.9, 2.8)},
    'LEU': {('CA', 'CB', 'CG'): Ideal(115.3, 2.3)},
    'LYS': {
        **_LONG, ('CG', 'CD', 'CE'): Ideal(111.9, 3.0), ('CD', 'CE', 'NZ'): Ideal(111.7, 2.3),
        ('CE', 'NZ'): Ideal(1.486, 0.025),
    },
    'MET': {
        ('CA', 'CB', 'CG'): Ideal(113.3, 1.7), ('CB', 'CG', 'SD'): Ideal(112.4, 3.0), ('SD', 'CE'): Ideal(1.774, 0.056),
    },
    'PHE': {('CA', 'CB', 'CG'): Ideal(113.9, 2.4)},
    'PRO': {
        ('N', 'CA'): Ideal(1.468, 0.017), ('CB', 'CG'): Ideal(1.495, 0.050), ('CG', 'CD'): Ideal(1.502, 0.033),
        ('N', 'CA', 'CB'): Ideal(103.3, 1.2), ('N', 'CA', 'C'): Ideal(112.1, 2.6), ('C', 'CA', 'CB'): Ideal(111.7, 2.1),
        ('CA', 'CB', 'CG'): Ideal(104.8, 1.9), ('CB', 'CG', 'CD'): Ideal(106.5, 3.9),
        ('CA', 'N', 'CD'): Ideal(111.7, 1.4),
    },
    'TRP': {('CA', 'CB', 'CG'): Ideal(113.7, 1.9)},
    'TYR': {('CA', 'CB', 'CG'): Ideal(113.4, 1.9)},
}  # fmt: skip
_NUCLEOTIDE: dict[tuple[str, ...], Ideal] = {
    ('P', 'OP1'): Ideal(1.485, 0.020), ('P', 'OP2'): Ideal(1.485, 0.020), ('P', "O5'"): Ideal(1.593, 0.015),
    ('OP1', 'P', 'OP2'): Ideal(119.6, 2.0), ('OP1', 'P', "O5'"): Ideal(108.1, 2.9),
    ('OP2', 'P', "O5'"): Ideal(108.1, 2.9), ('P', "O5'", "C5'"): Ideal(120.9, 2.0),
}  # fmt: skip
_PEPTIDE = Ideal(1.336, 0.023)
_PEPTIDE_ANGLES: dict[tuple[str, ...], Ideal] = {
    ('CA', 'C', 'N'): Ideal(117.2, 2.2), ('O', 'C', 'N'): Ideal(122.7, 1.9), ('C', 'N', 'CA'): Ideal(121.7, 2.5),
    ('C', 'N', 'CD'): Ideal(124.5, 3.6),
}  # fmt: skip
_PROLINE_CA = Ideal(119.3, 3.0)
"""C-N-CA before proline; wide enough for the cis form with 127 degrees."""
_PHOSPHATE = Ideal(1.607, 0.015)
_PHOSPHATE_ANGLES: dict[tuple[str, ...], Ideal] = {
    ("C3'", "O3'", 'P'): Ideal(119.7, 2.0), ("O3'", 'P', "O5'"): Ideal(104.0, 1.9),
    ("O3'", 'P', 'OP1'): Ideal(108.0, 3.2), ("O3'", 'P', 'OP2'): Ideal(108.0, 3.2),
}  # fmt: skip
_LINKS: dict[tuple[str, str], tuple[Ideal, dict[tuple[str, ...], Ideal]]] = {
    ('C', 'N'): (_PEPTIDE, _PEPTIDE_ANGLES),
    ("O3'", 'P'): (_PHOSPHATE, _PHOSPHATE_ANGLES),
}
"""Bonds between residues, by the last atom before and the first one after them, and the angles around them."""


def measure_polymer_geometry(complex_: Complex, owners: list[int], measures: Measures) -> None:
    """
    Deviations of bond lengths and angles, in standard deviations, of residues and of their links to the next ones.

    :param complex_: the complex
    :param owners: residues
    :param measures: gets the values
    """
    lengths, angles = [], []
    wanted = set(owners)
    for atoms, ideal in ideals(complex_, wanted):
        points = [complex_.system.positions[a] for a in atoms]
        names = tuple(complex_.name(a) for a in atoms)
        if len(points) == 2:
            length = float(np.linalg.norm(points[0] - points[1]))
            lengths.append(Part(abs(length - ideal.value) / ideal.sigma, names))
        else:
            angles.append(Part(abs(angle_of(*points) - ideal.value) / ideal.sigma, names))
    measures.worst('bondLengthsValue', lengths)
    measures.worst('bondAnglesValue', angles)


def angle_of(first: np.ndarray, middle: np.ndarray, last: np.ndarray) -> float:
    """
    :param first: a point
    :param middle: the point of the angle
    :param last: another point
    :returns: the angle, degrees
    """
    u, v = first - middle, last - middle
    return float(np.degrees(np.arctan2(np.linalg.norm(np.cross(u, v)), u @ v)))


def ideals(complex_: Complex, owners: set[int]) -> Iterator[tuple[tuple[int, ...], Ideal]]:
    """
    The bonds and angles of residues, in their main conformers.

    :param complex_: the complex
    :param owners: residues
    :returns: iterator over two or three atoms and what is expected of them
    """
    system = complex_.system
    named = {owner: {system.names[a]: a for a in system.members[owner].atoms if complex_.main[a]} for owner in owners}
    known: dict[str, dict[tuple[str, ...], Ideal]] = {}
    for owner in sorted(owners):
        component = system.members[owner].component
        if component is None:
            continue
        if component.id not in known:
            known[component.id] = expected(component)
        for names, ideal in known[component.id].items():
            if all(name in named[owner] for name in names):
                yield tuple(named[owner][name] for name in names), ideal
    yield from _links(complex_, named)


def _links(complex_: Complex, named: dict[int, dict[str, int]]) -> Iterator[tuple[tuple[int, ...], Ideal]]:
    """
    The bonds between residues and the angles around them.

    :param complex_: the complex
    :param named: atoms of the residues by name
    :returns: iterator over atoms and what is expected of them
    """
    system = complex_.system
    for owner, atoms in named.items():
        for (last, first), (length, angles) in _LINKS.items():
            if last not in atoms:
                continue
            for partner in system.near[atoms[last]]:
                other = system.owner[partner]
                if other == owner or other not in named or system.names[partner] != first or not complex_.main[partner]:
                    continue
                yield (atoms[last], partner), length
                proline = system.members[other].key[3] == 'PRO'
                for names, ideal in angles.items():
                    cut = names.index(first)
                    ends = [atoms.get(n) for n in names[:cut]] + [named[other].get(n) for n in names[cut:]]
                    if None not in ends and (proline or names[-1] != 'CD'):
                        known = _PROLINE_CA if proline and names == ('C', 'N', 'CA') else ideal
                        yield tuple(a for a in ends if a is not None), known


def expected(component: Component) -> dict[tuple[str, ...], Ideal]:
    """
    The lengths and angles of a component within a polymer.

    :param component: with ideal coordinates; without them only what is tabulated is known
    :returns: ideal value by two or three atom names, the middle one in the middle
    """
    heavy = {i for i, atom in enumerate(component.atoms) if atom.element not in ('H', 'D')}
    near: dict[int, list[int]] = {i: [] for i in heavy}
    for bond in component.bonds:
        if bond.first in heavy and bond.second in heavy:
            near[bond.first].append(bond.second)
            near[bond.second].append(bond.first)
    found: dict[tuple[str, ...], Ideal] = {}
    if component.ideal:
        points = np.array(component.ideal)
        names = [atom.name for atom in component.atoms]
        for i, others in near.items():
            for j in others:
                if i < j:
                    found[names[i], names[j]] = Ideal(float(np.linalg.norm(points[i] - points[j])), LENGTH_SIGMA)
            for j, k in combinations(others, 2):
                found[names[j], names[i], names[k]] = Ideal(angle_of(points[j], points[i], points[k]), ANGLE_SIGMA)
    table = _AMINO if component.is_amino_acid else _NUCLEOTIDE if component.is_nucleotide else {}
    for names_, ideal in {**table, **_OWN.get(component.id, {})}.items():
        if names_ in found:
            found[names_] = ideal
        elif names_[::-1] in found:
            found[names_[::-1]] = ideal
    return found
