"""Writes the table of descriptors, and of each row the residues (EDF) and the grid (CCP4)."""

import csv
import io
import os
from pathlib import Path

import gemmi
import numpy as np

from engines.dogsite.columns import COLUMNS
from engines.dogsite.describe import Row, Value
from engines.dogsite.detect import Found
from engines.dogsite.grid import Floats, Grid, Indices, ball
from engines.structure.bonding import ResidueKey


def table(rows: list[Row]) -> str:
    """
    The table.

    :param rows: its rows
    :returns: tab-separated text with a header
    """
    stream = io.StringIO()
    writer = csv.writer(stream, delimiter='\t', lineterminator='\n', quoting=csv.QUOTE_NONE, escapechar='\\')
    writer.writerow([column.name for column in COLUMNS])
    writer.writerows([_cell(row.values[column.name]) for column in COLUMNS] for row in rows)
    return stream.getvalue()


def _cell(value: Value) -> str:
    """
    A value as text.

    :param value: number or text
    :returns: decimals for what is not a count
    """
    return f'{value:.3f}' if isinstance(value, float) else str(value)


def edf(protein: Path, residues: list[ResidueKey]) -> str:
    """
    A site as an exchange file.

    :param protein: structure file that the residues are those of
    :param residues: of the site
    :returns: text with a line for each
    """
    lines = [f'REFERENCE {protein}']
    for chain, number, icode, name in residues:
        lines.append(f'RESIDUE {name} {chain or "_"} {number} {icode}'.rstrip())
    return '\n'.join(lines) + '\n'


def write_grid(path: Path, found: Found, points: Indices) -> None:
    """
    Write a pocket as a CCP4 map in the frame of the file: positive inside, 0 outside. Its points are multiples of the
    spacing, and as many of them are positive as the pocket has points, so both give the same volume.

    :param path: of the map
    :param found: what the pocket belongs to
    :param points: of the pocket, flat indices
    """
    grid = found.grid
    indices = found.indices(points)
    places = grid.points(indices) @ found.frame + found.centre
    box = Grid.around(places, grid.spacing, 2 * grid.spacing)
    values = _in_file_frame(found, indices, box)
    density = gemmi.FloatGrid(values)
    a, b, c = (grid.spacing * n for n in box.shape)
    density.set_unit_cell(gemmi.UnitCell(a, b, c, 90, 90, 90))
    density.spacegroup = gemmi.SpaceGroup('P1')
    result = gemmi.Ccp4Map()
    result.grid = density
    result.update_ccp4_header(2, True)
    for word, start in enumerate(np.rint(box.origin / grid.spacing), 5):
        result.set_header_i32(word, int(start))
    result.write_ccp4_map(os.fspath(path))


def _in_file_frame(found: Found, indices: Indices, box: Grid) -> Floats:
    """
    Carry a pocket over to another grid: each point gets its share of the pocket by trilinear interpolation, and those
    with the highest shares are kept.

    :param found: what the pocket belongs to
    :param indices: of its points, shape (n, 3)
    :param box: the other grid
    :returns: shares, in the shape of the box
    """
    low = indices.min(0) - 3
    mask = np.zeros(indices.max(0) - low + 4, np.float32)
    mask[tuple((indices - low).T)] = 1
    places = box.points(np.argwhere(np.ones(box.shape, np.bool_)))
    where = (found.to_own(places) - found.grid.origin) / found.grid.spacing - low
    base = np.floor(where).astype(np.intp)
    part = where - base
    share = np.zeros(len(places), np.float32)
    for corner in ball(1.8, 1.0):
        if (corner >= 0).all():
            weight = np.where(corner, part, 1 - part).prod(1)
            target = base + corner
            valid = ((target >= 0) & (target < mask.shape)).all(1)
            share[valid] += (weight[valid] * mask[tuple(target[valid].T)]).astype(np.float32)
    keep = np.argsort(-share, kind='stable')[: len(indices)]
    values = np.zeros(len(places), np.float32)
    values[keep] = np.maximum(share[keep], np.float32(1e-3))
    return values.reshape(box.shape)
