"""Entry codes of the archives: the only door through which a code reaches a path or a URL."""

import re

from proteins_plus.errors import InputError

_CLASSIC = re.compile(r'[0-9][a-z0-9]{3}')
_EXTENDED = re.compile(r'pdb_[0-9][a-z0-9]{7}')
_EXTENDED_PREFIX = 'pdb_0000'
# Accession numbers of UniProtKB: https://www.uniprot.org/help/accession_numbers
_ACCESSION = re.compile(r'[OPQ][0-9][A-Z0-9]{3}[0-9]|[A-NR-Z][0-9](?:[A-Z][A-Z0-9]{2}[0-9]){1,2}')


def normalise_pdb_code(text: str, field: str | None = 'pdb_code') -> str:
    """
    :param text: a PDB id in either form and case: ``4AGM``, ``pdb_00004agm``, ``pdb_10004agm``
    :param field: the request field it came in, for the error
    :returns: lower case; the four characters where the entry has them (``pdb_00004agm`` is ``4agm``), else all twelve
    :raises InputError: ``pdb_code.invalid``
    """
    if _is_ascii(text):
        code = text.lower()
        short = code.removeprefix(_EXTENDED_PREFIX)
        if _CLASSIC.fullmatch(short):
            return short
        if _EXTENDED.fullmatch(code) and short == code:
            return code
    raise InputError(
        'This is not a PDB id.',
        'pdb_code.invalid',
        'A PDB id is a digit and three letters or digits, such as 4agm, or extended, such as pdb_00004agm.',
        field,
    )


def normalise_uniprot_code(text: str, field: str | None = 'uniprot_code') -> str:
    """
    :param text: an accession number of UniProtKB, in either case
    :param field: the request field it came in, for the error
    :returns: upper case
    :raises InputError: ``uniprot_code.invalid``
    """
    if _is_ascii(text) and _ACCESSION.fullmatch(text.upper()):
        return text.upper()
    raise InputError(
        'This is not a UniProt accession.',
        'uniprot_code.invalid',
        'An accession has six or ten characters, such as P04637; entry names such as P53_HUMAN are none.',
        field,
    )


def _is_ascii(text: object) -> bool:
    """
    :param text: what a client sent as a code
    :returns: whether it is ASCII text; lower() and upper() turn some other letters, such as the kelvin sign, into ASCII
    """
    return isinstance(text, str) and text.isascii()
