"""
Reads a structure file as users have it: PDB or mmCIF, plain or gzipped, of any age.

The content decides about the format, never the file name. Everything that cannot be used becomes an
:class:`~engines.errors.EngineError` with a sentence for the user.
"""

import math
import re
import zlib
from dataclasses import dataclass, field
from pathlib import Path

import gemmi

from engines.errors import EngineError
from engines.notes import Note

MAX_BYTES = 512 * 1024 * 1024
"""Largest file, after unpacking, that is read. The largest entry of the archive has about 350 MB."""

MAX_EXTENT = 4e9
"""Cubic Angstrom of the box around all atoms. A neighbour search divides it into cells; the largest entries of the
archive, whole virus capsids, fill about a tenth of it."""
_SUFFIXES = {'.gz', '.pdb', '.ent', '.cif', '.mmcif', '.pdbx'}
_CIF_START = re.compile(r'\s*(?:#[^\n]*\n\s*)*data_', re.IGNORECASE)
_HYBRID36_SERIAL = re.compile(r'^(?:ATOM  |HETATM)[A-Za-z]', re.MULTILINE)
_BLOCK_NAME = re.compile(r'[^A-Za-z0-9_.+-]')
_CHARGE = re.compile(r'[0-9 ]?[+-]|[+-][0-9]|0?')


@dataclass
class StructureInput:
    """
    A structure and what its file says beside the coordinates.

    :param structure: the coordinates, all models, as gemmi holds them; entities are set up
    :param stem: name of the file without its suffixes
    :param block: the mmCIF block, or None for a PDB file
    :param notes: observations on the file
    :param compound: what the COMPND records of a PDB file say, which gemmi does not keep
    """

    structure: gemmi.Structure
    stem: str
    block: gemmi.cif.Block | None = None
    notes: list[Note] = field(default_factory=list)
    compound: str = ''


def file_stem(path: Path) -> str:
    """
    Name of a structure file without ``.gz`` and the format's suffix, in any case.

    :param path: for example ``4AGM.PDB.GZ``
    :returns: for example ``4AGM``
    """
    while path.suffix.lower() in _SUFFIXES and path.stem:
        path = path.with_suffix('')
    return path.name


def read_bytes(path: Path, limit: int = MAX_BYTES) -> bytes:
    """
    Read a file, unpacking gzip (all members) if it is gzip, and never more than the limit.

    :param path: file to read
    :param limit: largest number of bytes to return
    :returns: the content
    :raises EngineError: ``input.unreadable``, ``input.too_large`` or ``input.gzip``
    """
    try:
        with path.open('rb') as stream:
            raw = stream.read(limit + 1)
    except OSError as error:
        raise EngineError('input.unreadable', f'The file {path.name} cannot be read.') from error
    if raw[:2] == b'\x1f\x8b':
        raw = _gunzip(raw, limit)
    if len(raw) > limit:
        raise _too_large(limit)
    return raw


def _gunzip(raw: bytes, limit: int) -> bytes:
    """
    Unpack gzip within a byte budget.

    :param raw: one or several gzip members
    :param limit: byte budget
    :returns: the unpacked bytes
    :raises EngineError: ``input.too_large`` or ``input.gzip``
    """
    parts, budget = [], limit
    while raw[:2] == b'\x1f\x8b':
        decoder = zlib.decompressobj(wbits=31)
        try:
            part = decoder.decompress(raw, budget + 1)
        except zlib.error as error:
            raise EngineError('input.gzip', 'The gzip file is damaged.', 'Pack or download it again.') from error
        budget -= len(part)
        if budget < 0:
            raise _too_large(limit)
        if not decoder.eof:
            raise EngineError('input.gzip', 'The gzip file ends too early.', 'Pack or download it again.')
        parts.append(part)
        raw = decoder.unused_data
    return b''.join(parts)


def _too_large(limit: int) -> EngineError:
    """
    The error for a file beyond the limit.

    :param limit: byte budget
    :returns: the error
    """
    return EngineError('input.too_large', f'The file holds more than {limit // 1024 // 1024} MiB when unpacked.')


def decode(raw: bytes) -> str:
    """
    Bytes as text with plain newlines.

    :param raw: content of a text file
    :returns: the text
    :raises EngineError: ``structure.not_text``
    """
    if b'\0' in raw:
        raise EngineError('structure.not_text', 'The file holds NUL bytes, so it is not a text file.')
    try:
        text = raw.decode('utf-8-sig')
    except UnicodeDecodeError as error:
        raise EngineError(
            'structure.not_text', f'The file is not UTF-8 text (byte {error.start}).', 'Save it as UTF-8 or ASCII.'
        ) from error
    return text.replace('\r\n', '\n').replace('\r', '\n')


def read_structure(path: Path, limit: int = MAX_BYTES) -> StructureInput:
    """
    Read a structure.

    :param path: PDB or mmCIF file, plain or gzipped
    :param limit: largest number of bytes after unpacking
    :returns: structure with at least one atom, all coordinates finite
    :raises EngineError: if the file is not a structure that can be worked with
    """
    text = decode(read_bytes(path, limit))
    if not text.strip():
        raise EngineError('structure.empty', 'The file is empty.')
    result = _read_mmcif(text) if _CIF_START.match(text) else _read_pdb(text)
    result.stem = file_stem(path)
    _check_atoms(result.structure)
    result.structure.setup_entities()
    result.structure.name = _BLOCK_NAME.sub('_', result.structure.name or result.stem)
    return result


