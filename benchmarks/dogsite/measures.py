"""Whether pockets are where the ligands were."""

from dataclasses import dataclass, field

import numpy as np

from engines.dogsite.geometry import nearest_squares

from .targets import Coordinates, Target

CENTRE = 4.0
"""Angstrom from the centre of a ligand within which a point of the pocket has to be."""
HALF, QUARTER = 0.5, 0.25
FILLED = 1.8
"""Angstrom from a heavy atom of the ligand up to which a point of a pocket is filled by it."""
NAMES = ('centre, top 1', 'centre, top 3', 'centre, top N+2', 'half inside, top 1', 'half inside, top 3',
         'half inside, top N+2')  # fmt: skip


@dataclass(frozen=True)
class Outcome:
    """
    What one program reached on one target.

    :param hits: one figure from 0 to 1 for each of :data:`NAMES`
    :param covered: of each ligand: is half of it in the pocket that holds most of it
    :param filled: of each ligand: does it fill a quarter of that pocket besides
    :param held: of each ligand: do all ligands together fill a quarter of that pocket besides
    :param parted: of each ligand: does it fill a quarter of that pocket or of a subpocket of it besides
    """

    hits: tuple[float, ...]
    covered: list[bool] = field(default_factory=list)
    filled: list[bool] = field(default_factory=list)
    held: list[bool] = field(default_factory=list)
    parted: list[bool] = field(default_factory=list)


def judge(
    target: Target, pockets: list[Coordinates], reach: float, parts: list[list[Coordinates]] | None = None
) -> Outcome:
    """
    Compare pockets with the ligands of a target. The first and the first three pockets succeed if they hold any of the
    ligands; of the first N+2, N being the number of ligands, counts the share of ligands that they hold.

    :param target: with N ligands
    :param pockets: points of each in the program's order, Angstrom
    :param reach: Angstrom within which an atom is inside of a pocket
    :param parts: points of the subpockets of each pocket
    :returns: the outcome
    """
    centres = np.stack([ligand.mean(0) for ligand in target.ligands])
    number = len(target.ligands)
    near = np.zeros((number, len(pockets)), np.bool_)
    inside = np.zeros((number, len(pockets)))
    for column, points in enumerate(pockets):
        near[:, column] = nearest_squares(centres, points) <= CENTRE**2
        for row, ligand in enumerate(target.ligands):
            inside[row, column] = (nearest_squares(ligand, points) <= reach**2).mean()
    hits = []
    for found in (near, inside >= HALF):
        hits += [float(found[:, :1].any()), float(found[:, :3].any()), float(found[:, : number + 2].any(1).mean())]
    covered: list[bool] = []
    filled: list[bool] = []
    held: list[bool] = []
    parted: list[bool] = []
    together = np.concatenate(target.ligands)
    for row, ligand in enumerate(target.ligands):
        best = int(inside[row].argmax()) if pockets else 0
        covered.append(bool(pockets) and bool(inside[row, best] >= HALF))
        for answers, atoms in ((filled, ligand), (held, together)):
            answers.append(covered[-1] and _fills(atoms, pockets[best]))
        own = parts[best] if parts and pockets else []
        parted.append(filled[-1] or (covered[-1] and any(_fills(ligand, points) for points in own)))
    return Outcome(tuple(hits), covered, filled, held, parted)


def _fills(atoms: Coordinates, points: Coordinates) -> bool:
    """
    :param atoms: of ligands, Angstrom
    :param points: of a pocket, Angstrom
    :returns: whether the atoms fill a quarter of it
    """
    return bool((nearest_squares(points, atoms) <= FILLED**2).mean() >= QUARTER)


def mean_hits(outcomes: list[Outcome]) -> tuple[float, ...]:
    """
    :param outcomes: of the targets
    :returns: the mean of each of :data:`NAMES`
    """
    return tuple(float(x) for x in np.mean([outcome.hits for outcome in outcomes], axis=0))


def share(values: list[list[bool]]) -> float:
    """
    :param values: by target and ligand
    :returns: share of ligands, each target with the same weight
    """
    return float(np.mean([np.mean(one) for one in values]))
