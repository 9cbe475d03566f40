"""
The atoms of a stored structure, for questions that need no more than their names.

Stored structures were written by the engines or checked when they were uploaded, so a short reader is enough here;
it never judges a file.
"""

import re
from collections.abc import Iterator
from typing import NamedTuple

from molecule_handler.models import FileType

#: Elements that are no metals, among those that structures hold.
_OTHERS = frozenset({
    'H', 'D', 'HE', 'B', 'C', 'N', 'O', 'F', 'NE', 'SI', 'P', 'S', 'CL', 'AR', 'GE', 'AS', 'SE', 'BR', 'KR', 'TE', 'I',
    'XE', 'X',
})  # fmt: skip
_TOKEN = re.compile(r"""'(?:[^']|'(?=\S))*'|"(?:[^"]|"(?=\S))*"|\S+""")
_COLUMNS = (
    'auth_asym_id', 'auth_seq_id', 'pdbx_PDB_ins_code', 'label_comp_id', 'label_atom_id', 'type_symbol',
    'pdbx_PDB_model_num',
)  # fmt: skip


class Atom(NamedTuple):
    """An atom: chain, number, insertion code and name of its residue, its own name, and its element in capitals."""

    chain: str
    number: str
    insertion_code: str
    residue: str
    name: str
    element: str

    @property
    def place(self) -> tuple[str, str, str, str]:
        """:returns: chain, number, insertion code and name of its residue"""
        return self.chain, self.number, self.insertion_code, self.residue

    @property
    def is_metal(self) -> bool:
        """:returns: whether it is one; an element that is not told is none"""
        return bool(self.element) and self.element not in _OTHERS


def atoms(text: str, file_type: str) -> Iterator[Atom]:
    """
    :param text: a structure
    :param file_type: as molecules have it
    :returns: the atoms of its first model
    """
    return _cif_atoms(text) if file_type == FileType.CIF else _pdb_atoms(text)


def _pdb_atoms(text: str) -> Iterator[Atom]:
    """
    :param text: a PDB file
    :returns: the atoms of the first model
    """
    for line in text.splitlines():
        if line.startswith('ENDMDL'):
            return
        if line.startswith(('ATOM  ', 'HETATM')):
            element = line[76:78].strip().upper()
            if not element.isalpha():  # of files from before 1996
                element = line[12:14].strip(' 0123456789').upper()
            chain, number, icode = line[20:22].strip(), line[22:26].strip(), line[26:27].strip()
            yield Atom(chain, number, icode, line[17:20].strip(), line[12:16].strip(), element)


def _cif_atoms(text: str) -> Iterator[Atom]:
    """
    :param text: an mmCIF file
    :returns: see :func:`_pdb_atoms`
    """
    lines = iter(text.splitlines())
    names: list[str] = []
    row = ''
    for line in lines:
        if line.startswith('_atom_site.'):
            names.append(line[len('_atom_site.') :].strip())
        elif names:
            row = line
            break
    if not {*_COLUMNS} <= {*names}:
        return
    places = [names.index(column) for column in _COLUMNS]
    first = None
    while row and not row.startswith(('#', '_', 'loop_', 'data_')):
        values = row.split() if '"' not in row and "'" not in row else _TOKEN.findall(row)
        if len(values) == len(names):
            chain, number, icode, residue, name, element, model = (_unquoted(values[place]) for place in places)
            first = first or model
            if model != first:
                return
            yield Atom(chain, number, '' if icode in '?.' else icode, residue, name, element.upper())
        row = next(lines, '')


def _unquoted(value: str) -> str:
    """
    :param value: of an mmCIF file
    :returns: it without the quotes around it
    """
    return value[1:-1] if value[:1] in {'"', "'"} and value[-1:] == value[:1] and len(value) > 1 else value
