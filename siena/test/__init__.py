"""Tests of SIENA."""

from .contract_tests import SienaContract  # noqa: F401
