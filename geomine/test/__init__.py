"""Tests of GeoMine."""

from .archive_tests import Command, WhereItIs  # noqa: F401
from .contract_tests import GeomineContract  # noqa: F401
from .defect_tests import KnownDefects  # noqa: F401
from .result_tests import Form, Results  # noqa: F401
from .search_tests import Searches  # noqa: F401
