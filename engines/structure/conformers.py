"""Chooses one conformer where the model has several."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import gemmi

from engines.structure.bonding import ResidueKey


@dataclass(frozen=True)
class ChosenResidue:
    """
    One conformer of a residue.

    :param key: the residue
    :param heavy: its atoms other than hydrogen, each name once, in file order
    :param hydrogens: its hydrogen and deuterium atoms
    """

    key: ResidueKey
    heavy: tuple[gemmi.Atom, ...]
    hydrogens: tuple[gemmi.Atom, ...]


def best_label(residues: Iterable[gemmi.Residue]) -> str:
    """
    The conformer label with the highest summed occupancy; of equals the first in the alphabet.

    :param residues: residues of one molecule
    :returns: the label, or empty if there are no alternative conformers
    """
    weights: dict[str, float] = {}
    for residue in residues:
        for atom in residue:
            if atom.has_altloc() and not atom.is_hydrogen():
                weights[atom.altloc] = weights.get(atom.altloc, 0.0) + atom.occ
    return min(weights, key=lambda label: (-round(weights[label], 3), label), default='')


def choose(residues: Sequence[tuple[ResidueKey, gemmi.Residue]], label: str) -> list[ChosenResidue]:
    """
    One conformer of a molecule. Of two residues at the same place (microheterogeneity) the one that has the label
    stays; of an atom that lacks the label its most occupied position stays.

    :param residues: residues of the molecule
    :param label: conformer label
    :returns: the residues with one position an atom
    """
    chosen = []
    labelled = {key[:3] for key, residue in residues if any(atom.altloc in (label, '\0') for atom in residue)}
    for key, residue in residues:
        own = any(atom.altloc in (label, '\0') for atom in residue)
        if not own and (key[:3] in labelled):
            continue
        chosen.append(_choose_atoms(key, residue, label))
    return chosen


def _choose_atoms(key: ResidueKey, residue: gemmi.Residue, label: str) -> ChosenResidue:
    """
    One position for each atom name.

    :param key: the residue
    :param residue: its atoms
    :param label: conformer label
    :returns: the chosen conformer
    """
    best: dict[str, gemmi.Atom] = {}
    for atom in residue:
        if atom.name not in best or _rank(atom, label) > _rank(best[atom.name], label):
            best[atom.name] = atom
    heavy = tuple(atom for atom in best.values() if not atom.is_hydrogen())
    return ChosenResidue(key, heavy, tuple(atom for atom in best.values() if atom.is_hydrogen()))


def _rank(atom: gemmi.Atom, label: str) -> tuple[bool, bool, float]:
    """
    Sort key of an atom among those of the same name.

    :param atom: the atom
    :param label: wanted conformer
    :returns: higher is better
    """
    return atom.altloc == label, not atom.has_altloc(), atom.occ
