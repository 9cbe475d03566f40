"""Tests of the preprocessor's command line with hostile inputs, and of its launcher."""

import gzip
import os
import resource
import subprocess
import time
import unittest
from pathlib import Path
from unittest import mock

from engines.preprocessor import cli
from engines.structure import custom_ligands, reading
from engines.test.utils import (
    ROOT,
    CommandResult,
    Workspace,
    dictionary_path,
    run_command,
    structure_path,
    structure_text,
)

_LAUNCHER = ROOT / 'bin' / 'preprocessor' / 'preprocessor'


class HostileInputTests(unittest.TestCase):
    """Whatever is sent gets a code and a sentence, never a fault, and leaves no files."""

    def setUp(self) -> None:
        """Make a directory."""
        self.workspace = Workspace()
        self.addCleanup(self.workspace.close)
        self.out = self.workspace.path / 'out'

    def run_on(self, path: Path) -> CommandResult:
        """
        Run the preprocessor.

        :param path: protein file
        :returns: what it did
        """
        given = ['--protein', str(path), '--outdir', str(self.out), '--ccd', str(dictionary_path())]
        return run_command(cli.command, given)

    def test_hostile_files(self) -> None:
        """The list of the issue, and more."""
        pdb = structure_text('1crn.pdb')
        ligand = [line for line in structure_text('1hvr.pdb').splitlines() if line.startswith('HETATM')]
        for name, content, code in (
            ('empty.pdb', b'', 'structure.empty'), ('five.pdb', b'hello', 'structure.no_atoms'),
            ('binary.pdb', os.urandom(4096) + b'\0\xff', 'structure.not_text'),
            ('nul.pdb', pdb.encode() + b'\0', 'structure.not_text'),
            ('latin.pdb', b'REMARK \xe9\n' + pdb.encode(), 'structure.not_text'),
            ('cut.pdb.gz', gzip.compress(pdb.encode())[:-20], 'input.gzip'),
            ('no_atoms.cif', b'data_x\n_cell.length_a 1\n', 'structure.no_atoms'),
            ('long.pdb', b'x' * 10**6, 'structure.no_atoms'),
            ('long.cif', b'data_x\n_a.b ' + b'x' * 10**6, 'structure.no_atoms'),
            ('nan.pdb', pdb.replace('  17.047', '     nan', 1).encode(), 'structure.coordinates'),
            ('ligand.pdb', '\n'.join(line for line in ligand if 'XK2' in line).encode(), 'structure.only_ligands'),
        ):  # fmt: skip
            with self.subTest(name):
                result = self.run_on(self.workspace.write(name, content))
                self.assertEqual((result.code, result.error.get('code')), (65, code), result.stderr)
                self.assertRegex(result.error['message'], r'^[A-Z].*\.$')
                self.assertFalse(self.out.exists())

    def test_gzip_bomb(self) -> None:
        """Refused at the byte budget (lowered here), in little time."""
        path = self.workspace.write('bomb.pdb.gz', gzip.compress(b'ATOM' * 5_000_000))
        with mock.patch.object(reading.read_structure, '__defaults__', (1_000_000,)):
            result = self.run_on(path)
        self.assertEqual((result.code, result.error['code']), (65, 'input.too_large'))

    def test_missing_dictionary(self) -> None:
        """The hint says what builds it."""
        given = ['--protein', str(structure_path('1crn.pdb')), '--outdir', str(self.out), '--ccd', str(self.out / 'no')]
        result = run_command(cli.command, given)
        self.assertEqual((result.code, result.error['code']), (65, 'components.missing'))
        self.assertEqual(result.error['hint'], './start.sh builds it')

    def test_dictionary_is_found_by_the_environment(self) -> None:
        """PPLUS_CCD comes before var/ccd.sqlite."""
        given = ['--protein', str(structure_path('1crn.pdb')), '--outdir', str(self.out)]
        with mock.patch.dict(os.environ, {'PPLUS_CCD': str(self.out / 'nowhere.sqlite')}):
            self.assertEqual(run_command(cli.command, given).error['code'], 'components.missing')
        with mock.patch.dict(os.environ, {'PPLUS_CCD': str(dictionary_path())}):
            self.assertEqual(run_command(cli.command, given).code, 0)

    def test_every_cut_and_every_damaged_column_ends_in_a_code(self) -> None:
        """A real file cut at many places, and one with characters overwritten, in both formats."""
        for name, step in (('1ajj.pdb', 5003), ('3jqh.cif', 5003)):
            text = structure_text(name)
            for length in range(1, len(text), step):
                for content in (text[:length], text[:length] + '@#%' + text[length + 3 :]):
                    result = self.run_on(self.workspace.write(name, content))
                    self.assertIn(result.code, (0, 65), result.stderr)

    def test_strange_names_of_chains_and_residues_are_safe_as_file_names(self) -> None:
        """MmCIF allows nearly everything."""
        text = structure_text('4x21.cif').replace(' 3WH A ', " '../x' 'A/B' ")
        result = self.run_on(self.workspace.write('names.cif', text))
        self.assertIn(result.code, (0, 65), result.stderr)
        for path in self.workspace.path.rglob('*'):
            self.assertRegex(path.name, r'^[A-Za-z0-9_.+-]+$')

    def test_limit_of_records_is_far_above_use(self) -> None:
        """A guard against a typing error in the constant."""
        self.assertGreaterEqual(custom_ligands.MAX_RECORDS, 100)


