"""Which metal is meant, and which ones there are, before anything runs."""

from collections.abc import Iterator
from typing import NamedTuple

from molecule_handler.formats.atoms import Atom, atoms
from molecule_handler.formats.sdf import elements_of
from molecule_handler.models import Protein
from proteins_plus.errors import InputError
from web.results import place_of

_MOST = 20


class Metal(NamedTuple):
    """A metal: residue number with insertion code, chain, and the names it answers to, that of the atom first."""

    residue_id: str
    chain_id: str
    names: tuple[str, ...]

    def __str__(self) -> str:
        """:returns: as users name it: ``1300:A.ZN``"""
        return f'{self.residue_id}:{self.chain_id}.{self.names[0]}'


def metals_of(protein: Protein) -> list[Metal]:
    """
    :param protein: stored or not
    :returns: the metals of its structure, then those of its ligands
    """
    inside = (_of_structure(atom) for atom in atoms(protein.file_string, protein.file_type) if atom.is_metal)
    return list(dict.fromkeys((*inside, *_of_ligands(protein))))


def _of_structure(atom: Atom) -> Metal:
    """
    :param atom: a metal
    :returns: how it is named
    """
    return Metal(
        f'{atom.number}{atom.insertion_code}', atom.chain, (atom.name.upper(), atom.residue.upper(), atom.element)
    )


def _of_ligands(protein: Protein) -> Iterator[Metal]:
    """
    :param protein: stored or not
    :returns: metals of the ligands that were kept beside it, whose atoms have no names
    """
    if protein._state.adding:
        return
    for ligand in protein.ligands():
        place = place_of(ligand.name)
        for element in elements_of(ligand.file_string):
            if place and Atom('', '', '', '', '', element).is_metal:
                code = ligand.name.partition('_')[0].upper()
                yield Metal(f'{place.number}{place.insertion_code}', place.chain, (element, code))


def check_named(protein: Protein, field: str, residue_id: str, chain_id: str, name: str) -> None:
    """
    :param protein: the structure
    :param field: that the structure came in
    :param residue_id: of the metal; empty for all metals, like the other two
    :param chain_id: of the metal; empty also where the file has no names of chains
    :param name: of the metal
    :raises InputError: ``input.missing`` for a part of a name, ``metal.none``, or ``metal.not_found`` with the metals
        there are
    """
    for part, value, other in (('residue_id', residue_id, name or chain_id), ('name', name, residue_id)):
        if other and not value:
            raise InputError('Give residue_id, chain_id and name of the metal, or none of them.', 'input.missing',
                             'Without them all metals are looked at.', part)  # fmt: skip
    there = metals_of(protein)
    if not there:
        raise InputError('The structure has no metal.', 'metal.none', field=field)
    if not name or any(
        (each.residue_id, each.chain_id) == (residue_id, chain_id) and name.upper() in each.names for each in there
    ):
        return
    more = f' and {len(there) - _MOST} more' if len(there) > _MOST else ''
    raise InputError(
        f'The structure has no metal {residue_id}:{chain_id}.{name}.', 'metal.not_found',
        f'It has {", ".join(map(str, there[:_MOST]))}{more}.', 'residue_id',
    )  # fmt: skip
