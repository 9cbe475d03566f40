"""
Structures and density maps by their code: from a local mirror, else from the archives.

To be called in the worker, never in a view. The settings are ``LOCAL_PDB_MIRROR_DIR``, ``LOCAL_DENSITY_MIRROR_DIR``,
``LOCAL_AFDB_MIRROR_DIR``, ``URLS``, ``ARCHIVE_HOSTS``, ``ARCHIVE_TIMEOUT_SECONDS`` and ``ARCHIVE_MAX_BYTES``.
"""

import io
import json
import logging
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from django.conf import settings

from proteins_plus.errors import InputError, NotFoundError, ProteinsPlusError, SystemFault

from . import mirrors
from .archive_http import download, join, too_large
from .codes import normalise_pdb_code, normalise_uniprot_code
from .formats import ccp4, packed
from .formats.structure import structure_type
from .formats.text import as_text

logger = logging.getLogger(__name__)

_CLASSIC_LENGTH = 4


@dataclass(frozen=True)
class Fetched:
    """
    An entry of an archive.

    ``content`` is unpacked; structures are UTF-8 text without NUL. ``source`` is the URL, or names the mirror's file.
    """

    content: bytes
    file_type: Literal['pdb', 'cif', 'ccp4']
    source: str


#: Makes an entry of what an archive gave and of where that came from.
Reader = Callable[[bytes, str], Fetched]


def fetch_structure(pdb_code: str) -> Fetched:
    """
    :param pdb_code: a PDB id
    :returns: the entry as PDB or, where the archive has none (large entries, extended ids), as mmCIF
    :raises InputError: ``pdb_code.invalid`` or ``archive.too_large``
    :raises NotFoundError: ``archive.not_found``
    :raises SystemFault: ``archive.unavailable``, ``archive.untrusted_address`` or ``archive.bad_content``
    """
    code = normalise_pdb_code(pdb_code)
    suffixes = ('.pdb.gz', '.cif.gz') if len(code) == _CLASSIC_LENGTH else ('.cif.gz',)
    urls = [f'{settings.URLS["pdb_files"]}{code}{suffix}' for suffix in suffixes]
    missing = NotFoundError(
        f'The structure archive has no entry {code}.',
        'archive.not_found',
        'Check the id; entries on hold and entries that were withdrawn cannot be fetched.',
        'pdb_code',
    )
    return _fetch(mirrors.structure_files(code), urls, _structure, missing)


def fetch_predicted_structure(uniprot_code: str) -> Fetched:
    """
    :param uniprot_code: a UniProt accession
    :returns: the newest AlphaFold model
    :raises InputError: ``uniprot_code.invalid`` or ``archive.too_large``
    :raises NotFoundError: ``archive.not_found``
    :raises SystemFault: as :func:`fetch_structure`
    """
    code = normalise_uniprot_code(uniprot_code)
    missing = NotFoundError(
        f'The AlphaFold database has no model of {code}.',
        'archive.not_found',
        'Check the accession; isoforms, viral and very long proteins have no model there.',
        'uniprot_code',
    )
    return _fetch(mirrors.predicted_structure_files(code), _model_urls(code), _structure, missing)


def fetch_density_map(pdb_code: str) -> Fetched:
    """
    :param pdb_code: a PDB id
    :returns: the 2mFo-DFc map of the entry as CCP4
    :raises InputError: ``pdb_code.invalid`` or ``archive.too_large``
    :raises NotFoundError: ``archive.not_found``
    :raises SystemFault: as :func:`fetch_structure`
    """
    code = normalise_pdb_code(pdb_code)
    missing = NotFoundError(
        f'The density archive has no map of {code}.',
        'archive.not_found',
        'Only crystal structures with deposited structure factors have one; you can upload a CCP4 map.',
        'pdb_code',
    )
    urls = [f'{settings.URLS["density_files"]}{code}.ccp4']
    return _fetch(mirrors.density_files(code), urls, _density_map, missing)


