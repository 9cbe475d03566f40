"""Tests of the configuration files, the lock files and the small programs that start.sh and test.sh call."""

import importlib.util
import json
import os
import re
import socket
import subprocess
import sys
import tempfile
import threading
import time
import tomllib
from collections.abc import Iterator
from contextlib import contextmanager, redirect_stderr, redirect_stdout
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from io import StringIO
from pathlib import Path
from types import ModuleType
from unittest.mock import patch
from urllib.parse import unquote, urlsplit

import redis
import yaml
from django.conf import settings
from django.test import SimpleTestCase
from gunicorn.config import Config
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

PROJECT = Path(settings.BASE_DIR)
#: Packages that conda knows under another name than the index of Python packages.
CONDA_NAMES = {'redis-py': 'redis'}


def load_script(path: str) -> ModuleType:
    """Load a program that lies outside the packages.

    :param path: Its path in the project folder.
    :returns: The module.
    """
    spec = importlib.util.spec_from_file_location(Path(path).stem, PROJECT / path)
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def requirement_set(lines: list[str]) -> set[tuple[str, frozenset[str], str]]:
    """Make requirements comparable.

    :param lines: Requirements as text.
    :returns: Name, extras and version limits of each.
    """
    wanted = [Requirement(CONDA_NAMES.get(line, line)) for line in lines]
    return {(canonicalize_name(r.name), frozenset(r.extras), str(r.specifier)) for r in wanted}


class DependencyTests(SimpleTestCase):
    """The lists of dependencies say the same."""

    def setUp(self) -> None:
        """Read pyproject.toml."""
        super().setUp()
        self.project = tomllib.loads((PROJECT / 'pyproject.toml').read_text(encoding='utf-8'))['project']

    def test_conda_environment_equals_pyproject(self) -> None:
        """A dependency that only one of the two names is missing for half of the users."""
        conda = yaml.safe_load((PROJECT / 'environment.yml').read_text(encoding='utf-8'))
        plain = [line for line in conda['dependencies'] if isinstance(line, str)]
        (pip,) = [part['pip'] for part in conda['dependencies'] if isinstance(part, dict)]
        python = f'python{self.project["requires-python"]}'
        self.assertEqual(conda['name'], 'pplus')
        self.assertEqual(requirement_set([python]), requirement_set([x for x in plain if x.startswith('python>')]))
        ours = [re.sub(r'^[a-z-]+', lambda m: CONDA_NAMES.get(m[0], m[0]), x) for x in plain]
        ours = [line for line in ours if line != 'pip' and not line.startswith('python>')]
        theirs = self.project['dependencies'] + self.project['optional-dependencies']['dev']
        self.assertEqual(requirement_set(ours + pip), requirement_set(theirs))

    def test_development_lock_holds_every_pin_of_the_runtime_lock(self) -> None:
        """start.sh takes an environment of test.sh for complete; versions that are tested are those that run."""
        runtime, development = (
            set(
                re.findall(
                    r'^[a-z0-9].*==\S+(?: ;.*?)?(?= \\$)', (PROJECT / name).read_text(encoding='utf-8'), re.MULTILINE
                )
            )
            for name in ('requirements.txt', 'requirements-dev.txt')
        )
        self.assertGreater(len(runtime), 40)
        self.assertEqual(runtime - development, set())

    def test_locks_pin_by_digest_and_name_no_index(self) -> None:
        """Where packages come from is the installation's own affair; what they hold is not."""
        for name in ('requirements.txt', 'requirements-dev.txt'):
            with self.subTest(name):
                text = (PROJECT / name).read_text(encoding='utf-8')
                self.assertNotIn('://', text)
                for block in re.split(r'\n(?=\S)', text.strip()):
                    self.assertRegex(block, r'==[^\n]+\\\n +--hash=sha256:[0-9a-f]{64}')


