"""The sandbox: nothing outlives it, nothing outgrows it, and it tells what happened."""

import os
import signal
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path
from typing import Any
from unittest import TestCase, mock

from django.conf import settings

from proteins_plus import sandbox
from proteins_plus.sandbox import Completed, Limits

MB = 2**20


class SandboxTestCase(TestCase):
    """A work directory of its own for every test."""

    def setUp(self) -> None:
        """Make it."""
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.work = Path(folder.name)

    def run_tool(self, *argv: str, stop: threading.Event | None = None, **limits: Any) -> Completed:
        """
        :param argv: program and arguments
        :param stop: see :func:`sandbox.run`
        :param limits: other than the usual ones
        :returns: what became of it
        """
        return sandbox.run(argv, self.work, Limits(**{'wall_seconds': 20, **limits}), stop=stop)

    def run_shell(self, script: str, **limits: Any) -> Completed:
        """
        :param script: for a POSIX shell
        :param limits: other than the usual ones
        :returns: what became of it
        """
        return self.run_tool('sh', '-c', script, **limits)

    def assert_gone(self, command: str) -> None:
        """:param command: of processes that must end within 5 s, if they have not ended yet"""
        deadline = time.monotonic() + 5
        while running(command):
            self.assertLess(time.monotonic(), deadline, f'{command} is still there')
            time.sleep(0.02)


def is_alive(pid: int) -> bool:
    """
    :param pid: of a process
    :returns: whether it runs; a zombie does not
    """
    try:
        return Path(f'/proc/{pid}/stat').read_text().rpartition(')')[2].split()[0] != 'Z'
    except OSError:
        return False


def running(command: str) -> list[int]:
    """
    :param command: a command line, with a number in it that makes it one of a kind
    :returns: the processes that run it; in a namespace of their own they have other ids than here
    """
    found = []
    for folder in Path('/proc').glob('[0-9]*'):
        try:
            words = (folder / 'cmdline').read_bytes().decode('utf-8', 'replace').split('\0')
        except OSError:
            continue
        if ' '.join(words).strip() == command and is_alive(int(folder.name)):
            found.append(int(folder.name))
    return found


