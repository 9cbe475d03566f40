"""The management command that makes the index."""

import io
import sqlite3
import tempfile
from pathlib import Path

from django.core.management import CommandError, call_command
from django.test import SimpleTestCase, override_settings

from proteins_plus.test.utils import TEST_FILES


class GenerateDatabase(SimpleTestCase):
    """Under the names of the published server."""

    def test_index_is_made_where_the_setting_says(self) -> None:
        """Of packed files only, with a report."""
        with tempfile.TemporaryDirectory() as name:
            folder = Path(name)
            source = folder / 'archive'
            source.mkdir()
            (source / '1ubi.pdb.gz').write_bytes((TEST_FILES / '1ubi.pdb.gz').read_bytes())
            (source / 'plain.pdb').write_text('no structure')
            target, log = folder / 'below' / 'siena.sqlite', folder / 'log.txt'
            with override_settings(SIENA_SEARCH_DB=str(target)):
                call_command('generate_siena_database', source_dir=name, compressed=True, log=str(log), jobs=1,
                             verbosity=0, stdout=io.StringIO())  # fmt: skip
            connection = sqlite3.connect(target)
            self.addCleanup(connection.close)
            self.assertEqual(connection.execute('SELECT pdbcode FROM pdbproperties').fetchall(), [('1UBI',)])
            self.assertIn('1 read', log.read_text())

    def test_failure_is_told(self) -> None:
        """With the folder that is not there."""
        with tempfile.TemporaryDirectory() as name, self.assertRaises(CommandError) as failed:
            call_command('generate_siena_database', source_dir=f'{name}/none', destination_dir=name, verbosity=0)
        self.assertIn('exit code 65', str(failed.exception))
