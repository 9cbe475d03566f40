"""Tests of DoGSite."""

from engines.dogsite.test.shape_tests import ShapeTests

__all__ = ['ShapeTests']
