"""A test case with an index to search."""

from django.test import override_settings

from proteins_plus.test.utils import ApiTestCase, media_files, remove_new_media

from .config import index


class SienaCase(ApiTestCase):
    """A client of a server that has indexed four proteases."""

    def setUp(self) -> None:
        """Name the index, and leave no file behind."""
        super().setUp()
        self.addCleanup(remove_new_media, media_files())
        self.enterContext(override_settings(SIENA_SEARCH_DB=str(index())))
