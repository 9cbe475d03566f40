"""Tests of placement and of the search for neighbours."""

import math
from unittest import TestCase

import gemmi
import numpy as np

from engines.protoss.placement import (
    SP2,
    SP3,
    bond_kind,
    either_side,
    on_cone,
    opposite,
    perpendicular,
    torsion_towards,
)  # fmt: skip
from engines.protoss.score import Exclusions
from engines.protoss.templates import hybridisations, template_of
from engines.structure.components import Component, ComponentAtom, ComponentBond
from engines.structure.neighbours import near_pairs, symmetry_copies
from engines.test.utils import dictionary


def _angle(first: np.ndarray, second: np.ndarray) -> float:
    """
    :param first: a vector
    :param second: another one
    :returns: the angle between them, degrees
    """
    return math.degrees(math.acos(float(first @ second) / float(np.linalg.norm(first) * np.linalg.norm(second))))


class PlacementTests(TestCase):
    """Where hydrogens go."""

    origin = np.zeros(3)

    def test_a_single_hydrogen_points_away_from_its_neighbours(self) -> None:
        """The hydrogen of a benzene carbon halves the outer angle."""
        around = np.array([(1.4, 0, 0), (-0.7, 1.2124, 0)])
        (direction,) = opposite(self.origin, around)
        self.assertAlmostEqual(_angle(direction, around[0]), 120, places=1)
        self.assertAlmostEqual(_angle(direction, around[1]), 120, places=1)

    def test_a_flat_centre_of_three_still_gets_a_direction(self) -> None:
        """Three neighbours in a plane leave no side free; the hydrogen stands across the plane."""
        around = np.array([(1.5, 0, 0), (-0.75, 1.299, 0), (-0.75, -1.299, 0)])
        (direction,) = opposite(self.origin, around)
        self.assertAlmostEqual(abs(float(direction[2])), 1.0)

    def test_the_first_hydrogen_of_two_lies_on_the_side_of_the_cross_product(self) -> None:
        """Names of prochiral hydrogens depend on it."""
        around = np.array([(1.5, 0, 0), (-0.5, 1.4142, 0)])
        first, second = either_side(self.origin, around)
        self.assertGreater(first[2], 0)
        self.assertLess(second[2], 0)
        self.assertAlmostEqual(_angle(first, second), 108, places=1)

    def test_torsions_count_from_the_reference(self) -> None:
        """A hydrogen at torsion 0 is cis to the reference, and aiming finds the torsion again."""
        neighbour, reference = np.array((0, 0, -1.4)), np.array((1.0, 0, -2.0))
        angle, torsions = math.radians(109.5), np.radians([0.0, 60.0, 200.0])
        for torsion, direction in zip(
            torsions, on_cone(self.origin, neighbour, reference, angle, torsions), strict=True
        ):
            found = torsion_towards(self.origin, neighbour, reference, direction)
            self.assertAlmostEqual(math.cos(found - torsion), 1.0)
            self.assertAlmostEqual(_angle(direction, neighbour), 109.5, places=4)

    def test_a_perpendicular_direction_is_perpendicular(self) -> None:
        """Also for an axis of the coordinate system."""
        for axis in np.eye(3):
            self.assertAlmostEqual(float(perpendicular(axis) @ axis), 0.0)

    def test_kinds_of_bonds_follow_the_chemistry(self) -> None:
        """Ammonium differs from amide, a phenol from an alcohol."""
        self.assertEqual(bond_kind('N', SP3, 3, 1, False), 'N+')
        self.assertEqual(bond_kind('N', SP2, 1, 0, False), 'N')
        self.assertEqual(bond_kind('O', SP3, 1, 0, True), 'O sp2')
        self.assertEqual(bond_kind('C', SP3, 2, 0, False), 'CH2')


