"""``check_server`` against a server that answers over HTTP."""

import shutil
from io import StringIO
from pathlib import Path
from tempfile import TemporaryDirectory
from unittest import mock

from celery import current_app
from django.core.handlers.wsgi import WSGIHandler
from django.core.management import CommandError, call_command
from django.test import LiveServerTestCase

from proteins_plus.management.commands import check_server

from . import faults
from .live import free_port
from .utils import TEST_FILES


def without_django(_: WSGIHandler) -> WSGIHandler:
    """
    :param _: Django's handler for tests, which would serve static files and media by itself
    :returns: the handler of production
    """
    return WSGIHandler()


class CheckServer(LiveServerTestCase):
    """What an operator learns about a server."""

    static_handler = staticmethod(without_django)

    def setUp(self) -> None:
        """Jobs run in the request; the entry is in the mirror; the description is the present one."""
        folder = TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.schema = Path(folder.name) / 'schema.yml'
        call_command('spectacular', file=str(self.schema))
        self.enterContext(mock.patch.object(check_server, 'SCHEMA_FILE', self.schema))
        self.addCleanup(setattr, current_app.conf, 'task_always_eager', current_app.conf.task_always_eager)
        current_app.conf.task_always_eager = True
        mirror = Path(folder.name) / 'mirror'
        mirror.mkdir()
        shutil.copy(TEST_FILES / '1afs.pdb.gz', mirror / 'pdb1afs.ent.gz')
        shutil.copy(TEST_FILES / '1crn.pdb.gz', mirror / 'pdb1crn.ent.gz')
        self.enterContext(self.settings(LOCAL_PDB_MIRROR_DIR=str(mirror)))

    def check(self, *arguments: str, url: str = '') -> str:
        """
        :param arguments: further ones
        :param url: of another server
        :returns: what the command says
        """
        output = StringIO()
        call_command('check_server', url or self.live_server_url, *arguments, stdout=output)
        return output.getvalue()

    def test_good_server_passes_and_the_picture_is_named(self) -> None:
        """Each part of the proof is shown."""
        said = self.check()
        self.assertIn('The API description is that of schema.yml.', said)
        self.assertRegex(
            said, r'The upload of 1afs took [\d.]+ s; picture of \w+: http://localhost:\d+/static/media/ligands/'
        )

    def test_another_version_is_told_and_the_upload_is_checked_all_the_same(self) -> None:
        """An operator wants to see everything that is wrong at once."""
        self.schema.write_bytes(self.schema.read_bytes() + b'\n')
        with faults.fake_tool('preprocessor', faults.COMPLAINS), self.assertRaises(CommandError) as caught:
            self.check()
        first, second = str(caught.exception).splitlines()
        self.assertIn('differs from schema.yml', first)
        self.assertRegex(second, r'The upload of 1afs failed: .*The file has no atoms\. \(structure\.no_atoms\)')

    def test_entry_without_ligand_is_no_proof(self) -> None:
        """A picture must have been loaded."""
        with self.assertRaisesRegex(CommandError, '1crn has no ligand'):
            self.check('--code', '1crn')

    def test_job_that_does_not_end_is_told(self) -> None:
        """The worker may be away while the server answers."""
        current_app.conf.task_always_eager = False
        with self.assertRaisesRegex(CommandError, 'Not finished after 0 s'):
            self.check('--timeout', '0.3')

    def test_server_that_is_away_and_schema_that_is_missing_are_told_in_a_sentence(self) -> None:
        """Neither may end in a traceback."""
        self.schema.unlink()
        with self.assertRaises(CommandError) as caught:
            self.check(url=f'http://127.0.0.1:{free_port()}')
        said = str(caught.exception)
        self.assertIn('schema.yml is missing', said)
        self.assertIn('/molecule_handler/upload/', said)
        self.assertNotIn('Traceback', said)

    def test_server_that_does_not_accept_is_told(self) -> None:
        """Clients wait for 202."""
        other = mock.patch('proteins_plus.views.status.HTTP_202_ACCEPTED', 200)
        with other, self.assertRaisesRegex(CommandError, 'answered 200, not 202'):
            self.check()
