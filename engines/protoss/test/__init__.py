"""Tests of Protoss."""

from engines.protoss.test.optimise_tests import ExactTests

__all__ = ['ExactTests']
