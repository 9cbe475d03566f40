"""What the scores of atoms say about a residue or a ligand."""

from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median

from engines.ediascorer.fit import Fit
from engines.ediascorer.scoring import AtomScore
from engines.structure.bonding import ResidueKey

WELL = 0.8
"""EDIA from which an atom is well supported."""
_SHIFT = 0.1


@dataclass(frozen=True)
class ResidueScore:
    """
    A residue, a ligand, a water or an ion.

    :param residue: its key
    :param group: its index in the first model
    :param atoms: number of its heavy atoms, all conformers
    :param scored: number of them for which the map has values; without any, all other values are None
    :param ediam: see :func:`ediam`
    :param lowest: least EDIA
    :param highest: greatest EDIA
    :param middle: median EDIA
    :param opia: see :func:`opia`
    :param rscc: real-space correlation coefficient
    :param rsr: real-space R value
    """

    residue: ResidueKey
    group: int
    atoms: int
    scored: int
    ediam: float | None
    lowest: float | None
    highest: float | None
    middle: float | None
    opia: float | None
    rscc: float | None
    rsr: float | None


def ediam(values: Sequence[float]) -> float:
    """
    EDIA of several atoms: a power mean with the exponent -2 of EDIA + 0.1, less 0.1, which the worst atoms decide.

    :param values: EDIA of the atoms, at least one
    :returns: below 0.8 at least one atom of few is below 0.3, or several are below 0.4
    """
    total = sum((value + _SHIFT) ** -2 for value in values)
    return float((total / len(values)) ** -0.5 - _SHIFT)


def opia(scores: Sequence[AtomScore], members: Sequence[int]) -> float | None:
    """
    Overall percentage of well-resolved interconnected atoms: those with an EDIA of 0.8 or more that are bonded to
    another such atom of the same residue or ligand.

    :param scores: of all atoms
    :param members: indices of the atoms of the residue or ligand
    :returns: percent of the atoms with a score; None if there are fewer than two, which cannot be interconnected
    """
    inside = {index for index in members if scores[index].edia is not None}
    if len(inside) < 2:
        return None
    good = {index for index in inside if (scores[index].edia or 0) >= WELL}
    return 100 * sum(any(other in good for other in scores[index].bonded) for index in good) / len(inside)


def residue_scores(scores: Sequence[AtomScore], fit: Fit) -> list[ResidueScore]:
    """
    Scores of all residues that have heavy atoms.

    :param scores: of the atoms
    :param fit: agreement of map and model by residue
    :returns: in file order
    """
    members: dict[int, list[int]] = {}
    for index, item in enumerate(scores):
        members.setdefault(item.group, []).append(index)
    return [_residue(scores, indices, fit) for indices in members.values()]


def _residue(scores: Sequence[AtomScore], members: list[int], fit: Fit) -> ResidueScore:
    """
    Scores of one residue.

    :param scores: of all atoms
    :param members: indices of its atoms
    :param fit: agreement of map and model
    :returns: its scores
    """
    first = scores[members[0]]
    values = [value for index in members if (value := scores[index].edia) is not None]
    if not values:
        return ResidueScore(first.residue, first.group, len(members), 0, *(None,) * 7)
    return ResidueScore(
        first.residue, first.group, len(members), len(values), ediam(values), min(values), max(values),
        median(values), opia(scores, members), _number(fit.rscc, first.group), _number(fit.rsr, first.group),
    )  # fmt: skip


def _number(values: dict[int, float], group: int) -> float | None:
    """
    A value if there is one.

    :param values: by residue
    :param group: the residue
    :returns: the value, None for NaN
    """
    value = values.get(group)
    return None if value is None or value != value else value
