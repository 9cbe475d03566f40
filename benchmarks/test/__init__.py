"""Tests of what the benchmarks measure with."""

from benchmarks.test.protoss_tests import ContactTests, ExperimentTests, FlipTests, MainConformerTests, MetalTests
from benchmarks.test.structureprofiler_tests import FaultTests

__all__ = ['ContactTests', 'ExperimentTests', 'FaultTests', 'FlipTests', 'MainConformerTests', 'MetalTests']
