"""
Part b: side chains of Asn, Gln and His turned over at random, and whether they are turned back.

Which of them have an unambiguous environment is decided from the deposited heavy atoms alone, without any program:
some partner of definite type fits only the deposited orientation, and none fits only the other one.
"""

import random
from dataclasses import dataclass

import gemmi
import numpy as np

from .structures import AMINO_ACIDS, Atoms, Place, Search, Vector, place, to_atoms

#: Ends that change places, and of these in the deposited orientation the donors, acceptors and those that are both.
ENDS = {
    'ASN': (('OD1', 'ND2'),),
    'GLN': (('OE1', 'NE2'),),
    'HIS': (('ND1', 'CD2'), ('CE1', 'NE2')),
}
_CONTACT = 3.2
_METAL_CONTACT = 2.8
_ANGLE = 90.0
#: Atoms that only donate, or only accept, whatever the state of their surroundings at pH 7.
_DONORS = {('LYS', 'NZ'), ('ARG', 'NE'), ('ARG', 'NH1'), ('ARG', 'NH2'), ('TRP', 'NE1')}
_ACCEPTORS = {('ASP', 'OD1'), ('ASP', 'OD2'), ('GLU', 'OE1'), ('GLU', 'OE2')}


@dataclass(frozen=True)
class SideChain:
    """
    A side chain that can be turned over.

    :param name: of the residue
    :param ends: pairs of atoms that change places
    :param positions: deposited position of each end
    :param supports: contacts that only the deposited orientation explains
    :param contradicts: contacts that only the other one explains
    """

    name: str
    ends: tuple[tuple[Place, Place], ...]
    positions: dict[Place, Vector]
    supports: tuple[str, ...]
    contradicts: tuple[str, ...]

    @property
    def label(self) -> str:
        """:returns: for example ASN_A_12"""
        chain, seqid, _ = self.ends[0][0]
        return f'{self.name}_{chain}_{seqid}'

    @property
    def unambiguous(self) -> bool:
        """:returns: whether the environment leaves no doubt"""
        return bool(self.supports) and not self.contradicts


def side_chains(structure: gemmi.Structure) -> list[SideChain]:
    """
    :param structure: one conformer as deposited, without hydrogens
    :returns: its complete Asn, Gln and His
    """
    atoms = to_atoms(structure)
    search, found = Search(structure), []
    residues: dict[tuple[str, str, str], dict[str, int]] = {}
    for index, (chain, seqid, name, atom) in enumerate(atoms.keys):
        residues.setdefault((chain, seqid, name), {})[atom] = index
    for (_, _, name), inside in residues.items():
        pairs = ENDS.get(name, ())
        if pairs and all(atom in inside for pair in pairs for atom in pair):
            found.append(_side_chain(atoms, search, name, [(inside[a], inside[b]) for a, b in pairs]))
    return found


def _side_chain(atoms: Atoms, search: Search, name: str, pairs: list[tuple[int, int]]) -> SideChain:
    """
    :param atoms: of the structure
    :param search: on them
    :param name: of the residue
    :param pairs: of its atoms that change places
    :returns: the side chain
    """
    supports: list[str] = []
    contradicts: list[str] = []
    for one, other in pairs:
        for atom, twin in ((one, other), (other, one)):
            for role, text in _definite(atoms, search, atom):
                here, there = (_takes(name, atoms.keys[which][3], role) for which in (atom, twin))
                if here != there:
                    (supports if here else contradicts).append(f'{atoms.keys[atom][3]} {text}')
    ends = tuple((place(atoms.keys[one]), place(atoms.keys[other])) for one, other in pairs)
    positions = {place(atoms.keys[i]): atoms.xyz[i].copy() for pair in pairs for i in pair}
    return SideChain(name, ends, positions, tuple(supports), tuple(contradicts))


def _takes(name: str, atom: str, role: str) -> bool:
    """
    :param name: of the residue
    :param atom: name of an end
    :param role: of the atom beside it
    :returns: whether the two can bind each other
    """
    if name == 'HIS':
        return atom[0] == 'N'  # by its state a donor or an acceptor
    return role == 'acceptor' if atom[0] == 'N' else role != 'acceptor'


def _definite(atoms: Atoms, search: Search, atom: int) -> list[tuple[str, str]]:
    """
    :param atoms: of the structure
    :param search: on them
    :param atom: an end
    :returns: role and description of each atom of definite type that it touches
    """
    found = []
    near = atoms.within(atom, 5)  # its own backbone is no partner
    front = atoms.xyz[atoms.heavy_of(atom)].mean(axis=0)
    for other, position, own in search.around(atoms.xyz[atom], _CONTACT):
        if own and other in near:
            continue
        role, distance = _role(atoms, other), float(np.linalg.norm(position - atoms.xyz[atom]))
        if not role or (role == 'metal' and distance > _METAL_CONTACT):
            continue
        a, b = front - atoms.xyz[atom], position - atoms.xyz[atom]
        cosine = np.dot(a, b) / np.linalg.norm(a) / np.linalg.norm(b)
        if np.degrees(np.arccos(np.clip(cosine, -1, 1))) >= _ANGLE:
            chain, seqid, name, partner = atoms.keys[other]
            found.append((role, f'{partner} of {name}_{chain}_{seqid} {distance:.1f}'))
    return found


def _role(atoms: Atoms, atom: int) -> str:
    """
    :param atoms: of the structure
    :param atom: any
    :returns: 'donor', 'acceptor', 'metal', or '' if its type depends on something
    """
    _, _, name, atom_name = atoms.keys[atom]
    if gemmi.Element(atoms.elements[atom].capitalize()).is_metal:
        return 'metal'
    if name not in AMINO_ACIDS:
        return ''
    if atom_name in ('O', 'OXT') or (name, atom_name) in _ACCEPTORS:
        return 'acceptor'
    if (atom_name == 'N' and name != 'PRO') or (name, atom_name) in _DONORS:
        return 'donor'
    return ''


def turn(structure: gemmi.Structure, chains: list[SideChain], seed: int) -> tuple[gemmi.Structure, set[str]]:
    """
    Turn each side chain over with a probability of one half.

    :param structure: one conformer
    :param chains: its side chains
    :param seed: of the random choice
    :returns: a copy, and the labels of those turned
    """
    chance, turned = random.Random(seed), set()
    moves: dict[Place, Vector] = {}
    for chain in chains:
        if chance.random() < 0.5:
            turned.add(chain.label)
            for one, other in chain.ends:
                moves |= {one: chain.positions[other], other: chain.positions[one]}
    result = structure.clone()
    for cra in result[0].all():
        where = moves.get((cra.chain.name, str(cra.residue.seqid), cra.atom.name))
        if where is not None:
            cra.atom.pos = gemmi.Position(*where)
    return result, turned


def as_deposited(chain: SideChain, output: Atoms) -> bool | None:
    """
    :param chain: a side chain
    :param output: of a program
    :returns: whether it stands as deposited; None if an end is missing
    """
    known = output.places()
    here = there = 0.0
    for one, other in chain.ends:
        if one not in known or other not in known:
            return None
        position = output.xyz[known[one]]
        here += float(np.linalg.norm(position - chain.positions[one]))
        there += float(np.linalg.norm(position - chain.positions[other]))
    return here < there
