"""Management command that sends real structures through a running server and shows what came out."""

import time
from argparse import ArgumentParser
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from http import HTTPStatus
from pathlib import Path
from textwrap import fill
from typing import Any
from urllib.parse import urljoin

import requests
from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from proteins_plus.tools import DemoStep, installed

TEST_FILES = Path(settings.BASE_DIR) / 'test_files'
POLL_SECONDS = 0.2
TIMEOUT_SECONDS = (5, 60)  # connect, read


UPLOAD = 'molecule_handler/upload/'
STEPS = (
    DemoStep('1HVR, PDB file, drug-like ligand', UPLOAD, files={'protein_file': '1hvr.pdb.gz'}),
    DemoStep('4X21, mmCIF file, kinase inhibitor', UPLOAD, files={'protein_file': '4x21.cif.gz'}),
    DemoStep('1GBT, metal and covalent inhibitor', UPLOAD, files={'protein_file': '1gbt.cif.gz'}),
    DemoStep('1AFS, by its code', UPLOAD, fields={'pdb_code': '1afs'}),
)


@dataclass
class Run:
    """A submitted step and what has become of it. Seconds count from the submission to the end of the job."""

    step: DemoStep
    job_url: str
    started: float
    job: dict[str, Any] = field(default_factory=dict)
    seconds: float = 0.0
    protein: dict[str, Any] = field(default_factory=dict)
    ligands: list[dict[str, Any]] = field(default_factory=list)
    words: list[str] = field(default_factory=list)

    @property
    def is_finished(self) -> bool:
        """:returns: whether the server said that the job is over"""
        return self.job.get('status') in ('success', 'failure', 'canceled')

    @property
    def is_success(self) -> bool:
        """:returns: whether the job ended well"""
        return self.job.get('status') == 'success'


class Client:
    """The few requests that the demo needs."""

    def __init__(self, url: str) -> None:
        """Open a session.

        :param url: Address of the server, without ``/api/v2/``.
        """
        self.base = urljoin(url.rstrip('/') + '/', 'api/v2/')
        self._session = requests.Session()
        self._session.trust_env = False  # a proxy of the environment does not know our loopback address

    def get(self, route: str) -> dict[str, Any]:
        """Read a resource.

        :param route: Route below ``/api/v2/``.
        :returns: The decoded answer.
        :raises CommandError: If the server does not answer 200.
        """
        return self._ask('GET', route)

    def check_picture(self, url: str) -> None:
        """Load a picture as a browser would.

        :param url: Absolute address of the picture.
        :raises CommandError: If it is no SVG or cannot be loaded.
        """
        kind = self._send('GET', url).headers.get('Content-Type', '')
        if not kind.startswith('image/svg+xml'):
            raise CommandError(f'{url} is no SVG but {kind or "something unnamed"}')

    def submit(self, step: DemoStep) -> Run:
        """Submit without the cache: the demo shall show work, not memory.

        :param step: What to submit.
        :returns: The run, not finished yet.
        :raises CommandError: If the server refuses.
        """
        started = time.monotonic()
        with ExitStack() as stack:
            files = {name: stack.enter_context((TEST_FILES / file).open('rb')) for name, file in step.files.items()}
            fields = {'use_cache': 'false', **step.fields}
            response = self._send('POST', urljoin(self.base, step.route), data=fields, files=files or None)
        if response.status_code != HTTPStatus.ACCEPTED:
            raise CommandError(f'POST {step.route} answered {response.status_code}, not 202')
        return Run(step, f'{step.route}jobs/{response.json()["job_id"]}/', started)

    def download(self, route: str) -> bytes:
        """Read a resource as it is.

        :param route: Route below the root of the server.
        :returns: Its bytes.
        :raises CommandError: If the server does not answer 200.
        """
        return self._send('GET', urljoin(self.base, f'../../{route}')).content

    def _ask(self, method: str, route: str, **payload: Any) -> dict[str, Any]:
        """Send a request.

        :param method: HTTP method.
        :param route: Route below ``/api/v2/``.
        :param payload: What requests shall send.
        :returns: The decoded answer.
        :raises CommandError: If there is no answer or an error status.
        """
        answer: dict[str, Any] = self._send(method, urljoin(self.base, route), **payload).json()
        return answer

    def _send(self, method: str, url: str, **payload: Any) -> requests.Response:
        """Send a request and take no error for an answer.

        :param method: HTTP method.
        :param url: Absolute address.
        :param payload: What requests shall send.
        :returns: The answer.
        :raises CommandError: If there is no answer or an error status.
        """
        try:
            response = self._session.request(method, url, timeout=TIMEOUT_SECONDS, **payload)
        except requests.RequestException as error:
            raise CommandError(f'{method} {url}: {error}') from error
        if not response.ok:
            raise CommandError(f'{method} {url} answered {response.status_code}: {response.text[:300]}')
        return response


def all_steps() -> list[DemoStep]:
    """List what the demo submits.

    :returns: The uploads, then what the installed tools add
    """
    return [*STEPS, *(step for tool in installed() for step in tool.demo_steps)]


