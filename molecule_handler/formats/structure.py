"""
Tells PDB from mmCIF by content, and a structure from anything else.

PDB format 3.3 (columns of ATOM and HETATM): https://www.wwpdb.org/documentation/file-format;
mmCIF (category ``atom_site``): https://mmcif.wwpdb.org.
"""

import math
import re
from collections.abc import Iterator
from itertools import islice
from typing import Literal

from proteins_plus.errors import InputError

StructureType = Literal['pdb', 'cif']

_FLAGS = re.IGNORECASE | re.ASCII
# Possessive quantifiers (++, *+): a hostile file cannot make these patterns try again and again.
_CIF_START = re.compile(r'(?:\s++|#[^\n]*+)*+data_', _FLAGS)
_X_COLUMN = re.compile(r'(?<!\S)_atom_site\.cartn_x(?!\S)', _FLAGS)
_YZ_COLUMNS = tuple(re.compile(rf'(?<!\S)_atom_site\.cartn_{axis}(?!\S)', _FLAGS) for axis in 'yz')
_FIRST_VALUE = re.compile(r'(?:\s++|#[^\n]*+|_atom_site\.\S++)*+(\S*+)', _FLAGS)
_NO_VALUE = ('_', 'loop_', 'data_', 'save_', 'stop_', 'global_')

#: How many atom records of a PDB file are looked at; the engine reads them all.
_LOOKED_AT = 100


def structure_type(text: str, field: str | None = None) -> StructureType:
    """
    :param text: the content of a text file
    :param field: the request field it came in, for the error
    :returns: ``'cif'`` if it begins with a data block, else ``'pdb'``
    :raises InputError: ``structure.no_atoms``, or ``structure.unreadable`` if atoms have no coordinates
    """
    if is_cif(text):
        _check_cif(text, field)
        return 'cif'
    _check_pdb(text, field)
    return 'pdb'


def is_cif(text: str) -> bool:
    """
    :param text: the content of a text file
    :returns: whether it begins with a data block, as mmCIF does
    """
    return _CIF_START.match(text) is not None


def _check_cif(text: str, field: str | None) -> None:
    """
    :param text: an mmCIF file
    :param field: the request field
    :raises InputError: if no ``atom_site`` row, or no coordinate column, is there
    """
    x_column = _X_COLUMN.search(text)
    if x_column is None:
        raise _no_atoms(field)
    if not all(column.search(text) for column in _YZ_COLUMNS):
        raise _unreadable('The atom_site table of the mmCIF file lacks a coordinate column.', field)
    value = _FIRST_VALUE.match(text, x_column.start())
    first = value.group(1).lower() if value else ''
    if not first or first.startswith(_NO_VALUE):
        raise _no_atoms(field)


def _check_pdb(text: str, field: str | None) -> None:
    """
    :param text: what should be a PDB file
    :param field: the request field
    :raises InputError: if there is no atom record, or one whose columns 31-54 hold no three numbers
    """
    first = _at_line_start(text, 'ATOM  ', len(text))
    first = _at_line_start(text, 'HETATM', first)
    if first == len(text):
        raise _no_atoms(field)
    for line in islice(_atom_lines(text, first), _LOOKED_AT):
        if not _has_coordinates(line):
            raise _unreadable(f'An atom of the PDB file has no coordinates in columns 31 to 54: {_quoted(line)}', field)


def _at_line_start(text: str, word: str, end: int) -> int:
    """
    :param text: a text file
    :param word: what to look for
    :param end: how far to look
    :returns: where the first line begins that starts with the word; ``end`` if none does before it
    """
    if text.startswith(word):
        return 0
    found = text.find('\n' + word, 0, end)
    return found + 1 if found >= 0 else end


def _atom_lines(text: str, start: int) -> Iterator[str]:
    """
    :param text: a PDB file
    :param start: where a line begins
    :returns: the ATOM and HETATM lines from there on
    """
    while start < len(text):
        end = text.find('\n', start)
        end = len(text) if end < 0 else end
        if text.startswith(('ATOM  ', 'HETATM'), start):
            yield text[start:end]
        start = end + 1


def _has_coordinates(line: str) -> bool:
    """
    :param line: an ATOM or HETATM record
    :returns: whether columns 31-38, 39-46 and 47-54 hold finite numbers (in Å)
    """
    try:
        return all(math.isfinite(float(line[start : start + 8])) for start in (30, 38, 46))
    except ValueError:
        return False


def _quoted(line: str) -> str:
    """
    :param line: a line of a user's file
    :returns: its beginning, fit for a message
    """
    return ascii(line[:54].rstrip())


def _no_atoms(field: str | None) -> InputError:
    """
    :param field: the request field
    :returns: the error for a file without atoms
    """
    return InputError(
        'The file holds no atoms.',
        'structure.no_atoms',
        'Give a structure with coordinates, as PDB or mmCIF.',
        field,
    )


def _unreadable(message: str, field: str | None) -> InputError:
    """
    :param message: what is wrong
    :param field: the request field
    :returns: the error for atoms that cannot be read
    """
    return InputError(message, 'structure.unreadable', 'Check that the columns of the file were not shifted.', field)
