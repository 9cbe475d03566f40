"""
Overlaps per 1,000 atoms, as MolProbity counts them (Word et al. 1999, doi:10.1006/jmbi.1998.2400; Williams et al. 2018,
doi:10.1002/pro.3330), with the hydrogens whose place follows from their heavy atoms. Hydrogens that can turn are left
out: they turn away where they can.
"""

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np

from engines.protoss.placement import SP2, XRAY, Array
from engines.protoss.sites import Layout, PolymerSites, remaining, settle_chain_gaps
from engines.protoss.states import Alternative, Conformer
from engines.protoss.system import System
from engines.structure.bonding import ResidueKey
from engines.structure.classification import Kind
from engines.structure.neighbours import near_pairs
from engines.structureprofiler.contacts import BONDS_APART, around
from engines.structureprofiler.measures import Measures, Part
from engines.structureprofiler.subject import Complex, Indices, Mask

OVERLAP = 0.4
"""Angstrom by which the van der Waals spheres of a clash overlap at least."""
_RADII = {
    'C': 1.70, 'N': 1.55, 'O': 1.40, 'S': 1.80, 'P': 1.80, 'SE': 1.90, 'F': 1.30, 'CL': 1.77, 'BR': 1.95, 'I': 2.10,
}  # fmt: skip
_CARBONYL, _HYDROGEN, _SMALL_HYDROGEN = 1.65, 1.22, 1.05
"""Angstrom; of carbon with a double bond to oxygen, of hydrogen, and of hydrogen that is polar or aromatic. Those of
hydrogen go with bonds to the electron cloud."""
_BONDED_HYDROGEN = 0.6
"""Angstrom by which a polar hydrogen and an acceptor overlap in a hydrogen bond."""
_POLAR, _HALOGENS = {'N', 'O', 'S'}, {'CL', 'BR', 'I'}
_CLOSE_BONDS = 4
"""Atoms up to so many bonds apart, hydrogens counted, are not compared."""


class Cloud(NamedTuple):
    """
    Heavy atoms and hydrogens of the main conformers.

    :param points: Angstrom, shape (n, 3)
    :param radii: Angstrom, shape (n,)
    :param heavy: of each atom the heavy atom that it is or hangs on
    :param hydrogen: which are hydrogens
    """

    points: Array
    radii: Array
    heavy: Indices
    hydrogen: Mask


def measure_clashscore(complex_: Complex, starts: set[ResidueKey], measures: Measures) -> None:
    """
    Overlaps between all atoms but waters with each other.

    :param complex_: the complex
    :param starts: residues that begin a chain in truth
    :param measures: gets the value; unknown without polymer
    """
    if not complex_.of_kind(Kind.POLYMER).any():
        return
    cloud = _cloud(complex_, starts)
    worst: dict[tuple[int, int], float] = {}
    for first, second, amount in _overlaps(cloud):
        if not _is_allowed(complex_, cloud, first, second, amount):
            pair = tuple(sorted((int(cloud.heavy[first]), int(cloud.heavy[second]))))
            worst[pair[0], pair[1]] = max(worst.get((pair[0], pair[1]), 0.0), amount)
    parts = [Part(amount, (complex_.name(a), complex_.name(b))) for (a, b), amount in sorted(worst.items())]
    measures.count('clashscore', parts)
    measures.values['clashscore'] = 1000 * len(parts) / len(cloud.points)


def _overlaps(cloud: Cloud) -> Iterator[tuple[int, int, float]]:
    """
    :param cloud: atoms
    :returns: iterator over pairs whose spheres overlap, with the amount, Angstrom
    """
    first, second = near_pairs(cloud.points, cloud.points, 2 * max(_RADII.values()) - OVERLAP)
    once = first < second
    first, second = first[once], second[once]
    apart = np.linalg.norm(cloud.points[first] - cloud.points[second], axis=1)
    overlap = cloud.radii[first] + cloud.radii[second] - apart
    close = overlap >= OVERLAP
    yield from zip(first[close].tolist(), second[close].tolist(), overlap[close].tolist(), strict=True)


