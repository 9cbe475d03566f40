"""Maps in every convention in which people bring them, and those that are none."""

import struct
import tracemalloc
import unittest
from functools import cache
from pathlib import Path

import gemmi
import numpy as np

from engines.ediascorer.maps import Density, Floats, read_density
from engines.ediascorer.scoring import score
from engines.ediascorer.test.samples import Header, ccp4, content, model, packed, structure, water, whole_cell
from engines.errors import EngineError
from engines.test.utils import Workspace

Scores = list[float | None]


@cache
def peptide() -> gemmi.Structure:
    """
    :returns: 5WKD, seven residues in C2
    """
    return structure('5wkd.pdb')


class MapTestCase(unittest.TestCase):
    """Works in a folder of its own."""

    def setUp(self) -> None:
        """Make the folder."""
        self.workspace = Workspace()
        self.addCleanup(self.workspace.close)

    def read(self, raw: bytes, target: gemmi.Structure | None = None, **given: float) -> Density:
        """
        :param raw: content of a density file
        :param target: the model; 5WKD unless given
        :param given: the resolution
        :returns: the density
        """
        return read_density(self.workspace.write('density', raw), target or peptide(), **given)

    def scores(self, raw: bytes, target: gemmi.Structure | None = None) -> Scores:
        """
        :param raw: content of a density file
        :param target: the model; 5WKD unless given
        :returns: EDIA of its atoms
        """
        return [item.edia for item in score(target or peptide(), self.read(raw, target))]

    def assert_same(self, found: Scores, wanted: Scores, most: float = 0.02) -> None:
        """
        :param found: scores
        :param wanted: scores
        :param most: largest difference
        """
        differences = np.abs(np.array(found, np.float64) - np.array(wanted, np.float64))
        self.assertLessEqual(float(differences.max()), most)

    def refused(self, raw: bytes, target: gemmi.Structure | None = None) -> str:
        """
        :param raw: content of a density file
        :param target: the model; 5WKD unless given
        :returns: code of the error
        """
        with self.assertRaises(EngineError) as caught:
            self.read(raw, target)
        self.assertNotIn(str(self.workspace.path), caught.exception.message)
        return caught.exception.code


