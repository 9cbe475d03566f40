"""What the result of every tool owes to the pages, the CSV files, the zip and the viewer, as tests."""

import io
import re
import zipfile
from typing import TYPE_CHECKING, Any

from django.db import connection
from django.test.utils import CaptureQueriesContext

from proteins_plus.models import ProteinsPlusJob
from web.archive import archive, mvsx
from web.results import Result, result_of

from .utils import ApiTestCase

if TYPE_CHECKING:
    _Base = ApiTestCase
else:
    _Base = object  # a mixin, so that it is not run by itself

#: Names that mean the same in a URL, in a scene, in a zip and on every disk.
_NAME = re.compile(r'[A-Za-z0-9][A-Za-z0-9_+.-]*', re.ASCII)
#: A page reads its job, what the tool found, and molecules: no more for a hundred pockets than for one.
MAX_QUERIES = 8


def unzipped(pieces: Any) -> dict[str, bytes]:
    """
    :param pieces: of a zip
    :returns: the content of its entries by name
    """
    with zipfile.ZipFile(io.BytesIO(b''.join(pieces))) as source:
        return {name: source.read(name) for name in source.namelist()}


class ResultContract(_Base):
    """A part of the contract of a tool, which says how to get a job."""

    def finished_job(self) -> ProteinsPlusJob:
        """:returns: a job that has succeeded, read anew"""
        raise NotImplementedError

    def result(self) -> tuple[ProteinsPlusJob, Result]:
        """:returns: a job that has succeeded, and its result"""
        job = self.finished_job()
        return job, result_of(job)

    def test_result_shows_something_and_its_names_are_safe_and_unique(self) -> None:
        """They are parts of URLs and of archives."""
        _, result = self.result()
        self.assertTrue(result.scenes and result.tables and result.files and result.sentences)
        for parts in ([file.name for file in result.files], [f'{table.key}.csv' for table in result.tables]):
            self.assertEqual(len(set(map(str.lower, parts))), len(parts))
            for name in parts:
                self.assertRegex(name, _NAME)

    def test_cells_have_columns_and_some_columns_are_shown(self) -> None:
        """A cell without a column is in no file and on no page."""
        for table in self.result()[1].tables:
            keys = {column.key for column in table.columns}
            self.assertTrue(table.rows and any(column.shown for column in table.columns), table.key)
            self.assertLessEqual({key for row in table.rows for key in row.cells}, keys)
            for row in table.rows:
                self.assertTrue(all(isinstance(cell, str) for cell in row.cells.values()), row)

    def test_scene_shows_files_of_the_result_only_and_its_archive_holds_them(self) -> None:
        """A scene that asks for anything else stays empty, or asks another server."""
        _, result = self.result()
        names = {f'files/{file.name}' for file in result.files}
        for scene in result.scenes:
            held = unzipped(mvsx(result, scene))
            urls = set(re.findall(r'"ur[li]": ?"([^"]*)"', held['index.mvsj'].decode()))
            self.assertTrue(urls and urls <= names, scene.key)
            self.assertEqual(set(held) - {'index.mvsj'}, urls)
            self.assertTrue(all(re.fullmatch('#[0-9a-f]{6}', colour) and words for colour, words in scene.legend))

    def test_archive_holds_all_of_it_and_is_the_same_whenever_it_is_made(self) -> None:
        """A checksum in a lab book stays true."""
        job, result = self.result()
        first, again = b''.join(archive(result, job)), b''.join(archive(result_of(job), job))
        self.assertEqual(first, again)
        held = unzipped([first])
        for file in result.files:
            self.assertEqual(held[f'files/{file.name}'], file.read())
            self.assertTrue(file.read(), file.name)
        self.assertLessEqual({'README.txt', 'result.pml', *(f'{table.key}.csv' for table in result.tables)}, set(held))
        self.assertIn(str(job.pk), held['README.txt'].decode())

    def test_result_is_made_with_few_queries_and_without_the_text_of_the_structure(self) -> None:
        """A page of half a million atoms opens as quickly as any other."""
        job, _ = self.result()
        with CaptureQueriesContext(connection) as queries:
            result_of(type(job).objects.get(pk=job.pk))
        self.assertLessEqual(len(queries), MAX_QUERIES)
        for query in queries:
            self.assertNotIn('"molecule_handler_protein"."file_string"', query['sql'])
