"""System checks and the registry: a wrong declaration or installation is named before anyone meets it."""

from pathlib import Path
from typing import Any
from unittest import mock

from django.apps import apps
from django.contrib import admin
from django.db import models
from django.test import RequestFactory, SimpleTestCase, TestCase, override_settings

from dogsite.models import DogsiteJob
from molecule_handler.models import Protein
from preprocessor.models import PreprocessorJob
from proteins_plus import checks, sandbox, tools
from proteins_plus.admin import register_tools
from proteins_plus.sandbox import Limits

from . import faults


def ids(messages: Any) -> list[str]:
    """
    :param messages: of a check
    :returns: their ids
    """
    return [message.id for message in messages]


class DeclarationOfATool(SimpleTestCase):
    """What a developer forgot."""

    tool = apps.get_app_config('preprocessor')

    def test_declared_tool_is_fine(self) -> None:
        """The example of every other one."""
        self.assertEqual(checks.check_tools(), [])

    def test_each_missing_sentence_is_named(self) -> None:
        """Users are to be told what a tool does and whom to cite."""
        for attribute in ('summary', 'citation', 'licence', 'example'):
            with mock.patch.object(type(self.tool), attribute, ''):
                (message,) = checks.check_tools()
            self.assertEqual(message.id, 'proteins_plus.E001')
            self.assertIn(attribute, message.msg)

    def test_tool_without_its_one_job_model_is_named(self) -> None:
        """The registry would have to guess."""
        for found in ([], [PreprocessorJob, PreprocessorJob]):
            with mock.patch.object(self.tool, 'get_models', return_value=found):
                self.assertEqual(ids(checks.check_tools()), ['proteins_plus.E002'])

    def test_missing_executable_is_named_with_what_to_do(self) -> None:
        """Otherwise every job would fail, one by one."""
        with override_settings(BINARIES={'preprocessor': '/nonexistent/preprocessor'}):
            (message,) = checks.check_tools()
        self.assertEqual(message.id, 'proteins_plus.E003')
        self.assertIn('/nonexistent/preprocessor', message.msg)
        self.assertIn('binaries.json', message.hint or '')

    def test_job_without_hash_attributes_is_named(self) -> None:
        """All jobs would be the same one."""
        with mock.patch.object(PreprocessorJob, 'hash_attributes', []):
            self.assertIn('proteins_plus.E004', ids(checks.check_tools()))

    def test_hash_attribute_that_is_no_field_is_named(self) -> None:
        """A misspelt name would be left out of the key."""
        with mock.patch.object(PreprocessorJob, 'hash_attributes', ['pdb_code', 'colour__ligand_set']):
            (message,) = checks.check_tools()
        self.assertEqual(message.id, 'proteins_plus.E005')
        self.assertIn('colour', message.msg)

    def test_output_that_cannot_be_null_is_named(self) -> None:
        """A job starts without its outputs."""
        with mock.patch.object(PreprocessorJob._meta.get_field('output_protein'), 'null', False):
            self.assertEqual(ids(checks.check_tools()), ['proteins_plus.E006'])

    def test_reference_that_does_not_cascade_is_named(self) -> None:
        """Deleting an object must not leave a job with a dangling reference."""
        field: Any = PreprocessorJob._meta.get_field('output_protein')
        with mock.patch.object(field.remote_field, 'on_delete', models.PROTECT):
            self.assertEqual(ids(checks.check_tools()), ['proteins_plus.E007'])

    def test_output_without_an_order_is_named(self) -> None:
        """Clients take the first one for the best."""
        field: Any = DogsiteJob._meta.get_field('output_pockets')
        with mock.patch.object(field.remote_field, 'through', models.Model):
            (message,) = checks.check_tools()
        self.assertEqual(message.id, 'proteins_plus.E008')
        self.assertIn('output_pockets', message.msg)


class Installation(SimpleTestCase):
    """What an operator forgot."""

    def test_missing_guard_programs_are_critical(self) -> None:
        """Without them nothing may be run at all."""
        with mock.patch.object(sandbox, 'missing_guards', return_value=['prlimit', 'setpriv']):
            (message,) = [found for found in checks.check_installation() if found.id == 'proteins_plus.C001']
        self.assertIn('prlimit and setpriv', message.msg)
        self.assertIn('util-linux', message.hint or '')

    def test_missing_component_dictionary_is_named_with_what_to_do(self) -> None:
        """Ligands would fail to be perceived, in each job anew."""
        with override_settings(CCD_FILE=Path('/nonexistent')):
            (message,) = [found for found in checks.check_installation() if found.id == 'proteins_plus.W001']
        self.assertIn('start.sh', message.hint or '')

    def test_debug_is_critical_only_where_others_can_reach_the_server(self) -> None:
        """On one's own machine it is convenient, elsewhere a leak."""
        for loopback_only in (True, False):
            with override_settings(DEBUG=True, LOOPBACK_ONLY=loopback_only):
                self.assertEqual('proteins_plus.C002' in ids(checks.check_installation()), not loopback_only)

    def test_host_names_from_everywhere_are_warned_of(self) -> None:
        """Absolute URLs could be made to point elsewhere."""
        self.assertNotIn('proteins_plus.W002', ids(checks.check_installation()))
        with override_settings(ALLOWED_HOSTS=['*']):
            self.assertIn('proteins_plus.W002', ids(checks.check_installation()))