def _fetch(local: Iterable[Path], urls: Iterable[str], read: Reader, missing: NotFoundError) -> Fetched:
    """
    :param local: candidates of a mirror, best first
    :param urls: candidates of an archive, best first; not looked at if the mirror has the entry
    :param read: checks and unpacks one
    :param missing: the error if neither has it
    :returns: the first that there is
    :raises NotFoundError: ``missing``
    """
    if found := _first_readable(local, read):
        return found
    for url in urls:
        if (raw := download(url)) is not None:
            return read(raw, url)
    raise missing


def _first_readable(paths: Iterable[Path], read: Reader) -> Fetched | None:
    """
    :param paths: candidates of a mirror, best first
    :param read: checks and unpacks one
    :returns: the first that can be used; None sends the caller to the archive
    """
    for path in paths:
        try:
            if path.stat().st_size > settings.ARCHIVE_MAX_BYTES:
                raise too_large()
            return read(path.read_bytes(), f'local mirror: {path.name}')
        except (OSError, ProteinsPlusError) as error:
            logger.warning('The mirror holds a file that cannot be used: %s (%s)', path, error)
    return None


def _structure(raw: bytes, source: str) -> Fetched:
    """
    :param raw: what an archive gave, perhaps gzipped
    :param source: where it came from
    :returns: the structure
    :raises SystemFault: ``archive.bad_content`` if it is none
    """
    try:
        text = as_text(_unpacked(raw, settings.MAX_GZIP_RATIO))
        return Fetched(text.encode(), structure_type(text), source)
    except packed.PackedTooLargeError:
        raise too_large() from None
    except InputError as error:
        raise _bad_content(source, error) from error


def _density_map(raw: bytes, source: str) -> Fetched:
    """
    :param raw: what an archive gave, perhaps gzipped
    :param source: where it came from
    :returns: the map
    :raises SystemFault: ``archive.bad_content`` if it is none
    """
    try:
        content = _unpacked(raw, None)
        ccp4.check_map_size(content[: ccp4.HEADER_BYTES], len(content))
        return Fetched(content, 'ccp4', source)
    except packed.PackedTooLargeError:
        raise too_large() from None
    except InputError as error:
        raise _bad_content(source, error) from error


def _unpacked(raw: bytes, max_ratio: int | None) -> bytes:
    """
    :param raw: what an archive gave
    :param max_ratio: see :func:`.formats.packed.unpacked`
    :returns: its content without gzip
    """
    if not raw.startswith(packed.MAGIC):
        return raw
    return b''.join(packed.unpacked(io.BytesIO(raw), len(raw), settings.ARCHIVE_MAX_BYTES, max_ratio))


def _model_urls(accession: str) -> Iterator[str]:
    """
    :param accession: a UniProt accession
    :returns: where its model is: PDB if there is one, else mmCIF; nothing if there is no model. The address comes from
        outside; :func:`download` checks it like any other
    :raises SystemFault: ``archive.bad_content``
    """
    question = f'{settings.URLS["alphafold"]}{accession}'
    if (answer := download(question)) is None:
        return
    try:
        models = json.loads(answer)
    except (ValueError, RecursionError) as error:
        raise _bad_content(question, error) from error
    if not isinstance(models, list) or not all(isinstance(model, dict) for model in models):
        raise _bad_content(question, ValueError('not a list of models'))
    urls = [url for model in _own_first(models, accession) for url in (model.get('pdbUrl'), model.get('cifUrl'))]
    if found := next((url for url in urls if isinstance(url, str) and url), None):
        yield join(question, found)


def _own_first(models: list[dict[str, Any]], accession: str) -> list[dict[str, Any]]:
    """
    :param models: the models the database names; those of isoforms may be among them
    :param accession: the accession that was asked for
    :returns: the same, the first fragment of the accession itself first
    """
    return sorted(models, key=lambda model: model.get('entryId') != f'AF-{accession}-F1')


def _bad_content(source: str, reason: Exception) -> SystemFault:
    """
    :param source: where it came from
    :param reason: what is wrong with it
    :returns: the error for an archive that sends something else than was asked for
    """
    logger.error('%s is not what it should be: %s', source, reason)
    return SystemFault(
        'The structure archive sent something that cannot be read.',
        'archive.bad_content',
        'Try again later, or upload the file.',
    )
