"""
Canonical content hashes: equal content, equal hash; and never the other way round.

Every value is written as type tag, length, bytes, so neither ``('1_', 'A')`` and ``('1', '_A')`` nor None and
``'None'`` meet. The order of a list counts; that of a set and of the keys of a mapping does not.
"""

from collections.abc import Iterable, Mapping
from datetime import date
from hashlib import blake2b
from uuid import UUID

#: Part of every hash. Change it whenever the encoding changes, or old results would be served for new questions.
HASH_VERSION = 'v1'


def content_hash(kind: str, fields: Mapping[str, object]) -> str:
    """
    The hash of one object.

    :param kind: what the object is, such as a model's label; objects of different kinds never share a hash
    :param fields: field name to value, see :func:`encode` for the values
    :returns: BLAKE2b-512 as 128 hexadecimal digits
    :raises TypeError: for a value that has no canonical form
    """
    return blake2b(encode([HASH_VERSION, kind, dict(fields)])).hexdigest()


def chunks_hash(chunks: Iterable[bytes]) -> str:
    """
    :param chunks: the bytes of a file, in pieces
    :returns: BLAKE2b-512 of their concatenation as 128 hexadecimal digits
    """
    digest = blake2b()
    for chunk in chunks:
        digest.update(chunk)
    return digest.hexdigest()


def encode(value: object) -> bytes:
    """
    The canonical bytes of a value.

    :param value: None, bool, int, float, str, bytes, UUID, date, or a list, tuple, set or mapping of those
    :returns: type tag, length in bytes, content
    :raises TypeError: for any other type
    """
    tag, content = _parts(value)
    return tag + str(len(content)).encode() + b':' + content


def _parts(value: object) -> tuple[bytes, bytes]:
    """
    :param value: see :func:`encode`
    :returns: type tag and content
    """
    # bool before int: True is an int to Python, but not to a user.
    match value:
        case None:
            return b'n', b''
        case bool():
            return b'b', b'1' if value else b'0'
        case int():
            return b'i', str(value).encode()
        case float():
            return b'f', repr(value).encode()
        case str():
            return b's', value.encode('utf-8', 'surrogatepass')
        case bytes():
            return b'y', value
        case UUID():
            return b'u', value.bytes
        case date():
            return b'd', value.isoformat().encode()
        case list() | tuple():
            return b'l', b''.join(encode(item) for item in value)
        case set() | frozenset():
            return b'e', b''.join(sorted(encode(item) for item in value))
        case Mapping():
            pairs = sorted((encode(key), encode(item)) for key, item in value.items())
            return b'm', b''.join(key + item for key, item in pairs)
    raise TypeError(f'{type(value).__name__} has no canonical form')
