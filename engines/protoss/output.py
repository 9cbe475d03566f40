"""Writes the decided hydrogens: into the structure, and into the molecules that leave as SDF."""

import gemmi
import numpy as np
from rdkit import Chem

from engines.protoss.ligand.molecules import Molecule
from engines.protoss.network import Network
from engines.protoss.placement import BOND_LENGTHS, Array
from engines.protoss.sites import Layout
from engines.protoss.states import Alternative, Conformer
from engines.protoss.system import System
from engines.protoss.topology import hydrogen_names
from engines.structure.bonding import ResidueKey


class Hydrogens:
    """
    The decided hydrogens of all atoms.

    :param system: the system
    :param layout: fixed hydrogens
    :param network: decided ones
    :param lengths: ``xray`` or ``neutron``
    """

    def __init__(self, system: System, layout: Layout, network: Network, lengths: str) -> None:
        self.system = system
        self.placed: list[list[tuple[str, Array]]] = [[] for _ in range(len(system))]
        self.moved: dict[int, Array] = {}
        table, plain = BOND_LENGTHS[lengths], Alternative('', {})
        for item in layout.fixed:
            self._place(Conformer(system, item.label, plain), item.atom, item.directions, table)
        for index, site in enumerate(network.sites):
            state = network.chosen(index)
            conformer = Conformer(system, site.label, state.alternative)
            for atom in site.atoms:
                if len(directions := state.hydrogens.get(atom, np.empty((0, 3)))):
                    self._place(conformer, atom, directions, table)
            for a, b in state.alternative.swaps:
                self.moved[a], self.moved[b] = system.positions[b], system.positions[a]

    def _place(self, conformer: Conformer, atom: int, directions: Array, table: dict[str, float]) -> None:
        """
        Keep the hydrogens of one atom in one conformer.

        :param conformer: the conformer
        :param atom: the heavy atom
        :param directions: unit vectors
        :param table: bond lengths
        """
        points = conformer.position(atom) + directions * conformer.length(atom, len(directions), table)
        self.placed[atom].append((conformer.label, points))

    def names(self, atom: int, number: int) -> tuple[str, ...]:
        """
        Names for the hydrogens of an atom.

        :param atom: the heavy atom
        :param number: how many
        :returns: those of the component as far as they reach
        """
        known = self.system.hydrogens[atom]
        name = self.system.names[atom]
        if name == 'N' and number > 1 and known[:1] == ('H',):
            return tuple(f'H{i + 1}' for i in range(number))
        if len(known) >= number:
            return known[:number]
        return ('HO',) if name == 'O' and number == 1 else hydrogen_names(name, self.system.elements[atom], number)


def add_hydrogens(hydrogens: Hydrogens) -> None:
    """
    Replace the hydrogens of the structure by the decided ones, and move the flipped atoms.

    :param hydrogens: the decided hydrogens; the residues of their system are changed in place
    """
    system = hydrogens.system
    for member in system.members:
        residue = member.residue
        if residue is None:
            continue
        for index in reversed(range(len(residue))):
            if residue[index].is_hydrogen():
                del residue[index]
        taken: set[tuple[str, str]] = set()
        for atom, index in zip(member.atoms, range(len(member.atoms)), strict=True):
            if atom in hydrogens.moved:
                residue[index].pos = gemmi.Position(*hydrogens.moved[atom])
        fresh = []
        for atom, index in zip(member.atoms, range(len(member.atoms)), strict=True):
            parent = residue[index]
            for label, points in hydrogens.placed[atom]:
                shown = label or system.labels[atom]
                share = parent.occ if parent.has_altloc() or not shown else _occupancy(system, atom, shown)
                for name, point in zip(hydrogens.names(atom, len(points)), points, strict=True):
                    fresh.append(_hydrogen(_free(name, shown, taken), point, parent, shown, share))
        for hydrogen in fresh:
            residue.add_atom(hydrogen)


def _free(name: str, label: str, taken: set[tuple[str, str]]) -> str:
    """
    A name that no other hydrogen of the residue has.

    :param name: wanted name
    :param label: its conformer
    :param taken: names in use, grows
    :returns: the name, with another number at its end if need be
    """
    number, found = 1, name
    while (found, label) in taken:
        number += 1
        found = f'{name[: 4 - len(str(number))]}{number}'
    taken.add((found, label))
    return found


def _occupancy(system: System, atom: int, label: str) -> float:
    """
    Occupancy of hydrogens that differ between conformers on an atom that does not.

    :param system: the system
    :param atom: the heavy atom
    :param label: the conformer
    :returns: that of the nearest atom with the label
    """
    around = [*system.near[atom], *(m for n in system.near[atom] for m in system.near[n])]
    return next((system.occupancies[n] for n in around if system.labels[n] == label), 1.0)


def _hydrogen(name: str, point: Array, parent: gemmi.Atom, label: str, share: float) -> gemmi.Atom:
    """
    A hydrogen atom.

    :param name: its name
    :param point: Angstrom
    :param parent: its heavy atom
    :param label: altloc, or empty
    :param share: occupancy
    :returns: the atom
    """
    atom = gemmi.Atom()
    atom.name, atom.element, atom.pos = name, gemmi.Element('H'), gemmi.Position(*point)
    atom.occ, atom.b_iso = share, parent.b_iso
    if label:
        atom.altloc = label
    return atom


def finished_molecule(molecule: Molecule, network: Network, hydrogens: Hydrogens,
                      index: dict[tuple[ResidueKey, str], list[int]]) -> Chem.Mol:  # fmt: skip
    """
    A molecule in its chosen state, with the decided hydrogens.

    :param molecule: the molecule
    :param network: the decisions
    :param hydrogens: the hydrogens
    :param index: atoms of the system by residue and name
    :returns: heavy atoms in the order of the input and with its coordinates, then the hydrogens
    """
    mol = Chem.RWMol(molecule.base if molecule.states is None else molecule.states.build(choice_of(molecule, network)))
    conformer = Chem.Conformer(mol.GetConformer())
    system = hydrogens.system
    new: list[tuple[int, Array]] = []
    for number, key in enumerate(molecule.atoms):
        candidates = index.get(key, [])
        atom = next((a for a in candidates if system.labels[a] == molecule.label), candidates[0] if candidates else -1)
        placed = hydrogens.placed[atom] if atom >= 0 else []
        points = next(
            (p for label, p in placed if label == molecule.label), placed[0][1] if placed else np.empty((0, 3))
        )
        heavy = mol.GetAtomWithIdx(number)
        heavy.SetNoImplicit(True)
        heavy.SetNumExplicitHs(0)
        new.extend((number, point) for point in points)
    positions = [conformer.GetAtomPosition(i) for i in range(mol.GetNumAtoms())]
    for number, _ in new:
        mol.AddBond(number, mol.AddAtom(Chem.Atom(1)), Chem.BondType.SINGLE)
    mol.RemoveAllConformers()
    full = Chem.Conformer(mol.GetNumAtoms())
    full.Set3D(True)
    for i, position in enumerate(positions):
        full.SetAtomPosition(i, position)
    for i, (_, point) in enumerate(new, len(positions)):
        full.SetAtomPosition(i, point.tolist())
    mol.AddConformer(full)
    mol.UpdatePropertyCache(strict=False)
    return mol.GetMol()


def choice_of(molecule: Molecule, network: Network) -> tuple[int, ...]:
    """
    The chosen state of each site of a molecule.

    :param molecule: the molecule
    :param network: the decisions
    :returns: numbers of the states
    """
    return tuple(network.chosen(site).alternative.choice if site >= 0 else 0 for site in molecule.sites)
