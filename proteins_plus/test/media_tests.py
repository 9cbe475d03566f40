"""Stored files: written whole, served safely, gone with their row."""

from pathlib import Path
from typing import Any
from unittest import mock

from django.conf import settings
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import OperationalError, transaction
from django.test import TestCase

from molecule_handler.models import ElectronDensityMap, Ligand, Protein
from proteins_plus import files

from .samples import METHANE, stored_protein
from .utils import API, media_files, remove_new_media

SVG = '<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'


class MediaTestCase(TestCase):
    """Leaves no file behind."""

    def setUp(self) -> None:
        """Remember what is there."""
        self.addCleanup(remove_new_media, media_files())

    def ligand(self) -> Ligand:
        """:returns: a stored ligand with a picture"""
        ligand = Ligand(name='x', file_string=METHANE)
        ligand.add_image(SVG)
        ligand.save()
        return ligand


class ServingFiles(MediaTestCase):
    """What a browser gets."""

    def place(self, name: str, content: bytes = b'x') -> Path:
        """
        :param name: below MEDIA_ROOT
        :param content: of the file
        :returns: the file
        """
        file = Path(settings.MEDIA_ROOT) / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(content)
        return file

    def test_picture_of_a_ligand_is_an_absolute_url_that_can_be_fetched(self) -> None:
        """A browser loads it as it is."""
        ligand = self.ligand()
        url = self.client.get(f'{API}molecule_handler/ligands/{ligand.pk}/', headers={'host': 'localhost:8123'}).json()[
            'image'
        ]
        self.assertTrue(url.startswith('http://localhost:8123/static/media/ligands/'), url)
        response = self.client.get(url.removeprefix('http://localhost:8123'))
        self.assertEqual(response.status_code, 200)
        self.assertEqual(response.getvalue().decode(), SVG)
        self.assertEqual(response.headers['Content-Type'], 'image/svg+xml')

    def test_no_script_of_a_served_file_can_run(self) -> None:
        """The drawing holds text from an uploaded file."""
        response = self.client.get(self.ligand().image.url)
        policy = response.headers['Content-Security-Policy']
        self.assertIn("default-src 'none'", policy)
        self.assertIn('sandbox', policy)
        self.assertNotIn('script', policy)
        self.assertNotIn('allow', policy)
        self.assertEqual(response.headers['X-Content-Type-Options'], 'nosniff')

    def test_map_and_page_are_downloaded_not_shown(self) -> None:
        """Shown in place, a page of a user would run as a page of this server."""
        for name, content_type in (
            ('density_files/a.ccp4', 'application/octet-stream'),
            ('proteins/a.html', 'text/html'),
        ):
            self.place(name)
            response = self.client.get(f'/static/media/{name}')
            self.assertEqual(response.headers['Content-Type'], content_type)
            self.assertTrue(response.headers['Content-Disposition'].startswith('attachment'), name)

    def test_nothing_outside_the_known_directories_is_served(self) -> None:
        """The path is the user's; whatever it is, only stored files are readable."""
        self.place('ligands/visible.svg')
        self.place('other/secret')
        self.place('secret')
        self.place('ligands/.hidden.svg')
        outside = Path(settings.MEDIA_ROOT).parent / 'secret'
        outside.write_text('x')
        self.addCleanup(outside.unlink)
        self.assertEqual(self.client.get('/static/media/ligands/visible.svg').status_code, 200)
        for path in (
            'secret',
            'other/secret',
            '../secret',
            'ligands/../secret',
            'ligands/../other/secret',
            'ligands/../../secret',
            'ligands/%2e%2e/secret',
            'ligands/..%2f..%2fsecret',
            'ligandsx/visible.svg',
            'ligands//etc/passwd',
            '/etc/passwd',
            'ligands/.hidden.svg',
            'ligands/',
            'ligands',
            '',
            'ligands/nothing.svg',
            'ligands/%00',
            'ligands/' + 'x' * 5000,
        ):
            self.assertEqual(self.client.get(f'/static/media/{path}').status_code, 404, path)

    def test_files_can_only_be_read(self) -> None:
        """Nobody changes a stored object, and so no file of one."""
        url = self.ligand().image.url
        self.assertEqual(self.client.head(url).status_code, 200)
        for method in ('post', 'put', 'delete', 'patch'):
            self.assertEqual(getattr(self.client, method)(url).status_code, 405)


