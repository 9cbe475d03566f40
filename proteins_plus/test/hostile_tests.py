"""
Twelve hostile tools. In bubblewrap none gets what it wants; without it, what cannot be stopped is stated, and shown.

SECURITY.md names the latter. Each scenario is a short script and ends as a code that the user of the job meets.
"""

import os
import shutil
import socket
import tempfile
import time
from pathlib import Path
from typing import Any
from unittest import TestCase, mock, skipUnless

from django.conf import settings
from django.test import SimpleTestCase
from django.test.utils import override_settings

from proteins_plus import checks, confinement, sandbox, watch
from proteins_plus.errors import SystemFault, ToolError
from proteins_plus.sandbox import Completed, Limits
from proteins_plus.tool_wrapper import ToolWrapper

from .sandbox_tests import running

MB = 2**20
SMALL = Limits(wall_seconds=15, memory_bytes=400 * MB, file_bytes=8 * MB, output_bytes=20 * MB, processes=40)

# No kernel limit binds root: before the watch looks, an unbounded bomb has starved every other test of this machine.
FORK_BOMB = (
    'b() { b | b & }; b; sleep 10'
    if os.geteuid()
    else 'i=0; while [ $i -lt 200 ]; do sleep 10 & i=$((i+1)); done; wait'
)
DISK_FILL = 'i=0; while :; do head -c 4000000 /dev/zero > "f$i" || exit 1; i=$((i+1)); done'
DELETED_FILES = 'exec 7>a 8>b; rm a b; head -c 7000000 /dev/zero >&7; head -c 7000000 /dev/zero >&8; sleep 10'
HIDDEN_DEPTH = 'while :; do mkdir d && cd d || exit 1; done'
ENDLESS_OUTPUT = 'exec yes'
TEN_GIGABYTES = 'exec python3 -c "x = bytearray(10 * 2**30)"'
MANY_SHARES = 'for i in 1 2 3; do python3 -c "x = bytearray(200 * 2**20); import time; time.sleep(10)" & done; wait'
IGNORES_TERM = 'trap "" TERM INT HUP XCPU; while :; do sleep 0.1; done'


class HostileTestCase(TestCase):
    """A work directory, a neighbour's, and what the tools must not reach."""

    sandbox_kind = 'bubblewrap'

    def setUp(self) -> None:
        """Make them, in a data folder of this test."""
        self.data = Path(tempfile.mkdtemp())
        self.addCleanup(shutil.rmtree, self.data, ignore_errors=True)
        self.work = self.data / 'work' / 'job'
        self.neighbour = self.data / 'work' / 'other' / 'input.pdb'
        self.secret, self.database = self.data / 'secret_key', self.data / 'db.sqlite3'
        for file in (self.work / 'input', self.neighbour, self.secret, self.database):
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text('confidential')
        changed = override_settings(
            SANDBOX=self.sandbox_kind, DATA_DIR=self.data, WORK_DIR=self.data / 'work', MEDIA_ROOT=self.data / 'media'
        )
        changed.enable()
        self.addCleanup(changed.disable)

    def attack(self, script: str, limits: Limits = SMALL) -> Completed:
        """
        :param script: for a POSIX shell
        :param limits: what it may use
        :returns: what became of it
        """
        return sandbox.run(['sh', '-c', script], self.work, limits)

    def code(self, completed: Completed) -> str:
        """
        :param completed: a run
        :returns: the code of the job; empty if it succeeds
        """
        try:
            ToolWrapper[Any]().check(completed)
        except ToolError as error:
            return error.code
        return ''

    def daemon(self) -> tuple[str, str]:
        """:returns: a script that leaves a daemon behind, and the daemon's command line"""
        command = f'sleep 68.{os.getpid()}{self.sandbox_kind}'.replace('bubblewrap', '1').replace('limits', '2')
        return f'(setsid {command} >/dev/null 2>&1 &) ; sleep 0.3; exit 0', command

    def listener(self) -> tuple[socket.socket, str]:
        """:returns: a socket of ours on the loopback address, and a script that connects to it"""
        server = socket.create_server(('127.0.0.1', 0))
        self.addCleanup(server.close)
        server.settimeout(0.2)
        address = f'("127.0.0.1", {server.getsockname()[1]})'
        return server, f'exec python3 -c \'import socket; socket.create_connection({address}, 2).sendall(b"x")\''


