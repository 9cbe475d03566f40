"""Tests of ToolName."""

from .contract_tests import ToolNameContract  # noqa: F401
from .task_tests import ToolNameTasks  # noqa: F401
