"""Reads an electron density map in any of the conventions in which people bring them."""

import math
import os
import struct
import tempfile
import zlib
from dataclasses import dataclass, field
from pathlib import Path

import gemmi
import numpy as np
import numpy.typing as npt

from engines.errors import EngineError
from engines.notes import Note

Floats = npt.NDArray[np.float32]
Points = npt.NDArray[np.float64]

MOST_VOXELS = 60_000_000
"""Grid points of the largest map, 240 MB. The archive's maps of crystals are smaller."""
HEADER = 1024
_MODES = {0: 1, 1: 2, 2: 4, 6: 2}
"""Bytes of a grid point by the mode of the map: int8, int16, float32, uint16."""
_CELL_TOLERANCE = 0.01
"""Share by which the axes of map and model may differ, and in radians their angles."""
_TOP = 1.2
"""Density scores end here: what is higher supports an atom no better."""


@dataclass(frozen=True)
class Density:
    """
    A density map over the unit cell.

    :param grid: values over the whole cell; NaN where the file has none
    :param mean: of the whole map
    :param sigma: root mean square deviation from the mean
    :param resolution: Angstrom
    :param origin: what the file's coordinates are shifted by against the grid, Angstrom, shape (3,)
    :param periodic: whether the map repeats itself beyond its box, as that of a crystal does
    :param notes: what the user should know
    """

    grid: gemmi.FloatGrid
    mean: float
    sigma: float
    resolution: float
    origin: Points = field(default_factory=lambda: np.zeros(3))
    periodic: bool = True
    notes: list[Note] = field(default_factory=list)

    def values(self, points: Points) -> Floats:
        """
        The density, by tricubic interpolation; where the map ends, by linear one.

        :param points: Angstrom, shape (n, 3)
        :returns: shape (n,), in the map's own units; NaN where the map has no value
        """
        where = np.ascontiguousarray(points - self.origin) if self.origin.any() else points
        found: Floats = self.grid.interpolate_position_array(where, order=3)
        missing = np.flatnonzero(np.isnan(found))
        if missing.size:
            found[missing] = self.grid.interpolate_position_array(where[missing], order=1)
        if not self.periodic:
            fractions = where @ np.array(self.grid.unit_cell.frac.mat.tolist()).T
            last = 1 - 1 / np.array(self.grid.shape)
            found[~((fractions >= 0) & (fractions <= last)).all(1)] = np.nan
        return found

    def scores(self, points: Points) -> Floats:
        """
        Density scores: deviations from the mean in units of sigma, from 0 to 1.2.

        :param points: Angstrom, shape (n, 3)
        :returns: shape (n,); NaN where the map has no value
        """
        scaled: Floats = np.clip((self.values(points) - self.mean) / self.sigma, 0, _TOP).astype(np.float32)
        return scaled


def read_density(file: Path, structure: gemmi.Structure, resolution: float | None = None) -> Density:
    """
    Read a CCP4 or MRC map for a structure.

    :param file: the map, plain or gzipped, of either byte order
    :param structure: the model it belongs to
    :param resolution: Angstrom; by default that of the model's file
    :returns: the map
    :raises EngineError: ``map.unreadable``, ``map.too_large``, ``map.values``, ``map.flat``, ``map.wrong``
    """
    content = _read_map(file)
    return density_of(content, structure, resolution)


def density_of(content: gemmi.Ccp4Map, structure: gemmi.Structure, resolution: float | None) -> Density:
    """
    Lay a map out over its cell.

    :param content: as it stands in the file
    :param structure: the model it belongs to
    :param resolution: Angstrom, or None
    :returns: the map
    :raises EngineError: see :func:`read_density`
    """
    notes: list[Note] = []
    periodic = _is_periodic(content.grid, structure)
    origin = _origin(content)
    content.setup(math.nan)
    mean, sigma = _statistics(np.array(content.grid, copy=False))
    chosen = resolution or _resolution(structure, content.grid, notes)
    return Density(content.grid, mean, sigma, chosen, origin, periodic, notes)


def _statistics(values: Floats) -> tuple[float, float]:
    """
    Mean and deviation of a map.

    :param values: NaN where there is none
    :returns: both
    :raises EngineError: ``map.flat``
    """
    known = values[~np.isnan(values)]
    mean = float(known.mean(dtype=np.float64)) if known.size else 0.0
    sigma = float(np.sqrt(((known - np.float32(mean)) ** 2).mean(dtype=np.float64))) if known.size else 0.0
    if not math.isfinite(sigma) or sigma <= 0:
        raise EngineError('map.flat', 'The density map has the same value everywhere.', 'Send another map.')
    return mean, sigma


def _resolution(structure: gemmi.Structure, grid: gemmi.FloatGrid, notes: list[Note]) -> float:
    """
    The resolution where none was given.

    :param structure: its file may tell
    :param grid: else what its spacing allows for
    :param notes: gets a note if it is a guess
    :returns: Angstrom
    """
    if structure.resolution > 0:
        return float(structure.resolution)
    guess = 3 * float(max(grid.spacing))
    message = (
        f'No resolution was given and the model tells none: {guess:.1f} Å was taken, three times the grid spacing.'
    )
    notes.append(Note('map.resolution', '', message))
    return guess


