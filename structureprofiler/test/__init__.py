"""Tests of Structureprofiler."""

from .contract_tests import StructureprofilerContract  # noqa: F401
from .task_tests import StructureprofilerTasks  # noqa: F401
