"""Tests of the release wheel: what it carries, and how that gets into a folder."""

import os
import shutil
import subprocess
import sys
import tempfile
from importlib import metadata
from pathlib import Path
from unittest import skipUnless
from unittest.mock import patch

from django.test import SimpleTestCase

import proteins_plus

from .deployment_tests import load_script
from .ops_tests import PROJECT

#: In the place of npm, which takes a minute: writes what web/viewer/build.mjs does.
NPM = """#!/bin/sh
[ "$1" != run ] || for name in js css js.gz css.gz licenses.txt; do echo "$name" >../static/web/viewer.$name; done
"""
#: What a server keeps in its folder, and no release may carry.
PRIVATE = ('proteinsplus.env', 'var/secret_key', 'media/ligands/1.svg')


def contents(folder: Path) -> dict[str, tuple[bytes, bool]]:
    """
    :param folder: any
    :returns: content of every file below it, and whether it can be run
    """
    files = [path for path in folder.rglob('*') if path.is_file() and '.git' not in path.relative_to(folder).parts]
    return {str(path.relative_to(folder)): (path.read_bytes(), os.access(path, os.X_OK)) for path in files}


@skipUnless((PROJECT / '.git').exists(), 'releases are made in a checkout')
class ReleaseWheel(SimpleTestCase):
    """A wheel of this project, made with an npm that is quick, installed and laid out; nothing of it uses a network."""

    @classmethod
    def setUpClass(cls) -> None:
        """Commit all that git knows of here to a checkout of its own, and make the wheel there."""
        super().setUpClass()
        cls.folder = Path(cls.enterClassContext(tempfile.TemporaryDirectory())).resolve()
        cls.checkout, cls.site, cls.server = (cls.folder / name for name in ('checkout', 'site', 'server'))
        listed = subprocess.run(['git', 'ls-files', '-z'], cwd=PROJECT, check=True, capture_output=True, text=True)
        cls.names = {name for name in listed.stdout.split('\0') if name and (PROJECT / name).exists()}
        for name in cls.names:
            (cls.checkout / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(PROJECT / name, cls.checkout / name)
        cls.npm = cls.folder / 'bin' / 'npm'
        cls.npm.parent.mkdir()
        cls.npm.write_text(NPM, encoding='utf-8')
        cls.npm.chmod(0o755)
        cls.run_there('git', 'init', '--quiet')
        cls.run_there('git', 'add', '--all', '--force')
        cls.run_there('git', '-c', 'user.name=A', '-c', 'user.email=a@example.org', 'commit', '--quiet', '-m', 'All')
        for name in PRIVATE:
            (cls.checkout / name).parent.mkdir(parents=True, exist_ok=True)
            (cls.checkout / name).write_text('private', encoding='utf-8')
        cls.made = cls.run_there('deploy/release.sh')
        cls.wheels = list((cls.checkout / 'dist').glob('*.whl'))
        cls.run_there('uv', 'pip', 'install', '--quiet', '--no-index', '--target', str(cls.site), *map(str, cls.wheels))
        cls.laid_out = cls.run_there(str(cls.site / 'bin' / 'proteinsplus-open'), str(cls.server))

    @classmethod
    def run_there(cls, *command: str, status: int = 0) -> subprocess.CompletedProcess[str]:
        """
        :param command: run in the checkout, without settings of the one who tests
        :param status: that it has to end with
        :returns: what it said
        :raises AssertionError: if it ends otherwise
        """
        tools = [cls.npm.parent, Path(sys.executable).parent]
        given = {
            'PATH': os.pathsep.join([*map(str, tools), os.environ['PATH']]),
            'HOME': str(cls.folder),
            'PYTHONPATH': str(cls.site),
            'UV_OFFLINE': '1',
            'UV_PYTHON': sys.executable,
        }
        done = subprocess.run(
            command, cwd=cls.checkout, env=given, capture_output=True, text=True, check=False, timeout=60
        )
        assert done.returncode == status, f'{command} ended with {done.returncode}: {done.stdout}{done.stderr}'
        return done

    def test_wheel_holds_all_that_is_committed_and_the_viewer_and_nothing_else(self) -> None:
        """File by file, as it lies in the folder of whoever has installed it."""
        viewer = {name for name in contents(self.checkout) if name.startswith('web/static/web/viewer.')}
        self.assertEqual(len(viewer), 6, viewer)
        wanted = {name: file for name, file in contents(self.checkout).items() if name in self.names | viewer}
        found = contents(self.server)
        del found['.release.sha256']
        self.assertEqual(found.keys() ^ wanted.keys(), set())
        self.assertEqual([name for name in wanted if found[name] != wanted[name]], [])

    def test_server_from_a_wheel_has_the_viewer_without_npm(self) -> None:
        """It is the one of the sources beside it, so nothing is to be built."""
        self.assertTrue((self.server / 'start.sh').is_file() and str(self.server / 'start.sh') in self.laid_out.stdout)
        code = '. deploy/common.sh; . deploy/viewer.sh; set_defaults; npm() { exit 9; }; make_viewer'
        done = self.run_there('bash', '-c', f'cd {self.server}; set -euo pipefail; {code}')
        self.assertEqual((done.stdout, done.stderr), ('3D viewer: up to date\n', ''))

    def test_wheel_puts_one_package_beside_those_of_others_and_asks_for_none(self) -> None:
        """Folders of ours are called as libraries are, and start.sh installs by digests, which a wheel cannot name."""
        (information,) = metadata.distributions(name='proteinsplus-open', path=[str(self.site)])
        top = {path.parts[0] for path in information.files or () if path.parts[0] != '..'}
        self.assertEqual({name for name in top if not name.endswith('.dist-info')} - {'bin'}, {'proteinsplus_open'})
        self.assertEqual((information.version, information.requires), (proteins_plus.__version__, None))
        licences = information.read_text('licenses/viewer.licenses.txt')
        self.assertEqual(licences, 'licenses.txt\n')

    def test_release_is_made_of_what_is_committed(self) -> None:
        """Otherwise nobody could tell later what was in it."""
        readme = self.checkout / 'README.md'
        self.addCleanup(readme.write_bytes, readme.read_bytes())
        readme.write_text('changed', encoding='utf-8')
        self.assertIn('what is committed', self.run_there('deploy/release.sh', 'other', status=1).stderr)
        self.assertFalse((self.checkout / 'other').exists())

    def test_release_without_the_viewer_is_none(self) -> None:
        """A build that fails is no reason not to start a server, but one not to publish it."""
        digest = self.checkout / 'web/static/web/viewer.digest'
        for file, fresh in ((digest, b'of other sources'), (self.npm, b'#!/bin/sh\nexit 1\n')):
            self.addCleanup(file.write_bytes, file.read_bytes())
            file.write_bytes(fresh)
        self.assertIn('carries the 3D viewer', self.run_there('deploy/release.sh', 'other', status=3).stderr)
        self.assertFalse((self.checkout / 'other').exists())


class LayingOut(SimpleTestCase):
    """deploy/lay_out.py, with a release of a few files."""

    def setUp(self) -> None:
        """Make a release and name a folder for it."""
        super().setUp()
        work = Path(self.enterContext(tempfile.TemporaryDirectory()))
        self.carried, self.folder = work / 'project', work / 'server'
        self.script = load_script('deploy/lay_out.py')
        self.enterContext(patch.object(self.script, 'CARRIED', self.carried))
        self.write(self.carried, {'start.sh': 'run', 'web/page.py': 'page', 'web/old.py': 'old'})
        (self.carried / 'start.sh').chmod(0o755)

    def write(self, folder: Path, texts: dict[str, str]) -> None:
        """
        :param folder: receives files
        :param texts: their names and contents
        """
        for name, text in texts.items():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            (folder / name).write_text(text, encoding='utf-8')

    def found(self) -> dict[str, str]:
        """:returns: names and contents of what lies in the folder, without the list of the release"""
        files = {name: content.decode() for name, (content, _) in contents(self.folder).items()}
        return {name: text for name, text in files.items() if name != self.script.MANIFEST}

    def assert_refused(self, reason: str) -> None:
        """
        :param reason: a part of what is said; nothing may have changed
        """
        before = contents(self.folder)
        with self.assertRaisesRegex(SystemExit, reason):
            self.script.lay_out(self.folder)
        self.assertEqual(contents(self.folder), before)

    def test_new_folder_receives_all_but_what_an_installer_has_compiled(self) -> None:
        """Scripts can be run there."""
        self.write(self.carried, {'web/__pycache__/page.cpython-311.pyc': 'compiled'})
        self.script.lay_out(self.folder)
        self.assertEqual(self.found(), {'start.sh': 'run', 'web/page.py': 'page', 'web/old.py': 'old'})
        self.assertTrue(os.access(self.folder / 'start.sh', os.X_OK))

    def test_list_of_the_release_is_one_that_sha256sum_checks(self) -> None:
        """An operator can ask what was changed."""
        self.script.lay_out(self.folder)
        command = ['sha256sum', '--check', '--strict', '--quiet', self.script.MANIFEST]
        subprocess.run(command, cwd=self.folder, check=True)

    def test_next_release_replaces_and_removes_and_keeps_what_the_server_has_made(self) -> None:
        """A module that is gone could still be imported."""
        self.script.lay_out(self.folder)
        made = {'var/db.sqlite3': 'jobs', 'media/1.svg': 'picture', 'proteinsplus.env': 'PPLUS_PORT=8100'}
        self.write(self.folder, made)
        (self.carried / 'web/old.py').unlink()
        self.write(self.carried, {'web/page.py': 'new page', 'web/more.py': 'more'})
        self.script.lay_out(self.folder)
        self.assertEqual(self.found(), made | {'start.sh': 'run', 'web/page.py': 'new page', 'web/more.py': 'more'})

    def test_changed_files_are_named_and_nothing_is_written_over(self) -> None:
        """Also one of the user's own that the next release brings."""
        self.script.lay_out(self.folder)
        self.write(self.folder, {'web/page.py': 'mine', 'web/more.py': 'my own'})
        self.write(self.carried, {'web/more.py': 'more'})
        self.assert_refused(r'(?s)nothing was changed.*web/more.py.*web/page.py')

    def test_folder_of_something_else_is_refused(self) -> None:
        """A checkout is upgraded by git."""
        self.write(self.folder, {'.gitignore': ''})
        self.assert_refused('neither empty nor the folder of a release')

    def test_file_in_the_place_of_the_folder_is_refused(self) -> None:
        """It is somebody's."""
        self.folder.write_text('mine', encoding='utf-8')
        with self.assertRaisesRegex(SystemExit, 'neither empty nor the folder of a release'):
            self.script.lay_out(self.folder)

    def test_interrupted_run_can_be_repeated(self) -> None:
        """Half a release would be refused as somebody's own work otherwise."""
        real = shutil.copy

        def copy(source: Path, target: Path) -> None:
            """
            :param source: of a release
            :param target: receives it, unless the disk is full
            :raises OSError: at the second file
            """
            if source.name == 'old.py':
                raise OSError
            real(source, target)

        with patch.object(self.script.shutil, 'copy', copy), self.assertRaises(OSError):
            self.script.lay_out(self.folder)
        self.assertEqual(self.found(), {'start.sh': 'run'})
        self.script.lay_out(self.folder)
        self.assertIn('web/page.py', self.found())

    def test_command_tells_how_to_go_on_or_what_is_wrong(self) -> None:
        """With a sentence, never a traceback."""
        with patch.object(self.script.metadata, 'version', return_value='1.2'):
            with patch.object(sys, 'argv', ['', str(self.folder)]), patch('builtins.print') as said:
                self.script.main()
            said.assert_called_once_with(
                f'ProteinsPlus, open 1.2 lies in {self.folder}. Start it: {self.folder}/start.sh'
            )
            below_a_file = self.folder / 'start.sh' / 'folder'
            with (
                patch.object(sys, 'argv', ['', str(below_a_file)]),
                self.assertRaisesRegex(SystemExit, 'Not a directory'),
            ):
                self.script.main()
