"""Tests of Protoss."""

from .contract_tests import ProtossContract  # noqa: F401
from .defect_tests import KnownDefects  # noqa: F401
from .notebook_tests import NotebookSequences  # noqa: F401
from .result_tests import Results, Rows  # noqa: F401
from .words_tests import Sentences  # noqa: F401
from .wrapper_tests import ProtossCommandLine, ProtossResults  # noqa: F401
