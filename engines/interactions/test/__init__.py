"""Tests of the perception of interactions."""

from engines.interactions.test.perception_tests import ContactTests, HydrogenBondTests, SymmetryTests

__all__ = ['ContactTests', 'HydrogenBondTests', 'SymmetryTests']
