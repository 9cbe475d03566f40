"""
Builds the :class:`~engines.protoss.system.System`: atoms, bonds, and the hydrogens that every atom carries by default.

Bonds within a residue come from its component, or are perceived from the coordinates where the dictionary does not
know it; those between residues are found in ``linking.py``.
"""

import gemmi
from rdkit import Chem

from engines.protoss.ligand.molecules import Molecule, heavy_positions
from engines.protoss.linking import find_coordination, link_residues, settle_nucleotides
from engines.protoss.system import Member, System
from engines.protoss.templates import AtomTemplate, Template, hybridisations, template_of
from engines.structure.bonding import ResidueKey, residue_key
from engines.structure.classification import Classification, Kind
from engines.structure.perception import perceive


def build(classification: Classification, molecules: list[Molecule], structure: gemmi.Structure) -> System:
    """
    The system of a classified structure.

    :param classification: the residues of the first model
    :param molecules: its ligands and the molecules of records, with their chemistry
    :param structure: the structure with its declared connections
    :returns: the system
    """
    system = System()
    templates: dict[str, Template] = {}
    number = {key: i for i, molecule in enumerate(molecules) for key in molecule.keys}
    for item in classification.residues:
        component = classification.components.get(item.key[3])
        member = Member(item.key, item.kind, component, residue=item.residue, ligand=number.get(item.key, -1))
        system.members.append(member)
        owner = len(system.members) - 1
        for atom in item.residue:
            if not atom.is_hydrogen():
                label = atom.altloc if atom.has_altloc() else ''
                system.add_atom(owner, atom.name, atom.element, atom.pos.tolist(), label, atom.occ)
        if item.kind in (Kind.POLYMER, Kind.LIGAND):
            _bond_residue(system, owner, _template(member, molecules, templates))
        elif item.kind is Kind.WATER:
            for oxygen in member.atoms:
                system.hydrogens[oxygen] = ('H1', 'H2')
    for index, molecule in enumerate(molecules):
        if molecule.origin != 'found':
            _add_record(system, index, molecule)
    system.freeze()
    link_residues(system, classification, structure)
    settle_nucleotides(system)
    find_coordination(system)
    return system


def chain_starts(structure: gemmi.Structure) -> set[ResidueKey]:
    """
    Residues that begin a chain in truth: the first of the sequence, or the first of the model if no sequence is given.

    :param structure: the structure, whose residues get their numbers in the sequence
    :returns: the residues
    """
    structure.assign_label_seq_id()
    lengths = {name: len(e.full_sequence) for e in structure.entities for name in e.subchains}
    starts: set[ResidueKey] = set()
    first: dict[str, tuple[int | None, str]] = {}
    for chain in structure[0]:
        for residue in chain:
            if residue.entity_type != gemmi.EntityType.Polymer:
                continue
            place = (residue.seqid.num, residue.seqid.icode)
            known = lengths.get(residue.subchain) and residue.label_seq
            if residue.label_seq == 1 or (first.setdefault(residue.subchain, place) == place and not known):
                starts.add(residue_key(chain.name, residue))
    return starts


def _template(member: Member, molecules: list[Molecule], cache: dict[str, Template]) -> Template:
    """
    The chemistry of a residue.

    :param member: the residue; is told whether it knows its bonds to others
    :param molecules: ligands with their chemistry
    :param cache: templates by residue name
    :returns: its template
    """
    if member.ligand >= 0 and (template := template_of_ligand(member, molecules[member.ligand])).atoms:
        member.linked = True
        return template
    name, component = member.key[3], member.component
    if component is not None:
        if name not in cache:
            cache[name] = template_of(component)
        template = cache[name]
        present = {atom.name for atom in member.residue or () if not atom.is_hydrogen()}
        if present <= template.atoms.keys():
            return template
        renamed = _renamed(template, {a.old_name: a.name for a in component.atoms}, present)
        if present <= renamed.atoms.keys():
            return renamed
    return _perceived(member)


