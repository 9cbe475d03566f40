"""Tests of the EDIA engine."""

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
    'FaultTests',
    'OneAtomTests',
    'OwnershipTests',
    'RadiusTests',
    'ScoreTests',
    'WeightTests',
]
