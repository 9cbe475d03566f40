"""Tests of EDIAscorer."""

from .column_tests import Columns  # noqa: F401
from .contract_tests import EdiascorerContract  # noqa: F401
from .defect_tests import KnownDefects  # noqa: F401
from .engine_tests import WaysOfUsers  # noqa: F401
from .notebook_tests import NotebookSequence  # noqa: F401
from .result_tests import Results  # noqa: F401
from .words_tests import Sentences  # noqa: F401
from .wrapper_tests import DensityByCode, EdiascorerCommandLine, EdiascorerResults  # noqa: F401
