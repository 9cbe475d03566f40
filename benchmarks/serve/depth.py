"""A queue of many waiting jobs: submitting and asking cost what they cost with none."""

import time
from dataclasses import dataclass, field
from statistics import quantiles
from unittest import mock

from django.db import connection, reset_queries
from django.test import Client
from django.test.utils import CaptureQueriesContext, override_settings

from molecule_handler.models import FileType
from preprocessor.models import PreprocessorJob, PreprocessorJobData
from preprocessor.tasks import preprocessor_task
from proteins_plus.test.samples import GLYCINE, glycine_file, working_tool

from .. import harness

UPLOAD = '/api/v2/molecule_handler/upload/'
REPEATS = 250
#: How often both are measured, in turns, so that other work on the machine meets them alike.
TURNS = 4
_TIDY = {'postgresql': ('VACUUM ANALYZE', 'CHECKPOINT'), 'sqlite': ('PRAGMA wal_checkpoint(TRUNCATE)',)}


@dataclass
class _Figures:
    """What requests cost: queries of each, and times of all in ms."""

    queries: tuple[int, int] = (0, 0)
    posts: list[float] = field(default_factory=list)
    gets: list[float] = field(default_factory=list)

    def row(self) -> tuple[int, float, int, float]:
        """:returns: queries and p95 of submissions and of status requests"""
        return self.queries[0], _p95(self.posts), self.queries[1], _p95(self.gets)


def measure(pending: int) -> str:
    """
    :param pending: how many jobs wait
    :returns: the section of the report
    """
    silent = mock.patch.object(preprocessor_task, 'apply_async')  # the broker is measured elsewhere
    none, many = _Figures(), _Figures()
    with working_tool(), override_settings(ALLOWED_HOSTS=['testserver']), silent:
        for turn in range(TURNS):
            _ask(none, f'{turn} none')
            _fill(pending)
            _ask(many, f'{turn} many')
            _empty()
    rows: list[tuple[object, ...]] = [('none', *none.row()), (f'{pending:,}', *many.row())]
    rows.append(('change', *(f'{100 * (b / a - 1):+.0f} %' for a, b in zip(none.row(), many.row(), strict=True))))
    heads = ('waiting jobs', 'queries of a POST', 'p95 ms', 'queries of a GET', 'p95 ms ')
    about = f'{REPEATS * TURNS} requests each, in process, in {TURNS} turns.'
    return harness.section('Deep queue', about, harness.table(heads, rows))


def _fill(pending: int) -> None:
    """:param pending: how many waiting jobs to store"""
    for start in range(0, pending, 5000):
        data = [PreprocessorJobData(name='w', input_protein_file_type=FileType.PDB) for _ in range(5000)]
        PreprocessorJobData.objects.bulk_create(data, batch_size=1000)
        jobs = [PreprocessorJob(input_data=item, hash_value=f'{start}-{n}') for n, item in enumerate(data)]
        PreprocessorJob.objects.bulk_create(jobs, batch_size=1000)
    _tidy()


def _empty() -> None:
    """Delete all jobs. One by one, with what each owns, it would take minutes."""
    for model in (PreprocessorJob, PreprocessorJobData):
        model.objects.all()._raw_delete(connection.alias)
    _tidy()


def _tidy() -> None:
    """Do at once what the database would do by itself after a while, and would otherwise do while it is measured."""
    for statement in _TIDY[connection.vendor]:
        connection.cursor().execute(statement)


def _ask(figures: _Figures, label: str) -> None:
    """
    Submit new jobs and ask for each.

    :param figures: gets what it cost
    :param label: keeps these jobs apart from others
    """
    client, ids = Client(), []
    reset_queries()  # the log of queries has a longest length
    for number in range(REPEATS):
        file = glycine_file(text=f'REMARK 999 {label} {number}\n{GLYCINE}')
        began = time.monotonic()
        with CaptureQueriesContext(connection) as posted:
            answer = client.post(UPLOAD, {'protein_file': file})
        figures.posts.append((time.monotonic() - began) * 1000)
        ids.append(answer.json()['job_id'])
    for job in ids:
        began = time.monotonic()
        with CaptureQueriesContext(connection) as got:
            client.get(f'{UPLOAD}jobs/{job}/')
        figures.gets.append((time.monotonic() - began) * 1000)
    figures.queries = (max(figures.queries[0], len(posted)), max(figures.queries[1], len(got)))


def _p95(times: list[float]) -> float:
    """:returns: the 95th percentile"""
    return round(quantiles(times, n=20)[18], 2)
