"""Scores of residues, and the fit of map and model."""

import math
import unittest
from dataclasses import replace

import numpy as np

from engines.ediascorer.atoms import gather
from engines.ediascorer.fit import Fit, calculated, fit_of
from engines.ediascorer.maps import Density, read_density
from engines.ediascorer.scoring import AtomScore
from engines.ediascorer.summary import ediam, opia, residue_scores
from engines.ediascorer.test.samples import model, structure, water
from engines.test.utils import structure_path


def atom(edia: float | None, *bonded: int, group: int = 0) -> AtomScore:
    """
    :param edia: its score
    :param bonded: atoms it is bonded to
    :param group: its residue
    :returns: an atom
    """
    return AtomScore(1, ('A', group + 1, '', 'LIG'), 'C1', '', 'C', 20.0, 1.0, edia, 0, group, bonded)


class SummaryTests(unittest.TestCase):
    """EDIAm and OPIA."""

    def test_ediam_is_the_power_mean_that_the_worst_atoms_decide(self) -> None:
        """By hand: ((1.1 ** -2 + 0.4 ** -2) / 2) ** -0.5 - 0.1 and so on."""
        for values, wanted in (
            ((1.0,), 1.0), ((1.0, 0.3), 0.4316), ((0.9, 0.9, 0.9, 0.9, 0.2), 0.4752), ((0.0, 1.2), 0.0410),
            ((0.4, 0.4, 0.4, 1.0, 1.0, 1.0), 0.5437),
        ):  # fmt: skip
            self.assertAlmostEqual(ediam(values), wanted, places=3)

    def test_opia_counts_good_atoms_with_a_good_partner_in_the_residue(self) -> None:
        """Not a good atom alone, nor one whose only good partner is in the next residue."""
        chain = [atom(0.9, 1), atom(0.85, 0, 2), atom(0.5, 1, 3), atom(0.95, 2, 4), atom(1.0, 3, group=1)]
        self.assertEqual(opia(chain, [0, 1, 2, 3]), 50)
        self.assertIsNone(opia(chain, [4]))

    def test_residues_are_kept_apart_and_atoms_outside_the_map_do_not_count(self) -> None:
        """Two residues with one key stay two."""
        scores = [atom(1.0, 1), atom(None, 0), replace(atom(0.4), group=1), replace(atom(None), group=2)]
        first, second, third = residue_scores(scores, Fit({0: 0.9, 1: math.nan}, {0: 0.1}, 0.9))
        self.assertEqual((first.atoms, first.scored, first.lowest, first.highest), (2, 1, 1.0, 1.0))
        self.assertEqual((first.rscc, first.rsr, second.rscc, second.rsr), (0.9, 0.1, None, None))
        self.assertAlmostEqual(second.ediam or 0, 0.4)
        self.assertEqual((third.scored, third.ediam, third.rscc), (0, None, None))


class FitTests(unittest.TestCase):
    """RSCC and RSR."""

    def test_model_fits_its_own_density_whatever_the_scale(self) -> None:
        """A residue that is not where the density is does not, and the others still do."""
        target = structure('5wkd.pdb')
        density = read_density(structure_path('5wkd_2fofc.ccp4'), target)
        own = calculated(target, density)
        atoms = gather(target, density.resolution)
        scaled = replace(own, mean=own.mean / 2, sigma=3 * own.sigma)
        for map_ in (own, scaled):
            fit = fit_of(atoms, map_, own)
            self.assertGreater(min(fit.rscc.values()), 0.999)
            self.assertLess(max(fit.rsr.values()), 0.001)
        moved = target.clone()
        for residue_atom in moved[0]['A'][4]:
            residue_atom.pos.x += 1.5
        worse = fit_of(gather(moved, density.resolution), own, calculated(moved, own))
        self.assertEqual(min(worse.rscc, key=worse.rscc.__getitem__), 4)
        self.assertLess(worse.rscc[4], 0.8)
        self.assertGreater(worse.rscc[0], 0.95)
        real = fit_of(atoms, density, own)
        self.assertGreater(real.overall, 0.9)
        self.assertLess(real.overall, 0.99)

    def test_model_without_b_factors_has_a_density(self) -> None:
        """Its atoms are sharper than any grid."""
        target = model([water(1, 3.0, 4.0, 5.0), water(2, 6.0, 4.0, 5.0)], 10.0)
        for cra in target[0].all():
            cra.atom.b_iso = 0.0
        flat = Density(calculated(target, self.empty()).grid, 0, 1, 1.5)
        self.assertGreater(float(np.array(flat.grid).max()), 1)

    def empty(self) -> Density:
        """:returns: a density of which only the resolution is known"""
        import gemmi

        return Density(gemmi.FloatGrid(1, 1, 1), 0, 1, 1.5)

    def test_nothing_is_compared_where_there_is_nothing(self) -> None:
        """A model of unknown atoms has no density of its own."""
        target = model([water(1, 3.0, 4.0, 5.0)], 10.0)
        target[0]['A'][0][0].occ = 0.0
        own = calculated(target, self.empty())
        fit = fit_of(gather(target, 1.5), own, own)
        self.assertEqual((fit.rscc, fit.rsr), ({}, {}))
        self.assertTrue(math.isnan(fit.overall))
