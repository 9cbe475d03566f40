"""The index is built, kept up to date, and survives whatever happens to its builder."""

import gzip
import os
import random
import shutil
import signal
import sqlite3
import subprocess
import time
import unittest
from pathlib import Path
from typing import Any
from unittest import mock

from engines.errors import EngineError
from engines.siena.database import build as building
from engines.siena.database import schema, storing
from engines.siena.database.cli import command
from engines.siena.database.reader import Index
from engines.siena.kmers import distinct
from engines.siena.test.cases import ARCHIVE, build_index
from engines.test.utils import ROOT, Workspace, dictionary_path, run_command

_FEW = ('1ubi', '1crn', '1hel', '1qbs')


class _Case(unittest.TestCase):
    """With a small archive of its own."""

    def setUp(self) -> None:
        """Copy it."""
        self.work = Workspace()
        self.addCleanup(self.work.close)
        self.source = self.work.path / 'archive'
        self.source.mkdir()
        self.target = self.work.path / 'index.sqlite'
        for name in _FEW:
            self.copy(name)

    def copy(self, name: str, folder: str = '') -> Path:
        """
        :param name: of an entry of the small archive
        :param folder: below the archive
        :returns: the copy
        """
        target = self.source / folder / f'{name}.pdb.gz'
        target.parent.mkdir(exist_ok=True)
        shutil.copyfile(ARCHIVE / f'{name}.pdb.gz', target)
        return target

    def rows(self, query: str) -> list[tuple[Any, ...]]:
        """
        :param query: SQL
        :returns: rows of the index
        """
        connection = sqlite3.connect(self.target)
        try:
            return connection.execute(query).fetchall()
        finally:
            connection.close()

    def answers(self) -> dict[str, int]:
        """:returns: how many k-mers of its own each chain of the index is found with"""
        index = Index(self.target)
        try:
            chains = {chain.key: chain for chain in index.chains(range(1, 100))}
            files = {key: value.file for key, value in index.properties(c.entry for c in chains.values()).items()}
            found = {}
            for key, chain in chains.items():
                kmers = distinct(chain.segments)
                counts = index.candidates(kmers, 1)
                assert counts[key] == len(kmers)
                found[f'{files[chain.entry]} {chain.name}'] = len(kmers)
            return found
        finally:
            index.close()


class BuildTests(_Case):
    """New, changed and missing files."""

    def test_only_what_has_changed_is_read_again(self) -> None:
        """And what is gone is taken out, with its k-mers."""
        first = build_index(self.target, self.source)
        self.assertEqual((first.entries, first.chains, first.read), (4, 5, 4))
        before = self.rows("SELECT value FROM metadata_info WHERE key = 'content'")
        self.assertEqual(build_index(self.target, self.source).kept, 4)
        self.assertEqual(self.rows("SELECT value FROM metadata_info WHERE key = 'content'"), before)
        self.copy('1dpx', 'below')
        (self.source / '1crn.pdb.gz').unlink()
        os.utime(self.source / '1ubi.pdb.gz', (1, 1))
        second = build_index(self.target, self.source)
        self.assertEqual((second.entries, second.read, second.kept, second.removed), (4, 2, 2, 1))
        self.assertNotEqual(self.rows("SELECT value FROM metadata_info WHERE key = 'content'"), before)
        again = self.answers()
        self.target.unlink()
        build_index(self.target, self.source)
        self.assertEqual(self.answers(), again)

    def test_several_processes_read_the_same(self) -> None:
        """In the same order."""
        for name in ('1ejg', '1dpx', '1i10_A', '1i10_B', '1i0z_A', '9ldb_A', '1hvr', '1hpv', '4e43'):
            self.copy(name)
        build_index(self.target, self.source)
        alone = self.rows('SELECT id, entry, name, segments FROM chain')
        self.target.unlink()
        build_index(self.target, self.source, workers=2)
        self.assertEqual(self.rows('SELECT id, entry, name, segments FROM chain'), alone)

    def test_unreadable_files_are_reported_and_left_out_until_they_change(self) -> None:
        """Junk, half a gzip, and nothing."""
        bad = {'junk.pdb': b'hello', 'half.pdb.gz': gzip.compress(b'ATOM' * 999)[:40], 'empty.cif': b''}
        for name, content in bad.items():
            (self.source / name).write_bytes(content)
        (self.source / 'readme.txt').write_text('no structure')
        summary = build_index(self.target, self.source)
        self.assertEqual((summary.entries, {name for name, _ in summary.unreadable}), (4, set(bad)))
        self.assertEqual(build_index(self.target, self.source).read, 0)
        (self.source / 'junk.pdb').write_bytes(gzip.decompress((ARCHIVE / '1ejg.pdb.gz').read_bytes()))
        again = build_index(self.target, self.source)
        self.assertEqual((again.entries, again.read, len(again.unreadable)), (5, 1, 2))

    def test_chains_of_many_blocks_are_found(self) -> None:
        """With blocks of two chains."""
        with (
            mock.patch('engines.siena.database.postings.BLOCK', 2),
            mock.patch('engines.siena.database.storing.BLOCK', 2),
        ):
            build_index(self.target, self.source)
            self.assertGreater(len(self.rows('SELECT DISTINCT block FROM posting')), 2)
            self.assertEqual(len(self.answers()), 5)

    def test_two_builds_at_a_time_are_refused_and_so_is_a_folder_without_structures(self) -> None:
        """With a code."""
        impatient = mock.patch.object(building, '_PATIENCE', 0)
        with impatient, building._alone(self.target), self.assertRaises(EngineError) as busy:
            build_index(self.target, self.source)
        self.assertEqual(busy.exception.code, 'index.busy')
        empty = self.work.path / 'empty'
        for folder, code in ((empty, 'index.no_folder'), (self.work.path / 'none', 'index.no_files')):
            if code == 'index.no_files':
                folder.mkdir()
            with self.assertRaises(EngineError) as refused:
                build_index(self.target, folder)
            self.assertEqual(refused.exception.code, code)

    def test_index_of_another_format_is_built_anew_and_not_searched(self) -> None:
        """Also one that is no index at all."""
        for content in (b'', b'SQLite format 3\0 and nothing else'):
            self.target.write_bytes(content)
            with self.assertRaises(EngineError) as refused:
                Index(self.target)
            self.assertEqual(refused.exception.code, 'siena.database')
            self.assertEqual(build_index(self.target, self.source).read, 4)
        with mock.patch.object(schema, 'FORMAT', 'other'), self.assertRaises(EngineError):
            Index(self.target)

    def test_command_line_is_that_of_the_published_program(self) -> None:
        """``-f`` chooses packed files or plain ones; the log is what is printed."""
        (self.source / 'plain.pdb').write_bytes(gzip.decompress((ARCHIVE / '1ejg.pdb.gz').read_bytes()))
        log = self.work.path / 'log.txt'
        arguments = [
            '-b',
            str(self.target),
            '-d',
            str(self.source),
            '-o',
            str(log),
            f'--ccd={dictionary_path()}',
            '-j1',
        ]
        for more, entries in (([], 5), (['-f', '0'], 4), (['-f', '1'], 1)):
            result = run_command(command, [*arguments, *more])
            self.assertEqual(result.code, 0, result.stderr)
            self.assertTrue(result.stdout.startswith(f'{entries} file'), result.stdout)
            self.assertEqual(log.read_text(), result.stdout)
        self.assertIn('files read', result.stderr)
        self.assertEqual(run_command(command, ['-b', str(self.target)]).code, 64)
        self.assertEqual(run_command(command, []).code, 64)
        self.assertEqual(
            run_command(command, ['-b', str(self.target), '-d', '/nowhere']).error['code'], 'index.no_folder'
        )


