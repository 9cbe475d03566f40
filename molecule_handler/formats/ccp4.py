"""
The header of a density map in CCP4/MRC form.

Cheng A. et al. (2015) MRC2014: extensions to the MRC format header for electron cryo-microscopy and
tomography. J. Struct. Biol. 192:146-150, doi:10.1016/j.jsb.2015.04.002.
"""

import math
import struct

from proteins_plus.errors import InputError

HEADER_BYTES = 1024
#: Bytes of a grid point by the mode of the map: int8, int16, float32, uint16.
_POINT_BYTES = {0: 1, 1: 2, 2: 4, 6: 2}
#: Grid points along one axis; the largest cells have some thousand.
_MAX_AXIS = 20_000


def map_bytes(header: bytes, field: str | None = None) -> int:
    """
    :param header: the first 1024 bytes of a file
    :param field: the request field it came in, for the error
    :returns: the size the whole file must have, in bytes, as its header says
    :raises InputError: ``map.unreadable`` if this is no header of a CCP4 map
    """
    if len(header) < HEADER_BYTES or header[208:212] != b'MAP ':
        raise unreadable('The file is not a CCP4 map.', field)
    for order in '<', '>':
        size = _announced(header, order)
        if size:
            return size
    raise unreadable('The header of the CCP4 map makes no sense.', field)


def check_map_size(header: bytes, size: int, field: str | None = None) -> None:
    """
    :param header: the first 1024 bytes of a file
    :param size: the size of the file in bytes
    :param field: the request field it came in, for the error
    :raises InputError: ``map.unreadable`` if the header announces another size
    """
    announced = map_bytes(header, field)
    if announced != size:
        raise unreadable(f'The CCP4 map has {size} bytes, but its header announces {announced}.', field)


def _announced(header: bytes, order: str) -> int:
    """
    :param header: 1024 bytes
    :param order: byte order, ``'<'`` or ``'>'``
    :returns: the size of the file in bytes; 0 if the header makes no sense in this byte order
    """
    columns, rows, sections, mode = struct.unpack_from(f'{order}4i', header, 0)
    cell = struct.unpack_from(f'{order}6f', header, 40)
    axes = struct.unpack_from(f'{order}3i', header, 64)
    (symmetry_bytes,) = struct.unpack_from(f'{order}i', header, 92)
    sane = (
        mode in _POINT_BYTES
        and all(0 < extent <= _MAX_AXIS for extent in (columns, rows, sections))
        and all(math.isfinite(value) and value > 0 for value in cell)
        and sorted(axes) == [1, 2, 3]
        and 0 <= symmetry_bytes <= 2**20
    )
    return HEADER_BYTES + symmetry_bytes + columns * rows * sections * _POINT_BYTES[mode] if sane else 0


def unreadable(message: str, field: str | None) -> InputError:
    """
    :param message: what is wrong
    :param field: the request field
    :returns: the error for a map that cannot be read
    """
    return InputError(message, 'map.unreadable', 'Give a density map in CCP4 or MRC form.', field)
