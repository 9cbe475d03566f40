"""Tests of the diagrams."""

from engines.poseview.test.poseview_tests import CommandTests, LayoutTests, OutputTests

__all__ = ['CommandTests', 'LayoutTests', 'OutputTests']
