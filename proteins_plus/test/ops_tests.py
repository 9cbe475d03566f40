"""Tests of the shell scripts: what they refuse, what they recognise as running, what they stop."""

import os
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from contextlib import suppress
from pathlib import Path

from django.conf import settings
from django.test import SimpleTestCase

PROJECT = Path(settings.BASE_DIR)
SCRIPTS = ('start.sh', 'stop.sh', 'clean.sh', 'check.sh', 'test.sh', 'deploy/release.sh', '.ci/run')
CELERY_LIKE = 'python -m celery -A proteins_plus worker'


class ScriptCase(SimpleTestCase):
    """Runs scripts in a folder of their own, so that a server of the real checkout is not touched."""

    def setUp(self) -> None:
        """Copy the scripts, without any environment or data."""
        super().setUp()
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = Path(folder.name).resolve()
        for name in ('start.sh', 'stop.sh', 'clean.sh', 'check.sh', 'pyproject.toml', 'requirements.txt'):
            shutil.copy(PROJECT / name, self.folder)
        shutil.copytree(PROJECT / 'deploy', self.folder / 'deploy')

    def run_script(self, *command: str, **variables: str) -> subprocess.CompletedProcess[str]:
        """
        Run a command in the folder, with no settings but the given ones.

        :param command: Program and arguments.
        :param variables: Environment variables to set.
        :returns: The finished process.
        """
        kept = {name: os.environ[name] for name in ('PATH', 'HOME', 'LANG', 'TMPDIR') if name in os.environ}
        return subprocess.run(
            command,
            cwd=self.folder,
            env=kept | variables,
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )

    def common(self, code: str, **variables: str) -> subprocess.CompletedProcess[str]:
        """
        Run a piece of shell with the functions of deploy/common.sh.

        :param code: Shell code.
        :param variables: Environment variables to set.
        :returns: The finished process.
        """
        return self.run_script('bash', '-c', f'set -euo pipefail; . deploy/common.sh; {code}', **variables)

    def start_process(self, title: str, code: str = 'sleep 60', cwd: Path | None = None) -> subprocess.Popen[bytes]:
        """
        Start a process that looks like a service on its command line, as the leader of its own group.

        :param title: What its command line begins with.
        :param code: Shell code that it runs.
        :param cwd: Its working directory; the folder of the scripts unless given.
        :returns: The process, killed with its group at the end of the test.
        """
        command = ['bash', '-c', f'exec -a "$0" bash -c \'{code}; true\' "$0"', title]
        process = subprocess.Popen(command, cwd=cwd or self.folder, start_new_session=True)
        self.addCleanup(process.wait)
        self.addCleanup(self._kill_group, process.pid)
        deadline = time.monotonic() + 10
        while title.encode() not in Path(f'/proc/{process.pid}/cmdline').read_bytes().split(b'\0')[:1]:
            self.assertLess(time.monotonic(), deadline, 'the process did not take its title')
            time.sleep(0.01)
        return process

    @staticmethod
    def _kill_group(group: int) -> None:
        """
        End what is left of a process group.

        :param group: Its number.
        """
        with suppress(ProcessLookupError):
            os.killpg(group, signal.SIGKILL)


INSTALLS_CHROMIUM = """\
  if ! has_chromium && [[ $(id -u) -eq 0 ]] && command -v apt-get >/dev/null; then
    say 'Installing Chromium, which walks through the pages'
    { apt-get update -qq && apt-get install -y -qq --no-install-recommends chromium; } || true
  fi
  has_chromium || missing+=('Chromium (apt-get install chromium)')
"""


class ScriptFileTests(SimpleTestCase):
    """The scripts as files."""

    def test_scripts_parse_and_can_be_run(self) -> None:
        """A syntax error would show only where it is reached; the executable bit is lost easily."""
        for name in SCRIPTS:
            with self.subTest(name):
                self.assertTrue(os.access(PROJECT / name, os.X_OK))
                done = subprocess.run(['bash', '-n', PROJECT / name], capture_output=True, text=True, check=False)
                self.assertEqual((done.returncode, done.stderr), (0, ''))

    def test_scripts_do_not_become_root_or_install_system_packages(self) -> None:
        """The server needs no system package, so nothing may be installed behind the user's back."""
        for name in {*SCRIPTS, 'deploy/common.sh'} - {'.ci/run'}:
            with self.subTest(name):
                text = (PROJECT / name).read_text(encoding='utf-8')
                if name == 'test.sh':  # the browser of the tests, said aloud, and where root runs them only
                    text = text.replace(INSTALLS_CHROMIUM, '')
                self.assertNotRegex(text, r'\b(sudo|apt-get|apt|dnf|yum) ')


