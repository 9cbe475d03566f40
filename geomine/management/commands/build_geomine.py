"""Builds the archive that GeoMine searches, or brings it up to date."""

import os
import subprocess
from argparse import ArgumentParser
from contextlib import suppress
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from geomine import archive
from proteins_plus.errors import SystemFault


class Command(BaseCommand):
    """
    Reads all structures of a folder and stores the points of their sites.

    What has not changed since the last time is not read again, and files that cannot be used are told and left out. It
    may be ended at any time: searches find the old archive, and the same command goes on from there.
    """

    help = 'Build the archive that GeoMine searches from a folder of structures, or bring it up to date.'

    def add_arguments(self, parser: ArgumentParser) -> None:
        """
        :param parser: gets the arguments
        """
        parser.add_argument(
            '--source_dir', default=settings.LOCAL_PDB_MIRROR_DIR, help='Folder of structures (LOCAL_PDB_MIRROR_DIR).'
        )
        parser.add_argument('--jobs', type=int, default=os.cpu_count() or 1, help='Structures that are read at a time.')
        parser.add_argument('--no_pockets', action='store_true', help='Sites of ligands only.')
        parser.add_argument('--additives', action='store_true', help='Also sites of buffers and cryoprotectants.')
        parser.add_argument(
            '--anew', action='store_true', help='Replace an archive that was built from another folder.'
        )
        parser.add_argument('--if_missing', action='store_true', help='Do nothing if there is an archive.')

    def handle(self, *args: Any, **options: Any) -> None:
        """
        :param args: none
        :param options: the arguments
        :raises CommandError: if it cannot be built
        """
        if options['if_missing'] and _is_there():
            self.stdout.write('There is an archive already.')
            return
        source = Path(options['source_dir']).expanduser().absolute()
        if not source.is_dir():
            raise CommandError(f'{source} is no folder. Name the one with the structures with --source_dir.')
        there = archive.where()
        known = {archive.USER: there.user, archive.PASSWORD: there.password}
        # It does not go through the sandbox: the operator starts it, and it writes to the database.
        argv = [str(program()), f'--source={source}', *there.arguments(), f'--jobs={options["jobs"]}']
        argv += [f'--{name}' for name in ('no_pockets', 'additives', 'anew') if options[name]]
        argv.append(f'--ccd={settings.CCD_FILE}')
        given = {name: value for name, value in known.items() if value}
        quiet = subprocess.PIPE if options['verbosity'] == 0 else None  # else its progress is for the operator's eyes
        done = subprocess.run(
            argv, check=False, env={**os.environ, **given}, stdout=subprocess.PIPE, stderr=quiet, text=True
        )
        if done.returncode:
            said = f'{(done.stderr or "").strip()} ({done.returncode})'.strip()
            raise CommandError(f'The archive was not finished. The same command goes on from there. {said}')
        self.stdout.write(done.stdout.strip())
        self.stdout.write(self.style.SUCCESS('The archive is up to date.'))


def _is_there() -> bool:
    """:returns: whether there is an archive that can be searched"""
    with suppress(SystemFault):
        return bool(archive.version())
    return False


def program() -> Path:
    """
    :returns: the program that builds
    """
    own = Path(settings.BASE_DIR) / 'bin' / 'geomine' / 'build_geomine'
    return Path(settings.BINARIES.get('build_geomine', own))
