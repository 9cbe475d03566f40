"""Atoms that come too near to each other: within the polymer, around a ligand, and across crystal symmetry."""

from collections.abc import Iterator

import gemmi
import numpy as np

from engines.protoss.placement import Array
from engines.structure.classification import Kind
from engines.structure.neighbours import near_pairs
from engines.structureprofiler.measures import Measures, Part
from engines.structureprofiler.subject import CRYSTAL_REACH, Complex, Indices, Mask, Subject

BONDS_APART = 3
"""Atoms that are up to so many bonds apart are not compared: their distance follows from lengths, angles, torsions."""
REACH = 4.0
"""Angstrom; van der Waals radii of atoms that are farther apart never overlap by a quarter."""


def around(near: list[list[int]], atom: int, bonds: int = BONDS_APART) -> set[int]:
    """
    :param near: bonded atoms of each atom
    :param atom: an atom
    :param bonds: how far to go
    :returns: atoms that are at most so many bonds away, itself included
    """
    reached, border = {atom}, [atom]
    for _ in range(bonds):
        border = [n for a in border for n in near[a] if n not in reached]
        reached.update(border)
    return reached


def measure_site_contacts(complex_: Complex, owners: list[int], measures: Measures) -> None:
    """
    The nearest atoms of the polymer that are not bonded, of which one belongs to the site.

    :param complex_: the complex
    :param owners: residues of the site
    :param measures: gets the value
    """
    system = complex_.system
    polymer = np.flatnonzero(complex_.of_kind(Kind.POLYMER) & complex_.main)
    site = polymer[np.isin(complex_.owners[polymer], owners)]
    first, second = near_pairs(system.positions[site], system.positions[polymer], REACH)
    pairs = zip(site[first].tolist(), polymer[second].tolist(), strict=True)
    bonded: dict[int, set[int]] = {}
    parts = []
    for a, b in pairs:
        if b not in bonded.setdefault(a, around(system.near, a)) and (b > a or system.owner[b] not in owners):
            distance = float(np.linalg.norm(system.positions[a] - system.positions[b]))
            ratio = distance / float(complex_.radii[a] + complex_.radii[b])
            parts.append(Part(ratio, (complex_.name(a), complex_.name(b))))
    measures.worst('intramolecularDistance', parts, highest=False)


def measure_ligand_contacts(complex_: Complex, subject: Subject, gone: Mask, measures: Measures) -> None:
    """
    The atom of the surroundings that comes nearest to a ligand.

    :param complex_: the complex
    :param subject: the ligand
    :param gone: atoms that are not there when the ligand is
    :param measures: gets the value
    """
    system, points = complex_.system, subject.points
    others = np.flatnonzero(_surroundings(complex_, subject) & ~gone)
    first, second = near_pairs(points, system.positions[others], REACH)
    bonded = [around(system.near, int(a)) for a in subject.indices] or [set() for _ in points]
    elements = [gemmi.Element(a.GetAtomicNum()) for a in subject.mol.GetAtoms() if a.GetAtomicNum() > 1]
    shares = [system.occupancies[a] for a in subject.indices] or [1.0] * len(points)
    parts = []
    for i, b in zip(first.tolist(), others[second].tolist(), strict=True):
        alternatives = shares[i] > 0 and shares[i] + system.occupancies[b] <= 1.001
        if b not in bonded[i] and not alternatives:
            distance = float(np.linalg.norm(points[i] - system.positions[b]))
            reach = _contact(elements[i], gemmi.Element(system.elements[b]))
            parts.append(Part(distance / reach, (subject.atoms[i], complex_.name(b))))
    measures.worst('intermolecularDistance', parts, highest=False)


def _surroundings(complex_: Complex, subject: Subject) -> Mask:
    """
    :param complex_: the complex
    :param subject: a ligand
    :returns: which atoms of other residues can be there together with the conformer of the ligand
    """
    labels = np.array(complex_.system.labels)
    there: Mask = (labels == '') | (labels == subject.label if subject.label else complex_.main)
    there[subject.sites] = False
    return there


def _contact(first: gemmi.Element, second: gemmi.Element) -> float:
    """
    :param first: an element
    :param second: another element
    :returns: distance at which two atoms touch, Angstrom: the sum of their van der Waals radii, or, since metals are
        coordinated, that of their covalent radii if one is a metal
    """
    if first.is_metal or second.is_metal:
        return float(first.covalent_r + second.covalent_r)
    return float(first.vdw_r + second.vdw_r)


def measure_crystal_contacts(complex_: Complex, subject: Subject, measures: Measures) -> None:
    """
    The nearest atom of a symmetry copy, but for water.

    :param complex_: the complex
    :param subject: the ligand
    :param measures: gets the value; nothing without a crystal cell
    """
    points, dry = subject.points, ~complex_.of_kind(Kind.WATER)
    if not complex_.source.structure.cell.is_crystal():
        return
    parts = []
    for copies, atoms in images(complex_, points, CRYSTAL_REACH):
        kept = dry[atoms]
        copies, atoms = copies[kept], atoms[kept]
        first, second = near_pairs(points, copies, CRYSTAL_REACH)
        apart = np.linalg.norm(points[first] - copies[second], axis=1)
        parts += [
            Part(float(d), (subject.atoms[i], complex_.name(int(atoms[j]))))
            for d, i, j in zip(apart, first, second, strict=True)
        ]
    measures.worst('crystalContactDistance', parts or [Part(CRYSTAL_REACH, ())], highest=False)


def images(complex_: Complex, points: Array, reach: float) -> Iterator[tuple[Array, Indices]]:
    """
    Symmetry copies of atoms that come near some points.

    :param complex_: the complex
    :param points: Angstrom
    :param reach: Angstrom along each axis that counts as near, at most that of the copies
    :returns: positions of atoms in a copy, and which atoms they are
    """
    low, high = points.min(0) - reach, points.max(0) + reach
    for copy in complex_.copies:
        moved = copy.apply(complex_.system.positions[copy.atoms])
        inside = ((moved >= low) & (moved <= high)).all(1)
        if inside.any():
            yield moved[inside], copy.atoms[inside]
