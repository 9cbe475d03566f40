"""
Decides for every residue of a structure what it is: polymer, water, metal or ion, or part of a ligand.

The entity types of the file (or of gemmi's reading of a PDB file) are the start; the component dictionary and the bonds
correct them where a file puts a ligand inside a chain or a chain end outside.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from enum import Enum

import gemmi

from engines.structure.bonding import ResidueBond, ResidueKey, find_bonds, residue_key
from engines.structure.components import Component, ComponentDictionary
from engines.structure.reading import StructureInput

PEPTIDE_LIMIT = 20
"""Residues up to which a chain of amino acids of its own is called a peptide."""

_SIMULATION_WATERS = {'SOL', 'TIP', 'TIP3', 'TIP4', 'TIP5', 'TP3', 'TP4', 'TP5', 'T3P', 'T4P', 'SPC', 'SPCE', 'OPC'}
_CHAIN_BONDS = ({'C', 'N'}, {"O3'", 'P'}, {'O3*', 'P'})
"""Atoms that link the residues of a peptide and of a nucleic acid, the latter also with its name from before 2007."""


class Kind(Enum):
    """What a residue is."""

    POLYMER = 'polymer'
    WATER = 'water'
    METAL = 'metal or ion'
    LIGAND = 'ligand'


@dataclass
class Classified:
    """
    A residue with its kind.

    :param key: what identifies it
    :param residue: the residue of the first model
    :param kind: what it is
    :param chain_id: name of the polymer chain or molecule it belongs to (label_asym_id)
    """

    key: ResidueKey
    residue: gemmi.Residue
    kind: Kind
    chain_id: str


@dataclass
class Classification:
    """
    All residues of the first model, and the bonds of those that are no polymer.

    :param residues: the residues in file order
    :param bonds: covalent bonds of ligand residues
    :param components: components by residue name, for the names that the dictionary knows
    :param peptide_ligands: chains that are polymers by their make, and taken as ligands
    """

    residues: list[Classified]
    bonds: list[ResidueBond]
    components: dict[str, Component]
    peptide_ligands: set[str] = field(default_factory=set)

    def of_kind(self, kind: Kind) -> Iterator[Classified]:
        """
        The residues of one kind.

        :param kind: the kind
        :returns: residues in file order
        """
        return (item for item in self.residues if item.kind is kind)


def classify(source: StructureInput, dictionary: ComponentDictionary) -> Classification:
    """
    Classify the residues of the first model.

    :param source: a structure with its entities set up
    :param dictionary: the component dictionary
    :returns: the classification
    """
    model = source.structure[0]
    residues, components = [], {}
    for chain in model:
        for residue in chain:
            component = dictionary.get(residue.name)
            if component:
                components[residue.name] = component
            kind = _first_kind(residue, component)
            residues.append(Classified(residue_key(chain.name, residue), residue, kind, residue.subchain))
    result = Classification(residues, [], components)
    result.peptide_ligands = _peptide_ligands(source, result)
    for item in residues:
        if item.chain_id in result.peptide_ligands:
            item.kind = Kind.LIGAND
    _correct_by_bonds(source.structure, model, result)
    return result


def _first_kind(residue: gemmi.Residue, component: Component | None) -> Kind:
    """
    Kind of a residue by its entity type and its name alone.

    :param residue: the residue
    :param component: its component, if known
    :returns: the kind
    """
    if is_water(residue):
        return Kind.WATER
    if is_metal_or_ion(residue, component):
        return Kind.METAL
    return Kind.POLYMER if residue.entity_type == gemmi.EntityType.Polymer else Kind.LIGAND


def is_water(residue: gemmi.Residue) -> bool:
    """
    Whether a residue is water, under the archive's name or one of those that simulation programs write.

    :param residue: the residue
    :returns: True for water
    """
    if residue.is_water() or residue.name not in _SIMULATION_WATERS:
        return bool(residue.is_water())
    return [atom.element.name for atom in residue if not atom.is_hydrogen()] == ['O']


def is_metal_or_ion(residue: gemmi.Residue, component: Component | None) -> bool:
    """
    Whether a residue is a single atom, or an inorganic cluster with a metal and no carbon (iron-sulphur clusters,
    fluoro complexes of beryllium, aluminium and magnesium).

    :param residue: the residue
    :param component: its component, if known
    :returns: True for what stays with the protein as a metal or ion, and for residues of hydrogen alone
    """
    if all(atom.is_hydrogen() for atom in residue):
        return True
    if component and (component.is_amino_acid or component.is_nucleotide) and len(component.heavy_atoms) > 1:
        return False  # sooner than by its elements: most residues end here
    if component and component.heavy_atoms:
        elements = [gemmi.Element(atom.element) for atom in component.heavy_atoms]
    else:
        elements = [atom.element for atom in residue if not atom.is_hydrogen()]
    if len(elements) == 1:
        return component is not None or elements[0].is_metal or residue.name == 'UNX'
    return any(e.is_metal for e in elements) and not any(e.name == 'C' for e in elements)


def _peptide_ligands(source: StructureInput, classification: Classification) -> set[str]:
    """
    Short chains that are ligands although they are made like polymers: members of the dictionary of biologically
    interesting molecules (``_pdbx_molecule``), and chains in which most residues are not standard. A structure
    without a longer polymer keeps its only chain.

    :param source: the structure with its mmCIF block
    :param classification: residues with their first kind
    :returns: chain ids
    """
    chains: dict[str, list[Classified]] = {}
    for item in classification.of_kind(Kind.POLYMER):
        chains.setdefault(item.chain_id, []).append(item)
    listed = set(source.block.find_values('_pdbx_molecule.asym_id')) if source.block else set()
    longest = max((len({i.key[1:3] for i in items}) for items in chains.values()), default=0)
    result = set()
    for chain_id, items in chains.items():
        length = len({item.key[1:3] for item in items})
        odd = sum(not gemmi.find_tabulated_residue(item.key[3]).is_standard() for item in items)
        peptide = any(c.is_amino_acid for i in items if (c := classification.components.get(i.key[3])))
        outranked = length < longest or any(_is_nucleic(o, classification) for o in chains.values())
        if peptide and length <= PEPTIDE_LIMIT and outranked and (chain_id in listed or odd > len(items) / 2):
            result.add(chain_id)
    return result


def _is_nucleic(items: list[Classified], classification: Classification) -> bool:
    """
    Whether a chain is DNA or RNA.

    :param items: residues of one chain
    :param classification: with the components
    :returns: True if most of its residues are nucleotides
    """
    number = sum(c.is_nucleotide for i in items if (c := classification.components.get(i.key[3])))
    return number > len(items) / 2


def _correct_by_bonds(structure: gemmi.Structure, model: gemmi.Model, result: Classification) -> None:
    """
    Let the bonds decide the doubtful cases, then keep the bonds of the ligand residues.

    :param structure: structure with the declared connections
    :param model: its first model
    :param result: classification, changed in place
    """
    kinds = {item.key: item for item in result.residues}
    doubtful = {item.key for item in result.residues if item.kind is Kind.LIGAND or _is_doubtful(item, result)}
    bonds = find_bonds(model, structure, lambda chain, residue: residue_key(chain, residue) in doubtful)
    for key in [item.key for item in result.residues if item.key in doubtful]:
        item = kinds[key]
        partners = {b.second if b.first == key else b.first for b in bonds if key in (b.first, b.second)}
        in_chain = any(kinds[p].kind is Kind.POLYMER and _is_chain_bond(item, kinds[p], bonds) for p in partners)
        if item.kind is Kind.POLYMER and not partners:
            item.kind = Kind.LIGAND
        elif item.kind is Kind.LIGAND and in_chain and item.chain_id not in result.peptide_ligands:
            item.kind = Kind.POLYMER
    ligand = {item.key for item in result.of_kind(Kind.LIGAND)}
    result.bonds = [bond for bond in bonds if bond.first in ligand or bond.second in ligand]


def _is_doubtful(item: Classified, result: Classification) -> bool:
    """
    Whether a residue that the file counts to a polymer might be a free ligand.

    :param item: the residue
    :param result: with the components
    :returns: True for a residue that is no known building block of polymers
    """
    if item.kind is not Kind.POLYMER or gemmi.find_tabulated_residue(item.key[3]).is_standard():
        return False
    component = result.components.get(item.key[3])
    return component is None or not (component.is_amino_acid or component.is_nucleotide)


def _is_chain_bond(item: Classified, partner: Classified, bonds: list[ResidueBond]) -> bool:
    """
    Whether a bond continues a polymer chain: peptide C-N between neighbours in number, or O3'-P.

    :param item: residue outside the chain
    :param partner: residue of the chain
    :param bonds: the bonds
    :returns: True if the residue is a part of the chain
    """
    for bond in bonds:
        joins = {bond.first, bond.second} == {item.key, partner.key} and item.key[0] == partner.key[0]
        if joins and {bond.first_atom, bond.second_atom} in _CHAIN_BONDS:
            return abs(item.key[1] - partner.key[1]) <= 1
    return False
