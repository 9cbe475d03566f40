"""
How well the density calculated from a model agrees with its map, residue by residue.

RSR: Jones, Zou, Cowan, Kjeldgaard (1991) Acta Cryst. A47:110; RSCC: the correlation over the same points.
"""

import math
from dataclasses import dataclass

import gemmi
import numpy as np

from engines.ediascorer.atoms import Atoms
from engines.ediascorer.maps import Density
from engines.ediascorer.scoring import Close, Floats, ball, batches, relative_squares
from engines.structure.neighbours import Array, Indices

_RATE, _CUTOFF = 1.25, 1e-4
"""Grid points for half of the shortest wave length while atoms are put on the grid, and the density at which they end:
the map is the same to a few parts in 10^8 as with the usual 1.5 and 1e-5, in half the time."""
_SAMPLING = 3.0
"""Grid points of the calculated map for the shortest wave length."""
_SPACING = 1 / 3.5
"""Of the points that are compared, in radii."""


@dataclass(frozen=True)
class Fit:
    """
    Agreement of map and model.

    :param rscc: real-space correlation coefficient by residue; NaN where there is none
    :param rsr: real-space R value by residue; NaN where there is none
    :param overall: correlation over all residues
    """

    rscc: dict[int, float]
    rsr: dict[int, float]
    overall: float


def calculated(structure: gemmi.Structure, density: Density) -> Density:
    """
    The density of a model, cut off at the resolution of a map.

    :param structure: its first model counts
    :param density: the map
    :returns: the calculated map, in a cell of its own box if the map is no crystal's
    """
    model, space = structure[0], structure
    if density.box is not None:
        space = structure.clone()
        space.cell, space.spacegroup_hm = density.grid.unit_cell, 'P 1'
        model = space[0]
        shift = gemmi.Transform()
        shift.vec.fromlist((-density.origin).tolist())
        model.transform_pos_and_adp(shift)
    calculator = gemmi.DensityCalculatorX()
    calculator.d_min, calculator.rate, calculator.cutoff = density.resolution, _RATE, _CUTOFF
    calculator.set_grid_cell_and_spacegroup(space)
    # Atoms with B factors near 0 are sharper than the grid; they are blurred on it, and sharpened again behind it.
    calculator.set_refmac_compatible_blur(model)
    calculator.put_model_density_on_grid(model)
    waves = gemmi.transform_map_to_f_phi(calculator.grid).prepare_asu_data(
        dmin=density.resolution, unblur=calculator.blur
    )
    grid = waves.transform_f_phi_to_map(sample_rate=_SAMPLING)
    values = np.array(grid, copy=False)
    return Density(grid, float(values.mean()), float(values.std()), density.resolution, density.origin, density.box)


def fit_of(atoms: Atoms, density: Density, model: Density) -> Fit:
    """
    Compare a map with that of its model within the spheres of the atoms; a point in several spheres of a residue counts
    once. The calculated map is brought to the scale of the other by one line for the whole structure.

    :param atoms: heavy atoms of the model
    :param density: the map
    :param model: the map calculated from the model
    :returns: the agreement
    """
    if not model.sigma:
        return Fit({}, {}, math.nan)
    observed, expected, owners = _samples(atoms, density, model)
    if len(owners) < 3:
        return Fit({}, {}, math.nan)
    slope, overall = _line(expected, observed)
    scaled = slope * (expected - expected.mean()) + observed.mean()
    number = int(owners.max()) + 1
    count = np.bincount(owners, minlength=number)
    there = np.flatnonzero(count > 2)

    def mean(values: Array) -> Array:
        """:returns: of each residue"""
        total: Array = np.bincount(owners, values, number)[there] / count[there]
        return total

    a, b = mean(observed), mean(expected)
    spread = np.sqrt((mean(observed**2) - a**2) * (mean(expected**2) - b**2))
    with np.errstate(divide='ignore', invalid='ignore'):
        rscc = (mean(observed * expected) - a * b) / spread
        rsr = mean(np.abs(observed - scaled)) / mean(np.abs(observed + scaled))
    groups = there.tolist()
    return Fit(dict(zip(groups, rscc.tolist(), strict=True)), dict(zip(groups, rsr.tolist(), strict=True)), overall)


def _line(x: Array, y: Array) -> tuple[float, float]:
    """
    The line through points.

    :param x: abscissae
    :param y: ordinates
    :returns: its slope, and the correlation
    """
    xx, yy, xy = x.var(), y.var(), ((x - x.mean()) * (y - y.mean())).mean()
    return float(xy / xx), float(xy / np.sqrt(xx * yy))


def _samples(atoms: Atoms, density: Density, model: Density) -> tuple[Array, Array, Indices]:
    """
    Both maps within the spheres of the atoms.

    :param atoms: the atoms
    :param density: the map
    :param model: the calculated map
    :returns: deviations from the mean in units of sigma in both, and the residue of each point
    """
    groups = np.array(atoms.groups)
    pairs = atoms.neighbours
    close = Close(atoms, 1, 1)
    close.keep &= (pairs.second < len(atoms)) & (groups[pairs.first] == groups[atoms.origins[pairs.second]])
    points = ball(_SPACING, 0, 1).astype(np.float32)
    found: list[tuple[Floats, Floats, Indices]] = []
    for batch in batches(close, len(points)):
        where, others = close.around(batch)
        # A point belongs to the nearest atom of the residue; of two equally near ones to both.
        rows, columns = np.nonzero(relative_squares(where, 0 * others, points).min(1, initial=1) >= 0)
        places = atoms.positions[batch[rows]] + atoms.radii[batch[rows], None] * points[columns]
        values = density.values(places), model.values(places), groups[batch[rows]]
        known = ~np.isnan(values[0]) & ~np.isnan(values[1])
        found.append((values[0][known], values[1][known], values[2][known]))
    observed, expected, owners = (np.concatenate(column) for column in zip(*found, strict=True))
    return (observed - density.mean) / density.sigma, (expected - model.mean) / model.sigma, owners
