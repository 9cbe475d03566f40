"""What lies around some atoms: atoms of the complex and of its symmetry copies, as one flat list."""

from collections.abc import Iterable

import numpy as np

from engines.interactions.assembly import Assembly, Indices, Mask
from engines.protoss.placement import Array
from engines.structure.neighbours import SymmetryCopy, near_pairs, symmetry_copies

REACH = 9.0
"""Angstrom around the atoms in question: two hydrogen bonds by a water, and the residues that they belong to."""
_SAME_PLACE = 0.5
"""Angstrom below which an atom of a copy is the atom itself, on a symmetry axis."""


class Surroundings:
    """
    Atoms near to a focus.

    ``atoms`` (indices in the complex), ``images`` (number of the symmetry copy, 0 for the original) and ``points``
    (Angstrom, shape (n, 3)) hold one entry a spot; a spot is one atom of one copy. ``owners`` are the residues that
    appear in any copy.

    :param assembly: the complex
    :param focus: atoms in question
    :param symmetry: whether symmetry copies count
    """

    def __init__(self, assembly: Assembly, focus: Iterable[int], *, symmetry: bool) -> None:
        self.assembly = assembly
        self.focus = frozenset(focus)
        self._copies: list[SymmetryCopy] = []
        centre = assembly.positions[sorted(self.focus)]
        if symmetry:
            self._copies = symmetry_copies(assembly.source.structure, assembly.system.positions, REACH)
        owner = np.array(assembly.system.owner, np.intp)
        parts: list[tuple[Indices, Array]] = []
        for image in range(len(self._copies) + 1):
            parts.append(self._part(image, centre, owner))
        self.atoms: Indices = np.concatenate([atoms for atoms, _ in parts])
        self.images: Indices = np.concatenate([np.full(len(atoms), i, np.intp) for i, (atoms, _) in enumerate(parts)])
        self.points: Array = np.concatenate([points for _, points in parts])
        self.owners = sorted({int(o) for o in owner[self.atoms]})
        self.in_focus: Mask = (self.images == 0) & np.isin(self.atoms, sorted(self.focus))
        places = zip(self.images.tolist(), self.atoms.tolist(), strict=True)
        self.spot: dict[tuple[int, int], int] = {place: i for i, place in enumerate(places)}

    def _part(self, image: int, centre: Array, owner: Indices) -> tuple[Indices, Array]:
        """
        The residues of one copy that come near.

        :param image: number of the copy
        :param centre: positions of the focus
        :param owner: residue of each atom
        :returns: their shown atoms, and where these are
        """
        shown = np.flatnonzero(self.assembly.shown)
        points = self.moved(image, self.assembly.positions[shown])
        near, _ = near_pairs(points, centre, REACH)
        whole = np.isin(owner[shown], owner[shown[np.unique(near)]])
        atoms, points = shown[whole], points[whole]
        if image:
            same, _ = near_pairs(points, self.assembly.positions[shown], _SAME_PLACE)
            apart = np.ones(len(atoms), np.bool_)
            apart[same] = False
            atoms, points = atoms[apart], points[apart]
        return atoms, points

    def moved(self, image: int, points: Array) -> Array:
        """
        Points of the original as they are in a copy.

        :param image: number of the copy, 0 for the original
        :param points: Angstrom, shape (n, 3)
        :returns: the same shape
        """
        return self._copies[image - 1].apply(points) if image else points

    def turned(self, image: int, direction: Array) -> Array:
        """
        A direction of the original as it is in a copy.

        :param image: number of the copy
        :param direction: shape (3,)
        :returns: the same shape
        """
        return self._copies[image - 1].rotation @ direction if image else direction

    def hydrogens(self, spot: int) -> Array:
        """
        :param spot: a spot
        :returns: the hydrogens of its atom, Angstrom, shape (k, 3)
        """
        return self.moved(int(self.images[spot]), self.assembly.hydrogens[int(self.atoms[spot])])

    def element(self, spot: int) -> str:
        """
        :param spot: a spot
        :returns: its element in capitals
        """
        return self.assembly.system.elements[int(self.atoms[spot])]

    def neighbours(self, spot: int) -> list[int]:
        """
        :param spot: a spot
        :returns: spots of the atoms that it is bonded to
        """
        image = int(self.images[spot])
        near = self.assembly.neighbours(int(self.atoms[spot]))
        return [self.spot[image, n] for n in near if (image, n) in self.spot]

    def are_bonded(self, first: int, second: int, bonds: int = 3) -> bool:
        """
        Whether two atoms are so near in one molecule that their distance says nothing.

        :param first: a spot
        :param second: another spot
        :param bonds: how many bonds count as near
        :returns: True if at most so many lie between them
        """
        reached = {first}
        for _ in range(bonds):
            reached |= {n for s in reached for n in self.neighbours(s)}
        return second in reached