class LauncherTests(unittest.TestCase):
    """The executable that binaries.json names."""

    def launch(self, *arguments: str, cwd: Path = ROOT) -> subprocess.CompletedProcess[str]:
        """
        Start the executable in an empty environment.

        :param arguments: its arguments
        :param cwd: where it starts
        :returns: the finished process
        """
        environment = {'PATH': os.environ['PATH'], 'PPLUS_CCD': str(dictionary_path())}
        return subprocess.run(
            [str(_LAUNCHER), *arguments], cwd=cwd, env=environment, capture_output=True, text=True, check=False
        )

    def test_no_arguments_exit_with_64(self) -> None:
        """Sites check so that a binary is installed."""
        self.assertEqual(self.launch().returncode, 64)

    def test_works_from_another_directory_with_spaces_within_time_and_memory(self) -> None:
        """1AFS, of the size of 4AGM: under 1 s of processor time and 150 MB."""
        workspace = Workspace()
        self.addCleanup(workspace.close)
        (workspace.path / 'a b').mkdir()
        start = time.process_time()
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        done = self.launch(
            '--protein', str(structure_path('1afs.pdb')), '--outdir', 'out dir', cwd=workspace.path / 'a b'
        )
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertTrue((workspace.path / 'a b' / 'out dir' / 'NAP_A_324.sdf').is_file())
        self.assertLess(after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime, 1.5)
        self.assertLess(time.process_time() - start, 1.5)

    def test_files_of_the_working_directory_are_never_imported(self) -> None:
        """Jobs start where the files of users lie."""
        workspace = Workspace()
        self.addCleanup(workspace.close)
        for name in ('json.py', 'gemmi.py', 'argparse.py'):
            workspace.write(name, 'raise SystemExit(99)\n')
        self.assertEqual(self.launch('--version', cwd=workspace.path).returncode, 0)
        done = self.launch('--protein', str(structure_path('1crn.pdb')), '--outdir', 'out', cwd=workspace.path)
        self.assertEqual(done.returncode, 0, done.stderr)

    def test_works_through_a_symbolic_link(self) -> None:
        """Some sites link their binaries into one directory."""
        workspace = Workspace()
        self.addCleanup(workspace.close)
        link = workspace.path / 'preprocessor'
        link.symlink_to(_LAUNCHER)
        done = subprocess.run([str(link), '--version'], capture_output=True, text=True, check=False)
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertIn('preprocessor', done.stdout)
