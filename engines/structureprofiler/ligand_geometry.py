"""
Bond lengths, angles, torsions, rings and overlaps within a ligand.

Lengths, angles and overlaps are compared with the bounds of distance geometry (RDKit), as PoseBusters does
(Buttenschoen et al. 2024, doi:10.1039/D3SC04185A). Torsions are compared with the torsion preferences of small-molecule
crystals that RDKit's ETKDG knows (Riniker & Landrum 2015, doi:10.1021/acs.jcim.5b00654).
"""

import math
from itertools import combinations

import numpy as np
import numpy.typing as npt
from rdkit import Chem
from rdkit.Chem import rdDistGeom

from engines.protoss.placement import Array
from engines.structureprofiler.measures import Measures, Part
from engines.structureprofiler.subject import Subject

MOST_ATOMS = 300
"""Heavy atoms of the largest molecule whose bounds are worked out; the effort grows with the third power."""
LEAST_PREFERENCE = 10.0
"""Difference between best and worst angle, in the units of ETKDG, from which a torsion preference counts: below it
crystals show all angles."""
_TERMINAL = '[O,N;D1;$([O,N;D1]-[*]=[O,N;D1]),$([O,N;D1]=[*]-[O,N;D1])]~[*]'
"""Terminal atoms of a group over which a charge or a double bond is spread, with what they are bound to."""
_AROMATIC = '[ar5^2]1[ar5^2][ar5^2][ar5^2][ar5^2]1', '[ar6^2]1[ar6^2][ar6^2][ar6^2][ar6^2][ar6^2]1'
_ANGLES = np.radians(np.arange(0, 360, 2.0))


def measure_ligand_geometry(subject: Subject, measures: Measures) -> bool:
    """
    The geometry of a ligand.

    :param subject: the ligand
    :param measures: gets the values
    :returns: False if the molecule is too large or too odd for bounds, which are left unknown then
    """
    mol = Chem.RemoveAllHs(subject.mol, sanitize=False)
    points = mol.GetConformer().GetPositions()
    measured = False
    try:
        Chem.SanitizeMol(mol)
        _measure_rings(mol, points, subject, measures)
        _measure_torsions(mol, points, subject, measures)
        if mol.GetNumAtoms() <= MOST_ATOMS:
            _measure_bounds(mol, points, subject, measures)
            measured = True
    except (Chem.MolSanitizeException, RuntimeError, ValueError):
        return False
    return measured


def _measure_bounds(mol: Chem.Mol, points: Array, subject: Subject, measures: Measures) -> None:
    """
    Lengths, 1,3-distances and all longer ones.

    :param mol: heavy atoms
    :param points: their positions, Angstrom
    :param subject: the ligand
    :param measures: gets the values
    """
    lower, upper = bounds(mol)
    found: dict[str, list[Part]] = {'bondLengthsValue': [], 'bondAnglesValue': [], 'intramolecularDistance': []}
    bonds, middles = _paths(mol)
    for i, j in combinations(range(len(points)), 2):
        distance = float(np.linalg.norm(points[i] - points[j]))
        low, high = float(lower[i, j]), float(upper[i, j])
        beyond = max(0.0, (low - distance) / low, (distance - high) / high)
        ends = subject.atoms[i], subject.atoms[j]
        if (i, j) in bonds:
            found['bondLengthsValue'].append(Part(beyond, ends))
        elif (i, j) in middles:
            found['bondAnglesValue'].append(Part(beyond, (ends[0], subject.atoms[middles[i, j]], ends[1])))
        else:
            found['intramolecularDistance'].append(Part(distance / low, ends))
    for name, parts in found.items():
        measures.worst(name, parts, highest=name != 'intramolecularDistance')


def _paths(mol: Chem.Mol) -> tuple[set[tuple[int, int]], dict[tuple[int, int], int]]:
    """
    :param mol: a molecule
    :returns: bonded pairs, and for each pair with a common neighbour that neighbour, smaller index first
    """
    bonds = {(min(ends), max(ends)) for b in mol.GetBonds() for ends in [(b.GetBeginAtomIdx(), b.GetEndAtomIdx())]}
    middles: dict[tuple[int, int], int] = {}
    for atom in mol.GetAtoms():
        for i, j in combinations(sorted(n.GetIdx() for n in atom.GetNeighbors()), 2):
            middles.setdefault((i, j), atom.GetIdx())
    return bonds, middles


