"""Tests of the EDIA engine."""