class CommonDefences(HostileTestCase):
    """What holds with and without bubblewrap; run here without."""

    sandbox_kind = 'limits'

    def assert_ends_as(self, code: str, script: str, limits: Limits = SMALL, within: float = 8) -> Completed:
        """
        :param code: the code of the job
        :param script: the attack
        :param limits: what it may use
        :param within: seconds
        :returns: what became of it
        """
        completed = self.attack(script, limits)
        self.assertEqual(self.code(completed), code, completed)
        self.assertLess(completed.wall_seconds, within)
        return completed

    def test_disk_is_not_filled(self) -> None:
        """Many small files are as bad as one large one."""
        self.assert_ends_as('tool.output_too_large', DISK_FILL)

    def test_deleted_files_count_while_they_are_open(self) -> None:
        """No folder shows them, and still they take their place on the disk."""
        self.assert_ends_as('tool.output_too_large', DELETED_FILES, Limits(**{**vars(SMALL), 'output_bytes': 10 * MB}))

    def test_output_does_not_hide_in_depth(self) -> None:
        """Paths beyond 4096 characters cannot be walked, nor removed by everyone."""
        self.assert_ends_as('tool.output_too_large', HIDDEN_DEPTH)
        sandbox.remove_directory(self.work)
        self.assertFalse(self.work.exists())

    def test_endless_output_ends(self) -> None:
        """Standard output is a file like others."""
        self.assert_ends_as('tool.output_too_large', ENDLESS_OUTPUT)

    def test_ten_gigabytes_of_memory_are_refused(self) -> None:
        """The machine must not begin to swap, nor its kernel to choose a victim."""
        self.assert_ends_as('tool.out_of_memory', TEN_GIGABYTES)

    def test_memory_of_all_processes_counts_together(self) -> None:
        """Each alone stays below the limit."""
        self.assert_ends_as('tool.out_of_memory', MANY_SHARES)

    def test_tool_that_ignores_signals_ends_with_its_time(self) -> None:
        """Nobody asks it."""
        self.assert_ends_as('tool.timeout', IGNORES_TERM, Limits(wall_seconds=1))

    def test_many_processes_end_the_run(self) -> None:
        """Children that stay with their parent are counted, and killed with it."""
        mark = f'sleep 69.{os.getpid()}'
        self.assert_ends_as('tool.too_many_processes', f'for i in $(seq 60); do {mark} & done; wait')
        time.sleep(0.2)
        self.assertEqual(running(mark), [])

    def test_link_out_of_the_work_directory_is_removed_and_refused(self) -> None:
        """Whoever reads the results would read the secret, and store it for download."""
        for script in (f'ln -s {self.secret} out.pdb', f'rm stderr; ln -s {self.secret} stderr', 'mkfifo out.pdb'):
            completed = self.assert_ends_as('tool.bad_output', script)
            self.assertIn(completed.irregular, ('out.pdb', 'stderr'))
            self.assertFalse((self.work / completed.irregular).exists())
            self.assertNotIn('confidential', completed.stderr_tail())


