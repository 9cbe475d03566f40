"""Symmetry copies of what no crystal holds."""

import unittest

import gemmi
import numpy as np

from engines.errors import EngineError
from engines.structure.neighbours import symmetry_copies


class ScatteredTests(unittest.TestCase):
    """Atoms in different frames, such as a ligand of another structure, or dummies at 9999."""

    def setUp(self) -> None:
        """A crystal of one atom in a cell."""
        self.structure = gemmi.Structure()
        self.structure.cell, self.structure.spacegroup_hm = gemmi.UnitCell(30, 40, 50, 90, 90, 90), 'P 21 21 21'

    def test_atoms_over_very_many_cells_are_refused_at_once(self) -> None:
        """Looking through all cells between them would take minutes, or all memory."""
        for away in (500.0, 9999.0):
            with self.assertRaises(EngineError) as caught:
                symmetry_copies(self.structure, np.array([[0.0, 0.0, 0.0], [away, away, away]]), 4.0)
            self.assertEqual(caught.exception.code, 'structure.scattered')

    def test_atoms_over_a_few_cells_have_copies(self) -> None:
        """A ligand in a neighbour's site is where crystallographers may leave it."""
        copies = symmetry_copies(self.structure, np.array([[0.0, 0.0, 0.0], [61.0, 0.0, 0.0]]), 4.0)
        self.assertEqual(sorted(copy.atoms.tolist() for copy in copies), [[0], [1]])


if __name__ == '__main__':
    unittest.main()
