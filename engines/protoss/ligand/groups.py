"""Makes sites of what ``ligand/states.py`` offers, for ligands, records and modified residues."""

import gemmi
from rdkit import Chem

from engines.protoss.ligand.graph import Site as LigandSite
from engines.protoss.ligand.graph import apply
from engines.protoss.ligand.molecules import AtomKey, Molecule, MoleculeMaker
from engines.protoss.sites import Layout
from engines.protoss.states import Alternative, Site
from engines.protoss.system import Member, System
from engines.protoss.templates import Template, hybridisations
from engines.protoss.topology import hydrogen_names, template_of_molecule
from engines.structure.bonding import ResidueBond, ResidueKey
from engines.structure.classification import Kind
from engines.structure.conformers import best_label, choose
from engines.structure.ligands import LigandBuilder

_BACKBONE = {'N', 'CA', 'C', 'O', 'OXT'}


def add_molecule_sites(system: System, layout: Layout, molecules: list[Molecule]) -> None:
    """
    Add the sites of all molecules, and remember their numbers in the molecules.

    :param system: the system
    :param layout: gets the sites
    :param molecules: the molecules
    """
    index = _atom_index(system)
    for molecule in molecules:
        if molecule.states is None:
            continue
        for site in molecule.states.sites:
            made = _sites(system, index, molecule, site)
            shown = next((i for i, s in enumerate(made) if s.label in ('', molecule.label)), 0)
            molecule.sites.append(len(layout.sites) + shown if made else -1)
            for one in made:
                layout.add(one)


def _atom_index(system: System) -> dict[AtomKey, list[int]]:
    """
    Atoms by residue and name.

    :param system: the system
    :returns: the alternative positions of each atom
    """
    index: dict[AtomKey, list[int]] = {}
    for atom, owner in enumerate(system.owner):
        index.setdefault((system.members[owner].key, system.names[atom]), []).append(atom)
    return index


def _sites(system: System, index: dict[AtomKey, list[int]], molecule: Molecule, site: LigandSite) -> list[Site]:
    """
    One site of a molecule, in each conformer.

    :param system: the system
    :param index: atoms by residue and name
    :param molecule: the molecule
    :param site: its site
    :returns: sites; none if an atom is not there
    """
    places = {i: index.get(molecule.atoms[i], []) for i in site.atoms}
    labels = sorted({system.labels[a] for atoms in places.values() for a in atoms} - {''}) or ['']
    found = []
    for label in labels:
        atoms = {
            i: next((a for a in some if system.labels[a] in (label, '')), None) for i, some in places.items()
        }  # fmt: skip
        if all(a is not None for a in atoms.values()):
            known = {i: a for i, a in atoms.items() if a is not None}
            alternatives = _alternatives(system, molecule.base, site, known)
            polar = tuple(a for a in known.values() if system.elements[a] != 'C')
            owner = system.owner[polar[0]] if polar else -1
            if polar:
                found.append(Site(owner, label, polar, alternatives, 'ligand'))
    return found


def _alternatives(system: System, base: Chem.Mol, site: LigandSite, atoms: dict[int, int]) -> list[Alternative]:
    """
    The alternatives of a site.

    :param system: the system
    :param base: molecule in its likeliest state
    :param site: the site
    :param atoms: atom of the system by atom of the molecule
    :returns: one alternative a state
    """
    found = []
    for number, state in enumerate(site.states):
        mol = Chem.RWMol(base)
        Chem.Kekulize(mol, clearAromaticFlags=True)
        apply(mol, site, state)
        kinds = _kinds(mol)
        counts = {atoms[i]: n for i, n in zip(site.atoms, state.hydrogens, strict=True)}
        charges = {atoms[i]: c for i, c in zip(site.atoms, state.charges, strict=True)}
        polar = {a for a in atoms.values() if system.elements[a] != 'C'}
        found.append(
            Alternative(
                state.label, {a: n for a, n in counts.items() if a in polar}, charges, -state.penalty, (),
                {a: kinds[i] for i, a in atoms.items()}, number,
            )
        )  # fmt: skip
    return found


