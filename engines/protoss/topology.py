"""
Builds the :class:`~engines.protoss.system.System`: atoms, bonds, and the hydrogens that every atom carries by default.

Bonds within a residue come from its component, or are perceived from the coordinates where the dictionary does not
know it; bonds between residues from the distances and from what the file declares. A bond to another residue takes the
place of a hydrogen, unless the atom that leaves is not in the model anyway.
"""

import gemmi
import numpy as np
from rdkit import Chem

from engines.protoss.ligands import LINKERS, Molecule, covalent_ends, heavy_positions
from engines.protoss.neighbours import near_pairs
from engines.protoss.placement import SP2
from engines.protoss.system import METAL_TOLERANCE, Member, System
from engines.protoss.templates import AtomTemplate, Template, hybridisations, template_of
from engines.structure.bonding import is_plausible, may_coexist, residue_key
from engines.structure.classification import Classification, Kind
from engines.structure.perception import perceive

TOLERANCE = 0.25
"""Angstrom above the sum of the covalent radii up to which atoms of two residues are bonded."""
_CHAIN_BONDS = {('C', 'N'): 2.0, ("O3'", 'P'): 2.2, ('O3*', 'P'): 2.2, ('SG', 'SG'): 2.5}
"""Angstrom up to which the usual bonds between residues are accepted, also in poor models."""
_DECLARED_LIMIT = 2.6
_BOND_LIMIT = 3.0
"""Angstrom; atoms farther apart are not bonded, whatever their names say: two residues run into each other."""
_DONORS = {'N', 'O', 'S', 'SE', 'F', 'CL', 'BR', 'I'}


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
    _link_residues(system, classification, structure)
    _settle_nucleotides(system)
    _find_coordination(system)
    return system


def _template(member: Member, molecules: list[Molecule], cache: dict[str, Template]) -> Template:
    """
    The chemistry of a residue.

    :param member: the residue
    :param molecules: ligands with their chemistry
    :param cache: templates by residue name
    :returns: its template
    """
    if member.ligand >= 0 and (template := template_of_ligand(member, molecules[member.ligand])).atoms:
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


def _link_residues(system: System, classification: Classification, structure: gemmi.Structure) -> None:
    """
    Find the bonds between residues and let them take the place of hydrogens.

    :param system: the system
    :param classification: with the bonds of the ligands
    :param structure: with the declared connections
    """
    for first, second in _residue_bonds(system, classification, structure):
        system.outer[first].append(second)
        system.outer[second].append(first)
        system.bond(first, second)
    for atom, others in enumerate(system.outer):
        if others:
            _make_room(system, atom, others)


def _residue_bonds(system: System, classification: Classification, structure: gemmi.Structure) -> list[tuple[int, int]]:
    """
    Pairs of atoms of different residues that are bonded.

    :param system: the system
    :param classification: with the bonds of the ligands
    :param structure: with the declared connections
    :returns: the pairs, each once, smaller index first, sorted
    """
    found: set[tuple[int, int]] = set()
    index: dict[tuple[object, str], list[int]] = {}
    for atom, owner in enumerate(system.owner):
        index.setdefault((system.members[owner].key, system.names[atom]), []).append(atom)
    for bond in classification.bonds:
        _all_pairs(system, index.get((bond.first, bond.first_atom), []),
                   index.get((bond.second, bond.second_atom), []), found)  # fmt: skip
    model = structure[0]
    for connection in structure.connections:
        if connection.type in (gemmi.ConnectionType.Covale, gemmi.ConnectionType.Disulf) and (
            connection.asu != gemmi.Asu.Different
        ):
            ends = [model.find_cra(p) for p in (connection.partner1, connection.partner2)]
            if all(end.atom is not None for end in ends):
                lists = [index.get((residue_key(e.chain.name, e.residue), e.atom.name), []) for e in ends]
                _all_pairs(system, lists[0], lists[1], found)
    found.update(_by_distance(system))
    found.update(_record_bonds(system))
    return sorted(found)


def _all_pairs(system: System, first: list[int], second: list[int], found: set[tuple[int, int]]) -> None:
    """
    The conformers of two atoms that can be bonded.

    :param system: the system
    :param first: positions of one atom
    :param second: positions of the other
    :param found: gets the pairs
    """
    for a in first:
        for b in second:
            apart = float(np.linalg.norm(system.positions[a] - system.positions[b]))
            if system.coexist(a, b) and apart < _DECLARED_LIMIT and a != b:
                found.add((min(a, b), max(a, b)))


def _by_distance(system: System) -> list[tuple[int, int]]:
    """
    Bonds that the distances show: those that make chains, and others if both atoms have room for them.

    :param system: the system
    :returns: pairs, smaller index first
    """
    linkable = np.array(
        [i for i, owner in enumerate(system.owner) if system.members[owner].kind is Kind.POLYMER], dtype=np.intp
    )
    places: dict[tuple[str, int, str], int] = {}
    for member in system.members:
        places.setdefault(member.key[:3], len(places))
    owners = np.array([places[system.members[o].key[:3]] for o in system.owner])[linkable]
    first, second = near_pairs(system.positions[linkable], system.positions[linkable], 2.5)
    keep = (first < second) & (owners[first] != owners[second])
    result = []
    for a, b in zip(linkable[first[keep]].tolist(), linkable[second[keep]].tolist(), strict=True):
        if system.coexist(a, b) and (_is_chain_bond(system, a, b) or _is_other_bond(system, a, b)):
            result.append((a, b))
    return result


