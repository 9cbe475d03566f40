"""Asks the archive, measures what it answers, and keeps the best match of each site."""

import math
import time
from contextlib import closing
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from engines.geomine import plan as planning
from engines.geomine.database import Database, Interrupted
from engines.geomine.geometry import Array, angles, between, lengths, superpose
from engines.geomine.molecules import molecules_that_fit, point_atoms
from engines.geomine.query import Query, Range

ROUNDING = 1e-6
"""Angstrom and degrees: a measure at the end of its range is in it, whatever the last bit of a float says."""
MOST_MATCHES = 2_000_000
"""Matches that are measured; a query with more than that says nothing."""
SECONDS = 60.0
"""How long a search may take."""


@dataclass(frozen=True)
class Match:
    """
    The best match of a site.

    :param site: its number in the tables
    :param score: Angstrom: RMSD to the places of the query; without places the root mean square deviation of the
        distances from the middles of their ranges
    :param points: ids of its points, in the order of the query
    :param places: of these, Angstrom, shape (k, 3)
    """

    site: int
    score: float
    points: tuple[int, ...]
    places: Array


@dataclass
class Found:
    """
    What a search found.

    :param matches: of each site the best, the best first
    :param counts: matches of each site
    :param complete: whether everything was looked at
    :param seconds: that it took
    :param order: of the points of the query, as they were looked for
    """

    matches: list[Match]
    counts: dict[int, int] = field(default_factory=dict)
    complete: bool = True
    seconds: float = 0.0
    order: tuple[int, ...] = ()


def search(database: Database, query: Query, seconds: float = SECONDS, most: int = MOST_MATCHES) -> Found:
    """
    :param database: the archive
    :param query: what is looked for
    :param seconds: after which the search ends with what it has
    :param most: matches after which it does
    :returns: what was found
    :raises EngineError: ``query.smarts`` or ``query.smiles``
    """
    begin = time.monotonic()
    sites = _sites(database, query)
    if not query.points:
        found = Found([Match(site, 0.0, (), np.empty((0, 3))) for site in sites or ()], dict.fromkeys(sites or (), 1))
    else:
        found = _Collector(database, query, most).run(sites, begin + seconds)
    found.seconds = time.monotonic() - begin
    return found


def _sites(database: Database, query: Query) -> list[int] | None:
    """
    :param database: the archive
    :param query: what is looked for
    :returns: the sites that fit all but its points; None if it asks for points only
    """
    conditions = planning.site_conditions(query)
    fits = molecules_that_fit(database, query)
    if fits is not None:
        listed = ', '.join(map(str, sorted(fits))) or 'NULL'
        conditions.append(planning.Condition(f's.molecule IN ({listed})'))
    if query.points and {*query.raw} <= {'title', 'points', 'distances', 'angles', 'directions', 'like'}:
        return None
    sql, values = planning.where(conditions)
    rows = database.rows(f'SELECT s.id FROM {planning.SITES} WHERE {sql} ORDER BY e.code, s.id', values)
    return [int(row[0]) for row in rows]


