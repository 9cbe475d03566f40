"""
Bonds between residues, and what follows from them for hydrogens and charges.

They come from the distances and from what the file declares. A bond to another residue takes the place of a hydrogen,
unless the atom that leaves is not in the model anyway. Bonds to metals are coordination and are kept apart.
"""

import gemmi
import numpy as np

from engines.protoss.ligand.molecules import LINKERS, covalent_ends
from engines.protoss.placement import SP2
from engines.protoss.system import METAL_TOLERANCE, Member, System
from engines.structure.bonding import is_plausible, may_coexist, residue_key
from engines.structure.classification import Classification, Kind
from engines.structure.neighbours import near_pairs

TOLERANCE = 0.25
"""Angstrom above the sum of the covalent radii up to which atoms of two residues are bonded."""
_CHAIN_BONDS = {('C', 'N'): 2.0, ("O3'", 'P'): 2.2, ('O3*', 'P'): 2.2, ('SG', 'SG'): 2.5}
"""Angstrom up to which the usual bonds between residues are accepted, also in poor models."""
_DECLARED_LIMIT = 2.6
"""Angstrom; a declared bond longer than this is an error in the file, not a bond."""
_OVERLAID = 1.3
"""Angstrom; what is nearer to a metal is no ligand of it but stands in its place."""
_DONORS = {'N', 'O', 'S', 'SE', 'F', 'CL', 'BR', 'I'}


def link_residues(system: System, classification: Classification, structure: gemmi.Structure) -> None:
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
        if system.charges[atom] > 0 and len(names) > 1 and not owner.linked:
            system.charges[atom] = 0
            names = names[:-1]
        if any(system.hybridisation[o] == SP2 for o in others):
            system.hybridisation[atom] = SP2
    if partners > 0 and not owner.linked:
        names = names[: max(0, len(names) - partners)]
    system.hydrogens[atom] = names


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


def settle_nucleotides(system: System) -> None:
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


def find_coordination(system: System) -> None:
    """
    Find which atoms hold which metals.

    :param system: the system; ``coordinated`` maps donor atoms to metals
    """
    metals = np.array(list(system.metals), dtype=np.intp)
    donors = np.array([i for i, e in enumerate(system.elements) if e in _DONORS], dtype=np.intp)
    first, second = near_pairs(system.positions[metals], system.positions[donors], 3.5)
    for m, d in zip(metals[first].tolist(), donors[second].tolist(), strict=True):
        limit = sum(gemmi.Element(system.elements[i].title()).covalent_r for i in (m, d)) + METAL_TOLERANCE
        apart = float(np.linalg.norm(system.positions[m] - system.positions[d]))
        if system.coexist(m, d) and _OVERLAID < apart < limit:
            system.coordinated.setdefault(d, []).append(m)
