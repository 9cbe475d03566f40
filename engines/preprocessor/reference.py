"""
Reference molecules for the validation, made on a way of their own: the graph of the component dictionary with all its
hydrogens, and the stereo labels that the dictionary declares (R, S, E, Z), with no coordinates involved.

The engine under test reads stereochemistry off the modelled coordinates and counts hydrogens itself; a mistake in
either shows as a difference to these molecules.
"""

import itertools
from collections.abc import Iterable, Iterator, Mapping

from rdkit import Chem
from rdkit.Chem import rdCIPLabeler
from rdkit.Chem.MolStandardize import rdMolStandardize

from engines.structure.components import Component

_TYPES = {1: Chem.BondType.SINGLE, 2: Chem.BondType.DOUBLE, 3: Chem.BondType.TRIPLE}
_ROUNDS = 6
"""Passes over the stereocentres; a label can depend on the labels of other centres."""
_TAGS = (Chem.ChiralType.CHI_TETRAHEDRAL_CW, Chem.ChiralType.CHI_TETRAHEDRAL_CCW)
_BOND_TAGS = (Chem.BondStereo.STEREOCIS, Chem.BondStereo.STEREOTRANS)
_SAME_OXYGENS = Chem.MolFromSmarts('[#15,#16;X4](=[OX1,SX1])[OX1,OX2H,SX1,SX2H]')


def component_molecule(component: Component) -> Chem.Mol:
    """
    The molecule that the dictionary declares.

    :param component: the component
    :returns: sanitised molecule with its hydrogens as atoms, in the order of the component
    """
    mol = Chem.RWMol()
    for row in component.atoms:
        atom = Chem.Atom(row.element.capitalize() if row.element != 'D' else 'H')
        atom.SetFormalCharge(row.charge)
        atom.SetNoImplicit(True)
        mol.AddAtom(atom)
    for bond in component.bonds:
        mol.AddBond(bond.first, bond.second, _TYPES[bond.order])
    for atom in mol.GetAtoms():
        if atom.GetSymbol() == 'B' and atom.GetDegree() == 4:
            atom.SetFormalCharge(-1)  # the dictionary leaves some borates neutral
    Chem.SanitizeMol(mol)
    _set_double_bonds(mol, component)
    _set_centres(mol, component)
    Chem.SetDoubleBondNeighborDirections(mol)  # without it RDKit loses cis and trans when the hydrogens go
    return mol


def _set_centres(mol: Chem.RWMol, component: Component) -> None:
    """
    Turn each stereocentre until its label is the declared one.

    :param mol: molecule, changed in place
    :param component: the component
    """
    wanted = {i: atom.stereo for i, atom in enumerate(component.atoms) if atom.stereo != 'N'}
    for index in wanted:
        mol.GetAtomWithIdx(index).SetChiralTag(_TAGS[0])
    for _ in range(_ROUNDS):
        rdCIPLabeler.AssignCIPLabels(mol)
        atoms = [mol.GetAtomWithIdx(index) for index in wanted]
        wrong = [a for a in atoms if a.HasProp('_CIPCode') and a.GetProp('_CIPCode').upper() != wanted[a.GetIdx()]]
        if not wrong:
            return
        for atom in wrong:
            atom.InvertChirality()


def _set_double_bonds(mol: Chem.RWMol, component: Component) -> None:
    """
    Turn each stereo double bond until its label is the declared one.

    :param mol: molecule, changed in place
    :param component: the component
    """
    for row in component.bonds:
        bond = mol.GetBondBetweenAtoms(row.first, row.second)
        if row.stereo == 'N' or bond.GetIsAromatic():
            continue
        ends = [
            min((n.GetIdx() for n in atom.GetNeighbors() if n.GetIdx() != other), default=None)
            for atom, other in (
                (bond.GetBeginAtom(), bond.GetEndAtomIdx()),
                (bond.GetEndAtom(), bond.GetBeginAtomIdx()),
            )
        ]
        if ends[0] is None or ends[1] is None:
            continue
        bond.SetStereoAtoms(ends[0], ends[1])
        for tag in _BOND_TAGS:
            bond.SetStereo(tag)
            rdCIPLabeler.AssignCIPLabels(mol)
            if bond.HasProp('_CIPCode') and bond.GetProp('_CIPCode').upper() == row.stereo:
                break


