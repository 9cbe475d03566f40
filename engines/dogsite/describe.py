"""The descriptors of each pocket and subpocket."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from engines.dogsite.chemistry import Chemistry, fractions
from engines.dogsite.columns import AMINO_ACIDS
from engines.dogsite.detect import Found, Pocket, volume
from engines.dogsite.geometry import nearest_squares, shape_of
from engines.dogsite.grid import Coordinates, Indices
from engines.dogsite.molecule import Molecule, ReferenceLigand
from engines.dogsite.scores import drug_score, simple_score
from engines.structure.bonding import ResidueKey

LINING = 1.0
"""Angstrom between the van der Waals surface of an atom and the pocket up to which the atom lines it."""
INSIDE = 1.0
"""Angstrom between an atom of a ligand and a point of the pocket up to which the atom is in the pocket."""

Value = float | int | str


@dataclass(frozen=True)
class Row:
    """
    A row of the table with what belongs to it.

    :param name: ``P_1`` or ``P_1_1``
    :param pocket: the pocket or subpocket
    :param values: the descriptors by column
    :param residues: those that line it, in file order
    """

    name: str
    pocket: Pocket
    values: dict[str, Value]
    residues: list[ResidueKey]


def named(pockets: list[Pocket], subpockets: bool) -> Iterator[tuple[str, Pocket]]:
    """
    The rows in their order.

    :param pockets: in their order
    :param subpockets: whether they are wanted
    :returns: names and pockets, each followed by its subpockets
    """
    for number, pocket in enumerate(pockets, 1):
        yield f'P_{number}', pocket
        for part, subpocket in enumerate(pocket.parts if subpockets else (), 1):
            yield f'P_{number}_{part}', subpocket


class Describer:
    """
    Describes the pockets of one protein.

    :param found: the pockets
    :param molecule: the protein
    :param ligands: to compare with, or None
    """

    def __init__(self, found: Found, molecule: Molecule, ligands: list[ReferenceLigand] | None) -> None:
        self._found, self._molecule, self._ligands = found, molecule, ligands
        self._own = found.to_own(molecule.positions)
        self._chemistry = Chemistry(molecule)
        points = [pocket.points for pocket in found.pockets]
        self._all: Indices = np.concatenate(points) if points else np.empty(0, np.intp)

    def row(self, name: str, pocket: Pocket) -> Row:
        """
        Describe a pocket.

        :param name: of the pocket
        :param pocket: the pocket
        :returns: its row
        """
        places = self._found.grid.points(self._found.indices(pocket.points))
        near = self._near(places)
        shape = shape_of(self._found, pocket.points, self._all, self._own[near], self._molecule.radii[near])
        space = volume(pocket, self._found.grid)
        a, b, c = shape.axes
        faces = shape.lid + shape.hull
        gaps = np.sqrt(nearest_squares(self._own[near], places)) - self._molecule.radii[near]
        atoms = [int(i) for i in near[gaps <= LINING]]
        values: dict[str, Value] = {
            'name': name, **self._coverage(places), 'volume': space, 'enclosure': shape.lid / max(faces, 1),
            'surface': shape.surface, 'depth': shape.depth, 'surf/vol': shape.surface / space,
            'lid/hull': shape.lid / max(shape.hull, 1), 'ellVol': 4 / 3 * float(np.pi) * a * b * c,
            'ell c/a': c / a, 'ell b/a': b / a, **self._site(atoms),
        }  # fmt: skip
        values['simpleScore'], values['drugScore'] = simple_score(values), drug_score(values)
        residues = [self._molecule.residues[i] for i in self._chemistry.residues(atoms)]
        return Row(name, pocket, values, residues)

    def _near(self, places: Coordinates) -> Indices:
        """
        Atoms around a pocket.

        :param places: its points, Angstrom
        :returns: indices of all atoms that may matter for it
        """
        low, high = places.min(0) - 6.0, places.max(0) + 6.0
        return np.flatnonzero(((self._own > low) & (self._own < high)).all(1))

    def _site(self, atoms: list[int]) -> dict[str, Value]:
        """
        What the atoms of the site are.

        :param atoms: indices of the lining atoms
        :returns: descriptors
        """
        counts = self._chemistry.counts(atoms)
        composition = self._chemistry.composition(self._chemistry.residues(atoms))
        apolar = counts['hydrophobic_interactions']
        total = counts['accept'] + counts['donor'] + apolar
        kinds = ('accept', 'donor', 'hydrophobic_interactions', 'metal', 'Cs', 'Ns', 'Os', 'Ss', 'Xs')
        return {
            'siteAtms': len(atoms), **{kind: counts[kind] for kind in kinds}, 'hydrophobicity': apolar / max(total, 1),
            **fractions(composition), **{name: composition[name] for name in AMINO_ACIDS},
        }  # fmt: skip

    def _coverage(self, places: Coordinates) -> dict[str, Value]:
        """
        How a pocket and the ligands cover each other; of several ligands the one with most atoms inside counts.

        :param places: points of the pocket, Angstrom
        :returns: lig_cov and poc_cov in percent, and lig_name
        """
        best: tuple[float, float, str] = (0.0, 0.0, 'non' if self._ligands is not None else '')
        for ligand in self._ligands or ():
            atoms = self._found.to_own(ligand.positions)
            inside = float((nearest_squares(atoms, places) <= INSIDE**2).mean()) * 100
            if inside > best[0]:
                best = inside, self._covered(places, atoms, ligand.radii), ligand.name
        return {'lig_cov': best[0], 'poc_cov': best[1], 'lig_name': best[2]}

    @staticmethod
    def _covered(places: Coordinates, atoms: Coordinates, radii: Coordinates) -> float:
        """
        Share of a pocket that a ligand fills.

        :param places: points of the pocket, Angstrom
        :param atoms: of the ligand, Angstrom
        :param radii: of its atoms, Angstrom
        :returns: percent
        """
        filled = np.zeros(len(places), np.bool_)
        for atom, radius in zip(atoms, radii, strict=True):
            filled |= ((places - atom) ** 2).sum(1) <= radius**2
        return float(filled.mean()) * 100
