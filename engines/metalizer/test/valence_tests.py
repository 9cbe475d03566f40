"""Whether the metal suits its bonds."""

import math
import unittest

import numpy as np

from engines.metalizer.parameters import GEOMETRIES, R0, states, usual_distance, valence
from engines.metalizer.polyhedra import POLYHEDRA
from engines.metalizer.test.sites import MIDDLE, add, around, site
from engines.metalizer.valences import alternatives, of_model

_OCTAHEDRON = next(each.directions for each in POLYHEDRA if each.name == 'octahedral')


class ValenceTests(unittest.TestCase):
    """Bond-valence sums."""

    def test_sum_is_the_charge_at_the_distances_of_the_parameters(self) -> None:
        """Six equal bonds of a sixth of the charge."""
        for (metal, charge), references in R0.items():
            length = references['O'] - 0.37 * math.log(charge / 6)
            found = of_model(around(site(metal, length * _OCTAHEDRON), 3.5))
            assert found is not None
            self.assertIn(found.charge, states(metal))
            self.assertLess(found.deviation, 0.12)
            self.assertAlmostEqual(found.imbalance, 0, places=6)
            if len(states(metal)) == 1:
                self.assertAlmostEqual(found.total, charge, places=6)

    def test_missing_partner_shows_in_the_vector_sum(self) -> None:
        """Five of six equal bonds leave one over."""
        found = of_model(around(site('Mg', 2.1 * _OCTAHEDRON[1:])))
        assert found is not None
        self.assertAlmostEqual(found.imbalance, 1 / 5, places=6)

    def test_distances_of_calcium_are_not_those_of_zinc(self) -> None:
        """Calcium is offered in its place, and nothing in place of the calcium."""
        points = 2.37 * _OCTAHEDRON
        wrong = around(site('Zn', points))
        self.assertIn('Ca', [each.metal for each in alternatives(wrong, of_model(wrong))])
        right = around(site('Ca', points))
        self.assertEqual(alternatives(right, of_model(right)), [])

    def test_nothing_is_offered_where_partners_are_missing_or_the_metal_is_built_in(self) -> None:
        """The sum tells of the partners then, or of distances that a porphyrin sets."""
        lopsided = around(site('Zn', 2.37 * _OCTAHEDRON[[0, 2, 4]]))
        self.assertEqual(alternatives(lopsided, of_model(lopsided)), [])
        structure = site('Zn', 2.37 * _OCTAHEDRON)
        haem = add(structure, 'HEM', 20, C1=('C', MIDDLE + 8))
        structure[0][0][0].add_atom(haem[0])
        built_in = around(structure)
        self.assertEqual(alternatives(built_in, of_model(built_in)), [])

    def test_what_has_no_parameters_has_no_sum(self) -> None:
        """Neither beryllium nor carbon monoxide."""
        self.assertIsNone(of_model(around(site('Be', 1.6 * _OCTAHEDRON[:4]))))
        self.assertIsNone(valence('Fe', 2, 'C', 1.8))
        self.assertIsNone(of_model(around(site('Zn', np.empty((0, 3))))))

    def test_usual_distance_is_that_of_the_group_else_of_the_element(self) -> None:
        """Zn to histidine; Zn to any N; nothing of beryllium."""
        self.assertEqual(usual_distance('Zn', 'N', 'imidazole'), 2.03)
        self.assertAlmostEqual(usual_distance('Zn', 'N', '') or 0, 1.77 - 0.37 * math.log(2 / 6), places=6)
        self.assertIsNone(usual_distance('Be', 'O', 'water'))

    def test_usual_geometries_are_names_of_polyhedra(self) -> None:
        """And every metal with parameters has some."""
        known = {each.name for each in POLYHEDRA}
        self.assertEqual({metal for metal, _ in R0}, set(GEOMETRIES))
        self.assertLessEqual({name for names in GEOMETRIES.values() for name in names}, known)