class WritingFiles(MediaTestCase):
    """A reader sees a whole file or none."""

    def test_file_is_readable_by_the_group_and_nobody_else(self) -> None:
        """The web server of the operator may be in the group, other users of the machine are not."""
        self.assertEqual(Path(self.ligand().image.path).stat().st_mode & 0o777, 0o640)

    def test_taken_name_is_never_overwritten(self) -> None:
        """Another process may take the name between the question and the write."""
        first = default_storage.save('ligands/same.svg', ContentFile(b'1'))
        names = ['ligands/same.svg', 'ligands/new.svg']
        with mock.patch.object(default_storage, 'get_available_name', side_effect=names):
            second = default_storage.save('ligands/same.svg', ContentFile(b'2'))
        self.assertEqual((first, second), ('ligands/same.svg', 'ligands/new.svg'))
        self.assertEqual(Path(default_storage.path(first)).read_bytes(), b'1')

    def test_write_that_fails_leaves_neither_half_a_file_nor_its_temporary_one(self) -> None:
        """A reader would take half a file for a whole one."""
        before = set(Path(settings.MEDIA_ROOT).rglob('*.*'))
        content = ContentFile(b'x')
        with mock.patch.object(content, 'chunks', side_effect=OSError('disk full')), self.assertRaises(OSError):
            default_storage.save('ligands/a.svg', content)
        self.assertEqual(set(Path(settings.MEDIA_ROOT).rglob('*.*')), before)

    def test_failed_transaction_takes_back_what_was_stored_inside_and_nothing_else(self) -> None:
        """A transaction takes rows back, but no files."""
        kept = default_storage.save('ligands/kept.svg', ContentFile(b'x'))
        with self.assertRaises(KeyError), files.atomic():
            gone = default_storage.save('ligands/gone.svg', ContentFile(b'x'))
            raise KeyError
        with files.atomic():
            good = default_storage.save('ligands/good.svg', ContentFile(b'x'))
        self.assertEqual([default_storage.exists(name) for name in (kept, gone, good)], [True, False, True])

    def test_commit_that_nobody_knows_the_end_of_keeps_its_files(self) -> None:
        """The connection broke after the database had committed: the row is there, and must find its file."""
        leave = transaction.Atomic.__exit__

        def breaks(block: transaction.Atomic, *error: Any) -> None:
            """Commit, and be cut off before the answer."""
            leave(block, *error)
            raise OperationalError('server closed the connection unexpectedly')

        with (
            mock.patch.object(transaction.Atomic, '__exit__', breaks),
            self.assertRaises(OperationalError),
            files.atomic(),
        ):
            protein = stored_protein(mmcif_file=ContentFile(b'data_', name='a.cif'))
        self.assertTrue(default_storage.exists(Protein.objects.get(pk=protein.pk).mmcif_file.name))

    def test_files_that_cannot_be_taken_back_do_not_hide_the_error(self) -> None:
        """The folder has become read-only; the clean-up finds them later."""
        refuses = mock.patch.object(files.AtomicFileSystemStorage, 'delete', side_effect=OSError('read-only'))
        with refuses, self.assertRaises(KeyError), files.atomic():
            default_storage.save('ligands/left.svg', ContentFile(b'x'))
            raise KeyError


class DeletingFiles(MediaTestCase):
    """A file dies with its row."""

    def test_files_of_deleted_rows_are_deleted(self) -> None:
        """A disk would fill with pictures of what was cleaned away."""
        before = media_files()
        protein = stored_protein(mmcif_file=ContentFile(b'data_', name='a.cif'))
        ligand = Ligand(name='x', protein=protein, file_string=METHANE)
        ligand.add_image(SVG)
        ligand.save()
        ElectronDensityMap.objects.create(file=ContentFile(b'map', name='a.ccp4'))
        self.assertEqual(len(media_files() - before), 3)
        with self.captureOnCommitCallbacks(execute=True):
            protein.delete()  # takes its ligand along
            ElectronDensityMap.objects.all().delete()
        self.assertEqual(media_files(), before)

    def test_file_stays_until_the_deletion_is_certain(self) -> None:
        """A row that is still there must not lose its file."""
        ligand = self.ligand()
        with self.captureOnCommitCallbacks() as callbacks:
            ligand.delete()
            self.assertTrue(Path(ligand.image.path).exists())
        self.assertEqual(len(callbacks), 1)

    def test_deletion_that_is_rolled_back_keeps_the_file(self) -> None:
        """The file and the row stay together."""
        ligand = self.ligand()
        with self.captureOnCommitCallbacks(execute=True), self.assertRaises(KeyError), transaction.atomic():
            Ligand.objects.get().delete()
            raise KeyError
        self.assertTrue(Path(ligand.image.path).exists())

    def test_row_without_file_is_deleted(self) -> None:
        """There is nothing to delete then."""
        stored_protein().delete()
        Ligand.objects.create(name='x', file_string=METHANE).delete()
        self.assertFalse(Ligand.objects.exists())
