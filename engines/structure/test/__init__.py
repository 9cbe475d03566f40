"""Tests of the shared structure parts."""

from engines.structure.test.components_tests import BuildTests, ComponentTests
from engines.structure.test.ligands_tests import (
    ConformerTests,
    KnownLigandTests,
    PerceptionTests,
    SdfTests,
    WritingTests,
)
from engines.structure.test.neighbours_tests import ScatteredTests
from engines.structure.test.pictures_tests import PictureTests
from engines.structure.test.reading_tests import ReadingTests, RefusalTests

__all__ = [
    'BuildTests',
    'ComponentTests',
    'ConformerTests',
    'KnownLigandTests',
    'PerceptionTests',
    'PictureTests',
    'ReadingTests',
    'RefusalTests',
    'ScatteredTests',
    'SdfTests',
    'WritingTests',
]
