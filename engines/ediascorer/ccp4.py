"""
Reads CCP4 and MRC maps, after a look at what their headers promise.

Cheng A. et al. (2015) MRC2014: extensions to the MRC format header for electron cryo-microscopy and tomography,
J. Struct. Biol. 192:146-150.
"""

import math
import os
import struct
import tempfile
import zlib
from pathlib import Path
from typing import NamedTuple

import gemmi
import numpy as np
import numpy.typing as npt

from engines.errors import EngineError

MOST_VOXELS = 60_000_000
"""Grid points of the largest map, 240 MB; it is held twice for a moment."""
HEADER = 1024
_LONGEST_SYMMETRY = 1 << 20
_MODES = {0: 1, 1: 2, 2: 4, 6: 2}
"""Bytes of a grid point by the mode of the map: int8, int16, float32, uint16."""
_GZIP = b'\x1f\x8b'

Array = npt.NDArray[np.float64]


class Box(NamedTuple):
    """Where the first and the last point of a map are, in fractions of its cell, each of shape (3,)."""

    low: Array
    high: Array


def unpacked_head(file: Path) -> bytes:
    """
    The first bytes of a file.

    :param file: plain or gzipped
    :returns: at most 1024 bytes
    :raises EngineError: ``input.unreadable`` or ``map.unreadable``
    """
    try:
        with file.open('rb') as stream:
            raw = stream.read(1 << 16)
    except OSError as error:
        raise EngineError('input.unreadable', f'The file {file.name} cannot be read.') from error
    if raw[:2] != _GZIP:
        return raw[:HEADER]
    try:
        return zlib.decompressobj(wbits=31).decompress(raw, HEADER)
    except zlib.error as error:
        raise unreadable('The gzip file of the density map is damaged.') from error


def is_map(head: bytes) -> bool:
    """
    Whether a file calls itself a map.

    :param head: its first bytes
    :returns: True for CCP4 and MRC
    """
    return head[208:212] == b'MAP '


def read_map(file: Path, head: bytes) -> gemmi.Ccp4Map:
    """
    Read a map as it stands in its file.

    :param file: the map, plain or gzipped, of either byte order
    :param head: its header
    :returns: the map, not set up
    :raises EngineError: ``map.unreadable``, ``map.too_large`` or ``map.values``
    """
    extent = _check_header(head)
    with file.open('rb') as stream:
        packed = stream.read(2) == _GZIP
    with tempfile.TemporaryDirectory() as folder:
        # gemmi tells a packed file by its name.
        link = Path(folder, 'map.ccp4.gz' if packed else 'map.ccp4')
        link.symlink_to(file.resolve())
        try:
            result = gemmi.read_ccp4_map(os.fspath(link))
        except (ValueError, RuntimeError, OSError, MemoryError) as error:
            raise unreadable('The density map cannot be read; it may be cut off.') from error
    if tuple(result.header_i32(word) for word in (1, 2, 3)) != extent:
        raise unreadable('The density map does not keep to the byte order that its header names.')
    if result.has_skew_transformation() and not result.get_skew_transformation().approx(gemmi.Transform(), 1e-5):
        raise unreadable('The density map is turned against its cell by a skew matrix.')
    group = result.grid.spacegroup
    if group is not None and not result.grid.unit_cell.is_compatible_with_spacegroup(group):
        raise unreadable('The cell of the density map does not fit its space group.')
    if not np.isfinite(np.array(result.grid, copy=False)).all():
        raise EngineError('map.values', 'The density map holds values that are no numbers.', 'Send another map.')
    return result


def box_of(content: gemmi.Ccp4Map) -> Box:
    """
    The part of the cell that a map covers.

    :param content: not yet set up
    :returns: its first and last point
    """
    order = [content.header_i32(word) - 1 for word in (17, 18, 19)]
    number, start = np.empty(3), np.empty(3)
    number[order] = [content.header_i32(word) for word in (1, 2, 3)]
    start[order] = [content.header_i32(word) for word in (5, 6, 7)]
    sampling = np.array([content.header_i32(word) for word in (8, 9, 10)], np.float64)
    return Box(start / sampling, (start + number - 1) / sampling)


def origin_of(content: gemmi.Ccp4Map) -> Array:
    """
    Where the first point of a map is, if the header says so in the way of electron microscopy (words 50 to 52), which
    has no meaning for crystals with symmetry.

    :param content: not yet set up
    :returns: Angstrom, shape (3,)
    """
    starts = any(content.header_i32(word) for word in (5, 6, 7))
    origin = np.array([content.header_float(word) for word in (50, 51, 52)], np.float64)
    symmetric = content.grid.spacegroup is not None and content.grid.spacegroup.number > 1
    if starts or symmetric or not np.isfinite(origin).all() or (np.abs(origin) > 1e5).any():
        return np.zeros(3)
    return origin


def _check_header(head: bytes) -> tuple[int, int, int]:
    """
    Refuse what is no map, or one that would not fit into memory.

    :param head: the header
    :returns: numbers of columns, rows and sections
    :raises EngineError: ``map.unreadable`` or ``map.too_large``
    """
    if len(head) < HEADER or not is_map(head):
        raise unreadable('The file is no CCP4 or MRC map.')
    for order in '<', '>':
        columns, rows, sections, mode = struct.unpack_from(f'{order}4i', head, 0)
        extent = columns, rows, sections
        sampling = struct.unpack_from(f'{order}3i', head, 28)
        cell = struct.unpack_from(f'{order}6f', head, 40)
        axes = struct.unpack_from(f'{order}3i', head, 64)
        (symmetry,) = struct.unpack_from(f'{order}i', head, 92)
        sane = mode in _MODES and min(*extent, *sampling) > 0 and 0 <= symmetry <= _LONGEST_SYMMETRY
        if sane and sorted(axes) == [1, 2, 3] and all(math.isfinite(x) and x > 0 for x in cell):
            if max(math.prod(extent), math.prod(sampling)) > MOST_VOXELS:
                raise EngineError(
                    'map.too_large', f'The map has more than {MOST_VOXELS // 1_000_000} million points in its cell.',
                    'Send a map with a coarser grid, or a part of it as a cell of its own.',
                )  # fmt: skip
            return extent
    raise unreadable('The header of the density map makes no sense.')


def unreadable(message: str) -> EngineError:
    """
    The error for a map that cannot be read.

    :param message: what is wrong
    :returns: the error
    """
    return EngineError('map.unreadable', message, 'Send a density map in CCP4 or MRC form, plain or gzipped.')
