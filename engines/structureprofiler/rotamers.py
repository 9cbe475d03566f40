"""
Rotamer outliers: side chains whose torsions are far from every rotamer of the Top8000 (Hintze et al. 2016,
doi:10.1002/prot.25039).

``reference/rotamers.tsv`` holds the published means and standard deviations of the torsions of each rotamer that at
least 0.1 % of the residues have.
"""

from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import NamedTuple

import gemmi
import numpy as np

from engines.structure.classification import Kind
from engines.structureprofiler.backbone import parent
from engines.structureprofiler.measures import Measures, Part
from engines.structureprofiler.subject import Complex

FAR = 4.0
"""Standard deviations of a torsion beyond which a side chain is no rotamer."""
_SYMMETRIC = {'ASP': 2, 'GLU': 3, 'PHE': 2, 'TYR': 2}
"""Torsion that turns by 180 degrees into itself."""
CHI: dict[str, tuple[str, ...]] = {
    'ARG': ('N', 'CA', 'CB', 'CG', 'CD', 'NE', 'CZ'), 'ASN': ('N', 'CA', 'CB', 'CG', 'OD1'),
    'ASP': ('N', 'CA', 'CB', 'CG', 'OD1'), 'CYS': ('N', 'CA', 'CB', 'SG'), 'GLN': ('N', 'CA', 'CB', 'CG', 'CD', 'OE1'),
    'GLU': ('N', 'CA', 'CB', 'CG', 'CD', 'OE1'), 'HIS': ('N', 'CA', 'CB', 'CG', 'ND1'),
    'ILE': ('N', 'CA', 'CB', 'CG1', 'CD1'), 'LEU': ('N', 'CA', 'CB', 'CG', 'CD1'),
    'LYS': ('N', 'CA', 'CB', 'CG', 'CD', 'CE', 'NZ'), 'MET': ('N', 'CA', 'CB', 'CG', 'SD', 'CE'),
    'PHE': ('N', 'CA', 'CB', 'CG', 'CD1'), 'PRO': ('N', 'CA', 'CB', 'CG', 'CD'), 'SER': ('N', 'CA', 'CB', 'OG'),
    'THR': ('N', 'CA', 'CB', 'OG1'), 'TRP': ('N', 'CA', 'CB', 'CG', 'CD1'), 'TYR': ('N', 'CA', 'CB', 'CG', 'CD1'),
    'VAL': ('N', 'CA', 'CB', 'CG1'),
}  # fmt: skip
"""Atoms along each side chain; four neighbours make a torsion."""


class Rotamer(NamedTuple):
    """A rotamer: its name, and mean and standard deviation of each torsion, degrees."""

    name: str
    torsions: tuple[tuple[float, float], ...]


class SideChain(NamedTuple):
    """A side chain: its residue in the system, its atoms, the nearest rotamer, and how far away it is in
    deviations, in all torsions and in the first two.
    """

    owner: int
    atoms: tuple[int, ...]
    rotamer: str
    distance: float
    inner: float


@cache
def rotamers() -> dict[str, list[Rotamer]]:
    """
    The rotamers.

    :returns: by residue name
    """
    found: dict[str, list[Rotamer]] = {}
    text = (Path(__file__).with_name('reference') / 'rotamers.tsv').read_text(encoding='utf-8')
    for line in text.splitlines():
        residue, name, _, *torsions = line.split('\t')
        pairs = [tuple(map(float, torsion.split())) for torsion in torsions]
        found.setdefault(residue, []).append(Rotamer(name, tuple((pair[0], pair[1]) for pair in pairs)))
    return found


def nearest(residue: str, torsions: list[float]) -> tuple[str, float]:
    """
    The rotamer that is nearest.

    :param residue: name of the residue
    :param torsions: of the side chain, degrees; the last ones may be left out
    :returns: its name, and the largest deviation of a torsion from it, in standard deviations
    """
    turn = _SYMMETRIC.get(residue, 0)
    found = []
    for rotamer in rotamers()[residue]:
        apart = [
            _apart(angle, mean, 180.0 if i == turn else 360.0) / deviation
            for i, (angle, (mean, deviation)) in enumerate(zip(torsions, rotamer.torsions, strict=False), 1)
        ]
        found.append((max(apart), rotamer.name))
    distance, name = min(found)
    return name, distance


def _apart(first: float, second: float, period: float) -> float:
    """
    :param first: an angle, degrees
    :param second: another angle
    :param period: after which angles repeat
    :returns: their difference
    """
    rest = (first - second) % period
    return min(rest, period - rest)


def side_chains(complex_: Complex) -> Iterator[SideChain]:
    """
    The complete side chains of standard amino acids, in their main conformers.

    :param complex_: the complex
    :returns: iterator over them in file order
    """
    system = complex_.system
    for owner, member in enumerate(system.members):
        name = 'MET' if member.key[3] == 'MSE' else parent(complex_, owner)
        if member.kind is not Kind.POLYMER or name not in CHI or member.key[3] not in (name, 'MSE'):
            continue
        there = {system.names[a].replace('SE', 'SD'): a for a in member.atoms if complex_.main[a]}
        if not all(atom in there for atom in CHI[name]):
            continue
        atoms = tuple(there[atom] for atom in CHI[name])
        points = [gemmi.Position(*system.positions[a]) for a in atoms]
        angles = [float(np.degrees(gemmi.calculate_dihedral(*points[i : i + 4]))) for i in range(len(points) - 3)]
        yield SideChain(owner, atoms, *nearest(name, angles), nearest(name, angles[:2])[1])


def measure_rotamers(complex_: Complex, measures: Measures) -> None:
    """
    Share of side chains that are no rotamers.

    :param complex_: the complex
    :param measures: gets the value; unknown without side chains
    """
    found = list(side_chains(complex_))
    parts = [Part(s.distance, tuple(map(complex_.name, s.atoms))) for s in found if s.distance > FAR]
    measures.count('rotamerOutliers', parts, len(found))