class ConfigurationFileTests(SimpleTestCase):
    """Configuration files hold what differs from the default, and mark it 'modified'."""

    def test_broker_values_differ_from_the_servers_own_default(self) -> None:
        """Asks a server without any configuration what its defaults are."""
        values = self._marked_values('redis/redis.conf', r'^([a-z-]+) (.*)$')
        defaults = {**self._broker_defaults(), 'port': '6379'}
        for name, value in values.items():
            with self.subTest(name):
                self.assertNotEqual(value.strip('"'), defaults[name])

    def test_broker_listens_on_loopback_and_keeps_messages(self) -> None:
        """An open Redis is an open door; a full one must not throw jobs away."""
        values = self._marked_values('redis/redis.conf', r'^([a-z-]+) (.*)$')
        defaults = self._broker_defaults()
        self.assertEqual((values['bind'], values['appendonly']), ('127.0.0.1', 'yes'))
        self.assertEqual(values.get('maxmemory-policy', defaults['maxmemory-policy']), 'noeviction')

    def test_web_server_values_differ_from_gunicorns_own_default(self) -> None:
        """The ports are given, since ours happens to be the default as well."""
        names = self._marked_values('gunicorn/gunicorn.conf.py', r'^([a-z]\w+) = (.*)$')
        with patch.dict(os.environ, {'PPLUS_HOST': '::1', 'PPLUS_PORT': '8100'}):
            ours = vars(load_script('gunicorn/gunicorn.conf.py'))
        defaults = Config().settings
        for name in names:
            with self.subTest(name):
                self.assertNotEqual(ours[name], defaults[name].default)
        self.assertEqual(ours['bind'], '[::1]:8100')

    def test_web_server_is_on_loopback_and_opens_no_control_socket(self) -> None:
        """Left alone, gunicorn would open a control socket in the home folder."""
        clean = {name: value for name, value in os.environ.items() if not name.startswith('PPLUS_')}
        with patch.dict(os.environ, clean, clear=True):
            ours = vars(load_script('gunicorn/gunicorn.conf.py'))
        self.assertEqual(ours['bind'], '127.0.0.1:8000')
        self.assertIs(ours['control_socket_disable'], True)
        self.assertIn('control_socket_disable', Config().settings)

    def _marked_values(self, path: str, pattern: str) -> dict[str, str]:
        """Read a configuration file, checking that each value has its mark.

        :param path: Path of the file in the project folder.
        :param pattern: Matches a line that sets something: name, value.
        :returns: Name to value.
        """
        values, above = {}, ''
        for line in (PROJECT / path).read_text(encoding='utf-8').splitlines():
            if match := re.match(pattern, line):
                self.assertRegex(above, r'^# modified \(default', f'{path}: {line}')
                values[match[1]] = match[2]
            above = line
        self.assertGreater(len(values), 5)
        return values

    def _broker_defaults(self) -> dict[str, str]:
        """Ask the bundled broker for its defaults.

        :returns: Name to value.
        """
        output = StringIO()
        with redirect_stdout(output):
            self.assertEqual(load_script('deploy/probe.py').main(['broker']), 0)
        with tempfile.TemporaryDirectory() as folder:
            command = [output.getvalue().strip(), '--port', '0', '--unixsocket', f'{folder}/socket']
            server = subprocess.Popen(command, cwd=folder, stdout=subprocess.DEVNULL)
            try:
                client = redis.Redis(unix_socket_path=f'{folder}/socket', decode_responses=True)
                deadline = time.monotonic() + 10
                while not Path(folder, 'socket').exists() and time.monotonic() < deadline:
                    time.sleep(0.01)
                defaults = {str(name): str(value) for name, value in client.config_get('*').items()}
                client.close()
            finally:
                server.terminate()
                server.wait(timeout=10)
        return defaults


