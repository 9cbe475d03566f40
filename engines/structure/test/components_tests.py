"""Tests of the component dictionary and its build."""

import contextlib
import io
import sqlite3
import subprocess
import sys
import unittest
from collections.abc import Sequence
from contextlib import closing

from engines.errors import EngineError
from engines.structure import component_build
from engines.structure.components import ComponentDictionary
from engines.test.utils import ROOT, Workspace, dictionary, dictionary_path


class ComponentTests(unittest.TestCase):
    """What the dictionary says about real components."""

    @classmethod
    def setUpClass(cls) -> None:
        """Open the dictionary."""
        cls.dictionary = dictionary()
        cls.addClassCleanup(cls.dictionary.close)

    def test_atp_has_its_atoms_bonds_and_stereo(self) -> None:
        """31 heavy atoms, four centres of the ribose."""
        atp = self.dictionary.get('ATP')
        assert atp is not None
        self.assertEqual(len(atp.heavy_atoms), 31)
        names = [atom.name for atom in atp.atoms]
        double = {frozenset((names[b.first], names[b.second])) for b in atp.bonds if b.order == 2}
        self.assertIn(frozenset(('PG', 'O1G')), double)
        stereo = {atom.name: atom.stereo for atom in atp.atoms if atom.stereo != 'N' and atom.element == 'C'}
        self.assertEqual(stereo, {"C4'": 'R', "C3'": 'S', "C2'": 'R', "C1'": 'R'})
        self.assertEqual(len(atp.ideal), len(atp.atoms))

    def test_charges_old_names_parents_and_leaving_atoms(self) -> None:
        """NADP's pyridinium, names from before 2007, MSE's parent."""
        nap, mse = self.dictionary.get('NAP'), self.dictionary.get('MSE')
        assert nap is not None and mse is not None
        self.assertEqual({a.name: a.charge for a in nap.atoms if a.charge}, {'N1N': 1, 'O2N': -1})
        self.assertEqual(next(a.old_name for a in nap.atoms if a.name == 'C1B'), 'AC1*')
        self.assertEqual((mse.parent, mse.is_amino_acid), ('MET', True))
        self.assertIn('OXT', {a.name for a in mse.atoms if a.leaving})

    def test_kinds(self) -> None:
        """Amino acid, nucleotide, sugar, none of them."""
        for name, kind in (
            ('DAL', 'is_amino_acid'),
            ('DG', 'is_nucleotide'),
            ('PSU', 'is_nucleotide'),
            ('NAG', 'is_saccharide'),
        ):
            component = self.dictionary.get(name)
            self.assertTrue(getattr(component, kind), name)
        hem = self.dictionary.get('HEM')
        assert hem is not None
        self.assertFalse(hem.is_amino_acid or hem.is_nucleotide or hem.is_saccharide)

    def test_unknown_component_is_none(self) -> None:
        """Also for text that is no residue name."""
        for name in ('nope', '', "'; DROP TABLE component; --"):
            self.assertIsNone(self.dictionary.get(name))

    def test_missing_or_damaged_file_is_told_with_a_hint(self) -> None:
        """start.sh builds it."""
        workspace = Workspace()
        self.addCleanup(workspace.close)
        for path in (workspace.path / 'none.sqlite', workspace.write('bad.sqlite', 'no database at all' * 100)):
            with self.assertRaises(EngineError) as caught:
                ComponentDictionary(path)
            self.assertEqual(
                (caught.exception.code, caught.exception.hint), ('components.missing', './start.sh builds it')
            )


