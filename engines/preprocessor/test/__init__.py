"""Tests of the preprocessor."""

from engines.preprocessor.test.cli_tests import HostileInputTests, LauncherTests
from engines.preprocessor.test.ligand_tests import LigandDetectionTests, SdfTests
from engines.preprocessor.test.protein_tests import CustomLigandTests, ProteinTests
from engines.preprocessor.test.validation_tests import ComparisonTests, ValidationTests

__all__ = [
    'ComparisonTests',
    'CustomLigandTests',
    'HostileInputTests',
    'LauncherTests',
    'LigandDetectionTests',
    'ProteinTests',
    'SdfTests',
    'ValidationTests',
]
