"""Tests of the diagrams."""

from engines.poseview.test.layout_tests import ArrangementTests, LigandSizeTests
from engines.poseview.test.output_tests import LetteringTests, LigandTests, PictureTests, PlaceTests, TableTests
from engines.poseview.test.poseview_tests import CommandTests, LayoutTests, OutputTests

__all__ = [
    'ArrangementTests', 'CommandTests', 'LayoutTests', 'LetteringTests', 'LigandSizeTests', 'LigandTests',
    'OutputTests', 'PictureTests', 'PlaceTests', 'TableTests',
]  # fmt: skip
