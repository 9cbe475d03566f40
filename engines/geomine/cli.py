"""Command line of GeoMine, that of the published program with options of our own."""

import json
import os
import sys
from argparse import Namespace
from functools import partial
from pathlib import Path

from engines.command_line import ArgumentParser, run
from engines.geomine.options import add_database, where_of


def parser() -> ArgumentParser:
    """
    The arguments.

    :returns: the parser
    """
    result = ArgumentParser('geomine', 'Find an arrangement of points in the sites of an archive.')
    add_database(result)
    result.add_argument('--webserverSearch', action='store_true', help='search; there is nothing else to do')
    result.add_argument('--query', type=Path, help='PelikanFilter XML or JSON')
    result.add_argument('--siteQuery', help='make a query of this site, such as 4AGM_P86_A_400, instead of searching')
    result.add_argument('--points', type=int, default=4, help='of such a query (%(default)s)')
    result.add_argument('--tolerance', type=float, default=0.5, help='of its distances, Angstrom (%(default)s)')
    result.add_argument('--webserverOutput', type=Path, required=True, help='JSON file to write')
    result.add_argument('--visible', type=int, default=50, help='sites whose structure is written (%(default)s)')
    result.add_argument('--listed', type=int, default=1000, help='sites in the table (%(default)s)')
    result.add_argument('--seconds', type=float, default=60.0, help='of a search (%(default)s)')
    result.add_argument('--notes', type=Path, help='write what the user should know as JSON')
    return result


def main(options: Namespace) -> None:
    """
    Search, or make a query, and write the result.

    :param options: the parsed arguments
    :raises EngineError: if the query or the archive cannot be used
    """
    os.environ.setdefault('OPENBLAS_NUM_THREADS', '1')
    from engines.geomine.pipeline import look, query_of_site

    result = query_of_site(options, where_of(options)) if options.siteQuery else look(options, where_of(options))
    text = json.dumps(result, ensure_ascii=False, allow_nan=False, indent=1 if options.siteQuery else None)
    options.webserverOutput.write_text(text + '\n', encoding='utf-8')


command = partial(run, parser(), main)
"""Takes the arguments without the name of the program, those of the process unless given; returns the exit code."""

if __name__ == '__main__':
    sys.exit(command())
