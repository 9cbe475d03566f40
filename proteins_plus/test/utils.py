"""What tests of every app need: test structures, uploads, a client that runs jobs at once, and counts."""

import gzip
from collections import Counter
from pathlib import Path
from typing import Any
from unittest import mock

from celery import current_app
from django.apps import apps
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import TestCase
from rest_framework.test import APIClient

from proteins_plus import leases, sandbox
from proteins_plus.models import ProteinsPlusBaseModel

from .replay import run_once

TEST_FILES = settings.BASE_DIR / 'test_files'
API = '/api/v2/'
_NEVER = 3600.0


def structure_text(name: str) -> str:
    """
    :param name: a gzipped file below ``test_files/``
    :returns: its text
    """
    return gzip.decompress((TEST_FILES / name).read_bytes()).decode()


def upload(content: str | bytes, name: str) -> SimpleUploadedFile:
    """
    :param content: of the file
    :param name: of the file
    :returns: what a client would post
    """
    return SimpleUploadedFile(name, content.encode() if isinstance(content, str) else content)


def row_counts() -> Counter[str]:
    """:returns: how many rows every model of the project has"""
    models = (model for model in apps.get_models() if issubclass(model, ProteinsPlusBaseModel))
    return Counter({model._meta.label: model._base_manager.count() for model in models})


def media_files() -> set[Path]:
    """:returns: every stored file"""
    return {file for file in Path(settings.MEDIA_ROOT).rglob('*') if file.is_file()}


def remove_new_media(before: set[Path]) -> None:
    """
    For tests to clean up after themselves.

    :param before: what :func:`media_files` said; everything stored since is deleted
    """
    for file in media_files() - before:
        file.unlink()


class ApiTestCase(TestCase):
    """A client of the API; jobs run as soon as their submission is committed, in this process, and equal ones once."""

    client: APIClient
    client_class = APIClient

    def setUp(self) -> None:
        """Jobs run in place."""
        super().setUp()
        eager = current_app.conf.task_always_eager
        current_app.conf.task_always_eager = True
        self.addCleanup(setattr, current_app.conf, 'task_always_eager', eager)
        # The heartbeat's connection cannot see into the transaction of a test, and takes a longer run for canceled.
        self.enterContext(mock.patch.object(leases, 'WATCH_SECONDS', _NEVER))
        self.enterContext(mock.patch.object(sandbox, 'run', run_once))
        self.enterContext(mock.patch.object(leases.Heartbeat.__init__, '__defaults__', (_NEVER,)))

    def post(self, route: str, data: dict[str, Any], form: str = 'multipart') -> Any:
        """
        Submit and run.

        :param route: below ``/api/v2/``
        :param data: the request data
        :param form: multipart or json
        :returns: the answer
        """
        with self.captureOnCommitCallbacks(execute=True):
            return self.client.post(f'{API}{route}', data, format=form)

    def get(self, route: str) -> Any:
        """
        :param route: below ``/api/v2/``
        :returns: the JSON of a successful answer
        """
        response = self.client.get(f'{API}{route}')
        self.assertEqual(response.status_code, 200, response.content[:500])
        return response.json()

    def run_job(self, route: str, data: dict[str, Any]) -> dict[str, Any]:
        """
        :param route: a tool's submission route below ``/api/v2/``
        :param data: the request data
        :returns: the job after its run
        """
        response = self.post(route, data)
        self.assertEqual(response.status_code, 202, response.content[:500])
        return self.get(f'{route}jobs/{response.json()["job_id"]}/')