class StepTests(ScriptCase):
    """Steps of the tests that run beside the others."""

    def steps(self, code: str) -> tuple[int, str]:
        """
        Run a piece of shell that ends as test.sh does.

        :param code: Shell code, with steps as functions.
        :returns: Exit code and what it said.
        """
        (self.folder / 'work').mkdir()
        done = self.common(f'. deploy/steps.sh; WORK=$PWD/work; trap end_steps EXIT; {code}')
        self.assertFalse((self.folder / 'work').exists())
        return done.returncode, done.stdout

    def test_a_step_that_has_ended_changes_nothing_at_the_end(self) -> None:
        """To stop it is impossible by then, which must not become the result of the tests."""
        self.assertEqual(self.steps('run_quick() { echo told; }; begin quick; await quick; sleep 0.1'), (0, 'told\n'))

    def test_a_failing_step_is_told_in_its_turn(self) -> None:
        """With what it said, and with its exit code."""
        code = 'run_bad() { echo told; false; echo on; }; begin bad; await bad || exit $((40 + $?))'
        self.assertEqual(self.steps(code), (41, 'told\n'))

    def test_what_a_failing_step_said_last_is_told_again(self) -> None:
        """The table at the end names it; why it failed may stand a thousand lines above."""
        code = 'run_bad() { seq 30; false; }; begin bad; await bad >await.log || retell bad'
        lines = ['', '=== bad failed; its last lines', *map(str, range(6, 31)), '']
        self.assertEqual(self.steps(code), (0, '\n'.join(lines)))

    def test_a_step_that_still_runs_is_stopped_at_the_end(self) -> None:
        """Nobody waits for it any longer, and the exit code stays."""
        code = 'run_long() { echo $BASHPID >pid; sleep 50; true; }; begin long; until [[ -s pid ]]; do :; done; exit 3'
        self.assertEqual(self.steps(code), (3, ''))
        pid = int((self.folder / 'pid').read_text())
        deadline = time.monotonic() + 5
        while Path(f'/proc/{pid}').exists() and time.monotonic() < deadline:
            time.sleep(0.01)
        self.assertFalse(Path(f'/proc/{pid}').exists())


class PidFileTests(ScriptCase):
    """PID files: a live service is recognised as live, everything else as dead."""

    def live_pid(self, content: str | None) -> subprocess.CompletedProcess[str]:
        """
        Ask for the process behind a PID file of the worker.

        :param content: What the file holds; None for no file.
        :returns: The finished process.
        """
        pidfile = self.folder / 'celery/run/worker.pid'
        pidfile.parent.mkdir(parents=True, exist_ok=True)
        if content is not None:
            pidfile.write_text(content, encoding='utf-8')
        done = self.common('live_pid "$CELERY_PID" "$CELERY_LOOKS"')
        self.pidfile_is_kept = pidfile.exists()
        return done

    def test_live_worker_of_this_folder_is_live(self) -> None:
        """The published start script takes every live process for a dead one and removes its PID file."""
        process = self.start_process(CELERY_LIKE)
        done = self.live_pid(f'{process.pid}\n')
        self.assertEqual((done.returncode, done.stdout), (0, str(process.pid)))
        self.assertTrue(self.pidfile_is_kept)

    def test_ended_process_is_dead_and_its_file_removed(self) -> None:
        """A server that was killed leaves its PID file behind."""
        process = subprocess.Popen(['true'])
        process.wait()
        self.assertEqual(self.live_pid(f'{process.pid}\n').returncode, 1)
        self.assertFalse(self.pidfile_is_kept)

    def test_reused_number_is_not_taken_for_the_worker(self) -> None:
        """After a restart of the machine the number may belong to any program."""
        process = self.start_process('some other program')
        self.assertEqual(self.live_pid(f'{process.pid}\n').returncode, 1)
        self.assertIsNone(process.poll())

    def test_worker_of_another_checkout_is_not_ours(self) -> None:
        """Two checkouts on one machine run programs of the same name."""
        with tempfile.TemporaryDirectory() as elsewhere:
            process = self.start_process(CELERY_LIKE, cwd=Path(elsewhere))
            self.assertEqual(self.live_pid(f'{process.pid}\n').returncode, 1)

    def test_file_without_a_number_is_dead(self) -> None:
        """A file may be empty, or damaged by a full disk; -1 would mean every process there is."""
        for content in ('', '\n', 'abc\n', '-1\n', '0\n'):
            with self.subTest(content):
                self.assertEqual(self.live_pid(content).returncode, 1)
                self.assertFalse(self.pidfile_is_kept)

    def test_missing_file_means_not_running(self) -> None:
        """The usual state before a start says nothing."""
        done = self.live_pid(None)
        self.assertEqual((done.returncode, done.stderr), (1, ''))


