"""The environment: a bad value stops the start with a sentence, and nothing insecure is a default."""

import os
import stat
import subprocess
import sys
import tempfile
from pathlib import Path
from unittest import TestCase, mock

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

from proteins_plus import env


class EnvironmentReaders(TestCase):
    """What is read as what."""

    def with_value(self, value: str | None) -> None:
        """:param value: of the variable X until the end of the test; None: it is unset"""
        patcher = mock.patch.dict(os.environ, {} if value is None else {'X': value})
        patcher.start()
        self.addCleanup(patcher.stop)
        if value is None:
            os.environ.pop('X', None)

    def test_unset_and_empty_variables_take_the_default(self) -> None:
        """An empty line in a configuration file is no choice."""
        for value in (None, '', '  '):
            self.with_value(value)
            self.assertEqual(env.text('X', 'd'), 'd')
            self.assertEqual(env.integer('X', 5), 5)
            self.assertEqual(env.words('X', 'a,b'), ['a', 'b'])
            self.assertEqual(env.choice('X', 'a', ('a', 'b')), 'a')
            self.assertEqual(env.path('X', Path('/d')), Path('/d'))
        self.with_value(None)
        self.assertIs(env.boolean('X', True), True)

    def test_words_for_yes_and_no(self) -> None:
        """As people write them, in any case."""
        for word, expected in (
            ('1', True),
            ('True', True),
            ('YES', True),
            (' on ', True),
            ('0', False),
            ('off', False),
            ('', False),
        ):
            self.with_value(word)
            self.assertIs(env.boolean('X', not expected), expected, word)

    def test_lists_and_paths_are_cleaned(self) -> None:
        """They are typed by hand."""
        self.with_value(' a , ,b,')
        self.assertEqual(env.words('X', ''), ['a', 'b'])
        self.with_value('~/x')
        self.assertEqual(env.path('X', Path('/d')), Path.home() / 'x')
        self.with_value('relative')
        self.assertTrue(env.path('X', Path('/d')).is_absolute())

    def test_bad_value_is_refused_with_the_name_of_its_variable(self) -> None:
        """The operator must find the line to change."""
        for value, read in (
            ('maybe', lambda: env.boolean('X', True)),
            ('c', lambda: env.choice('X', 'a', ('a', 'b'))),
            ('1.5', lambda: env.integer('X', 1)),
            ('eight', lambda: env.integer('X', 1)),
            ('0', lambda: env.integer('X', 1, minimum=1)),
        ):
            self.with_value(value)
            with self.assertRaisesRegex(ImproperlyConfigured, '^X='):
                read()

    def test_loopback_is_told_from_the_rest(self) -> None:
        """Much depends on it: lists, https and DEBUG."""
        for host in ('localhost', '127.0.0.1', '127.1.2.3', '::1', '[::1]'):
            self.assertTrue(env.is_loopback(host), host)
        for host in ('0.0.0.0', '::', '192.168.1.1', 'example.org', 'localhost.example.org', ''):  # noqa: S104
            self.assertFalse(env.is_loopback(host), host)


class SecretKeys(TestCase):
    """Made at first start, kept for its owner only."""

    def setUp(self) -> None:
        """An environment without a key, and a folder for one."""
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.file = Path(folder.name) / 'data' / 'secret_key'
        patcher = mock.patch.dict(os.environ)
        patcher.start()
        self.addCleanup(patcher.stop)
        os.environ.pop('SECRET_KEY', None)

    def key(self) -> str:
        """:returns: the key"""
        return env.secret_key('SECRET_KEY', self.file)

    def test_key_is_made_once_and_only_its_owner_can_read_it(self) -> None:
        """A second key would end all sessions."""
        key = self.key()
        self.assertGreaterEqual(len(key), 64)
        self.assertEqual(self.key(), key)
        self.assertEqual(stat.S_IMODE(self.file.stat().st_mode), 0o600)
        self.assertEqual(list(self.file.parent.iterdir()), [self.file])

    def test_key_of_the_environment_wins_and_writes_nothing(self) -> None:
        """Several servers may share one."""
        os.environ['SECRET_KEY'] = 'given'
        self.assertEqual(self.key(), 'given')
        self.assertFalse(self.file.exists())

    def test_key_others_can_read_is_refused(self) -> None:
        """Whoever reads it can forge sessions."""
        self.key()
        for mode in (0o640, 0o604, 0o660):
            self.file.chmod(mode)
            with self.assertRaisesRegex(ImproperlyConfigured, '0600'):
                self.key()

    def test_empty_key_is_refused(self) -> None:
        """An empty key is one that everybody knows."""
        self.key()
        self.file.write_text('\n')
        with self.assertRaisesRegex(ImproperlyConfigured, 'empty'):
            self.key()

    def test_key_another_process_made_first_is_taken(self) -> None:
        """Two keys at once would end sessions at random."""

        def link(source: Path, target: Path) -> None:
            """Another process is quicker."""
            self.file.write_text('theirs')
            self.file.chmod(0o600)
            raise FileExistsError

        with mock.patch('os.link', link):
            self.assertEqual(self.key(), 'theirs')
        self.assertEqual(list(self.file.parent.iterdir()), [self.file])

    def test_many_processes_that_start_at_once_agree(self) -> None:
        """Several workers start at once on the first day."""
        code = (
            'import sys; from pathlib import Path; import importlib.util as u; '
            's = u.spec_from_file_location("env", sys.argv[1]); m = u.module_from_spec(s); s.loader.exec_module(m); '
            'sys.stdin.read(1); print(m.secret_key("SECRET_KEY", Path(sys.argv[2])))'
        )
        argv = [sys.executable, '-c', code, env.__file__, str(self.file)]
        processes = [subprocess.Popen(argv, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) for _ in range(6)]
        for process in processes:
            assert process.stdin is not None
            process.stdin.write('x')
            process.stdin.flush()
        keys = {process.communicate(timeout=30)[0] for process in processes}
        self.assertEqual(len(keys), 1)
        self.assertEqual(list(self.file.parent.iterdir()), [self.file])


