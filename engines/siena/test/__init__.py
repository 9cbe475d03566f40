"""Tests of SIENA."""

from .build_tests import BuildTests, KillTests  # noqa: F401
from .chain_tests import AlignmentTests, ChainTests, KmerTests, PackingTests, SuperpositionTests  # noqa: F401
from .cli_tests import CommandLineTests  # noqa: F401
from .filter_tests import FilterTests  # noqa: F401
from .search_tests import SearchTests  # noqa: F401
