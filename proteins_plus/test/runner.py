"""The test runner: media, work and other data of a test run live in a folder of its own."""

import logging
import os
import shutil
import tempfile
import unittest
from argparse import ArgumentParser
from multiprocessing import current_process
from pathlib import Path
from typing import Any
from unittest.loader import _FailedTest

from django.conf import settings
from django.db import connections
from django.db.models.signals import post_migrate
from django.test import TransactionTestCase
from django.test.runner import DiscoverRunner, ParallelTestSuite, _init_worker
from django.test.utils import iter_test_cases, override_settings


def _places(folder: Path) -> dict[str, Any]:
    """
    :param folder: of a test run, or of one process of it
    :returns: the settings that name places for files
    """
    return {
        'MEDIA_ROOT': str(folder / 'media'),
        'WORK_DIR': folder / 'work',
        'LOCAL_PDB_MIRROR_DIR': str(folder / 'mirrors' / 'pdb'),
        'LOCAL_DENSITY_MIRROR_DIR': str(folder / 'mirrors' / 'density'),
        'LOCAL_AFDB_MIRROR_DIR': str(folder / 'mirrors' / 'afdb'),
    }


def _init_worker_in_own_folder(*args: Any, **kwargs: Any) -> None:
    """
    Begin a process of a parallel run, which has a database of its own, and needs its own files as much.

    :param args: as Django's
    :param kwargs: as Django's
    """
    _init_worker(*args, **kwargs)
    # Engines that are called in place start processes of their own, which a daemon may not.
    current_process()._config['daemon'] = False  # pylint: disable=protected-access
    override_settings(**_places(Path(settings.MEDIA_ROOT).parent / f'process-{os.getpid()}')).enable()


class IsolatedSuite(ParallelTestSuite):
    """A parallel run whose processes share no files."""

    init_worker = _init_worker_in_own_folder

    def __init__(self, subsuites: list[unittest.TestSuite], *args: Any, **kwargs: Any) -> None:
        """
        Begin with what takes long, which at the end would run alone.

        :param subsuites: of one test class each, which says so by ``takes_long = True``
        :param args: as Django's
        :param kwargs: as Django's
        """
        subsuites.sort(key=lambda suite: not any(getattr(test, 'takes_long', False) for test in suite))
        super().__init__(subsuites, *args, **kwargs)


class IsolatedRunner(DiscoverRunner):
    """Runs the tests beside a living server without touching its files."""

    parallel_test_suite = IsolatedSuite

    def __init__(self, *args: Any, only_database: bool = False, **kwargs: Any) -> None:
        """
        :param args: as Django's
        :param only_database: leave out the tests that ask no database
        :param kwargs: as Django's
        """
        super().__init__(*args, **kwargs)
        self._only_database = only_database

    @classmethod
    def add_arguments(cls, parser: ArgumentParser) -> None:
        """
        :param parser: of ``manage.py test``
        """
        super().add_arguments(parser)
        parser.add_argument(
            '--only-database',
            action='store_true',
            help='Leave out the tests that ask no database, and so are the same on all of them.',
        )

    def load_tests_for_label(self, label: str, discover_kwargs: dict[str, str]) -> unittest.TestSuite:
        """
        :param label: as Django's
        :param discover_kwargs: as Django's
        :returns: as Django's
        """
        tests = super().load_tests_for_label(label, discover_kwargs)
        if not self._only_database:
            return tests
        kinds = (TransactionTestCase, _FailedTest)
        return unittest.TestSuite(test for test in iter_test_cases(tests) if isinstance(test, kinds))

    def setup_test_environment(self, **kwargs: Any) -> None:
        """
        :param kwargs: as Django's
        """
        super().setup_test_environment(**kwargs)
        self._folder = Path(tempfile.mkdtemp(prefix='proteinsplus-test-'))
        # Every client of a test loads the middleware anew, which would look at all static files each time.
        self._isolated = override_settings(
            **_places(self._folder), CELERY_BROKER_URL='memory://', WHITENOISE_AUTOREFRESH=True
        )
        self._isolated.enable()
        os.environ.setdefault('KEPT_RUNS', str(self._folder / 'runs'))
        # What tests provoke would drown what they say; assertLogs brings its own handler.
        for handler in logging.getLogger().handlers:
            handler.setLevel(logging.CRITICAL + 1)

    def setup_databases(self, **kwargs: Any) -> Any:
        """
        A parallel run copies the file of an SQLite database, and the copy lacks what is still in the write-ahead log.

        :param kwargs: as Django's
        :returns: as Django's
        """
        post_migrate.connect(_empty_write_ahead_log)
        try:
            return super().setup_databases(**kwargs)
        finally:
            post_migrate.disconnect(_empty_write_ahead_log)

    def teardown_test_environment(self, **kwargs: Any) -> None:
        """
        :param kwargs: as Django's
        """
        self._isolated.disable()
        if os.environ['KEPT_RUNS'].startswith(str(self._folder)):
            del os.environ['KEPT_RUNS']
        shutil.rmtree(self._folder, ignore_errors=True)
        super().teardown_test_environment(**kwargs)


def _empty_write_ahead_log(using: str, **_: Any) -> None:
    """
    Write the log of an SQLite database into its file.

    :param using: the alias of the database that was migrated
    """
    if connections[using].vendor == 'sqlite':
        with connections[using].cursor() as cursor:
            cursor.execute('PRAGMA wal_checkpoint(TRUNCATE)')
