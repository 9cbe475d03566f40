"""Which ligands of a stored protein are around a pose: its text has none, and cofactors are partners as any other."""

from math import dist

from molecule_handler.formats.sdf import Point, points_of
from molecule_handler.models import Ligand, Protein

#: Å; longer than any interaction, also one over a water.
_REACH = 10.0


def neighbours(protein: Protein, pose: Ligand) -> list[Ligand]:
    """
    :param protein: stored, or just uploaded with all that belongs to it
    :param pose: a ligand in it
    :returns: the ligands of the protein that are near the pose and not the pose itself, in their order
    """
    if protein._state.adding:
        return []
    points = _points(pose)
    others = [each for each in protein.ligands() if each.file_string != pose.file_string]
    return [each for each in others if _touch(points, _points(each))]


def _points(ligand: Ligand) -> list[Point]:
    """
    :param ligand: stored; a program of others may have written it
    :returns: where its atoms are; nowhere if that cannot be read, which the program will complain about
    """
    try:
        return points_of(ligand.file_string)
    except (ValueError, IndexError):
        return []


def _touch(some: list[Point], others: list[Point]) -> bool:
    """
    :param some: atoms of a molecule
    :param others: atoms of another one
    :returns: whether any two of them are within reach
    """
    if not some or not others:
        return False
    boxes = zip(zip(*some, strict=True), zip(*others, strict=True), strict=True)
    if any(min(first) - max(last) > _REACH or min(last) - max(first) > _REACH for first, last in boxes):
        return False
    return any(dist(one, other) <= _REACH for one in some for other in others)
