"""Tests of DoGSite."""

from engines.dogsite.test.cli_tests import InputTests, PocketTests, RefusalTests
from engines.dogsite.test.part_tests import BurialTests, ChemistryTests, FrameTests, GridTests, WatershedTests
from engines.dogsite.test.shape_tests import ShapeTests

__all__ = [
    'BurialTests',
    'ChemistryTests',
    'FrameTests',
    'GridTests',
    'InputTests',
    'PocketTests',
    'RefusalTests',
    'ShapeTests',
    'WatershedTests',
]
