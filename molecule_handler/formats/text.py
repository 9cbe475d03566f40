"""Bytes that must be text: no NUL, UTF-8, no endless line."""

import codecs

from django.conf import settings

from proteins_plus.errors import InputError


def as_text(data: bytes, field: str | None = None) -> str:
    """
    :param data: the whole content of a file that is meant to be text
    :param field: the request field it came in, for the error
    :returns: the text without byte order mark, every line ending in a line feed alone
    :raises InputError: ``upload.binary``, ``upload.encoding`` or ``upload.line_too_long``
    """
    if b'\0' in data:
        raise InputError(
            'The file is binary, not text.',
            'upload.binary',
            'Give PDB, mmCIF or SDF text. BinaryCIF and office documents cannot be read.',
            field,
        )
    data = data.removeprefix(codecs.BOM_UTF8)
    if b'\r' in data:
        data = data.replace(b'\r\n', b'\n').replace(b'\r', b'\n')
    _check_lines(data, field)
    try:
        return data.decode()
    except UnicodeDecodeError as error:
        line = _line_number(data, error.start)
        raise InputError(
            f'The file is not UTF-8 text (line {line}).',
            'upload.encoding',
            'Save it as UTF-8 or ASCII.',
            field,
        ) from None


def _check_lines(data: bytes, field: str | None) -> None:
    """
    Refuse lines on which a line-wise parser would choke. Leaps from line end to line end, a limit at a time.

    :param data: bytes of a text file
    :param field: the request field
    :raises InputError: ``upload.line_too_long``
    """
    limit = settings.MAX_LINE_LENGTH
    start = 0
    while len(data) - start > limit:
        end = data.rfind(b'\n', start, start + limit + 1)
        if end < 0:
            raise InputError(
                f'Line {_line_number(data, start)} of the file has more than {limit} characters.',
                'upload.line_too_long',
                'Break it into lines as the format asks for.',
                field,
            )
        start = end + 1


def _line_number(data: bytes, position: int) -> int:
    """
    :param data: bytes of a text file
    :param position: a position in it
    :returns: the number of the line it lies in, from 1
    """
    return data.count(b'\n', 0, position) + 1
