"""Tests of PoseView."""

from .contract_tests import PoseviewContract  # noqa: F401
from .defect_tests import KnownDefects  # noqa: F401
from .notebook_tests import NotebookSequence  # noqa: F401
from .result_tests import Results  # noqa: F401
from .wrapper_tests import DisplayServer, PoseviewCommandLine, PoseviewResults  # noqa: F401