class ConventionTests(MapTestCase):
    """The same density, written in different ways, gives the same scores."""

    def setUp(self) -> None:
        """The map of the unit cell, and the scores in it."""
        super().setUp()
        self.raw = content('5wkd_2fofc.ccp4')
        self.values, self.cell = whole_cell(self.raw, self.workspace.path)
        self.wanted = self.scores(self.raw)

    def test_scores_are_those_of_a_good_model(self) -> None:
        """Or all other tests could hold for nonsense."""
        found = [value for value in self.wanted if value is not None]
        self.assertEqual(len(found), 50)
        self.assertGreater(float(np.median(found)), 0.85)

    def test_order_of_the_axes_origin_scale_and_bytes_do_not_matter(self) -> None:
        """Nor does gzip, or which part of the crystal was cut out as long as it is a whole cell."""
        shifted = np.roll(self.values, (-7, -3, 11), (0, 1, 2))
        big = np.tile(self.values, (1, 2, 1))
        for raw in (
            ccp4(self.values, self.cell, Header(order=(2, 0, 1))),
            ccp4(self.values, self.cell, Header(order=(1, 2, 0), group=5)),
            ccp4(shifted, self.cell, Header(start=(7, 3, -11))),
            ccp4(big, self.cell, Header(sampling=self.values.shape)),
            ccp4(37.5 * self.values + 4, self.cell),
            ccp4(self.values, self.cell, Header(endian='>')),
            packed(ccp4(self.values, self.cell)),
        ):
            self.assert_same(self.scores(raw), self.wanted, 0.001)

    def test_asymmetric_unit_is_enough(self) -> None:
        """The rest follows by symmetry; what does not is unknown, not zero."""
        half = self.values[: self.values.shape[0] // 2 + 1]
        self.assert_same(
            self.scores(ccp4(half, self.cell, Header(group=5, sampling=self.values.shape))), self.wanted, 0.001
        )

    def test_grid_does_not_matter(self) -> None:
        """As coarse as programs write it, and finer."""
        block = gemmi.as_refln_blocks(gemmi.cif.read_string(content('5wkd-sf.cif').decode()))[0]
        found = []
        for rate in (2.7, 4.0, 6.0):
            grid = block.transform_f_phi_to_map('pdbx_FWT', 'pdbx_PHWT', sample_rate=rate)
            found.append(self.scores(ccp4(np.array(grid), self.cell)))
        self.assert_same(found[0], found[2], 0.02)
        self.assert_same(found[1], found[2], 0.005)

    def test_structure_may_be_moved_by_a_symmetry_operation(self) -> None:
        """And by whole cells: its neighbours and its density go with it."""
        moved = peptide().clone()
        for cra in moved[0].all():
            x, y, z = self.cell.fractionalize(cra.atom.pos).tolist()
            cra.atom.pos = self.cell.orthogonalize(gemmi.Fractional(2.5 - x, y - 0.5, 1 - z))
        self.assert_same(self.scores(self.raw, moved), self.wanted)

    def test_crystal_written_out_without_symmetry_scores_the_same(self) -> None:
        """Copies of the crystal are neighbours like any other."""
        expanded = peptide().clone()
        expanded.setup_cell_images()
        expanded.spacegroup_hm = 'P 1'
        for number, image in enumerate(peptide().find_spacegroup().operations()):
            if not number:
                continue
            for chain in peptide()[0]:
                copy = chain.clone()
                copy.name = f'{chain.name}{number}'
                for residue in copy:
                    for atom in residue:
                        place = self.cell.fractionalize(atom.pos).tolist()
                        atom.pos = self.cell.orthogonalize(gemmi.Fractional(*image.apply_to_xyz(place)))
                expanded[0].add_chain(copy)
        found = self.scores(ccp4(self.values, self.cell), expanded)
        self.assertEqual(len(found), 4 * len(self.wanted))
        self.assert_same(found[: len(self.wanted)], self.wanted, 0.005)


class BoxTests(MapTestCase):
    """Maps that are not those of a unit cell."""

    def box(self, **changed: object) -> tuple[gemmi.Structure, Floats]:
        """
        Three waters in a row along a box of 16 Angstrom.

        :param changed: fields of the structure
        :returns: the structure, and its density at every half Angstrom
        """
        places = [(4.0, 8.0, 8.0), (8.0, 8.0, 8.0), (12.0, 8.0, 8.0)]
        axis = np.arange(32) / 2
        points = np.stack(np.meshgrid(axis, axis, axis, indexing='ij'), -1)
        values = sum(np.exp(-((points - place) ** 2).sum(-1) / 0.5) for place in places)
        waters = model([water(number, *place) for number, place in enumerate(places, 1)])
        for name, value in changed.items():
            setattr(waters, name, value)
        return waters, np.array(values, np.float32)

    def test_part_of_a_cell_knows_the_atoms_inside_only(self) -> None:
        """What is outside has no score, whether the map is that of a crystal or not."""
        cell = gemmi.UnitCell(16, 16, 16, 90, 90, 90)
        for own in (cell, gemmi.UnitCell()):
            waters, values = self.box(cell=own)
            part = ccp4(values[:21], cell, Header(sampling=(32, 32, 32)))
            found = self.scores(part, waters)
            self.assertEqual([value is None for value in found], [False, False, True], own)
            self.assertGreater(found[1] or 0, 0.4)
        self.assertEqual([note.code for note in self.read(part, waters).notes], ['map.box'])

    def test_box_does_not_repeat_itself(self) -> None:
        """A model twice the size of the box is not scored by what is on its other side."""
        waters, values = self.box()
        waters[0]['A'][0][0].pos += gemmi.Position(16, 0, 0)
        found = self.scores(ccp4(values, gemmi.UnitCell(16, 16, 16, 90, 90, 90)), waters)
        self.assertEqual([value is None for value in found], [True, False, False])

    def test_origin_of_microscopy_is_taken(self) -> None:
        """It is in Angstrom and need not be on the grid; the model is where the header says."""
        waters, values = self.box()
        cell = gemmi.UnitCell(16, 16, 16, 90, 90, 90)
        wanted = self.scores(ccp4(values, cell), waters)
        for cra in waters[0].all():
            cra.atom.pos += gemmi.Position(100.2, -50.1, 7.77)
        self.assert_same(self.scores(ccp4(values, cell, Header(origin=(100.2, -50.1, 7.77))), waters), wanted, 0.001)

    def test_covered_part_of_a_crystal_is_told(self) -> None:
        """Mean and sigma are those of the part."""
        cell = gemmi.UnitCell(16, 16, 16, 90, 90, 90)
        waters, values = self.box(cell=cell)
        notes = self.read(ccp4(values[:21], cell, Header(sampling=(32, 32, 32))), waters).notes
        self.assertEqual([note.code for note in notes], ['map.partial'])
        self.assertIn('66 %', notes[0].message)


class WrongMapTests(MapTestCase):
    """A map that is none, or not that of the model."""

    def test_map_of_another_crystal_is_refused(self) -> None:
        """Both cells are named."""
        with self.assertRaises(EngineError) as caught:
            self.read(content('5e5z_2fofc.ccp4'))
        self.assertEqual(caught.exception.code, 'map.wrong')
        self.assertIn('50.3 4.8 14.7', caught.exception.message)

    def test_model_without_a_cell_gets_that_of_the_map(self) -> None:
        """As docking programs write it; its neighbours in the crystal count again."""
        target = peptide().clone()
        target.cell, target.spacegroup_hm = gemmi.UnitCell(), ''
        density = self.read(content('5wkd_2fofc.ccp4'), target)
        self.assertEqual([note.code for note in density.notes], ['map.cell'])
        self.assert_same([item.edia for item in score(target, density)], self.scores(content('5wkd_2fofc.ccp4')), 0.005)

    def test_other_space_group_of_the_same_cell_is_told(self) -> None:
        """It may be meant."""
        target = peptide().clone()
        target.spacegroup_hm = 'P 1 2 1'
        self.assertEqual([n.code for n in self.read(content('5wkd_2fofc.ccp4'), target).notes], ['map.space_group'])

    def test_resolution_is_given_or_that_of_the_model_or_a_guess(self) -> None:
        """A guess is told."""
        raw, target = content('5wkd_2fofc.ccp4'), peptide().clone()
        self.assertEqual(self.read(raw).resolution, 1.8)
        self.assertEqual(self.read(raw, resolution=2.2).resolution, 2.2)
        target.resolution = 0
        guessed = self.read(raw, target)
        self.assertAlmostEqual(guessed.resolution, 1.8, delta=0.1)
        self.assertEqual([note.code for note in guessed.notes], ['map.resolution'])

    def test_what_is_no_map_is_refused_quickly_and_without_memory(self) -> None:
        """Headers promise more than there is, or less sense."""
        raw = content('5wkd_2fofc.ccp4')

        def changed(place: int, form: str, *values: float) -> bytes:
            """:returns: the map with another header"""
            result = bytearray(raw)
            struct.pack_into(form, result, place, *values)
            return bytes(result)

        wrong: dict[str, tuple[str, bytes]] = {
            'huge': ('map.too_large', changed(0, '<3i', 10_000, 10_000, 10_000)),
            'huge cell': ('map.too_large', changed(28, '<3i', 10_000, 10_000, 10_000)),
            'negative': ('map.unreadable', changed(0, '<3i', -5, 10, 10)),
            'no sampling': ('map.unreadable', changed(28, '<3i', 0, 0, 0)),
            'mode': ('map.unreadable', changed(12, '<i', 9)),
            'axes': ('map.unreadable', changed(64, '<3i', 1, 1, 2)),
            'cell': ('map.unreadable', changed(40, '<6f', 50, 5, np.nan, 90, 90, 90)),
            'symmetry': ('map.unreadable', changed(92, '<i', 1 << 30)),
            'byte order': ('map.unreadable', changed(212, '<I', 0x1111)),
            'turned': ('map.unreadable', changed(96, '<i9f', 1, 0, 1, 0, 1, 0, 0, 0, 0, 1)),
            'cut off': ('map.unreadable', raw[:-1000]),
            'header only': ('map.unreadable', raw[:1024]),
            'half a header': ('map.unreadable', raw[:300]),
            'empty': ('map.unreadable', b''),
            'text': ('map.unreadable', b'hello'),
            'not a number': ('map.values', raw[:-4] + struct.pack('<f', np.nan)),
            'infinite': ('map.values', raw[:-4] + struct.pack('<f', np.inf)),
            'flat': ('map.flat', raw[:1344] + bytes(len(raw) - 1344)),
            'grid': ('map.unreadable', changed(88, '<i', 90)),
            'damaged gzip': ('map.unreadable', packed(raw)[:20] + b'x' * 100),
            'gzip cut off': ('map.unreadable', packed(raw)[:5000]),
            'gzip bomb': ('map.too_large', packed(changed(0, '<3i', 10_000, 10_000, 10_000) + bytes(5_000_000))),
            'gzip of zeros': ('map.unreadable', packed(bytes(5_000_000))),
        }
        tracemalloc.start()
        for name, (code, bad) in wrong.items():
            tracemalloc.reset_peak()
            before = tracemalloc.get_traced_memory()[0]
            with self.subTest(name):
                self.assertEqual(self.refused(bad), code)
            self.assertLess(tracemalloc.get_traced_memory()[1] - before, 4_000_000, name)
        tracemalloc.stop()

    def test_missing_file_is_an_error_of_the_input(self) -> None:
        """Its folder is nobody's business."""
        with self.assertRaises(EngineError) as caught:
            read_density(Path('/nowhere/x.ccp4'), peptide())
        self.assertEqual(caught.exception.code, 'input.unreadable')
        self.assertNotIn('nowhere', caught.exception.message)
