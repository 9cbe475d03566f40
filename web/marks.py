"""Lines and points that scenes draw beside a structure: distances, interactions, places."""

from collections.abc import Iterable
from typing import TypeAlias

from molviewspec import ComponentExpression
from molviewspec.builder import Primitives, Structure

#: Seen on a white and on a black canvas.
LINE = '#2f86c8'

#: x, y and z in Å.
Point: TypeAlias = tuple[float, float, float]
#: An atom of a structure, or a point in space.
End: TypeAlias = ComponentExpression | Point


def distances(
    drawn: Structure, pairs: Iterable[tuple[End, End]], line: str = LINE, label: str = '{{distance}}'
) -> Primitives:
    """
    :param drawn: the structure whose atoms are meant
    :param pairs: both ends of each
    :param line: colour of the dashes
    :param label: written beside them
    :returns: the dashed lines
    """
    lines = drawn.primitives(color=line, label_color=line)
    for start, end in pairs:
        lines.distance(start=start, end=end, radius=0.06, dash_length=0.15, label_template=label, label_size=0.6)
    return lines


def dashes(
    drawn: Structure,
    ends: tuple[Point, Point],
    shade: str,
    text: str,
    places: str,
    label: str = '',
    radius: float = 0.06,
) -> Primitives:
    """
    :param drawn: the structure beside which the line is
    :param ends: of the line, Å
    :param shade: its colour
    :param text: what it means, told when the pointer is on it
    :param places: of the residues that light up with it, as pages name them
    :param label: written beside it
    :param radius: Å
    :returns: a dashed line
    """
    line = drawn.primitives(color=shade, label_color=shade, tooltip=text, custom={'places': places})
    line.tube(start=ends[0], end=ends[1], radius=radius, dash_length=0.15)
    if label:
        middle = [(first + second) / 2 for first, second in zip(*ends, strict=True)]
        line.label(position=(middle[0], middle[1], middle[2]), text=label, label_size=0.9, label_offset=0.3)
    return line


def rods(drawn: Structure, pairs: Iterable[tuple[End, End]], shade: str) -> Primitives:
    """
    :param drawn: the structure whose atoms are meant
    :param pairs: both ends of each
    :param shade: their colour
    :returns: thin rods without a label
    """
    lines = drawn.primitives(color=shade)
    for start, end in pairs:
        lines.tube(start=start, end=end, radius=0.04)
    return lines


def points(drawn: Structure, places: Iterable[Point], shade: str, label: str) -> Primitives:
    """
    :param drawn: the structure beside which they are
    :param places: Å
    :param shade: their colour
    :param label: written beside each
    :returns: small balls
    """
    balls = drawn.primitives(color=shade, label_color=shade)
    for place in places:
        balls.sphere(center=place, radius=0.25).label(position=place, text=label, label_size=0.6, label_offset=0.5)
    return balls
