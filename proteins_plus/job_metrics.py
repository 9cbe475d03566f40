"""
The figures of all jobs, read from the database when a monitor asks: every process then tells the same.

Every query has an index to go by and an end (:data:`COUNTED`, :data:`RUNS`), however many jobs are stored.
"""

import logging
from collections import Counter
from collections.abc import Iterator
from datetime import datetime
from statistics import quantiles

from django.db import Error
from django.utils import timezone
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from . import tools
from .models import JobStatus, ProteinsPlusJob

logger = logging.getLogger(__name__)

#: Jobs of one tool in one state are counted up to here.
COUNTED = 100_000
#: Times are those of this many last successes of a tool.
RUNS = 200
#: Which of these times are told: 1 is the longest.
QUANTILES = (0.5, 0.95, 1.0)


class JobCollector(Collector):
    """Gauges of jobs by tool and state, of the queues, and of how long jobs wait and run."""

    def describe(self) -> list[Metric]:
        """:returns: nothing: what there is to tell is known once the database was asked"""
        return []

    def collect(self) -> Iterator[Metric]:
        """
        :returns: the figures; without a database the one figure that says so
        """
        try:
            found = [*_counts(), _oldest(), *_times()]
        except Error:
            logger.warning('The figures of the jobs could not be read', exc_info=True)
            found = []
        yield GaugeMetricFamily('pplus_database_up', 'Whether the database answers.', value=float(bool(found)))
        yield from found


def _counts() -> Iterator[Metric]:
    """
    :returns: how many jobs each tool has in each state, and how many wait in each queue
    """
    help_text = f'Stored jobs by tool and state, counted up to {COUNTED} each.'
    jobs = GaugeMetricFamily('pplus_jobs', help_text, labels=['tool', 'state'])
    waiting: Counter[str] = Counter()
    for tool in tools.installed():
        for status in JobStatus:
            rows = tool.job_model._base_manager.filter(status=status).order_by()
            count = rows[:COUNTED].count()
            jobs.add_metric([tool.label, status.label], count)
            if status == JobStatus.PENDING:
                waiting[tool.queue] += count
    depth = GaugeMetricFamily('pplus_queue_depth', 'Jobs that wait for a worker.', labels=['queue'])
    for queue, count in waiting.items():
        depth.add_metric([queue], count)
    yield jobs
    yield depth


def _oldest() -> Metric:
    """
    :returns: how long the job that waits longest has waited, by queue; 0 for an empty one
    """
    now = timezone.now()
    ages: dict[str, float] = {}
    for tool in tools.installed():
        waiting = tool.job_model._base_manager.filter(status=JobStatus.PENDING).order_by('date_created')
        first = waiting.values_list('date_created', flat=True).first()
        age = (now - first).total_seconds() if first else 0.0
        ages[tool.queue] = max(ages.get(tool.queue, 0.0), age)
    family = GaugeMetricFamily('pplus_queue_oldest_seconds', 'Age of the oldest waiting job.', labels=['queue'])
    for queue, age in ages.items():
        family.add_metric([queue], age)
    return family


def _times() -> Iterator[Metric]:
    """
    :returns: how long the last successful jobs of each tool waited and ran; nothing for a tool without any
    """
    about = f'of the last {RUNS} successful jobs, in seconds.'
    waits = GaugeMetricFamily(
        'pplus_job_wait_seconds', f'From submission to start {about}', labels=['tool', 'quantile']
    )
    runs = GaugeMetricFamily('pplus_job_run_seconds', f'From start to result {about}', labels=['tool', 'quantile'])
    for tool in tools.installed():
        rows = list(_last_successes(tool.job_model))
        _add_quantiles(waits, tool.label, [(started - created).total_seconds() for created, started, _ in rows])
        _add_quantiles(runs, tool.label, [(finished - started).total_seconds() for _, started, finished in rows])
    yield waits
    yield runs


def _last_successes(job_model: type[ProteinsPlusJob]) -> Iterator[tuple[datetime, datetime, datetime]]:
    """
    :param job_model: the jobs of a tool
    :returns: when the last successful ones were made, started and finished
    """
    rows = job_model._base_manager.filter(status=JobStatus.SUCCESS).order_by('-date_created')
    for created, started, finished in rows.values_list('date_created', 'date_started', 'date_finished')[:RUNS]:
        if started and finished:
            yield created, started, finished


def _add_quantiles(family: GaugeMetricFamily, tool: str, seconds: list[float]) -> None:
    """
    :param family: receives one figure for each of :data:`QUANTILES`
    :param tool: the tool
    :param seconds: its times
    """
    if not seconds:
        return
    # quantiles() wants two values; a value that is doubled changes none of them
    cuts = quantiles(seconds if len(seconds) > 1 else seconds * 2, n=100, method='inclusive')
    for share in QUANTILES:
        family.add_metric([tool, str(share)], max(seconds) if share == 1 else cuts[round(share * 100) - 1])