@skipUnless(shutil.which('bwrap') or os.environ.get('CI'), 'bubblewrap is not installed')
class ConfinedTools(CommonDefences):
    """In bubblewrap: all of the above, and what follows."""

    sandbox_kind = 'bubblewrap'

    def test_bubblewrap_works_here(self) -> None:
        """Where it is installed the tests must not pass for want of it."""
        self.assertEqual(confinement.probe(), '')
        self.assertEqual(sandbox.kind(), 'bubblewrap')

    def test_fork_bomb_ends(self) -> None:
        """All its processes fall with the namespace; on a busy machine it takes a while until they have."""
        self.assert_ends_as('tool.too_many_processes', FORK_BOMB, within=30)

    def test_network_is_away(self) -> None:
        """Neither the world nor the broker and the database on this machine."""
        server, script = self.listener()
        self.assert_ends_as('tool.failed', script)
        with self.assertRaises(TimeoutError):
            server.accept()

    def test_daemon_does_not_outlive_the_run(self) -> None:
        """A session of its own and a parent that is gone do not help it."""
        script, command = self.daemon()
        self.assert_ends_as('', script)
        self.assertEqual(running(command), [])

    def test_secrets_and_other_jobs_are_out_of_sight(self) -> None:
        """What cannot be opened cannot be leaked."""
        project = settings.BASE_DIR
        for path in (
            self.secret,
            self.database,
            self.neighbour,
            '/etc/shadow',
            project / 'proteins_plus',
            '/root/.ssh',
        ):
            self.assert_ends_as('tool.failed', f'cat {path} || ls {path}')
        seen = self.attack(f'ls {self.data} {self.data / "work"}; ls -A {project}; ls -d /proc/[0-9]* | wc -l')
        self.assertIn(f'{self.data}:\nwork\n\n{self.data / "work"}:\njob\n', seen.stdout.read_text())
        self.assertNotIn('.git', seen.stdout.read_text().split())

    def test_what_lies_in_a_visible_folder_is_covered(self) -> None:
        """The data folder may be below /usr, or in a folder that the operator shows."""
        with override_settings(SANDBOX_READ=[str(self.data.parent)]):
            seen = self.attack(f'cat {self.secret}; cat {self.neighbour}; ls -A {self.data}; ls -A {self.data}/work')
        self.assertEqual(seen.stdout.read_text(), 'work\njob\n')

    def test_declared_files_can_be_read_and_nothing_beside_them(self) -> None:
        """A tool that searches an archive sees that, but cannot change it, nor see what lies beside it."""
        limits = Limits(**{**vars(SMALL), 'reads': (self.neighbour, self.data / 'not there')})
        self.assertEqual(self.assert_ends_as('', f'cat {self.neighbour}', limits).stdout.read_text(), 'confidential')
        self.assert_ends_as('tool.failed', f'echo x > {self.neighbour}', limits)
        self.assert_ends_as('tool.failed', f'cat {self.secret}', limits)

    def test_declared_network_is_that_of_the_machine(self) -> None:
        """For a tool that asks a database server, and no other."""
        server, script = self.listener()
        self.assert_ends_as('', script, Limits(**{**vars(SMALL), 'network': True}))
        server.accept()[0].close()

    def test_nothing_can_be_written_outside(self) -> None:
        """Nor can the code that runs the next job be changed."""
        project = settings.BASE_DIR
        targets = ('/x', '/usr/x', '/dev/x', project / 'engines/x.py', project / 'bin/engine')
        before = (project / 'bin/engine').read_bytes()
        for target in targets:
            self.assert_ends_as('tool.failed', f'echo x > {target}')
        self.assertEqual((project / 'bin/engine').read_bytes(), before)
        self.attack(f'echo x > {self.work.parent}/x')  # the tests' folder is in /tmp, which is private
        self.assertFalse(any(Path(target).exists() for target in (*targets[:-1], self.work.parent / 'x')))

    def test_scratch_space_is_private_and_small(self) -> None:
        """It is memory, and not counted otherwise."""
        for folder in ('/tmp', '/dev/shm'):  # noqa: S108  # inside, and private
            self.assert_ends_as('tool.failed', f'for i in $(seq 12); do head -c 7000000 /dev/zero > {folder}/f$i; done')
            self.assertFalse(Path(folder, 'f1').exists())

    def test_worker_cannot_be_killed(self) -> None:
        """The tool sees no process but its own, and the first of them is out of its reach."""
        self.assert_ends_as('', 'kill -9 $PPID; kill -9 1; sleep 0.1; exit 0')
        self.assert_ends_as('tool.killed', 'kill -9 -1; kill -9 $$')


