"""The broker is killed and forgets all, in the midst of work, at the intervals that an installation has."""

import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from pathlib import Path
from statistics import quantiles
from typing import NamedTuple

from django.utils import timezone

from preprocessor.models import PreprocessorJob
from proteins_plus.models import JobStatus
from proteins_plus.test.live import Installation, installation, wait_for
from proteins_plus.test.samples import working_tool

from .. import harness
from . import evidence
from .equal import STRUCTURE

#: Jobs before the death of the broker, of which those that do not run wait; and how long their tool takes. Seconds.
BEFORE, SECONDS = 24, 3
#: Submissions while it is away, the pause between two of them, and how many clients send them.
WITHOUT, PAUSE, CLIENTS = 120, 0.25, 2
WORKERS, CONCURRENCY = 2, 2
#: What is to be reached, in seconds: the answer to a submission, and the start of each waiting job.
ANSWERED, STARTED = 0.3, 60
SCRIPT = f'{evidence.ONCE}\nsleep "$2"\n{evidence.ANSWERS}'


class Answer(NamedTuple):
    """What a submission got while the broker was away; the time in seconds."""

    status: int
    seconds: float
    job: str


class Found(NamedTuple):
    """What is known when all is over; ``heirs`` are the jobs that waited when the broker came back."""

    names: dict[str, str]
    running: int
    waiting: int
    answers: list[Answer]
    away: float
    back: datetime
    heirs: list[str]
    faults: list[str]


def measure() -> tuple[str, int]:
    """:returns: the section of the report, and the number of faults"""
    with working_tool(SCRIPT) as tool, installation(tool) as server:
        server.environment['PPLUS_SANDBOX'] = 'auto'
        return _section(_lose(server, tool))


def _lose(server: Installation, tool: Path) -> Found:
    """
    :param server: of which nothing runs yet
    :param tool: the executable
    :returns: what became of its jobs
    """
    broker = server.start_broker()
    server.start_web_server()
    for number in range(WORKERS):
        server.start_worker(f'worker-{number}', CONCURRENCY)
    names = {evidence.submit(server, tool, name, SECONDS): name for name in (f'before-{n}' for n in range(BEFORE))}
    rows = PreprocessorJob.objects.filter(pk__in=list(names))
    slots = WORKERS * CONCURRENCY
    wait_for('start of the tools', lambda: rows.filter(status=JobStatus.RUNNING, phase='running').count() == slots)
    broker.kill()
    broker.wait()
    gone = timezone.now()
    running, waiting = (rows.filter(status=state).count() for state in (JobStatus.RUNNING, JobStatus.PENDING))
    with ThreadPoolExecutor(CLIENTS) as clients:
        answers = list(clients.map(lambda number: _submit(server, tool, number), range(WITHOUT)))
    back = timezone.now()
    server.start_broker()  # which keeps nothing on disk: it has forgotten all
    heirs = [str(key) for key in rows.model.objects.filter(status=JobStatus.PENDING).values_list('pk', flat=True)]
    names |= {answer.job: f'without-{number}' for number, answer in enumerate(answers) if answer.job}
    evidence.wait_for_ends(names, 180)
    faults = evidence.faults_of(names) + evidence.left_behind(server) + evidence.twice_finished(server)
    return Found(names, running, waiting, answers, (back - gone).total_seconds(), back, heirs, faults)


def _submit(server: Installation, tool: Path, number: int) -> Answer:
    """
    :param server: without a broker
    :param tool: the executable
    :param number: of the submission
    :returns: what it got, after a pause
    """
    name = f'without-{number}'
    evidence.make_lock(tool, name)
    text = evidence.structure(name, 0.1, body=STRUCTURE)
    began = time.monotonic()
    answer = evidence.post(server, name, text)
    seconds = time.monotonic() - began
    time.sleep(PAUSE)
    return Answer(answer.status_code, seconds, str(answer.json()['job_id']) if answer.status_code == 202 else '')


def _section(found: Found) -> tuple[str, int]:
    """
    :param found: when all was over
    :returns: the section of the report, and the number of faults
    """
    times = [answer.seconds for answer in found.answers]
    statuses, p95 = Counter(answer.status for answer in found.answers), quantiles(times, n=20)[-1]
    slowest = _slowest(found.heirs, found.back)
    rows = PreprocessorJob.objects.filter(pk__in=list(found.names))
    ends = Counter(row.error_code or row.get_status_display() for row in rows)
    misses = [p95 >= ANSWERED, slowest > STARTED, statuses.total() - statuses[202], ends.total() - ends['success']]
    count = len(found.faults) + sum(misses)
    text = (
        f'All intervals as an installation has them by default; {WORKERS} workers of {CONCURRENCY} children. The '
        f'broker is killed with SIGKILL while {found.running} jobs run and {found.waiting} wait, is away for '
        f'{found.away:.0f} s, and comes back without its memory. Meanwhile {CLIENTS} clients submit {WITHOUT} '
        f'structures of {len(STRUCTURE) // 1000} kB: {_said(statuses)}, **p95 {p95 * 1000:.0f} ms** (to be under '
        f'{ANSWERED * 1000:.0f}), longest {max(times) * 1000:.0f} ms.'
    )
    end = (
        f'Of {len(found.heirs)} jobs that waited when it came back, the last one began **{slowest:.1f} s** later (to '
        f'be within {STARTED}). Ends: {_said(ends)}; {rows.filter(attempt__gt=1).count()} needed a second attempt. '
        f'Misses and faults: **{count}**.'
    )
    return harness.section('Loss of the broker', text, end, *sorted(set(found.faults))[:20]), count


def _slowest(jobs: list[str], back: datetime) -> float:
    """
    :param jobs: their ids
    :param back: when the broker came back
    :returns: how many seconds later the last of them began; infinite if one never did
    """
    rows = PreprocessorJob.objects.filter(pk__in=jobs).values_list('date_started', flat=True)
    return max((began - back).total_seconds() if began else float('inf') for began in rows)


def _said(counts: Counter[int] | Counter[str]) -> str:
    """
    :param counts: of anything
    :returns: them for the report
    """
    return ', '.join(f'{count} x {what}' for what, count in sorted(counts.items()))
