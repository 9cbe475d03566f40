"""Tests of GeoMine."""

from .build_tests import Building, Points  # noqa: F401
from .cli_tests import CommandLine  # noqa: F401
from .query_tests import Hostile, Json, Xml  # noqa: F401
from .search_tests import BruteForce, Filters, Limits, Ranking  # noqa: F401
