"""
Turns the residues of a ligand into an RDKit molecule with the bond orders and charges of its components.

The dictionary (CCD) gives atoms, bond orders and formal charges; the model gives the coordinates, and through them
the stereochemistry. Hydrogens of the model are kept; where it has none, those of the component are placed.
"""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field

import gemmi
from rdkit import Chem, RDLogger

from engines.errors import EngineError
from engines.structure.bonding import ResidueBond, ResidueKey
from engines.structure.components import Component
from engines.structure.conformers import ChosenResidue
from engines.structure.matching import match_names, match_structure
from engines.structure.perception import perceive

RDLogger.DisableLog('rdApp.*')  # type: ignore[attr-defined]

_BOND_TYPES = {1: Chem.BondType.SINGLE, 2: Chem.BondType.DOUBLE, 3: Chem.BondType.TRIPLE}
MAX_PERCEIVED = 999
"""Heavy atoms of the largest residue whose bonds are perceived."""
ODD_VALENCE = 'odd_valence'
"""Property of a molecule in which an atom has more bonds than its element allows."""
_VALENCES = {'S': (2, 4, 6), 'P': (3, 5), 'SE': (2, 4, 6)}
_HYDROGEN_REACH = 1.4
"""Angstrom; a hydrogen farther from every heavy atom is not bonded to the ligand."""
_ACIDIC = {'O', 'S', 'N', 'SE'}


@dataclass
class LigandMolecule:
    """
    A molecule and what was learned while it was built.

    :param mol: sanitised molecule with explicit hydrogens and one 3D conformer, Angstrom
    :param missing: per residue the names of the component's heavy atoms that the model lacks
    :param perceived: residues whose bonds were perceived from the geometry, not taken from the dictionary
    :param renamed: residues whose atom names differ from the dictionary and were matched by structure
    :param atoms: index in ``mol`` of each heavy atom, by residue and name in the model
    :param names: per known residue, index in the component to name in the model
    """

    mol: Chem.Mol
    missing: dict[ResidueKey, list[str]] = field(default_factory=dict)
    perceived: list[ResidueKey] = field(default_factory=list)
    renamed: list[ResidueKey] = field(default_factory=list)
    atoms: dict[tuple[ResidueKey, str], int] = field(default_factory=dict)
    names: dict[ResidueKey, dict[int, str]] = field(default_factory=dict)