def _renamed(template: Template, names: dict[str, str], present: set[str]) -> Template:
    """
    A template with the atom names from before the remediation of 2007, for the atoms that carry them.

    :param template: with current names
    :param names: current name by old name
    :param present: names in the model
    :returns: the template with the names of the model
    """
    to_model = {names[old]: old for old in present if old in names and old not in template.atoms}
    atoms = {to_model.get(name, name): atom for name, atom in template.atoms.items()}
    bonds = tuple((to_model.get(a, a), to_model.get(b, b), order) for a, b, order in template.bonds)
    return Template(atoms, bonds)


def _perceived(member: Member) -> Template:
    """
    Chemistry from the coordinates alone.

    :param member: a residue that the dictionary does not know
    :returns: its template; of alternative conformers the first counts
    """
    first: dict[str, gemmi.Atom] = {}
    for atom in member.residue or ():
        if not atom.is_hydrogen():
            first.setdefault(atom.name, atom)
    heavy = list(first.values())
    found = perceive(heavy)
    bonds = [(i, j, order) for (i, j), order in found.orders.items()]
    kinds = hybridisations([a.element.name.upper() for a in heavy], found.charges, found.hydrogens, bonds)
    atoms = {
        atom.name: AtomTemplate(hydrogen_names(atom.name, atom.element.name, n), charge, kind)
        for atom, n, charge, kind in zip(heavy, found.hydrogens, found.charges, kinds, strict=True)
    }
    return Template(atoms, tuple((heavy[i].name, heavy[j].name, order) for i, j, order in bonds))


def template_of_ligand(member: Member, molecule: Molecule) -> Template:
    """
    The chemistry of a residue of a ligand, as its molecule has it.

    :param member: the residue
    :param molecule: its ligand
    :returns: the template, empty if the residue belongs to a conformer that is not in the molecule
    """
    index = {name: i for i, (key, name) in enumerate(molecule.atoms) if key == member.key}
    known = template_of(member.component) if member.component else None
    current = {a.old_name: a.name for a in member.component.atoms} if member.component else {}
    if known:
        current = {name: name for name in known.atoms} | {o: n for o, n in current.items() if o not in known.atoms}
    return template_of_molecule(molecule.base, index, known, current)


def template_of_molecule(
    mol: Chem.Mol, index: dict[str, int], known: Template | None = None, current: dict[str, str] | None = None
) -> Template:
    """
    A template from an RDKit molecule.

    :param mol: sanitised molecule
    :param index: atoms that count, by name
    :param known: template of the component, for the names of the hydrogens
    :param current: name in the component by name in the model
    :returns: the template
    """
    kekule = Chem.RWMol(mol)
    Chem.KekulizeIfPossible(kekule, clearAromaticFlags=True)
    heavy = [a.GetIdx() for a in kekule.GetAtoms() if a.GetAtomicNum() > 1]
    place = {idx: i for i, idx in enumerate(heavy)}
    bonds = [
        (place[b.GetBeginAtomIdx()], place[b.GetEndAtomIdx()], int(b.GetBondTypeAsDouble()))
        for b in kekule.GetBonds()
        if b.GetBeginAtomIdx() in place and b.GetEndAtomIdx() in place
    ]
    atoms = [kekule.GetAtomWithIdx(i) for i in heavy]
    numbers = [a.GetTotalNumHs(includeNeighbors=True) for a in atoms]
    charges = [a.GetFormalCharge() for a in atoms]
    kinds = hybridisations([a.GetSymbol().upper() for a in atoms], charges, numbers, bonds)
    result = {}
    for name, idx in index.items():
        i = place[idx]
        same = known.atoms.get((current or {}).get(name, name)) if known else None
        given = same.hydrogens if same and len(same.hydrogens) >= numbers[i] else ()
        names = given[: numbers[i]] if given else hydrogen_names(name, atoms[i].GetSymbol(), numbers[i])
        result[name] = AtomTemplate(names, charges[i], kinds[i])
    named = {place[idx]: name for name, idx in index.items()}
    order = known.bonds if known else ()
    return Template(result, _sorted_bonds([(named[a], named[b], o) for a, b, o in bonds if a in named and b in named],
                                          order, current or {}))  # fmt: skip


