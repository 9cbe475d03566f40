"""EDIA of atoms against its definition."""

import unittest
from statistics import mean
from unittest.mock import patch

import gemmi
import numpy as np

from engines.ediascorer import scoring
from engines.ediascorer.atoms import gather
from engines.ediascorer.radii import RADII, RESOLUTIONS, derived, radius
from engines.ediascorer.scoring import AtomScore, Lattice, add_up, score, weight
from engines.ediascorer.test.samples import Painted, Spot, level, literal_edia, model, sphere, water

_OXYGEN = water(1, 10.0)
_R = 1.20
"""Radius of oxygen at 1.5 Angstrom."""


class WeightTests(unittest.TestCase):
    """Three parabolas."""

    def test_weights_are_those_of_the_definition(self) -> None:
        """Positive within the radius, lowest at 1.29, 0 from twice the radius on, and no step between the parts."""
        x = np.array([0, 0.5, 1, 1.29366, 2, 2.5])
        np.testing.assert_allclose(weight(x), [1, 0.75, 0, -0.4, 0, 0], atol=1e-4)
        for joint in (1.0822, 1.4043):
            before, after = weight(np.array([joint - 1e-6, joint + 1e-6]))
            self.assertAlmostEqual(before, after, places=2)

    def test_weights_of_the_points_are_shares_of_the_positive_ones(self) -> None:
        """The points beyond have the same unit although they are farther apart."""
        for spacing in ((0.1, 0.1), (0.1, 0.25)):
            lattice = Lattice.of_spacing(*spacing)
            self.assertAlmostEqual(float(lattice.inner_weights.sum()), 1, places=5)
            self.assertTrue((lattice.ring_weights <= 0).all())
            inside, beyond = np.linspace(0, 1, 1001), np.linspace(1, 2, 1001)
            shells = [np.trapezoid(weight(x) * x**2, x) for x in (inside, beyond)]
            self.assertAlmostEqual(float(lattice.ring_weights.sum()), shells[1] / shells[0], delta=0.05)


class RadiusTests(unittest.TestCase):
    """The density spheres."""

    def test_table_is_read_between_and_beyond_its_columns(self) -> None:
        """Ions of metals are charged even where the file does not say so."""
        found = [round(radius('C', 0, d), 6) for d in (0.3, 1.5, 1.75, 3.0, 4.2)]
        self.assertEqual(found, [1.02, 1.26, 1.32, 1.98, 1.98])
        self.assertEqual((radius('Zn', 0, 1.0), radius('Zn', 2, 1.0), radius('O', -1, 1.0)), (0.96, 0.96, 1.11))
        self.assertEqual(radius('X', 0, 1.0), radius('C', 0, 1.0))

    def test_rule_for_other_elements_reproduces_the_table(self) -> None:
        """Two steps of the table at most for neutral atoms; copper lies between its neighbours and is quick to get."""
        for (element, charge), row in RADII.items():
            if charge == 0:
                errors = [abs(derived(element, i) - row[i]) for i in range(1, len(RESOLUTIONS))]
                self.assertLess(max(errors), 0.061, element)
                self.assertLess(mean(errors), 0.04, element)
        self.assertLess(abs(radius('Cu', 2, 2.0) - radius('Zn', 2, 2.0)), 0.061)


class OneAtomTests(unittest.TestCase):
    """An atom alone."""

    def edia(self, density: Painted, *others: Spot) -> float:
        """
        :param density: the density
        :param others: further atoms
        :returns: EDIA of the first atom
        """
        found = score(model([_OXYGEN, *others]), density)[0].edia
        assert found is not None
        return found

    def test_density_that_ends_with_the_sphere_scores_its_height(self) -> None:
        """One sigma within the radius and nothing beyond is a score of 1."""
        for value in (0.0, 0.5, 1.0, 1.2):
            self.assertAlmostEqual(self.edia(sphere(_OXYGEN.place, _R, value)), value, places=3)

    def test_atom_beside_its_density_scores_nothing(self) -> None:
        """The farther the less; at one Angstrom next to nothing is left."""
        x, y, z = _OXYGEN.place
        found = [self.edia(sphere((x + away, y, z), _R)) for away in (0, 0.3, 0.6, 1.0)]
        self.assertEqual(found, sorted(found, reverse=True))
        self.assertLess(found[-1], 0.15)

    def test_density_everywhere_counts_against_an_atom(self) -> None:
        """The ring outweighs the sphere; the score ends at 0."""
        self.assertEqual(self.edia(level(1.0)), 0.0)

    def test_density_that_another_atom_owns_does_not(self) -> None:
        """Waters side by side, each in its density: no penalty for the other's."""
        x, y, z = _OXYGEN.place
        other = (x + 2.8, y, z)
        both = Painted.by(lambda p: np.minimum(*(np.linalg.norm(p - c, axis=1) for c in (_OXYGEN.place, other))) < _R)
        alone, beside = self.edia(both), self.edia(both, water(2, x + 2.8))
        self.assertLess(alone, 0.97)
        self.assertAlmostEqual(beside, 1.0, places=3)


