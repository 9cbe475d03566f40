"""Files that end, stop or fill the process that reads them."""

import os
import signal
import subprocess
import sys
import time
import unittest
from functools import partial
from pathlib import Path
from unittest import mock

from engines.archive import pool
from engines.archive.pool import Failure, read_all
from engines.errors import EngineError

_FILES = [Path(name) for name in ('a', 'b', 'bad', 'c', 'd', 'e')]


def read(path: Path, fate: str = '', by: int = 0) -> str:
    """
    :param path: of a file that need not be there
    :param fate: of whoever reads the file ``bad``
    :param by: process that must not read
    :returns: its name
    :raises EngineError: for that fate
    :raises ValueError: likewise
    """
    if os.getpid() == by:
        raise AssertionError('read in the process that asked')
    if path.name == 'bad':
        if fate == 'killed':
            os.kill(os.getpid(), signal.SIGKILL)
        if fate == 'refused':
            raise EngineError('structure.unreadable', 'It is no structure.')
        if fate == 'odd':
            raise ValueError('first line\nsecond')
        if fate == 'large':
            bytearray(64 * 2**30)
    return path.name


class PoolTests(unittest.TestCase):
    """Real processes, really killed."""

    def fate(self, name: str, workers: int = 2) -> Failure:
        """
        :param name: of what happens to one file of several
        :param workers: processes
        :returns: what is told of that file; all others are read, in order
        """
        results = list(read_all(_FILES, partial(read, fate=name, by=os.getpid() if workers else 0), workers))
        failure = results.pop(2)
        self.assertEqual(results, ['a', 'b', 'c', 'd', 'e'])
        assert isinstance(failure, Failure)
        return failure

    def test_files_are_read_in_other_processes_and_told_in_order(self) -> None:
        """However many processes there are."""
        for workers in (1, 3):
            with self.subTest(workers):
                found = list(read_all(_FILES, partial(read, by=os.getpid()), workers))
                self.assertEqual(found, [path.name for path in _FILES])

    def test_file_that_kills_its_reader_costs_nothing_but_itself(self) -> None:
        """As a fault in a library would; it is tried again at another time."""
        for workers in (1, 2):
            with self.subTest(workers):
                self.assertEqual(
                    self.fate('killed', workers), Failure('file.crash', 'Reading it ended the process.', True)
                )

    def test_file_that_needs_too_much_memory_is_told(self) -> None:
        """The limit is that of the process."""
        failure = self.fate('large')
        self.assertEqual((failure.code, failure.passing), ('file.out_of_memory', True))

    def test_refusal_keeps_its_code_and_is_the_files_own(self) -> None:
        """In other processes and in this one."""
        for workers in (0, 2):
            self.assertEqual(
                self.fate('refused', workers), Failure('structure.unreadable', 'It is no structure.', False)
            )

    def test_fault_of_a_reader_is_told_on_one_line(self) -> None:
        """It need not be the file's."""
        failure = self.fate('odd', 0)
        self.assertEqual((failure.code, failure.passing), ('file.fault', True))
        self.assertEqual(failure.message, 'Reading it failed: ValueError: first line second')

    def test_file_that_takes_too_long_is_told(self) -> None:
        """And the next has all the time again."""
        before = signal.signal(signal.SIGALRM, pool._refuse_slow)
        self.addCleanup(signal.signal, signal.SIGALRM, before)
        with mock.patch.object(pool, '_SECONDS', 1):
            failure = pool._read_in_time(lambda _: time.sleep(30), Path('slow'))
        self.assertEqual(failure, Failure('file.too_slow', 'It took longer than 1 seconds.', True))
        self.assertEqual(signal.alarm(0), 0)

    def test_processes_end_with_the_one_that_asked(self) -> None:
        """Killed, so that it cannot tell them."""
        code = (
            'import os, sys, time; from pathlib import Path; from engines.archive.pool import read_all\n'
            'from engines.archive.test.pool_tests import wait\n'
            'if __name__ == "__main__": list(read_all([Path("a"), Path("b")], wait, 2))'
        )
        with subprocess.Popen(
            [sys.executable, '-c', code], stdout=subprocess.PIPE, cwd=Path(__file__).parents[3], text=True
        ) as process:
            assert process.stdout is not None
            readers = [int(process.stdout.readline()) for _ in range(2)]
            process.kill()
        deadline = time.monotonic() + 20
        while any(Path(f'/proc/{reader}').exists() for reader in readers) and time.monotonic() < deadline:
            time.sleep(0.05)
        self.assertEqual([reader for reader in readers if Path(f'/proc/{reader}').exists()], [])


def wait(_: Path) -> None:
    """Tell the id of this process, and stay."""
    print(os.getpid(), flush=True)
    time.sleep(60)
