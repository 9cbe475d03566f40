"""Tests of tables as CSV."""

import csv
import io
from dataclasses import replace
from unittest import TestCase

from django.template.loader import render_to_string

from web.results import Column, Row, Table
from web.tables import csv_text


def rows_of(*cells: str) -> list[list[str]]:
    """
    :param cells: of one column
    :returns: what a reader of the CSV file finds, header included
    """
    column = Column('note', 'A note')
    text = csv_text(Table('notes', 'Notes', (column,), tuple(Row({'note': cell}) for cell in cells)))
    return list(csv.reader(io.StringIO(text)))


class CsvFiles(TestCase):
    """What a spreadsheet opens."""

    def test_header_has_keys_and_units_and_every_column_is_there(self) -> None:
        """Numbers without a unit are copied into papers; what the page has no room for is in the file."""
        columns = (Column('volume', 'Volume', '\u00c5\u00b3', numeric=True), Column('Cs', 'Carbons', shown=False))
        table = Table('pockets', 'Pockets', columns, (Row({'volume': '599.23', 'Cs': '12'}), Row({'Cs': '3'})))
        self.assertEqual(csv_text(table), 'volume [\u00c5\u00b3],Cs\r\n599.23,12\r\n,3\r\n')

    def test_file_has_the_rows_that_a_page_has_no_room_for(self) -> None:
        """A large structure has thousands of residues."""
        rows = tuple(Row({'note': str(number)}) for number in range(5))
        table = Table('notes', 'Notes', (Column('note', 'A note'),), rows, most=2)
        self.assertEqual(len(csv_text(table).splitlines()), 6)
        link = {'tool': {'label': 'dogsite'}, 'job': {'pk': '11111111-2222-4333-8444-555555555555'}}
        page = render_to_string('web/part_table.html', {'table': table, **link})
        self.assertEqual(page.count('<tr>'), 3)
        self.assertIn('The first 2 of 5 rows.', page)
        whole = render_to_string('web/part_table.html', {'table': replace(table, most=None), **link})
        self.assertEqual((whole.count('<tr>'), 'The first' in whole), (6, False))

    def test_formula_stays_text(self) -> None:
        """A ligand is named by whoever uploads it, and a spreadsheet would run its name."""
        for cell in ('=1+1', '+cmd|x', '-1+1', '@SUM(A1)', '\t=1', '\r=1', '=HYPERLINK("x","y")', '-'):
            self.assertEqual(rows_of(cell)[1], [f"'{cell}"])

    def test_number_stays_a_number(self) -> None:
        """Scores are negative and charges have a sign."""
        for cell in ('-3.04', '+1', '-.5', '1e-3', '-1.5E+10', '0', ''):
            self.assertEqual(rows_of(cell)[1], [cell])

    def test_text_that_needs_quotes_comes_back_as_it_was(self) -> None:
        """Notes are sentences with commas, quotes and line ends."""
        for cell in ('a, b', 'a "b"', 'a\nb', "O5' of A"):
            self.assertEqual(rows_of(cell)[1], [cell])
