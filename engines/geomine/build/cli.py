"""Command line that builds the archive of GeoMine."""

import json
import os
import sys
import time
from argparse import Namespace
from functools import partial
from pathlib import Path

from engines.command_line import ArgumentParser, run
from engines.geomine.options import add_database, where_of
from engines.structure.components import default_path


def parser() -> ArgumentParser:
    """
    The arguments.

    :returns: the parser
    """
    result = ArgumentParser('build_geomine', 'Find the sites of all structures of a folder and store their points.')
    result.add_argument('--source', type=Path, required=True, help='folder with PDB and mmCIF files, also gzipped')
    add_database(result)
    result.add_argument('--jobs', type=int, default=os.cpu_count() or 1, help='processes that read (%(default)s)')
    result.add_argument('--no_pockets', action='store_true', help='sites of ligands only')
    result.add_argument('--additives', action='store_true', help='also sites of buffers, cryoprotectants and the like')
    result.add_argument('--anew', action='store_true', help='replace an archive that was built from another folder')
    result.add_argument('--ccd', type=Path, help='component dictionary built by engines.structure.component_build')
    return result


def main(options: Namespace) -> None:
    """
    Build, tell on stderr how far it is, and in the end as JSON what there is.

    :param options: the parsed arguments
    :raises EngineError: if it cannot be built
    """
    os.environ.setdefault('OPENBLAS_NUM_THREADS', '1')  # the processes are many enough
    from engines.geomine.build.builder import build, remaining
    from engines.geomine.build.extract import Options

    begin = time.monotonic()
    shown = sys.stderr.isatty()

    def progress(done: int, number: int, wrong: str) -> None:
        """
        :param done: files
        :param number: of all
        :param wrong: with the last one, or empty
        """
        if wrong:
            print(f'{" " * 60 * shown}{chr(13) * shown}Left out: {wrong}', file=sys.stderr)
        if shown or done == number or done % 100 == 0:
            said = f'{done:,} of {number:,} files, {remaining(begin, done, number)} left'
            print(
                f'\r{said:<60}' if shown else said,
                end='' if shown and done < number else '\n',
                file=sys.stderr,
                flush=True,
            )

    taken = Options(options.ccd or default_path(), not options.no_pockets, options.additives)
    print(json.dumps(build(options.source, where_of(options), taken, max(options.jobs, 1), progress, options.anew)))


command = partial(run, parser(), main)
"""Takes the arguments without the name of the program, those of the process unless given; returns the exit code."""

if __name__ == '__main__':
    sys.exit(command())