class Registry(SimpleTestCase):
    """What the core knows of a tool."""

    tool: Any = apps.get_app_config('preprocessor')

    def test_executable_is_the_one_named_else_that_of_its_folder(self) -> None:
        """A site may use programs of its own."""
        with override_settings(BINARIES={'preprocessor': '/opt/preprocessor'}):
            self.assertEqual(self.tool.executable, Path('/opt/preprocessor'))
        with override_settings(BINARIES={}, BASE_DIR=Path('/srv')):
            self.assertEqual(self.tool.executable, Path('/srv/bin/preprocessor/preprocessor'))

    def test_version_is_what_the_program_says(self) -> None:
        """It is part of every hash."""
        with faults.fake_tool('preprocessor', 'echo "name and version 3.14"'):
            self.assertEqual(self.tool.version(), '3.14')

    def test_program_that_says_nothing_is_known_by_its_content(self) -> None:
        """Two programs that cannot be told apart would share their results."""
        versions = []
        for script in ('exit 1', 'exit 1', 'exit 2', 'exit 0'):
            with faults.fake_tool('preprocessor', script):
                versions.append(self.tool.version())
        self.assertEqual(versions[0], versions[1])
        self.assertEqual(len(set(versions)), 3)
        self.assertRegex(versions[0], '^[0-9a-f]{16}$')

    def test_new_program_in_the_same_place_is_noticed(self) -> None:
        """An upgrade needs no restart."""
        with faults.fake_tool('preprocessor', 'echo 1.0') as executable:
            self.assertEqual(self.tool.version(), '1.0')
            executable.write_text('#!/bin/sh\necho 2.0.1\n')
            self.assertEqual(self.tool.version(), '2.0.1')

    def test_missing_program_has_a_version_too(self) -> None:
        """A submission is taken all the same; its job fails and says why."""
        with override_settings(BINARIES={'preprocessor': '/nonexistent'}):
            self.assertEqual(self.tool.version(), 'missing')

    def test_version_that_cannot_be_asked_for_is_neither_made_up_nor_remembered(self) -> None:
        """Results would be stored under a name that the same program does not have a minute later."""
        with faults.fake_tool('preprocessor', 'echo 1.0'):
            for part, trouble in (('run', OSError('too many processes')), ('require_space', OSError('full'))):
                with mock.patch.object(sandbox, part, side_effect=trouble), self.assertRaises(OSError):
                    self.tool.version()
            self.assertEqual(self.tool.version(), '1.0')

    def test_engine_of_this_project_is_told_from_programs_of_others(self) -> None:
        """They refuse options of ours, and some of them need an X display, which ours do not."""
        for says, ours in (('preprocessor 0.1.0+ab12cd34 (ProteinsPlus, open)', True), ('Preprocessor 2.1', False)):
            with faults.fake_tool('preprocessor', f'echo "{says}"'), override_settings(DISPLAY=':3'):
                self.assertIs(self.tool.is_ours(), ours)
                limits, display = self.tool.run_limits, '' if ours else ':3'
                self.assertEqual((self.tool.display, self.tool.environment.get('DISPLAY', '')), (display, display))
                self.assertEqual(limits.reads, () if ours else (Path('/tmp/.X11-unix/X3'),))  # noqa: S108
        with override_settings(BINARIES={'preprocessor': '/nonexistent'}):
            self.assertFalse(self.tool.is_ours())

    def test_limits_are_the_tools_own_else_those_of_the_server(self) -> None:
        """A slow tool may need more than the server grants to others."""
        with override_settings(TOOL_WALL_SECONDS=7, TOOL_MEMORY_BYTES=5 * 2**20):
            limits = self.tool.run_limits
            self.assertEqual((limits.wall_seconds, limits.cpu_seconds, limits.memory_bytes), (7, 14, 5 * 2**20))
        with mock.patch.object(type(self.tool), 'limits', Limits(wall_seconds=1)):
            self.assertEqual(self.tool.run_limits.wall_seconds, 1)

    def test_model_of_no_tool_is_refused(self) -> None:
        """Only jobs of tools can be submitted."""
        with self.assertRaises(LookupError):
            tools.tool_of(Protein)  # type: ignore[arg-type]

    def test_tools_are_found_by_their_configuration(self) -> None:
        """No central list has to be kept."""
        self.assertIn(self.tool, list(tools.installed()))
        self.assertEqual(tools.tool_of(PreprocessorJob), self.tool)


class Administration(TestCase):
    """The admin looks and deletes; it changes nothing."""

    def test_every_model_of_every_tool_is_shown_and_cannot_be_changed(self) -> None:
        """What is stored is immutable, for operators too."""
        register_tools()  # twice is once
        request = RequestFactory().get('/')
        for tool in tools.installed():
            for model in tool.get_models():
                shown = admin.site._registry[model]
                self.assertFalse(shown.has_add_permission(request))
                self.assertFalse(shown.has_change_permission(request))

    def test_admin_is_off_unless_the_operator_wants_it(self) -> None:
        """A login page is a target."""
        self.assertEqual(self.client.get('/admin/').status_code, 404)