def _kinds(mol: Chem.Mol) -> list[int]:
    """
    Hybridisation of each atom of a molecule without hydrogens.

    :param mol: molecule in Kekule form
    :returns: SP, SP2 or SP3
    """
    atoms = list(mol.GetAtoms())
    bonds = [(b.GetBeginAtomIdx(), b.GetEndAtomIdx(), int(b.GetBondTypeAsDouble())) for b in mol.GetBonds()]
    return hybridisations(
        [a.GetSymbol().upper() for a in atoms], [a.GetFormalCharge() for a in atoms],
        [a.GetNumExplicitHs() for a in atoms], bonds,
    )  # fmt: skip


def modified_residues(system: System, layout: Layout, maker: MoleculeMaker) -> list[Molecule]:
    """
    The modified residues of chains, each as a molecule bonded to its neighbours; those that have states get sites.

    :param system: the system; takes over hydrogens and charges of their likeliest states
    :param layout: with the sites of chain ends, which keep their atoms
    :param maker: makes molecules
    :returns: molecules that have sites
    """
    found = []
    for owner, member in enumerate(system.members):
        if member.kind is not Kind.POLYMER or gemmi.find_tabulated_residue(member.key[3]).is_standard():
            continue
        if member.component is None or member.residue is None or len(member.atoms) < 2:
            continue
        molecule = _modified(system, owner, member, maker)
        if molecule is None or molecule.states is None:
            continue
        _take_over(system, member, molecule)
        sited = {(member.key, system.names[a]) for a in member.atoms if a in layout.sited}
        molecule.states.sites = [
            s for s in molecule.states.sites if not any(molecule.atoms[i] in sited for i in s.atoms)
        ]  # fmt: skip
        if molecule.states.sites:
            found.append(molecule)
    return found


def _modified(system: System, owner: int, member: Member, maker: MoleculeMaker) -> Molecule | None:
    """
    A modified residue as a molecule.

    :param system: the system
    :param owner: index of the residue
    :param member: the residue
    :param maker: makes molecules
    :returns: the molecule
    """
    residue = member.residue
    if residue is None or member.component is None:
        return None
    bonds = []
    for atom in member.atoms:
        for other in system.outer[atom]:
            key: ResidueKey = system.members[system.owner[other]].key
            bonds.append(ResidueBond(member.key, system.names[atom], key, system.names[other], 1.5, False))
    label = best_label([residue])
    built = LigandBuilder(bonds).build(choose([(member.key, residue)], label), {member.key[3]: member.component})
    rank = {idx: i for i, idx in enumerate(a.GetIdx() for a in built.mol.GetAtoms() if a.GetAtomicNum() > 1)}
    atoms: list[AtomKey] = [(member.key, '')] * len(rank)
    for key_name, idx in built.atoms.items():
        atoms[rank[idx]] = key_name
    outer = {system.names[a] for a in member.atoms if system.outer[a]}
    name = system.residue_name(owner)
    states = maker.states(built.mol, name, [i for i, (_, n) in enumerate(atoms) if n in outer])
    if states is None:
        return None
    base = states.build((0,) * len(states.sites))
    return Molecule(name, built.mol, atoms, states, base, label, 'modified', [member.key])


def _take_over(system: System, member: Member, molecule: Molecule) -> None:
    """
    Give a residue the hydrogens of its likeliest state, except for its backbone.

    :param system: the system
    :param member: the residue
    :param molecule: the same as a molecule
    """
    index = {name: i for i, (_, name) in enumerate(molecule.atoms)}
    template: Template = template_of_molecule(molecule.base, index)
    for atom in member.atoms:
        name = system.names[atom]
        new = template.atoms.get(name)
        if new is None or name in _BACKBONE or system.outer[atom]:
            continue
        number = len(new.hydrogens)
        old = system.hydrogens[atom]
        system.hydrogens[atom] = (
            old[:number] if len(old) >= number else hydrogen_names(name, system.elements[atom], number)
        )
        system.charges[atom], system.hybridisation[atom] = new.charge, new.hybridisation
