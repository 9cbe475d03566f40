"""The tables of scores, for the page and as CSV: the worst first."""

import json
from collections.abc import Iterable, Iterator, Mapping

from web import molecules
from web.results import Column, File, Place, Row, Table
from web.tables import csv_text

from .columns import ATOM, STRUCTURE, Described
from .words import GOOD, by_score, is_below, kind
from .words import Row as Score

#: Rows that a page has room for.
_MOST = 100
HOVER = 'hover.json'
_KINDS = {'r': 'residue', 'm': 'ligand', 'w': 'water', 't': 'metal'}
_FAULTS = {'1': 'clash', '2': 'unexplained density', '3': 'missing density'}
_TEXT = frozenset({'Name', 'Chain', 'ID', 'Atom name', 'Substructure name', 'Substructure id', 'Element'})
#: What a page has room for, under these headings.
_STRUCTURES = {
    'key': 'Name',
    'kind': 'Kind',
    'EDIAm': 'EDIAm',
    'Min EDIA': 'Lowest',
    'Median EDIA': 'Median',
    'OPIA': 'OPIA',
    'RSCC': 'RSCC',
    'RSR': 'RSR',
}
_ATOMS = {'atom': 'Atom', 'EDIA': 'EDIA', 'fault': 'Fault', 'B factor': 'B factor', 'Occupancy': 'Occupancy'}
_OWN = {
    'key': Described('', 'residue name, chain and number'),
    'kind': Described('', 'residue, ligand, water or metal'),
    'atom': Described('', 'atom name, residue name, chain and number'),
    'fault': Described('', 'what is wrong where the support is low'),
}


def structures(ranked: list[tuple[str, Score]], known: dict[tuple[str, str, str], str]) -> Table:
    """
    :param ranked: names and scores of residues and ligands, the worst first
    :param known: what they are, see :func:`.words.kinds`
    :returns: the table
    """
    rows = (_structure_row(name, row, _KINDS.get(kind(row, known), '')) for name, row in ranked)
    columns = _columns(_STRUCTURES, STRUCTURE, (row for _, row in ranked))
    return Table('structures', 'Residues and ligands', tuple(columns), tuple(rows), 'The least supported first.', _MOST)


def poor_atoms(scores: Iterable[Score]) -> Iterator[Table]:
    """
    :param scores: of all atoms
    :returns: the table of those that are not well supported, if there are any
    """
    poor = sorted((row for row in scores if is_below(GOOD, row, 'EDIA')), key=lambda row: by_score(row, 'EDIA'))
    if poor:
        title = 'Atoms that are not well supported'
        yield _atoms(title, poor)


def atom_files(scores: Mapping[str, Score]) -> tuple[File, ...]:
    """
    :param scores: of all atoms, by serial number
    :returns: all of them as CSV, and what the viewer says of each
    """
    return (
        File('atom_scores.csv', 'All atoms', lambda: csv_text(_atoms('Atoms', list(scores.values()))).encode()),
        File(HOVER, 'What the view says of each atom', lambda: json.dumps(_hover(scores)).encode()),
    )


def _atoms(title: str, rows: list[Score]) -> Table:
    """
    :param title: of the table
    :param rows: scores of atoms
    :returns: the table
    """
    columns = tuple(_columns(_ATOMS, ATOM, rows))
    return Table('atoms', title, columns, tuple(map(_atom_row, rows)), 'The least supported first.', _MOST)


def _hover(scores: Mapping[str, Score]) -> list[dict[str, object]]:
    """
    :param scores: of all atoms, by serial number
    :returns: an annotation of a MolViewSpec scene
    """
    return [
        {'atom_id': int(serial), 'tooltip': ', '.join(filter(None, (f'EDIA {row["EDIA"] or "unknown"}', _fault(row))))}
        for serial, row in scores.items()
        if serial.isdecimal()
    ]


def _fault(row: Score) -> str:
    """
    :param row: scores of an atom
    :returns: what is wrong with it in words; empty for nothing
    """
    return _FAULTS.get(row.get('EDIA fault analysis', ''), '')


def places_of(chain: str, position: str) -> tuple[Place, ...]:
    """
    :param chain: of a residue
    :param position: its number and insertion code
    :returns: where it is, if the program says so in the usual way
    """
    try:
        return (molecules.place(chain, position),)
    except ValueError:
        return ()


def _columns(shown: Mapping[str, str], known: Mapping[str, Described], rows: Iterable[Score]) -> Iterable[Column]:
    """
    :param shown: headings of what the page shows; what no row has is left out
    :param known: columns with a meaning
    :param rows: of the table
    :returns: the columns of the page, then all others
    """
    there = {name for row in rows for name in row}
    described = {**known, **_OWN}
    # PostgreSQL keeps no order of keys.
    names = [name for name in dict.fromkeys((*shown, *known)) if name in there or name in _OWN]
    for name in (*names, *sorted(there.difference(names))):
        unit, meaning = described.get(name, Described('', ''))
        numeric = name not in _OWN and name not in _TEXT
        yield Column(name, shown.get(name, name), unit, meaning, numeric=numeric, shown=name in shown)


def _structure_row(name: str, row: Score, word: str) -> Row:
    """
    :param name: of a residue or ligand
    :param row: its scores
    :param word: what it is
    :returns: its row
    """
    return Row({'key': name, 'kind': word, **row}, places_of(row['Chain'], row['ID']))


def _atom_row(row: Score) -> Row:
    """
    :param row: scores of an atom
    :returns: its row
    """
    names = ('Atom name', 'Substructure name', 'Chain', 'Substructure id')
    cells = {'atom': ' '.join(row[name] for name in names), 'fault': _fault(row)}
    return Row({**cells, **row}, places_of(row['Chain'], row['Substructure id']))