class ProbeTests(SimpleTestCase):
    """deploy/probe.py answers by exit code."""

    def setUp(self) -> None:
        """Load it."""
        super().setUp()
        self.probe = load_script('deploy/probe.py')

    def ask(self, *arguments: str) -> tuple[int, str]:
        """Ask a question.

        :param arguments: Command line.
        :returns: Exit code and the reason on stderr.
        """
        reason = StringIO()
        with redirect_stderr(reason):
            code: int = self.probe.main(list(arguments))
        return code, reason.getvalue()

    def test_port_is_free_or_taken(self) -> None:
        """The same port, while somebody listens and after."""
        with socket.create_server(('127.0.0.1', 0)) as other:
            port = str(other.getsockname()[1])
            code, reason = self.ask('port', '127.0.0.1', port, 'PPLUS_PORT')
            self.assertEqual(code, 1)
            self.assertIn(f'port {port} on 127.0.0.1 is in use', reason)
        self.assertEqual(self.ask('port', '127.0.0.1', port, 'PPLUS_PORT'), (0, ''))

    def test_bind_errors_are_explained(self) -> None:
        """Root may bind any port, so the sentence for a forbidden one is asked for directly."""
        error = PermissionError(13, 'Permission denied')
        self.assertIn('needs root', self.probe._explain_bind_error(error, '127.0.0.1', '80', 'PPLUS_PORT'))
        self.assertIn('cannot listen', self.ask('port', '192.0.2.1', '8000', 'PPLUS_PORT')[1])

    def test_page_is_ready_only_when_it_answers_200(self) -> None:
        """A 503 of /readyz means: not yet."""
        with answering_server([503, 503, 200]) as (url, _):
            self.assertEqual(self.ask('ready', url, '10'), (0, ''))
        with answering_server([503]) as (url, _):
            code, reason = self.ask('ready', url, '0')
            self.assertEqual(code, 1)
            self.assertIn('503', reason)
        code, reason = self.ask('ready', url, '0')
        self.assertEqual(code, 1)
        self.assertIn('nothing', reason)

    def test_redirect_is_no_answer_and_is_named(self) -> None:
        """A server that sends its own machine elsewhere is not known to be healthy."""
        with answering_server([301]) as (url, _):
            code, reason = self.ask('ready', url, '0')
            self.assertEqual(code, 1)
            self.assertIn('301 https://elsewhere.example/', reason)

    def test_host_header_is_sent_when_given(self) -> None:
        """A server for other host names refuses requests that name its loopback address."""
        with answering_server([200]) as (url, hosts):
            self.ask('ready', url, '0', 'structures.example')
            self.assertEqual(hosts, ['structures.example'])

    def test_display_is_alive_only_when_it_answers(self) -> None:
        """Displays over TCP live on port 6000 + number."""
        with socket.create_server(('127.0.0.1', 0)) as server:
            number = server.getsockname()[1] - 6000
            self.assertEqual(self.ask('display', f'127.0.0.1:{number}.0')[0], 0)
        self.assertEqual(self.ask('display', f'127.0.0.1:{number}')[0], 1)
        self.assertEqual(self.ask('display', ':987654')[0], 1)
        self.assertEqual(self.ask('display', 'nonsense')[0], 1)

    def test_requirements_are_those_of_pyproject(self) -> None:
        """Met here, where the tests run; not met when something else is asked for."""
        self.assertEqual(self.ask('requirements', 'dev'), (0, ''))
        for wanted, reason in (('no-such-package-here', 'is missing'), ('Django<2', 'is installed')):
            with tempfile.TemporaryDirectory() as folder, self.subTest(wanted):
                Path(folder, 'pyproject.toml').write_text(f'[project]\ndependencies = ["{wanted}"]\n', encoding='utf-8')
                with patch.object(self.probe, 'PROJECT', Path(folder)):
                    code, said = self.ask('requirements')
                self.assertEqual(code, 1)
                self.assertIn(reason, said)


