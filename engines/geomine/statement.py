"""
The statement that finds the points of a query, in the words of either database.

PostgreSQL joins well by itself, as long as it is told the order. SQLite goes from row to row: where a table would be
asked often, what may be found in it is taken out first, and SQLite makes an index of that for the one statement.
"""

import math
from dataclasses import dataclass

from engines.geomine.query import Query, Range

SLACK = 0.01
"""Angstrom and square Angstrom by which the database is more generous than the query: it may count in single precision.
What it finds is measured again."""
POINTS_OF_A_SITE = 100
"""A site has about so many points; only the way to what is found depends on it."""


@dataclass(frozen=True)
class Candidates:
    """
    What may be a point of the query.

    :param kinds: kinds of points; None for all
    :param number: of points of these kinds in the archive
    """

    kinds: tuple[int, ...] | None
    number: int


@dataclass(frozen=True)
class Statement:
    """
    What is asked. The tables ``p0``, ``p1``, ... are the points in the order in which they are looked for.

    :param query: with points
    :param order: of its points
    :param found: candidates of each of its points
    :param ranges: distances that are known, by indices of its points
    :param columns: of each point
    :param sites: that are allowed; None for all
    """

    query: Query
    order: tuple[int, ...]
    found: tuple[Candidates, ...]
    ranges: dict[tuple[int, int], Range]
    columns: tuple[str, ...]
    sites: list[int] | None

    def sql(self, is_postgres: bool) -> str:
        """
        :param is_postgres: which database it is
        :returns: the statement: site and, point for point in the order of the query, the columns
        """
        if is_postgres:
            tables = [f'geomine_point p{i}' for i in range(len(self.order))]
            joined = self._joined('JOIN', tables, {i: self._allowed(i, f'p{i}.') for i in range(len(self.order))})
            return f'SELECT {self._selected()} FROM {joined}'
        taken = self._taken_out()
        tables = [f'p{i}' if i in taken else f'geomine_point p{i}' for i in range(len(self.order))]
        conditions = {i: self._allowed(i, f'p{i}.', '+') for i in range(len(self.order)) if i not in taken}
        named = ', '.join(f'p{i} AS MATERIALIZED ({sql})' for i, sql in taken.items())
        joined = self._joined('CROSS JOIN', tables, conditions)  # SQLite keeps the order of CROSS JOIN
        return f'{f"WITH {named} " if named else ""}SELECT {self._selected()} FROM {joined}'

    def _selected(self) -> str:
        """:returns: the columns"""
        names = [f'p{self.order.index(point)}' for point in range(len(self.order))]
        return ', '.join(['p0.site', *(f'{name}.{column}' for name in names for column in self.columns)])

    def _starts_with_sites(self) -> bool:
        """:returns: whether so few sites are allowed that they are read one after the other"""
        number = self.found[self.order[0]].number
        return self.sites is not None and len(self.sites) * POINTS_OF_A_SITE < number

    def _taken_out(self) -> dict[int, str]:
        """
        Of SQLite: points that are taken out before they are joined, of sites that have the points before them only.

        :returns: statements by their place in the order
        """
        if self._starts_with_sites():
            return {}
        columns, taken = ', '.join(['site', *self.columns]), {}
        first, last = self.found[self.order[0]].number, 0
        for i, point in enumerate(self.order):
            if i == 0 or self.found[point].number <= first * POINTS_OF_A_SITE:
                where = [self._allowed(i, ''), f'site IN (SELECT site FROM p{last})' if i else self._in_sites('+')]
                taken[i] = f'SELECT {columns} FROM geomine_point WHERE {_together(where)}'
                last = i
        return taken

    def _joined(self, join: str, tables: list[str], conditions: dict[int, str]) -> str:
        """
        :param join: the word for it
        :param tables: in their order
        :param conditions: what the rows of each have to be
        :returns: what follows FROM
        """
        parts = [tables[0]]
        for i in range(1, len(tables)):
            apart = [self._apart(i, other) for other in range(i)]
            parts.append(f'{join} {tables[i]} ON {_together([f"p{i}.site = p0.site", conditions.get(i, ""), *apart])}')
        where = (
            [conditions[0], self._in_sites('' if self._starts_with_sites() else '+', 'p0.')] if 0 in conditions else []
        )
        return f'{" ".join(parts)} WHERE {_together(where)}'

    def _in_sites(self, sign: str, table: str = '') -> str:
        """
        :param sign: ``+`` where the index of sites is not to be used
        :param table: whose column it is
        :returns: that the site is allowed; empty if all are
        """
        if self.sites is None:
            return ''
        return f'{sign}{table}site IN ({", ".join(map(str, self.sites)) or "NULL"})'

    def _allowed(self, place: int, table: str, sign: str = '') -> str:
        """
        :param place: in the order
        :param table: whose columns they are
        :param sign: ``+`` where the index of kinds is not to be used, since the points of a site are read anyway
        :returns: what the points have to be
        """
        point, kinds = self.query.points[self.order[place]], self.found[self.order[place]].kinds
        parts = []
        if kinds is not None:
            parts.append(f'{sign}{table}kind IN ({", ".join(map(str, kinds)) or "NULL"})')
        if point.surface:
            ends = ((point.surface.low, '>=', -SLACK), (point.surface.high, '<=', SLACK))
            parts += [f'{table}surface {sign_} {end + slack!r}' for end, sign_, slack in ends if math.isfinite(end)]
        return _together(parts, '')

    def _apart(self, place: int, other: int) -> str:
        """
        :param place: in the order
        :param other: before it
        :returns: how far apart both points are, and that they are two
        """
        first, second = sorted((self.order[place], self.order[other]))
        parts = [f'p{place}.id <> p{other}.id']
        if known := self.ranges.get((first, second)):
            deltas = (f'(p{place}.{axis} - p{other}.{axis})' for axis in 'xyz')
            square = ' + '.join(f'{delta} * {delta}' for delta in deltas)
            low = max(known.low - SLACK, 0) ** 2
            parts.append(f'({square}) BETWEEN {low!r} AND {(known.high + SLACK) ** 2!r}')
        return ' AND '.join(parts)


def _together(conditions: list[str], none: str = '1 = 1') -> str:
    """
    :param conditions: some may be empty
    :param none: what stands for none of them
    :returns: all of them
    """
    return ' AND '.join(filter(None, conditions)) or none
