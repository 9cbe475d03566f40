"""The broker is killed and forgets all, in the midst of work, at the intervals that an installation has."""

import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from statistics import quantiles

from django.utils import timezone

from preprocessor.models import PreprocessorJob
from proteins_plus.models import JobStatus
from proteins_plus.test.live import installation, wait_for
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


def measure() -> tuple[str, int]:
    """:returns: the section of the report, and the number of faults"""
    with working_tool(SCRIPT) as tool, installation(tool) as server:
        server.environment['PPLUS_SANDBOX'] = 'auto'
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
        gone = time.monotonic()
        running, waiting = (rows.filter(status=state).count() for state in (JobStatus.RUNNING, JobStatus.PENDING))

        def send(number: int) -> tuple[int, float, str]:
            """:returns: status, seconds and job of one submission"""
            name = f'without-{number}'
            evidence.make_lock(tool, name)
            text = evidence.structure(name, 0.1, body=STRUCTURE)
            began = time.monotonic()
            answer = evidence.post(server, name, text)
            seconds = time.monotonic() - began
            time.sleep(PAUSE)
            return answer.status_code, seconds, str(answer.json().get('job_id'))

        with ThreadPoolExecutor(CLIENTS) as clients:
            answers = list(clients.map(send, range(WITHOUT)))
        back = timezone.now()
        server.start_broker()  # which keeps nothing on disk: it has forgotten all
        away = time.monotonic() - gone
        pending = PreprocessorJob.objects.filter(status=JobStatus.PENDING).values_list('pk', flat=True)
        heirs = [str(key) for key in pending]
        names |= {job: f'without-{number}' for number, (_, _, job) in enumerate(answers)}
        evidence.wait_for_ends(names, 180)
        faults = evidence.faults_of(names) + evidence.left_behind(server) + evidence.twice_finished(server)
    statuses = Counter(status for status, _, _ in answers)
    p95 = quantiles([seconds for _, seconds, _ in answers], n=20)[-1]
    slowest = _slowest(heirs, back)
    ends = Counter(row.error_code or row.get_status_display() for row in PreprocessorJob.objects.filter(pk__in=names))
    repeated = PreprocessorJob.objects.filter(pk__in=list(names), attempt__gt=1).count()
    count = len(faults) + len(answers) - statuses[202] + len(names) - ends['success']
    count += (p95 >= ANSWERED) + (slowest > STARTED)
    text = (
        f'All intervals as an installation has them by default; {WORKERS} workers of {CONCURRENCY} children. The '
        f'broker is killed with SIGKILL while {running} jobs run and {waiting} wait, is away for {away:.0f} s, and '
        f'comes back without its memory. Meanwhile {CLIENTS} clients submit {WITHOUT} structures of '
        f'{len(STRUCTURE) // 1000} kB: {_said(statuses)}, **p95 {p95 * 1000:.0f} ms** (to be under '
        f'{ANSWERED * 1000:.0f}), longest {max(seconds for _, seconds, _ in answers) * 1000:.0f} ms.'
    )
    end = (
        f'Of {len(heirs)} jobs that waited when it came back, the last one began **{slowest:.1f} s** later (to be '
        f'within {STARTED}). Ends: {_said(ends)}; {repeated} needed a second attempt. Misses and faults: **{count}**.'
    )
    return harness.section('Loss of the broker', text, end, *sorted(set(faults))[:20]), count


def _slowest(jobs: list[str], back: datetime) -> float:
    """
    :param jobs: their ids
    :param back: when the broker came back
    :returns: how many seconds later the last of them began; infinite if one never did
    """
    rows = PreprocessorJob.objects.filter(pk__in=jobs).values_list('date_started', flat=True)
    return max((started - back).total_seconds() if started else float('inf') for started in rows)


def _said(counts: Counter[int] | Counter[str]) -> str:
    """
    :param counts: of anything
    :returns: them for the report
    """
    return ', '.join(f'{count} x {what}' for what, count in sorted(counts.items()))
