"""The names of all values, tests and thresholds, as the engine has them; the server loads nothing else of it."""

from engines.structureprofiler.columns import AT_MOST, BOOLEAN, INTEGER, NUMBER, TABLES, Column, Criterion, Table, Test

__all__ = ['AT_MOST', 'BOOLEAN', 'INTEGER', 'NUMBER', 'TABLES', 'Column', 'Criterion', 'Table', 'Test']
