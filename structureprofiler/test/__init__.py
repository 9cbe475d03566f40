"""Tests of StructureProfiler."""

from .contract_tests import StructureprofilerContract  # noqa: F401
from .defect_tests import KnownDefects  # noqa: F401
from .notebook_tests import NotebookSequence  # noqa: F401
from .result_tests import Results  # noqa: F401
from .words_tests import Sentences  # noqa: F401
from .wrapper_tests import StructureprofilerCommandLine, StructureprofilerResults  # noqa: F401