class AccountOfARun(SandboxTestCase):
    """What a run tells about itself."""

    def test_success_and_failure_are_told_by_the_exit_code(self) -> None:
        """The wrapper decides by it which codes mean success."""
        for script, code in (('exit 0', 0), ('exit 7', 7)):
            completed = self.run_shell(script)
            self.assertEqual((completed.exit_code, completed.signal), (code, None))
            self.assertEqual(completed.succeeded, code == 0)

    def test_signal_is_told_apart_from_an_exit_code(self) -> None:
        """A crash is not an answer of the program."""
        completed = self.run_shell('kill -SEGV $$')
        self.assertEqual((completed.exit_code, completed.signal), (None, signal.SIGSEGV))
        self.assertFalse(completed.succeeded)

    def test_outputs_are_files_of_the_work_directory(self) -> None:
        """Files have no capacity at which a program would block."""
        completed = self.run_shell('echo result; echo trouble >&2; pwd')
        self.assertEqual(completed.stdout.read_text(), f'result\n{self.work}\n')
        self.assertEqual(completed.stderr_tail(), 'trouble\n')

    def test_tail_is_the_end_and_always_text(self) -> None:
        """It is stored in a text column, which takes neither NUL nor broken UTF-8."""
        completed = self.run_shell(r"head -c 9000 /dev/zero | tr '\0' x >&2; printf '\0\377end' >&2")
        self.assertEqual(completed.stderr_tail(6), 'x\ufffd\ufffdend')
        self.assertEqual(len(completed.stderr_tail()), 4000)

    def test_time_of_wall_and_processor_are_told_apart(self) -> None:
        """One shows a slow tool, the other a waiting one."""
        completed = self.run_tool('sleep', '0.3')
        self.assertGreaterEqual(completed.wall_seconds, 0.3)
        self.assertLess(completed.cpu_seconds, 0.2)

    def test_peak_memory_is_the_tools_not_that_of_the_worker(self) -> None:
        """Linux counts the memory of the forking process as its child's, unless one looks closer."""
        bytearray(800 * MB)  # held once, and given back
        worker = bytearray(200 * MB)
        small = self.run_tool('sleep', '0.2')
        self.assertLess(small.peak_memory_bytes, 30 * MB)
        self.assertGreater(small.peak_memory_bytes, MB // 10)
        medium = self.run_tool(sys.executable, '-c', f'x = bytearray({60 * MB}); import time; time.sleep(0.2)')
        self.assertTrue(60 * MB < medium.peak_memory_bytes < 100 * MB, medium)
        del worker
        large = self.run_tool(sys.executable, '-c', f'x = bytearray({500 * MB})')
        self.assertTrue(500 * MB < large.peak_memory_bytes < 550 * MB, large)

    def test_program_that_does_not_exist_is_a_failed_run(self) -> None:
        """As for a shell; it becomes a failed job and not a crashed worker."""
        self.assertEqual(self.run_tool('/nonexistent/tool').exit_code, 127)

    def test_missing_guard_programs_are_named(self) -> None:
        """The system check and the log must say what to install."""
        self.assertEqual(sandbox.missing_guards(), [])
        with mock.patch.dict(os.environ, PATH='/nonexistent'):
            self.assertEqual(sandbox.missing_guards(), ['prlimit', 'setpriv'])


class BoundsOfARun(SandboxTestCase):
    """What a run cannot do."""

    def test_memory_is_limited(self) -> None:
        """A tool that asks for all memory must fail alone."""
        completed = self.run_tool(sys.executable, '-c', f'bytearray({400 * MB})', memory_bytes=200 * MB)
        self.assertEqual(completed.exit_code, 1)
        self.assertIn('MemoryError', completed.stderr_tail())

    def test_size_of_a_file_is_limited_and_told(self) -> None:
        """Otherwise one job fills the disk of all."""
        completed = self.run_tool('dd', 'if=/dev/zero', 'of=big', 'bs=64k', 'count=64', file_bytes=MB)
        self.assertEqual(completed.signal, signal.SIGXFSZ)
        self.assertLessEqual((self.work / 'big').stat().st_size, MB)

    def test_standard_output_is_limited_like_any_file(self) -> None:
        """A program that prints without end is as bad as one that writes."""
        completed = self.run_tool('cat', '/dev/zero', file_bytes=MB)
        self.assertEqual(completed.signal, signal.SIGXFSZ)
        self.assertLessEqual(completed.stdout.stat().st_size, MB)

    def test_processor_time_is_limited_and_told(self) -> None:
        """Both limits must differ, or the kernel kills without a reason."""
        completed = self.run_shell('while :; do :; done', cpu_seconds=1)
        self.assertEqual(completed.signal, signal.SIGXCPU)

    def test_no_core_is_dumped(self) -> None:
        """Cores hold the structures of users, and fill disks."""
        self.assertEqual(self.run_shell('ulimit -c').stdout.read_text(), '0\n')

    def test_standard_input_is_empty(self) -> None:
        """A program that asks questions must not wait for answers."""
        self.assertEqual(self.run_tool('cat').exit_code, 0)

    def test_arguments_never_meet_a_shell(self) -> None:
        """Names, codes and parameters of users reach it as they are."""
        hostile = ['$HOME', '; touch hacked', '`touch hacked`', '$(touch hacked)', '> hacked', '*', '--', '-x', 'a\nb']
        completed = self.run_tool('printf', r'%s\0', *hostile)
        self.assertEqual(completed.stdout.read_text().split('\0')[:-1], hostile)
        self.assertFalse((self.work / 'hacked').exists())

    def test_environment_is_minimal_and_has_no_secret(self) -> None:
        """What a tool does not see it cannot print into a file that users download."""
        ours = {
            'SECRET_KEY': 's3cret',
            'DATABASE_URL': 'postgres://u:s3cret@h/d',
            'BROKER_URL': 's3cret',
            'HOME': '/root',
            'DISPLAY': ':1',
        }
        with mock.patch.dict(os.environ, ours):
            completed = sandbox.run(['env'], self.work, Limits(), environment={'PPLUS_CCD': '/ccd'})
        text = completed.stdout.read_text()
        self.assertNotIn('s3cret', text)
        seen = dict(line.split('=', 1) for line in text.splitlines())
        allowed = {'PATH', 'HOME', 'TMPDIR', 'LANG', 'PYTHONDONTWRITEBYTECODE', 'OPENBLAS_NUM_THREADS'}
        passed_on = {'OPENBLAS_CORETYPE', 'OPENBLAS_L2_SIZE'} & set(os.environ)
        seen.pop('PWD', None)  # set by bubblewrap: the work directory
        self.assertEqual(set(seen), allowed | passed_on | {'PPLUS_CCD'})
        self.assertEqual(seen['HOME'], str(self.work))


class NothingSurvives(SandboxTestCase):
    """A run that is over leaves no process."""

    def sleeping(self, seconds: int) -> str:
        """
        :param seconds: how long
        :returns: a command line that no other run of the tests has
        """
        return f'sleep {seconds}.{os.getpid()}'

    def assert_runs(self, command: str) -> None:
        """:param command: that must be running within 15 s"""
        deadline = time.monotonic() + 15
        while not running(command):
            self.assertLess(time.monotonic(), deadline, f'{command} never appeared')
            time.sleep(0.02)

    def test_time_out_kills_the_tool_and_all_its_children(self) -> None:
        """Also one that ignores SIGTERM, and children of children."""
        started = time.monotonic()
        child, grandchild = self.sleeping(63), self.sleeping(64)
        script = f'trap "" TERM; {child} & echo x > child; ({grandchild} & echo x > grandchild; wait) & wait'
        completed = self.run_shell(script, wall_seconds=1)
        self.assertTrue(completed.timed_out)
        self.assertLess(time.monotonic() - started, 5)
        for name, command in (('child', child), ('grandchild', grandchild)):
            self.assertTrue((self.work / name).exists())
            self.assert_gone(command)

    def test_tool_that_ends_leaves_no_child_behind(self) -> None:
        """A daemon left behind would hold memory, and the work directory."""
        command = self.sleeping(65)
        completed = self.run_shell(f'{command} & sleep 0.2; exit 0')
        self.assertTrue(completed.succeeded)
        self.assert_gone(command)

    def test_unwanted_run_is_stopped_at_once(self) -> None:
        """The heartbeat has found that the job is somebody else's."""
        stop = threading.Event()
        timer = threading.Timer(0.2, stop.set)
        timer.start()
        self.addCleanup(timer.cancel)
        completed = self.run_tool('sleep', '66', stop=stop)
        self.assertTrue(completed.stopped)
        self.assertFalse(completed.timed_out)
        self.assertLess(completed.wall_seconds, 5)

    def test_tool_of_a_killed_worker_dies_with_it(self) -> None:
        """SIGKILL is what the kernel sends a worker when memory runs out: it can clean up nothing itself."""
        tool = self.sleeping(67)
        code = (
            'import sys; from pathlib import Path; from proteins_plus import sandbox; '
            'sandbox.run(sys.argv[2].split(), Path(sys.argv[1]), sandbox.Limits())'
        )
        argv = [sys.executable, '-c', code, str(self.work), tool]
        with subprocess.Popen(argv, cwd=settings.BASE_DIR) as worker:
            self.assert_runs(tool)
            worker.kill()
        self.assert_gone(tool)


class WorkDirectories(SandboxTestCase):
    """Where one attempt lives."""

    def test_directory_is_private_named_after_its_attempt_and_gone_afterwards(self) -> None:
        """Nobody else on the machine may read what users upload."""
        with sandbox.work_directory(self.work / 'new', 'job-1') as path:
            self.assertTrue(path.is_absolute())
            self.assertTrue(path.name.startswith('job-1-'))
            self.assertEqual(path.stat().st_mode & 0o777, 0o700)
            self.assertEqual(path.parent.stat().st_mode & 0o777, 0o700)
            (path / 'file').touch()
        self.assertFalse(path.exists())

    def test_directory_is_gone_after_an_error_too(self) -> None:
        """An error is when most is left lying about."""
        with self.assertRaises(KeyError), sandbox.work_directory(self.work, 'job') as path:
            raise KeyError
        self.assertFalse(path.exists())

    def test_two_attempts_never_share_one(self) -> None:
        """The second attempt may begin before the first has noticed that it is over."""
        with sandbox.work_directory(self.work, 'job') as one, sandbox.work_directory(self.work, 'job') as other:
            self.assertNotEqual(one, other)
