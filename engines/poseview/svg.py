"""Writes a diagram as SVG: shapes and text only, no script, no style sheet, no reference to anything outside."""

from collections.abc import Iterator, Sequence
from html import escape
from math import ceil

import numpy as np

from engines.interactions.interaction import Kind
from engines.notes import counted
from engines.poseview.diagram import Atom, Diagram, Line, Link, Shape, Structure
from engines.poseview.geometry import HEIGHT, half_width, label_points, spline_points
from engines.poseview.lettering import lettered, safe
from engines.poseview.themes import Theme, style
from engines.protoss.placement import Array

BOND = 34.0
"""Pixels of one bond length."""
_MARGIN, _LEGEND_ROW, _FONT, _SMALL = 26.0, 18.0, 13.0, 11.0
_NARROWEST = 360.0
"""Pixels; two columns of the legend find room."""
_DOUBLE = 0.16
"""Bond lengths between the lines of a double bond."""
_AROUND, _THICK = 0.3, 9.0
"""How far around it a pointer is on a structure, in bond lengths, and how broad a line is for it, in pixels."""


class Svg:
    """
    One diagram as SVG.

    :param diagram: laid out
    :param theme: its colours
    :param places: where each structure is, as :func:`~engines.poseview.places.places` tells it; then a page can point
        to what is drawn
    """

    def __init__(self, diagram: Diagram, theme: Theme, places: Sequence[str] = ()) -> None:
        self.diagram, self.theme, self.places = diagram, theme, places
        corners = np.concatenate([
            *(s.points for s in diagram.structures),
            *(label_points(s.label_at, s.label) for s in diagram.structures),
        ])  # fmt: skip
        self._low, self._high = corners.min(0) - 0.6, corners.max(0) + 0.6
        self._kinds = [kind for kind in Kind if any(x.interaction.kind is kind for x in diagram.links)]

    def text(self) -> str:
        """
        :returns: the document
        """
        size = (self._high - self._low) * BOND + 2 * _MARGIN
        width = ceil(max(float(size[0]), _NARROWEST))
        head = 28.0 if self.diagram.title else 0.0
        legend = _LEGEND_ROW * ((len(self._kinds) + 1) // 2) + (10.0 if self._kinds else 0.0)
        height = ceil(float(size[1]) + head + legend)
        self._shift = np.array((_MARGIN + (width - float(size[0])) / 2, _MARGIN + head))
        body = [*self._links(), *(row for i in range(len(self.diagram.structures)) for row in self._structure(i))]
        title = self.diagram.title or f'Interactions of {self.diagram.structures[0].label}'
        lines = [
            f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}" '
            f'viewBox="0 0 {width} {height}" role="img" aria-labelledby="title desc" '
            'font-family="Helvetica, Arial, sans-serif">',
            f'<title id="title">{safe(title)}</title>',
            f'<desc id="desc">{safe(self.description())}</desc>',
            f'<rect width="100%" height="100%" fill="{self.theme.background}"/>',
        ]
        if self.diagram.title:
            lines.append(self._text(self.diagram.title, width / 2, 24.0, 16.0, self.theme.ink))
        lines += [*body, *self._legend(width, float(size[1]) + head), '</svg>']
        return '\n'.join(lines) + '\n'

    def description(self) -> str:
        """
        :returns: what the diagram shows, for those who do not see it
        """
        parts = []
        for kind in self._kinds:
            own = [x for x in self.diagram.links if x.interaction.kind is kind]
            names = sorted({self.diagram.structures[x.ends[1]].label for x in own})
            parts.append(f'{counted(len(own), "line")} for {style(self.theme, kind).name.lower()}: {", ".join(names)}')
        return '. '.join(parts) + '.' if parts else 'No interactions were found.'

    def _at(self, point: Array) -> tuple[float, float]:
        """
        :param point: in bond lengths
        :returns: in pixels; y points down
        """
        x = (float(point[0]) - float(self._low[0])) * BOND + float(self._shift[0])
        return x, (float(self._high[1]) - float(point[1])) * BOND + float(self._shift[1])

    def _line(self, first: Array, second: Array, colour: str, width: float, dashes: str = '') -> str:
        """
        :param first: one end
        :param second: the other end
        :param colour: of the line
        :param width: pixels
        :param dashes: pixels
        :returns: the element
        """
        (x1, y1), (x2, y2) = self._at(first), self._at(second)
        broken = f' stroke-dasharray="{dashes}"' if dashes else ''
        return (
            f'<line x1="{x1:.1f}" y1="{y1:.1f}" x2="{x2:.1f}" y2="{y2:.1f}" stroke="{colour}" '
            f'stroke-width="{width}" stroke-linecap="butt"{broken}/>'
        )

    def _text(self, text: str, x: float, y: float, size: float, colour: str, anchor: str = 'middle') -> str:
        """
        :param text: what is written
        :param x: pixels
        :param y: pixels, baseline
        :param size: of the letters, pixels
        :param colour: of the letters
        :param anchor: which part of it is at x
        :returns: the element
        """
        where = f'x="{x:.1f}" y="{y:.1f}" font-size="{size:.0f}" text-anchor="{anchor}"'
        ground, inside = self.theme.background, lettered(text, size)
        # The halo is a text of its own: not every program knows the attribute that would paint it first.
        halo = f'<text {where} fill="{ground}" stroke="{ground}" stroke-width="3" aria-hidden="true">{inside}</text>'
        return f'{halo}<text {where} fill="{colour}">{inside}</text>'

    def _links(self) -> Iterator[str]:
        """
        :returns: iterator over the elements of all lines
        """
        for link in self.diagram.links:
            look = style(self.theme, link.interaction.kind)
            first, second = self.diagram.ends(link)
            yield f'<g{self._pointer(link.ends)}><title>{safe(self._told(link))}</title>'
            if link.interaction.kind is Kind.HYDROPHOBIC:
                (x1, y1), (x2, y2), (x3, y3) = (self._at(p) for p in spline_points(second, first))
                yield (
                    f'<path d="M{x1:.1f} {y1:.1f} Q{x2:.1f} {y2:.1f} {x3:.1f} {y3:.1f}" fill="none" '
                    f'stroke="{look.colour}" stroke-width="2.5" stroke-linecap="round"/>'
                )
            else:
                yield self._line(first, second, look.colour, 1.6, look.dashes)
                if self.places:
                    yield self._line(first, second, 'none', _THICK).replace('/>', ' pointer-events="stroke"/>')
                yield from self._ends(link, (first, second), look.colour)
                if link.distance is not None and link.at is not None:
                    x, y = self._at(first + link.at * (second - first))
                    yield self._text(f'{link.distance:.1f}', x, y + 4.0, _SMALL, look.colour)
            yield '</g>'

    def _ends(self, link: Link, ends: tuple[Array, Array], colour: str) -> Iterator[str]:
        """
        :param link: a line
        :param ends: where it ends
        :param colour: of it
        :returns: iterator over dots in the middle of rings
        """
        for atoms, point in zip(link.atoms, ends, strict=True):
            if len(atoms) > 1:
                x, y = self._at(point)
                yield f'<circle cx="{x:.1f}" cy="{y:.1f}" r="3.5" fill="{colour}"/>'

    def _told(self, link: Link) -> str:
        """
        :param link: a line
        :returns: what it shows, in words
        """
        names = [self.diagram.structures[s].label for s in link.ends]
        distance = link.interaction.distance if link.distance is None else link.distance
        return f'{style(self.theme, link.interaction.kind).name}: {names[0]} and {names[1]}, {distance:.2f} \u00c5'

    def _pointer(self, structures: Sequence[int]) -> str:
        """
        :param structures: numbers of structures
        :returns: the attribute that says where they are; the ligand counts only where it is alone
        """
        if not self.places:
            return ''
        partners = [self.places[number] for number in structures if number or len(structures) == 1]
        return f' data-places="{escape(",".join(dict.fromkeys(partners)))}"'

    def _structure(self, index: int) -> Iterator[str]:
        """
        :param index: number of a structure
        :returns: iterator over its elements
        """
        structure = self.diagram.structures[index]
        yield f'<g class="structure"{self._pointer([index])}><title>{safe(structure.label)}</title>'
        yield from self._area(structure)
        for bond in structure.bonds:
            yield from self._bond(structure, bond)
        for number, atom in enumerate(structure.atoms if structure.shape is not Shape.NAME else ()):
            yield from self._atom(structure, number, atom)
        x, y = self._at(structure.label_at)
        if structure.shape is Shape.NAME:
            yield self._frame(structure, x, y)
        contact = structure.shape is Shape.CONTACT
        colour = self.theme.interactions[Kind.HYDROPHOBIC] if contact else self.theme.ink
        yield self._text(structure.label, x, y + _FONT / 3, _FONT, colour)
        yield '</g>'

    def _area(self, structure: Structure) -> Iterator[str]:
        """
        :param structure: a structure
        :returns: iterator over what is not seen: between the lines of a formula a pointer is on it, too
        """
        if self.places and structure.bonds:
            (x1, y2), (x2, y1) = (
                self._at(structure.points.min(0) - _AROUND),
                self._at(structure.points.max(0) + _AROUND),
            )
            where = f'x="{x1:.1f}" y="{y1:.1f}" width="{x2 - x1:.1f}" height="{y2 - y1:.1f}"'
            yield f'<rect {where} fill="none" pointer-events="all"/>'

    def _frame(self, structure: Structure, x: float, y: float) -> str:
        """
        :param structure: shown as a name
        :param x: middle of the name, pixels
        :param y: the same
        :returns: the frame around it, at which lines end
        """
        width, height = (2 * half_width(structure.label) + 0.2) * BOND, (HEIGHT + 0.1) * BOND
        return (
            f'<rect x="{x - width / 2:.1f}" y="{y - height / 2:.1f}" width="{width:.1f}" height="{height:.1f}" '
            f'rx="{height / 2:.1f}" fill="{self.theme.background}" stroke="{self.theme.ink}" stroke-width="1"/>'
        )

    def _bond(self, structure: Structure, bond: Line) -> Iterator[str]:
        """
        :param structure: a structure
        :param bond: one of its bonds
        :returns: iterator over its elements
        """
        first, second = structure.points[bond.first], structure.points[bond.second]
        along = second - first
        across = np.array((-along[1], along[0])) / max(float(np.linalg.norm(along)), 1e-6)
        if bond.stereo == 'up':
            corners = [self._at(p) for p in (first, second + 0.1 * across, second - 0.1 * across)]
            points = ' '.join(f'{x:.1f},{y:.1f}' for x, y in corners)
            yield f'<polygon points="{points}" fill="{self.theme.ink}"/>'
        elif bond.stereo == 'down':
            for share in np.linspace(0.15, 0.95, 6):
                middle, half = first + share * along, 0.1 * share * across
                yield self._line(middle - half, middle + half, self.theme.ink, 1.4)
        elif bond.order == 2:
            yield self._line(first, second, self.theme.ink, 1.6)
            side = self._inside(structure, bond, across) * _DOUBLE * across
            yield self._line(first + side + 0.12 * along, second + side - 0.12 * along, self.theme.ink, 1.6)
        else:
            shifts = (-_DOUBLE, 0.0, _DOUBLE) if bond.order > 2 else (0.0,)
            for shift in shifts:
                yield self._line(first + shift * across, second + shift * across, self.theme.ink, 1.6)

    @staticmethod
    def _inside(structure: Structure, bond: Line, across: Array) -> float:
        """
        :param structure: a structure
        :param bond: a double bond
        :param across: unit vector across it
        :returns: 1 or -1: the side on which the second line is drawn, that of the smallest ring
        """
        rings = [ring for ring in structure.rings if bond.first in ring and bond.second in ring]
        if not rings:
            return 1.0
        size = min(len(ring) for ring in rings)
        middle = structure.points[list(next(ring for ring in rings if len(ring) == size))].mean(0)
        return 1.0 if float((middle - structure.points[bond.first]) @ across) > 0 else -1.0

    def _atom(self, structure: Structure, number: int, atom: Atom) -> Iterator[str]:
        """
        :param structure: a structure
        :param number: of an atom
        :param atom: the atom
        :returns: iterator over its elements; none for plain carbon
        """
        if atom.element == 'C' and not atom.charge and len(structure.atoms) > 1:
            return
        x, y = self._at(structure.points[number])
        colour = self.theme.elements.get(atom.element, self.theme.ink)
        near = [
            structure.points[b.second if b.first == number else b.first] - structure.points[number]
            for b in structure.bonds
            if number in (b.first, b.second)
        ]
        count = len(structure.atoms[number].element)
        yield f'<circle cx="{x:.1f}" cy="{y:.1f}" r="{6.5 + 2.5 * count:.1f}" fill="{self.theme.background}"/>'
        to_left = bool(near) and float(np.sum(near, axis=0)[0]) > 0.3
        hydrogens = _hydrogens(atom.hydrogens)
        charge = _charge(atom.charge)
        text = f'{hydrogens}{atom.element}{charge}' if to_left else f'{atom.element}{hydrogens}{charge}'
        # The element itself stays in the place of the atom, whatever is written beside it.
        anchor, shift = ('end', 0.35) if to_left else ('start', -0.35)
        offset = shift * _FONT * count + (0.35 * _FONT * len(charge) if to_left else 0.0)
        yield self._text(text, x + offset, y + _FONT / 3, _FONT, colour, anchor)

    def _legend(self, width: float, top: float) -> Iterator[str]:
        """
        :param width: of the document, pixels
        :param top: pixels
        :returns: iterator over the elements of the legend
        """
        column = (width - 2 * _MARGIN) / 2
        for i, kind in enumerate(self._kinds):
            look = style(self.theme, kind)
            x, y = _MARGIN + column * (i % 2), top + _LEGEND_ROW * (i // 2)
            broken = f' stroke-dasharray="{look.dashes}"' if look.dashes else ''
            yield (
                f'<line x1="{x:.1f}" y1="{y:.1f}" x2="{x + 30:.1f}" y2="{y:.1f}" stroke="{look.colour}" '
                f'stroke-width="2"{broken}/>'
            )
            yield self._text(look.name, x + 36, y + 4, _SMALL, self.theme.ink, 'start')


def _hydrogens(number: int) -> str:
    """
    :param number: of hydrogens
    :returns: them as a label
    """
    return ('', 'H')[number] if number < 2 else 'H' + '\u2080\u2081\u2082\u2083\u2084'[number]


def _charge(charge: int) -> str:
    """
    :param charge: formal charge
    :returns: it as a label
    """
    size = (
        '' if abs(charge) < 2 else '\u2070\u00b9\u00b2\u00b3\u2074\u2075\u2076\u2077\u2078\u2079'[min(abs(charge), 9)]
    )
    return size + ('', '\u207a', '\u207b')[(charge > 0) - (charge < 0)] if charge else ''
