"""Tests of the EDIA engine."""

from engines.ediascorer.test.cli_tests import LigandTests, OutputTests, RefusalTests
from engines.ediascorer.test.fault_tests import ModelFaultTests
from engines.ediascorer.test.maps_tests import BoxTests, ConventionTests, WrongMapTests
from engines.ediascorer.test.reflections_tests import CoefficientTests, ServalcatTests, UnusableReflectionTests
from engines.ediascorer.test.scoring_tests import (
    BondTests,
    FaultTests,
    OneAtomTests,
    OwnershipTests,
    RadiusTests,
    ScoreTests,
    WeightTests,
)
from engines.ediascorer.test.summary_tests import FitTests, SummaryTests

__all__ = [
    'BondTests',
    'BoxTests',
    'CoefficientTests',
    'ConventionTests',
    'FaultTests',
    'FitTests',
    'LigandTests',
    'ModelFaultTests',
    'OneAtomTests',
    'OutputTests',
    'OwnershipTests',
    'RadiusTests',
    'RefusalTests',
    'ScoreTests',
    'ServalcatTests',
    'SummaryTests',
    'UnusableReflectionTests',
    'WeightTests',
    'WrongMapTests',
]
