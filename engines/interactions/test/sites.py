"""Sites of real structures, cut out so that a test decides the hydrogens of some hundred atoms only."""

from functools import cache
from pathlib import Path

import gemmi

from engines.interactions.assembly import Assembly, read_assembly
from engines.interactions.interaction import Interaction, Kind
from engines.interactions.perception import perceive
from engines.test.utils import Workspace, dictionary_path, structure_path

_CUT = 8.0
"""Angstrom around the residue in question."""


@cache
def whole(name: str) -> Assembly:
    """
    :param name: of a small test file
    :returns: the complex
    """
    return read_assembly(structure_path(name), dictionary_path())


@cache
def site(name: str, chain: str, number: int) -> Assembly:
    """
    :param name: of a test file
    :param chain: of the residue in the middle
    :param number: of that residue
    :returns: the residue with whole residues around it
    """
    structure = gemmi.read_structure(str(structure_path(name)))
    structure.setup_entities()
    model = structure[0]
    middle = [a.pos for r in model[chain] if r.seqid.num == number for a in r]
    for own in model:
        for index in reversed(range(len(own))):
            if not any(a.pos.dist(p) < _CUT for a in own[index] for p in middle):
                del own[index]
    model.remove_alternative_conformations()
    structure.remove_empty_chains()
    space = Workspace()
    try:
        path = Path(space.path) / 'site.pdb'
        structure.write_pdb(str(path))
        return read_assembly(path, dictionary_path())
    finally:
        space.close()


def told(assembly: Assembly, found: list[Interaction], kind: Kind) -> set[tuple[str, str]]:
    """
    :param assembly: the complex
    :param found: interactions
    :param kind: the kind that is asked for
    :returns: names of the first atom in question, and residue and atom of the partner, such as ``ILE50.N``
    """
    rows = set()
    for item in found:
        if item.kind is kind:
            own, other = assembly.name(item.focus.atoms[0]), assembly.name(item.partner.atoms[0])
            rows.add((own.name, f'{other.key[3]}{other.key[1]}.{other.name}'))
    return rows


def of_ligand(assembly: Assembly, name: str) -> list[Interaction]:
    """
    :param assembly: the complex
    :param name: of a ligand
    :returns: its interactions
    """
    number = next(i for i, molecule in enumerate(assembly.molecules) if molecule.name == name)
    return perceive(assembly, assembly.atoms[number])
