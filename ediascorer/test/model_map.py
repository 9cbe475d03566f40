"""A structure in a cell of its own and the map that it would give: every atom a round peak."""

import struct

import numpy as np
from numpy.typing import NDArray

#: Of the cell and of the voxels, in \u00c5; the width of a peak is that of a carbon at about 1.7 \u00c5.
CELL, STEP, WIDTH = 80.0, 0.5, 0.55
_REACH = 5
_ELECTRONS = {'C': 6, 'N': 7, 'O': 8, 'S': 16, 'CA': 20}


def in_own_cell(text: str) -> str:
    """
    :param text: a PDB file
    :returns: the same in a large cubic cell without symmetry
    """
    cell = f'CRYST1{CELL:9.3f}{CELL:9.3f}{CELL:9.3f}{90:7.2f}{90:7.2f}{90:7.2f} P 1           1'
    return '\n'.join(cell if line.startswith('CRYST1') else line for line in text.splitlines()) + '\n'


def model_map(text: str, without: str = '') -> bytes:
    """
    :param text: a PDB file of :func:`in_own_cell`
    :param without: name of a residue that leaves no density
    :returns: its map as CCP4, cut around it
    """
    lines = [line for line in text.splitlines() if line.startswith(('ATOM', 'HETATM')) and line[17:20] != without]
    positions = np.array([[float(line[start : start + 8]) for start in (30, 38, 46)] for line in lines])
    weights = np.array([_ELECTRONS[line[76:78].strip()] * float(line[54:60]) for line in lines])
    first = np.floor(positions.min(0) / STEP).astype(int) - 2 * _REACH
    shape = np.ceil(positions.max(0) / STEP).astype(int) + 2 * _REACH - first
    grid = np.zeros(shape, '<f4')
    for position, weight in zip(positions / STEP - first, weights, strict=True):
        _add(grid, position, weight)
    return _header(first, shape) + grid.tobytes('F')


def _add(grid: NDArray[np.float32], position: NDArray[np.float64], weight: float) -> None:
    """
    :param grid: of the map, changed in place, shape (x, y, z)
    :param position: of an atom, in voxels
    :param weight: its electrons
    """
    near = np.round(position).astype(int)
    axes = [
        np.exp(-(((np.arange(n - _REACH, n + _REACH + 1) - p) * STEP / WIDTH) ** 2))
        for n, p in zip(near, position, strict=True)
    ]
    box = tuple(slice(n - _REACH, n + _REACH + 1) for n in near)
    grid[box] += weight * axes[0][:, None, None] * axes[1][None, :, None] * axes[2][None, None, :]


def _header(first: NDArray[np.int_], shape: NDArray[np.int_]) -> bytes:
    """
    :param first: index of the first voxel along x, y and z
    :param shape: how many voxels there are
    :returns: the header of a map of this part of the cell
    """
    header = bytearray(1024)
    struct.pack_into('<10i', header, 0, *shape, 2, *first, *[round(CELL / STEP)] * 3)
    struct.pack_into('<6f', header, 40, CELL, CELL, CELL, 90, 90, 90)
    struct.pack_into('<3i', header, 64, 1, 2, 3)
    struct.pack_into('<i', header, 88, 1)
    header[208:216] = b'MAP \x44\x44\x00\x00'
    return bytes(header)