class KillTests(_Case):
    """The builder is killed as the kernel would."""

    def test_old_index_answers_and_the_next_build_goes_on_wherever_it_was_killed(self) -> None:
        """At random moments, with all its processes; nothing is left running."""
        build_index(self.target, self.source)
        before = self.answers()
        more = {f'more{number:02d}.pdb.gz' for number in range(40)}
        for name in more:
            shutil.copyfile(ARCHIVE / '1ubi.pdb.gz', self.source / name)
        finished = before | {f'{name} A': 73 for name in more}
        program = ROOT / 'bin' / 'siena' / 'generate_siena_database'
        argv = [str(program), '-b', str(self.target), '-d', str(self.source), '-j', '2', f'--ccd={dictionary_path()}']
        chance = random.Random(5)
        for _ in range(3):
            with subprocess.Popen(argv, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as process:
                time.sleep(chance.uniform(0.2, 2.0))
                process.send_signal(signal.SIGKILL)
            self.assertIn(self.answers(), (before, finished))
        summary = build_index(self.target, self.source)
        self.assertEqual(summary.entries, 44)
        self.assertEqual(self.answers(), finished)
        time.sleep(0.2)
        self.assertEqual(_running(str(self.target)), [])

    def test_what_was_committed_is_not_read_again(self) -> None:
        """A build that ends after the first commit."""
        real = storing.insert
        stored = 0

        def fails_later(*args: Any) -> None:
            nonlocal stored
            stored += 1
            if stored > 3:
                raise KeyboardInterrupt
            real(*args)

        with (
            mock.patch.object(building, '_COMMIT_SECONDS', -1),
            mock.patch.object(storing, 'insert', fails_later),
            self.assertRaises(KeyboardInterrupt),
        ):
            build_index(self.target, self.source)
        self.assertFalse(self.target.exists())
        summary = build_index(self.target, self.source)
        self.assertEqual((summary.entries, summary.read), (4, 1))

    def test_search_that_has_begun_goes_on_in_the_index_that_it_opened(self) -> None:
        """While another one takes its place."""
        build_index(self.target, self.source)
        index = Index(self.target)
        self.addCleanup(index.close)
        (self.source / '1ubi.pdb.gz').unlink()
        build_index(self.target, self.source)
        self.assertEqual(len(list(index.chains(range(1, 100)))), 5)
        self.assertEqual(len(self.answers()), 4)


def _running(word: str) -> list[str]:
    """
    :param word: in a command line
    :returns: the processes that have it
    """
    found = []
    for file in Path('/proc').glob('[0-9]*/cmdline'):
        try:
            text = file.read_bytes().decode(errors='replace').replace('\0', ' ')
        except OSError:
            continue
        if word in text:
            found.append(text)
    return found