class TemplateTests(TestCase):
    """What a component says about hydrogens."""

    def test_amides_and_anilines_are_flat_and_amines_are_not(self) -> None:
        """A nitrogen beside a double bond is flat, unless it is charged."""
        bonds = [(0, 1, 2), (1, 2, 1), (1, 3, 1)]
        self.assertEqual(hybridisations(['O', 'C', 'N', 'C'], [0] * 4, [0, 0, 2, 3], bonds), [SP2, SP2, SP2, SP3])
        self.assertEqual(hybridisations(['C', 'N'], [0, 1], [3, 3], [(0, 1, 1)]), [SP3, SP3])

    def test_names_of_two_hydrogens_follow_the_ideal_coordinates(self) -> None:
        """HB2 and HB3 of serine are placed on the sides that the component gives them."""
        component = dictionary().get('SER')
        assert component is not None
        ideal = {a.name: np.array(p) for a, p in zip(component.atoms, component.ideal, strict=True)}
        names = template_of(component).atoms['CB'].hydrogens
        around = np.array([ideal['CA'], ideal['OG']])
        for name, direction in zip(names, either_side(ideal['CB'], around), strict=True):
            self.assertLess(_angle(direction, ideal[name] - ideal['CB']), 10)

    def test_a_component_without_ideal_coordinates_keeps_the_order_of_the_dictionary(self) -> None:
        """There is nothing else to go by."""
        atoms = tuple(ComponentAtom(n, n, n[0], 0, False, 'N') for n in ('C1', 'O1', 'O2', 'H1', 'H2'))
        bonds = tuple(ComponentBond(0, i, 1, 'N') for i in range(1, 5))
        made = Component('XXX', 'X', 'NON-POLYMER', '', '', 'REL', '', atoms, bonds)
        self.assertEqual(template_of(made).atoms['C1'].hydrogens, ('H1', 'H2'))


class NeighbourTests(TestCase):
    """Pairs within a distance, and symmetry."""

    def test_all_pairs_within_the_radius_are_found(self) -> None:
        """The same pairs as by comparing all, in the same order every time."""
        random = np.random.default_rng(0)
        first, second = random.uniform(0, 12, (150, 3)), random.uniform(-3, 9, (120, 3))
        apart = np.linalg.norm(first[:, None] - second[None], axis=-1)
        expected = [tuple(pair) for pair in np.argwhere(apart <= 2.5).tolist()]
        found = list(zip(*(index.tolist() for index in near_pairs(first, second, 2.5)), strict=True))
        self.assertEqual(found, expected)
        self.assertEqual(near_pairs(first[:0], second, 2.5)[0].size, 0)

    def test_copies_of_the_asymmetric_unit_are_those_that_touch_it(self) -> None:
        """A point near a face of a P1 cell meets its neighbour across that face only."""
        structure = gemmi.Structure()
        structure.cell, structure.spacegroup_hm = gemmi.UnitCell(10, 30, 30, 90, 90, 90), 'P 1'
        points = np.array([(1.0, 15, 15), (8.0, 15, 15)])
        copies = symmetry_copies(structure, points, 4.0)
        self.assertEqual(sorted(round(float(c.shift[0])) for c in copies), [-10, 10])
        for copy in copies:
            moved = copy.apply(points[copy.atoms])
            self.assertLessEqual(float(np.linalg.norm(points[:, None] - moved, axis=-1).min()), 4.0)
        for cell in (gemmi.UnitCell(), gemmi.UnitCell(1.5, 1.5, 1.5, 90, 90, 90)):
            structure.cell = cell
            self.assertEqual(symmetry_copies(structure, points, 4.0), [])

    def test_copies_of_a_molecule_longer_than_its_cell_are_found(self) -> None:
        """The ends of a rod along a short axis meet copies that are many cells away."""
        structure = gemmi.Structure()
        structure.cell, structure.spacegroup_hm = gemmi.UnitCell(5, 30, 30, 90, 90, 90), 'P 1'
        rod = np.stack((np.arange(0, 21, 1.5), np.full(14, 15.0), np.full(14, 15.0)), 1)
        shifts = sorted(round(float(copy.shift[0])) for copy in symmetry_copies(structure, rod, 3.0))
        self.assertEqual(shifts, [x for x in range(-20, 21, 5) if x])

    def test_atoms_near_in_the_bond_graph_are_recognised(self) -> None:
        """In a chain of five atoms the distance is the difference of the numbers."""
        excluded = Exclusions([[1], [0, 2], [1, 3], [2, 4], [3]])
        first, second = np.array([0, 0, 0, 0, 2]), np.array([1, 2, 3, 4, -1])
        self.assertEqual(excluded.within(first, second, 2).tolist(), [True, True, False, False, False])
        self.assertEqual(excluded.within(first, second, 3).tolist(), [True, True, True, False, False])