def poll(client: Client, runs: list[Run], seconds: float) -> None:
    """Wait until all jobs are over.

    :param client: Client of the server.
    :param runs: Submitted runs; their ``job`` and ``seconds`` are filled in.
    :param seconds: Longest time to wait for all of them.
    :raises CommandError: If the time is over.
    """
    deadline = time.monotonic() + seconds
    while waiting := [run for run in runs if not run.is_finished]:
        if time.monotonic() > deadline:
            names = '; '.join(run.step.title for run in waiting)
            raise CommandError(f'Not finished after {seconds:.0f} s: {names}')
        for run in waiting:
            run.job = client.get(run.job_url)
            run.seconds = time.monotonic() - run.started
        time.sleep(POLL_SECONDS)


def follow(client: Client, run: Run) -> None:
    """Fetch the protein of a finished run, its ligands and their pictures, and what the tool has to say about it.

    :param client: Client of the server.
    :param run: A run whose job succeeded.
    :raises CommandError: If one of them cannot be fetched.
    """
    if run.step.in_words:
        run.words = list(run.step.in_words(client.get, run.job))
    protein_id = run.job.get('output_protein')
    if protein_id is None:
        return
    run.protein = client.get(f'molecule_handler/proteins/{protein_id}/')
    run.ligands = [client.get(f'molecule_handler/ligands/{ligand}/') for ligand in run.protein['ligand_set']]
    for ligand in run.ligands:
        client.check_picture(ligand['image'])


def table(rows: list[tuple[str, ...]]) -> Iterator[str]:
    """Lay out rows under a heading.

    :param rows: The heading, then the rows, all of one length.
    :returns: Lines, columns padded to their widest cell.
    """
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    rows = [rows[0], tuple('-' * width for width in widths), *rows[1:]]
    for row in rows:
        yield '  '.join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip()


def summary_row(run: Run) -> tuple[str, ...]:
    """Sum up a run.

    :param run: A finished run.
    :returns: Its row of the table
    """
    notes = run.job.get('notes') or []
    outcome = run.protein.get('name') or '-' if run.is_success else run.job.get('error_code') or 'failure'
    ligands = ', '.join(ligand['name'] for ligand in run.ligands) or '-'
    return run.step.title, outcome, ligands, str(len(notes)), f'{run.seconds:.1f}'


def details(client: Client, run: Run) -> Iterator[str]:
    """Tell where to look further.

    :param client: Client of the server, for its addresses.
    :param run: A finished run.
    :returns: Lines with the links and the notes, or with the reason of the failure
    """
    yield run.step.title
    if not run.is_success:
        yield f'  failed    {run.job.get("error")} {run.job.get("error_hint") or ""}'.rstrip()
    if run.protein:
        yield f'  protein   {urljoin(client.base, "molecule_handler/proteins/")}{run.protein["id"]}/'
    for ligand in run.ligands[:1]:
        yield f'  picture   {ligand["image"]} ({ligand["name"]})'
    for sentence in run.words:
        yield fill(sentence, 110, initial_indent='  result    ', subsequent_indent=' ' * 12)
    for note in run.job.get('notes') or []:
        yield fill(note['message'], 110, initial_indent='  note      ', subsequent_indent=' ' * 12)


class Command(BaseCommand):
    """Send real structures through every tool over HTTP, wait for the jobs, print a table of what came out."""

    help = 'Sends real structures through a running server over HTTP and prints what came out.'
    requires_system_checks = []  # it talks to a server that runs already, and needs no database of its own

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Declare the options.

        :param parser: Parser of the command line.
        """
        default = f'http://{settings.HOST}:{settings.PORT}'
        parser.add_argument('--url', default=default, help='address of the server (default: %(default)s)')
        parser.add_argument('--timeout', type=float, default=120.0, help='seconds to wait for all jobs')

    def handle(self, *args: Any, **options: Any) -> None:
        """Post all, then poll all: the jobs share the worker as those of real users do.

        :param args: None are taken.
        :param options: ``url`` and ``timeout``, see ``--help``.
        :raises CommandError: If a request is refused, a job fails or does not finish.
        """
        client = Client(options['url'])
        runs = [client.submit(step) for step in all_steps()]
        poll(client, runs, options['timeout'])
        for run in runs:
            if run.is_success:
                follow(client, run)
        heading = ('structure', 'protein', 'ligands', 'notes', 'seconds')
        lines = [*table([heading, *map(summary_row, runs)]), '']
        for run in runs:
            lines += [*details(client, run), '']
        lines += [
            f'See it in a browser: {urljoin(client.base, "../../")}',
            f'Call it from a script: {urljoin(client.base, "../schema/swagger-ui")}',
        ]
        self.stdout.write('\n'.join(lines))
        failed = [run.step.title for run in runs if not run.is_success]
        if failed:
            raise CommandError(f'{len(failed)} of {len(runs)} jobs failed: {"; ".join(failed)}')