class OwnershipTests(unittest.TestCase):
    """Who owns a point that several atoms reach."""

    def test_scores_are_those_of_the_definition_point_by_point(self) -> None:
        """Bonded and unbonded atoms, conformers, elements and symmetry copies in a density that varies."""
        spots = [
            Spot('LIG', 1, 'C1', 'C', (1.0, 1.2, 0.9)), Spot('LIG', 1, 'C2', 'C', (2.3, 1.5, 1.5)),
            Spot('LIG', 1, 'O1', 'O', (3.2, 0.6, 1.2), 'A', 0.5), Spot('LIG', 1, 'O1', 'O', (2.9, 0.5, 1.9), 'B', 0.5),
            water(2, 4.4, 2.2, 1.0), water(3, 2.2, 3.4, 1.4), Spot('ZN', 5, 'ZN', 'Zn', (5, 4, 2)),
        ]  # fmt: skip
        density = Painted.by(lambda p: np.clip(0.6 + 0.7 * np.sin(p @ [1.1, 0.7, 0.4]), 0, 1.2))
        atoms = gather(model(spots, 7.0, 'P 21 21 21'), 1.5)
        self.assertGreater(len(atoms.positions), 2 * len(spots))
        with patch.multiple(scoring, INNER_SPACING=1 / 3, RING_SPACING=1 / 2):
            sums = add_up(atoms, density)
        lattice = Lattice.of_spacing(1 / 3, 1 / 2)
        for index in range(len(spots)):
            self.assertAlmostEqual(float(sums.edia[index]), literal_edia(atoms, density, index, lattice), places=4)

    def test_two_atoms_without_a_bond_share_what_both_reach(self) -> None:
        """By distance; conformers and bonded atoms do not share."""
        density = level(1.0)
        lens = add_up(gather(model([_OXYGEN, water(2, 11.4)]), 1.5), density).shared
        self.assertAlmostEqual(lens[0], lens[1], places=5)
        self.assertGreater(lens[0], 0.05)
        conformers = [_OXYGEN._replace(altloc='A', occupancy=0.5), water(1, 11.4, altloc='B', occupancy=0.5)]
        bonded = [Spot('LIG', 1, 'C1', 'C', (0, 0, 0)), Spot('LIG', 1, 'C2', 'C', (1.5, 0, 0))]
        for spots in (conformers, bonded):
            self.assertEqual(add_up(gather(model(spots), 1.5), density).shared.tolist(), [0, 0])

    def test_copy_of_the_crystal_is_a_neighbour_like_any_other(self) -> None:
        """A water near a twofold axis has the scores of two waters without symmetry."""
        density = level(0.5)
        near = add_up(gather(model([water(1, 0.7, 3.0, 0.0)], 12.0, 'P 1 2 1'), 1.5), density)
        pair = add_up(gather(model([water(1, 0.7, 3.0, 0.0), water(2, -0.7, 3.0, 0.0)], 12.0), 1.5), density)
        self.assertGreater(near.shared[0], 0.05)
        self.assertAlmostEqual(near.edia[0], pair.edia[0], places=4)

    def test_atom_on_an_axis_does_not_share_with_itself(self) -> None:
        """Nor does a half occupied one that is near its own copy."""
        for x, occupancy in ((0.1, 1.0), (0.6, 0.5)):
            sums = add_up(gather(model([water(1, x, 3.0, 0.0, occupancy=occupancy)], 12.0, 'P 1 2 1'), 1.5), level(1.0))
            self.assertEqual(sums.shared[0], 0)


