"""Shape of a pocket: surface, opening, depth and main axes."""

from typing import NamedTuple

import numpy as np

from engines.dogsite.detect import Found
from engines.dogsite.fields import PROBE, opened
from engines.dogsite.grid import Bools, Coordinates, Grid, Indices, ball, shifted, surface_distance

_WEIGHTS = {1: 0.04577789, 2: 0.03698062, 3: 0.03519563}
"""Share of the sphere around each of the 26 directions between neighbours, by the number of axes that a direction
leaves (Legland et al. 2007, Image Anal. Stereol. 26:83)."""


class Shape(NamedTuple):
    """
    The shape of a pocket.

    :param surface: square Angstrom
    :param lid: faces of voxels towards the solvent
    :param hull: faces of voxels towards the protein
    :param depth: Angstrom
    :param axes: full lengths of the half axes a >= b >= c of the ellipsoid with the same moments, Angstrom
    """

    surface: float
    lid: int
    hull: int
    depth: float
    axes: tuple[float, float, float]


def shape_of(found: Found, points: Indices, others: Indices, positions: Coordinates, radii: Coordinates) -> Shape:
    """
    Measure a pocket.

    :param found: what it belongs to
    :param points: of the pocket, flat indices
    :param others: points of all pockets: a face towards one of them is neither lid nor hull
    :param positions: atoms of the protein in the own frame, Angstrom, shape (n, 3)
    :param radii: of the atoms, Angstrom
    :returns: its shape
    """
    indices = found.indices(points)
    local, low = _box(found.grid, indices)
    mask = np.zeros(local.shape, np.bool_)
    mask[tuple((indices - low).T)] = True
    taken = np.zeros(local.shape, np.bool_)
    near = found.indices(others) - low
    near = near[((near >= 0) & (near < local.shape)).all(1)]
    taken[tuple(near.T)] = True
    distance = surface_distance(local, positions, radii, PROBE + 0.1)
    solvent = (distance >= 0) & opened(distance >= PROBE, local.spacing) & ~taken & ~mask
    lid, hull, open_points = _faces(mask, solvent, taken)
    places = local.points(np.argwhere(mask))
    depth = _depth(places, local.points(open_points), local.spacing)
    return Shape(_surface(mask, local.spacing), lid, hull, depth, _axes(places, local.spacing))


def _box(grid: Grid, indices: Indices) -> tuple[Grid, Indices]:
    """
    A small grid around some points.

    :param grid: the grid of the points
    :param indices: of the points, shape (n, 3)
    :returns: the small grid and the index of its first point
    """
    pad = int(np.ceil((PROBE + 0.5) / grid.spacing)) + 2
    low = indices.min(0) - pad
    x, y, z = (int(n) for n in indices.max(0) + pad - low + 1)
    return Grid(grid.points(low), grid.spacing, (x, y, z)), low


def _faces(mask: Bools, solvent: Bools, taken: Bools) -> tuple[int, int, Indices]:
    """
    Count the faces of a pocket.

    :param mask: the pocket
    :param solvent: points that a probe can reach outside of it
    :param taken: points of all pockets
    :returns: faces towards the solvent, faces towards the protein, and the points that have a face of the first kind
    """
    lid = hull = 0
    opening = np.zeros(mask.shape, np.bool_)
    for step in ball(1.0, 1.0)[1:]:
        here, there = shifted(mask, step)
        face = mask[here] & solvent[there]
        opening[here] |= face
        lid += int(face.sum())
        hull += int((mask[here] & ~mask[there] & ~solvent[there] & ~taken[there]).sum())
    return lid, hull, np.argwhere(opening)


def _surface(mask: Bools, spacing: float) -> float:
    """
    Surface area by the formula of Cauchy and Crofton: lines in 13 directions are cut through the pocket and the points
    where they enter and leave it are counted, so the steps of the voxels do not count as surface.

    :param mask: the pocket, with empty points around it
    :param spacing: Angstrom
    :returns: square Angstrom
    """
    area = 0.0
    for step in ball(1.8, 1.0)[1:]:
        here, there = shifted(mask, step)
        leaves = int((mask[here] & ~mask[there]).sum())
        area += 4 * leaves * spacing**2 / float(np.sqrt((step**2).sum())) * _WEIGHTS[int((step**2).sum())]
    return area


def _depth(places: Coordinates, lid: Coordinates, spacing: float) -> float:
    """
    How far the bottom of a pocket is from the solvent; of a closed cavity its longest diameter.

    :param places: points of the pocket, Angstrom
    :param lid: those next to the solvent, Angstrom
    :param spacing: Angstrom; half of it lies between the outermost points and the surface, at the bottom and the lid
    :returns: Angstrom
    """
    if len(lid) == 0:
        end = places[((places - places.mean(0)) ** 2).sum(1).argmax()]
        other = places[((places - end) ** 2).sum(1).argmax()]
        return float(np.sqrt(((places - other) ** 2).sum(1).max()))
    return float(np.sqrt(nearest_squares(places, lid).max())) + spacing


def nearest_squares(places: Coordinates, others: Coordinates, block: int = 512) -> Coordinates:
    """
    Squared distance of each point from the nearest of some others.

    :param places: shape (n, 3), Angstrom
    :param others: shape (m, 3), Angstrom, at least one
    :param block: points that are compared at a time
    :returns: square Angstrom, shape (n,)
    """
    parts = [
        np.maximum(((part**2).sum(1)[:, None] + (others**2).sum(1) - 2 * part @ others.T).min(1), 0)
        for part in (places[i : i + block] for i in range(0, len(places), block))
    ]
    return np.concatenate(parts)


def _axes(places: Coordinates, spacing: float) -> tuple[float, float, float]:
    """
    Half axes of the ellipsoid with the same second moments as the pocket.

    :param places: its points, Angstrom
    :param spacing: Angstrom; a voxel has moments of its own
    :returns: a >= b >= c, Angstrom
    """
    relative = places - places.mean(0)
    moments = np.linalg.eigvalsh(relative.T @ relative / len(places) + np.eye(3) * spacing**2 / 12)
    c, b, a = (float(x) for x in np.sqrt(5 * moments))
    return a, b, c
