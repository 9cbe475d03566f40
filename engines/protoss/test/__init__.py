"""Tests of the placement of hydrogens."""

from engines.protoss.test.optimise_tests import BoundTests, ContractTests, ExactTests, WideTests

__all__ = ['BoundTests', 'ContractTests', 'ExactTests', 'WideTests']
