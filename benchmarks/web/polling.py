"""What an open page of a job costs: a part of ``python -m benchmarks.web``, a process of its own on one database."""

import json
import sys
import time
from pathlib import Path
from statistics import median, quantiles

from .. import harness

harness.set_up()  # the modules below hold models

from django.db import connection, reset_queries  # noqa: E402
from django.test import Client  # noqa: E402
from django.test.utils import CaptureQueriesContext, override_settings  # noqa: E402

from proteins_plus.test.samples import GLYCINE, running_job, stored_job  # noqa: E402


def main() -> None:
    """Poll and write what it cost as JSON."""
    out, polls = Path(sys.argv[1]), int(sys.argv[2])
    jobs = [stored_job(), running_job(text=f'REMARK 1\n{GLYCINE}')]
    client, times, queries = Client(), [], 0
    with override_settings(ALLOWED_HOSTS=['testserver']):
        for number in range(polls + len(jobs)):
            path = f'/jobs/preprocessor/{jobs[number % len(jobs)].pk}/progress/'
            reset_queries()  # the log of queries has a longest length
            began = time.monotonic()
            with CaptureQueriesContext(connection) as asked:
                answer = client.get(path)
            times.append((time.monotonic() - began) * 1000)
            queries = max(queries, len(asked))
            if answer.status_code != 200 or b'id="progress"' not in answer.content:
                raise RuntimeError(f'{path} was answered with {answer.status_code}')
    times = times[len(jobs) :]  # the first ones load templates
    found = {'queries': queries, 'p50': median(times), 'p95': quantiles(times, n=20)[18]}
    out.write_text(json.dumps(found), encoding='utf-8')


if __name__ == '__main__':
    main()