class BondTests(unittest.TestCase):
    """What shares a bond."""

    def bonds(self, *spots: Spot) -> list[tuple[int, ...]]:
        """
        :param spots: the atoms
        :returns: partners of each
        """
        return [item.bonded for item in score(model(list(spots)), level(1.0))]

    def test_bonds_follow_from_distance_and_chemistry(self) -> None:
        """A clash between residues is no bond, a peptide bond is one; metals have none."""
        carbonyl = (Spot('GLY', 1, 'C', 'C', (0, 0, 0)), Spot('GLY', 1, 'O', 'O', (0, 1.23, 0)))
        nitrogen = Spot('GLY', 2, 'N', 'N', (1.33, 0, 0))
        self.assertEqual(self.bonds(*carbonyl, nitrogen), [(1, 2), (0,), (0,)])
        self.assertEqual(self.bonds(carbonyl[1], water(2, 0, 2.6, 0)), [(), ()])
        self.assertEqual(self.bonds(carbonyl[1], water(2, 0, 2.5, 0)._replace(residue='ZN', element='Zn')), [(), ()])

    def test_partly_occupied_molecule_keeps_its_bonds(self) -> None:
        """It is there or not as a whole; two of them in one place are alternatives."""
        ethane = [Spot('LIG', 1, f'C{i}', 'C', (1.5 * i, 0, 0), '', 0.5) for i in (0, 1)]
        self.assertEqual(self.bonds(*ethane), [(1,), (0,)])
        other = Spot('LIG', 2, 'C1', 'C', (0.7, 0.5, 0), '', 0.5)
        found = score(model([*ethane, other]), level(1.0))
        self.assertEqual([(item.bonded, item.fault) for item in found], [((1,), 2), ((0,), 2), ((), 2)])


class FaultTests(unittest.TestCase):
    """What is wrong with an atom."""

    def faults(self, density: Painted, *spots: Spot) -> list[int]:
        """
        :param density: the density
        :param spots: the atoms
        :returns: their faults
        """
        return [item.fault for item in score(model(list(spots)), density)]

    def test_each_fault_is_named_by_what_was_lost(self) -> None:
        """Nothing, overlap, density around that belongs to none, no density."""
        other = water(2, 11.2)
        both = Painted.by(lambda p: 0.7 * (np.linalg.norm(p - [10.6, 10, 10], axis=1) < 1.6))
        self.assertEqual(self.faults(sphere(_OXYGEN.place, _R), _OXYGEN), [0])
        self.assertEqual(self.faults(both, _OXYGEN, other), [1, 1])
        self.assertEqual(self.faults(level(1.2), _OXYGEN), [2])
        self.assertEqual(self.faults(level(0.0), _OXYGEN), [3])

    def test_metal_is_not_in_the_way_of_what_binds_it(self) -> None:
        """Short as the distance is, and shared as the density is."""
        zinc = Spot('ZN', 2, 'ZN', 'Zn', (11.2, 10.0, 10.0))
        both = Painted.by(lambda p: np.linalg.norm(p - [10.6, 10, 10], axis=1) < 1.9)
        self.assertNotIn(1, self.faults(both, _OXYGEN, zinc))


class ScoreTests(unittest.TestCase):
    """What is told of each atom."""

    def test_heavy_atoms_of_the_first_model_are_scored_and_told_apart(self) -> None:
        """Hydrogens have no score; each atom says which residue it is in, even if two have one number."""
        structure = model([_OXYGEN, Spot('HOH', 1, 'H1', 'H', (10.0, 10.0, 11.0)), water(2, 15.0), water(1, 20.0)])
        structure.add_model(gemmi.Model(2))
        found = score(structure, level(0.3))
        self.assertEqual([(item.serial, item.residue, item.group) for item in found], [
            (1, ('A', 1, '', 'HOH'), 0), (3, ('A', 2, '', 'HOH'), 1), (4, ('A', 1, '', 'HOH'), 2),
        ])  # fmt: skip
        self.assertIsInstance(found[0], AtomScore)
        self.assertEqual((found[0].name, found[0].altloc, found[0].element, found[0].b_factor), ('O', '', 'O', 20.0))

    def test_atom_where_the_map_has_no_values_has_no_score(self) -> None:
        """Which is something else than no support; unknown density around it costs nothing."""
        nowhere = Painted.by(lambda p: np.where(p[:, 0] > 14.5, np.nan, 0.0))
        half = Painted.by(lambda p: np.where(np.linalg.norm(p - _OXYGEN.place, axis=1) < _R, 1.0, np.nan))
        self.assertEqual([item.edia for item in score(model([_OXYGEN, water(2, 15.0)]), nowhere)], [0.0, None])
        self.assertAlmostEqual(score(model([_OXYGEN]), half)[0].edia or 0, 1.0, places=3)
