"""
Perceives the bonds of a residue that the component dictionary does not know, from its coordinates.

Bonds follow from covalent radii; which atoms are unsaturated from bond angles, planarity and bond lengths (ideal
values: Allen et al. 1987, doi:10.1039/P298700000S1); the double bonds are then a matching over the unsaturated atoms,
so that an aromatic ring gets one of its Kekule forms. The result is a best guess and is marked as such.
"""

import itertools
import math
from collections.abc import Sequence
from dataclasses import dataclass, field

import gemmi

_TOLERANCE = 0.3
"""Angstrom above the sum of the covalent radii up to which atoms of one residue are bonded; coordinates may be poor."""
_VALENCE = {'H': 1, 'C': 4, 'N': 3, 'O': 2, 'F': 1, 'Cl': 1, 'Br': 1, 'I': 1, 'S': 2, 'Se': 2, 'P': 3, 'B': 3, 'Si': 4}
_DOUBLE_LIMIT = {
    frozenset(('C',)): 1.46, frozenset(('C', 'N')): 1.40, frozenset(('C', 'O')): 1.31, frozenset(('N',)): 1.36,
    frozenset(('N', 'O')): 1.31, frozenset(('C', 'S')): 1.71, frozenset(('C', 'Se')): 1.85, frozenset(('C', 'P')): 1.72,
}  # fmt: skip
"""Angstrom below which a bond between two unsaturated atoms may be double, conjugated ones included."""
_TRIPLE_LIMIT = {frozenset(('C',)): 1.26, frozenset(('C', 'N')): 1.22}
_AMIDE_LIMIT = 1.37
"""Angstrom; a terminal oxygen beside nitrogen is that of an amide, rarely a hydroxyl of an imine."""
_SHORT_DOUBLE = {frozenset(('C',)): 1.38, frozenset(('C', 'N')): 1.32, frozenset(('C', 'O')): 1.28}
"""Angstrom below which a carbon with a single neighbour still counts as unsaturated."""
_NITRO_LIMIT = 1.33
_SP_ANGLE, _SP2_ANGLE, _SP2_SUM = 160.0, 115.5, 350.0
_FLAT_SINE = 0.2
_PATH_LIMIT = 14


@dataclass
class Perceived:
    """
    Bonds of one residue.

    :param orders: order of the bond by the indices of its two atoms, the smaller first
    :param charges: formal charge of each atom
    :param hydrogens: number of hydrogens that each atom needs
    """

    orders: dict[tuple[int, int], int] = field(default_factory=dict)
    charges: list[int] = field(default_factory=list)
    hydrogens: list[int] = field(default_factory=list)


def perceive(heavy: Sequence[gemmi.Atom], hydrogens: Sequence[gemmi.Atom] = ()) -> Perceived:
    """
    Perceive bonds, charges and hydrogen counts.

    :param heavy: heavy atoms of the residue
    :param hydrogens: its hydrogens, if the model has them; then they decide what is unsaturated
    :returns: the perceived chemistry
    """
    graph = _Graph(heavy, hydrogens)
    graph.triple_bonds()
    graph.azides()
    graph.oxo_groups()
    graph.match_double_bonds()
    return graph.result()