def _is_allowed(complex_: Complex, cloud: Cloud, first: int, second: int, amount: float) -> bool:
    """
    :param complex_: the complex
    :param cloud: its atoms
    :param first: an atom of the cloud
    :param second: another one
    :param amount: by which they overlap, Angstrom
    :returns: whether the overlap is none: of waters, of metals, of atoms near each other in the molecule, of a bond
    """
    system = complex_.system
    a, b = int(cloud.heavy[first]), int(cloud.heavy[second])
    if a in system.metals or b in system.metals:
        return True
    if all(system.members[system.owner[atom]].kind is Kind.WATER for atom in (a, b)):
        return True
    reach = max(BONDS_APART, _CLOSE_BONDS - int(cloud.hydrogen[first]) - int(cloud.hydrogen[second]))
    if b in around(system.near, a, reach):
        return True
    return _can_bond(system, cloud, first, second) and amount < OVERLAP + _BONDED_HYDROGEN


def _can_bond(system: System, cloud: Cloud, first: int, second: int) -> bool:
    """
    :param system: the system
    :param cloud: its atoms
    :param first: an atom of the cloud
    :param second: another one
    :returns: whether they are a polar hydrogen and an acceptor, two polar heavy atoms that share a hydrogen, or a
        halogen and an acceptor
    """
    elements = {system.elements[cloud.heavy[i]] for i in (first, second)}
    if elements <= _POLAR:
        return not (cloud.hydrogen[first] and cloud.hydrogen[second])
    return bool(elements & _HALOGENS and elements & _POLAR) and not (cloud.hydrogen[first] or cloud.hydrogen[second])


def _cloud(complex_: Complex, starts: set[ResidueKey]) -> Cloud:
    """
    :param complex_: the complex
    :param starts: residues that begin a chain in truth
    :returns: its atoms with their fixed hydrogens
    """
    system = complex_.system
    heavy = np.flatnonzero(complex_.main & (np.array(system.occupancies) > 0))
    radii = [_radius(system, int(atom)) for atom in heavy]
    points, owners, sizes = [system.positions[heavy]], [heavy], [np.array(radii)]
    for item in _layout(system, starts).fixed:
        label = system.labels[item.atom] or item.label
        if complex_.main[item.atom] and (not label or label == _main_label(complex_, item.atom)):
            conformer = Conformer(system, item.label, Alternative('', {}))
            length = conformer.length(item.atom, len(item.directions), XRAY)
            points.append(conformer.position(item.atom) + item.directions * length)
            owners.append(np.full(len(item.directions), item.atom))
            aromatic = system.elements[item.atom] == 'C' and conformer.hybridisation(item.atom) == SP2
            small = aromatic or system.elements[item.atom] in _POLAR
            sizes.append(np.full(len(item.directions), _SMALL_HYDROGEN if small else _HYDROGEN))
    number = sum(map(len, points))
    return Cloud(np.concatenate(points), np.concatenate(sizes), np.concatenate(owners), np.arange(number) >= len(heavy))


def _main_label(complex_: Complex, atom: int) -> str:
    """
    :param complex_: the complex
    :param atom: an atom
    :returns: the altloc of the main conformer of its residue
    """
    system = complex_.system
    atoms = system.members[system.owner[atom]].atoms
    return next((system.labels[a] for a in atoms if complex_.main[a] and system.labels[a]), '')


def _layout(system: System, starts: set[ResidueKey]) -> Layout:
    """
    :param system: the system
    :param starts: residues that begin a chain in truth
    :returns: hydrogens that are fixed, and sites with several states
    """
    layout = Layout()
    settle_chain_gaps(system, starts)
    PolymerSites(system, starts).find(layout)
    remaining(system, layout)
    return layout


def _radius(system: System, atom: int) -> float:
    """
    :param system: the system
    :param atom: a heavy atom
    :returns: its radius, Angstrom
    """
    element = system.elements[atom]
    if element == 'C' and any(system.elements[n] == 'O' and system.order(atom, n) == 2 for n in system.near[atom]):
        return _CARBONYL
    return _RADII.get(element, 1.8)
