"""
Reads uploaded files: the suffix says what a file claims to be, the content decides what it is.

The suffix is all that is taken from a client's file name. Checks are cheap and linear; the engines parse
in depth. Limits are the settings ``MAX_STRUCTURE_BYTES``, ``MAX_LIGAND_BYTES``, ``MAX_MAP_BYTES`` (unpacked),
``MAX_GZIP_RATIO``, ``MAX_LINE_LENGTH`` and ``MAX_LIGANDS``.
"""

import tempfile
from dataclasses import dataclass
from pathlib import PurePosixPath

from django.conf import settings
from django.core.files.base import ContentFile, File
from django.core.files.uploadedfile import UploadedFile

from proteins_plus.errors import InputError

from .formats import ccp4, packed, reflections
from .formats.sdf import check_ligands, split_sdf
from .formats.structure import StructureType, structure_type
from .formats.text import as_text

__all__ = ['StructureText', 'read_density_map', 'read_ligands', 'read_structure', 'read_structure_factors', 'split_sdf']

_STRUCTURE_SUFFIXES = ('.pdb', '.ent', '.cif', '.mmcif')
_LIGAND_SUFFIXES = ('.sdf', '.sd', '.mol')
_MAP_SUFFIXES = ('.ccp4', '.map', '.mrc')
_REFLECTION_SUFFIXES = ('.mtz', '.cif', '.mmcif', '.ent')
#: A map larger than this waits on disk, not in memory. Bytes.
_IN_MEMORY = 2**21


@dataclass(frozen=True)
class StructureText:
    """A structure as text, and what it is by its content: ``'pdb'`` or ``'cif'``."""

    text: str
    file_type: StructureType


def read_structure(file: UploadedFile, field: str = 'protein_file') -> StructureText:
    """
    :param file: an uploaded ``.pdb``, ``.ent``, ``.cif`` or ``.mmcif`` file, each also gzipped
    :param field: the request field it came in, for the error
    :returns: its text and its real format, which may differ from the suffix
    :raises InputError: ``upload.*`` if it is no text within the limits, ``structure.*`` if it is no structure
    """
    text = as_text(_content(file, _STRUCTURE_SUFFIXES, settings.MAX_STRUCTURE_BYTES, field), field)
    return StructureText(text, structure_type(text, field))


def read_ligands(file: UploadedFile, field: str = 'ligand_file') -> str:
    """
    :param file: an uploaded ``.sdf``, ``.sd`` or ``.mol`` file, also gzipped
    :param field: the request field it came in, for the error
    :returns: an SD file of all its records, each of which ends in ``$$$$`` and a newline
    :raises InputError: ``upload.*`` if it is no text within the limits, ``ligand.*`` if it is no 3D molecule
    """
    text = as_text(_content(file, _LIGAND_SUFFIXES, settings.MAX_LIGAND_BYTES, field), field)
    check_ligands(text, field)
    return ''.join(record for _, record in split_sdf(text))


def read_density_map(file: UploadedFile, field: str = 'electron_density_map') -> File:
    """
    :param file: an uploaded ``.ccp4``, ``.map`` or ``.mrc`` file, also gzipped
    :param field: the request field it came in, for the error
    :returns: the unpacked map, at its start, fit to be stored; its name is ours
    :raises InputError: ``upload.*`` for suffix, size or gzip, ``map.unreadable`` if it is no CCP4 map
    """
    gzipped = _check_claims(file, _MAP_SUFFIXES, settings.MAX_MAP_BYTES, field)
    if gzipped:
        return _unpacked_map(file, field)
    ccp4.check_map_size(file.read(ccp4.HEADER_BYTES), file.size or 0, field)
    file.seek(0)
    return File(file.file, name='density.ccp4')


def read_structure_factors(file: UploadedFile, field: str = 'structure_factors') -> File:
    """
    :param file: an uploaded ``.mtz``, ``.cif``, ``.mmcif`` or ``.ent`` file, also gzipped
    :param field: the request field it came in, for the error
    :returns: the unpacked file, fit to be stored; its name is ours and ends in what it is
    :raises InputError: ``upload.*`` for suffix, size, gzip or text, ``reflections.unreadable`` without reflections
    """
    content = _content(file, _REFLECTION_SUFFIXES, settings.MAX_STRUCTURE_BYTES, field)
    return ContentFile(content, name=f'structure_factors.{reflections.check_reflections(content, field)}')


