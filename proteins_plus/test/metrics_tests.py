"""What a monitor reads, and who may be one."""

import os
import subprocess
import sys
import tempfile
from datetime import timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from unittest import mock

from django.conf import settings
from django.db import OperationalError
from django.test import Client, RequestFactory, SimpleTestCase, TestCase
from django.test.utils import override_settings
from django.utils import timezone
from prometheus_client.parser import text_string_to_metric_families

from proteins_plus import job_metrics, metrics, tools
from proteins_plus.models import JobStatus

from .deployment_tests import load_script
from .samples import glycine_file, stored_job, stored_protein, working_tool
from .utils import API, ApiTestCase

Figures = dict[tuple[str, frozenset[tuple[str, str]]], float]


def figures(text: str) -> Figures:
    """
    :param text: an answer of ``/metrics``
    :returns: name and labels to value
    """
    families = text_string_to_metric_families(text)
    return {(s.name, frozenset(s.labels.items())): s.value for family in families for s in family.samples}


def read(client: Client, name: str, **labels: str) -> float:
    """
    :param client: of the server
    :param name: of a figure
    :param labels: its labels, all of them
    :returns: its value, 0 if it is not there yet
    """
    answer = client.get('/metrics')
    assert answer.status_code == 200, answer.status_code
    return figures(answer.content.decode()).get((name, frozenset(labels.items())), 0.0)


class RequestFigures(ApiTestCase):
    """Counts and times of requests."""

    def test_requests_are_counted_by_route_and_not_by_path(self) -> None:
        """A figure for every id would fill the monitor's memory."""
        labels = {'route': '/api/v2/molecule_handler/proteins/{pk}/', 'method': 'GET', 'status': '200'}
        times = {'route': labels['route'], 'method': 'GET'}
        before = read(self.client, 'pplus_http_requests_total', **labels)
        timed = read(self.client, 'pplus_http_request_seconds_count', **times)
        for _ in range(2):
            protein = stored_protein()
            self.assertEqual(self.client.get(f'{API}molecule_handler/proteins/{protein.pk}').status_code, 200)
        self.assertEqual(read(self.client, 'pplus_http_requests_total', **labels), before + 2)
        self.assertEqual(read(self.client, 'pplus_http_request_seconds_count', **times), timed + 2)
        self.assertNotIn(str(protein.pk), self.client.get('/metrics').content.decode())

    def test_paths_and_methods_that_do_not_exist_make_no_figures_of_their_own(self) -> None:
        """Scanners try thousands of them."""
        labels = {'route': 'none', 'method': 'other', 'status': '404'}
        before = read(self.client, 'pplus_http_requests_total', **labels)
        for path in ('/wp-login.php', '/.env'):
            self.client.generic('BREW', path)
        self.assertEqual(read(self.client, 'pplus_http_requests_total', **labels), before + 2)
        self.assertNotIn('wp-login', self.client.get('/metrics').content.decode())

    def test_submissions_tell_the_cache_from_new_jobs(self) -> None:
        """The share of hits says whether the cache time is well chosen."""

        def submitted() -> list[float]:
            """:returns: how many were answered by new jobs, and by the cache"""
            tool = 'preprocessor'
            return [read(self.client, 'pplus_submissions_total', tool=tool, by=by) for by in ('new', 'cache')]

        new, cached = submitted()
        with working_tool():
            for _ in range(3):
                answer = self.post('molecule_handler/upload/', {'protein_file': glycine_file()})
                self.assertEqual(answer.status_code, 202)
        self.assertEqual(submitted(), [new + 1, cached + 2])


