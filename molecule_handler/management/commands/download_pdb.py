"""Makes or refreshes the local mirror of the structure archive."""

import shutil
import subprocess
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

#: What the files of a format are called in the archive, below folders of two characters.
_NAMES = {'pdb': 'pdb*.ent.gz', 'mmCIF': '*.cif.gz'}


class Command(BaseCommand):
    """
    Copies all coordinate files of one format with rsync, in the archive's own folders.

    :mod:`molecule_handler.mirrors` reads them as they lie there; both formats may share one folder.
    """

    help = 'Make or refresh a local mirror of the structure archive with rsync (PDB about 60 GB, mmCIF about 90 GB).'

    def add_arguments(self, parser: ArgumentParser) -> None:
        """
        :param parser: gets ``--target_dir`` and ``--format``
        """
        parser.add_argument(
            '--target_dir', default=settings.LOCAL_PDB_MIRROR_DIR, help='Folder of the mirror (LOCAL_PDB_MIRROR_DIR).'
        )
        parser.add_argument('--format', choices=tuple(_NAMES), default='pdb', help='Format of the files.')

    def handle(self, *args: Any, **options: Any) -> None:
        """
        :param args: none
        :param options: ``target_dir`` and ``format``
        :raises CommandError: if rsync is missing or fails, or the folder cannot be made
        """
        program = shutil.which('rsync')
        if program is None:
            raise CommandError('rsync is not installed. Install it with your package manager, then try again.')
        target = _folder(options['target_dir'])
        argv = rsync_arguments(program, target, options['format'])
        self.stdout.write(f'Copying from {settings.PDB_FTP_SERVER}, port {settings.PDB_FTP_PORT}, to {target}')
        # rsync does not go through the sandbox: it is started by the operator and needs the network.
        status = subprocess.run(argv, check=False).returncode
        if status:
            raise CommandError(
                f'rsync ended with status {status}. What has been copied stays; the same command goes on from there.'
            )
        self.stdout.write(self.style.SUCCESS(f'The mirror in {target} is up to date.'))


def rsync_arguments(program: str, target: Path, file_format: str) -> list[str]:
    """
    :param program: the path of rsync
    :param target: the folder of the mirror
    :param file_format: ``'pdb'`` or ``'mmCIF'``
    :returns: program and arguments. The filters keep ``--delete`` away from everything but entries of this format
        in the archive's own folders: the other format and files put there by hand stay.
    """
    return [
        program,
        '--recursive',
        '--times',
        '--compress',
        '--delete',
        '--prune-empty-dirs',
        f'--port={settings.PDB_FTP_PORT}',
        '--include=/??/',
        f'--include=/??/{_NAMES[file_format]}',
        '--exclude=*',
        '--',
        f'{settings.PDB_FTP_SERVER}::ftp_data/structures/divided/{file_format}/',
        f'{target}/',
    ]


def _folder(name: str) -> Path:
    """
    :param name: the wanted folder
    :returns: its absolute path; it exists
    :raises CommandError: if it cannot be made
    """
    if not name:
        raise CommandError('Give --target_dir, or set LOCAL_PDB_MIRROR_DIR.')
    folder = Path(name).expanduser().absolute()
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise CommandError(f'{folder} cannot be made: {error.strerror}.') from error
    return folder