class _Collector:
    """
    Measures the matches that the database gives.

    :param database: the archive
    :param query: with points
    :param most: matches that are measured
    """

    def __init__(self, database: Database, query: Query, most: int) -> None:
        self._database, self._query, self._left = database, query, most
        self._fixed = np.array([point.place for point in query.points]) if query.is_placed else None
        self._best: dict[int, Match] = {}
        self._counts: dict[int, int] = {}

    def run(self, sites: list[int] | None, deadline: float) -> Found:
        """
        :param sites: that are allowed; None for all
        :param deadline: of :func:`time.monotonic`
        :returns: what was found
        """
        plan = planning.make(self._database, self._query, sites)
        complete = True
        try:
            with closing(self._database.stream(plan.sql, max(deadline - time.monotonic(), 0.001))) as found:
                for rows in found:
                    self._take(rows, plan.columns)
                    if self._left <= 0 or time.monotonic() > deadline:
                        complete = False
                        break
        except Interrupted:
            complete = False
        best = sorted(self._best.values(), key=lambda match: (round(match.score, 6), match.site))
        return Found(best, self._counts, complete, order=plan.order)

    def _take(self, rows: list[tuple[float, ...]], columns: tuple[str, ...]) -> None:
        """
        :param rows: as :class:`planning.Plan` has them
        :param columns: likewise
        """
        table = np.array(rows, np.float64)
        sites, values = table[:, 0].astype(np.int64), table[:, 1:].reshape(len(rows), len(self._query.points), -1)
        fits = self._fits(values[:, :, 1:4], values[:, :, -3:])
        if 'surface' in columns:
            fits &= self._shows(values[:, :, columns.index('surface')])
        fits &= point_atoms(self._database, self._query, sites, values[:, :, 0].astype(np.int64), fits)
        sites, values = sites[fits], values[fits]
        self._left -= len(sites)
        if len(sites):
            self._keep(sites, values, self._scores(values[:, :, 1:4]))

    def _fits(self, places: Array, directions: Array) -> npt.NDArray[np.bool_]:
        """
        :param places: shape (n, k, 3), Angstrom
        :param directions: shape (n, k, 3); anything if the query has none
        :returns: which matches are what the query wants, shape (n,)
        """
        good = np.ones(len(places), np.bool_)
        for measure in self._query.distances:
            first, second = measure.points
            good &= _within(lengths(places[:, first], places[:, second]), measure.range)
        for measure in self._query.angles:
            good &= _within(angles(*(places[:, point] for point in measure.points)), measure.range)
        for measure in self._query.directions:
            of, to = measure.points
            good &= _points_to(
                places[:, to] - places[:, of], directions[:, of], self._query.points[of].shape, measure.range
            )
        return good

    def _shows(self, surfaces: Array) -> npt.NDArray[np.bool_]:
        """
        :param surfaces: of the points, square Angstrom, shape (n, k)
        :returns: which matches have what the query wants, shape (n,)
        """
        good = np.ones(len(surfaces), np.bool_)
        for i, point in enumerate(self._query.points):
            if point.surface:
                good &= (surfaces[:, i] >= point.surface.low) & (surfaces[:, i] <= point.surface.high)
        return good

    def _scores(self, places: Array) -> Array:
        """
        :param places: shape (n, k, 3), Angstrom
        :returns: see :class:`Match`, shape (n,)
        """
        if self._fixed is not None:
            return superpose(places, self._fixed)[2]
        known = [m for m in self._query.distances if math.isfinite(m.range.high)]
        if not known:
            return np.zeros(len(places))
        apart = np.array([lengths(places[:, m.points[0]], places[:, m.points[1]]) for m in known])
        middles = np.array([(m.range.low + m.range.high) / 2 for m in known])
        result: Array = np.sqrt(((apart - middles[:, None]) ** 2).mean(0))
        return result

    def _keep(self, sites: npt.NDArray[np.int64], values: Array, scores: Array) -> None:
        """
        :param sites: of the matches
        :param values: their points: id, x, y, z, ...
        :param scores: of the matches
        """
        for site, number in zip(*np.unique(sites, return_counts=True), strict=True):
            self._counts[int(site)] = self._counts.get(int(site), 0) + int(number)
        # The best of each site; of equals the one with the smallest ids, so that the order of rows does not matter.
        ids = values[:, :, 0].astype(np.int64)
        order = np.lexsort((*ids.T[::-1], scores.round(6), sites))
        firsts = order[np.unique(sites[order], return_index=True)[1]]
        for row in firsts:
            new = Match(int(sites[row]), float(scores[row]), tuple(ids[row].tolist()), values[row, :, 1:4].copy())
            old = self._best.get(new.site)
            if old is None or (round(new.score, 6), new.points) < (round(old.score, 6), old.points):
                self._best[new.site] = new


def _within(values: Array, wanted: Range) -> npt.NDArray[np.bool_]:
    """
    :param values: measures
    :param wanted: their range
    :returns: which are in it
    """
    result: npt.NDArray[np.bool_] = (values >= wanted.low - ROUNDING) & (values <= wanted.high + ROUNDING)
    return result


def _points_to(ways: Array, directions: Array, shape: int | None, wanted: Range) -> npt.NDArray[np.bool_]:
    """
    :param ways: from a point to another one, shape (n, 3)
    :param directions: of the point, shape (n, 3), 0 if it has none
    :param shape: of the point in the query
    :param wanted: degrees
    :returns: which point there
    """
    found = between(directions, ways)
    if shape == 1:
        found = np.minimum(found, 180 - found)
    none = ~directions.any(1)
    return none | _within(found, wanted)


def aligned(found: Found, query: Query, number: int) -> tuple[Array, Array, Array, list[Match]]:
    """
    Lay the first matches on the places of the query, or, if it has none, on the best match.

    :param found: what was found
    :param query: that was asked
    :param number: how many are wanted
    :returns: rotations, shifts and RMSDs as :func:`superpose` has them, and the matches, by their RMSD
    """
    matches = found.matches[:number]
    if not matches or not query.points:
        eye = np.broadcast_to(np.eye(3), (len(matches), 3, 3))
        return eye, np.zeros((len(matches), 3)), np.zeros(len(matches)), matches
    fixed = np.array([p.place for p in query.points], np.float64) if query.is_placed else matches[0].places
    rotations, shifts, deviations = superpose(np.array([match.places for match in matches]), fixed)
    order = np.argsort(deviations.round(6), kind='stable')
    return rotations[order], shifts[order], deviations[order], [matches[i] for i in order.tolist()]
