"""
Covalent bonds between residues: those the file declares (LINK, ``struct_conn``) and those the distances show.

Bonds to metals are coordination, not covalent bonds, and are left out. Contacts across crystal symmetry are left out.
"""

from collections.abc import Callable
from typing import NamedTuple

import gemmi

TOLERANCE = 0.25
"""Angstrom above the sum of the covalent radii up to which two atoms count as bonded."""
_DECLARED_LIMIT = 2.6
"""Angstrom; a declared bond longer than this is an error in the file, not a bond."""
_SEARCH_RADIUS = 3.0

_MOST_NEIGHBOURS = {'C': 4, 'N': 3, 'O': 2, 'S': 2, 'Se': 2, 'P': 4, 'B': 4, 'Si': 4}
"""Heavy neighbours within its residue that an atom must stay below to have room for a bond to another residue."""
_HETERO_BONDS = ({'S'}, {'P', 'O'}, {'B', 'O'}, {'B', 'N'}, {'S', 'O'}, {'S', 'N'}, {'P', 'N'}, {'S', 'Se'}, {'Se'})
"""Bonds without carbon that occur between residues: disulphides, esters and amides of phosphorus, boron, sulphur."""

ResidueKey = tuple[str, int, str, str]
"""Chain name, residue number, insertion code, residue name."""


def residue_key(chain: str, residue: gemmi.Residue) -> ResidueKey:
    """
    What identifies a residue in all models.

    :param chain: chain name
    :param residue: the residue
    :returns: the key
    """
    return chain, residue.seqid.num or 0, residue.seqid.icode.strip(), residue.name


class ResidueBond(NamedTuple):
    """A covalent bond between atoms of two residues. ``length`` in Angstrom; ``declared`` if the file names it."""

    first: ResidueKey
    first_atom: str
    second: ResidueKey
    second_atom: str
    length: float
    declared: bool


def is_bonded(first: gemmi.Atom, second: gemmi.Atom) -> bool:
    """
    Whether two atoms are so near that they must share a bond.

    :param first: an atom
    :param second: another atom
    :returns: True if no metal is involved and the distance is at most the sum of the covalent radii plus TOLERANCE
    """
    if first.element.is_metal or second.element.is_metal:
        return False
    distance = first.pos.dist(second.pos)
    return 0.7 < distance < first.element.covalent_r + second.element.covalent_r + TOLERANCE


def may_coexist(first: gemmi.Atom, second: gemmi.Atom) -> bool:
    """
    Whether two atoms can be present in the same molecule of the crystal.

    :param first: an atom
    :param second: another atom
    :returns: False for atoms of different conformers, and for two half-occupied atoms without conformer labels,
        which share one place
    """
    if first.has_altloc() and second.has_altloc():
        return first.altloc == second.altloc
    return first.has_altloc() or second.has_altloc() or first.occ + second.occ > 1.001 or first.occ == 0


def is_plausible(first: tuple[gemmi.Atom, gemmi.Residue], second: tuple[gemmi.Atom, gemmi.Residue]) -> bool:
    """
    Whether a contact that no record declares can be a bond and not an overlap of badly placed atoms: both atoms need
    a free valence, and of two bonds between heteroatoms only those that chemistry knows count.

    :param first: an atom and its residue
    :param second: another atom and its residue
    :returns: True for a plausible bond
    """
    elements = {first[0].element.name, second[0].element.name}
    if 'C' not in elements and elements not in _HETERO_BONDS:
        return False
    return all(
        _neighbours(atom, residue) < _MOST_NEIGHBOURS.get(atom.element.name, 0) for atom, residue in (first, second)
    )


def _neighbours(atom: gemmi.Atom, residue: gemmi.Residue) -> int:
    """
    Number of heavy atoms of the same residue that an atom is bonded to.

    :param atom: the atom
    :param residue: its residue
    :returns: number of different atom names, so that alternative positions count once
    """
    return len({o.name for o in residue if o.name != atom.name and not o.is_hydrogen() and is_bonded(atom, o)})


def find_bonds(
    model: gemmi.Model, structure: gemmi.Structure, wanted: Callable[[str, gemmi.Residue], bool]
) -> list[ResidueBond]:
    """
    All covalent bonds that wanted residues have to other residues, each once, in file order.

    :param model: model to look at
    :param structure: the structure with the declared connections
    :param wanted: tells by chain name and residue whether the residue's bonds are asked for
    :returns: the bonds; the wanted residue comes first
    """
    found = _declared(model, structure, wanted)
    known = {frozenset(((b.first, b.first_atom), (b.second, b.second_atom))) for b in found}
    search = gemmi.NeighborSearch(model, gemmi.UnitCell(), _SEARCH_RADIUS).populate(include_h=False)
    for chain in model:
        for residue in chain:
            if not wanted(chain.name, residue):
                continue
            for bond in _contacts(model, search, chain, residue):
                ends = frozenset(((bond.first, bond.first_atom), (bond.second, bond.second_atom)))
                if ends not in known:
                    known.add(ends)
                    found.append(bond)
    return found


def _contacts(
    model: gemmi.Model, search: gemmi.NeighborSearch, chain: gemmi.Chain, residue: gemmi.Residue
) -> list[ResidueBond]:
    """
    The bonds of one residue that the distances show.

    :param model: the model
    :param search: neighbour search over the model without crystal symmetry
    :param chain: chain of the residue
    :param residue: the residue
    :returns: bonds to other residues that are no water
    """
    own, bonds = residue_key(chain.name, residue), []
    for atom in residue:
        if atom.is_hydrogen() or atom.element.is_metal:
            continue
        for mark in search.find_atoms(atom.pos, '\0', radius=_SEARCH_RADIUS):
            cra = mark.to_cra(model)
            other = residue_key(cra.chain.name, cra.residue)
            if other[:3] == own[:3] or cra.residue.is_water():
                continue
            if (
                is_bonded(atom, cra.atom)
                and may_coexist(atom, cra.atom)
                and is_plausible((atom, residue), (cra.atom, cra.residue))
            ):
                bonds.append(ResidueBond(own, atom.name, other, cra.atom.name, atom.pos.dist(cra.atom.pos), False))
    return bonds


def _declared(
    model: gemmi.Model, structure: gemmi.Structure, wanted: Callable[[str, gemmi.Residue], bool]
) -> list[ResidueBond]:
    """
    The bonds that the file declares.

    :param model: the model
    :param structure: structure with its connections
    :param wanted: see :func:`find_bonds`
    :returns: declared covalent bonds of plausible length within the asymmetric unit
    """
    bonds = []
    for connection in structure.connections:
        if connection.type != gemmi.ConnectionType.Covale or connection.asu == gemmi.Asu.Different:
            continue
        first, second = model.find_cra(connection.partner1), model.find_cra(connection.partner2)
        if first.atom is None or second.atom is None or first.residue.is_water() or second.residue.is_water():
            continue
        if not wanted(first.chain.name, first.residue):
            first, second = second, first
        length = first.atom.pos.dist(second.atom.pos)
        if wanted(first.chain.name, first.residue) and length < _DECLARED_LIMIT:
            bonds.append(
                ResidueBond(
                    residue_key(first.chain.name, first.residue), first.atom.name,
                    residue_key(second.chain.name, second.residue), second.atom.name, length, True,
                )
            )  # fmt: skip
    return bonds
