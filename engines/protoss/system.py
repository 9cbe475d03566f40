"""
The heavy atoms of a complex as flat lists, with their bonds and what is known about their hydrogens.

Alternative conformers lie side by side. A *view* of an atom is what one conformer sees: for each neighbour the position
with its label, else the one without, else the most occupied one.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field

import gemmi
import numpy as np

from engines.protoss.placement import SP3, Array
from engines.structure.bonding import ResidueKey
from engines.structure.classification import Kind
from engines.structure.components import Component

METAL_TOLERANCE = 0.45
"""
Angstrom above the sum of the covalent radii within which a donor coordinates a metal: Zn-N 2.4, Zn-S 2.7, Ca-O 2.9,
Na-O 2.8; bonds in well-refined sites are at least 0.2 shorter (Harding 2006, doi:10.1107/S0907444906014594).
"""


@dataclass
class Member:
    """
    A residue of the complex.

    :param key: what identifies it
    :param kind: polymer, water, metal or ligand
    :param component: its component, if the dictionary knows it
    :param atoms: its heavy atoms
    :param residue: the residue of the structure, or None for a molecule that the user has placed
    :param ligand: number of the ligand it belongs to, or -1
    :param linked: whether its hydrogens are those that bonds to other residues leave
    """

    key: ResidueKey
    kind: Kind
    component: Component | None
    atoms: list[int] = field(default_factory=list)
    residue: gemmi.Residue | None = None
    ligand: int = -1
    linked: bool = False


class System:
    """
    Atoms, bonds and residues; filled by ``topology.py``.

    ``positions`` (Angstrom), ``elements`` (capitals), ``names``, ``labels`` (altloc or empty), ``occupancies``,
    ``owner`` (index of the residue), ``near`` (bonded atoms in the order of the component), ``hydrogens`` (names of
    those the atom carries by default), ``charges`` and ``hybridisation`` hold one entry an atom; ``orders`` the order
    of each bond, smaller index first; ``outer`` the atoms that an atom is bonded to in other residues.
    """

    def __init__(self) -> None:
        self.members: list[Member] = []
        self.elements: list[str] = []
        self.names: list[str] = []
        self.labels: list[str] = []
        self.occupancies: list[float] = []
        self.owner: list[int] = []
        self.near: list[list[int]] = []
        self.hydrogens: list[tuple[str, ...]] = []
        self.charges: list[int] = []
        self.hybridisation: list[int] = []
        self.outer: list[list[int]] = []
        self.orders: dict[tuple[int, int], int] = {}
        self.metals: dict[int, gemmi.Element] = {}
        self.coordinated: dict[int, list[int]] = {}
        self._points: list[tuple[float, float, float]] = []
        self.positions: Array = np.empty((0, 3))

    def __len__(self) -> int:
        return len(self.elements)

    def add_atom(self, owner: int, name: str, element: gemmi.Element, position: Iterable[float], label: str = '',
                 occupancy: float = 1.0) -> int:  # fmt: skip
        """
        Append a heavy atom.

        :param owner: index of its residue
        :param name: atom name
        :param element: its element
        :param position: Angstrom
        :param label: altloc, or empty
        :param occupancy: its occupancy
        :returns: its index
        """
        index = len(self.elements)
        self.elements.append(element.name.upper())
        self.names.append(name)
        self.labels.append(label)
        self.occupancies.append(occupancy)
        self.owner.append(owner)
        self.near.append([])
        self.hydrogens.append(())
        self.charges.append(0)
        self.hybridisation.append(SP3)
        self.outer.append([])
        x, y, z = position
        self._points.append((x, y, z))
        self.members[owner].atoms.append(index)
        if element.is_metal:
            # A copy: the element of an atom is gone once its residue gets or loses atoms.
            self.metals[index] = gemmi.Element(element.atomic_number)
        return index

    def freeze(self) -> None:
        """Turn the positions into an array once all atoms are there."""
        self.positions = np.array(self._points).reshape(-1, 3)

    def coexist(self, first: int, second: int) -> bool:
        """
        Whether two atoms can be there at the same time.

        :param first: an atom
        :param second: another atom
        :returns: False for atoms of different conformers
        """
        return not self.labels[first] or not self.labels[second] or self.labels[first] == self.labels[second]

    def bond(self, first: int, second: int, order: int = 1) -> None:
        """
        Add a bond.

        :param first: an atom
        :param second: another atom
        :param order: 1, 2 or 3
        """
        key = (min(first, second), max(first, second))
        if key not in self.orders:
            self.orders[key] = order
            self.near[first].append(second)
            self.near[second].append(first)

    def order(self, first: int, second: int) -> int:
        """
        Order of the bond of two atoms.

        :param first: an atom
        :param second: its neighbour
        :returns: 1, 2 or 3
        """
        return self.orders[min(first, second), max(first, second)]

    def view(self, atom: int, label: str) -> list[int]:
        """
        The neighbours of an atom in one conformer, in the order of the component.

        :param atom: the atom
        :param label: the conformer
        :returns: one atom for each neighbour
        """
        near = self.near[atom]
        if not any(self.labels[n] for n in near):
            return near
        best: dict[tuple[str, int, str, str], int] = {}
        for n in near:
            place = self._place(n)
            if place not in best or self._rank(n, label) > self._rank(best[place], label):
                best[place] = n
        return list(best.values())

    def _place(self, atom: int) -> tuple[str, int, str, str]:
        """
        What alternative positions of one atom have in common.

        :param atom: the atom
        :returns: chain, number and insertion code, which two residues at one place share, and the name of the atom
        """
        key = self.members[self.owner[atom]].key
        return (key[0], key[1], key[2], self.names[atom])

    def _rank(self, atom: int, label: str) -> tuple[bool, bool, float]:
        """
        How well a position fits a conformer.

        :param atom: the atom
        :param label: the conformer
        :returns: higher is better
        """
        return self.labels[atom] == label, not self.labels[atom], self.occupancies[atom]

    def conformers(self, atom: int, reach: int) -> list[str]:
        """
        The conformers in which the surroundings of an atom differ.

        :param atom: the atom
        :param reach: bonds to look at, 1 or 2
        :returns: its own label, else those of its neighbours, else one empty label
        """
        if self.labels[atom]:
            return [self.labels[atom]]
        found = {self.labels[n] for n in self.near[atom]}
        if reach > 1:
            found |= {self.labels[m] for n in self.near[atom] for m in self.near[n] if m != atom}
        found.discard('')
        return sorted(found) or ['']

    def weight(self, atoms: Iterable[int], label: str) -> float:
        """
        Share of the crystal in which a conformer is there.

        :param atoms: the atoms that make it
        :param label: the conformer
        :returns: its occupancy, 1 without a label, and at least 0.1, so that every conformer is decided
        """
        found = [self.occupancies[a] for a in atoms if self.labels[a] == label] if label else []
        return min(1.0, max(0.1, sum(found) / len(found))) if found else 1.0

    def residue_name(self, owner: int) -> str:
        """
        Name of a residue as the report writes it.

        :param owner: index of the residue
        :returns: for example ``HIS_A_179``; the title of a molecule that is no part of the structure
        """
        member = self.members[owner]
        chain, number, icode, name = member.key
        return f'{name}_{chain}_{number}{icode}' if member.residue else name