class StopTests(ScriptCase):
    """stop.sh leaves no process and no PID file."""

    def test_nothing_running_is_fine(self) -> None:
        """A second stop is no error."""
        done = self.run_script('./stop.sh')
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertEqual(done.stdout.count('not running'), 3)

    def test_willing_service_is_asked_and_its_file_removed(self) -> None:
        """SIGTERM is enough for a service that listens to it."""
        process = self.start_process(CELERY_LIKE, 'trap "exit 0" TERM; while :; do sleep 0.05; done')
        pidfile = self.folder / 'celery/run/worker.pid'
        pidfile.parent.mkdir(parents=True)
        pidfile.write_text(str(process.pid), encoding='utf-8')
        done = self.run_script('./stop.sh')
        self.assertIn('Worker: stopped', done.stdout)
        self.assertFalse(pidfile.exists())
        self.assertEqual(process.wait(timeout=5), 0)

    def test_deaf_service_is_killed_with_its_children(self) -> None:
        """A worker that hangs takes the program it runs with it."""
        code = 'trap "" TERM; sleep 61 & echo $! >child; while :; do sleep 0.05; done'
        process = self.start_process(CELERY_LIKE, code)
        pidfile = self.folder / 'celery/run/worker.pid'
        pidfile.parent.mkdir(parents=True)
        pidfile.write_text(str(process.pid), encoding='utf-8')
        while not (child := self.folder / 'child').exists() or not child.read_text(encoding='utf-8').strip():
            time.sleep(0.01)
        done = self.run_script('./stop.sh', PPLUS_STOP_SECONDS='1')
        self.assertIn('Worker: killed', done.stdout)
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertEqual(process.wait(timeout=5), -signal.SIGKILL)
        self.assertFalse(_is_running(int(child.read_text(encoding='utf-8'))))


class StartRefusalTests(ScriptCase):
    """What start.sh refuses, it refuses before anything is made or started."""

    def assert_refused(self, done: subprocess.CompletedProcess[str], *words: str) -> None:
        """
        Check that nothing was begun, and that the reason was said.

        :param done: The finished start.sh.
        :param words: What the message must hold.
        """
        self.assertEqual(done.returncode, 1, done.stderr)
        for word in words:
            self.assertIn(word, done.stderr)
        self.assertFalse((self.folder / '.venv').exists())
        self.assertFalse(list(self.folder.glob('*/*.pid')))

    def test_taken_port_is_named_with_the_setting_that_moves_it(self) -> None:
        """Both ports are tried before either service is started."""
        with socket.create_server(('127.0.0.1', 0)) as other:
            taken = str(other.getsockname()[1])
            for setting in ('PPLUS_PORT', 'PPLUS_REDIS_PORT'):
                with self.subTest(setting):
                    ports = {'PPLUS_PORT': _free_port(), 'PPLUS_REDIS_PORT': _free_port()} | {setting: taken}
                    self.assert_refused(self.run_script('./start.sh', **ports), taken, f'{setting}=')

    def test_port_that_is_no_port_is_refused(self) -> None:
        """A typing error shall not end in a stack trace of the web server."""
        for value in ('80a', '0', '65536', '-1'):
            with self.subTest(value):
                self.assert_refused(self.run_script('./start.sh', PPLUS_PORT=value), f'PPLUS_PORT={value}')

    def test_foreign_address_is_refused(self) -> None:
        """192.0.2.1 is kept for documentation and belongs to no machine."""
        self.assert_refused(self.run_script('./start.sh', PPLUS_HOST='192.0.2.1'), 'cannot listen on 192.0.2.1')

    def test_missing_settings_file_is_refused(self) -> None:
        """Who names a file means it; starting with the defaults instead would surprise."""
        self.assert_refused(self.run_script('./start.sh', PPLUS_SETTINGS_FILE='nowhere.env'), 'nowhere.env')

    def test_unknown_option_is_a_usage_error(self) -> None:
        """A misspelt --demo must not pass in silence."""
        done = self.run_script('./start.sh', '--dmeo')
        self.assertEqual(done.returncode, 2)
        self.assertIn('--dmeo', done.stderr)

    def test_unsupported_python_is_refused(self) -> None:
        """The path of a program that is no supported Python ends with a sentence."""
        done = self.run_script('./start.sh', PPLUS_PYTHON='/bin/true')
        self.assertEqual(done.returncode, 3)
        self.assertIn('PPLUS_PYTHON=/bin/true', done.stderr)

    def test_second_start_at_the_same_time_is_refused(self) -> None:
        """Two starts would each start a worker."""
        holder = self.start_process('holder', 'mkdir -p var; exec 9>var/start.lock; flock 9; : >held; sleep 60')
        while not (self.folder / 'held').exists():
            time.sleep(0.01)
        self.assert_refused(self.run_script('./start.sh'), 'another start is running')
        self.assertIsNone(holder.poll())


