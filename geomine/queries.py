"""Where the text of a query comes from: what was written, an uploaded file, or a file of the server's own folder."""

import json
from pathlib import Path
from typing import Any
from xml.etree.ElementTree import ParseError

from defusedxml import DefusedXmlException
from defusedxml.ElementTree import fromstring
from django.conf import settings
from django.core.files.uploadedfile import UploadedFile

from molecule_handler.formats.text import as_text
from molecule_handler.inputs import name_of
from proteins_plus.errors import InputError

#: Bytes of a query.
LARGEST = 256 * 1024
#: A text that is no longer than this and ends like this is the name of a file of the server.
NAME_LENGTH, SUFFIX = 256, '.xml'
_ROOT = 'pelikanfilter'


def written(text: str, field: str) -> str:
    """
    :param text: a query
    :param field: the request field it came in
    :returns: it, fit to be stored
    :raises InputError: ``upload.*`` or ``query.*``
    """
    return _checked(text.encode('utf-8', 'replace'), field)


def uploaded(file: UploadedFile, field: str) -> tuple[str, str]:
    """
    :param file: with a query
    :param field: the request field it came in
    :returns: what it is called, and the query
    :raises InputError: ``upload.*`` or ``query.*``
    """
    if (file.size or 0) > LARGEST:
        raise _too_large(field)
    suffix = Path(file.name or '').suffix.lower()
    return f'{name_of(file)}{suffix if suffix in (".xml", ".json") else ""}', _checked(file.read(), field)


def is_name(text: str) -> bool:
    """
    :param text: that was given where a file belongs
    :returns: whether it names a file of the server; else it is a query itself
    """
    text = text.strip()
    return len(text) <= NAME_LENGTH and text.endswith(SUFFIX) and '\n' not in text and not text.startswith(('<', '{'))


def on_server(name: str, field: str) -> tuple[str, str]:
    """
    :param name: of a file below the folder that the settings name; an absolute path has to lead there
    :param field: the request field it came in
    :returns: its name, and the query
    :raises InputError: ``filter.not_found``, also for whatever lies elsewhere, or ``query.*``
    """
    folder = Path(settings.GEOMINE_FILTER_DIR).resolve()
    try:
        path = (folder / name.strip()).resolve()
        inside = path.is_relative_to(folder) and path.is_file()
        content = path.read_bytes() if inside and path.stat().st_size <= LARGEST else None
    except (OSError, ValueError):
        content = None
    if content is None:
        hint = 'Upload the file, or write the query itself. Files of the server are those of its folder for filters.'
        raise InputError('There is no such filter on the server.', 'filter.not_found', hint, field)
    return name.strip(), _checked(content, field)


def _checked(content: bytes, field: str) -> str:
    """
    The cheap part of the checks; the engine looks at everything.

    :param content: of a query
    :param field: the request field
    :returns: its text
    :raises InputError: ``upload.*`` if it is no text, ``query.*`` if it is neither XML nor JSON, or dangerous
    """
    if len(content) > LARGEST:
        raise _too_large(field)
    text = as_text(content, field)
    if not text.strip():
        raise InputError('The query is empty.', 'query.empty', 'docs/tools/geomine.md has examples.', field)
    if text.lstrip().startswith('<'):
        _check_xml(text, field)
    else:
        _check_json(text, field)
    return text


def _check_xml(text: str, field: str) -> None:
    """
    :param text: XML
    :param field: the request field
    :raises InputError: ``query.xml``
    """
    try:
        root = fromstring(text, forbid_dtd=True)
    except DefusedXmlException as error:
        message = 'The XML has a document type or entities, which are not read.'
        raise InputError(message, 'query.xml', 'Write the values themselves.', field) from error
    except (ParseError, ValueError, RecursionError) as error:
        raise InputError('The XML cannot be read.', 'query.xml', str(error)[:200], field) from error
    if str(root.tag).rpartition('}')[2].lower() != _ROOT:
        raise InputError('The root of the XML is not PelikanFilter.', 'query.xml', '', field)


def _check_json(text: str, field: str) -> None:
    """
    :param text: JSON
    :param field: the request field
    :raises InputError: ``query.json``
    """
    try:
        query: Any = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise InputError('The query is neither XML nor JSON.', 'query.json', str(error)[:200], field) from error
    if not isinstance(query, dict):
        raise InputError('The query is JSON, but no object.', 'query.json', 'It begins with { and ends with }.', field)


def _too_large(field: str) -> InputError:
    """
    :param field: the request field
    :returns: the error for a query above the limit
    """
    return InputError(f'The query has more than {LARGEST // 1024} kB.', 'upload.too_large', 'Make it shorter.', field)
