"""Tests of StructureProfiler."""

from engines.structureprofiler.test.cli_tests import DensityTests, LigandFileTests, OutputTests, ThresholdTests
from engines.structureprofiler.test.complex_tests import BackboneTests, ContactTests, HeaderTests, ResidueTests
from engines.structureprofiler.test.judge_tests import JudgeTests, PresetTests
from engines.structureprofiler.test.ligand_tests import ChemistryTests, GeometryTests

__all__ = [
    'BackboneTests',
    'ChemistryTests',
    'ContactTests',
    'DensityTests',
    'GeometryTests',
    'HeaderTests',
    'JudgeTests',
    'LigandFileTests',
    'OutputTests',
    'PresetTests',
    'ResidueTests',
    'ThresholdTests',
]
