"""Tests of Protoss."""

from engines.protoss.test.ligand_sites_tests import IdentityTests, SizeTests, SurroundingsTests
from engines.protoss.test.ligand_states_tests import ProtomerTests, TableTests, TautomerTests
from engines.protoss.test.optimise_tests import BoundTests, ContractTests, ExactTests, WideTests

__all__ = [
    'BoundTests',
    'ContractTests',
    'ExactTests',
    'IdentityTests',
    'ProtomerTests',
    'SizeTests',
    'SurroundingsTests',
    'TableTests',
    'TautomerTests',
    'WideTests',
]
