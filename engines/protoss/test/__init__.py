"""Tests of the placement of hydrogens."""

from engines.protoss.test.optimise_tests import ExactTests

__all__ = ['ExactTests']