def _read_mmcif(text: str) -> StructureInput:
    """
    Read mmCIF text; of several blocks the first with atoms counts.

    :param text: mmCIF
    :returns: the structure, entities not yet set up
    :raises EngineError: ``structure.unreadable`` or ``structure.no_atoms``
    """
    try:
        document = gemmi.cif.read_string(text)
        for block in document:
            if block.find_values('_atom_site.Cartn_x'):
                return StructureInput(gemmi.make_structure_from_block(block), '', block)
    except (ValueError, RuntimeError, IndexError) as error:
        raise EngineError(
            'structure.unreadable', f'The mmCIF file cannot be read: {_one_line(error)}.', 'Check it for damage.'
        ) from error
    raise _no_atoms()


def _read_pdb(text: str) -> StructureInput:
    """
    Read PDB text. Files from before 1996 carry the entry's id and a line number where the element and the charge
    stand today; these columns are cut off.

    :param text: PDB file
    :returns: the structure, entities not yet set up
    :raises EngineError: ``structure.unreadable`` or ``structure.no_atoms``
    """
    lines = text.split('\n')
    atoms = [line for line in lines if line.startswith(('ATOM  ', 'HETATM'))]
    if not atoms:
        raise _no_atoms()
    _check_columns(atoms)
    notes = []
    if any(_charge_is_wrong(line) for line in atoms):
        lines = list(map(_without_line_number, lines))
        text = '\n'.join(lines)
        notes.append(
            Note(
                'structure.pre_1996_layout', '',
                'The file has the PDB layout from before 1996: an entry id and line numbers stand where the element '
                'and the charge belong. They were ignored, so charges of atoms are not known from the file.',
            )
        )  # fmt: skip
    if _HYBRID36_SERIAL.search(text):
        notes.append(
            Note('structure.hybrid36', '', 'Atom serials above 99,999 are written in hybrid-36 and were decoded.')
        )
    try:
        structure = gemmi.read_pdb_string(text.encode('ascii', 'replace'))
    except (ValueError, RuntimeError) as error:
        raise EngineError(
            'structure.unreadable', f'The PDB file cannot be read: {_one_line(error)}.', 'Check its columns.'
        ) from error
    compound = ' '.join(line[10:80].strip() for line in lines if line.startswith('COMPND'))
    return StructureInput(structure, '', None, notes, compound)


def _charge_is_wrong(line: str) -> bool:
    """
    Whether columns 79 and 80 hold something that is no charge.

    :param line: ATOM or HETATM line
    :returns: True for a line number
    """
    charge = line[78:80].strip()
    return bool(charge) and not _CHARGE.fullmatch(charge)


def _without_line_number(line: str) -> str:
    """
    A line without entry id and line number. An element in columns 77 and 78 stays: some programs filled it in later.

    :param line: any line of a PDB file of the old layout
    :returns: the line up to column 72, and the element
    """
    if line[76:78].strip().isalpha() and line.startswith(('ATOM  ', 'HETATM')):
        return f'{line[:72]}    {line[76:78]}'
    return line[:72]


def _check_columns(atoms: list[str]) -> None:
    """
    Refuse atom lines whose coordinates are no numbers, which gemmi would read as 0, and such whose columns are shifted
    by multi-byte characters.

    :param atoms: ATOM and HETATM lines
    :raises EngineError: ``structure.coordinates`` or ``structure.not_text``
    """
    for line in atoms:
        if not line.isascii():
            raise EngineError('structure.not_text', f'An atom line holds characters beyond ASCII: {line[:27]!r}.')
        try:
            float(line[30:38]), float(line[38:46]), float(line[46:54])
        except ValueError as error:
            raise EngineError(
                'structure.coordinates', f'An atom has no readable coordinates: {line[:54].strip()!r}.',
                'Columns 31 to 54 of ATOM and HETATM lines hold x, y and z.',
            ) from error  # fmt: skip


def _check_atoms(structure: gemmi.Structure) -> None:
    """
    Refuse structures without atoms, with coordinates that are not finite, or with atoms endlessly far apart.

    :param structure: as read
    :raises EngineError: ``structure.no_atoms`` or ``structure.coordinates``
    """
    found = False
    for model in structure:
        for cra in model.all():
            found = True
            position = cra.atom.pos
            if not math.isfinite(position.x + position.y + position.z):
                raise EngineError('structure.coordinates', f'The atom {cra} has a coordinate that is not a number.')
    if not found:
        raise _no_atoms()
    size = structure.calculate_box().get_size()
    if max(size.x, 1) * max(size.y, 1) * max(size.z, 1) > MAX_EXTENT:
        raise EngineError(
            'structure.coordinates',
            f'The atoms of the structure are spread over {size.x:.0f} x {size.y:.0f} x {size.z:.0f} Å.',
            'Look for atoms with wrong coordinates.',
        )


def _no_atoms() -> EngineError:
    """
    The error for a file without coordinates.

    :returns: the error
    """
    return EngineError(
        'structure.no_atoms', 'The file holds no atoms.', 'A PDB or mmCIF coordinate file is needed.'
    )  # fmt: skip


def _one_line(error: Exception) -> str:
    """
    What a parser said, short and on one line.

    :param error: exception of the parser
    :returns: at most 200 printable characters
    """
    text = ' '.join(str(error).split()).rstrip('.')
    return ''.join(c for c in text if c.isprintable())[:200]


def keep_first_model(structure: gemmi.Structure) -> int:
    """
    Drop all models but the first.

    :param structure: to be changed
    :returns: how many models there were
    """
    number = len(structure)
    while len(structure) > 1:
        del structure[-1]
    return number
