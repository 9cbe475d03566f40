"""Pockets of bodies with known cavities."""

import unittest

import numpy as np

from engines.dogsite.describe import Describer, Row
from engines.dogsite.detect import find_pockets
from engines.dogsite.grid import Coordinates
from engines.dogsite.test import shapes

SPACING = 0.8
_MOVED = np.array([3.31, -12.87, 40.22])


def rows(positions: Coordinates, spacing: float = SPACING) -> list[Row]:
    """
    Find and describe the pockets of a body.

    :param positions: its atoms, Angstrom
    :param spacing: of the grid, Angstrom
    :returns: the pockets
    """
    body = shapes.molecule(positions)
    found = find_pockets(body.positions, body.radii, spacing)
    describer = Describer(found, body, None)
    return [describer.row(f'P_{i}', pocket) for i, pocket in enumerate(found.pockets, 1)]


class ShapeTests(unittest.TestCase):
    """Number, volume, depth and opening."""

    def assert_near(self, value: object, expected: float, tolerance: float) -> None:
        """
        Compare numbers.

        :param value: found
        :param expected: known
        :param tolerance: largest difference
        """
        assert isinstance(value, float)
        self.assertLessEqual(abs(value - expected), tolerance, f'{value:.1f} for {expected:.1f}')

    def test_a_hollow_ball_is_one_closed_pocket(self) -> None:
        """Volume within 10 %, depth and diameter within a spacing, surface within 10 %, no opening; at any place."""
        for radius, spacing in ((8.0, 0.7), (8.0, 0.8), (8.0, 1.0), (11.0, 1.0)):
            with self.subTest(radius=radius, spacing=spacing):
                found = rows(shapes.shell(radius) + _MOVED, spacing)
                self.assertEqual(len(found), 1)
                free = radius - shapes.RADIUS
                values, volume, area = found[0].values, 4 / 3 * np.pi * free**3, 4 * np.pi * free**2
                self.assert_near(values['volume'], volume, 0.1 * volume)
                self.assert_near(values['surface'], area, 0.1 * area)
                self.assert_near(values['depth'], 2 * free, spacing)
                self.assertEqual(values['enclosure'], 0.0)
                self.assert_near(values['ell c/a'], 1.0, 0.05)

    def test_a_tunnel_is_one_pocket_with_two_openings(self) -> None:
        """Its depth is the way from the middle to an end; the mouths end with the atoms' surface."""
        found = rows(shapes.tunnel(5.0, 24.0))
        self.assertEqual(len(found), 1)
        length, free = 24.0 + 2 * shapes.RADIUS, 5.0 - shapes.RADIUS
        values, volume = found[0].values, np.pi * free**2 * length
        self.assert_near(values['volume'], volume, 0.1 * volume)
        self.assert_near(values['depth'], length / 2, SPACING)
        openings = 2 * np.pi * free**2
        walls = 2 * np.pi * free * length
        self.assert_near(values['enclosure'], openings / (openings + walls), 0.08)
        self.assert_near(values['ell b/a'], values['ell c/a'], 0.05)  # type: ignore[arg-type]

    def test_a_flat_plate_has_no_pocket(self) -> None:
        """Neither its faces nor its edges and corners."""
        self.assertEqual(rows(shapes.block((40.0, 40.0, 8.0))), [])

    def test_a_solid_ball_has_no_pocket(self) -> None:
        """What bulges is no pocket, and crevices between atoms are none."""
        self.assertEqual(rows(np.concatenate([shapes.sphere(r) for r in np.arange(1.2, 12, 1.2)])), [])

    def test_two_touching_cavities_are_two_pockets(self) -> None:
        """Each has the volume of its sphere."""
        found = rows(shapes.two_cavities(7.0, 12.4))
        self.assertEqual(len(found), 2)
        volume = 4 / 3 * np.pi * (7.0 - shapes.RADIUS) ** 3
        for row in found:
            self.assert_near(row.values['volume'], volume, 0.1 * volume)

    def test_two_cavities_with_a_wide_passage_are_subpockets_of_one(self) -> None:
        """The closer the centres, the more the two are one."""
        body = shapes.two_cavities(7.0, 8.6)
        found = find_pockets(body, np.full(len(body), shapes.RADIUS), SPACING)
        self.assertEqual(len(found.pockets), 1)

    def test_the_orientation_does_not_matter(self) -> None:
        """A body with three different axes gives the same points in any frame."""
        body = np.concatenate([shapes.tunnel(5.0, 24.0), shapes.sphere(3.0, 18.0) + np.array([0, 1, 5])])
        angle = 0.7
        turn = np.array([[np.cos(angle), -np.sin(angle), 0], [np.sin(angle), np.cos(angle), 0], [0, 0, 1]])
        first, second = (rows(x) for x in (body, np.round(body @ turn.T @ turn[::-1, ::-1] + _MOVED, 3)))
        self.assertEqual(len(first), len(second))
        for before, after in zip(first, second, strict=True):
            self.assert_near(
                after.values['volume'], float(before.values['volume']), 0.02 * float(before.values['volume'])
            )
