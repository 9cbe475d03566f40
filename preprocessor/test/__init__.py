"""Tests of the preprocessor."""

from .contract_tests import PreprocessorContract  # noqa: F401
from .defect_tests import KnownDefects  # noqa: F401
from .result_tests import Results  # noqa: F401
from .upload_tests import AcceptedUploads, RefusedUploads  # noqa: F401
from .wrapper_tests import PreprocessorCommandLine, PreprocessorEngineResults, PreprocessorResults  # noqa: F401
