"""Grid, burial, watershed and chemistry, each against a plain calculation or a known answer."""

import unittest
from collections import Counter

import numpy as np

from engines.dogsite.burial import burial, directions
from engines.dogsite.chemistry import AMINO_ACIDS, fractions, hydrogen_bonding, parent
from engines.dogsite.columns import COLUMNS
from engines.dogsite.detect import own_frame
from engines.dogsite.geometry import nearest_squares
from engines.dogsite.grid import Grid, ball, blur, surface_distance
from engines.dogsite.watershed import basins, grow, merge, neighbours, saddles


class GridTests(unittest.TestCase):
    """Fields on the grid."""

    def test_surface_distance_is_that_of_all_atoms(self) -> None:
        """Compared with all distances; atoms outside of the grid count, too."""
        random = np.random.default_rng(3)
        atoms, radii = random.uniform(-7, 7, (60, 3)), random.uniform(1.2, 2.0, 60)
        grid = Grid.around(random.uniform(-4, 4, (20, 3)), 0.7, 0.5)
        points = grid.points(np.argwhere(np.ones(grid.shape, np.bool_)))
        gaps = np.sqrt(((points[:, None] - atoms) ** 2).sum(2)) - radii
        field = surface_distance(grid, atoms, radii, 1.5)
        np.testing.assert_allclose(field.reshape(-1), np.minimum(gaps.min(1), 1.5), atol=1e-4)

    def test_a_blurred_point_is_a_gaussian(self) -> None:
        """The sum stays and the width is the one asked for."""
        values = np.zeros((41, 41, 41), np.float32)
        values[20, 20, 20] = 1
        smooth = blur(values, 2.0, 0.5)
        self.assertAlmostEqual(float(smooth.sum()), 1.0, places=4)
        self.assertAlmostEqual(float(smooth[24, 20, 20] / smooth[20, 20, 20]), np.exp(-0.5), places=4)

    def test_a_ball_holds_all_steps_within_its_radius(self) -> None:
        """The 26 neighbours and the point itself; nearest first."""
        steps = ball(1.8, 1.0)
        self.assertEqual(len(steps), 27)
        self.assertEqual(steps[0].tolist(), [0, 0, 0])
        self.assertEqual(len(ball(1.0, 0.5)), 33)


class BurialTests(unittest.TestCase):
    """Rays."""

    def test_directions_are_even(self) -> None:
        """Unit vectors in opposite pairs with the second moments of a sphere."""
        rays = directions(60)
        np.testing.assert_allclose((rays**2).sum(1), 1)
        np.testing.assert_allclose(rays[:30], -rays[30:])
        np.testing.assert_allclose(rays.T @ rays / 60, np.eye(3) / 3, atol=0.01)

    def test_burial_on_a_flat_surface_is_half_and_in_a_box_is_whole(self) -> None:
        """Rays end at their length: the opposite wall may be too far."""
        grid = Grid(np.zeros(3), 1.0, (30, 30, 30))
        inside = np.zeros(grid.shape, np.bool_)
        inside[:, :, :10] = True
        at = np.array([np.ravel_multi_index((15, 15, 10), grid.shape)])
        self.assertAlmostEqual(float(burial(grid, inside, at, 8.0)[0]), 0.5, delta=0.07)
        inside[:] = True
        inside[12:19, 12:19, 12:19] = False
        middle = np.array([np.ravel_multi_index((15, 15, 15), grid.shape)])
        self.assertEqual(float(burial(grid, inside, middle, 8.0)[0]), 1.0)
        self.assertEqual(float(burial(grid, inside, middle, 2.0)[0]), 0.0)


