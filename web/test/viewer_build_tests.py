"""Tests of deploy/viewer.sh, with an npm that is quick; what the real one builds is for the browser tests."""

import json
import os
import shutil

from proteins_plus.test.ops_tests import PROJECT, ScriptCase

NPM = """#!/bin/sh
echo "$*" >>../../npm.calls
case $1 in
  ci) mkdir -p node_modules && touch node_modules/.package-lock.json ;;
  run) [ ! -e ../../broken ] && echo built >../static/web/viewer.js ;;
esac
"""
NEEDED = ('bash', 'cat', 'cut', 'mkdir', 'rm', 'sh', 'sha256sum', 'touch')


class ViewerBuild(ScriptCase):
    """The viewer is built when that is possible and needed; otherwise a sentence says so and the server starts."""

    def setUp(self) -> None:
        """Copy the sources and put a false npm and little else on the path."""
        super().setUp()
        sources = self.folder / 'web' / 'viewer'
        shutil.copytree(PROJECT / 'web' / 'viewer', sources, ignore=shutil.ignore_patterns('node_modules'))
        self.bin = self.folder / 'bin'
        self.bin.mkdir()
        for name in NEEDED:
            (self.bin / name).symlink_to(shutil.which(name) or name)
        self.npm = self.bin / 'npm'
        self.npm.write_text(NPM, encoding='utf-8')
        self.npm.chmod(0o755)

    def make(self) -> str:
        """:returns: what was said; the script must end well"""
        done = self.common(
            '. deploy/viewer.sh; make_viewer', PATH=str(self.bin), PPLUS_DATA_DIR=str(self.folder / 'var')
        )
        self.assertEqual((done.returncode, done.stderr), (0, ''))
        return done.stdout

    def calls(self) -> list[str]:
        """:returns: how npm was called"""
        file = self.folder / 'npm.calls'
        return file.read_text(encoding='utf-8').splitlines() if file.exists() else []

    def test_viewer_is_built_once(self) -> None:
        """The second start must not take a minute."""
        self.assertIn('building', self.make())
        self.assertTrue((self.folder / 'web/static/web/viewer.js').is_file())
        self.assertIn('up to date', self.make())
        self.assertEqual(self.calls(), ['ci', 'run build'])

    def test_changed_source_is_built_anew_without_installing(self) -> None:
        """A new version of the pages with an old viewer would not fit together."""
        self.make()
        with (self.folder / 'web/viewer/viewer.css').open('a', encoding='utf-8') as file:
            file.write('/* more */')
        self.assertIn('building', self.make())
        self.assertEqual(self.calls(), ['ci', 'run build', 'run build'])

    def test_changed_lock_is_installed(self) -> None:
        """What is built in is what the lock file names."""
        self.make()
        lock = self.folder / 'web/viewer/package-lock.json'
        lock.write_text(lock.read_text(encoding='utf-8') + '\n', encoding='utf-8')
        later = (self.folder / 'web/viewer/node_modules/.package-lock.json').stat().st_mtime + 1
        os.utime(lock, (later, later))
        self.make()
        self.assertEqual(self.calls(), ['ci', 'run build'] * 2)

    def test_without_npm_a_sentence_says_what_is_missing(self) -> None:
        """Nothing but the 3D view needs it."""
        self.npm.unlink()
        self.assertIn('npm is not installed', self.make())

    def test_failing_build_is_no_reason_not_to_start_and_is_tried_again(self) -> None:
        """A server without network builds nothing."""
        (self.folder / 'broken').touch()
        self.assertIn('the build failed (log: ', self.make())
        (self.folder / 'broken').unlink()
        self.assertIn('building', self.make())
        self.assertIn('up to date', self.make())


class ViewerSources(ScriptCase):
    """What is built is known beforehand."""

    package = json.loads((PROJECT / 'web/viewer/package.json').read_text(encoding='utf-8'))
    lock = json.loads((PROJECT / 'web/viewer/package-lock.json').read_text(encoding='utf-8'))

    def test_versions_are_exact_and_those_of_the_lock(self) -> None:
        """Scenes and viewer fit together only in the versions that were tried."""
        wanted = self.package['dependencies'] | self.package['devDependencies']
        for name, version in wanted.items():
            self.assertRegex(version, r'^\d+\.\d+\.\d+$')
            self.assertEqual(self.lock['packages'][f'node_modules/{name}']['version'], version)

    def test_lock_has_digests_and_names_no_registry(self) -> None:
        """Where packages come from is the installation's own affair; what they hold is not."""
        packages = {path: entry for path, entry in self.lock['packages'].items() if path}
        self.assertGreater(len(packages), 100)
        for path, entry in packages.items():
            self.assertNotIn('resolved', entry, path)
            self.assertRegex(entry['integrity'], r'^sha512-')

    def test_scripts_of_packages_are_not_run(self) -> None:
        """One of them reports every installation to a company."""
        self.assertIn('ignore-scripts=true', (PROJECT / 'web/viewer/.npmrc').read_text(encoding='utf-8'))
