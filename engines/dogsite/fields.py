"""
The points of the grid that may belong to a pocket, with what decides about them.

The grid is worked through in tiles that overlap as far as the fields reach, so memory does not grow with the protein.
"""

import itertools
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from engines.dogsite.burial import burial
from engines.dogsite.grid import (
    Bools,
    Coordinates,
    Floats,
    Grid,
    Indices,
    ball,
    blur,
    density,
    shifted,
    surface_distance,
)

PROBE = 1.4
"""Radius of the probe, a water, Angstrom: a place that it cannot reach is no part of a pocket."""
RAY = 8.0
"""Length of the rays that measure burial, Angstrom (8 in LIGSITE's successors; the reach of a ligand's atoms)."""
NARROW, WIDE = 1.5, 3.0
"""Standard deviations of both Gaussians, Angstrom. The response is highest in a void of the size of a methyl to phenyl
group (radius 2.2 times the narrow one); the ratio of 2 is the widest that still tells neighbouring voids apart."""
CROWDED = 0.12
"""Density, smoothed by the wide Gaussian, below which a point is taken as solvent without casting rays: on a flat
surface, one wide standard deviation above it, it is 0.16."""
MOUTH = 0.5
"""Burial of the outermost point of a pocket: that of a point on a flat surface."""
LIGAND_REACH = 1.8
"""Distance from a heavy atom of the ligand, Angstrom, within which points are the ligand's."""

_TILE = 128
"""Most points along an edge of a tile, halo not counted."""
_HALO = 3 * WIDE + 1.0


@dataclass(frozen=True)
class Cloud:
    """
    Points outside of the protein that a probe can cover and that are buried at least like a flat surface.

    :param grid: the whole grid
    :param points: their flat indices, rising
    :param distance: from the van der Waals surface, Angstrom, at most :data:`PROBE` + 0.1
    :param response: of the difference of Gaussians: wide less narrow, positive where protein surrounds a void
    :param buried: share of rays that meet the protein
    :param ligand: index of the ligand that a point is near to, or -1
    """

    grid: Grid
    points: Indices
    distance: Floats
    response: Floats
    buried: Floats
    ligand: Indices


def cloud(grid: Grid, positions: Coordinates, radii: Coordinates, ligands: list[Coordinates]) -> Cloud:
    """
    Find the points that pockets are made of.

    :param grid: the grid; it need not be larger than the pockets, since the tiles overlap beyond it, too
    :param positions: heavy atoms of the protein, shape (n, 3), Angstrom
    :param radii: van der Waals radii, shape (n,), Angstrom
    :param ligands: heavy atoms of the ligands that bias the search, each of shape (m, 3), Angstrom
    :returns: the points
    """
    parts = [_tile(grid, start, stop, positions, radii, ligands) for start, stop in _tiles(grid)]
    found = [part for part in parts if part is not None]
    if not found:
        nothing, none = np.empty(0, np.float32), np.empty(0, np.intp)
        return Cloud(grid, none, nothing, nothing, nothing, none)
    points = np.concatenate([part.points for part in found])
    order = np.argsort(points)

    def joined(name: str) -> np.ndarray:
        """One field of all tiles."""
        values: np.ndarray = np.concatenate([getattr(part, name) for part in found])[order]
        return values

    fields = {name: joined(name) for name in ('distance', 'response', 'buried', 'ligand')}
    return Cloud(grid, points[order], **fields)


def _tiles(grid: Grid) -> Iterator[tuple[Indices, Indices]]:
    """
    Cut the grid.

    :param grid: the grid
    :returns: first index and index after the last one of each tile, without halo
    """
    edges = [-(-n // -(-n // _TILE)) for n in grid.shape]
    for start in itertools.product(*(range(0, n, edge) for n, edge in zip(grid.shape, edges, strict=True))):
        low = np.array(start, np.intp)
        yield low, np.minimum(low + edges, grid.shape)


def _tile(
    grid: Grid, start: Indices, stop: Indices, positions: Coordinates, radii: Coordinates, ligands: list[Coordinates]
) -> Cloud | None:
    """
    The points of one tile.

    :param grid: the whole grid
    :param start: first index of the tile
    :param stop: index after the last one
    :param positions: heavy atoms
    :param radii: their radii
    :param ligands: heavy atoms of the ligands
    :returns: its points with indices of the whole grid, or None if there is none
    """
    halo = int(np.ceil(_HALO / grid.spacing))
    x, y, z = (int(n) for n in stop - start + 2 * halo)
    local = Grid(grid.points(start - halo), grid.spacing, (x, y, z))
    low, high = local.origin - 5, local.origin + local.spacing * np.array(local.shape) + 5
    near = ((positions > low) & (positions < high)).all(1)
    if not near.any():
        return None
    distance = surface_distance(local, positions[near], radii[near], PROBE + 0.1)
    rho = density(distance, grid.spacing)
    wide = blur(rho, WIDE, grid.spacing)
    owner = _near_ligands(local, ligands)
    reached = opened((distance >= PROBE) & (wide >= CROWDED), grid.spacing)
    wanted = ((distance >= 0) & reached) | ((owner >= 0) & (distance >= 0))
    inner = tuple(slice(halo, n - halo) for n in local.shape)
    keep = np.zeros(local.shape, np.bool_)
    keep[inner] = wanted[inner]
    points = np.flatnonzero(keep)
    if not points.size:
        return None
    response = wide - blur(rho, NARROW, grid.spacing)
    share = burial(local, distance < 0, points, RAY)
    mine = owner.reshape(-1)[points]
    use = (share >= MOUTH) | (mine >= 0)
    points, share, mine = points[use], share[use], mine[use]
    indices = np.stack(np.unravel_index(points, local.shape), 1) + start - halo
    flat = np.asarray(np.ravel_multi_index(tuple(indices.T), grid.shape), np.intp)
    return Cloud(grid, flat, distance.reshape(-1)[points], response.reshape(-1)[points], share, mine)


def opened(centres: Bools, spacing: float) -> Bools:
    """
    Points that a probe covers. Half a spacing is added for the voxel of each point.

    :param centres: where the centre of the probe may be
    :param spacing: Angstrom
    :returns: points within the probe's radius of them
    """
    result = centres.copy()
    for step in ball(PROBE + spacing / 2, spacing)[1:]:
        here, there = shifted(centres, step)
        result[here] |= centres[there]
    return result


def _near_ligands(grid: Grid, ligands: list[Coordinates]) -> Indices:
    """
    Which ligand the points are near to.

    :param grid: the grid
    :param ligands: heavy atoms of each
    :returns: index of the ligand or -1, in the shape of the grid
    """
    owner = np.full(grid.shape, -1, np.intp)
    for number, atoms in enumerate(ligands):
        touched = surface_distance(grid, atoms, np.full(len(atoms), LIGAND_REACH), 0.1)
        owner[touched <= 0] = number
    return owner
