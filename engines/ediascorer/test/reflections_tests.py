"""Maps from reflections."""

import os
import struct
import subprocess
import unittest
from pathlib import Path
from unittest.mock import patch

import gemmi
import numpy as np

from engines.ediascorer import reflections
from engines.ediascorer.maps import Density, read_density
from engines.ediascorer.scoring import score
from engines.ediascorer.test.samples import content, packed, structure
from engines.errors import EngineError
from engines.test.utils import Workspace


class ReflectionTestCase(unittest.TestCase):
    """Works in a folder of its own."""

    def setUp(self) -> None:
        """Make the folder."""
        self.workspace = Workspace()
        self.addCleanup(self.workspace.close)

    def read(self, raw: bytes, name: str = '5wkd.pdb') -> Density:
        """
        :param raw: content of a file of reflections
        :param name: of the model
        :returns: the density
        """
        return read_density(self.workspace.write('density', raw), structure(name))

    def refused(self, raw: bytes, name: str = '5wkd.pdb') -> str:
        """
        :param raw: content of a file of reflections
        :param name: of the model
        :returns: code of the error
        """
        with self.assertRaises(EngineError) as caught:
            self.read(raw, name)
        self.assertNotIn(str(self.workspace.path), caught.exception.message)
        return caught.exception.code

    def mtz(self, *, coefficients: bool = True) -> bytes:
        """
        The reflections of 5WKD as REFMAC writes them.

        :param coefficients: whether those of the map are there
        :returns: content of the file
        """
        block = gemmi.as_refln_blocks(gemmi.cif.read_string(content('5wkd-sf.cif').decode()))[0]
        convert = gemmi.CifToMtz()
        convert.spec_lines = ['F_meas_au FP F 1', 'F_meas_au_sigma SIGFP Q 1']
        if coefficients:
            convert.spec_lines += ['pdbx_FWT FWT F 1', 'pdbx_PHWT PHWT P 1']
        path = self.workspace.path / 'x.mtz'
        convert.convert_block_to_mtz(block).write_to_file(os.fspath(path))
        return path.read_bytes()


class CoefficientTests(ReflectionTestCase):
    """Files that hold the map."""

    def test_coefficients_of_both_formats_give_the_map(self) -> None:
        """The one that Servalcat made of the amplitudes is nearly the same as that of the deposited coefficients."""
        target = structure('5wkd.pdb')
        maps = [self.read(raw) for raw in (content('5wkd-sf.cif'), packed(content('5wkd-sf.cif')), self.mtz())]
        found = [[item.edia or 0 for item in score(target, density)] for density in maps]
        self.assertEqual(found[0], found[1])
        np.testing.assert_allclose(found[2], found[0], atol=1e-4)
        made = score(target, self.read(content('5wkd_2fofc.ccp4')))
        self.assertLess(float(np.abs(np.array(found[0]) - [item.edia or 0 for item in made]).mean()), 0.05)

    def test_resolution_is_that_of_the_terms(self) -> None:
        """Whatever the header of the model says."""
        density = self.read(self.mtz())
        self.assertAlmostEqual(density.resolution, 1.80, places=2)
        self.assertTrue(density.computed)
        path = self.workspace.path / 'density.ccp4'
        density.write(path)
        again = read_density(path, structure('5wkd.pdb'))
        points = np.random.default_rng(1).uniform(0, 20, (50, 3))
        np.testing.assert_allclose(again.values(points), density.values(points), atol=1e-4)


class UnusableReflectionTests(ReflectionTestCase):
    """Files that cannot be used."""

    def test_reflections_of_another_crystal_are_refused(self) -> None:
        """Before anything is calculated."""
        for raw in (content('5wkd-sf.cif'), self.mtz()):
            self.assertEqual(self.refused(raw, '5e5z.pdb'), 'map.wrong')

    def test_damaged_files_are_refused(self) -> None:
        """Headers that promise more than there is, and text without reflections."""
        raw = self.mtz()
        many = raw.replace(b'NCOL', b'NCOL        8     1000000000 ', 1)
        wrong = {
            'cut off': raw[:2000],
            'magic only': b'MTZ ',
            'header beyond the end': raw[:4] + struct.pack('<i', 1 << 30) + raw[8:],
            'too many': many,
            'no mmCIF': b"data_x\n_refln.index_h '1",
        }
        for name, bad in wrong.items():
            with self.subTest(name):
                self.assertEqual(self.refused(bad), 'reflections.unreadable')
        self.assertEqual(self.refused(b'data_x\n_cell.length_a 5\n'), 'reflections.none')
        self.assertEqual(self.refused(b'hello'), 'map.unreadable')

    def test_map_that_would_not_fit_is_refused(self) -> None:
        """Before it is calculated."""
        with patch('engines.ediascorer.ccp4.MOST_VOXELS', 10_000):
            self.assertEqual(self.refused(self.mtz()), 'map.too_large')


class ServalcatTests(ReflectionTestCase):
    """Amplitudes without a map."""

    def test_map_is_computed_of_amplitudes_and_model(self) -> None:
        """The test fails where Servalcat is missing: the feature is promised."""
        density = self.read(content('5e5z.mtz'), '5e5z.pdb')
        self.assertEqual([note.code for note in density.notes], ['map.computed'])
        found = [item.edia or 0 for item in score(structure('5e5z.pdb'), density)]
        made = [item.edia or 0 for item in score(structure('5e5z.pdb'), self.made())]
        np.testing.assert_allclose(found, made, atol=0.05)

    def made(self) -> Density:
        """:returns: the map that an earlier Servalcat made of the same amplitudes"""
        return read_density(self.workspace.write('made.ccp4', content('5e5z_2fofc.ccp4')), structure('5e5z.pdb'))

    def test_missing_program_is_told_with_its_remedy(self) -> None:
        """A map can be sent instead."""
        with (
            patch.object(reflections.sys, 'executable', '/nowhere/python'),
            patch.object(reflections.shutil, 'which', return_value=None),
            self.assertRaises(EngineError) as caught,
        ):
            self.read(content('5e5z.mtz'), '5e5z.pdb')
        self.assertEqual(caught.exception.code, 'reflections.no_servalcat')
        self.assertIn('pip install servalcat', caught.exception.hint)

    def test_failure_of_the_program_is_an_error_of_the_input(self) -> None:
        """As when the errors of the amplitudes are missing, or it takes for ever."""
        for error in (subprocess.CalledProcessError(1, 'x'), subprocess.TimeoutExpired('x', 1)):
            with patch.object(reflections.subprocess, 'run', side_effect=error):
                self.assertEqual(self.refused(self.mtz(coefficients=False)), 'reflections.no_map')

    def test_program_that_writes_nothing_is_noticed(self) -> None:
        """And one beside the interpreter has precedence over the path."""
        with patch.object(reflections.subprocess, 'run') as run, patch.object(Path, 'exists', return_value=True):
            self.assertEqual(self.refused(self.mtz(coefficients=False)), 'reflections.no_map')
        self.assertEqual(Path(run.call_args[0][0][0]).name, 'servalcat')
