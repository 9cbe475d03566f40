"""From the arguments to the files: read the query, search, choose, write."""

from argparse import Namespace
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

from engines.errors import EngineError
from engines.notes import Note, counted, listing, write_notes
from engines.siena.database.reader import Index
from engines.siena.members import Member, Writer
from engines.siena.occurrence import Occurrence
from engines.siena.options import BOUNDS, Options
from engines.siena.output import alignment, row, table
from engines.siena.query import Query, read_query
from engines.siena.search import MOST_CANDIDATES, Search
from engines.siena.selection import ensemble, ranked
from engines.structure.components import default_path


def check(options: Options) -> None:
    """
    :param options: of a search
    :raises EngineError: ``siena.option`` if a number is out of its bounds
    """
    for name, (least, most) in BOUNDS.items():
        value = getattr(options, name)
        if value is not None and not least <= value <= most:
            raise EngineError('siena.option', f'{name} has to be between {least:g} and {most:g}.')


def run_siena(arguments: Namespace, options: Options) -> dict[str, int]:
    """
    Search and write the ensemble.

    :param arguments: of :mod:`engines.siena.cli`
    :param options: of the search
    :returns: how much was found
    :raises EngineError: if an input cannot be used
    """
    check(options)
    ccd = arguments.ccd or default_path()
    with closing(Index(arguments.database)) as index:
        query = read_query(arguments.protein, arguments.ligand, arguments.edf, options.site_radius, ccd)
        found = Search(index, query, options).run()
        passing = ranked(found, options)
        members, lost = Writer(index, arguments.output, ccd).write(ensemble(passing, options))
        _write(arguments.output, index, query, members)
        kept = {id(member.occurrence) for member in members}
        rest = [row(occurrence, index) for occurrence in passing if id(occurrence) not in kept]
        if rest:
            (arguments.output / 'further.csv').write_text(table(rest), encoding='utf-8')
    notes = [*query.notes, *_notes(options, passing, members, lost, found.more)]
    write_notes(arguments.output / 'notes.json', notes)
    return {'site': len(query.site), 'found': len(passing), 'members': len(members)}


def _write(folder: Path, index: Index, query: Query, members: list[Member]) -> None:
    """
    :param folder: to write to
    :param index: of the archive
    :param query: the site
    :param members: of the ensemble; without one there is neither table nor alignment
    """
    if not members:
        return
    rows = [row(member.occurrence, index) for member in members]
    (folder / 'resultStatistic.csv').write_text(table(rows), encoding='utf-8')
    lines = alignment(query, ((member.name, member.occurrence) for member in members))
    (folder / 'alignment.txt').write_text(lines, encoding='utf-8')


def _notes(
    options: Options, passing: list[Occurrence], members: list[Member], lost: list[Occurrence], more: bool
) -> Iterator[Note]:
    """
    :param options: of the search
    :param passing: the occurrences that are wanted
    :param members: of the ensemble
    :param lost: those whose files are gone or have changed
    :param more: whether there were more candidates than were looked at
    :returns: what the user should know
    """
    if not passing:
        message = 'The archive has no site like this one that the filters let through.'
        yield Note('siena.nothing_found', '', message)
    left = len(passing) - len(members) - len(lost)
    if left > 0:
        message = (
            f'{counted(len(passing), "site")} were found; the ensemble has {len(members)} of them. The others are in '
            f'a table of their own; up to {BOUNDS["members"][1]:.0f} can be asked for.'
        )
        yield Note('siena.more_found', '', message)
    if lost:
        names = listing(sorted({occurrence.properties.code for occurrence in lost}))
        message = f'The files of these entries are gone or have changed since the archive was indexed: {names}.'
        yield Note('siena.files_changed', '', message)
    if more:
        message = (
            f'More than {MOST_CANDIDATES:,} chains share short pieces of sequence with the site; those with most were '
            'looked at. A larger site is more specific.'
        )
        yield Note('siena.more_candidates', '', message)
    if options.minimal_site_identity < _SURE_IDENTITY:
        message = (
            'Candidates are found by pieces of four residues that have not changed. Below an identity of '
            f'{_SURE_IDENTITY:g} some sites have none left and are missed.'
        )
        yield Note('siena.low_identity', '', message)


_SURE_IDENTITY = 0.5
