"""The command that mirrors the structure archive, with a stand-in for rsync."""

import os
import tempfile
from io import StringIO
from pathlib import Path
from unittest.mock import patch

from django.conf import settings
from django.core.management import CommandError, call_command
from django.test import SimpleTestCase, override_settings

from molecule_handler.external import fetch_structure

#: Writes its arguments, one a line, then behaves as rsync would: copies the folders it finds in $SOURCE.
_RSYNC = """#!/bin/sh
printf '%s\\n' "$@" > "$RECORD"
for target; do :; done
test -z "$SOURCE" || cp -r "$SOURCE"/. "$target"
exit "$STATUS"
"""


@override_settings(PDB_FTP_SERVER='rsync.example.org', PDB_FTP_PORT=33444)
class DownloadTests(SimpleTestCase):
    """``manage.py download_pdb``."""

    def setUp(self) -> None:
        """Put a stand-in for rsync first on PATH."""
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.root = Path(folder.name)
        self.record = self.root / 'arguments'
        self.target = self.root / 'a mirror; with $(odd) name'
        program = self.root / 'bin' / 'rsync'
        program.parent.mkdir()
        program.write_text(_RSYNC)
        program.chmod(0o755)
        self.environment = {
            'PATH': f'{program.parent}:{os.environ["PATH"]}',
            'RECORD': str(self.record),
            'SOURCE': '',
            'STATUS': '0',
        }

    def run_command(self, *arguments: str, **environment: str) -> str:
        """
        :param arguments: of the command
        :param environment: what the stand-in is told
        :returns: what the command printed
        """
        output = StringIO()
        with patch.dict(os.environ, self.environment | environment):
            call_command('download_pdb', *arguments, stdout=output)
        return output.getvalue()

    def test_rsync_is_called_for_the_divided_archive(self) -> None:
        """The argument list word for word, for both formats."""
        for file_format, names in (('pdb', 'pdb*.ent.gz'), ('mmCIF', '*.cif.gz')):
            self.run_command('--target_dir', str(self.target), '--format', file_format)
            self.assertEqual(
                self.record.read_text().splitlines(),
                [
                    '--recursive',
                    '--times',
                    '--compress',
                    '--delete',
                    '--prune-empty-dirs',
                    '--port=33444',
                    '--include=/??/',
                    f'--include=/??/{names}',
                    '--exclude=*',
                    '--',
                    f'rsync.example.org::ftp_data/structures/divided/{file_format}/',
                    f'{self.target}/',
                ],
            )

    def test_pdb_into_the_configured_mirror_is_the_default(self) -> None:
        """Without arguments."""
        self.run_command()
        self.assertEqual(self.record.read_text().splitlines()[-1], f'{settings.LOCAL_PDB_MIRROR_DIR}/')
        self.assertIn('divided/pdb/', self.record.read_text())

    def test_what_was_downloaded_is_what_is_read(self) -> None:
        """D13: the mirror is divided, and the reader expected a flat one."""
        source = self.root / 'archive' / 'aj'
        source.mkdir(parents=True)
        packed = (settings.BASE_DIR / 'test_files' / '1ajj.pdb.gz').read_bytes()
        (source / 'pdb1ajj.ent.gz').write_bytes(packed)
        output = self.run_command('--target_dir', str(self.target), SOURCE=str(source.parent))
        self.assertIn('up to date', output)
        with (
            override_settings(LOCAL_PDB_MIRROR_DIR=str(self.target)),
            patch('molecule_handler.external.download', side_effect=AssertionError('asked the archive')),
        ):
            self.assertEqual(fetch_structure('1AJJ').source, 'local mirror: pdb1ajj.ent.gz')

    def test_a_failure_of_rsync_is_said(self) -> None:
        """With its status."""
        with self.assertRaisesMessage(CommandError, 'rsync ended with status 23.'):
            self.run_command('--target_dir', str(self.target), STATUS='23')

    def test_a_missing_rsync_is_said(self) -> None:
        """Before anything is made."""
        with self.assertRaisesMessage(CommandError, 'rsync is not installed.'):
            self.run_command('--target_dir', str(self.target), PATH=str(self.root))
        self.assertFalse(self.target.exists())

    def test_a_folder_that_cannot_be_made_is_said(self) -> None:
        """A file stands in the way; or no folder is named."""
        self.target.write_text('x')
        with self.assertRaisesMessage(CommandError, 'cannot be made'):
            self.run_command('--target_dir', str(self.target))
        with self.assertRaisesMessage(CommandError, 'Give --target_dir'):
            self.run_command('--target_dir', '')
        self.assertFalse(self.record.exists())

    def test_unknown_formats_are_refused(self) -> None:
        """As is the usual way of a command."""
        with self.assertRaisesMessage(CommandError, 'invalid choice'):
            self.run_command('--format', 'xml')