class LigandBuilder:
    """
    Collects the atoms and bonds of one ligand, residue by residue.

    :param bonds: covalent bonds of the ligand's residues, to each other and to the polymer
    """

    def __init__(self, bonds: Sequence[ResidueBond]) -> None:
        self.bonds = bonds
        self.mol = Chem.RWMol()
        self.positions: list[gemmi.Position] = []
        self.result = LigandMolecule(Chem.Mol())
        self.index = self.result.atoms

    def build(self, residues: Sequence[ChosenResidue], components: dict[str, Component]) -> LigandMolecule:
        """
        The finished molecule.

        :param residues: the residues with one conformer each, in file order
        :param components: the components that the dictionary knows, by residue name
        :returns: molecule and observations
        """
        for residue in residues:
            component = components.get(residue.key[3])
            names = self._match(residue, component) if component else None
            if component is None or names is None:
                self._perceived_residue(residue)
            else:
                self._known_residue(residue, component, names)
        self._link_residues()
        for residue in residues:
            self._model_hydrogens(residue)
        self.result.mol = finish(self.mol, self.positions)
        return self.result

    def _match(self, residue: ChosenResidue, component: Component) -> dict[int, str] | None:
        """
        Find the atoms of a residue in its component.

        :param residue: the residue
        :param component: its component
        :returns: index in the component to name in the model, or None if they are different molecules
        """
        names = match_names(residue.heavy, component)
        if names is None and (names := match_structure(residue.heavy, component)) is not None:
            self.result.renamed.append(residue.key)
        return names

    def _add(self, key: ResidueKey, name: str, atom: gemmi.Atom, charge: int, hydrogens: int) -> int:
        """
        Add one heavy atom.

        :param key: its residue
        :param name: its name in the model
        :param atom: the modelled atom
        :param charge: formal charge
        :param hydrogens: number of hydrogens that the component has on it
        :returns: index in the molecule
        """
        new = Chem.Atom(atom.element.atomic_number)
        new.SetFormalCharge(charge)
        new.SetNoImplicit(True)
        new.SetNumExplicitHs(hydrogens)
        new.SetProp('_Name', name)
        self.index[key, name] = index = self.mol.AddAtom(new)
        self.positions.append(atom.pos)
        return int(index)

    def _known_residue(self, residue: ChosenResidue, component: Component, names: dict[int, str]) -> None:
        """
        Add a residue with the chemistry of its component. Where the model ends, hydrogen takes the place of what is
        missing, so that the rest keeps its valences.

        :param residue: the residue
        :param component: its component
        :param names: index in the component to name in the model, for the modelled heavy atoms
        """
        atoms = {atom.name: atom for atom in residue.heavy}
        hydrogens = hydrogen_counts(component, names)
        self.result.names[residue.key] = names
        at = {
            i: self._add(residue.key, name, atoms[name], component.atoms[i].charge, hydrogens[i])
            for i, name in names.items()
        }
        for bond in component.bonds:
            if bond.first in at and bond.second in at:
                self.mol.AddBond(at[bond.first], at[bond.second], _BOND_TYPES[bond.order])
        anchors = {i for i, name in names.items() if name in self._anchors(residue.key)}
        self.result.missing[residue.key] = missing_atoms(component, set(names), anchors)

    def _perceived_residue(self, residue: ChosenResidue) -> None:
        """
        Add a residue that the dictionary does not know, with bonds perceived from the geometry.

        :param residue: the residue
        :raises EngineError: ``ligand.too_large``; comparing all pairs of atoms has its limit
        """
        if len(residue.heavy) > MAX_PERCEIVED:
            raise EngineError(
                'ligand.too_large',
                f'{residue.key[3]} is not in the component dictionary and has more than {MAX_PERCEIVED} atoms.',
                'Split it into residues, or give its residues their standard names.',
            )
        perceived = perceive(residue.heavy, residue.hydrogens)
        at = [
            self._add(residue.key, atom.name, atom, perceived.charges[i], perceived.hydrogens[i])
            for i, atom in enumerate(residue.heavy)
        ]
        for (first, second), order in perceived.orders.items():
            self.mol.AddBond(at[first], at[second], _BOND_TYPES[order])
        self.result.perceived.append(residue.key)

    def _anchors(self, key: ResidueKey) -> set[str]:
        """
        The atoms of a residue that are bonded to other residues.

        :param key: the residue
        :returns: atom names
        """
        ends = [(b.first, b.first_atom) for b in self.bonds] + [(b.second, b.second_atom) for b in self.bonds]
        return {name for owner, name in ends if owner == key}

    def _link_residues(self) -> None:
        """Bond the ligand's residues to each other; each bond takes the place of a hydrogen at both ends."""
        for bond in self.bonds:
            first = self.index.get((bond.first, bond.first_atom))
            second = self.index.get((bond.second, bond.second_atom))
            if first is None or second is None or self.mol.GetBondBetweenAtoms(first, second):
                continue
            self.mol.AddBond(first, second, Chem.BondType.SINGLE)
            for index in (first, second):
                atom = self.mol.GetAtomWithIdx(index)
                atom.SetNumExplicitHs(max(0, atom.GetNumExplicitHs() - 1))

    def _model_hydrogens(self, residue: ChosenResidue) -> None:
        """
        Keep the hydrogens of the model. If it has all those on carbon, it is taken at its word about the others too:
        one hydrogen fewer than the component is a negative charge, one more a positive one.

        :param residue: the residue
        """
        heavy = {name: self.index[residue.key, name] for name in (a.name for a in residue.heavy)}
        found: dict[int, list[gemmi.Atom]] = {}
        for hydrogen in residue.hydrogens:
            nearest = min(residue.heavy, key=lambda atom, h=hydrogen: atom.pos.dist(h.pos))  # type: ignore[misc]
            if nearest.pos.dist(hydrogen.pos) < _HYDROGEN_REACH:
                found.setdefault(heavy[nearest.name], []).append(hydrogen)
        complete = bool(found) and self._carbons_complete(heavy.values(), found)
        for index in heavy.values():
            self._settle_hydrogens(index, found.get(index, []), complete)

    def _carbons_complete(self, indices: Collection[int], found: dict[int, list[gemmi.Atom]]) -> bool:
        """
        Whether the model holds every hydrogen on carbon that the component has.

        :param indices: atoms of one residue
        :param found: modelled hydrogens by heavy atom
        :returns: True if none lacks
        """
        atoms = [self.mol.GetAtomWithIdx(i) for i in indices]
        return all(len(found.get(a.GetIdx(), [])) >= a.GetNumExplicitHs() for a in atoms if a.GetSymbol() == 'C')

    def _settle_hydrogens(self, index: int, hydrogens: list[gemmi.Atom], complete: bool) -> None:
        """
        Give one heavy atom its modelled hydrogens.

        :param index: the heavy atom
        :param hydrogens: its hydrogens in the model
        :param complete: whether the model is complete in hydrogens
        """
        atom = self.mol.GetAtomWithIdx(index)
        expected = atom.GetNumExplicitHs()
        acidic = atom.GetSymbol().upper() in _ACIDIC
        if not acidic and len(hydrogens) > expected:
            hydrogens = hydrogens[:expected]
        if acidic and (complete or len(hydrogens) > expected):
            atom.SetFormalCharge(atom.GetFormalCharge() + len(hydrogens) - expected)
            expected = len(hydrogens)
        atom.SetNumExplicitHs(expected - len(hydrogens))
        for hydrogen in hydrogens:
            new = Chem.Atom(1)
            if hydrogen.element.name == 'D':
                new.SetIsotope(2)
            self.mol.AddBond(index, self.mol.AddAtom(new), Chem.BondType.SINGLE)
            self.positions.append(hydrogen.pos)


