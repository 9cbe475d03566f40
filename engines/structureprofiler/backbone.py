"""
Ramachandran outliers, against the Top8000 distributions of MolProbity (Williams et al. 2018, doi:10.1002/pro.3330).

The grids hold, for each pair of torsions, the share of reference residues in less populated places. They were sampled
from cctbx, see ``reference/README.md``.
"""

from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import NamedTuple

import gemmi
import numpy as np

from engines.protoss.placement import Array
from engines.structure.classification import Kind
from engines.structureprofiler.measures import Measures, Part
from engines.structureprofiler.subject import AtomName, Complex

FAVORED = 0.02
ALLOWED = {'general': 0.0005, 'cis_proline': 0.002}
ALLOWED_OTHER = 0.001
"""Shares below which a residue is not favoured, and not allowed, as MolProbity has them."""
_STEP, _FIRST = 2.0, -179.0
_BACKBONE = ('N', 'CA', 'C')
_TRANS = 90.0


class Torsions(NamedTuple):
    """The backbone of a residue: its index in the system, its plot, phi and psi in degrees, and its share."""

    owner: int
    plot: str
    phi: float
    psi: float
    share: float

    @property
    def is_favored(self) -> bool:
        """Whether it lies in a favoured region."""
        return self.share >= FAVORED

    @property
    def is_outlier(self) -> bool:
        """Whether it lies outside the allowed regions."""
        return self.share < ALLOWED.get(self.plot, ALLOWED_OTHER)


@cache
def _grids() -> dict[str, Array]:
    """
    The reference distributions.

    :returns: by plot, shape (180, 180): phi, psi from -179 degrees in steps of 2
    """
    with np.load(Path(__file__).with_name('reference') / 'ramachandran.npz') as file:
        return {name: file[name].astype(np.float64) for name in file.files}


def share(plot: str, phi: float, psi: float) -> float:
    """
    The share of reference residues in less populated places, interpolated between four points of the grid.

    :param plot: name of the distribution
    :param phi: degrees
    :param psi: degrees
    :returns: 0 to 1
    """
    grid = _grids()[plot]
    x, y = (phi - _FIRST) / _STEP, (psi - _FIRST) / _STEP
    i, j = int(np.floor(x)), int(np.floor(y))
    u, v = x - i, y - j
    i, j, k, m = i % 180, j % 180, (i + 1) % 180, (j + 1) % 180
    return float((1 - u) * ((1 - v) * grid[i, j] + v * grid[i, m]) + u * ((1 - v) * grid[k, j] + v * grid[k, m]))


def plot_of(name: str, following: str, omega: float) -> str:
    """
    The distribution of a residue.

    :param name: its name, or that of the standard residue it derives from
    :param following: that of the next residue
    :param omega: torsion before it, degrees
    :returns: name of the distribution
    """
    if name == 'GLY':
        return 'glycine'
    if name == 'PRO':
        return 'trans_proline' if abs(omega) > _TRANS else 'cis_proline'
    if following == 'PRO':
        return 'pre_proline'
    return 'isoleucine_valine' if name in ('ILE', 'VAL') else 'general'


def torsions(complex_: Complex) -> Iterator[Torsions]:
    """
    The backbone torsions of all amino acids that are bonded to both neighbours, in the most occupied conformer.

    :param complex_: the complex
    :returns: iterator over residues in file order
    """
    system = complex_.system
    backbone, before, after = _chains(complex_)
    for owner, atoms in backbone.items():
        left, right = before.get(owner), after.get(owner)
        if left is None or right is None:
            continue
        points = [gemmi.Position(*system.positions[a]) for a in (*backbone[left][1:], *atoms, backbone[right][0])]
        omega, phi, psi = (
            float(np.degrees(gemmi.calculate_dihedral(*points[i : i + 4])))
            for i in range(3)  # CA' C' N CA, C' N CA C, N CA C N'
        )
        plot = plot_of(parent(complex_, owner), parent(complex_, right), omega)
        yield Torsions(owner, plot, phi, psi, share(plot, phi, psi))


def parent(complex_: Complex, owner: int) -> str:
    """
    :param complex_: the complex
    :param owner: index of a residue
    :returns: name of the standard residue that it is or derives from
    """
    member = complex_.system.members[owner]
    return member.component.parent if member.component and member.component.parent else member.key[3]


def _chains(complex_: Complex) -> tuple[dict[int, tuple[int, int, int]], dict[int, int], dict[int, int]]:
    """
    How amino acids follow each other.

    :param complex_: the complex
    :returns: N, CA and C of each residue that has all three; the residue before, and after, by residue
    """
    system, backbone = complex_.system, {}
    for owner, member in enumerate(system.members):
        if member.kind is Kind.POLYMER and member.component and member.component.is_amino_acid:
            found = {system.names[a]: a for a in member.atoms if complex_.main[a] and system.names[a] in _BACKBONE}
            if len(found) == len(_BACKBONE):
                backbone[owner] = (found['N'], found['CA'], found['C'])
    before, after = {}, {}
    carbons = {atoms[2]: owner for owner, atoms in backbone.items()}
    for owner, atoms in backbone.items():
        left = next((carbons[n] for n in system.near[atoms[0]] if n in carbons and carbons[n] != owner), None)
        if left is not None:
            before[owner], after[left] = left, owner
    return backbone, before, after


def measure_backbone(complex_: Complex, measures: Measures) -> None:
    """
    Shares of outliers and of favoured residues; unknown if no residue has both torsions.

    :param complex_: the complex
    :param measures: gets the values
    """
    found = list(torsions(complex_))
    outliers = [Part(100 * t.share, _backbone(complex_, t.owner)) for t in found if t.is_outlier]
    measures.count('ramachandranOutliers', outliers, len(found))
    measures.values['ramachandranFavored'] = 100 * sum(t.is_favored for t in found) / len(found) if found else None


def _backbone(complex_: Complex, owner: int) -> tuple[AtomName, ...]:
    """
    :param complex_: the complex
    :param owner: index of a residue
    :returns: N, CA and C of its main conformer
    """
    atoms = (a for a in complex_.system.members[owner].atoms if complex_.main[a])
    return tuple(complex_.name(a) for a in atoms if complex_.system.names[a] in _BACKBONE)
