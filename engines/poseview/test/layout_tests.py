"""The layout in small: lines out of rings, simpler residues, labels, and ligands of all sizes."""

import unittest

import numpy as np
from rdkit import Chem

from engines.interactions.interaction import Interaction, Kind, Partner, Role
from engines.interactions.test.sites import whole
from engines.poseview.board import enclosed
from engines.poseview.diagram import Atom, Diagram, Line, Link, Shape, Structure
from engines.poseview.formulas import depictions
from engines.poseview.geometry import to_edge
from engines.poseview.layout import lay_out
from engines.poseview.quality import Quality, judge
from engines.poseview.simplify import by_line, by_place
from engines.poseview.test.poseview_tests import drawn

_SIDE = Partner(Role.DONOR, (0,), 0, (0.0, 0.0, 0.0))
_BOND = Interaction(Kind.HYDROGEN_BOND, _SIDE, _SIDE, 2.9)


def chain(label: str, first: int, number: int) -> Structure:
    """
    :param label: its name
    :param first: atom of the complex that is its first
    :param number: of atoms
    :returns: a straight chain of oxygens
    """
    atoms = [Atom(first + i, f'O{i}', 'O', 0, 0) for i in range(number)]
    bonds = [Line(i, i + 1, 1) for i in range(number - 1)]
    points = np.stack((np.arange(number) - (number - 1) / 2, np.zeros(number)), 1)
    return Structure(label, Shape.FORMULA, atoms, bonds, [], points)


def tied(*pairs: tuple[int, int, int, int]) -> list[Link]:
    """
    :param pairs: structures and atoms of hydrogen bonds
    :returns: their lines
    """
    return [Link(_BOND, (a, b), ((i,), (j,)), 2.9) for a, b, i, j in pairs]


class ArrangementTests(unittest.TestCase):
    """Where things are put, and as what."""

    def test_only_lines_out_of_rings_have_to_cross(self) -> None:
        """The middle of a hexagon lies within one bond on all sides, a corner and a place outside do not."""
        angles = np.arange(6) * np.pi / 3
        ring = Structure(
            '', Shape.FORMULA, [Atom(i, '', 'C', 0, 0) for i in range(6)], [Line(i, (i + 1) % 6, 1) for i in range(6)],
            [tuple(range(6))], np.stack((np.cos(angles), np.sin(angles)), 1),
        )  # fmt: skip
        self.assertEqual(enclosed(ring, np.zeros(2)), 1)
        self.assertEqual(enclosed(ring, ring.points[0]), 0)
        self.assertEqual(enclosed(ring, np.array((3.0, 0.0))), 0)

    def test_residue_is_shown_once_for_each_place_that_it_binds(self) -> None:
        """Both ends and their neighbours of a long ligand: two names with two lines each, then four."""
        for simpler, names in ((by_place, 2), (by_line, 4)):
            ends = ((0, 1, 0, 10), (0, 1, 1, 11), (0, 1, 8, 10), (0, 1, 9, 11))
            diagram = Diagram('', [chain('LIG', 0, 10), chain('Arg1 A', 10, 2)], tied(*ends))
            self.assertTrue(simpler(diagram, 1))
            self.assertEqual([s.label for s in diagram.structures[1:]], ['Arg1 A'] * names)
            self.assertEqual({s.shape for s in diagram.structures[1:]}, {Shape.NAME})
            self.assertEqual(len(diagram.links), 4)
            self.assertEqual({x.ends[1] for x in diagram.links}, set(range(1, names + 1)))

    def test_residue_that_binds_both_sides_is_no_knot(self) -> None:
        """Lines to both ends of a ring of other residues: none crosses in the end, and all are drawn."""
        partners = [chain(f'Ser{i} A', 20 + 2 * i, 2) for i in range(10)]
        ends = [(0, 1 + i, i, 20 + 2 * i) for i in range(10)] + [(0, 1, 9, 21), (0, 10, 0, 39)]
        diagram = Diagram('', [chain('LIG', 0, 10), *partners], tied(*ends))
        lay_out(diagram)
        self.assertEqual(judge(diagram), Quality(0, 0))
        self.assertEqual(len(diagram.links), 12)

    def test_lines_end_at_the_frame_of_a_name(self) -> None:
        """From the side and from above, and nowhere if they begin within."""
        middle = np.zeros(2)
        self.assertAlmostEqual(to_edge(middle, 'Arg1 A', np.array((9.0, 0.0)))[0], 0.9)
        self.assertAlmostEqual(to_edge(middle, 'Arg1 A', np.array((0.0, 9.0)))[1], 0.35)
        self.assertEqual(to_edge(middle, 'Arg1 A', np.array((0.1, 0.1))).tolist(), [0.0, 0.0])


class LigandSizeTests(unittest.TestCase):
    """Ligands of all kinds."""

    def test_peptide_of_several_components_is_drawn(self) -> None:
        """1PFE: echinomycin, ten residues in two rings."""
        diagram = drawn(whole('1pfe.cif'))
        self.assertEqual(judge(diagram).overlaps, 0)
        self.assertEqual(len(diagram.structures[0].atoms), 76)

    def test_every_size_has_depictions(self) -> None:
        """Five to eighty heavy atoms, a macrocycle among them; every depiction keeps bonds of one length."""
        for smiles in ('CCO.O', 'CC(=O)OC', 'C1' + 'CCCCC' * 4 + '1', 'NCC(=O)' * 15, 'c1ccccc1' * 13):
            mol = Chem.AddHs(Chem.MolFromSmiles(smiles))
            heavy = mol.GetNumHeavyAtoms()
            conformer = Chem.Conformer(mol.GetNumAtoms())
            for i in range(mol.GetNumAtoms()):
                conformer.SetAtomPosition(i, (1.5 * i, float(i % 3), float(i % 2)))
            mol.AddConformer(conformer)
            found = list(depictions(mol, list(range(heavy)), [''] * heavy, 'LIG'))
            self.assertGreater(len(found), 2)
            for structure in found:
                self.assertEqual(structure.points.shape, (heavy, 2))
                self.assertTrue(np.isfinite(structure.points).all())
