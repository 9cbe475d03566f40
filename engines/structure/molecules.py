"""Groups the ligand residues of a structure into molecules, names them and builds their chemistry."""

import re
from collections.abc import Iterable
from dataclasses import dataclass

import gemmi

from engines.structure.bonding import ResidueBond, ResidueKey
from engines.structure.classification import Classification, Kind
from engines.structure.conformers import best_label, choose
from engines.structure.ligands import LigandBuilder, LigandMolecule

_UNSAFE = re.compile(r'[^A-Za-z0-9+-]')


@dataclass
class Ligand:
    """
    A ligand of a structure.

    :param name: ``HET_CHAIN_NUM`` with the insertion code, of its first residue; unique and safe as a file name
    :param keys: its residues in file order, those of other conformers included
    :param residues: the same residues
    :param bonds: their covalent bonds, to each other and to the polymer
    :param label: the conformer that was chosen, or empty
    :param molecule: the molecule
    """

    name: str
    keys: list[ResidueKey]
    residues: list[gemmi.Residue]
    bonds: list[ResidueBond]
    label: str
    molecule: LigandMolecule

    @property
    def shown(self) -> list[ResidueKey]:
        """The residues in the molecule: all, but for those that belong to other conformers."""
        present = {key for key, _ in self.molecule.atoms}
        return [key for key in self.keys if key in present]

    def positions(self, key: ResidueKey) -> dict[int, gemmi.Position]:
        """
        Where the atoms of one residue are.

        :param key: a residue whose component is known
        :returns: positions in the molecule, Angstrom, by index in the component
        """
        conformer = self.molecule.mol.GetConformer()
        return {
            i: gemmi.Position(*conformer.GetAtomPosition(self.molecule.atoms[key, name]))
            for i, name in self.molecule.names[key].items()
        }

    @property
    def outer_bonds(self) -> list[ResidueBond]:
        """The bonds that lead out of the ligand."""
        own = set(self.keys)
        return [bond for bond in self.bonds if bond.first not in own or bond.second not in own]


def find_ligands(classification: Classification) -> list[Ligand]:
    """
    All ligands, in the order of their first residues in the file.

    :param classification: the classified structure
    :returns: the ligands with their molecules
    """
    residues = {item.key: item.residue for item in classification.of_kind(Kind.LIGAND)}
    names = UniqueNames()
    ligands = []
    for keys in bonded_groups(list(residues), classification.bonds):
        own = set(keys)
        bonds = [bond for bond in classification.bonds if bond.first in own or bond.second in own]
        members = [residues[key] for key in keys]
        label = best_label(members)
        molecule = LigandBuilder(bonds).build(
            choose(list(zip(keys, members, strict=True)), label), classification.components
        )
        ligands.append(Ligand(names.take(residue_name(keys[0])), keys, members, bonds, label, molecule))
    return ligands


def bonded_groups(keys: list[ResidueKey], bonds: Iterable[ResidueBond]) -> list[list[ResidueKey]]:
    """
    Residues that hang together by covalent bonds.

    :param keys: ligand residues in file order
    :param bonds: covalent bonds
    :returns: one list a molecule, in file order
    """
    group = {key: [key] for key in keys}
    for bond in bonds:
        first, second = group.get(bond.first), group.get(bond.second)
        if first is None or second is None or first is second:
            continue
        first.extend(second)
        for key in second:
            group[key] = first
    order = {key: i for i, key in enumerate(keys)}
    unique = {id(members): members for members in group.values()}
    return sorted((sorted(m, key=order.__getitem__) for m in unique.values()), key=lambda m: order[m[0]])


def residue_name(key: ResidueKey) -> str:
    """
    The name of a residue as users and other tools write it.

    :param key: the residue
    :returns: for example ``P86_A_400`` or ``GOL_B_17A``
    """
    chain, number, icode, name = key
    return f'{name}_{chain}_{number}{icode}'


def safe_name(text: str) -> str:
    """
    A text as the name of a file.

    :param text: any text
    :returns: letters, digits, ``_``, ``+`` and ``-`` of it, at most 80; may be empty
    """
    return _UNSAFE.sub('_', text)[:80].lstrip('-')


class UniqueNames:
    """Hands out names that are safe as file names and differ on file systems that ignore case."""

    def __init__(self) -> None:
        self._used: set[str] = set()

    def take(self, wanted: str) -> str:
        """
        A name close to the wanted one.

        :param wanted: any text
        :returns: name of letters, digits, ``_``, ``+`` and ``-``; with ``_2``, ``_3``, ... if it was taken
        """
        base = safe_name(wanted) or 'ligand'
        name, number = base, 1
        while name.lower() in self._used:
            number += 1
            name = f'{base}_{number}'
        self._used.add(name.lower())
        return name
