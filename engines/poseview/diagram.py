"""
What a diagram is made of: structures with their atoms in the plane, and lines between them.

All lengths are bond lengths of the drawing; x points right and y up.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from enum import StrEnum

import numpy as np

from engines.interactions.interaction import Interaction
from engines.poseview.geometry import to_edge
from engines.protoss.placement import Array


class Shape(StrEnum):
    """
    How a structure is drawn: a formula, a single atom, the name alone in a frame where lines end, the name alone beside
    a spline.
    """

    FORMULA = 'formula'
    CIRCLE = 'circle'
    NAME = 'name'
    CONTACT = 'contact'


@dataclass(frozen=True)
class Atom:
    """
    An atom of a structure formula.

    :param index: in the complex
    :param name: such as ``OD1``
    :param element: symbol
    :param charge: formal charge
    :param hydrogens: number of hydrogens
    """

    index: int
    name: str
    element: str
    charge: int
    hydrogens: int


@dataclass(frozen=True)
class Line:
    """
    A bond of a structure formula.

    :param first: number of an atom, that at the tip of a wedge
    :param second: number of another atom
    :param order: 1, 2 or 3
    :param stereo: ``up``, ``down`` or empty
    """

    first: int
    second: int
    order: int
    stereo: str = ''


@dataclass
class Structure:
    """
    A molecule, a part of a residue, a water, a metal, or the name of a residue alone.

    :param label: its name, such as ``Asp25 A``
    :param shape: how it is drawn
    :param atoms: its atoms; a circle has one, a contact none, a name those that lines end at
    :param bonds: between the atoms
    :param rings: atoms of each ring
    :param points: where the atoms are, shape (n, 2), all in one place in a name; of a contact its only point
    :param label_at: middle of the label, shape (2,)
    """

    label: str
    shape: Shape
    atoms: list[Atom]
    bonds: list[Line]
    rings: list[tuple[int, ...]]
    points: Array
    label_at: Array = field(default_factory=lambda: np.zeros(2))

    def middle(self, atoms: tuple[int, ...]) -> Array:
        """
        :param atoms: atoms of the complex
        :returns: the middle of those that the structure has; of all its points if it has none
        """
        wanted = set(atoms)
        own = [i for i, atom in enumerate(self.atoms) if atom.index in wanted]
        place: Array = (self.points[own] if own else self.points).mean(0)
        return place


@dataclass(frozen=True)
class Link:
    """
    A line of the diagram.

    :param interaction: what it shows
    :param ends: numbers of two structures
    :param atoms: atoms of the complex at either end, whose middle is meant
    :param distance: Angstrom, written beside it; None if it has none
    :param at: share of the line at which its distance is written; None where there is no room for it
    """

    interaction: Interaction
    ends: tuple[int, int]
    atoms: tuple[tuple[int, ...], tuple[int, ...]]
    distance: float | None
    at: float | None = 0.5


@dataclass
class Diagram:
    """
    A diagram.

    :param title: its title
    :param structures: the ligand first
    :param links: lines between them
    :param depictions: the ligand drawn in other ways, made one by one when they are asked for
    """

    title: str
    structures: list[Structure]
    links: list[Link]
    depictions: Iterable[Structure] = ()

    def ends(self, link: Link) -> tuple[Array, Array]:
        """
        :param link: a line
        :returns: where it begins and ends; at the frame of a name
        """
        middles = [self.structures[s].middle(a) for s, a in zip(link.ends, link.atoms, strict=True)]
        first, second = (
            to_edge(own, self.structures[s].label, other) if self.structures[s].shape is Shape.NAME else own
            for s, own, other in zip(link.ends, middles, middles[::-1], strict=True)
        )
        return first, second
