"""
SD files: records, and whether they can be 3D molecules.

Dalby A. et al. (1992) J. Chem. Inf. Comput. Sci. 32:244-255, doi:10.1021/ci00007a012 (V2000); BIOVIA CTfile
formats 2020 (V3000).
"""

import math
import re
from itertools import takewhile

from django.conf import settings

from proteins_plus.errors import InputError

_DELIMITER = re.compile(r'^\$\$\$\$[^\n]*\n?', re.MULTILINE)
_V3_PREFIX = 'M  V30 '

#: x, y and z in Å
Point = tuple[float, float, float]


def split_sdf(text: str) -> list[tuple[str, str]]:
    """
    :param text: an SD file, or a single MOL block
    :returns: title and text of every record; each record ends in ``$$$$`` and a newline, so that
        records can be joined again by plain concatenation
    """
    records = (record for record in _DELIMITER.split(text) if record.strip())
    return [(record.partition('\n')[0].strip(), _terminated(record)) for record in records]


def _terminated(record: str) -> str:
    """
    :param record: a record without its delimiter
    :returns: the same with it
    """
    line_end = '' if record.endswith('\n') else '\n'
    return f'{record}{line_end}$$$$\n'


def elements_of(record: str) -> list[str]:
    """
    :param record: of a stored ligand
    :returns: elements of its atoms in capitals
    """
    lines = record.split('\n')
    if lines[3][34:39] == 'V3000':
        body = [line.removeprefix(_V3_PREFIX).split() for line in lines if line.startswith(_V3_PREFIX)]
        start = body.index(['BEGIN', 'ATOM']) + 1
        return [words[1].upper() for words in takewhile(lambda words: words != ['END', 'ATOM'], body[start:])]
    return [line[31:34].strip().upper() for line in lines[4 : 4 + _count(lines[3][0:3])]]


def points_of(record: str) -> list[Point]:
    """
    :param record: of a stored ligand
    :returns: the coordinates of its atoms
    """
    lines = record.split('\n')
    return _v3000_points(lines) if lines[3][34:39] == 'V3000' else _v2000_points(lines)


def check_ligands(text: str, field: str | None = None) -> None:
    """
    :param text: an SD file
    :param field: the request field it came in, for the error
    :raises InputError: ``ligand.unreadable``, ``ligand.too_many``, ``ligand.no_atoms`` or ``ligand.no_3d``
    """
    records = split_sdf(text)
    if not records:
        raise _unreadable('The SD file holds no molecule.', field)
    if len(records) > settings.MAX_LIGANDS:
        raise InputError(
            f'The SD file holds {len(records)} molecules; at most {settings.MAX_LIGANDS} are allowed.',
            'ligand.too_many',
            'Split the file.',
            field,
        )
    for number, (name, record) in enumerate(records, start=1):
        title = f' ({name[:40]!a})' if name else ''
        _check_record(record, f'Molecule {number}{title}', field)


def _check_record(record: str, label: str, field: str | None) -> None:
    """
    :param record: one record of an SD file
    :param label: what to call it in an error
    :param field: the request field
    :raises InputError: if it is no molecule with 3D coordinates
    """
    lines = record.split('\n')
    try:
        points = points_of(record)
    except (ValueError, IndexError):
        raise _unreadable(f'{label} of the SD file has a broken counts line or atom block.', field) from None
    if not points:
        raise InputError(f'{label} of the SD file has no atoms.', 'ligand.no_atoms', '', field)
    if not _is_spatial(points, declared=lines[1][20:22] == '3D'):
        raise InputError(
            f'{label} of the SD file has no 3D coordinates.',
            'ligand.no_3d',
            'Give the ligand as it lies in the structure, not as a drawing.',
            field,
        )


def _v2000_points(lines: list[str]) -> list[Point]:
    """
    :param lines: a V2000 record
    :returns: its coordinates
    :raises ValueError: if the numbers of the counts line do not fit the record
    :raises IndexError: if the record is too short
    """
    atoms, bonds = _count(lines[3][0:3]), _count(lines[3][3:6])
    block = lines[4 : 4 + atoms]
    if len(lines) < 4 + atoms + bonds or not all(line[31:34].strip() for line in block):
        raise ValueError
    return [_point([line[0:10], line[10:20], line[20:30]]) for line in block]


def _v3000_points(lines: list[str]) -> list[Point]:
    """
    :param lines: a V3000 record
    :returns: its coordinates
    :raises ValueError: if counts and atom block disagree
    :raises IndexError: if an atom line is too short
    """
    body = [line.removeprefix(_V3_PREFIX) for line in lines if line.startswith(_V3_PREFIX)]
    counts = next((line.split() for line in body if line.startswith('COUNTS ')), [])
    start = body.index('BEGIN ATOM') + 1
    block = list(takewhile(lambda line: line != 'END ATOM', body[start:]))
    if len(block) != _count(counts[1]):
        raise ValueError
    return [_point(line.split()[2:5]) for line in block]


def _count(word: str) -> int:
    """
    :param word: a number of a counts line
    :returns: the number
    :raises ValueError: if it is none, or negative
    """
    number = int(word)
    if number < 0:
        raise ValueError
    return number


def _point(words: list[str]) -> Point:
    """
    :param words: x, y and z as text
    :returns: them as numbers, in Å
    :raises ValueError: if one is no finite number
    """
    x, y, z = (float(word) for word in words)
    if not (math.isfinite(x) and math.isfinite(y) and math.isfinite(z)):
        raise ValueError
    return x, y, z


def _is_spatial(points: list[Point], declared: bool) -> bool:
    """
    :param points: the coordinates of a molecule
    :param declared: whether its header says 3D
    :returns: False for a drawing (all z are 0 and the header does not say 3D), and for atoms all at one point
    """
    if len(points) > 1 and len(set(points)) == 1:
        return False
    return declared or any(z != 0 for _, _, z in points)


def _unreadable(message: str, field: str | None) -> InputError:
    """
    :param message: what is wrong
    :param field: the request field
    :returns: the error for a record that cannot be read
    """
    return InputError(message, 'ligand.unreadable', 'Give an SD file in V2000 or V3000 form.', field)
