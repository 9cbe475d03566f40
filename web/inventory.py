"""
What a stored structure holds, for the structure page: its chains and metals, from the atom records alone.

Stored structures were written by the engines or checked when they were uploaded, so a short reader is enough here;
it never judges a file.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import groupby
from operator import itemgetter
from uuid import UUID

from molecule_handler.models import FileType, Protein

from .results import Place

_WATER = frozenset({'HOH', 'DOD', 'WAT', 'H2O'})
#: Elements that are no metals, among those that structures hold.
_OTHERS = frozenset({
    'H', 'D', 'HE', 'B', 'C', 'N', 'O', 'F', 'NE', 'SI', 'P', 'S', 'CL', 'AR', 'GE', 'AS', 'SE', 'BR', 'KR', 'TE', 'I',
    'XE',
})  # fmt: skip
_NUCLEIC = frozenset({'A', 'C', 'G', 'U', 'I', 'N', 'DA', 'DC', 'DG', 'DT', 'DU', 'DI', 'DN'})
_TOKEN = re.compile(r"""'(?:[^']|'(?=\S))*'|"(?:[^"]|"(?=\S))*"|\S+""")
_COLUMNS = {
    'chain': 'auth_asym_id', 'number': 'auth_seq_id', 'icode': 'pdbx_PDB_ins_code', 'residue': 'label_comp_id',
    'element': 'type_symbol', 'model': 'pdbx_PDB_model_num',
}  # fmt: skip


@dataclass
class Chain:
    """A chain: its name, how many residues are modelled, and what they are."""

    name: str
    kind: str
    residues: int = 0


@dataclass
class Inventory:
    """Chains and metals in the order of the file, and the number of waters; of the first model."""

    chains: list[Chain] = field(default_factory=list)
    metals: list[tuple[str, Place]] = field(default_factory=list)
    waters: int = 0


@lru_cache(maxsize=256)
def inventory(key: UUID) -> Inventory:
    """
    :param key: id of a stored protein, which never changes
    :returns: what it holds; read once as long as this process remembers it
    """
    protein = Protein.objects.only('file_type', 'file_string').get(pk=key)
    atoms = _cif_atoms if protein.file_type == FileType.CIF else _pdb_atoms
    found, chains = Inventory(), dict[str, Chain]()
    for (chain, number, icode, residue), group in groupby(atoms(protein.file_string), itemgetter(0)):
        elements = [element for _, element in group]
        if residue in _WATER:
            found.waters += 1
        elif len(elements) > 1:
            kind = 'nucleic acid' if residue in _NUCLEIC else 'protein'
            chains.setdefault(chain, Chain(chain, kind)).residues += 1
        elif elements[0] not in _OTHERS:
            found.metals.append((residue, Place(chain, int(number), icode)))
    found.chains = list(chains.values())
    return found


_Atom = tuple[tuple[str, str, str, str], str]


def _pdb_atoms(text: str) -> Iterator[_Atom]:
    """
    :param text: a PDB file
    :returns: chain, number, insertion code and name of the residue, and the element; of the first model
    """
    for line in text.splitlines():
        if line.startswith('ENDMDL'):
            return
        if line.startswith(('ATOM  ', 'HETATM')):
            element = line[76:78].strip().upper() or line[12:14].strip(' 0123456789').upper()
            yield (line[20:22].strip(), line[22:26].strip(), line[26].strip(), line[17:20].strip()), element


def _cif_atoms(text: str) -> Iterator[_Atom]:
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
    if not set(_COLUMNS.values()) <= {*names}:
        return
    places = {key: names.index(column) for key, column in _COLUMNS.items()}
    first = None
    while row and not row.startswith(('#', '_', 'loop_', 'data_')):
        values = [value.strip('\'"') for value in _TOKEN.findall(row)]
        if len(values) == len(names):
            atom = {key: values[place] for key, place in places.items()}
            first = first or atom['model']
            if atom['model'] != first:
                return
            icode = '' if atom['icode'] in '?.' else atom['icode']
            yield (atom['chain'], atom['number'], icode, atom['residue']), atom['element'].upper()
        row = next(lines, '')