def _record_bonds(system: System) -> list[tuple[int, int]]:
    """
    Bonds of placed molecules to polymers.

    :param system: the system
    :returns: pairs, smaller index first
    """
    kinds = [system.members[owner] for owner in system.owner]
    chains = np.array([i for i, m in enumerate(kinds) if m.kind is Kind.POLYMER], dtype=np.intp)
    placed = [i for i, m in enumerate(kinds) if m.kind is Kind.LIGAND and m.residue is None]
    linkable = [i for i in placed if system.elements[i] not in ('O', 'N')]
    radii = np.array([gemmi.Element(system.elements[i].title()).covalent_r for i in chains])
    elements = [system.elements[i].title() for i in linkable]
    ends = covalent_ends(system.positions[linkable], elements, system.positions[chains], radii)
    return [(int(chains[b]), linkable[a]) for a, b in ends if system.elements[chains[b]] in LINKERS]


def _is_chain_bond(system: System, first: int, second: int) -> bool:
    """
    Whether a contact is one of the usual bonds between residues.

    :param system: the system
    :param first: an atom
    :param second: an atom of another residue
    :returns: True for peptide, phosphodiester and disulphide bonds
    """
    apart = float(np.linalg.norm(system.positions[first] - system.positions[second]))
    names = system.names[first], system.names[second]
    return any(apart < limit for pair, limit in _CHAIN_BONDS.items() if names in (pair, pair[::-1]))


def _is_other_bond(system: System, first: int, second: int) -> bool:
    """
    Whether a contact within polymers is an unusual covalent bond.

    :param system: the system
    :param first: an atom
    :param second: an atom of another residue
    :returns: True if the distance shows it and both atoms have room
    """
    ends = []
    for index in (first, second):
        residue = system.members[system.owner[index]].residue
        if residue is None:
            return False
        label = system.labels[index] or '\0'
        atom = next(a for a in residue if a.name == system.names[index] and a.altloc == label)
        ends.append((atom, residue))
    a, b = ends[0][0], ends[1][0]
    limit = a.element.covalent_r + b.element.covalent_r + TOLERANCE
    near = not a.element.is_metal and not b.element.is_metal and 0.9 < a.pos.dist(b.pos) < limit
    return near and may_coexist(a, b) and is_plausible(ends[0], ends[1])


def _make_room(system: System, atom: int, others: list[int]) -> None:
    """
    Take hydrogens away for the bonds to other residues.

    :param system: the system
    :param atom: an atom
    :param others: its partners in other residues, all conformers
    """
    partners = len({(system.members[system.owner[o]].key[:3], system.names[o]) for o in others})
    owner = system.members[system.owner[atom]]
    names = system.hydrogens[atom]
    if _leaving_is_absent(system, owner, atom):
        partners -= 1
    if system.elements[atom] == 'N':
        if system.charges[atom] > 0 and len(names) > 1:
            system.charges[atom] = 0
            names = names[:-1]
        if any(system.hybridisation[o] == SP2 for o in others):
            system.hybridisation[atom] = SP2
    system.hydrogens[atom] = names[: max(0, len(names) - partners)] if partners > 0 else names


def _leaving_is_absent(system: System, owner: Member, atom: int) -> bool:
    """
    Whether an atom of the component that the bond displaced is not in the model: then no hydrogen has to go for it.

    :param system: the system
    :param owner: residue of the atom
    :param atom: the atom
    :returns: True if a heavy neighbour in the component is absent, and the residue's chemistry is the component's
    """
    if owner.component is None or owner.ligand >= 0:
        return False
    present = {system.names[a] for a in owner.atoms}
    atoms = owner.component.atoms
    for bond in owner.component.bonds:
        for here, there in ((bond.first, bond.second), (bond.second, bond.first)):
            absent = atoms[there].name not in present and atoms[there].old_name not in present
            if atoms[here].name == system.names[atom] and atoms[there].element not in ('H', 'D') and absent:
                return True
    return False


def _settle_nucleotides(system: System) -> None:
    """
    Phosphates of nucleic acids are charged; a chain that begins without a phosphate begins with a hydroxyl.

    :param system: the system
    """
    for member in system.members:
        if member.kind is not Kind.POLYMER or not member.component or not member.component.is_nucleotide:
            continue
        for atom in member.atoms:
            elements = [system.elements[n] for n in system.near[atom]]
            if system.elements[atom] == 'O' and elements == ['P'] and system.hydrogens[atom]:
                system.hydrogens[atom], system.charges[atom] = (), -1
            elif system.names[atom] in ("O5'", 'O5*') and 'P' not in elements and not system.hydrogens[atom]:
                system.hydrogens[atom] = ("HO5'",)


def _find_coordination(system: System) -> None:
    """
    Find which atoms hold which metals.

    :param system: the system; ``coordinated`` maps donor atoms to metals
    """
    metals = np.array(list(system.metals), dtype=np.intp)
    donors = np.array([i for i, e in enumerate(system.elements) if e in _DONORS], dtype=np.intp)
    first, second = near_pairs(system.positions[metals], system.positions[donors], 3.5)
    for m, d in zip(metals[first].tolist(), donors[second].tolist(), strict=True):
        limit = sum(gemmi.Element(system.elements[i].title()).covalent_r for i in (m, d)) + METAL_TOLERANCE
        if system.coexist(m, d) and float(np.linalg.norm(system.positions[m] - system.positions[d])) < limit:
            system.coordinated.setdefault(d, []).append(m)
