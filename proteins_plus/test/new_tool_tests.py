"""``manage.py new_tool``: the tool it makes is a tool, and what fails leaves nothing behind."""

import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
from io import StringIO
from pathlib import Path
from unittest import mock

from django.conf import settings
from django.core.management import CommandError, call_command
from django.test import SimpleTestCase, override_settings

from proteins_plus.management.commands.new_tool import copy_templates, new_folders, tidy

ROOT = Path(settings.BASE_DIR)
NOT_COPIED = ('.*', 'var', 'media', 'redis', 'celery', 'gunicorn', 'node_modules')
MAX_LINES = 120
#: Of ``result.py``, which is for the pages: the API works without it.
MAX_RESULT_LINES = 25


class NewToolCase(SimpleTestCase):
    """Works in a folder of its own."""

    @classmethod
    def setUpClass(cls) -> None:
        """Make the folder."""
        super().setUpClass()
        cls.root = Path(tempfile.mkdtemp(prefix='proteinsplus-new-tool-'))
        cls.addClassCleanup(shutil.rmtree, cls.root)

    def part_of_project(self) -> Path:
        """:returns: a folder with the templates, the settings and the linter's configuration, but nothing that runs"""
        root = Path(tempfile.mkdtemp(dir=self.root))
        shutil.copytree(ROOT / 'templates', root / 'templates')
        for name in ('proteins_plus/settings.py', 'pyproject.toml'):
            (root / name).parent.mkdir(exist_ok=True)
            shutil.copy(ROOT / name, root / name)
        return root

    def refuse(self, root: Path, name: str) -> str:
        """
        :param root: a project
        :param name: a name for a tool
        :returns: why there is no new tool of this name; nothing was changed
        """
        settings_file = root / 'proteins_plus' / 'settings.py'
        before = settings_file.read_text(), [folder.exists() for folder in new_folders(root, name)]
        with override_settings(BASE_DIR=root), self.assertRaises(CommandError) as caught:
            call_command('new_tool', name)
        after = settings_file.read_text(), [folder.exists() for folder in new_folders(root, name)]
        self.assertEqual(after, before, name)
        return str(caught.exception)


class RefusedNames(NewToolCase):
    """Names that no tool can have."""

    def test_names_that_are_no_lower_case_identifiers_are_refused(self) -> None:
        """A name is a module, a table, a route and a program."""
        for name in ('Sample', 'my-tool', '2fast', '_x', 'x_', 'a__b', '../x', 'bin/x', 'class', 'größe', 'x ', ''):
            self.assertIn('it takes lower-case letters, digits and underscores', self.refuse(ROOT, name))

    def test_names_that_are_too_long_for_the_database_are_refused(self) -> None:
        """A table is named after app and model."""
        self.assertIn('has 31 characters', self.refuse(ROOT, 'x' * 31))

    def test_names_that_are_taken_are_refused(self) -> None:
        """By a tool, a folder, an app's label, a module, a route."""
        taken = {
            'preprocessor': 'there is preprocessor',
            'engines': 'there is engines',
            'structure': 'there is engines/structure',
            'auth': 'installed app',
            'json': 'Python module',
            'schema': 'this route',
            'healthz': 'this route',
        }
        for name, reason in taken.items():
            self.assertIn(reason, self.refuse(ROOT, name))


class FailedSteps(NewToolCase):
    """Steps that fail after the templates were copied."""

    def test_project_that_cannot_make_migrations_is_left_as_it_was(self) -> None:
        """The error says which step failed."""
        self.assertIn('manage.py makemigrations sample failed', self.refuse(self.part_of_project(), 'sample'))

    def test_settings_without_a_list_of_tools_are_left_as_they_were(self) -> None:
        """Nobody guesses where the line belongs."""
        root = self.part_of_project()
        (root / 'proteins_plus' / 'settings.py').write_text("INSTALLED_APPS = ['sample']\n")
        self.assertIn('no list TOOL_APPS', self.refuse(root, 'sample'))

    def test_folders_of_others_are_left_alone(self) -> None:
        """A program that is there already is not overwritten, and not removed either."""
        root = self.part_of_project()
        program = root / 'bin' / 'sample' / 'sample'
        program.parent.mkdir(parents=True)
        program.write_text('mine')
        self.assertIn('there is bin/sample', self.refuse(root, 'sample'))
        self.assertEqual(program.read_text(), 'mine')


class Names(NewToolCase):
    """What the templates become under other names."""

    def test_code_is_as_the_linter_wants_it_whatever_the_name(self) -> None:
        """Sorting and wrapping depend on it."""
        for name in ('ab', 'dogsite_2', 'structure_and_density_profiler'):
            root = self.part_of_project()
            copy_templates(root, name)
            tidy(root, name)
            folders = [str(folder) for folder in new_folders(root, name)]
            for command in (['check'], ['format', '--check']):
                done = subprocess.run(
                    [sys.executable, '-m', 'ruff', *command, *folders],
                    cwd=root,
                    capture_output=True,
                    text=True,
                    check=False,
                )
                self.assertEqual(done.returncode, 0, done.stdout + done.stderr)

    def test_words_of_the_name_become_words_of_the_class_names(self) -> None:
        """And no word of the templates is left."""
        root = self.part_of_project()
        copy_templates(root, 'site_finder')
        self.assertIn('class SiteFinderJob(', (root / 'site_finder' / 'models.py').read_text())
        for folder in new_folders(root, 'site_finder'):
            for file in folder.rglob('*'):
                text = str(file) + (file.read_text() if file.is_file() else '')
                self.assertIsNone(re.search('tool_?name', text, re.IGNORECASE), file)


