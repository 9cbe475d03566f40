"""A queue of many waiting jobs: submitting and asking cost what they cost with none."""

import time
from statistics import quantiles
from unittest import mock

from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext, override_settings

from molecule_handler.models import FileType
from preprocessor.models import PreprocessorJob, PreprocessorJobData
from preprocessor.tasks import preprocessor_task
from proteins_plus.test.samples import GLYCINE, glycine_file, working_tool

from .. import harness

UPLOAD = '/api/v2/molecule_handler/upload/'
REPEATS = 200


def measure(pending: int) -> str:
    """
    :param pending: how many jobs wait
    :returns: the section of the report
    """
    silent = mock.patch.object(preprocessor_task, 'apply_async')  # the broker is measured elsewhere
    with working_tool(), override_settings(ALLOWED_HOSTS=['testserver']), silent:
        figures = [_figures('none')]
        for start in range(0, pending, 5000):
            data = [PreprocessorJobData(name='w', input_protein_file_type=FileType.PDB) for _ in range(5000)]
            PreprocessorJobData.objects.bulk_create(data, batch_size=1000)
            jobs = [PreprocessorJob(input_data=item, hash_value=f'{start}-{n}') for n, item in enumerate(data)]
            PreprocessorJob.objects.bulk_create(jobs, batch_size=1000)
        if connection.vendor == 'postgresql':
            connection.cursor().execute('ANALYZE')
        figures.append(_figures(f'{pending:,}'))
    for model in (PreprocessorJob, PreprocessorJobData):
        model.objects.all()._raw_delete(connection.alias)  # one by one, with what each owns, it takes minutes
    change = ('change', *(f'{100 * (b / a - 1):+.0f} %' for a, b in zip(figures[0][1:], figures[1][1:], strict=True)))
    heads = ('waiting jobs', 'queries of a POST', 'p95 ms', 'queries of a GET', 'p95 ms ')
    return harness.section(
        'Deep queue', f'{REPEATS} requests each, in process.', harness.table(heads, [*figures, change])
    )


def _figures(waiting: str) -> tuple[str, int, float, int, float]:
    """:returns: queries and p95 of submissions and status requests, each of a job that is new"""
    client, times, ids = Client(), [], []
    for number in range(REPEATS):
        file = glycine_file(text=f'REMARK 999 {waiting} {number}\n{GLYCINE}')
        began = time.monotonic()
        with CaptureQueriesContext(connection) as posted:
            answer = client.post(UPLOAD, {'protein_file': file})
        times.append((time.monotonic() - began) * 1000)
        ids.append(answer.json()['job_id'])
    asked = []
    for job in ids:
        began = time.monotonic()
        with CaptureQueriesContext(connection) as got:
            client.get(f'{UPLOAD}jobs/{job}/')
        asked.append((time.monotonic() - began) * 1000)
    return waiting, len(posted), _p95(times), len(got), _p95(asked)


def _p95(times: list[float]) -> float:
    """:returns: the 95th percentile"""
    return round(quantiles(times, n=20)[18], 2)
