"""Faults of a model lower the scores of the right atoms, and of no others."""

import unittest
from collections.abc import Callable, Iterable
from functools import cache

import gemmi
import numpy as np

from engines.ediascorer.fit import calculated
from engines.ediascorer.maps import Density
from engines.ediascorer.scoring import AtomScore, score
from engines.ediascorer.test.samples import structure

_FAR = 5.0
"""Angstrom; farther away no sphere touches a changed one."""


@cache
def ubiquitin() -> tuple[gemmi.Structure, Density, list[AtomScore]]:
    """
    :returns: 1UBI with its own density, and its scores
    """
    target = structure('1ubi.pdb')
    density = calculated(target, Density(gemmi.FloatGrid(1, 1, 1), 0, 1, 1.8))
    return target, density, score(target, density)


class ModelFaultTests(unittest.TestCase):
    """Residue 45 of ubiquitin, a phenylalanine at the surface."""

    def faulty(self, change: Callable[[gemmi.Residue], None]) -> list[AtomScore]:
        """
        :param change: of the residue
        :returns: scores of the changed model
        """
        target, density, _ = ubiquitin()
        changed = target.clone()
        change(changed[0]['A']['45'][0])
        return score(changed, density)

    def assert_lowered(self, found: list[AtomScore], names: Iterable[str], faults: set[int], altloc: str = '') -> None:
        """
        :param found: scores of the changed model
        :param names: of the atoms that have lost their support
        :param faults: that they may have
        :param altloc: of these atoms
        """
        target, _, before = ubiquitin()
        wanted = {(atom.residue[1], atom.name): atom.edia or 0 for atom in before}
        places = {atom.serial: np.array(atom.pos.tolist()) for chain in target[0] for r in chain for atom in r}
        ring = [np.array(atom.pos.tolist()) for atom in target[0]['A']['45'][0]]
        for atom in found:
            key = atom.residue[1], atom.name
            if atom.residue[1] == 45 and atom.name in names and atom.altloc == altloc:
                self.assertLess(atom.edia or 0, wanted[key] - 0.4, key)
                self.assertIn(atom.fault, faults, key)
            elif atom.residue[1] != 45 and min(np.linalg.norm(places[atom.serial] - p) for p in ring) > _FAR + 3:
                self.assertAlmostEqual(atom.edia or 0, wanted[key], delta=0.02, msg=str(key))

    def test_model_is_good_as_it_is(self) -> None:
        """Or nothing could be lowered."""
        _, _, before = ubiquitin()
        self.assertGreater(float(np.median([atom.edia or 0 for atom in before])), 0.95)
        self.assertGreater(min(atom.edia or 0 for atom in before if atom.residue[1] == 45), 0.85)

    def test_shifted_residue(self) -> None:
        """By 1.5 Angstrom out of its density."""

        def change(residue: gemmi.Residue) -> None:
            """Move the ring along its normal."""
            a, b, c = (np.array(residue[name][0].pos.tolist()) for name in ('CG', 'CE1', 'CE2'))
            normal = np.cross(b - a, c - a)
            for atom in residue:
                if atom.name in _RING:
                    atom.pos += gemmi.Position(*(1.5 * normal / np.linalg.norm(normal)))

        self.assert_lowered(self.faulty(change), _RING, {1, 2, 3})

    def test_second_conformer_without_density(self) -> None:
        """The first one keeps its scores."""

        def change(residue: gemmi.Residue) -> None:
            """Add a ring that points the other way."""
            pivot = np.array(residue['CB'][0].pos.tolist())
            for atom in [atom for atom in residue if atom.name in _RING]:
                atom.altloc, atom.occ = 'A', 0.5
                other = atom.clone()
                other.altloc = 'B'
                other.pos = gemmi.Position(*(2 * pivot - atom.pos.tolist()))
                residue.add_atom(other)

        found = self.faulty(change)
        self.assert_lowered(found, _RING - {'CG'}, {1, 2, 3}, altloc='B')
        first = {atom.name: atom.edia or 0 for atom in found if atom.residue[1] == 45 and atom.altloc == 'A'}
        before = {atom.name: atom.edia or 0 for atom in ubiquitin()[2] if atom.residue[1] == 45}
        for name, value in first.items():
            self.assertAlmostEqual(value, before[name], delta=0.05, msg=name)

    def test_missing_density(self) -> None:
        """It is named as what it is."""
        target, density, _ = ubiquitin()
        grid = density.grid.clone()
        for atom in target[0]['A']['45'][0]:
            if atom.name in _RING:
                grid.set_points_around(atom.pos, 1.5, density.mean)
        grid.symmetrize_min()
        values = np.array(grid, copy=False)
        empty = Density(grid, float(values.mean()), float(values.std()), density.resolution)
        self.assert_lowered(score(target, empty), _RING, {3})


_RING = {'CG', 'CD1', 'CD2', 'CE1', 'CE2', 'CZ'}