class JobFigures(TestCase):
    """What the database says of jobs."""

    def test_jobs_are_counted_by_tool_and_state_and_queue(self) -> None:
        """The first figure an operator looks at when users complain."""
        old = timezone.now() - timedelta(minutes=5)
        stored_job(date_created=old)
        stored_job()
        for status in (JobStatus.RUNNING, JobStatus.FAILURE):
            stored_job(status=status)
        found = {s: read(self.client, 'pplus_jobs', tool='preprocessor', state=s) for s in JobStatus.labels}
        self.assertEqual(
            {state: count for state, count in found.items() if count}, {'pending': 2, 'running': 1, 'failure': 1}
        )
        self.assertEqual(read(self.client, 'pplus_queue_depth', queue='fast'), 2)
        self.assertAlmostEqual(read(self.client, 'pplus_queue_oldest_seconds', queue='fast'), 300, delta=10)

    def test_waiting_and_running_times_are_those_of_the_last_successes(self) -> None:
        """Failures end early and would flatter them."""
        start = timezone.now()
        for wait, run in ((1, 10), (2, 20), (3, 60)):
            began = start + timedelta(seconds=wait)
            ended = began + timedelta(seconds=run)
            stored_job(date_created=start, status=JobStatus.SUCCESS, date_started=began, date_finished=ended)
        stored_job(date_created=start, status=JobStatus.FAILURE, date_started=start, date_finished=start)
        for name, middle, most in (('wait', 2, 3), ('run', 20, 60)):
            for quantile, expected in (('0.5', middle), ('1.0', most)):
                value = read(self.client, f'pplus_job_{name}_seconds', tool='preprocessor', quantile=quantile)
                self.assertAlmostEqual(value, expected, places=3)

    def test_one_success_is_enough_for_its_times(self) -> None:
        """The first job of a day."""
        now = timezone.now()
        stored_job(status=JobStatus.SUCCESS, date_started=now, date_finished=now + timedelta(seconds=7))
        value = read(self.client, 'pplus_job_run_seconds', tool='preprocessor', quantile='0.95')
        self.assertAlmostEqual(value, 7, places=3)

    def test_counting_ends_and_takes_the_same_queries_whatever_is_stored(self) -> None:
        """A monitor asks every few seconds, also when the server has more to do than ever."""
        queries = len(list(tools.installed())) * (len(JobStatus) + 2)
        with self.assertNumQueries(queries):
            list(job_metrics.JobCollector().collect())
        for _ in range(5):
            stored_job()
        with mock.patch.object(job_metrics, 'COUNTED', 3), self.assertNumQueries(queries):
            self.assertEqual(read(self.client, 'pplus_queue_depth', queue='fast'), 3)

    def test_without_a_database_the_other_figures_are_still_told(self) -> None:
        """That is when they are needed."""
        self.assertEqual(read(self.client, 'pplus_database_up'), 1)
        with mock.patch.object(job_metrics, '_counts', side_effect=OperationalError):
            answer = self.client.get('/metrics')
        found = figures(answer.content.decode())
        self.assertEqual(found['pplus_database_up', frozenset()], 0)
        self.assertIn('pplus_http_requests_total', {name for name, _ in found})
        self.assertNotIn('pplus_jobs', {name for name, _ in found})


class WhoMayReadFigures(TestCase):
    """``PPLUS_METRICS``."""

    def statuses(self) -> list[int]:
        """:returns: the answers to this machine, to a proxy on this machine, and to another machine"""
        senders: list[dict[str, Any]] = [
            {},
            {'headers': {'X-Forwarded-For': '203.0.113.9'}},
            {'headers': {'X-Forwarded-Proto': 'https'}},
            {'REMOTE_ADDR': '203.0.113.9'},
        ]
        return [self.client.get('/metrics', **sender).status_code for sender in senders]

    def test_this_machine_alone_reads_them_by_default(self) -> None:
        """What comes through a proxy comes from somebody else, even if the proxy runs here."""
        self.assertEqual(settings.METRICS, 'loopback')
        self.assertEqual(self.statuses(), [200, 404, 404, 404])

    def test_everyone_or_nobody_does_where_the_operator_says_so(self) -> None:
        """A collector on another machine, or none at all."""
        for chosen, status in (('everyone', 200), ('off', 404)):
            with override_settings(METRICS=chosen):
                self.assertEqual(self.statuses(), [status] * 4)

    def test_sender_without_an_address_is_not_taken_for_this_machine(self) -> None:
        """As behind a Unix socket."""
        self.assertFalse(metrics.may_read(RequestFactory().get('/metrics', REMOTE_ADDR='')))

    def test_figures_are_read_and_nothing_else(self) -> None:
        """They have no other method."""
        self.assertEqual(self.client.post('/metrics').status_code, 405)


