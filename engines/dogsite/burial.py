"""How deep points are buried: the share of directions in which the protein is met (compare LIGSITE, PocketPicker)."""

import numpy as np

from engines.dogsite.grid import Bools, Coordinates, Floats, Grid, Indices

DIRECTIONS = 60
"""Rays from each point, in opposite pairs."""


def directions(number: int) -> Coordinates:
    """
    Unit vectors spread evenly over the sphere in opposite pairs: a golden spiral over one half.

    :param number: how many, even
    :returns: shape (number, 3)
    """
    half = number // 2
    z = (np.arange(half) + 0.5) / half
    angle = np.arange(half) * np.pi * (3 - np.sqrt(5))
    flat = np.sqrt(1 - z * z)
    up = np.stack([flat * np.cos(angle), flat * np.sin(angle), z], 1)
    return np.concatenate([up, -up])


def burial(grid: Grid, inside: Bools, points: Indices, reach: float, number: int = DIRECTIONS) -> Floats:
    """
    Share of rays from each point that meet the protein within a distance.

    :param grid: the grid
    :param inside: points inside of atoms
    :param points: flat indices of the points that are asked for
    :param reach: length of the rays, Angstrom
    :param number: of rays
    :returns: 0 to 1, one value a point
    """
    shape = np.array(grid.shape)
    pad = int(np.ceil(reach / grid.spacing)) + 1
    padded = np.zeros(shape + 2 * pad, np.bool_)
    padded[pad:-pad, pad:-pad, pad:-pad] = inside
    flat = padded.reshape(-1)
    strides = np.array([padded.shape[1] * padded.shape[2], padded.shape[2], 1])
    where = (np.stack(np.unravel_index(points, grid.shape), 1) + pad) @ strides
    hits = np.zeros(len(points), np.int32)
    for direction in directions(number):
        ray = np.rint(np.outer(np.arange(1, int(reach / grid.spacing) + 1), direction)).astype(np.intp)
        steps = np.unique(ray @ strides)
        open_ = np.arange(len(points))
        for step in steps[np.argsort(np.abs(steps), kind='stable')]:
            met = flat[where[open_] + step]
            open_ = open_[~met]
        hits += 1
        hits[open_] -= 1
    return (hits / np.float32(number)).astype(np.float32)
