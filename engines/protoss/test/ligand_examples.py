"""What the tests of ligand states share: molecules, and their states in a form that can be compared."""

from rdkit import Chem

from engines.protoss.ligand.states import LigandStates, ligand_states
from engines.structure.components import ComponentDictionary
from engines.test.utils import dictionary_path

_BOND_TYPES = {1: Chem.BondType.SINGLE, 2: Chem.BondType.DOUBLE, 3: Chem.BondType.TRIPLE}


def of(smiles: str, ph: float = 7.0, **options: object) -> LigandStates:
    """
    The states of a molecule.

    :param smiles: the molecule
    :param ph: pH
    :param options: further arguments of ``ligand_states``
    :returns: its states
    """
    return ligand_states(Chem.MolFromSmiles(smiles), ph=ph, **options)  # type: ignore[arg-type]


def best(smiles: str, ph: float = 7.0) -> str:
    """
    The likeliest state of a molecule.

    :param smiles: the molecule
    :param ph: pH
    :returns: canonical SMILES without stereochemistry
    """
    return Chem.MolToSmiles(of(smiles, ph).states[0].mol, isomericSmiles=False)


def canonical(smiles: str) -> str:
    """
    The same SMILES as :func:`best` writes.

    :param smiles: a molecule
    :returns: canonical SMILES without stereochemistry
    """
    return Chem.MolToSmiles(Chem.MolFromSmiles(smiles), isomericSmiles=False)


def penalties(smiles: str, **options: object) -> dict[str, list[float]]:
    """
    The penalties of all states.

    :param smiles: the molecule
    :param options: further arguments of ``ligand_states``
    :returns: penalties by canonical SMILES; several where a form has symmetric placements
    """
    found: dict[str, list[float]] = {}
    for state in of(smiles, **options).states:  # type: ignore[arg-type]
        found.setdefault(Chem.MolToSmiles(state.mol, isomericSmiles=False), []).append(state.penalty)
    return found


def component(name: str) -> Chem.Mol:
    """
    A component of the dictionary with its ideal coordinates.

    :param name: residue name
    :returns: molecule with explicit hydrogens and one conformer
    """
    found = ComponentDictionary(dictionary_path()).get(name)
    mol = Chem.RWMol()
    for atom in found.atoms:
        new = Chem.Atom(atom.element.capitalize())
        new.SetFormalCharge(atom.charge)
        new.SetNoImplicit(True)
        new.SetProp('_Name', atom.name)
        mol.AddAtom(new)
    for bond in found.bonds:
        mol.AddBond(bond.first, bond.second, _BOND_TYPES[bond.order])
    conformer = Chem.Conformer(len(found.atoms))
    conformer.Set3D(True)
    for index, position in enumerate(found.ideal):
        conformer.SetAtomPosition(index, position)
    mol.AddConformer(conformer)
    Chem.SanitizeMol(mol)
    Chem.AssignStereochemistryFrom3D(mol)
    return mol.GetMol()


def hydrogens(mol: Chem.Mol) -> list[int]:
    """
    Numbers of hydrogens.

    :param mol: a molecule
    :returns: one number a heavy atom
    """
    return [a.GetTotalNumHs(includeNeighbors=True) for a in mol.GetAtoms() if a.GetAtomicNum() != 1]
