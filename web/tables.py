"""A table as CSV, for spreadsheets and scripts: every column, its unit in the header."""

import csv
import io
import re

from .results import Column, Table

#: What makes a spreadsheet take a cell for a formula: https://owasp.org/www-community/attacks/CSV_Injection.
_FORMULA = re.compile(r'[=+\-@\t\r\n]')
_NUMBER = re.compile(r'[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?', re.ASCII)


def csv_text(table: Table) -> str:
    """
    :param table: a table
    :returns: its header and rows; text that a spreadsheet would run as a formula has an apostrophe in front
    """
    stream = io.StringIO()
    writer = csv.writer(stream)
    writer.writerow([_harmless(_header(column)) for column in table.columns])
    writer.writerows([_harmless(row.cells.get(column.key, '')) for column in table.columns] for row in table.rows)
    return stream.getvalue()


def _header(column: Column) -> str:
    """
    :param column: a column
    :returns: its key and unit: ``volume [Å³]``
    """
    return f'{column.key} [{column.unit}]' if column.unit else column.key


def _harmless(cell: str) -> str:
    """
    :param cell: any text
    :returns: text that stays text in a spreadsheet, and numbers as they are
    """
    return f"'{cell}" if _FORMULA.match(cell) and not _NUMBER.fullmatch(cell) else cell