class UnconfinedTools(HostileTestCase):
    """Without bubblewrap: what SECURITY.md says can not be stopped. Should one fail, the page has to be changed."""

    sandbox_kind = 'limits'

    def test_network_is_open(self) -> None:
        """Named in SECURITY.md."""
        server, script = self.listener()
        self.assertEqual(self.code(self.attack(script)), '')
        server.accept()[0].close()

    def test_files_of_the_worker_can_be_read_and_written(self) -> None:
        """Named in SECURITY.md."""
        self.assertEqual(self.code(self.attack(f'cat {self.secret} {self.neighbour}; echo x > {self.database}')), '')
        self.assertEqual((self.work / 'stdout').read_text(), 2 * 'confidential')
        self.assertEqual(self.database.read_text(), 'x\n')

    def test_daemon_outlives_the_run(self) -> None:
        """Named in SECURITY.md."""
        script, command = self.daemon()
        self.assertEqual(self.code(self.attack(script)), '')
        left = running(command)
        watch.kill(left)
        self.assertEqual(len(left), 1)

    def test_worker_can_be_killed(self) -> None:
        """Named in SECURITY.md; signal 0 asks whether a signal would arrive."""
        self.assertEqual(self.code(self.attack('kill -0 $PPID')), '')

    def test_limitations_are_named_in_the_documentation(self) -> None:
        """Whoever runs a server without bubblewrap must be able to know."""
        page = (settings.BASE_DIR / 'SECURITY.md').read_text()
        section = page.partition('PPLUS_SANDBOX=limits')[2]
        for word in ('network', 'read', 'write', 'daemon', 'fork bomb', 'kill'):
            self.assertIn(word, section)


class ChoiceOfTheSandbox(SimpleTestCase):
    """Which kind, who says so, and what if it is missing."""

    def setUp(self) -> None:
        """The kind is found out once a process; here anew each time."""
        confinement._kind.cache_clear()
        self.addCleanup(confinement._kind.cache_clear)

    def test_kind_follows_the_setting_and_the_probe(self) -> None:
        """Only ``auto`` falls back, and says so."""
        expected = {('auto', ''): 'bubblewrap', ('auto', 'no'): 'limits', ('bubblewrap', 'no'): 'broken'}
        expected[('limits', '')] = 'limits'
        for (wanted, trouble), kind in expected.items():
            confinement._kind.cache_clear()
            with (
                mock.patch.object(confinement, 'probe', return_value=trouble),
                override_settings(SANDBOX=wanted),
                self.assertLogs(confinement.logger) as logs,
            ):
                self.assertEqual([sandbox.kind(), sandbox.kind()], [kind, kind])
            self.assertEqual(len(logs.output), 1)

    def test_sandbox_that_is_asked_for_and_broken_runs_nothing(self) -> None:
        """The operator did not accept less."""
        with mock.patch.dict(os.environ, PATH='/nonexistent'), override_settings(SANDBOX='bubblewrap'):
            self.assertIn('not on PATH', confinement.probe())
            with self.assertRaises(SystemFault) as caught, self.assertLogs(confinement.logger):
                sandbox.run(['true'], Path('/nonexistent'), Limits())
        self.assertEqual(caught.exception.code, 'server.sandbox')

    def test_bubblewrap_that_breaks_later_is_our_fault(self) -> None:
        """Not the tool's, and the log has what it said."""
        with (
            tempfile.TemporaryDirectory() as work,
            mock.patch.object(sandbox, 'kind', return_value='bubblewrap'),
            mock.patch.object(sandbox, '_guard', return_value=['sh', '-c', 'echo no namespaces >&2; exit 1']),
            self.assertRaises(SystemFault) as caught,
        ):
            sandbox.run(['true'], Path(work), Limits())
        self.assertEqual(
            (caught.exception.code, str(caught.exception.__cause__)), ('server.sandbox', 'no namespaces\n')
        )

    def test_missing_sandbox_is_critical_where_others_reach_the_server(self) -> None:
        """Unless a setting accepts it."""
        for loopback, wanted, kind, critical in (
            (False, 'auto', 'limits', True),
            (False, 'limits', 'limits', False),
            (True, 'auto', 'limits', False),
            (True, 'bubblewrap', 'broken', True),
            (False, 'auto', 'bubblewrap', False),
        ):
            with (
                override_settings(LOOPBACK_ONLY=loopback, SANDBOX=wanted),
                mock.patch.object(sandbox, 'kind', return_value=kind),
            ):
                found = [message.id for message in checks.check_installation()]
            self.assertEqual('proteins_plus.C003' in found, critical, (loopback, wanted, kind))
