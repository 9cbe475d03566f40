"""Tests of Protoss."""