def _sorted_bonds(
    bonds: list[tuple[str, str, int]], known: tuple[tuple[str, str, int], ...], current: dict[str, str]
) -> tuple[tuple[str, str, int], ...]:
    """
    Bonds in the order of the component, on which the names of the hydrogens depend.

    :param bonds: bonds by the names of the model
    :param known: bonds of the component
    :param current: name in the component by name in the model
    :returns: sorted bonds
    """
    place = {frozenset((a, b)): i for i, (a, b, _) in enumerate(known)}
    return tuple(
        sorted(bonds, key=lambda b: place.get(frozenset((current.get(b[0], b[0]), current.get(b[1], b[1]))), 1 << 30))
    )


def hydrogen_names(parent: str, element: str, number: int) -> tuple[str, ...]:
    """
    Names for hydrogens that the dictionary does not name.

    :param parent: name of the heavy atom
    :param element: its element
    :param number: how many
    :returns: H and the parent's name without its element, numbered if there are several
    """
    stem = 'H' + (parent[len(element) :] if parent.upper().startswith(element.upper()) else parent)
    if number == 1:
        return (stem[:4],)
    return tuple(f'{stem[:3]}{i + 1}' for i in range(number))


def _bond_residue(system: System, owner: int, template: Template) -> None:
    """
    Give a residue its bonds and default hydrogens.

    :param system: the system
    :param owner: index of the residue
    :param template: its chemistry
    """
    by_name: dict[str, list[int]] = {}
    for atom in system.members[owner].atoms:
        by_name.setdefault(system.names[atom], []).append(atom)
    for atom in _shared(system, owner):
        if system.names[atom] not in by_name or system.owner[by_name[system.names[atom]][0]] != owner:
            by_name.setdefault(system.names[atom], []).append(atom)
    for atom in system.members[owner].atoms:
        known = template.atoms.get(system.names[atom])
        if known:
            system.hydrogens[atom] = known.hydrogens
            system.charges[atom] = known.charge
            system.hybridisation[atom] = known.hybridisation
    for first, second, order in template.bonds:
        for a in by_name.get(first, ()):
            partners = [b for b in by_name.get(second, ()) if system.coexist(a, b)]
            for b in partners or by_name.get(second, ())[:1]:
                system.bond(a, b, order)


def _shared(system: System, owner: int) -> list[int]:
    """
    Atoms of another residue at the same place of a chain: of two residues that share a place the file may give the
    common backbone to one alone.

    :param system: the system
    :param owner: index of a residue
    :returns: atoms of earlier residues at its place
    """
    place = system.members[owner].key[:3]
    found = []
    for earlier in range(owner - 1, -1, -1):
        if system.members[earlier].key[:3] != place or not place[0]:
            break
        found += system.members[earlier].atoms
    return found


def _add_record(system: System, number: int, molecule: Molecule) -> None:
    """
    Add a molecule that is not part of the structure.

    :param system: the system
    :param number: its number among the molecules
    :param molecule: the molecule with its pose
    """
    owner = len(system.members)
    system.members.append(Member(molecule.keys[0], Kind.LIGAND, None, ligand=number))
    points = heavy_positions(molecule.mol)
    index = {name: i for i, (_, name) in enumerate(molecule.atoms)}
    for (_, name), i in zip(molecule.atoms, index.values(), strict=True):
        element = gemmi.Element(molecule.base.GetAtomWithIdx(i).GetAtomicNum())
        system.add_atom(owner, name, element, points[i])
    _bond_residue(system, owner, template_of_molecule(molecule.base, index))
