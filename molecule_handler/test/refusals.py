"""How refusals are asserted."""

from collections.abc import Callable

from django.core.files.uploadedfile import UploadedFile
from django.test import SimpleTestCase

from molecule_handler.external import Fetched
from molecule_handler.test.samples import upload
from proteins_plus.errors import InputError, ProteinsPlusError


class FetchRefusals(SimpleTestCase):
    """Asserts how a fetch fails."""

    def refuse(self, kind: type[ProteinsPlusError], code: str, fetch: Callable[[str], Fetched], entry: str) -> None:
        """
        :param kind: the expected class of the error
        :param code: the expected error code
        :param fetch: how it is fetched
        :param entry: by which code
        """
        with self.assertRaises(kind) as caught:
            fetch(entry)
        self.assertEqual((type(caught.exception), caught.exception.code), (kind, code))
        self.assertNotIn('127.0.0.1', caught.exception.message + caught.exception.hint)


class UploadRefusals(SimpleTestCase):
    """Asserts what a reader says of a file it refuses."""

    def assert_refused(
        self, code: str, read: Callable[[UploadedFile], object], name: str, content: bytes, field: str | None = None
    ) -> InputError:
        """
        :param code: the expected error code
        :param read: a reader of :mod:`molecule_handler.uploads`
        :param name: the client's file name
        :param content: the file
        :param field: the expected field
        :returns: the error
        """
        with self.assertRaises(InputError) as caught:
            read(upload(name, content))
        self.assertEqual(caught.exception.code, code)
        self.assertTrue(caught.exception.message.endswith('.') or ':' in caught.exception.message)
        self.assertIsNotNone(caught.exception.field)
        if field:
            self.assertEqual(caught.exception.field, field)
        return caught.exception