def stereo_variants(
    component: Component, mirrored: Iterable[str], flat: Iterable[str], turned: Iterable[str]
) -> Iterator[Chem.Mol]:
    """
    The molecules that the dictionary's one becomes when the given centres are mirrored, the given double bonds turned,
    and each of the flat centres is as declared, mirrored or undefined.

    :param component: the component
    :param mirrored: atom names
    :param flat: atom names
    :param turned: bonds as ``C2=C3``
    :returns: iterator over molecules
    """
    index = {atom.name: i for i, atom in enumerate(component.atoms)}
    base = Chem.RWMol(component_molecule(component))
    for name in mirrored:
        base.GetAtomWithIdx(index[name]).InvertChirality()
    for pair in turned:
        bond = base.GetBondBetweenAtoms(*(index[name] for name in pair.split('=')))
        bond.SetStereo(_BOND_TAGS[1] if bond.GetStereo() == _BOND_TAGS[0] else _BOND_TAGS[0])
    Chem.SetDoubleBondNeighborDirections(base)
    centres = [index[name] for name in flat]
    for tags in itertools.product((*_TAGS, Chem.ChiralType.CHI_UNSPECIFIED), repeat=len(centres)):
        for centre, tag in zip(centres, tags, strict=True):
            base.GetAtomWithIdx(centre).SetChiralTag(tag)
        yield Chem.Mol(base)


def ideal_molecule(component: Component) -> Chem.Mol:
    """
    The molecule with the stereochemistry of the dictionary's ideal coordinates, the second opinion where its labels
    are in doubt.

    :param component: component with ideal coordinates
    :returns: sanitised molecule without hydrogens
    """
    mol = Chem.RWMol(component_molecule(component))
    Chem.RemoveStereochemistry(mol)
    conformer = Chem.Conformer(mol.GetNumAtoms())
    for index, xyz in enumerate(component.ideal):
        conformer.SetAtomPosition(index, xyz)
    mol.AddConformer(conformer)
    bare = _without_hydrogens(mol)
    Chem.AssignStereochemistryFrom3D(bare)
    return bare


def modelled_part(
    parts: Iterable[tuple[Chem.Mol, Mapping[int, str]]], links: Iterable[tuple[tuple[int, str], tuple[int, str]]]
) -> Chem.Mol:
    """
    What is left of components when only the modelled atoms are kept and the residues are linked. The first atom of
    each missing branch turns into hydrogen. Stereochemistry does not survive this.

    :param parts: per residue its full molecule and the names of the modelled atoms by index
    :param links: bonds between residues, each end as number of the residue and atom name
    :returns: sanitised molecule
    """
    whole = Chem.RWMol()
    at: dict[tuple[int, str], int] = {}
    for number, (mol, names) in enumerate(parts):
        part = _trim(mol, set(names))
        offset = whole.GetNumAtoms()
        whole.InsertMol(part)
        at.update({(number, name): offset + i for i, name in names.items()})
    for first, second in links:
        _link(whole, at[first], at[second])
    for index in sorted((a.GetIdx() for a in whole.GetAtoms() if a.HasProp('gone')), reverse=True):
        whole.RemoveAtom(index)
    Chem.SanitizeMol(whole)
    return whole


