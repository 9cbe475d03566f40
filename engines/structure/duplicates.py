"""
Residues that a file holds in two places under one chain, number and name.

Either they are the halves of one residue (some files list the second conformer at the end), or different residues
with one name, as simulation programs write them when their numbers run over. The former are joined; of the latter only
waters and polymers can be told apart later, so ligands are refused rather than lost.
"""

import gemmi

from engines.errors import EngineError
from engines.structure.bonding import ResidueKey, residue_key
from engines.structure.classification import Classification, Kind


def join_split_residues(structure: gemmi.Structure) -> list[ResidueKey]:
    """
    Join the halves of residues: atoms of the later one go to the earlier one if it lacks them.

    :param structure: the structure, changed in place
    :returns: the residues of the first model that were joined
    """
    joined = []
    for number, model in enumerate(structure):
        first: dict[ResidueKey, tuple[gemmi.Chain, int]] = {}
        spent: list[tuple[gemmi.Chain, int]] = []
        for chain in model:
            for index, residue in enumerate(chain):
                key = residue_key(chain.name, residue)
                earlier = first.setdefault(key, (chain, index))
                if earlier != (chain, index) and _take_atoms(earlier[0][earlier[1]], residue):
                    spent.append((chain, index))
                    joined += [key] if number == 0 else []
        for chain, index in reversed(spent):
            del chain[index]
    return joined


def _take_atoms(target: gemmi.Residue, source: gemmi.Residue) -> bool:
    """
    Add the atoms of a residue to another one.

    :param target: gets the atoms
    :param source: the other half
    :returns: False if an atom is in both, so that they are different residues; then nothing is changed
    """
    own = {(atom.name, atom.altloc) for atom in target}
    if any((atom.name, atom.altloc) in own for atom in source):
        return False
    for atom in source:
        target.add_atom(atom)
    return True


def refuse_ambiguous_ligands(classification: Classification) -> None:
    """
    Refuse a structure in which two ligands have one chain, number and name.

    :param classification: the classified structure
    :raises EngineError: ``structure.duplicate_residues``
    """
    seen: set[ResidueKey] = set()
    for item in classification.of_kind(Kind.LIGAND):
        if item.key in seen:
            chain, number, icode, name = item.key
            raise EngineError(
                'structure.duplicate_residues',
                f'Two different residues are called {name} {number}{icode} of chain {chain or "(blank)"}.',
                'Give them different numbers or chains.',
            )
        seen.add(item.key)
