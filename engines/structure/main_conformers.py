"""Which of the alternative positions of a structure are shown together."""

import numpy as np
import numpy.typing as npt

from engines.structure.bonding import ResidueKey
from engines.structure.classification import Classification, Classified
from engines.structure.conformers import best_label, choose


def main_conformers(classification: Classification, wanted: str = '') -> tuple[npt.NDArray[np.bool_], list[str]]:
    """
    One conformer of each residue: the wanted one where the residue has it, else the most occupied one.

    :param classification: the residues
    :param wanted: label of the conformer that is asked for
    :returns: which heavy atoms belong to it, in file order, and the label of the conformer of each residue
    """
    places: dict[tuple[str, int, str], list[Classified]] = {}
    for item in classification.residues:
        places.setdefault(item.key[:3], []).append(item)
    kept: set[tuple[ResidueKey, str, str]] = set()
    labels: dict[tuple[str, int, str], str] = {}
    for place, members in places.items():
        residues = [(member.key, member.residue) for member in members]
        has = wanted and any(atom.altloc == wanted for _, residue in residues for atom in residue)
        labels[place] = wanted if has else best_label(residue for _, residue in residues)
        for chosen in choose(residues, labels[place]):
            kept.update((chosen.key, atom.name, atom.altloc) for atom in chosen.heavy)
    atoms = ((item.key, atom) for item in classification.residues for atom in item.residue if not atom.is_hydrogen())
    mask = np.array([(key, atom.name, atom.altloc) in kept for key, atom in atoms], np.bool_)
    return mask, [labels[item.key[:3]] for item in classification.residues]
