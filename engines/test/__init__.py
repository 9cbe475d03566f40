"""Tests of what all engines share."""

from engines.test.command_line_tests import CommandLineTests

__all__ = ['CommandLineTests']
