"""Tests of what all engine command lines share."""

import argparse
import unittest
from pathlib import Path
from unittest import mock

from engines.command_line import ArgumentParser, run, version
from engines.errors import EngineError
from engines.test.utils import CommandResult, run_command


def _refuse(_: argparse.Namespace) -> None:
    """
    An engine that cannot use its input.

    :raises EngineError: always
    """
    raise EngineError('structure.no_atoms', 'The file holds no atoms.', 'Send another.')


def _break(_: argparse.Namespace) -> None:
    """
    An engine with a fault.

    :raises ZeroDivisionError: always
    """
    raise ZeroDivisionError('secret detail')


class CommandLineTests(unittest.TestCase):
    """Exit codes and the JSON line."""

    def run_engine(self, main: object, *arguments: str) -> CommandResult:
        """
        Run a tiny engine.

        :param main: its main function
        :param arguments: its arguments
        :returns: what it did
        """
        parser = ArgumentParser('tiny', 'A tiny engine.')
        parser.add_argument('--input', required=True)
        return run_command(lambda given: run(parser, main, given), arguments)  # type: ignore[arg-type]

    def test_success_exits_with_0(self) -> None:
        """Nothing on stderr."""
        result = self.run_engine(lambda _: None, '--input', 'x')
        self.assertEqual((result.code, result.stderr), (0, ''))

    def test_no_arguments_is_wrong_usage(self) -> None:
        """The way sites check that a binary is installed."""
        result = self.run_engine(lambda _: None)
        self.assertEqual(result.code, 64)
        self.assertIn('usage: tiny', result.stderr)

    def test_unknown_and_missing_arguments_are_wrong_usage(self) -> None:
        """Exit code 64, not argparse's 2."""
        for arguments in (['--inputs', 'x', '--input', 'y', '--what'], ['--input']):
            with self.subTest(arguments):
                self.assertEqual(self.run_engine(lambda _: None, *arguments).code, 64)

    def test_help_and_version_exit_with_0(self) -> None:
        """Both are asked for by people and probes."""
        for flag in ('-h', '--help', '--version'):
            with self.subTest(flag):
                result = self.run_engine(lambda _: None, flag)
                self.assertEqual(result.code, 0)
                self.assertIn('tiny', result.stdout)

    def test_version_follows_from_the_tables_too(self) -> None:
        """A changed threshold is a changed engine."""
        read: list[str] = []

        def remember(path: Path) -> bytes:
            """
            :param path: of a file
            :returns: its content
            """
            read.append(path.name)
            return b''

        with mock.patch.object(Path, 'read_bytes', remember):
            version()
        self.assertLessEqual({'thresholds.toml', 'rotamers.tsv', 'command_line.py'}, set(read))

    def test_refused_input_is_told_to_people_and_programs(self) -> None:
        """A sentence first, the JSON line last."""
        result = self.run_engine(_refuse, '--input', 'x')
        self.assertEqual(result.code, 65)
        self.assertEqual(result.stderr.splitlines()[0], 'The file holds no atoms. Send another.')
        expected = {'code': 'structure.no_atoms', 'message': 'The file holds no atoms.', 'hint': 'Send another.'}
        self.assertEqual(result.error, expected)

    def test_fault_has_its_own_code_and_keeps_the_traceback_out_of_the_message(self) -> None:
        """The traceback stands above the JSON line, for the operator."""
        result = self.run_engine(_break, '--input', 'x')
        self.assertEqual((result.code, result.error['code']), (70, 'engine.fault'))
        self.assertIn('ZeroDivisionError', result.stderr)
        self.assertNotIn('secret', result.error['message'])
