"""Tests of the Python environment that the scripts make, complete or take as it is."""

import re
import shutil
import sys

from .ops_tests import ScriptCase


class VirtualEnvironmentTests(ScriptCase):
    """Whether .venv can be used as it is, completed, or must be made again."""

    def setUp(self) -> None:
        """Make a folder that passes for a finished environment."""
        super().setUp()
        (self.folder / '.venv/bin').mkdir(parents=True)
        (self.folder / '.venv/bin/python').symlink_to(sys.executable)
        self.assertEqual(self.common('stamp_line requirements.txt >"$STAMP"').returncode, 0)

    def verdict(self, **variables: str) -> str:
        """
        Judge .venv as make_environment does.

        :param variables: Environment variables to set.
        :returns: 'current', 'unusable' or 'incomplete'.
        """
        code = (
            'if is_environment_current requirements.txt; then echo current; '
            'elif is_environment_unusable; then echo unusable; else echo incomplete; fi'
        )
        return self.common(code, **variables).stdout.strip()

    def test_unchanged_lock_costs_nothing(self) -> None:
        """The usual second start."""
        self.assertEqual(self.verdict(), 'current')

    def test_changed_lock_is_installed_on_top(self) -> None:
        """After an update of the project."""
        with (self.folder / 'requirements.txt').open('a') as lock:
            lock.write('# changed\n')
        self.assertEqual(self.verdict(), 'incomplete')

    def test_environment_made_by_hand_is_completed(self) -> None:
        """A developer's own .venv is not thrown away."""
        (self.folder / '.venv/.proteinsplus-installed').unlink()
        self.assertEqual(self.verdict(), 'incomplete')

    def test_half_made_environment_is_made_again(self) -> None:
        """An installation that was cut off may have left any file half written."""
        (self.folder / '.venv/.proteinsplus-unfinished').touch()
        self.assertEqual(self.verdict(), 'unusable')

    def test_environment_without_interpreter_is_made_again(self) -> None:
        """The Python that it was made with may be gone after a system update."""
        (self.folder / '.venv/bin/python').unlink()
        self.assertEqual(self.verdict(), 'unusable')

    def test_moved_environment_is_made_again(self) -> None:
        """Its programs name the old place in their first line."""
        stamp = self.folder / '.venv/.proteinsplus-installed'
        stamp.write_text(re.sub(r' /.*', ' /somewhere/else', stamp.read_text(encoding='utf-8')))
        self.assertEqual(self.verdict(), 'unusable')

    def test_environment_is_made_with_python_itself_and_not_with_a_link_to_it(self) -> None:
        """In the sandbox a tool sees where Python is installed, but not where somebody has put a link."""
        python, link = self.folder / 'python3.11', self.folder / 'link'
        python.write_text('#!/bin/sh\necho "$0 $*" >>calls\n', encoding='utf-8')
        python.chmod(0o755)
        link.symlink_to(python)
        done = self.common(f'find_uv() {{ return 1; }}; BASE_PYTHON={link}; create_environment')
        self.assertEqual((done.returncode, done.stderr), (0, ''))
        calls = (self.folder / 'calls').read_text(encoding='utf-8').splitlines()
        self.assertEqual(calls[-1], f'{python} -m venv .venv')

    def test_interpreter_with_all_packages_is_used_as_it_is(self) -> None:
        """A conda environment, for instance; no .venv is made then."""
        shutil.rmtree(self.folder / '.venv')
        done = self.common(
            'find_python; make_environment requirements.txt; echo "$PYTHON"', PPLUS_PYTHON=sys.executable
        )
        self.assertEqual(done.stdout.splitlines()[-1], sys.executable, done.stderr)
        self.assertFalse((self.folder / '.venv').exists())
