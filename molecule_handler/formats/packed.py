"""Gzip, read with a byte budget and a cap on how much one packed byte may become."""

import gzip
import zlib
from collections.abc import Iterator
from typing import IO

from proteins_plus.errors import InputError

MAGIC = b'\x1f\x8b'
_CHUNK = 2**18
#: Below this size nothing is a bomb, so that a tiny and very regular file passes. Bytes.
_HARMLESS = 2**20


class PackedTooLargeError(InputError):
    """What was packed is larger than allowed, whether by accident or by design."""

    default_code = 'upload.too_large'


def unpacked(
    packed: IO[bytes], packed_size: int, budget: int, max_ratio: int | None = None, field: str | None = None
) -> Iterator[bytes]:
    """
    Unpack piece by piece; never holds more than one piece, and stops before the budget is exceeded.

    :param packed: a gzip stream of one or more members, at its start
    :param packed_size: its size in bytes
    :param budget: how many unpacked bytes are allowed
    :param max_ratio: how many times larger than the packed bytes they may be; None for no such limit
    :param field: the request field it came in, for the error
    :returns: the unpacked bytes in pieces
    :raises PackedTooLargeError: ``upload.too_large``
    :raises InputError: ``upload.gzip_bomb``, or ``upload.bad_gzip`` for a truncated or corrupt stream
    """
    ceiling = None if max_ratio is None else max(_HARMLESS, max_ratio * packed_size)
    total = 0
    with gzip.GzipFile(fileobj=packed) as stream:
        while piece := _next_piece(stream, field):
            total += len(piece)
            if total > budget:
                raise PackedTooLargeError(
                    f'The unpacked file has more than {budget // 2**20} MB.',
                    hint='Give a smaller structure, or a part of it.',
                    field=field,
                )
            if ceiling is not None and total > ceiling:
                raise InputError(
                    f'The file unpacks to more than {max_ratio} times its size.',
                    'upload.gzip_bomb',
                    'Coordinate files pack to about a fifth. Send the file unpacked.',
                    field,
                )
            yield piece


def _next_piece(stream: gzip.GzipFile, field: str | None) -> bytes:
    """
    :param stream: an open gzip stream
    :param field: the request field
    :returns: the next piece, empty at the end
    :raises InputError: ``upload.bad_gzip``
    """
    try:
        return stream.read(_CHUNK)
    except (OSError, EOFError, zlib.error) as error:
        raise InputError(
            'The gzip file is truncated or corrupt.',
            'upload.bad_gzip',
            'Pack it again, or send it unpacked.',
            field,
        ) from error
