"""Polyhedra, and how they are laid over partners."""

import itertools
import math
import time
import unittest

import numpy as np

from engines.metalizer.fitting import fit
from engines.metalizer.polyhedra import LARGEST, POLYHEDRA, Polyhedron, angles_between
from engines.metalizer.predictions import predict
from engines.metalizer.test.sites import around, site, turned

_BY_NAME = {each.name: each for each in POLYHEDRA}


def _by_hand(polyhedron: Polyhedron, partners: np.ndarray) -> float:
    """
    :param polyhedron: the polyhedron
    :param partners: unit vectors, shape (n, 3)
    :returns: the smallest prmsd of all assignments, each superposed on its own
    """
    best = math.inf
    for sites in itertools.permutations(range(polyhedron.size), len(partners)):
        chosen = polyhedron.directions[list(sites)]
        left, _, right = np.linalg.svd(partners.T @ chosen)
        sign = np.sign(np.linalg.det(left @ right))
        rotation = left @ np.diag([1, 1, sign]) @ right
        best = min(best, float(((chosen @ rotation.T - partners) ** 2).sum()))
    return math.sqrt(best / (len(partners) + 1))


class PolyhedronTests(unittest.TestCase):
    """The ideal arrangements."""

    def test_directions_are_unit_vectors_of_two_to_nine_sites(self) -> None:
        """No site twice."""
        self.assertEqual({each.size for each in POLYHEDRA}, set(range(2, 10)))
        for each in POLYHEDRA:
            np.testing.assert_allclose(np.linalg.norm(each.directions, axis=1), 1)
            self.assertGreater((each.angles + 180 * np.eye(each.size)).min(), 50, each.name)

    def test_angles_are_those_of_the_textbooks(self) -> None:
        """All there are in one polyhedron."""
        expected = {
            'linear': {180}, 'trigonal planar': {120}, 'tetrahedral': {109}, 'square planar': {90, 180},
            'trigonal bipyramid': {90, 120, 180}, 'octahedral': {90, 180}, 'pentagonal bipyramid': {72, 90, 144, 180},
            'cubic': {71, 109, 180},
        }  # fmt: skip
        for name, angles in expected.items():
            found = _BY_NAME[name].angles[np.triu_indices(_BY_NAME[name].size, 1)]
            self.assertEqual({round(float(angle)) for angle in found}, angles, name)

    def test_sites_that_rotations_exchange_are_tried_once(self) -> None:
        """Mirrors do not count: a mirrored assignment is another one."""
        counts = {'octahedral': 1, 'trigonal bipyramid': 2, 'capped octahedron': 3, 'capped trigonal prism': 4}
        self.assertEqual({name: len(_BY_NAME[name].first_sites) for name in counts}, counts)


class AssignmentTests(unittest.TestCase):
    """The best assignment and the best rotation."""

    def test_every_polyhedron_finds_itself_turned_and_mixed(self) -> None:
        """And scores 0, before all others."""
        for seed, each in enumerate(POLYHEDRA):
            points = 2.4 * np.random.default_rng(seed).permutation(turned(each.directions, seed))
            best = predict(around(site('Ca', points)), 21.5, 0.25)[0]
            self.assertEqual(best.fit.polyhedron.name, each.name)
            self.assertAlmostEqual(best.score, 0, places=4)

    def test_assignment_is_the_best_of_all(self) -> None:
        """Compared with all permutations, for partners at random and with free sites."""
        random = np.random.default_rng(0)
        cases = [('trigonal bipyramid', 5), ('square pyramid', 4), ('octahedral', 5), ('pentagonal bipyramid', 5),
                 ('capped trigonal prism', 6)]  # fmt: skip
        for name, number in cases:
            partners = random.normal(size=(number, 3))
            partners /= np.linalg.norm(partners, axis=1)[:, None]
            found = fit(_BY_NAME[name], partners, 180)
            assert found is not None
            self.assertAlmostEqual(found.prmsd, _by_hand(_BY_NAME[name], partners), places=6, msg=name)

    def test_angles_beyond_the_limit_are_no_fit(self) -> None:
        """A square is no tetrahedron."""
        square = _BY_NAME['square planar'].directions
        self.assertIsNone(fit(_BY_NAME['tetrahedral'], square, 21.5))
        loose = fit(_BY_NAME['tetrahedral'], square, 90)
        assert loose is not None
        seen = angles_between(square)[np.triu_indices(4, 1)]
        ideal = _BY_NAME['tetrahedral'].angles[0, 1]
        self.assertAlmostEqual(loose.rmsd, math.sqrt(((seen - ideal) ** 2).mean()), places=6)

    def test_mirror_image_is_no_rotation(self) -> None:
        """The deviation is that of a proper rotation: hands of partners are told apart."""
        chiral = np.array([[1, 0.3, 0], [-0.9, 0.2, 0.5], [0, -1, 0.4], [0.2, 0.1, 1.0], [0.5, 0.6, -0.9]])
        chiral /= np.linalg.norm(chiral, axis=1)[:, None]
        for partners in (chiral, chiral * [1, 1, -1]):
            found = fit(_BY_NAME['capped trigonal prism'], partners, 180)
            assert found is not None
            spread = found.directions[list(found.sites)]
            again = float(((spread - partners) ** 2).sum())
            self.assertAlmostEqual(found.prmsd, math.sqrt(again / 6), places=9)
            self.assertAlmostEqual(found.prmsd, _by_hand(_BY_NAME['capped trigonal prism'], partners), places=6)

    def test_nine_partners_at_random_take_no_time(self) -> None:
        """362,880 assignments; most branches are cut."""
        random = np.random.default_rng(1)
        began = time.monotonic()
        for _ in range(5):
            partners = random.normal(size=(LARGEST, 3))
            partners /= np.linalg.norm(partners, axis=1)[:, None]
            fit(_BY_NAME['capped square antiprism'], partners, 180)
        self.assertLess(time.monotonic() - began, 5)

    def test_free_site_is_told_and_what_stands_there_costs(self) -> None:
        """4 for the site; an atom in it up to 10."""
        points = 2.1 * _BY_NAME['octahedral'].directions
        (open_one, *_) = predict(around(site('Mg', points[1:])), 21.5, 0.25)
        by_name = {each.fit.polyhedron.name: each for each in predict(around(site('Mg', points[1:])), 21.5, 0.25)}
        octahedral = by_name['octahedral']
        self.assertEqual((len(octahedral.fit.free), octahedral.overlap), (1, 0))
        self.assertAlmostEqual(octahedral.score, 4, places=4)
        np.testing.assert_allclose(octahedral.free_points[0], [10, 10, 12.1], atol=1e-6)
        self.assertLessEqual(open_one.score, octahedral.score)
        structure = site('Mg', points[1:])
        blocked = structure[0][0].add_residue(structure[0][0][1])
        blocked.name, blocked[0].element, blocked[0].pos.z = 'UNK', type(blocked[0].element)('C'), 13.1
        blocked[0].pos.x, blocked[0].pos.y = 10, 10
        taken = {each.fit.polyhedron.name: each for each in predict(around(structure), 21.5, 0.25)}['octahedral']
        self.assertAlmostEqual(taken.overlap, 1 - 1 / 2.5, places=4)
