"""What most tools show of their molecules: files, pictures and places. Texts are read when they are asked for."""

import json
import re
from collections.abc import Callable, Collection, Iterable
from typing import Any, TypeVar
from uuid import UUID

from molecule_handler.models import FileType, Ligand, Protein

from .results import Contour, File, Picture, Place, place_of

#: What scenes call the ligands.
LIGANDS_URL = 'files/ligands.sdf'
#: Names in a sentence.
_MOST = 10
_Value = TypeVar('_Value')
_POSITION = re.compile(r'(-?\d+)([A-Za-z]*)', re.ASCII)


def given(value: _Value | None) -> _Value:
    """
    :param value: an output of a job
    :returns: the same
    :raises LookupError: if the job has none, which no job that has succeeded lacks
    """
    if value is None:
        raise LookupError('The job has no such result.')
    return value


def stored_protein(key: UUID) -> Protein:
    """
    :param key: of a protein
    :returns: the protein; its text, which may be large, is read when it is used
    """
    return Protein.objects.defer('file_string').get(pk=key)


def ligands_of(protein: Protein) -> list[Ligand]:
    """
    :param protein: a stored protein
    :returns: its ligands in their order, their text as with :func:`stored_protein`
    """
    return list(protein.ligands().defer('file_string'))


def protein_files(protein: Protein, title: str) -> tuple[File, ...]:
    """
    :param protein: a protein
    :param title: what it is
    :returns: ``protein.pdb`` or ``protein.cif``, which scenes show, and the mmCIF twin of a PDB file
    """
    words = FileType(protein.file_type).label
    main = File(f'protein.{protein.file_type}', f'{title} as {words}', lambda: protein.file_string.encode())
    if not protein.mmcif_file:
        return (main,)
    return main, File('protein.cif', f'{title} as mmCIF', lambda: content(protein.mmcif_file))


def protein_url(protein: Protein) -> str:
    """
    :param protein: a protein
    :returns: what scenes call the file that they show
    """
    return f'files/protein.{protein.file_type}'


def ligand_files(present: bool, records: Callable[[], str], title: str) -> tuple[File, ...]:
    """
    :param present: whether there is any
    :param records: gives the SD file
    :param title: what it holds
    :returns: ``ligands.sdf``, if there are ligands
    """
    return (File('ligands.sdf', title, lambda: records().encode()),) if present else ()


def ligand_file(ligand: Ligand) -> File:
    """
    :param ligand: a stored ligand
    :returns: its SD file
    """
    return File(f'{ligand.name}.sdf', 'This ligand alone', lambda: ligand.titled().encode())


def complex_files(protein: Protein, ligands: Collection[Ligand], state: str = '') -> tuple[File, ...]:
    """
    :param protein: a stored protein
    :param ligands: its ligands
    :param state: what is special about both, such as 'with hydrogens'
    :returns: their files
    """
    words = f' {state}' if state else ''
    records = ligand_files(bool(ligands), protein.ligand_records, f'The ligands{words} as an SD file')
    return protein_files(protein, f'The protein{words}') + records


def map_file(name: str, title: str, field: Any, contour: Contour | None = None) -> File:
    """
    :param name: without its ending
    :param title: what it is
    :param field: the file field of a map
    :param contour: how it is drawn, if it is
    :returns: a CCP4 file
    """
    return File(f'{name}.ccp4', title, lambda: content(field), contour)


def json_file(name: str, title: str, value: Any) -> File:
    """
    :param name: without its ending
    :param title: what it is
    :param value: what it holds
    :returns: a file of JSON
    """
    return File(f'{name}.json', title, lambda: (json.dumps(value, indent=1, ensure_ascii=False) + '\n').encode())


def pictures(ligands: Iterable[Ligand]) -> tuple[Picture, ...]:
    """
    :param ligands: some ligands
    :returns: the structure diagrams of those that have one
    """
    return tuple(Picture(each.image.url, f'Structure of {each.name}') for each in ligands if each.image)


def place(chain: str, position: str) -> Place:
    """
    :param chain: of a residue
    :param position: its number and insertion code: ``57A``
    :returns: where it is
    :raises ValueError: for a position that is none
    """
    if (match := _POSITION.fullmatch(position)) is None:
        raise ValueError(f'{position!r} is no position.')
    return Place(chain, int(match[1]), match[2])


def listed(names: list[str]) -> str:
    """
    :param names: of ligands
    :returns: them for a sentence, cut where it would become unreadable; empty for none
    """
    more = f' and {len(names) - _MOST} more' if len(names) > _MOST else ''
    return ', '.join(names[:_MOST]) + more


def ligand_places(name: str) -> tuple[Place, ...]:
    """
    :param name: of a ligand
    :returns: where it is, if the name says so
    """
    found = place_of(name)
    return (found,) if found else ()


def said(note: dict[str, str]) -> str:
    """
    :param note: of a job
    :returns: it with what it is about
    """
    return f'{note["subject"]}: {note["message"]}' if note['subject'] else note['message']


def content(field: Any) -> bytes:
    """
    :param field: a file field
    :returns: the bytes of its file
    """
    with field.open('rb') as file:
        return bytes(file.read())