def bounds(mol: Chem.Mol) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.float64]]:
    """
    The bounds of distance geometry. Terminal atoms of a delocalised group share the widest bounds of their kind, since
    which of them has the double bond is a matter of drawing.

    :param mol: sanitised molecule
    :returns: lower and upper bounds, Angstrom, both symmetric, shape (n, n)
    """
    matrix = rdDistGeom.GetMoleculeBoundsMatrix(mol, set15bounds=True, scaleVDW=True, doTriangleSmoothing=True)
    upper = np.triu(matrix) + np.triu(matrix).T
    lower = np.tril(matrix) + np.tril(matrix).T
    alike: dict[tuple[str, ...], list[tuple[int, int]]] = {}
    for i, j in mol.GetSubstructMatches(Chem.MolFromSmarts(_TERMINAL)):
        kind = tuple(sorted((mol.GetAtomWithIdx(i).GetSymbol(), mol.GetAtomWithIdx(j).GetSymbol())))
        alike.setdefault(kind, []).append((i, j))
    for pairs in alike.values():
        low, high = min(lower[pair] for pair in pairs), max(upper[pair] for pair in pairs)
        for i, j in pairs:
            lower[i, j] = lower[j, i] = low
            upper[i, j] = upper[j, i] = high
    return lower, upper


def _measure_rings(mol: Chem.Mol, points: Array, subject: Subject, measures: Measures) -> None:
    """
    Distances from the plane of each aromatic ring of five or six.

    :param mol: heavy atoms
    :param points: their positions, Angstrom
    :param subject: the ligand
    :param measures: gets the value
    """
    parts = []
    for smarts in _AROMATIC:
        for ring in mol.GetSubstructMatches(Chem.MolFromSmarts(smarts)):
            parts.append(Part(out_of_plane(points[list(ring)]), tuple(subject.atoms[i] for i in ring)))
    measures.worst('ringPlanarityValue', parts)


def out_of_plane(points: Array) -> float:
    """
    Largest distance of a point from the plane through all of them.

    :param points: Angstrom, shape (n, 3)
    :returns: Angstrom
    """
    centred = points - points.mean(0)
    normal = np.linalg.svd(centred)[2][2]
    return float(np.abs(centred @ normal).max())


def _measure_torsions(mol: Chem.Mol, points: Array, subject: Subject, measures: Measures) -> None:
    """
    How near each torsion is to the worst angle that its preference knows.

    :param mol: heavy atoms
    :param points: their positions, Angstrom
    :param subject: the ligand
    :param measures: gets the value
    """
    parts = []
    for preference in rdDistGeom.GetExperimentalTorsions(mol):
        atoms = list(preference['atomIndices'])
        terms = [(float(v), float(s)) for v, s in zip(preference['V'], preference['signs'], strict=True)]
        strain = torsion_strain(terms, dihedral(*(points[i] for i in atoms)))
        if strain is not None:
            parts.append(Part(strain, tuple(subject.atoms[i] for i in atoms)))
    measures.worst('torsionAnglesValue', parts)


def torsion_strain(terms: list[tuple[float, float]], angle: float) -> float | None:
    """
    Where an angle stands between the best and the worst one.

    :param terms: force constant and sign of each cosine term, the first of period 1
    :param angle: radians
    :returns: 0 to 1, or None if the preference is too weak to count
    """

    def energy(phi: Array | float) -> Array:
        return np.asarray(sum(v * (1 + s * np.cos((k + 1) * phi)) for k, (v, s) in enumerate(terms)))

    curve = energy(_ANGLES)
    low, high = float(curve.min()), float(curve.max())
    if high - low < LEAST_PREFERENCE:
        return None
    return min(1.0, max(0.0, (float(energy(angle)) - low) / (high - low)))


def dihedral(a: Array, b: Array, c: Array, d: Array) -> float:
    """
    The torsion of four points.

    :param a: Angstrom, shape (3,)
    :param b: second point
    :param c: third point
    :param d: fourth point
    :returns: radians
    """
    axis = c - b
    first, second = np.cross(b - a, axis), np.cross(axis, d - c)
    return math.atan2(float(np.linalg.norm(axis) * ((b - a) @ second)), float(first @ second))