#: What a web process does with its hooks: it is number 0 or 1, counts one request, and one of them is asked.
_PROCESS = """
import importlib.util, os, sys
from types import SimpleNamespace
spec = importlib.util.spec_from_file_location('conf', 'gunicorn/gunicorn.conf.py')
conf = importlib.util.module_from_spec(spec)
spec.loader.exec_module(conf)
conf.post_fork(None, SimpleNamespace(metrics_slot=int(sys.argv[1])))
import proteins_plus.wsgi
from django.test import Client
client = Client(SERVER_NAME='localhost')
client.get('/healthz')
sys.stdout.write(client.get('/metrics').content.decode())
"""


class SeveralWebProcesses(SimpleTestCase):
    """The hooks of gunicorn.conf.py."""

    def setUp(self) -> None:
        """An empty data folder."""
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = Path(folder.name)
        with mock.patch.dict(os.environ, {'PPLUS_DATA_DIR': folder.name}):
            self.hooks: Any = load_script('gunicorn/gunicorn.conf.py')

    def asked(self, slot: int) -> Figures:
        """
        :param slot: the number of a process, which counts one request
        :returns: what it says of all processes
        """
        variables = {'PATH': os.environ['PATH'], 'PPLUS_DATA_DIR': str(self.folder), 'PPLUS_LOG_LEVEL': 'CRITICAL'}
        done = subprocess.run(
            [sys.executable, '-c', _PROCESS, str(slot)],
            env=variables, cwd=settings.BASE_DIR, capture_output=True, text=True, check=True, timeout=120,
        )  # fmt: skip
        return figures(done.stdout)

    def test_whichever_process_is_asked_adds_up_all_of_them(self) -> None:
        """Also those that were replaced meanwhile: the third goes on with the file of the first."""
        self.hooks.on_starting(None)
        labels = frozenset({('route', '/healthz'), ('method', 'GET'), ('status', '200')})
        for slot, expected in ((0, 1), (1, 2), (0, 3)):
            found = self.asked(slot)
            self.assertEqual(found['pplus_http_requests_total', labels], expected)
            # There is no database in this folder, and a figure says so.
            self.assertEqual(found['pplus_database_up', frozenset()], 0)
        files = [file.stat() for file in (self.folder / 'metrics').iterdir()]
        self.assertEqual(len(files), 4, 'counters and histograms of two')
        self.assertTrue(all(file.st_blocks * 512 >= file.st_size >= 2**20 for file in files), 'a hole ends a process')

    def test_process_that_finds_no_room_to_count_serves_all_the_same(self) -> None:
        """The disk was full when it was started; its figures are its own then."""
        self.hooks.on_starting(None)
        server, full = mock.Mock(), mock.patch('os.posix_fallocate', side_effect=OSError('No space left on device'))
        with full, mock.patch.dict(os.environ):
            self.hooks.post_fork(server, SimpleNamespace(metrics_slot=0))
            self.assertNotIn('PROMETHEUS_MULTIPROC_DIR', os.environ)
        server.log.warning.assert_called_once()

    def test_new_process_takes_the_lowest_number_no_living_one_has(self) -> None:
        """Two processes in one file would spoil it; a file for every process that ever was would fill the disk."""
        workers: dict[int, Any] = {}
        for pid in range(3):
            workers[pid] = SimpleNamespace()
            self.hooks.pre_fork(SimpleNamespace(WORKERS={k: w for k, w in workers.items() if k != pid}), workers[pid])
        self.assertEqual([worker.metrics_slot for worker in workers.values()], [0, 1, 2])
        del workers[1]
        new = SimpleNamespace()
        self.hooks.pre_fork(SimpleNamespace(WORKERS=workers), new)
        self.assertEqual(new.metrics_slot, 1)

    def test_server_that_is_started_anew_begins_at_zero(self) -> None:
        """As the monitor expects of a counter."""
        self.hooks.on_starting(None)
        file = self.folder / 'metrics' / 'counter_0.db'
        file.touch()
        self.hooks.on_starting(None)
        self.assertFalse(file.exists())