def _is_periodic(grid: gemmi.FloatGrid, structure: gemmi.Structure) -> bool:
    """
    Whether a map is that of the model's crystal.

    :param grid: with the cell and the space group of the file
    :param structure: the model
    :returns: False for a box of its own, as of electron microscopy
    :raises EngineError: ``map.wrong`` if it is the map of another crystal
    """
    if structure.cell.is_crystal() and grid.unit_cell.is_similar(structure.cell, _CELL_TOLERANCE, 1.0):
        return True
    if grid.spacegroup is not None and grid.spacegroup.number > 1:
        cells = [' '.join(f'{x:.1f}' for x in cell.parameters) for cell in (grid.unit_cell, structure.cell)]
        raise EngineError(
            'map.wrong', f'The map is that of another crystal: its cell is {cells[0]}, the model has {cells[1]}.',
            'Send the map of this entry.',
        )  # fmt: skip
    return False


def _origin(content: gemmi.Ccp4Map) -> Points:
    """
    Where the first point of a map is, if the header says so in the way of electron microscopy.

    :param content: the map
    :returns: Angstrom, shape (3,)
    """
    starts = [content.header_i32(word) for word in (5, 6, 7)]
    origin = np.array([content.header_float(word) for word in (50, 51, 52)], np.float64)
    if any(starts) or not np.isfinite(origin).all() or (np.abs(origin) > 1e5).any():
        return np.zeros(3)
    return origin


def _read_map(file: Path) -> gemmi.Ccp4Map:
    """
    Read the file as it is.

    :param file: the map
    :returns: the map, not set up
    :raises EngineError: ``input.unreadable``, ``map.unreadable``, ``map.too_large`` or ``map.values``
    """
    with tempfile.TemporaryDirectory() as folder:
        head = _head(file)
        _check_header(head)
        # gemmi tells a packed file by its name.
        link = Path(folder) / ('map.ccp4.gz' if _is_packed(file) else 'map.ccp4')
        link.symlink_to(file.resolve())
        try:
            result = gemmi.read_ccp4_map(os.fspath(link))
        except (ValueError, RuntimeError, MemoryError) as error:
            raise _unreadable('The density map cannot be read; it may be cut off.') from error
    if not np.isfinite(np.array(result.grid, copy=False)).all():
        raise EngineError('map.values', 'The density map holds values that are no numbers.', 'Send another map.')
    return result


def _is_packed(file: Path) -> bool:
    """
    Whether a file is gzipped.

    :param file: any file
    :returns: True by its first two bytes
    """
    with file.open('rb') as stream:
        return stream.read(2) == b'\x1f\x8b'


def _head(file: Path) -> bytes:
    """
    The header of a map.

    :param file: plain or gzipped
    :returns: at most 1024 bytes
    :raises EngineError: ``input.unreadable`` or ``map.unreadable``
    """
    try:
        with file.open('rb') as stream:
            raw = stream.read(1 << 16)
    except OSError as error:
        raise EngineError('input.unreadable', f'The file {file.name} cannot be read.') from error
    if raw[:2] != b'\x1f\x8b':
        return raw[:HEADER]
    try:
        return zlib.decompressobj(wbits=31).decompress(raw, HEADER)
    except zlib.error as error:
        raise _unreadable('The gzip file of the density map is damaged.') from error


def _check_header(head: bytes) -> None:
    """
    Refuse what is no map, or one that would not fit into memory.

    :param head: the first 1024 bytes
    :raises EngineError: ``map.unreadable`` or ``map.too_large``
    """
    if len(head) < HEADER or head[208:212] != b'MAP ':
        raise _unreadable('The file is no CCP4 or MRC map.')
    for order in '<', '>':
        extent = struct.unpack_from(f'{order}3i', head, 0)
        (mode,) = struct.unpack_from(f'{order}i', head, 12)
        sampling = struct.unpack_from(f'{order}3i', head, 28)
        cell = struct.unpack_from(f'{order}6f', head, 40)
        axes = struct.unpack_from(f'{order}3i', head, 64)
        (symmetry,) = struct.unpack_from(f'{order}i', head, 92)
        sane = mode in _MODES and min(*extent, *sampling) > 0 and sorted(axes) == [1, 2, 3] and 0 <= symmetry <= 1 << 20
        if sane and all(math.isfinite(x) and x > 0 for x in cell):
            if max(math.prod(extent), math.prod(sampling)) > MOST_VOXELS:
                raise EngineError(
                    'map.too_large',
                    f'The density map has more than {MOST_VOXELS // 1_000_000} million points in its cell.',
                    'Send a map with a coarser grid, or a part of it as a cell of its own.',
                )
            return
    raise _unreadable('The header of the density map makes no sense.')


def _unreadable(message: str) -> EngineError:
    """
    The error for a map that cannot be read.

    :param message: what is wrong
    :returns: the error
    """
    return EngineError('map.unreadable', message, 'Send a density map in CCP4 or MRC form, plain or gzipped.')