class SecureByDefault(TestCase):
    """What a server that nobody configured does, asked of a process of its own."""

    def asked(self, names: str, **environment: str) -> list[str]:
        """
        :param names: settings, comma-separated
        :param environment: of the process, besides PATH
        :returns: their values as Python writes them, or the last line of the error
        """
        with tempfile.TemporaryDirectory() as folder:
            expression = ', '.join(f's.{name}' for name in names.split(','))
            code = f'import proteins_plus.settings as s\nfor v in ({expression},): print(repr(v))'
            done = subprocess.run(
                [sys.executable, '-c', code],
                env={'PATH': os.environ['PATH'], 'PPLUS_DATA_DIR': folder, **environment},
                cwd=settings.BASE_DIR, capture_output=True, text=True, check=False, timeout=60,
            )  # fmt: skip
        return done.stdout.splitlines() if done.returncode == 0 else done.stderr.splitlines()[-1:]

    def test_fresh_server_serves_this_machine_only_and_hides_its_faults(self) -> None:
        """Whoever just tries it out has no reason to read about security first."""
        values = self.asked('DEBUG,HOST,ALLOWED_HOSTS,LISTING,ADMIN_ENABLED,LOOPBACK_ONLY')
        hosts = "['localhost', '127.0.0.1', '[::1]']"
        self.assertEqual(values, ['False', "'127.0.0.1'", hosts, "'everyone'", 'False', 'True'])

    def test_server_others_can_reach_keeps_lists_to_staff_and_cookies_to_https(self) -> None:
        """The moment others can reach it, everything closes."""
        names = 'LISTING,SECURE_SSL_REDIRECT,SESSION_COOKIE_SECURE,CSRF_COOKIE_SECURE'
        values = self.asked(names, PPLUS_HOST='0.0.0.0')  # noqa: S104
        self.assertEqual(values, ["'staff'", 'True', 'True', 'True'])

    def test_bad_value_stops_the_start_with_a_sentence(self) -> None:
        """A server that ignores it runs with what nobody wanted."""
        (line,) = self.asked('DEBUG', DEBUG='perhaps')
        self.assertIn("DEBUG='perhaps' is not a yes or a no.", line)

    def test_admin_is_there_for_who_asks_for_it(self) -> None:
        """It is off otherwise."""
        code = 'import proteins_plus.wsgi\nfrom django.urls import reverse\nprint(reverse("admin:index"))'
        with tempfile.TemporaryDirectory() as folder:
            done = subprocess.run(
                [sys.executable, '-c', code],
                env={**os.environ, 'PPLUS_ADMIN': '1', 'PPLUS_DATA_DIR': folder},
                cwd=settings.BASE_DIR, capture_output=True, text=True, check=True,
            )  # fmt: skip
        self.assertEqual(done.stdout.splitlines()[-1], '/admin/')

    def test_database_url_selects_the_database(self) -> None:
        """One variable is all it takes."""
        (line,) = self.asked('DATABASES["default"]["ENGINE"]', DATABASE_URL='postgres://u:p@h/d')
        self.assertEqual(line, "'django.db.backends.postgresql'")

    def test_sqlite_waits_for_its_turn_instead_of_failing(self) -> None:
        """Without these two options, writers fail as soon as there are two of them."""
        (line,) = self.asked('DATABASES["default"]["OPTIONS"]')
        self.assertIn("'transaction_mode': 'IMMEDIATE'", line)
        self.assertIn('journal_mode=WAL', line)
