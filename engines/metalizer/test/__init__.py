"""Tests of METALizer."""

from engines.metalizer.test.cli_tests import CommandLineTests, SiteTests
from engines.metalizer.test.fitting_tests import AssignmentTests, PolyhedronTests
from engines.metalizer.test.partner_tests import PartnerTests, SymmetryTests
from engines.metalizer.test.valence_tests import ValenceTests

__all__ = [
    'AssignmentTests',
    'CommandLineTests',
    'PartnerTests',
    'PolyhedronTests',
    'SiteTests',
    'SymmetryTests',
    'ValenceTests',
]