def _trim(mol: Chem.Mol, present: set[int]) -> Chem.RWMol:
    """
    Turn the missing atoms next to modelled ones into hydrogen and mark the others.

    :param mol: full molecule of a component
    :param present: indices of the modelled heavy atoms
    :returns: molecule with the same indices
    """
    trimmed = Chem.RWMol(mol)
    Chem.Kekulize(trimmed, clearAromaticFlags=True)
    for atom in trimmed.GetAtoms():
        if atom.GetIdx() in present:
            continue
        near = [n for n in atom.GetNeighbors() if n.GetIdx() in present]
        if atom.GetAtomicNum() == 1 and near:
            continue
        if len(near) == 1:
            bond = trimmed.GetBondBetweenAtoms(atom.GetIdx(), near[0].GetIdx())
            if bond.GetBondType() != Chem.BondType.SINGLE:
                bond.SetBondType(Chem.BondType.SINGLE)
                near[0].SetNoImplicit(False)
            atom.SetAtomicNum(1)
            atom.SetFormalCharge(0)
        else:
            atom.SetProp('gone', '1')
            for neighbour in near:
                neighbour.SetNoImplicit(False)
    return trimmed


def _link(mol: Chem.RWMol, first: int, second: int) -> None:
    """
    Bond two atoms in place of a hydrogen of each.

    :param mol: the molecule, changed in place
    :param first: an atom
    :param second: another atom
    """
    for index in (first, second):
        hydrogens = [
            n for n in mol.GetAtomWithIdx(index).GetNeighbors() if n.GetAtomicNum() == 1 and not n.HasProp('gone')
        ]
        if hydrogens:
            hydrogens[-1].SetProp('gone', '1')
    mol.AddBond(first, second, Chem.BondType.SINGLE)


def canonical(mol: Chem.Mol, stereo: bool = True) -> str:
    """
    Canonical SMILES after neutralisation. Left out on both sides is what is no property of the molecule: which of the
    equivalent oxygens of a phosphate or sulphonate is double-bonded, and the place of an imine hydrogen.

    :param mol: sanitised molecule
    :param stereo: whether stereochemistry counts
    :returns: SMILES
    """
    neutral = rdMolStandardize.Uncharger().uncharge(_without_hydrogens(mol))
    for match in neutral.GetSubstructMatches(_SAME_OXYGENS):
        neutral.GetAtomWithIdx(match[0]).SetChiralTag(Chem.ChiralType.CHI_UNSPECIFIED)
    for atom in neutral.GetAtoms():
        if atom.GetChiralTag() not in (Chem.ChiralType.CHI_UNSPECIFIED, *_TAGS):  # geometry of a metal
            atom.SetChiralTag(Chem.ChiralType.CHI_UNSPECIFIED)
    if not stereo:
        Chem.RemoveStereochemistry(neutral)
    again = Chem.MolFromSmiles(Chem.MolToSmiles(neutral))
    return str(Chem.MolToSmiles(again if again is not None else neutral, isomericSmiles=stereo))


def _without_hydrogens(mol: Chem.Mol) -> Chem.Mol:
    """
    Take out all hydrogens, those of imines too, which RDKit keeps for their stereo.

    :param mol: sanitised molecule
    :returns: the molecule without hydrogen atoms
    """
    parameters = Chem.RemoveHsParameters()
    parameters.removeDefiningBondStereo = True  # type: ignore[assignment]
    return Chem.RemoveHs(mol, parameters)


def skeleton(mol: Chem.Mol) -> str:
    """
    Canonical SMILES of the heavy atoms with bond orders and charges, whatever hydrogens they carry: for models that
    lack atoms, where the number of hydrogens at the open ends is a convention.

    :param mol: sanitised molecule
    :returns: SMILES
    """
    bare = Chem.RWMol(rdMolStandardize.Uncharger().uncharge(_without_hydrogens(mol)))
    Chem.RemoveStereochemistry(bare)
    for atom in bare.GetAtoms():
        atom.SetNoImplicit(True)
        atom.SetNumExplicitHs(0)
    return str(Chem.MolToSmiles(bare))
