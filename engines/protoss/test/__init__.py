"""Tests of Protoss."""

from engines.protoss.test.ligand_sites_tests import IdentityTests, SizeTests, SurroundingsTests
from engines.protoss.test.ligand_states_tests import ProtomerTests, TableTests, TautomerTests
from engines.protoss.test.optimise_tests import ExactTests

__all__ = [
    'ExactTests',
    'IdentityTests',
    'ProtomerTests',
    'SizeTests',
    'SurroundingsTests',
    'TableTests',
    'TautomerTests',
]
