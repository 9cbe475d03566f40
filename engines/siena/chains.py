"""Protein chains as the search sees them: observed residues, their sequence with its breaks, and their heavy atoms."""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property

import gemmi
import numpy as np
import numpy.typing as npt

from engines.siena.geometry import Points
from engines.siena.kmers import BREAK
from engines.structure.bonding import ResidueKey
from engines.structure.classification import Classification, Classified, Kind
from engines.structure.components import Component
from engines.structure.conformers import best_label, choose

BACKBONE = ('N', 'CA', 'C', 'O')
_COLUMNS = {name: column for column, name in enumerate(BACKBONE)}
UNKNOWN = 'X'
_PEPTIDE_BOND = 2.0
"""Angstrom; from C to N. Farther atoms are not bonded, so residues lack between them."""
_NEXT_CA = 4.3
"""Angstrom between the CA of neighbours, for models without the atoms of the bond."""


@dataclass(frozen=True, eq=False)
class Chain:
    """
    The observed amino acids of a chain.

    :param name: of the chain
    :param segments: one-letter codes with ``-`` at chain breaks; modified residues by their parent
    :param names: residue names
    :param positions: residue numbers with insertion codes
    :param backbone: N, CA, C and O, shape (n, 4, 3), Angstrom, NaN where one is missing
    :param side_names: names of the other heavy atoms of each residue
    :param side_points: their positions one after the other, shape (m, 3), Angstrom
    """

    name: str
    segments: str
    names: list[str]
    positions: list[str]
    backbone: Points
    side_names: list[list[str]]
    side_points: Points

    @cached_property
    def letters(self) -> str:
        """One-letter codes of the residues."""
        return self.segments.replace(BREAK, '')

    @cached_property
    def side_starts(self) -> npt.NDArray[np.intp]:
        """Where the side chain of each residue begins in ``side_points``, and their end, shape (n + 1,)."""
        return np.cumsum([0, *map(len, self.side_names)])

    @cached_property
    def _atoms(self) -> tuple[Points, list[str], npt.NDArray[np.intp]]:
        """Positions and names of all atoms, residue by residue, and where each residue begins."""
        sizes = np.diff(self.side_starts) + len(BACKBONE)
        starts = np.cumsum([0, *sizes])
        points = np.full((starts[-1], 3), np.nan)
        first = starts[:-1, None] + np.arange(len(BACKBONE))
        points[first] = self.backbone
        rest = np.ones(len(points), np.bool_)
        rest[first] = False
        points[rest] = self.side_points
        names = [name for names in self.side_names for name in (*BACKBONE, *names)]
        return points, names, starts

    @cached_property
    def _present(self) -> npt.NDArray[np.bool_]:
        """Which of all atoms are modelled."""
        return np.asarray(np.isfinite(self._atoms[0]).all(1))

    def atoms(self, index: int) -> dict[str, Points]:
        """
        :param index: of a residue
        :returns: its heavy atoms by name
        """
        points, names, starts = self._atoms
        where = range(starts[index], starts[index + 1])
        return {names[i]: points[i] for i in where if self._present[i]}

    def atom_names(self, index: int) -> frozenset[str]:
        """
        :param index: of a residue
        :returns: names of its heavy atoms
        """
        return frozenset(self.atoms(index))

    def heavy(self, index: int) -> Points:
        """
        :param index: of a residue
        :returns: its heavy atoms, shape (n, 3), Angstrom
        """
        points, _, starts = self._atoms
        where = slice(starts[index], starts[index + 1])
        found: Points = points[where][self._present[where]]
        return found

    def cell(self, index: int) -> str:
        """
        :param index: of a residue
        :returns: it as alignments name it: ``H-57A-L``
        """
        return f'{self.letters[index]}-{self.positions[index]}-{self.name}'


