"""``manage.py check_server URL``: does a running server do what this version of the project says it does?"""

from argparse import ArgumentParser
from collections.abc import Callable
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from proteins_plus.tools import DemoStep

from .demo import UPLOAD, Client, follow, poll

SCHEMA_FILE = Path(settings.BASE_DIR) / 'schema.yml'


def check_schema(client: Client) -> str:
    """
    :param client: of the server
    :returns: that its API description is the one of this version, byte by byte
    :raises CommandError: if it is another one
    """
    if not SCHEMA_FILE.is_file():
        raise CommandError(f'{SCHEMA_FILE} is missing, so there is nothing to compare with.')
    if client.download('api/schema/') != SCHEMA_FILE.read_bytes():
        raise CommandError('The API description differs from schema.yml: the server runs another version.')
    return 'The API description is that of schema.yml.'


def check_upload(client: Client, code: str, seconds: float) -> str:
    """
    Have one entry processed, past the cache, and look at the result as a user would.

    :param client: of the server
    :param code: a PDB id of an entry with a ligand
    :param seconds: to wait for the job
    :returns: how long it took and where the picture of a ligand is
    :raises CommandError: if the job does not succeed, or the picture cannot be loaded
    """
    run = client.submit(DemoStep(code, UPLOAD, fields={'pdb_code': code}))
    poll(client, [run], seconds)
    if not run.is_success:
        raise CommandError(f'The upload of {code} failed: {run.job.get("error")} ({run.job.get("error_code")})')
    follow(client, run)
    if not run.ligands:
        raise CommandError(f'{code} has no ligand, so that no picture could be loaded; give another --code.')
    return (
        f'The upload of {code} took {run.seconds:.1f} s; picture of {run.ligands[0]["name"]}: {run.ligands[0]["image"]}'
    )


class Command(BaseCommand):
    """Compare the API description, have one structure processed, load one picture; exit 1 if anything is wrong."""

    help = 'Checks a running server: its API description, one upload, one picture.'
    requires_system_checks: list[str] = []  # it asks a server that runs already

    def add_arguments(self, parser: ArgumentParser) -> None:
        """
        :param parser: of the command line
        """
        parser.add_argument('url', help='address of the server, such as http://127.0.0.1:8000')
        parser.add_argument('--code', default='1afs', help='PDB id of an entry with a ligand (default: %(default)s)')
        parser.add_argument('--timeout', type=float, default=120.0, help='seconds to wait for its job')

    def handle(self, *args: Any, **options: Any) -> None:
        """
        :param args: none
        :param options: ``url``, ``code`` and ``timeout``
        :raises CommandError: if anything is wrong; every check is made all the same
        """
        client, code, seconds = Client(options['url']), options['code'], options['timeout']
        checks: tuple[Callable[[], str], ...] = (
            lambda: check_schema(client),
            lambda: check_upload(client, code, seconds),
        )
        wrong = [message for check in checks if (message := self._complaint_of(check))]
        if wrong:
            raise CommandError('\n'.join(wrong))

    def _complaint_of(self, check: Callable[[], str]) -> str:
        """
        :param check: says that all is well, or raises
        :returns: what is wrong; empty if nothing is
        """
        try:
            self.stdout.write(check())
        except CommandError as error:
            return str(error)
        return ''
