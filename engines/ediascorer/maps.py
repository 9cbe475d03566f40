"""The density that a model is compared with, whatever the convention of its file."""

import math
import os
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

import gemmi
import numpy as np
import numpy.typing as npt

from engines.ediascorer import ccp4, reflections
from engines.errors import EngineError
from engines.notes import Note

Floats = npt.NDArray[np.float32]
Points = npt.NDArray[np.float64]

TOP = 1.2
"""Density scores end here: what is higher supports an atom no better."""


@dataclass(frozen=True)
class Density:
    """
    A density map over the unit cell.

    :param grid: values over the whole cell; NaN where the file has none
    :param mean: of the whole map
    :param sigma: root mean square deviation from the mean
    :param resolution: Angstrom
    :param origin: what the coordinates of the model are shifted by against the grid, Angstrom, shape (3,)
    :param box: the only part of space that has values; None for the map of a crystal, which repeats itself
    :param computed: whether it comes from reflections
    :param notes: what the user should know
    """

    grid: gemmi.FloatGrid
    mean: float
    sigma: float
    resolution: float
    origin: Points = field(default_factory=lambda: np.zeros(3))
    box: ccp4.Box | None = None
    computed: bool = False
    notes: Sequence[Note] = ()

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
        if self.box is not None:
            fractions = where @ np.array(self.grid.unit_cell.frac.mat.tolist()).T
            found[~((fractions >= self.box.low) & (fractions <= self.box.high)).all(1)] = np.nan
        return found

    def scores(self, points: Points) -> Floats:
        """
        Density scores: deviations from the mean in units of sigma, from 0 to 1.2.

        :param points: Angstrom, shape (n, 3)
        :returns: shape (n,); NaN where the map has no value
        """
        scaled: Floats = np.clip((self.values(points) - self.mean) / self.sigma, 0, TOP).astype(np.float32)
        return scaled

    def write(self, file: Path) -> None:
        """
        Write the map over the whole cell.

        :param file: CCP4 file to write
        """
        content = gemmi.Ccp4Map()
        content.grid = self.grid
        content.update_ccp4_header(2, True)
        content.write_ccp4_map(os.fspath(file))


def read_density(file: Path, structure: gemmi.Structure, resolution: float | None = None) -> Density:
    """
    Read the density of a structure: a CCP4 or MRC map with any order of axes, origin, grid and scale, of the unit cell,
    the asymmetric unit or a part of it; or reflections as MTZ or structure-factor mmCIF.

    :param file: plain or gzipped
    :param structure: the model it belongs to; gets cell and space group of the crystal if it has none
    :param resolution: Angstrom; by default that of the reflections, else that of the model's file
    :returns: the map
    :raises EngineError: if it cannot be used: ``map.*``, ``reflections.*``, ``input.*``
    """
    head = ccp4.unpacked_head(file)
    if ccp4.is_map(head):
        return _of_map(ccp4.read_map(file, head), structure, resolution)
    if not reflections.is_reflections(head):
        raise EngineError(
            'map.unreadable', 'The density is neither a map nor reflections.',
            'Send a map in CCP4 or MRC form, an MTZ or a structure-factor mmCIF file.',
        )  # fmt: skip
    found = reflections.map_of(file, head, structure, ccp4.MOST_VOXELS)
    mean, sigma = _statistics(found.grid)
    return Density(found.grid, mean, sigma, resolution or found.resolution, computed=True, notes=found.notes)


def _of_map(content: gemmi.Ccp4Map, structure: gemmi.Structure, resolution: float | None) -> Density:
    """
    Lay a map out over its cell.

    :param content: as it stands in the file
    :param structure: the model it belongs to
    :param resolution: Angstrom, or None
    :returns: the map
    :raises EngineError: ``map.wrong``, ``map.flat`` or ``map.unreadable``
    """
    notes: list[Note] = []
    origin, box = ccp4.origin_of(content), _box(content, structure, notes)
    try:
        content.setup(math.nan)
    except (ValueError, RuntimeError) as error:
        raise ccp4.unreadable('The grid of the density map does not fit its cell and space group.') from error
    grid = content.grid
    mean, sigma = _statistics(grid)
    if box is not None:
        message = (
            'The map has another cell than the model; it was taken as a box around it, as in electron microscopy. '
            'EDIA is made for 2mFo-DFc maps of crystals.'
        )
        notes.append(Note('map.box', '', message))
    else:
        notes += _crystal_notes(grid, structure)
    chosen = resolution or _resolution(structure, grid, notes)
    return Density(grid, mean, sigma, chosen, origin, box, notes=notes)


def _box(content: gemmi.Ccp4Map, structure: gemmi.Structure, notes: list[Note]) -> ccp4.Box | None:
    """
    The part of space that a map covers if it is not that of the model's crystal.

    :param content: not yet set up
    :param structure: the model
    :param notes: gets notes
    :returns: None for the map of the crystal
    :raises EngineError: ``map.wrong`` if it is the map of another crystal
    """
    cell, group = content.grid.unit_cell, content.grid.spacegroup
    symmetric = group is not None and group.number > 1
    if symmetric or reflections.same_cell(cell, structure.cell):
        reflections.settle_cell(cell, group, structure, notes)
        return None
    return ccp4.box_of(content)


def _statistics(grid: gemmi.FloatGrid) -> tuple[float, float]:
    """
    Mean and deviation of a map.

    :param grid: NaN where there is no value
    :returns: both
    :raises EngineError: ``map.flat``
    """
    values = np.array(grid, copy=False)
    known = values[~np.isnan(values)]
    mean = float(known.mean(dtype=np.float64)) if known.size else 0.0
    sigma = float(np.sqrt(((known - np.float32(mean)) ** 2).mean(dtype=np.float64))) if known.size else 0.0
    if not math.isfinite(sigma) or sigma <= 1e-6 * abs(mean):
        raise EngineError('map.flat', 'The density map has the same value everywhere.', 'Send another map.')
    return mean, sigma


def _crystal_notes(grid: gemmi.FloatGrid, structure: gemmi.Structure) -> list[Note]:
    """
    What is odd about the map of a crystal.

    :param grid: the map over the cell
    :param structure: the model
    :returns: notes
    """
    notes = []
    known = float(1 - np.isnan(np.array(grid, copy=False)).mean())
    if known < 0.999:
        message = f'The map covers {100 * known:.0f} % of the cell; its mean and sigma are those of this part.'
        notes.append(Note('map.partial', '', message))
    own = structure.find_spacegroup()
    if grid.spacegroup is not None and own is not None and grid.spacegroup.number not in (1, own.number):
        message = f'The map has the space group {grid.spacegroup.hm}, the model {own.hm}.'
        notes.append(Note('map.space_group', '', message))
    return notes


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
