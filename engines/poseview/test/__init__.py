"""Tests of the diagrams."""

from engines.poseview.test.output_tests import LetteringTests, LigandTests, PictureTests, PlaceTests, TableTests
from engines.poseview.test.poseview_tests import CommandTests, LayoutTests, OutputTests

__all__ = [
    'CommandTests', 'LayoutTests', 'LetteringTests', 'LigandTests', 'OutputTests', 'PictureTests', 'PlaceTests',
    'TableTests',
]  # fmt: skip
