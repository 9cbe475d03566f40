"""Makes the index that SIENA searches, or brings it up to date."""

import os
import subprocess
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError


class Command(BaseCommand):
    """
    Runs ``generate_siena_database`` on a folder of structures.

    Jobs that run meanwhile search the old index; the new one takes its place when it is finished. After an interruption
    the same command goes on where it was, and later it reads only what is new or has changed.
    """

    help = 'Index a folder of structures for SIENA, or bring the index up to date; the server may run meanwhile.'

    def add_arguments(self, parser: ArgumentParser) -> None:
        """
        :param parser: gets the names of file and folders
        """
        index = Path(settings.SIENA_SEARCH_DB)
        parser.add_argument('--database_filename', default=index.name, help='Name of the index (%(default)s).')
        parser.add_argument(
            '--source_dir', default=settings.LOCAL_PDB_MIRROR_DIR, help='Folder of the structures (%(default)s).'
        )
        parser.add_argument('--destination_dir', default=str(index.parent), help='Folder of the index (%(default)s).')
        parser.add_argument('--compressed', action='store_true', help='Take gzipped files only.')
        parser.add_argument('--log', help='File for the report, which is printed in any case.')
        parser.add_argument('--jobs', type=int, help='Processes that read; as many as there are processors.')

    def handle(self, *args: Any, **options: Any) -> None:
        """
        :param args: none
        :param options: see above
        :raises CommandError: if the index cannot be made
        """
        program = settings.BASE_DIR / 'bin' / 'siena' / 'generate_siena_database'
        target = Path(options['destination_dir'], options['database_filename']).absolute()
        argv = [settings.BINARIES.get('generate_siena_database', str(program)), '-b', str(target)]
        argv += ['-d', str(Path(options['source_dir']).absolute())]
        argv += ['-f', '0'] if options['compressed'] else []
        argv += ['-o', options['log']] if options['log'] else []
        argv += ['-j', str(options['jobs'])] if options['jobs'] else []
        # Not through the sandbox: the operator starts it, and it writes outside of any work directory.
        environment = {**os.environ, 'PPLUS_CCD': str(settings.CCD_FILE)}
        said = None if options['verbosity'] else subprocess.DEVNULL
        if status := subprocess.run(argv, check=False, env=environment, stdout=said, stderr=said).returncode:
            raise CommandError(f'The index was not made (exit code {status}); an older one is still there.')
        self.stdout.write(self.style.SUCCESS(f'The index in {target} is up to date.'))
