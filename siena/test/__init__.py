"""Tests of SIENA."""

from .command_tests import GenerateDatabase  # noqa: F401
from .contract_tests import SienaContract  # noqa: F401
from .defect_tests import KnownDefects  # noqa: F401
from .notebook_tests import NotebookSequence  # noqa: F401
from .result_tests import Results  # noqa: F401
from .wrapper_tests import SienaCommandLine, SienaResults  # noqa: F401