class _Graph:
    """
    Atoms, bonds and orders while they are being settled.

    :param heavy: heavy atoms
    :param hydrogens: hydrogens of the model
    """

    def __init__(self, heavy: Sequence[gemmi.Atom], hydrogens: Sequence[gemmi.Atom]) -> None:
        self.atoms = heavy
        self.symbols = [atom.element.name for atom in heavy]
        self.neighbours: list[list[int]] = [[] for _ in heavy]
        self.orders: dict[tuple[int, int], int] = {}
        for i, j in itertools.combinations(range(len(heavy)), 2):
            limit = heavy[i].element.covalent_r + heavy[j].element.covalent_r + _TOLERANCE
            if 0.7 < self.distance(i, j) < limit:
                self.orders[i, j] = 1
                self.neighbours[i].append(j)
                self.neighbours[j].append(i)
        self.modelled = [0] * len(heavy)
        for hydrogen in hydrogens:
            near = min(range(len(heavy)), key=lambda i: heavy[i].pos.dist(hydrogen.pos))
            self.modelled[near] += 1
        carbons = [i for i, symbol in enumerate(self.symbols) if symbol == 'C']
        self.has_hydrogens = any(self.modelled[i] for i in carbons)
        self.partner: dict[int, int] = {}

    def distance(self, i: int, j: int) -> float:
        """
        Distance of two atoms.

        :param i: an atom
        :param j: another atom
        :returns: Angstrom
        """
        return self.atoms[i].pos.dist(self.atoms[j].pos)

    def pair(self, i: int, j: int) -> frozenset[str]:
        """
        The elements of a bond, the key of the length tables.

        :param i: an atom
        :param j: another atom
        :returns: one or two element symbols
        """
        return frozenset((self.symbols[i], self.symbols[j]))

    def angles(self, i: int) -> list[float]:
        """
        The bond angles at an atom.

        :param i: the atom
        :returns: degrees, one a pair of neighbours
        """
        here = self.atoms[i].pos
        pairs = itertools.combinations((self.atoms[j].pos for j in self.neighbours[i]), 2)
        return [math.degrees(gemmi.calculate_angle(a, here, b)) for a, b in pairs]

    def triple_bonds(self) -> None:
        """Find alkynes and nitriles: short bonds whose ends are linear or have one neighbour."""
        for (i, j), order in list(self.orders.items()):
            short = self.distance(i, j) < _TRIPLE_LIMIT.get(self.pair(i, j), 0.0)
            if order == 1 and short and self._is_linear(i) and self._is_linear(j):
                self.orders[i, j] = 3

    def _is_linear(self, i: int) -> bool:
        """
        Whether an atom can carry a triple bond.

        :param i: the atom
        :returns: True for one neighbour, or two in a line
        """
        return len(self.neighbours[i]) == 1 or (len(self.neighbours[i]) == 2 and self.angles(i)[0] > _SP_ANGLE)

    def oxo_groups(self) -> None:
        """Give S, P and nitro groups their double-bonded oxygens: one at P, N and sulphoxides, two at sulphones."""
        for i, symbol in enumerate(self.symbols):
            degree = len(self.neighbours[i])
            wanted = {('P', 4): 1, ('S', 3): 1, ('S', 4): 2, ('Se', 4): 2}.get((symbol, degree), 0)
            ends = [j for j in self.neighbours[i] if self.symbols[j] in 'OS' and len(self.neighbours[j]) == 1]
            if (
                symbol == 'N'
                and degree == 3
                and len(ends) == 2
                and max(self.distance(i, j) for j in ends) < _NITRO_LIMIT
            ):
                wanted = 1
            ends.sort(key=lambda j: self.distance(i, j))
            for j in [j for j in ends if not self.modelled[j]][:wanted]:
                self.orders[min(i, j), max(i, j)] = 2

    def _spare(self, i: int) -> bool:
        """
        Whether an atom still has a valence that a double bond can use.

        :param i: the atom
        :returns: True if so
        """
        symbol, degree = self.symbols[i], len(self.neighbours[i])
        used = sum(self.orders[min(i, j), max(i, j)] for j in self.neighbours[i])
        if used > degree:
            return False
        if self.has_hydrogens:
            return self.modelled[i] + degree < {'C': 4, 'N': 4, 'O': 2, 'S': 2, 'Se': 2}.get(symbol, 0)
        return {'C': degree <= 3, 'N': degree <= 3, 'O': degree == 1, 'S': degree == 1}.get(symbol, False)

    def _is_planar(self, i: int) -> bool:
        """
        Whether the geometry at an atom is that of an unsaturated one.

        :param i: the atom
        :returns: True for flat or wide angles; for an atom with one neighbour the bond length decides later
        """
        angles = self.angles(i)
        if not angles or (self.has_hydrogens and self.symbols[i] != 'N'):
            return True
        if self.has_hydrogens and len(angles) < 3:
            return self.modelled[i] + len(self.neighbours[i]) < 4
        return sum(angles) > _SP2_SUM if len(angles) == 3 else angles[0] > _SP2_ANGLE or self._in_flat_ring(i)

    def _in_flat_ring(self, i: int) -> bool:
        """
        Whether an atom with two neighbours belongs to a flat ring of five or six, where angles can be small: 104
        degrees at N7 and 111 degrees at N3 of a purine.

        :param i: the atom
        :returns: True if the ring is flat at both of its bonds
        """
        first, second = self.neighbours[i]
        for a, b in itertools.product(self.neighbours[first], self.neighbours[second]):
            between = set(self.neighbours[a]) & set(self.neighbours[b]) - {first, second, i}
            if i in (a, b) or a == b or not (b in self.neighbours[a] or between):
                continue
            paths = ((a, first, i, second), (first, i, second, b))
            torsions = [gemmi.calculate_dihedral(*(self.atoms[k].pos for k in path)) for path in paths]
            if all(abs(math.sin(torsion)) < _FLAT_SINE for torsion in torsions):
                return True
        return False

    def azides(self) -> None:
        """Find azides: a linear nitrogen between a nitrogen and a nitrogen with one neighbour."""
        for i, symbol in enumerate(self.symbols):
            around = self.neighbours[i]
            if (
                symbol == 'N'
                and len(around) == 2
                and all(self.symbols[j] == 'N' for j in around)
                and self._is_linear(i)
            ):
                for j in around:
                    self.orders[min(i, j), max(i, j)] = 2

    def match_double_bonds(self) -> None:
        """
        Settle the double bonds: first carbonyls, which are short, then rings, which rather keep their double bonds
        inside, then the rest, at last those that charge a nitrogen; shortest first, with alternating paths for carbons
        that are left over.
        """
        able = [self._spare(i) and self._is_planar(i) for i in range(len(self.atoms))]
        ranked = []
        for (i, j), order in self.orders.items():
            limit = self._limit(i, j)
            if order == 1 and able[i] and able[j] and (self.has_hydrogens or self.distance(i, j) < limit):
                terminal = any(self.symbols[k] in ('O', 'S') and len(self.neighbours[k]) == 1 for k in (i, j))
                rank = 3 if self._would_charge(i, j) else 0 if terminal else 1 if self._in_ring(i, j) else 2
                ranked.append((rank, self.distance(i, j) / max(limit, 0.1), i, j))
        ranked.sort()
        edges: dict[int, list[int]] = {}
        for rank, group in itertools.groupby(ranked, key=lambda item: item[0]):
            for _, _, i, j in group:
                edges.setdefault(i, []).append(j)
                edges.setdefault(j, []).append(i)
                if i not in self.partner and j not in self.partner:
                    self.partner[i], self.partner[j] = j, i
            for i in edges:
                if rank and i not in self.partner and self.symbols[i] == 'C':
                    self._augment(i, edges, [i])
        for i, j in self.partner.items():
            self.orders[min(i, j), max(i, j)] = 2

    def _in_ring(self, i: int, j: int) -> bool:
        """
        Whether a bond is part of a ring of up to seven atoms.

        :param i: an atom
        :param j: its neighbour
        :returns: True if a short path leads around the bond
        """
        reached, border = {i}, {i}
        for _ in range(6):
            border = {b for a in border for b in self.neighbours[a] if (a, b) != (i, j)} - reached
            if j in border:
                return True
            reached |= border
        return False

    def _limit(self, i: int, j: int) -> float:
        """
        Length below which a bond may be double; stricter where no angle shows that the atom is unsaturated.

        :param i: an atom
        :param j: another atom
        :returns: Angstrom, 0 for elements that make no double bond
        """
        if self.pair(i, j) == {'C', 'O'}:
            carbon = i if self.symbols[i] == 'C' else j
            if any(self.symbols[k] == 'N' for k in self.neighbours[carbon]):
                return _AMIDE_LIMIT
        ends = [k for k in (i, j) if len(self.neighbours[k]) == 1 and self.symbols[k] in 'CN']
        table = _SHORT_DOUBLE if ends else _DOUBLE_LIMIT
        return table.get(self.pair(i, j), 0.0)

    def _would_charge(self, i: int, j: int) -> bool:
        """
        Whether a double bond would give its nitrogen a fourth valence.

        :param i: an atom
        :param j: another atom
        :returns: True for example for the nitrogen of a pyridinium
        """
        return any(self.symbols[k] == 'N' and len(self.neighbours[k]) + self.modelled[k] == 3 for k in (i, j))

    def _augment(self, start: int, edges: dict[int, list[int]], path: list[int]) -> bool:
        """
        Find an alternating path from an unmatched atom to another and swap its bonds.

        :param start: the last atom of the path, unmatched side
        :param edges: bonds that may be double
        :param path: atoms so far
        :returns: True if the matching grew
        """
        for step in edges[start]:
            if step in path or len(path) > _PATH_LIMIT:
                continue
            if step not in self.partner:
                chain = [*path, step]
                for a, b in zip(chain[::2], chain[1::2], strict=True):
                    self.partner[a], self.partner[b] = b, a
                return True
            onward = self.partner[step]
            if onward not in path and self._augment(onward, edges, [*path, step, onward]):
                return True
        return False

    def result(self) -> Perceived:
        """
        Charges and hydrogens that follow from the bonds.

        :returns: the perceived chemistry
        """
        charges, hydrogens = [], []
        for i, symbol in enumerate(self.symbols):
            used = sum(self.orders[min(i, j), max(i, j)] for j in self.neighbours[i])
            charge = self._charge(i, used)
            valence = _VALENCE.get(symbol, 0) + (charge if symbol in 'NO' else 0)
            hypervalent = symbol in ('S', 'Se', 'P') and used > valence
            charges.append(charge)
            hydrogens.append(0 if hypervalent or symbol not in _VALENCE else max(0, valence - used))
        return Perceived(self.orders, charges, hydrogens)

    def _charge(self, i: int, used: int) -> int:
        """
        Formal charge of an atom.

        :param i: the atom
        :param used: sum of its bond orders
        :returns: +1 for ammonium-like nitrogen and oxonium, -1 for borate and the oxide of nitro groups, else 0
        """
        symbol = self.symbols[i]
        if symbol in 'NO' and used > _VALENCE[symbol]:
            return 1
        if symbol == 'B' and used == 4:
            return -1
        if len(self.neighbours[i]) != 1 or self.modelled[i]:
            return 0
        (only,) = self.neighbours[i]
        around = [self.orders[min(only, j), max(only, j)] for j in self.neighbours[only]]
        if symbol == 'O' and used == 1 and self.symbols[only] == 'N' and sum(around) == 4:
            return -1
        return -1 if symbol == 'N' and used == 2 and self.symbols[only] == 'N' and around == [2, 2] else 0