def chains_of(classification: Classification) -> list[Chain]:
    """
    :param classification: of a structure
    :returns: its protein chains in file order, one conformer of each residue
    """
    places: dict[str, dict[tuple[int, str], list[Classified]]] = {}
    for item in classification.of_kind(Kind.POLYMER):
        places.setdefault(item.key[0], {}).setdefault((item.key[1], item.key[2]), []).append(item)
    found = (_chain(name, members.values(), classification.components) for name, members in places.items())
    return [chain for chain in found if chain]


def _chain(name: str, places: Iterable[list[Classified]], components: dict[str, Component]) -> Chain | None:
    """
    :param name: of the chain
    :param places: the residues of each place, several where the model has alternatives
    :param components: by residue name
    :returns: its amino acids; None if there is none
    """
    residues = [(key, atoms) for key, atoms in map(_chosen, places) if _is_amino_acid(key[3], atoms, components)]
    if not residues:
        return None
    backbone = np.full((len(residues), len(BACKBONE), 3), np.nan)
    side_names: list[list[str]] = []
    side_points: list[list[float]] = []
    for index, (_, atoms) in enumerate(residues):
        side_names.append([])
        for atom_name, point in atoms.items():
            if atom_name in _COLUMNS:
                backbone[index, _COLUMNS[atom_name]] = point
            else:
                side_names[-1].append(atom_name)
                side_points.append(point)
    names = [key[3] for key, _ in residues]
    letters = [one_letter(each, components.get(each)) for each in names]
    return Chain(
        name, _segments(letters, backbone), names, [f'{key[1]}{key[2]}' for key, _ in residues],
        backbone, side_names, np.array(side_points, np.float64).reshape(-1, 3),
    )  # fmt: skip


def _chosen(place: list[Classified]) -> tuple[ResidueKey, dict[str, list[float]]]:
    """
    :param place: the alternatives of a residue
    :returns: the one that is occupied most, and positions of its heavy atoms by name
    """
    if len(place) == 1:
        points = {}
        for atom in place[0].residue:
            if atom.has_altloc():
                break
            if not atom.is_hydrogen():
                points[atom.name] = atom.pos.tolist()
        else:
            return place[0].key, points
    pairs = [(item.key, item.residue) for item in place]
    chosen = choose(pairs, best_label(residue for _, residue in pairs))[0]
    return chosen.key, {atom.name: atom.pos.tolist() for atom in chosen.heavy}


def _is_amino_acid(name: str, atoms: Iterable[str], components: dict[str, Component]) -> bool:
    """
    :param name: of a residue of a polymer
    :param atoms: names of its atoms
    :param components: by residue name
    :returns: whether it links into a peptide chain
    """
    component = components.get(name)
    if component:
        return component.is_amino_acid
    return gemmi.find_tabulated_residue(name).is_amino_acid() or {'N', 'CA', 'C'} <= set(atoms)


def one_letter(name: str, component: Component | None = None) -> str:
    """
    :param name: of an amino acid
    :param component: of the dictionary
    :returns: its code, that of the parent for a modified one; ``X`` if it has none
    """
    for each in (name, component.parent if component else ''):
        letter = gemmi.find_tabulated_residue(each).one_letter_code.upper() if each else ' '
        if letter.isalpha() and letter != UNKNOWN:
            return letter
    return UNKNOWN


def _segments(letters: list[str], backbone: Points) -> str:
    """
    :param letters: one-letter codes
    :param backbone: of the same residues
    :returns: the codes, with a break where two neighbours are not bonded
    """
    bond = np.linalg.norm(backbone[1:, 0] - backbone[:-1, 2], axis=1)
    step = np.linalg.norm(backbone[1:, 1] - backbone[:-1, 1], axis=1)
    linked = np.where(np.isfinite(bond), bond < _PEPTIDE_BOND, step < _NEXT_CA)
    parts = [letters[0]]
    for letter, joined in zip(letters[1:], linked, strict=True):
        parts.append(letter if joined else BREAK + letter)
    return ''.join(parts)