class SettingsFileTests(ScriptCase):
    """The settings file."""

    def test_file_is_read_and_the_environment_wins(self) -> None:
        """`PPLUS_PORT=8100 ./start.sh` means what it says."""
        (self.folder / 'proteinsplus.env').write_text('PPLUS_PORT=8200\nPPLUS_HOST=127.0.0.2\n', encoding='utf-8')
        done = self.common('load_settings; set_defaults; env', PPLUS_PORT='8100')
        self.assertIn('PPLUS_PORT=8100\n', done.stdout)
        self.assertIn('PPLUS_HOST=127.0.0.2\n', done.stdout)
        self.assertIn('BROKER_URL=redis://127.0.0.1:6378/0\n', done.stdout)

    def test_file_elsewhere_is_read_when_named(self) -> None:
        """Operators keep settings outside the checkout."""
        (self.folder / 'deploy/mine.env').write_text('PPLUS_REDIS_PORT=6500\n', encoding='utf-8')
        done = self.common('load_settings; set_defaults; env', PPLUS_SETTINGS_FILE='deploy/mine.env')
        self.assertIn('BROKER_URL=redis://127.0.0.1:6500/0\n', done.stdout)

    def test_address_to_call_is_never_a_wildcard(self) -> None:
        """A server on all interfaces is asked over loopback; IPv6 addresses take brackets."""
        for host, expected in {
            '0.0.0.0': '127.0.0.1',  # noqa: S104
            '::': '[::1]',
            '::1': '[::1]',
            'ex.org': 'ex.org',
        }.items():
            with self.subTest(host):
                done = self.common('set_defaults; local_url', PPLUS_HOST=host, PPLUS_PORT='81')
                self.assertEqual(done.stdout, f'http://{expected}:81')

    def test_missing_bubblewrap_is_told_in_one_line_unless_it_is_not_wanted(self) -> None:
        """A server without it works, and its operator should know what that means."""
        (self.folder / 'bwrap').touch(mode=0o755)
        for path, wanted, lines in (('/nonexistent', 'auto', 1), ('/nonexistent', 'limits', 0), ('$PWD', 'auto', 0)):
            done = self.common(f'PATH={path}; tell_sandbox', PPLUS_SANDBOX=wanted)
            self.assertEqual((done.returncode, done.stdout.count('\n')), (0, lines), done)
            self.assertEqual('install the package bubblewrap' in done.stdout, bool(lines))


def _free_port() -> str:
    """Find a port that nobody uses.

    :returns: Its number.
    """
    with socket.create_server(('127.0.0.1', 0)) as door:
        return str(door.getsockname()[1])


def _is_running(pid: int) -> bool:
    """Tell whether a process runs; a zombie that waits for its parent does not.

    :param pid: Number of the process.
    :returns: Whether it does.
    """
    try:
        return Path(f'/proc/{pid}/stat').read_text(encoding='utf-8').rpartition(')')[2].split()[0] != 'Z'
    except (FileNotFoundError, ProcessLookupError):
        return False
