"""Plane geometry of diagrams: what crosses, what labels and splines cover. All lengths are bond lengths."""

import numpy as np
import numpy.typing as npt

from engines.protoss.placement import Array

Floats = npt.NDArray[np.float64]
Mask = npt.NDArray[np.bool_]
CHARACTER, HEIGHT = 0.25, 0.5
"""Width of a character of a label, and height of a label."""
LABEL = 0.45
"""Radius of what a piece of a label needs for itself."""
SPLINE_GAP = 0.65
"""From a label to the spline that stands for a contact."""
_NOISE = 1e-9
TRIMMED = 0.06
"""Share of a line at either end where it may touch something, such as the bonds of the atom that it ends at."""


def crossing(starts: Array, ends: Array, segments: Array, trimmed: float = TRIMMED) -> Mask:
    """
    Which lines cross which segments; to touch at an end does not count.

    :param starts: shape (..., 2)
    :param ends: shape (..., 2)
    :param segments: shape (s, 2, 2), or (..., s, 2, 2) where each has its own
    :param trimmed: share of the lines at either end where they may touch something
    :returns: shape (..., s)
    """
    trim = trimmed * (ends - starts)
    a, b = (starts + trim)[..., None, :], (ends - trim)[..., None, :]
    c, d = segments[..., 0, :], segments[..., 1, :]
    return (_side(a, b, c) * _side(a, b, d) < -_NOISE) & (_side(c, d, a) * _side(c, d, b) < -_NOISE)


def _side(first: Array, second: Array, point: Array) -> Floats:
    """
    :param first: a point of a line
    :param second: another one
    :param point: some point
    :returns: on which side of the line it is, by its sign
    """
    along, to = second - first, point - first
    side: Floats = along[..., 0] * to[..., 1] - along[..., 1] * to[..., 0]
    return side


def turned(shape: Array, angles: Floats, base: float, sides: Floats) -> Array:
    """
    :param shape: points, shape (n, 2)
    :param angles: radians to which the direction of the shape is turned, shape (c,)
    :param base: radians, its direction now
    :param sides: 1, or -1 for the mirror image, shape (c,)
    :returns: shape (c, n, 2)
    """
    x = shape[:, 0] * np.cos(base) + shape[:, 1] * np.sin(base)
    y = shape[:, 1] * np.cos(base) - shape[:, 0] * np.sin(base)
    y = y[None, :] * sides[:, None]
    cos, sin = np.cos(angles)[:, None], np.sin(angles)[:, None]
    return np.stack((x * cos - y * sin, x * sin + y * cos), -1)


def half_width(label: str) -> float:
    """
    :param label: a text
    :returns: half of its width
    """
    return len(label) * CHARACTER / 2


def label_points(middles: Array, label: str) -> Array:
    """
    Points that stand for a label.

    :param middles: its middle, shape (..., 2)
    :param label: the text
    :returns: shape (..., k, 2)
    """
    half = max(0.0, half_width(label) - LABEL)
    offsets = np.linspace(-half, half, 2 + round(half / LABEL))
    return middles[..., None, :] + np.stack((offsets, np.zeros_like(offsets)), -1)


def label_bar(middles: Array, label: str) -> Array:
    """
    The middle line of a label, which nothing should cross.

    :param middles: its middle, shape (..., 2)
    :param label: the text
    :returns: shape (..., 1, 2, 2)
    """
    half = np.array((half_width(label), 0.0))
    return np.stack((middles - half, middles + half), -2)[..., None, :, :]


def spline_points(label_at: Array, target: Array) -> Array:
    """
    The spline of a contact: a bow between its label and the ligand.

    :param label_at: middle of the label, shape (..., 2)
    :param target: what it touches, shape (..., 2)
    :returns: begin, control and end of a quadratic curve, shape (..., 3, 2)
    """
    away = label_at - target
    away = away / np.maximum(np.linalg.norm(away, axis=-1, keepdims=True), 1e-6)
    across = np.stack((-away[..., 1], away[..., 0]), -1)
    # A label is wider than high: beside the ligand the bow keeps off its width.
    gap = SPLINE_GAP + 0.5 * np.abs(away[..., :1])
    middle = label_at - away * gap
    return np.stack((middle + across - away * 0.3, middle + away * 0.3, middle - across - away * 0.3), -2)


def spline_strokes(label_at: Array, target: Array) -> Array:
    """
    The spline of a contact as two straight strokes.

    :param label_at: middle of the label, shape (..., 2)
    :param target: what it touches, shape (..., 2)
    :returns: shape (..., 2, 2, 2)
    """
    curve = spline_points(label_at, target)
    first, control, last = curve[..., 0, :], curve[..., 1, :], curve[..., 2, :]
    top = (first + 2 * control + last) / 4
    return np.stack((np.stack((first, top), -2), np.stack((top, last), -2)), -3)


def to_edge(middle: Array, label: str, towards: Array) -> Array:
    """
    Where a line to the middle of a label meets the edge of its box.

    :param middle: of the label, shape (2,)
    :param label: the text
    :param towards: where the line comes from, shape (2,)
    :returns: shape (2,); the middle itself if the line begins within the box
    """
    half = np.array((half_width(label) + 0.15, HEIGHT / 2 + 0.1))
    away = towards - middle
    with np.errstate(divide='ignore'):
        share = float((half / np.maximum(np.abs(away), 1e-9)).min())
    return middle + away * share if share < 1.0 else middle
