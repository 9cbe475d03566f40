"""Where in the complex each structure of a diagram is, so that other views of it can point to the same."""

import re

from engines.interactions.assembly import Assembly
from engines.poseview.diagram import Diagram
from engines.structure.bonding import ResidueKey

LIGAND = 'ligand'
"""Stands for the ligand, whose name need not say where it is."""

_RECORD = re.compile(r'([A-Za-z0-9+-]{1,8})_([^_]*)_(-?[0-9]+)([A-Za-z]?)(?:_[0-9]+)?', re.ASCII)


def residue_of(assembly: Assembly, atom: int) -> ResidueKey:
    """
    :param assembly: the complex
    :param atom: an atom of it
    :returns: its residue; a molecule from a file is where its name says, such as ``NAP_A_324``
    """
    key = assembly.name(atom).key
    if key[2] != 'record':
        return key
    match = _RECORD.fullmatch(key[3])
    return (match[2], int(match[3]), match[4], match[1]) if match else ('', 0, '', key[3])


def places(assembly: Assembly, diagram: Diagram) -> list[str]:
    """
    :param assembly: the complex
    :param diagram: of it
    :returns: of each structure chain, number and insertion code of its residue: ``A:25`` or ``A:46B``
    """
    touched = {x.ends[1]: x.interaction.partner.atoms[0] for x in diagram.links}  # names alone have no atoms
    found = []
    for number, structure in enumerate(diagram.structures):
        atom = structure.atoms[0].index if structure.atoms else touched[number]
        chain, residue, icode, _ = residue_of(assembly, atom)
        found.append(f'{chain}:{residue}{icode}' if number else LIGAND)
    return found
