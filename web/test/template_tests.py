"""What templates need beside Django's own."""

from unittest import TestCase

from web.results import Column, Place, Row
from web.templatetags import web as tags


class TemplateTags(TestCase):
    """Small things that templates cannot say by themselves."""

    def test_times_are_told_as_people_would(self) -> None:
        """Tenths matter below ten seconds, and nobody counts in hundreds of seconds."""
        told = [tags.seconds(value) for value in (0.43, 9.96, 42.4, 60, 185)]
        self.assertEqual(told, ['0.4 s', '10.0 s', '42 s', '1 min 0 s', '3 min 5 s'])

    def test_places_are_told_as_the_viewer_reads_them(self) -> None:
        """Insertion codes included."""
        self.assertEqual(tags.places([Place('A', 45), Place('BB', -3, 'C')]), 'A:45,BB:-3C')

    def test_pages_show_some_columns_and_an_empty_cell_for_what_is_missing(self) -> None:
        """The CSV file has all of them."""
        columns = [Column('a', 'A'), Column('b', 'B', shown=False), Column('c', 'C')]
        row = Row({'a': '1', 'b': '2'})
        self.assertEqual([tags.cell(row, column) for column in tags.shown(columns)], ['1', ''])
