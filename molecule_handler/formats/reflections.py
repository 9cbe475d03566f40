"""
Tells reflection data from anything else: MTZ files and structure-factor mmCIF.

MTZ: https://www.ccp4.ac.uk/html/mtzformat.html; mmCIF (category ``refln``): https://mmcif.wwpdb.org.
"""

import re
import struct

from proteins_plus.errors import InputError

from .structure import is_cif
from .text import as_text

MTZ_MAGIC = b'MTZ '
#: The reflections of an MTZ file begin here; its header, in records of 80 bytes, follows them.
_FIRST_REFLECTION = 80
_WORD = 4
_COUNTS = re.compile(rb'NCOL\s+(\d{1,5})\s+(\d{1,10})\s')
_INDEX = re.compile(r'(?<!\S)_refln\.index_h(?!\S)', re.IGNORECASE | re.ASCII)


def check_reflections(content: bytes, field: str | None = None) -> str:
    """
    :param content: a whole file, unpacked
    :param field: the request field it came in, for the error
    :returns: what it is: ``'mtz'`` or ``'cif'``
    :raises InputError: ``reflections.unreadable``, or ``upload.*`` for what is neither MTZ nor text
    """
    if content.startswith(MTZ_MAGIC):
        _check_mtz(content, field)
        return 'mtz'
    text = as_text(content, field)
    if not is_cif(text) or not _INDEX.search(text):
        raise _unreadable('The file holds no reflections.', field)
    return 'cif'


def _check_mtz(content: bytes, field: str | None) -> None:
    """
    :param content: begins as an MTZ file does
    :param field: the request field
    :raises InputError: if its header is not where it should be, or announces more reflections than there are
    """
    header = _header(content)
    if not header.startswith(b'VERS'):
        raise _unreadable('The MTZ file is truncated or corrupt.', field)
    counts = _COUNTS.search(header)
    if counts is None or not int(counts[2]):
        raise _unreadable('The MTZ file has no reflections.', field)
    columns, rows = int(counts[1]), int(counts[2])
    if _FIRST_REFLECTION + _WORD * columns * rows > len(content) - len(header):
        raise _unreadable('The MTZ file has fewer reflections than its header announces.', field)


def _header(content: bytes) -> bytes:
    """
    :param content: begins as an MTZ file does
    :returns: its header; empty if that lies outside the file
    """
    for order in '<', '>':
        # The third word tells the machine; the second is tried in both orders instead, and must lead to a header.
        (place,) = struct.unpack_from(f'{order}i', content.ljust(_FIRST_REFLECTION, b'\0'), _WORD)
        if place == -1:  # more than 8 GB of reflections, which no upload has
            return b''
        start = _WORD * (place - 1)
        if _FIRST_REFLECTION <= start < len(content) and content.startswith(b'VERS', start):
            return content[start:]
    return b''


def _unreadable(message: str, field: str | None) -> InputError:
    """
    :param message: what is wrong
    :param field: the request field
    :returns: the error for reflections that cannot be read
    """
    return InputError(message, 'reflections.unreadable', 'Give an MTZ file or a structure-factor mmCIF.', field)