class NewTool(NewToolCase):
    """``new_tool sample`` in a copy of the project, whose commands run in processes of their own."""

    @classmethod
    def setUpClass(cls) -> None:
        """Copy the project and make the tool."""
        super().setUpClass()
        cls.project = cls.root / 'project'
        shutil.copytree(ROOT, cls.project, ignore=shutil.ignore_patterns(*NOT_COPIED))
        dictionary = cls.root / 'ccd.sqlite'  # the tool reads none, the system check asks for one
        dictionary.touch()
        environment = {
            'PATH': f'{Path(sys.executable).parent}{os.pathsep}{os.environ.get("PATH", os.defpath)}',
            'LANG': 'C.UTF-8',
            'PPLUS_DATA_DIR': str(cls.root / 'var'),
            'PPLUS_CCD': str(dictionary),
        }
        # Ours holds what selects the database and the coverage of this run.
        cls.enterClassContext(mock.patch.dict(os.environ, environment, clear=True))
        output = StringIO()
        with override_settings(BASE_DIR=cls.project):
            call_command('new_tool', 'sample', stdout=output)
        cls.output = output.getvalue()

    def manage(self, *command: str) -> str:
        """
        :param command: a management command for the copy
        :returns: what it wrote
        """
        done = subprocess.run(
            [sys.executable, 'manage.py', *command],
            cwd=self.project,
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )
        self.assertEqual(done.returncode, 0, f'{done.stdout[-4000:]}{done.stderr[-4000:]}')
        return done.stdout + done.stderr

    def test_one_line_is_added_outside_its_folders(self) -> None:
        """The one that installs the app."""
        before, after = ((root / 'proteins_plus' / 'settings.py').read_text() for root in (ROOT, self.project))
        self.assertEqual(after.replace("    'sample',\n", '', 1), before)
        tools = re.search(r'^TOOL_APPS = \[([^]]*)]', after, re.MULTILINE)
        self.assertTrue(tools and tools[1].endswith("    'sample',\n"), tools)

    def test_app_with_its_tests_has_at_most_120_lines(self) -> None:
        """Blank lines are free; docstrings are not. Migrations are Django's, the program is the science."""
        files = [file for file in (self.project / 'sample').rglob('*.py') if file.parent.name != 'migrations']
        lines = {file: [line for line in file.read_text().splitlines() if line.strip()] for file in files}
        self.assertGreaterEqual(len(files), 14)
        self.assertLessEqual(len(lines.pop(self.project / 'sample' / 'result.py')), MAX_RESULT_LINES)
        self.assertLessEqual(sum(map(len, lines.values())), MAX_LINES)

    def test_models_are_migrated_and_checks_are_clean(self) -> None:
        """Its migration is complete, can be applied, and nothing warns."""
        self.manage('makemigrations', '--check', '--dry-run')
        self.assertIn('Applying sample.0001_initial... OK', self.manage('migrate'))
        self.manage('check', '--fail-level', 'WARNING')

    def test_contract_and_science_tests_pass(self) -> None:
        """All that every tool owes, and what this one counts."""
        output = self.manage('test', 'sample', '--noinput')
        ran = re.search(r'Ran (\d+) tests', output)
        self.assertGreaterEqual(int(ran[1]) if ran else 0, 32)
        self.assertRegex(output, r'(?m)^OK$')

    def test_routes_appear_in_the_description(self) -> None:
        """Parameters and result follow from the models."""
        schema = json.JSONDecoder().raw_decode(
            self.manage('spectacular', '--format', 'openapi-json', '--fail-on-warn', '--validate')
        )[0]  # the log follows
        for route in ('', 'jobs/', 'jobs/{id}/', 'info/', 'info/{id}/'):
            self.assertIn(f'/api/v2/sample/{route}', schema['paths'])
        self.assertEqual(schema['paths']['/api/v2/sample/']['post']['tags'], ['sample'])
        models = schema['components']['schemas']
        self.assertEqual(models['SampleSubmitRequest']['properties']['chain_id']['maxLength'], 4)
        self.assertEqual(set(models['SampleInfo']['properties']), {'id', 'info', 'parent_sample_job'})

    def test_program_counts_by_itself(self) -> None:
        """It needs neither server nor job."""
        output = self.root / 'counts.json'
        program = self.project / 'bin' / 'sample' / 'sample'
        protein = self.project / 'test_files' / '1ajj.pdb.gz'
        subprocess.run([program, '--protein', protein, '--output', output, '--chain', 'A'], check=True)
        self.assertEqual(json.loads(output.read_text())[0]['waters'], 30)

    def test_developer_is_told_what_comes_next(self) -> None:
        """Every file that is named is there."""
        named = set(re.findall(r'\b(?:engines|sample|bin)/[\w./]+', self.output))
        self.assertGreaterEqual(len(named), 5)
        for name in named:
            self.assertTrue((self.project / name).exists(), name)
