"""What a structure file says about its entry."""

import re
from typing import NamedTuple

import gemmi

from engines.structure.reading import StructureInput

_CODE = re.compile(r'[1-9][A-Z0-9]{3}|PDB_[A-Z0-9]{8}')
_FILE = re.compile(r'(?:pdb)?([1-9][a-z0-9]{3})', re.IGNORECASE)
_EC = re.compile(r'\b(?:EC\s*:|E\.C\.)\s*([^;)]*)')
"""Today's form, and that from before 1996."""
_EC_NUMBER = re.compile(r'\d+(?:\.(?:\d+|n\d+|-)){1,3}')
_MONTHS = ['JAN', 'FEB', 'MAR', 'APR', 'MAY', 'JUN', 'JUL', 'AUG', 'SEP', 'OCT', 'NOV', 'DEC']
_OLD_DATE = re.compile(r'(\d\d)-([A-Z]{3})-(\d\d)')
_FIRST_YEAR = 71
"""The archive began in 1971, so a year of two digits below that is of this century."""


class Header(NamedTuple):
    """
    An entry in words.

    :param code: PDB id in capitals, else the name of the file in capitals
    :param title: its title, or empty
    :param keywords: its classification, or empty
    :param ec: ``' 1.1.1.27 2.7.1.1 '``: its enzyme classes between blanks, or empty
    :param method: how it was determined, or empty
    :param resolution: Angstrom, or None
    :param date: of its deposition, ``YYYY-MM-DD``, or empty
    """

    code: str
    title: str
    keywords: str
    ec: str
    method: str
    resolution: float | None
    date: str


def header(source: StructureInput, text: str) -> Header:
    """
    :param source: a structure
    :param text: its file
    :returns: what the file says about the entry
    """
    info = source.structure.info
    numbers = source.block.find_values('_entity.pdbx_ec') if source.block else _ec_of_pdb(text)
    found = list(dict.fromkeys(number for value in numbers for number in _EC_NUMBER.findall(value)))
    resolution = source.structure.resolution
    return Header(
        _code(source),
        _line(_said(info, '_struct.title')),
        _line(_said(info, '_struct_keywords.pdbx_keywords')),
        f' {" ".join(found)} ' if found else '',
        _line(_said(info, '_exptl.method')),
        float(resolution) if resolution > 0 else None,
        _date(info),
    )


def _code(source: StructureInput) -> str:
    """
    :param source: a structure
    :returns: its PDB id; of a file without one its name
    """
    said = _said(source.structure.info, '_entry.id').strip().upper()
    if _CODE.fullmatch(said):
        return said
    named = _FILE.fullmatch(source.stem)
    return (named[1] if named else source.stem).upper()


def _said(info: gemmi.InfoMap, name: str) -> str:
    """
    :param info: what gemmi has read of the head of a file; it has no ``get``
    :param name: of an item
    :returns: its text, or empty
    """
    return str(info[name]) if name in info else ''


def _line(text: str) -> str:
    """
    :param text: of the file
    :returns: it on one line, at most 500 printable characters
    """
    return ''.join(letter for letter in ' '.join(text.split()) if letter.isprintable())[:500]


def _ec_of_pdb(text: str) -> list[str]:
    """
    :param text: a PDB file
    :returns: what its COMPND records say of enzyme classes
    """
    lines = [line[10:72] for line in text.splitlines() if line.startswith('COMPND')]
    return _EC.findall(' '.join(lines))


def _date(info: gemmi.InfoMap) -> str:
    """
    :param info: of gemmi
    :returns: ``YYYY-MM-DD``, or empty
    """
    said = _said(info, '_pdbx_database_status.recvd_initial_deposition_date').strip().upper()
    if re.fullmatch(r'\d{4}-\d\d-\d\d', said):
        return said
    if (old := _OLD_DATE.fullmatch(said)) and old[2] in _MONTHS:
        year = int(old[3])
        return f'{2000 + year if year < _FIRST_YEAR else 1900 + year}-{_MONTHS.index(old[2]) + 1:02d}-{old[1]}'
    return ''
