"""Which atoms coordinate a metal."""

import unittest

import gemmi
import numpy as np

from engines.metalizer.predictions import predict
from engines.metalizer.test.sites import MIDDLE, add, around, site

X, Y, Z = np.eye(3)


def _names(structure: gemmi.Structure, threshold: float = 3.0) -> list[str]:
    """
    :param structure: with a metal
    :param threshold: largest distance, Angstrom
    :returns: names of the donors of its first metal
    """
    return [donor.atom.name for donor in around(structure, threshold).donors]


class PartnerTests(unittest.TestCase):
    """The rules of the page of the tool."""

    def test_elements_that_donate_within_the_distance_are_partners(self) -> None:
        """The nearest first; neither hydrogen, carbon nor metals."""
        structure = site('Zn', np.empty((0, 3)))
        places = {
            'O': 2.2 * X,
            'N': -2.1 * X,
            'S': 2.3 * Y,
            'CL': -2.25 * Y,
            'C': 2.0 * Z,
            'H': -1.9 * Z,
            'MG': 2.9 * Z,
        }
        for number, (element, point) in enumerate(places.items(), start=5):
            add(structure, 'UNL', number, **{element: (element, MIDDLE + point)})
        self.assertEqual(_names(structure), ['N', 'O', 'CL', 'S'])
        self.assertEqual(_names(structure, 2.22), ['N', 'O'])

    def test_second_shell_is_none_whatever_the_distance(self) -> None:
        """A bond of Zn to O of 2.9 is none; one of K is."""
        points = np.array([2.0 * X, 2.9 * Y])
        self.assertEqual(len(_names(site('Zn', points))), 1)
        self.assertEqual(len(_names(site('K', points))), 2)
        self.assertEqual(len(_names(site('Be', np.array([1.6 * X, 2.9 * Y])))), 1)

    def test_nitrogen_without_a_lone_pair_must_be_near(self) -> None:
        """Lysine at 2.9 is a neighbour, at 2.2 it has lost its proton."""
        for distance, number in ((2.2, 1), (2.7, 0)):
            structure = site('Mg', np.empty((0, 3)))
            add(structure, 'LYS', 5, NZ=('N', MIDDLE + distance * X))
            self.assertEqual(len(_names(structure)), number)

    def test_carbon_counts_where_it_ends_a_triple_bond(self) -> None:
        """Of carbon monoxide, without the oxygen behind it; methyl does not count."""
        structure = site('Fe', np.empty((0, 3)))
        add(structure, 'CMO', 5, C=('C', MIDDLE + 1.8 * X), O=('O', MIDDLE + 2.93 * X))
        add(structure, 'UNL', 6, C1=('C', MIDDLE + 2.0 * Y), O1=('O', MIDDLE + 3.4 * Y))
        self.assertEqual(_names(structure), ['C'])

    def test_oxygen_end_on_counts_once_and_side_on_twice(self) -> None:
        """Of superoxide and peroxide."""
        for points, number in (((1.8 * X, 2.6 * X + Y), 1), ((1.9 * X + 0.7 * Y, 1.9 * X - 0.7 * Y), 2)):
            structure = site('Fe', np.empty((0, 3)))
            add(structure, 'OXY', 5, O1=('O', MIDDLE + points[0]), O2=('O', MIDDLE + points[1]))
            self.assertEqual(len(_names(structure)), number)

    def test_carboxylate_binds_with_one_oxygen_or_with_both(self) -> None:
        """The second counts up to 0.6 Angstrom farther; both may take one site."""
        for turn, number in ((0.0, 2), (0.5, 1)):
            structure = site('Ca', np.array([-2.4 * X, 2.4 * Y, -2.4 * Y, 2.4 * Z, -2.4 * Z]))
            c, s = np.cos(turn), np.sin(turn)
            axes = np.array([[c, -s, 0], [s, c, 0], [0, 0, 1]])
            arms = [np.array(arm) @ axes.T for arm in ([-0.55, 1.1, 0], [-0.55, -1.1, 0])]
            carbon = MIDDLE + 2.75 * X
            add(structure, 'ASP', 9, CG=('C', carbon), OD1=('O', carbon + arms[0]), OD2=('O', carbon + arms[1]))
            found = around(structure)
            self.assertEqual([donor.atom.name[:2] for donor in found.donors].count('OD'), number)
            best = predict(found, 21.5, 0.25)[0]
            if number > 1:
                self.assertEqual((best.fit.polyhedron.name, best.bidentates), ('octahedral', 1))
                both = next(partner for partner in best.partners if len(partner.atoms) > 1)
                np.testing.assert_allclose(both.point, MIDDLE + 2.2 * X, atol=1e-3)

    def test_conformer_of_the_metal_counts_else_the_most_occupied(self) -> None:
        """A half-occupied metal has the partners of its own half."""
        for label, expected in (('\0', 'B'), ('A', 'A')):
            structure = site('Zn', np.array([2.0 * X, 2.1 * X]))
            chain = structure[0][0]
            chain[0][0].altloc = label
            chain[1][0].altloc, chain[1][0].occ = 'A', 0.4
            chain[2][0].altloc, chain[2][0].occ, chain[2].seqid = 'B', 0.6, chain[1].seqid
            self.assertEqual([donor.atom.altloc for donor in around(structure).donors], [expected])


class SymmetryTests(unittest.TestCase):
    """Partners in copies of the crystal."""

    @staticmethod
    def crystal(
        points: list[np.ndarray], group: str = 'P 1 2 1', middle: tuple[float, ...] = (0, 5, 0)
    ) -> gemmi.Structure:
        """
        :param points: of the donors relative to the metal, Angstrom
        :param group: space group
        :param middle: where the metal is, Angstrom
        :returns: a crystal of 20 Angstrom
        """
        structure = site('Zn', np.array(points))
        for cra in structure[0].all():
            cra.atom.pos = gemmi.Position(*(np.array(cra.atom.pos.tolist()) - MIDDLE + middle))
        structure.cell, structure.spacegroup_hm = gemmi.UnitCell(20, 20, 20, 90, 90, 90), group
        return structure

    def test_partners_of_a_metal_on_an_axis_come_twice(self) -> None:
        """With their distance, and only if they are asked for; across the border of the cell."""
        flat = np.array([1, 0.5, 0]) / np.hypot(1, 0.5)
        structure = self.crystal([2.0 * flat, 2.0 * np.array([0, -0.5, 1]) / np.hypot(1, 0.5)])
        self.assertEqual(len(around(structure).donors), 2)
        found = around(structure, symmetry=True)
        self.assertEqual([round(donor.distance, 6) for donor in found.donors], 4 * [2.0])
        self.assertEqual(sorted(bool(donor.copy) for donor in found.donors), [False, False, True, True])
        ends = sorted(tuple(np.round(donor.point - found.origin, 3)) for donor in found.donors)
        self.assertIn(tuple(np.round([-2 * flat[0], 2 * flat[1], 0], 3)), ends)

    def test_atom_on_the_axis_counts_once(self) -> None:
        """Its copy falls onto it."""
        self.assertEqual(len(around(self.crystal([2.0 * Y]), symmetry=True).donors), 1)

    def test_partner_in_the_next_cell_is_found(self) -> None:
        """A copy by translation alone."""
        structure = self.crystal([np.array([18.0, 0, 0])], 'P 1', (1, 5, 5))
        (donor,) = around(structure, symmetry=True).donors
        self.assertAlmostEqual(donor.distance, 2.0, places=5)
        self.assertTrue(donor.copy)
