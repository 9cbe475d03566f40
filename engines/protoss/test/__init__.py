"""Tests of Protoss."""

from engines.protoss.test.decision_tests import AcidTests, AmideTests, HistidineTests, RotorTests
from engines.protoss.test.geometry_tests import NeighbourTests, PlacementTests, TemplateTests
from engines.protoss.test.ligand_sites_tests import IdentityTests, SizeTests, SurroundingsTests
from engines.protoss.test.ligand_states_tests import ProtomerTests, TableTests, TautomerTests
from engines.protoss.test.optimise_tests import BoundTests, ContractTests, ExactTests, WideTests
from engines.protoss.test.structure_tests import CommandTests, CrystalTests, LigandTests, PolymerTests

__all__ = [
    'AcidTests',
    'AmideTests',
    'BoundTests',
    'CommandTests',
    'ContractTests',
    'CrystalTests',
    'ExactTests',
    'HistidineTests',
    'IdentityTests',
    'LigandTests',
    'NeighbourTests',
    'PlacementTests',
    'PolymerTests',
    'ProtomerTests',
    'RotorTests',
    'SizeTests',
    'SurroundingsTests',
    'TableTests',
    'TautomerTests',
    'TemplateTests',
    'WideTests',
]
