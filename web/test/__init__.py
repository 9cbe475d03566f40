"""Tests of the pages and of what they show."""

from .scene_tests import DrawingRules, StructureScenes  # noqa: F401
