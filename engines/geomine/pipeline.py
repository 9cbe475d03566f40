"""From the arguments to the result."""

from argparse import Namespace
from typing import Any

from engines.errors import EngineError
from engines.geomine.database import Where, reading
from engines.geomine.like import expanded
from engines.geomine.output import answer
from engines.geomine.query import parse
from engines.geomine.reading import read_query
from engines.geomine.search import search
from engines.notes import Note, write_notes


def look(options: Namespace, where: Where) -> dict[str, Any]:
    """
    :param options: arguments of :mod:`engines.geomine.cli`
    :param where: of the archive
    :returns: the result
    :raises EngineError: if the query or the archive cannot be used
    """
    if options.query is None:
        raise EngineError('query.empty', 'There is no query.', 'Give one with --query.')
    query = read_query(options.query)
    with reading(where) as database:
        if 'like' in query.raw:
            query = parse(expanded(database, query.raw))
        version = str(database.one('SELECT version FROM geomine_archive'))
        found = search(database, query, options.seconds)
        result = answer(database, query, found, version, options.visible, options.listed)
    if options.notes:
        write_notes(options.notes, _notes(result, found.complete))
    return result


def _notes(result: dict[str, Any], complete: bool) -> list[Note]:
    """
    :param result: of a search
    :param complete: whether everything was looked at
    :returns: what the user should know
    """
    notes = []
    if not complete:
        message = (
            'The search ended before everything was looked at: more sites match than are listed. Narrow the query.'
        )
        notes.append(Note('geomine.incomplete', '', message))
    elif result['more_exist']:
        number = len(result['result_table_content'])
        message = f'{result["number_of_found_pockets"]} sites match; the best {number} of them are listed.'
        notes.append(Note('geomine.cut', '', message))
    if not result['number_of_found_pockets']:
        notes.append(Note('geomine.nothing', '', 'No site of the archive matches.'))
    return notes


def query_of_site(options: Namespace, where: Where) -> dict[str, Any]:
    """
    :param options: arguments of :mod:`engines.geomine.cli`
    :param where: of the archive
    :returns: a query, as JSON has it, of the points of a site
    :raises EngineError: if there is no such site
    """
    like = {'site': options.siteQuery, 'points': options.points, 'tolerance': options.tolerance}
    query = parse({'like': like})
    with reading(where) as database:
        return expanded(database, query.raw)
