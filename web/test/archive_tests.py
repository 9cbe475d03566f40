"""Tests of a result as one file."""

import io
import json
import struct
import zipfile
from datetime import UTC, datetime
from typing import Any
from unittest import TestCase

from molviewspec import create_builder

from proteins_plus.models import ProteinsPlusJob
from proteins_plus.test.result_contract import unzipped
from proteins_plus.test.samples import new_job
from web import scenes
from web.archive import archive, mvsx, readme
from web.results import Column, File, Result, Row, Scene, Table

_NOTES = [
    {'code': 'ligand.additive', 'subject': 'GOL_A_1', 'message': 'An additive.'},
    {'code': 'dogsite.no_pocket', 'subject': '', 'message': 'Nothing is buried enough.'},
]


def finished_job(**fields: Any) -> ProteinsPlusJob:
    """
    :param fields: of the job
    :returns: an unsaved job that has succeeded
    """
    made = {'version': '1.2', 'citation': 'Doe J (2020); Roe R (2021)', 'parameters': {'spacing': 0.8, 'chain_id': ''}}
    when = datetime(2026, 3, 4, 5, 6, 8, tzinfo=UTC)
    return new_job(**{'provenance': made, 'date_finished': when, 'notes': _NOTES, **fields})


def file(name: str, content: bytes = b'x') -> File:
    """
    :param name: of the file
    :param content: of the file
    :returns: the file
    """
    return File(name, f'What {name} is', lambda: content)


def scene(*urls: str) -> Scene:
    """
    :param urls: of structures that it shows
    :returns: a scene
    """

    def build() -> Any:
        """:returns: the structures as cartoons"""
        builder = create_builder()
        for url in urls:
            scenes.protein(builder, url, 'pdb')
        return scenes.finish(builder, 'A view')

    return Scene('view', 'A view', 'A view.', build)


class Archives(TestCase):
    """The zip of a result."""

    def test_names_are_those_of_the_page_and_readme_comes_first(self) -> None:
        """A scene asks for files/..., on the page and in the folder."""
        table = Table('rows', 'Rows', (Column('a', 'A'),), (Row({'a': '1'}),))
        result = Result(scenes=(scene('files/b.pdb'),), tables=(table,), files=(file('b.pdb'), file('a.json')))
        held = unzipped(archive(result, finished_job()))
        self.assertEqual(
            list(held), ['README.txt', 'rows.csv', 'view.mvsj', 'result.pml', 'files/b.pdb', 'files/a.json']
        )
        self.assertEqual((held['rows.csv'], held['files/a.json']), (b'a\r\n1\r\n', b'x'))

    def test_it_is_made_file_by_file(self) -> None:
        """Maps are large, and many users may fetch at a time: nothing is read before its turn, or kept after it."""
        read = []

        def content() -> bytes:
            """:returns: the content of a file"""
            read.append('a file')
            return b'y' * 1000

        files = tuple(File(f'{number}.bin', 'Bytes', content) for number in range(3))
        pieces = archive(Result(files=files), finished_job())
        for _ in ('README.txt', 'result.pml'):
            self.assertTrue(next(pieces))
        for number in range(3):
            self.assertEqual(len(read), number)
            self.assertLess(len(next(pieces)), 1000)
        self.assertGreater(len(b''.join(pieces)), 0)

    def test_entries_have_the_date_of_the_job_and_may_be_read(self) -> None:
        """Not that of the download, so the same zip comes twice; and some tools unpack files nobody may open."""
        with zipfile.ZipFile(_saved(archive(Result(files=(file('a.pdb'),)), finished_job()))) as source:
            for entry in source.infolist():
                self.assertEqual((entry.date_time, entry.external_attr >> 16), ((2026, 3, 4, 5, 6, 8), 0o644))

    def test_job_without_a_result_view_still_has_its_readme(self) -> None:
        """A tool may have no result.py yet."""
        self.assertEqual(list(unzipped(archive(Result(), finished_job(date_finished=None)))), ['README.txt'])

    def test_readme_tells_how_it_came_about_and_whom_to_cite(self) -> None:
        """In a year nobody remembers the parameters."""
        job = finished_job()
        text = readme(Result(sentences=('2 pockets.',)), job)
        for line in (
            f'job                      {job.pk}',
            'finished                 2026-03-04 05:06 UTC',
            'version                  1.2',
            'parameters               {"chain_id": "", "spacing": 0.8}',
            '2 pockets.',
            'GOL_A_1: An additive.',
            'Nothing is buried enough.',
            'Doe J (2020)',
            'Roe R (2021)',
        ):
            self.assertIn(f'{line}\n', text)
        self.assertNotIn('Files', text)


class SceneArchives(TestCase):
    """A scene with its data."""

    def test_sizes_stand_before_the_entries(self) -> None:
        """Mol* reads them there, and not in the directory at the end; a flag says if they are missing."""
        result = Result(files=(file('a.pdb', b'A' * 1000),))
        whole = b''.join(mvsx(result, scene('files/a.pdb')))
        with zipfile.ZipFile(io.BytesIO(whole)) as source:
            self.assertEqual(source.infolist()[1].file_size, 1000)
            for entry in source.infolist():
                flags, packed, size = struct.unpack_from('<6xH10xII', whole, entry.header_offset)
                self.assertEqual((flags & 8, packed, size), (0, entry.compress_size, entry.file_size))

    def test_it_holds_the_scene_and_what_it_shows_and_nothing_else(self) -> None:
        """Names in the archive are those in the scene, and a map of 100 MB that is not shown stays out."""
        result = Result(files=(file('a.pdb', b'A'), file('b.ccp4', b'B'), file('c.pdb', b'C')))
        held = unzipped(mvsx(result, scene('files/a.pdb', 'files/c.pdb')))
        self.assertEqual(list(held), ['index.mvsj', 'files/a.pdb', 'files/c.pdb'])
        self.assertEqual(json.loads(held['index.mvsj'])['metadata']['title'], 'A view')


def _saved(pieces: Any) -> Any:
    """
    :param pieces: of a zip
    :returns: it as a file
    """
    return io.BytesIO(b''.join(pieces))