class WatershedTests(unittest.TestCase):
    """Basins of a row of points with heights 1 5 2 4 1."""

    SHAPE = (9, 3, 3)

    def setUp(self) -> None:
        """Put the row into a grid."""
        x = np.arange(1, 6)
        self.points = np.ravel_multi_index((x, np.ones_like(x), np.ones_like(x)), self.SHAPE).astype(np.intp)
        self.values = np.array([1, 5, 2, 4, 1], np.float32)
        self.near = neighbours(self.points, self.SHAPE)

    def test_basins_meet_in_the_valley(self) -> None:
        """Each point leads to its summit; there is one pass of height 2."""
        summits = basins(self.values, self.near)
        self.assertEqual(summits.tolist(), [1, 1, 1, 3, 3])
        self.assertEqual(saddles(self.values, self.near, summits), [(2.0, 1, 3)])

    def test_a_plain_has_one_summit(self) -> None:
        """Equal heights make neither circles nor many basins."""
        self.assertEqual(len(set(basins(np.ones(5, np.float32), self.near).tolist())), 1)

    def test_basins_are_joined_if_the_pass_is_high_or_one_is_small(self) -> None:
        """The pass is half of the lower summit."""
        summits = basins(self.values, self.near)
        passes = saddles(self.values, self.near, summits)
        self.assertEqual(set(merge(self.values, summits, passes, 0.6).tolist()), {1, 3})
        self.assertEqual(set(merge(self.values, summits, passes, 0.5).tolist()), {1})
        weight = np.ones(5, np.intp)
        self.assertEqual(set(merge(self.values, summits, passes, 0.6, weight, 2.5).tolist()), {1})
        self.assertEqual(set(merge(self.values, summits, passes, 0.6, weight, 2.0).tolist()), {1, 3})

    def test_points_grow_to_the_nearest_core_only_as_far_as_allowed(self) -> None:
        """Of five points the outer two are cores."""
        labels = grow(np.array([7, 8]), self.points[[0, 4]], self.points, self.SHAPE, ball(1.0, 1.0))
        self.assertEqual(labels.tolist(), [7, 7, -1, 8, 8])


class FrameTests(unittest.TestCase):
    """The frame of the molecule."""

    def test_the_own_frame_turns_with_the_molecule(self) -> None:
        """Positions in the own frame are the same after a rotation; the frame is right-handed."""
        random = np.random.default_rng(5)
        atoms = random.normal(size=(200, 3)) ** 3 * [3, 2, 1]
        turn = np.linalg.qr(random.normal(size=(3, 3)))[0]
        turn *= np.sign(np.linalg.det(turn))
        (first, a), (second, b) = own_frame(atoms), own_frame(atoms @ turn.T + [1, 2, 3])
        self.assertAlmostEqual(float(np.linalg.det(first)), 1.0)
        np.testing.assert_allclose((atoms - a) @ first.T, (atoms @ turn.T + [1, 2, 3] - b) @ second.T, atol=1e-8)

    def test_nearest_squares_is_the_plain_minimum(self) -> None:
        """In blocks and at once."""
        random = np.random.default_rng(6)
        a, b = random.normal(size=(70, 3)), random.normal(size=(30, 3))
        plain = ((a[:, None] - b) ** 2).sum(2).min(1)
        np.testing.assert_allclose(nearest_squares(a, b, 8), plain, atol=1e-9)


class ChemistryTests(unittest.TestCase):
    """Donors, acceptors and kinds of residues."""

    def test_donors_and_acceptors_of_amino_acids_and_nucleotides(self) -> None:
        """Donor, acceptor."""
        expected = {
            ('ALA', 'N', 'N'): (True, False), ('PRO', 'N', 'N'): (False, False), ('ALA', 'O', 'O'): (False, True),
            ('SER', 'OG', 'O'): (True, True), ('HIS', 'ND1', 'N'): (True, True), ('ASP', 'OD1', 'O'): (False, True),
            ('LYS', 'NZ', 'N'): (True, False), ('G', 'N1', 'N'): (True, False), ('G', 'N7', 'N'): (False, True),
            ('A', "O2'", 'O'): (True, True), ('C', 'OP1', 'O'): (False, True),
        }  # fmt: skip
        for atom, kinds in expected.items():
            with self.subTest(atom):
                self.assertEqual(hydrogen_bonding(*atom), kinds)

    def test_modified_residues_count_as_what_they_were_made_from(self) -> None:
        """Selenomethionine is methionine; deoxyadenosine has the base of adenosine."""
        self.assertEqual([parent(name) for name in ('MSE', 'HIS', 'DA', 'XYZ')], ['MET', 'HIS', 'A', 'XYZ'])

    def test_fractions_of_amino_acids_add_up_to_one(self) -> None:
        """Each of the 20 is in one class."""
        self.assertAlmostEqual(sum(fractions(Counter(AMINO_ACIDS)).values()), 1.0)
        self.assertEqual(sum(fractions(Counter({'DA': 3})).values()), 0.0)

    def test_columns_have_unique_names_and_meanings(self) -> None:
        """They are the header of a table and the keys of an answer."""
        names = [column.name for column in COLUMNS]
        self.assertEqual(len(names), len(set(names)))
        self.assertTrue(all(column.meaning for column in COLUMNS))
        self.assertTrue({'name', 'depth', 'volume', 'donor', 'accept', 'lig_name', 'lig_cov'} <= set(names))
