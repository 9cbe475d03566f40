"""Validation of SIENA."""
