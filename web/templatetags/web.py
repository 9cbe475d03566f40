"""Small things that templates cannot say by themselves."""

from collections.abc import Iterable

from django import template

from web.results import Column, Place, Row

register = template.Library()


@register.filter
def places(values: Iterable[Place]) -> str:
    """
    :param values: residues
    :returns: as the viewer reads them
    """
    return ','.join(map(str, values))


@register.filter
def seconds(value: float) -> str:
    """
    :param value: seconds
    :returns: in words: ``0.4 s``, ``42 s``, ``3 min 5 s``
    """
    if value < 60:
        return f'{value:.1f} s' if value < 10 else f'{value:.0f} s'
    return f'{value // 60:.0f} min {value % 60:.0f} s'


@register.filter
def shown(columns: Iterable[Column]) -> list[Column]:
    """
    :param columns: of a table
    :returns: those that the page has room for; the CSV file has all
    """
    return [column for column in columns if column.shown]


@register.simple_tag
def cell(row: Row, column: Column) -> str:
    """
    :param row: of a table
    :param column: of it
    :returns: the text at their crossing
    """
    return row.cells.get(column.key, '')
