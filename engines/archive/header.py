"""What a structure file says about its entry."""

import re
from typing import NamedTuple

import gemmi

from engines.structure.reading import StructureInput

_CODE = re.compile(r'[0-9][A-Z0-9]{3}|PDB_[A-Z0-9]{8}', re.ASCII)
_FILE = re.compile(r'(?:PDB)?([0-9][A-Z0-9]{3})', re.ASCII)
_EC = re.compile(r'\b(?:EC\s*:|E\.C\.)\s*([^;)]*)')
"""Today's form, and that from before 1996."""
_EC_NUMBER = re.compile(r'\d+(?:\.(?:\d+|n\d+|-)){1,3}', re.ASCII)
_MONTHS = ('JAN', 'FEB', 'MAR', 'APR', 'MAY', 'JUN', 'JUL', 'AUG', 'SEP', 'OCT', 'NOV', 'DEC')
_OLD_DATE = re.compile(r'(\d\d)-([A-Z]{3})-(\d\d)', re.ASCII)
_FIRST_YEAR = 71
"""The archive began in 1971, so a year of two digits below that is of this century."""
_MOST_LETTERS = 500


class Header(NamedTuple):
    """
    An entry in words.

    :param code: PDB id, else the name of the file, in capitals
    :param title: its title, or empty
    :param keywords: its classification, or empty
    :param ec: its enzyme classes, each once, ``1.1.1.27``
    :param method: how it was determined, or empty
    :param resolution: Angstrom, or None
    :param date: of its deposition, ``YYYY-MM-DD``, or empty
    """

    code: str
    title: str
    keywords: str
    ec: tuple[str, ...]
    method: str
    resolution: float | None
    date: str


def header(source: StructureInput) -> Header:
    """
    :param source: a structure
    :returns: what its file says about the entry
    """
    info = source.structure.info
    told = source.block.find_values('_entity.pdbx_ec') if source.block else _EC.findall(source.compound)
    resolution = source.structure.resolution
    return Header(
        code_of(source) or source.stem.upper(),
        _said(info, '_struct.title'),
        _said(info, '_struct_keywords.pdbx_keywords'),
        tuple(dict.fromkeys(number for value in told for number in _EC_NUMBER.findall(value))),
        _said(info, '_exptl.method'),
        float(resolution) if resolution > 0 else None,
        _date(_said(info, '_pdbx_database_status.recvd_initial_deposition_date').upper()),
    )


def code_of(source: StructureInput) -> str | None:
    """
    :param source: a structure
    :returns: its PDB id in capitals, from its text or from the whole name of its file; None if neither is one
    """
    named = _said(source.structure.info, '_entry.id').upper()
    if _CODE.fullmatch(named):
        return named
    found = _FILE.fullmatch(source.stem.upper())
    return found[1] if found else None


def _said(info: gemmi.InfoMap, name: str) -> str:
    """
    :param info: what gemmi has read of the head of a file; it has no ``get``
    :param name: mmCIF item
    :returns: its printable letters on one line; empty if it is not there
    """
    text = ' '.join(str(info[name]).split()) if name in info else ''
    return ''.join(letter for letter in text if letter.isprintable())[:_MOST_LETTERS]


def _date(said: str) -> str:
    """
    :param said: by the file, in capitals
    :returns: ``YYYY-MM-DD``, or empty
    """
    if re.fullmatch(r'\d{4}-\d\d-\d\d', said, re.ASCII):
        return said
    if (old := _OLD_DATE.fullmatch(said)) and old[2] in _MONTHS:
        year = int(old[3])
        return f'{2000 + year if year < _FIRST_YEAR else 1900 + year}-{_MONTHS.index(old[2]) + 1:02d}-{old[1]}'
    return ''
