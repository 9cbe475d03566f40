"""Tests of the EDIA engine."""

from engines.ediascorer.test.maps_tests import BoxTests, ConventionTests, WrongMapTests
from engines.ediascorer.test.scoring_tests import (
    BondTests,
    FaultTests,
    OneAtomTests,
    OwnershipTests,
    RadiusTests,
    ScoreTests,
    WeightTests,
)

__all__ = [
    'BondTests',
    'BoxTests',
    'ConventionTests',
    'FaultTests',
    'OneAtomTests',
    'OwnershipTests',
    'RadiusTests',
    'ScoreTests',
    'WeightTests',
    'WrongMapTests',
]
