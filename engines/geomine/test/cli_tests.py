"""The program as others call it."""

import contextlib
import io
import json
import tempfile
import unittest
from pathlib import Path
from typing import Any

from engines.command_line import EXIT_INPUT, EXIT_USAGE
from engines.geomine.build.builder import remaining
from engines.geomine.build.cli import command as build
from engines.geomine.cli import command

from .samples import FILES, archive


class CommandLine(unittest.TestCase):
    """Arguments, files and exit codes."""

    def setUp(self) -> None:
        """A folder for files."""
        super().setUp()
        self.folder = Path(self.enterContext(tempfile.TemporaryDirectory()))

    def call(self, program: Any, *arguments: object) -> tuple[int, str, str]:
        """
        :param program: its entry point
        :param arguments: of it
        :returns: exit code, stdout and stderr
        """
        out, err = io.StringIO(), io.StringIO()
        with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
            try:
                code = program([str(each) for each in arguments])
            except SystemExit as end:
                code = int(str(end.code))
        return code, out.getvalue(), err.getvalue()

    def search(self, query: str, *more: object) -> tuple[int, dict[str, Any]]:
        """
        :param query: its text
        :param more: arguments
        :returns: exit code, and the result or the error
        """
        path, output = self.folder / 'query.xml', self.folder / 'out.json'
        path.write_text(query, encoding='utf-8')
        where = ('--database', archive().name, '--webserverSearch', '--query', path, '--webserverOutput', output)
        code, _, said = self.call(command, *where, '--notes', self.folder / 'notes.json', *more)
        return code, json.loads(output.read_text()) if code == 0 else json.loads(said.splitlines()[-1])

    def test_search_with_the_arguments_of_the_published_program(self) -> None:
        """XML in, JSON out."""
        query = '<PelikanFilter><substringfilter value="1HVR"/><pockethasligandfilter value="true"/></PelikanFilter>'
        code, found = self.search(query)
        self.assertEqual((code, [*found['pdbs']]), (0, ['1HVR_XK2_A_263']))
        self.assertEqual(json.loads((self.folder / 'notes.json').read_text()), [])

    def test_notes_tell_what_is_missing(self) -> None:
        """Nothing found, a table that is cut, a search that was ended."""
        for query, more, note in (
            ('{"entries": {"include": ["9ZZZ"]}}', (), 'geomine.nothing'),
            ('{"points": [{"id": "a"}]}', ('--listed', '1'), 'geomine.cut'),
            ('{"points": [{"id": "a"}, {"id": "b"}, {"id": "c"}]}', ('--seconds', '0.05'), 'geomine.incomplete'),
        ):
            code, _ = self.search(query, *more)
            notes = json.loads((self.folder / 'notes.json').read_text())
            self.assertEqual((code, [each['code'] for each in notes][:1]), (0, [note]))

    def test_query_of_a_site_is_a_query(self) -> None:
        """What is written can be asked."""
        output = self.folder / 'made.json'
        arguments = ('--database', archive().name, '--siteQuery', '1HVR_XK2_A_263', '--webserverOutput', output)
        self.assertEqual(self.call(command, *arguments)[0], 0)
        code, found = self.search(output.read_text())
        self.assertEqual((code, found['result_table_content'][0]['RMSD']), (0, '0.000'))
        for like, words in (
            ({'site': '1HVR_nothing'}, 'no site'), ({'site': '1HVR'}, 'no site'),
        ):  # fmt: skip
            code, error = self.search(json.dumps({'like': like}))
            self.assertEqual((code, error['code'], words in error['message']), (EXIT_INPUT, 'query.like', True))
        code, error = self.search(json.dumps({'like': {'site': 'x'}, 'points': [{'id': 'a'}]}))
        self.assertEqual((code, error['code']), (EXIT_INPUT, 'query.like'))

    def test_errors_have_a_code_and_a_hint(self) -> None:
        """For whoever sent the query."""
        self.assertEqual(self.call(command)[0], EXIT_USAGE)
        self.assertEqual(self.call(build)[0], EXIT_USAGE)
        code, error = self.search('{"points": [{"id": "a", "element": "Qq"}]}')
        self.assertEqual((code, error['code'], bool(error['hint'])), (EXIT_INPUT, 'query.word', True))
        code, _, said = self.call(
            command, '--database', '/nowhere', '--query', '/dev/null', '--webserverOutput', '/dev/null'
        )
        self.assertEqual((code, json.loads(said.splitlines()[-1])['code']), (EXIT_INPUT, 'query.empty'))
        code, _, said = self.call(command, '--database', '/nowhere', '--webserverOutput', '/dev/null')
        self.assertEqual((code, json.loads(said.splitlines()[-1])['code']), (EXIT_INPUT, 'query.empty'))

    def test_build_reads_in_processes_of_its_own_and_tells_how_far_it_is(self) -> None:
        """The whole way, with one small structure."""
        source = self.folder / 'source'
        source.mkdir()
        (source / '1crn.pdb.gz').write_bytes((FILES / '1crn.pdb.gz').read_bytes())
        (source / 'bad.cif').write_text('data_x')
        target = self.folder / 'new' / 'archive.sqlite3'
        code, out, said = self.call(build, '--source', source, '--database', target, '--jobs', 1, '--no_pockets')
        self.assertEqual(code, 0, said)
        told = json.loads(out)
        self.assertEqual((told['entries'], told['unusable']), (1, 1))
        self.assertIn('Left out: bad.cif: structure.no_atoms', said)
        self.assertIn('2 of 2 files', said)
        self.assertEqual(
            sorted(file.name for file in target.parent.iterdir()), ['archive.sqlite3', 'archive.sqlite3.lock']
        )
        code, _, said = self.call(build, '--source', self.folder / 'none', '--database', target)
        self.assertEqual((code, json.loads(said.splitlines()[-1])['code']), (EXIT_INPUT, 'geomine.no_folder'))

    def test_time_that_is_left_is_told_in_fitting_units(self) -> None:
        """From what has been done so far."""
        import time

        now = time.monotonic()
        words = [remaining(now - 10, 1, number) for number in (2, 31, 3000)]
        self.assertEqual([word.split()[1] for word in words], ['s', 'min', 'h'])
