"""Where the archive is, and how it is built, on whatever database the server has."""

import io
import shutil
import tempfile
from pathlib import Path
from unittest import mock

import psycopg
from django.core.management import CommandError, call_command
from django.db import connection
from django.test import SimpleTestCase
from django.test.utils import override_settings

from geomine import archive
from proteins_plus.errors import SystemFault
from proteins_plus.test.utils import ApiTestCase

from .samples import ROUTE, TIPS, archive_file, source

_TABLES = ('point', 'site', 'molecule', 'kind', 'entry', 'archive')


class WhereItIs(SimpleTestCase):
    """Settings in, arguments and permissions out."""

    def where(self, vendor: str, **named: object) -> archive.Archive:
        """
        :param vendor: of the server's database
        :param named: settings
        :returns: where the archive is
        """
        main = {'NAME': 'main', 'HOST': '/run/postgresql', 'PORT': '', 'USER': 'server', 'PASSWORD': 'secret'}
        asked = mock.Mock(vendor=vendor, settings_dict=main)
        with override_settings(**named), mock.patch.object(archive, 'connection', asked):
            return archive.where()

    def test_on_sqlite_it_has_a_file_of_its_own(self) -> None:
        """The database of the server holds the jobs of all users."""
        there = self.where('sqlite', GEOMINE_FILE=Path('/data/geomine.sqlite3'))
        self.assertEqual(there.arguments(), ['--database=/data/geomine.sqlite3'])
        self.assertEqual((there.reads(), there.needs_network()), ((Path('/data/geomine.sqlite3'),), False))
        self.assertEqual(self.where('sqlite', GEOMINE_DB_NAME='/a/b').name, '/a/b')

    def test_on_postgresql_it_is_in_the_servers_own_database(self) -> None:
        """Over its socket a run needs no network; the password is in no argument."""
        there = self.where('postgresql')
        expected = ['--database=main', '--dbIsPostgres', '--hostname=/run/postgresql', '--username=GEOMINE_DB_USER']
        self.assertEqual(there.arguments(), [*expected, '--password=GEOMINE_DB_PASS'])
        self.assertEqual((there.reads(), there.needs_network()), ((Path('/run/postgresql/.s.PGSQL.5432'),), False))
        self.assertEqual((there.user, there.password), ('server', 'secret'))

    def test_another_host_is_reached_over_the_network_with_its_own_user(self) -> None:
        """One that may only read, if the operator is careful."""
        named = {'GEOMINE_HOSTNAME': 'db.lab', 'GEOMINE_DB_NAME': 'sites', 'GEOMINE_DB_USER': 'reader'}
        there = self.where('sqlite', **named)
        self.assertEqual((there.name, there.host, there.user, there.password), ('sites', 'db.lab', 'reader', ''))
        self.assertEqual((there.reads(), there.needs_network()), ((), True))
        self.assertEqual(self.where('postgresql', GEOMINE_DB_NAME='/a/b').is_postgres, False)


class Command(ApiTestCase):
    """``manage.py build_geomine`` on the database of this test run, which may be PostgreSQL."""

    def setUp(self) -> None:
        """A folder for everything."""
        super().setUp()
        self.folder = Path(self.enterContext(tempfile.TemporaryDirectory()))
        self.enterContext(override_settings(GEOMINE_FILE=self.folder / 'archive.sqlite3'))

    def build(self, folder: Path) -> str:
        """
        :param folder: with structures
        :returns: what the command says
        """
        said = io.StringIO()
        call_command('build_geomine', source_dir=str(folder), jobs=1, no_pockets=True, verbosity=0, stdout=said)
        return said.getvalue()

    def made(self) -> None:
        """Put an archive where the settings want it; on SQLite one that is there already."""
        if connection.vendor == 'sqlite':
            shutil.copy(archive_file(), self.folder / 'archive.sqlite3')
        else:
            self.addCleanup(self._drop)
            self.assertIn('"entries": 2', self.build(source(self.folder)))

    def _drop(self) -> None:
        """Remove the tables, which were made outside of the transaction of the test."""
        there = archive.where()
        named = {'dbname': there.name, 'host': there.host, 'port': there.port, 'user': there.user}
        given = {name: value for name, value in named.items() if value}
        with psycopg.connect(**given, password=there.password or None) as opened:  # type: ignore[arg-type]
            for name in _TABLES:
                opened.execute(f'DROP TABLE IF EXISTS geomine_{name}')

    def test_archive_is_searched_where_it_was_built_and_a_new_one_serves_no_old_result(self) -> None:
        """The version of the archive is a part of the question."""
        response = self.post(ROUTE, {'query': TIPS})
        self.assertEqual((response.status_code, response.json()['error_code']), (503, 'archive.not_built'))
        self.made()
        first = self.run_job(ROUTE, {'query': TIPS})
        self.assertEqual(first['status'], 'success', first)
        self.assertEqual(self.get(f'geomine/info/{first["geomine_info"]}/')['info']['number_of_found_pdbs'], 2)
        self.assertEqual(self.run_job(ROUTE, {'query': TIPS})['id'], first['id'])
        with mock.patch.object(archive, 'version', return_value='another'):
            self.assertNotEqual(self.run_job(ROUTE, {'query': TIPS})['id'], first['id'])

    def test_command_says_what_is_wrong(self) -> None:
        """A folder that is not there, a program that fails."""
        with self.assertRaisesMessage(CommandError, 'is no folder'):
            self.build(self.folder / 'nowhere')
        said = io.StringIO()
        with override_settings(GEOMINE_DB_NAME=archive_file()):
            call_command('build_geomine', source_dir=str(self.folder), if_missing=True, stdout=said)
        self.assertIn('There is an archive already.', said.getvalue())
        with override_settings(CCD_FILE=self.folder / 'none'), self.assertRaisesMessage(CommandError, 'not finished'):
            self.build(source(self.folder))

    def test_archive_that_is_broken_is_as_good_as_none(self) -> None:
        """The answer tells what the operator can do."""
        (self.folder / 'broken').write_text('hello')
        with override_settings(GEOMINE_DB_NAME=str(self.folder / 'broken')), self.assertRaises(SystemFault) as caught:
            archive.version()
        self.assertEqual(caught.exception.code, 'archive.not_built')
        unreachable = {'GEOMINE_HOSTNAME': str(self.folder), 'GEOMINE_DB_USER': 'nobody'}
        with override_settings(**unreachable), self.assertRaises(SystemFault):
            archive.version()
