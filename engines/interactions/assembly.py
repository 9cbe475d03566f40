"""A complex with the hydrogens and states that Protoss decides, one conformer of each residue."""

from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
from rdkit import Chem

from engines.notes import Note
from engines.protoss.ligand.molecules import Molecule
from engines.protoss.lone_pairs import LonePairs, lone_pairs
from engines.protoss.network import Network
from engines.protoss.output import finished_molecule
from engines.protoss.pipeline import Decided, Options, decide_complex
from engines.protoss.placement import Array, unit
from engines.protoss.states import Alternative, Conformer
from engines.protoss.system import System
from engines.structure.bonding import ResidueKey
from engines.structure.main_conformers import main_conformers
from engines.structure.reading import StructureInput

Indices = npt.NDArray[np.intp]
Mask = npt.NDArray[np.bool_]


class AtomName(NamedTuple):
    """An atom: its residue and its name."""

    key: ResidueKey
    name: str


@dataclass(eq=False)
class Assembly:
    """
    A complex as it is looked at.

    :param source: the structure
    :param system: heavy atoms and their bonds
    :param shown: which atoms belong to the conformers that are shown
    :param positions: of all atoms, flips applied, Angstrom, shape (n, 3)
    :param hydrogens: positions of the hydrogens of each shown atom, Angstrom, each of shape (k, 3)
    :param views: how each shown atom is seen: conformer and decided state
    :param molecules: the ligands, those from a file first
    :param atoms: atoms of each ligand, in the order of the heavy atoms of its molecule
    :param mols: the ligands with the decided hydrogens, heavy atoms first
    :param notes: what the user should know
    """

    source: StructureInput
    system: System
    shown: Mask
    positions: Array
    hydrogens: list[Array]
    views: list[Conformer]
    molecules: list[Molecule]
    atoms: list[list[int]]
    mols: list[Chem.Mol]
    notes: list[Note]

    def name(self, atom: int) -> AtomName:
        """
        :param atom: an atom
        :returns: what identifies it
        """
        return AtomName(self.system.members[self.system.owner[atom]].key, self.system.names[atom])

    def charge(self, atom: int) -> int:
        """
        :param atom: a shown atom
        :returns: its formal charge in the decided state
        """
        return self.views[atom].charge(atom)

    def neighbours(self, atom: int) -> list[int]:
        """
        :param atom: a shown atom
        :returns: shown atoms bonded to it, metals left out
        """
        return [n for n in self.views[atom].neighbours(atom) if self.shown[n]]

    def lone_pairs(self, atom: int) -> LonePairs:
        """
        :param atom: a shown atom
        :returns: how it accepts hydrogen bonds
        """
        return lone_pairs(self.views[atom], atom, unit(self.hydrogens[atom] - self.positions[atom]))


def read_assembly(
    protein: Path,
    ccd: Path,
    ligand_file: Path | None = None,
    wanted: str = '',
    others: Path | None = None,
    around: float | None = None,
) -> Assembly:
    """
    Read a complex and decide its hydrogens.

    :param protein: PDB or mmCIF file, plain or gzipped
    :param ccd: component dictionary
    :param ligand_file: SDF of molecules placed in it; what stands in their way is left out
    :param wanted: label of the conformer that is shown where there is a choice; else the most occupied one
    :param others: SDF of further molecules of the complex, which give way to those of ``ligand_file``
    :param around: Angstrom around the molecules of the ligand file; what is farther away is left out
    :returns: the complex
    :raises EngineError: if an input cannot be used
    """
    options = Options(protein, Path(), ccd, ligand_input=ligand_file, other_ligands=others, around=around)
    return assemble(decide_complex(options), wanted)


def assemble(decided: Decided, wanted: str = '') -> Assembly:
    """
    The complex as it is looked at.

    :param decided: the complex with its hydrogens
    :param wanted: as for :func:`read_assembly`
    :returns: the complex
    """
    complex_, system, hydrogens = decided.complex_, decided.system, decided.hydrogens
    mask, labels = main_conformers(complex_.classification, wanted)
    extra = len(system) - len(mask)
    shown = np.concatenate((mask, np.ones(extra, np.bool_)))
    labels = labels + [''] * (len(system.members) - len(labels))
    views = _views(system, decided.network, labels)
    positions = np.array([view.position(atom) for atom, view in enumerate(views)]).reshape(-1, 3)
    nothing = np.empty((0, 3))
    placed = [
        next((p for x, p in own if x == labels[system.owner[atom]]), own[0][1] if own else nothing)
        for atom, own in enumerate(hydrogens.placed)
    ]
    index: dict[tuple[ResidueKey, str], list[int]] = {}
    for atom, owner in enumerate(system.owner):
        index.setdefault((system.members[owner].key, system.names[atom]), []).append(atom)
    atoms = [[_shown(index[key], shown) for key in molecule.atoms] for molecule in complex_.molecules]
    mols = [finished_molecule(m, decided.network, hydrogens, index) for m in complex_.molecules]
    return Assembly(
        complex_.source, system, shown, positions, placed, views, complex_.molecules, atoms, mols, complex_.notes
    )  # fmt: skip


def _shown(candidates: list[int], shown: Mask) -> int:
    """
    :param candidates: alternative positions of an atom
    :param shown: which atoms are shown
    :returns: the one that is shown
    """
    return next((atom for atom in candidates if shown[atom]), candidates[0])


def _views(system: System, network: Network, labels: list[str]) -> list[Conformer]:
    """
    How each atom is seen.

    :param system: the system
    :param network: the decisions
    :param labels: conformer of each residue that is shown
    :returns: one view an atom
    """
    plain: dict[str, Conformer] = {x: Conformer(system, x, Alternative('', {})) for x in {'', *labels}}
    views = [plain[labels[owner]] for owner in system.owner]
    decided: dict[int, str] = {}
    for number, site in enumerate(network.sites):
        alternative = network.chosen(number).alternative
        view = Conformer(system, site.label, alternative)
        touched = {*site.atoms, *alternative.charges, *alternative.hybridisation}
        for atom in sorted(touched.union(*alternative.swaps)):
            best = labels[system.owner[atom]]
            if atom not in decided or (site.label == best and decided[atom] != best):
                decided[atom], views[atom] = site.label, view
    return views
