"""Command line that builds the index of SIENA, that of the published program with options of our own."""

import os
import sys
from argparse import Namespace
from functools import partial
from pathlib import Path

from engines.command_line import ArgumentParser, run


def parser() -> ArgumentParser:
    """
    The arguments.

    :returns: the parser
    """
    result = ArgumentParser(
        'generate_siena_database', 'Index a folder of structures for SIENA, or bring it up to date.'
    )
    result.add_argument('-b', '--database', type=Path, required=True, help='SQLite file to write')
    result.add_argument('-d', '--directory', type=Path, required=True, help='folder of the structures')
    result.add_argument('-f', '--format', choices=('0', '1'), help='0 gzipped files only, 1 plain ones only; else both')
    result.add_argument('-o', '--log', type=Path, help='file for the report')
    result.add_argument('-j', '--jobs', type=int, default=os.cpu_count() or 1, help='processes (%(default)s)')
    result.add_argument('--ccd', type=Path, help='component dictionary built by engines.structure.component_build')
    return result


def main(options: Namespace) -> None:
    """
    Build the index and report.

    :param options: the parsed arguments
    :raises EngineError: if it cannot be built
    """
    os.environ.setdefault('OPENBLAS_NUM_THREADS', '1')
    from engines.siena.database.build import build
    from engines.siena.database.progress import Bar, report
    from engines.structure.components import default_path

    compressed = None if options.format is None else options.format == '0'
    bar = Bar(sys.stderr)
    summary = build(
        options.database, options.directory, options.ccd or default_path(), compressed, max(options.jobs, 1), bar.show
    )
    bar.close()
    text = report(summary)
    if options.log:
        options.log.write_text(text, encoding='utf-8')
    print(text, end='')


command = partial(run, parser(), main)
"""Takes the arguments without the name of the program, those of the process unless given; returns the exit code."""

if __name__ == '__main__':
    sys.exit(command())