def hydrogen_counts(component: Component, present: Iterable[int]) -> dict[int, int]:
    """
    Number of hydrogens on each modelled atom: those of the component, and one for each valence that the missing atoms
    leave open. Sulphur and phosphorus fall back to a lower valence instead, so that a lone S of a sulphate is no SH6.

    :param component: the component
    :param present: indices of the modelled atoms
    :returns: number of hydrogens by index
    """
    bare = dict.fromkeys(present, 0)
    open_valence, used = dict(bare), dict(bare)
    for bond in component.bonds:
        for here, there in ((bond.first, bond.second), (bond.second, bond.first)):
            if here not in bare:
                continue
            if there in bare:
                used[here] += bond.order
            elif component.atoms[there].element in ('H', 'D'):
                bare[here] += 1
            else:
                open_valence[here] += bond.order
    for here, number in open_valence.items():
        allowed = _VALENCES.get(component.atoms[here].element, ())
        full = next((valence for valence in allowed if valence >= used[here] + bare[here]), None)
        bare[here] += number if full is None else min(number, full - used[here] - bare[here])
    return bare


def missing_atoms(component: Component, present: set[int], anchors: set[int]) -> list[str]:
    """
    The heavy atoms that the model lacks. What left when the ligand was bound is not missing: leaving atoms of the
    dictionary, and any absent group on an atom that is bonded to another residue.

    :param component: the component
    :param present: indices of the modelled atoms
    :param anchors: indices of the atoms that are bonded to other residues
    :returns: names in the dictionary
    """
    absent = {i for i, atom in enumerate(component.atoms) if atom.element not in ('H', 'D') and i not in present}
    gone = {i for i in absent if anchors and component.atoms[i].leaving}
    border = set(anchors)
    while border:
        border = {
            there
            for bond in component.bonds
            for here, there in ((bond.first, bond.second), (bond.second, bond.first))
            if here in border and there in absent - gone
        }
        gone |= border
    return [component.atoms[i].name for i in sorted(absent - gone)]


def finish(mol: Chem.RWMol, positions: Sequence[gemmi.Position]) -> Chem.Mol:
    """
    Sanitise, place the hydrogens that lack, and read the stereochemistry off the coordinates. RDKit turns the bond of
    a metal to a donor that has all its valences without it (a haem's imine nitrogen) into a dative one.

    :param mol: molecule whose atoms know their number of hydrogens
    :param positions: one position an atom, Angstrom
    :returns: molecule with explicit hydrogens
    """
    conformer = Chem.Conformer(mol.GetNumAtoms())
    conformer.Set3D(True)
    for index, position in enumerate(positions):
        conformer.SetAtomPosition(index, position.tolist())
    mol.AddConformer(conformer)
    _charge_borates(mol)
    try:
        Chem.SanitizeMol(mol)
    except Chem.MolSanitizeException:
        mol.UpdatePropertyCache(strict=False)
        Chem.SanitizeMol(mol, Chem.SANITIZE_ALL ^ Chem.SANITIZE_PROPERTIES, catchErrors=True)
        mol.SetBoolProp(ODD_VALENCE, True)
    with_hydrogens = Chem.AddHs(mol, addCoords=True)
    Chem.AssignStereochemistryFrom3D(with_hydrogens)
    return with_hydrogens


def _charge_borates(mol: Chem.RWMol) -> None:
    """
    Charge boron with four bonds, which the dictionary leaves neutral in places.

    :param mol: molecule before sanitisation, changed in place
    """
    for atom in mol.GetAtoms():
        valence = sum(bond.GetBondTypeAsDouble() for bond in atom.GetBonds()) + atom.GetNumExplicitHs()
        if atom.GetSymbol() == 'B' and valence == 4:
            atom.SetFormalCharge(-1)