class TestRunToolTests(SimpleTestCase):
    """The programs in .ci/ that test.sh uses."""

    def test_counts_are_read_from_the_runners_closing_lines(self) -> None:
        """Skipped tests have not passed; a run that broke off has no number to offer."""
        count = load_script('.ci/count_tests.py').count
        self.assertEqual(count('...\nRan 12 tests in 3.4s\n\nOK\n'), (12, 0))
        self.assertEqual(count('Ran 12 tests in 3.4s\n\nOK (skipped=2)\n'), (10, 0))
        self.assertEqual(count('Ran 12 tests in 3s\n\nFAILED (failures=1, errors=2, skipped=3)\n'), (6, 3))
        self.assertEqual(count('Ran 1 test in 3s\n\nFAILED (unexpected successes=1)\n'), (0, 1))
        self.assertEqual(count('ImportError\n'), (0, 0))

    def test_counts_of_several_runs_are_added(self) -> None:
        """A run that was not asked for leaves no log."""
        output = StringIO()
        with tempfile.TemporaryDirectory() as folder, redirect_stdout(output):
            Path(folder, 'one').write_text('Ran 3 tests in 1s\n\nOK\n', encoding='utf-8')
            Path(folder, 'two').write_text('Ran 4 tests in 1s\n\nFAILED (errors=1)\n', encoding='utf-8')
            load_script('.ci/count_tests.py').main([f'{folder}/{name}' for name in ('one', 'two', 'three')])
        self.assertEqual(output.getvalue(), '6 passed, 1 failed\n')

    def test_every_single_file_owes_its_share_of_coverage(self) -> None:
        """The total alone hides an untested file."""
        report = {
            'files': {
                name: {'summary': {'percent_covered': share}}
                for name, share in (('a.py', 100.0), ('b.py', 79.9), ('c.py', 10.0))
            }
        }
        script = load_script('.ci/check_coverage.py')
        self.assertEqual(script.too_low(report, 80.0), [('c.py', 10.0), ('b.py', 79.9)])
        output = StringIO()
        with tempfile.TemporaryDirectory() as folder, redirect_stdout(output):
            Path(folder, 'report').write_text(json.dumps(report), encoding='utf-8')
            self.assertEqual([script.main([f'{folder}/report', owed]) for owed in ('80', '5')], [1, 0])
        self.assertIn('c.py: 10 % of its lines are tested, 80 % are owed', output.getvalue())

    def test_postgresql_server_lives_as_long_as_the_command(self) -> None:
        """The suite runs on it; it must not stay behind."""
        code = (
            'import os, dj_database_url, psycopg; d = dj_database_url.parse(os.environ["DATABASE_URL"]);'
            'c = psycopg.connect(host=d["HOST"], user=d["USER"], dbname=d["NAME"]);'
            'print(d["HOST"], c.execute("show server_version").fetchone()[0]); raise SystemExit(7)'
        )
        command = [sys.executable, str(PROJECT / '.ci/with_postgres.py'), sys.executable, '-c', code]
        done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
        self.assertEqual(done.returncode, 7, done.stderr)
        folder, version = done.stdout.split()[:2]
        self.assertGreaterEqual(int(version.partition('.')[0]), 14)
        self.assertFalse(Path(folder).exists())

    def test_command_on_the_postgresql_server_may_end_in_order(self) -> None:
        """It was killed at once, and the servers that it had started stayed behind."""
        code = (
            'import os, signal, sys, time\n'
            'def end(*_):\n    time.sleep(0.5); print("in order", flush=True); sys.exit(3)\n'
            'signal.signal(signal.SIGTERM, end); print(os.environ["DATABASE_URL"], flush=True); time.sleep(60)'
        )
        command = [sys.executable, str(PROJECT / '.ci/with_postgres.py'), sys.executable, '-c', code]
        with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
            assert process.stdout
            folder = unquote(urlsplit(process.stdout.readline().strip()).netloc.partition('@')[2])
            for _ in range(2):
                process.terminate()
                time.sleep(0.1)
            self.assertEqual(process.stdout.read(), 'in order\n')
            self.assertEqual(process.wait(30), 143)
        self.assertFalse(Path(folder).exists())


@contextmanager
def answering_server(statuses: list[int]) -> Iterator[tuple[str, list[str]]]:
    """Run a web server that answers with given statuses, the last one for ever.

    :param statuses: Statuses of the answers, in order.
    :returns: Its address and the Host headers that it received.
    """
    hosts: list[str] = []

    class Handler(BaseHTTPRequestHandler):
        """Answers GET."""

        def do_GET(self) -> None:
            """Answer with the next status."""
            hosts.append(self.headers['Host'])
            status = statuses.pop(0) if len(statuses) > 1 else statuses[0]
            self.send_response(status)
            if status == 301:
                self.send_header('Location', 'https://elsewhere.example/')
            self.end_headers()

        def log_message(self, format: str, *args: object) -> None:
            """Keep quiet.

            :param format: Not used.
            :param args: Not used.
            """

    with ThreadingHTTPServer(('127.0.0.1', 0), Handler) as server:
        threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
        yield f'http://127.0.0.1:{server.server_port}/readyz', hosts
        server.shutdown()
