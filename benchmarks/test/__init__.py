"""Tests of what the benchmarks measure with."""

from benchmarks.test.protoss_tests import ContactTests, ExperimentTests, FlipTests, MainConformerTests, MetalTests

__all__ = ['ContactTests', 'ExperimentTests', 'FlipTests', 'MainConformerTests', 'MetalTests']
