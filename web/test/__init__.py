"""Tests of the pages and of what they show."""

from .scene_tests import DrawingRules, StructureScenes  # noqa: F401
from .viewer_build_tests import ViewerBuild, ViewerSources  # noqa: F401