def _unpacked_map(file: UploadedFile, field: str) -> File:
    """
    :param file: a gzipped map, at its start
    :param field: the request field
    :returns: the unpacked map
    :raises InputError: if it is none, or longer or shorter than its own header says
    """
    target = tempfile.SpooledTemporaryFile(max_size=_IN_MEMORY)  # noqa: SIM115  pylint: disable=consider-using-with
    # The file lives on in what is returned. No cap on the ratio: empty regions of a map pack to nothing, and its
    # header says beforehand what to expect.
    pieces = packed.unpacked(file, file.size or 0, settings.MAX_MAP_BYTES, field=field)
    header = next(pieces, b'')
    announced = ccp4.map_bytes(header, field)
    if announced > settings.MAX_MAP_BYTES:
        raise _too_large(settings.MAX_MAP_BYTES, field)
    target.write(header)
    for piece in pieces:
        if target.tell() > announced:
            break
        target.write(piece)
    ccp4.check_map_size(header, target.tell(), field)
    target.seek(0)
    return File(target, name='density.ccp4')


def _content(file: UploadedFile, suffixes: tuple[str, ...], limit: int, field: str) -> bytes:
    """
    :param file: an uploaded file
    :param suffixes: what it may claim to be
    :param limit: unpacked bytes allowed
    :param field: the request field
    :returns: its whole content, unpacked
    :raises InputError: ``upload.*``
    """
    if _check_claims(file, suffixes, limit, field):
        data = b''.join(packed.unpacked(file, file.size or 0, limit, settings.MAX_GZIP_RATIO, field))
    else:
        data = file.read()
    if not data or data.isspace():
        raise _empty(field)
    return data


def _check_claims(file: UploadedFile, suffixes: tuple[str, ...], limit: int, field: str) -> bool:
    """
    Check everything that can be known without reading the file, and go to its start.

    :param file: an uploaded file
    :param suffixes: what it may claim to be
    :param limit: bytes allowed
    :param field: the request field
    :returns: whether it is gzipped, by its content
    :raises InputError: ``upload.not_a_file``, ``.suffix``, ``.empty``, ``.too_large`` or ``.bad_gzip``
    """
    if not isinstance(file, File):
        raise InputError('This is not a file.', 'upload.not_a_file', 'Send it as multipart form data.', field)
    says_gzip = _check_suffix(file.name or '', suffixes, field)
    if not file.size:
        raise _empty(field)
    if file.size > limit:
        raise _too_large(limit, field)
    file.seek(0)
    is_gzip = bool(file.read(2) == packed.MAGIC)
    file.seek(0)
    if says_gzip and not is_gzip:
        raise InputError(
            'The file is not gzipped, although its name ends in .gz.', 'upload.bad_gzip', 'Rename it.', field
        )
    return is_gzip


def _check_suffix(name: str, suffixes: tuple[str, ...], field: str) -> bool:
    """
    :param name: the client's file name
    :param suffixes: the suffixes allowed, lower case
    :param field: the request field
    :returns: whether a ``.gz`` follows the suffix
    :raises InputError: ``upload.suffix``
    """
    path = PurePosixPath(name.lower())
    says_gzip = path.suffix == '.gz'
    if (path.with_suffix('') if says_gzip else path).suffix not in suffixes:
        raise InputError(
            f'The name of the file must end in {", ".join(suffixes)}, or one of these and .gz.',
            'upload.suffix',
            'Rename the file after its format.',
            field,
        )
    return says_gzip


def _too_large(limit: int, field: str) -> InputError:
    """
    :param limit: bytes allowed
    :param field: the request field
    :returns: the error for a file above it
    """
    return InputError(f'The file has more than {limit // 2**20} MB.', 'upload.too_large', 'Give a part of it.', field)


def _empty(field: str) -> InputError:
    """
    :param field: the request field
    :returns: the error for an empty file
    """
    return InputError('The file is empty.', 'upload.empty', '', field)