class BuildTests(unittest.TestCase):
    """The build is atomic and does nothing twice."""

    def setUp(self) -> None:
        """Make a directory."""
        self.workspace = Workspace()
        self.addCleanup(self.workspace.close)

    def build(self, *arguments: str) -> tuple[int, str]:
        """
        Run the command line.

        :param arguments: its arguments
        :returns: exit code and output
        """
        output = io.StringIO()
        with contextlib.redirect_stdout(output), contextlib.redirect_stderr(output):
            code = component_build.main(list(arguments))
        return code, output.getvalue()

    def test_installed_dictionary_is_current(self) -> None:
        """It holds the version and digest of its source, so a second build is skipped."""
        path = dictionary_path()
        before = path.stat().st_mtime_ns
        code, output = self.build(str(path))
        self.assertEqual((code, path.stat().st_mtime_ns), (0, before))
        self.assertIn('up to date', output)

    def test_build_from_a_small_source_replaces_a_stale_file(self) -> None:
        """A BinaryCIF of two components, made here, goes the whole way."""
        source = self.workspace.write('small.bcif', small_dictionary())
        target = self.workspace.write('ccd.sqlite', 'stale')
        code, output = self.build(str(target), '--source', str(source))
        self.assertEqual(code, 0, output)
        with closing(sqlite3.connect(target)) as connection:
            self.assertEqual(connection.execute('SELECT count(*) FROM component').fetchone(), (2,))
        built = ComponentDictionary(target)
        self.addCleanup(built.close)
        carbonyl, water = built.get('CMO'), built.get('HOH')
        assert carbonyl is not None and water is not None
        self.assertEqual([(b.order, b.stereo) for b in carbonyl.bonds], [(3, 'N')])
        self.assertEqual([a.charge for a in carbonyl.atoms], [-1, 1])
        self.assertEqual(water.ideal[1], (0.95, 0.0, 0.0))
        self.assertEqual(carbonyl.ideal, ())
        self.assertEqual([p.name for p in sorted(self.workspace.path.iterdir())], ['ccd.sqlite', 'small.bcif'])
        self.assertIn('up to date', self.build(str(target), '--source', str(source))[1])

    def test_failed_build_leaves_the_old_file_and_no_rest(self) -> None:
        """A reader never meets half a file."""
        source = self.workspace.write('bad.bcif', b'\x81\xa1x\x01')
        target = self.workspace.write('ccd.sqlite', 'old')
        with self.assertRaises(KeyError):
            self.build(str(target), '--source', str(source))
        self.assertEqual(target.read_text(encoding='utf-8'), 'old')
        self.assertEqual([p.name for p in sorted(self.workspace.path.iterdir())], ['bad.bcif', 'ccd.sqlite'])

    def test_missing_source_is_told(self) -> None:
        """Exit code 1 and a sentence."""
        code, output = self.build(str(self.workspace.path / 'x.sqlite'), '--source', str(self.workspace.path / 'none'))
        self.assertEqual(code, 1)
        self.assertIn('component dictionary:', output)

    def test_looking_up_components_does_not_import_biotite(self) -> None:
        """It would cost every job seconds and hundreds of megabytes."""
        code = (
            'import sys; from engines.preprocessor import cli, pipeline; '
            'print(sorted(m for m in sys.modules if m.split(".")[0] in ("biotite", "django", "msgpack")))'
        )
        done = subprocess.run([sys.executable, '-c', code], cwd=ROOT, capture_output=True, text=True, check=True)
        self.assertEqual(done.stdout.strip(), '[]')


def small_dictionary() -> bytes:
    """
    A dictionary of carbon monoxide and water in BinaryCIF.

    :returns: the file's content
    """
    from biotite.structure.io.pdbx import (
        BinaryCIFBlock,
        BinaryCIFCategory,
        BinaryCIFColumn,
        BinaryCIFData,
        BinaryCIFFile,
    )

    def column(values: Sequence[object], mask: list[int] | None = None) -> object:
        return BinaryCIFColumn(BinaryCIFData(values), None if mask is None else BinaryCIFData(mask))

    xyz = [0.0, 0.0, 0.0, 0.95, -0.24]
    block = BinaryCIFBlock()
    block['chem_comp'] = BinaryCIFCategory(
        {
            'id': column(['CMO', 'HOH']), 'name': column(['CARBON MONOXIDE', 'WATER']),
            'type': column(['NON-POLYMER', 'non-polymer']), 'formula': column(['C O', 'H2 O']),
            'mon_nstd_parent_comp_id': column(['', ''], [2, 2]), 'one_letter_code': column(['', ''], [2, 2]),
            'pdbx_replaced_by': column(['', ''], [2, 2]), 'pdbx_release_status': column(['REL', 'REL']),
        }
    )  # fmt: skip
    block['chem_comp_atom'] = BinaryCIFCategory(
        {
            'comp_id': column(['CMO', 'CMO', 'HOH', 'HOH', 'HOH']), 'atom_id': column(['C', 'O', 'O', 'H1', 'H2']),
            'alt_atom_id': column(['C', 'O', 'O', '1H', '2H']), 'type_symbol': column(['C', 'O', 'O', 'H', 'H']),
            'charge': column([-1, 1, 0, 0, 0]), 'pdbx_leaving_atom_flag': column(list('NNNNN')),
            'pdbx_stereo_config': column(list('NNNNN')),
            'pdbx_model_Cartn_x_ideal': column(xyz, [2, 2, 0, 0, 0]),
            'pdbx_model_Cartn_y_ideal': column([0.0] * 5, [2, 2, 0, 0, 0]),
            'pdbx_model_Cartn_z_ideal': column([0.0, 0.0, 0.0, 0.0, 0.92], [2, 2, 0, 0, 0]),
        }
    )  # fmt: skip
    block['chem_comp_bond'] = BinaryCIFCategory(
        {
            'comp_id': column(['CMO', 'HOH', 'HOH']), 'atom_id_1': column(['C', 'O', 'O']),
            'atom_id_2': column(['O', 'H1', 'H2']), 'value_order': column(['TRIP', 'SING', 'SING']),
            'pdbx_stereo_config': column(['N', 'N', 'N']),
        }
    )  # fmt: skip
    stream = io.BytesIO()
    BinaryCIFFile({'components': block}).write(stream)
    return stream.getvalue()
