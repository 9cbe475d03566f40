"""One id finds all log lines of a request, also those of the worker; another one all lines of a job."""

import io
import json
import logging
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from unittest import mock

from celery import current_app
from celery.app.trace import trace_task
from django.conf import settings
from django.db import Error
from django.test import SimpleTestCase
from kombu.simple import SimpleQueue
from pythonjsonlogger.json import JsonFormatter

from preprocessor.tasks import preprocessor_task
from proteins_plus import leases, log_context
from proteins_plus.celery import leave_request_id, send_request_id, take_up_request_id

from .samples import glycine_file, running_job, working_tool
from .utils import API, ApiTestCase

REQUEST = 'test-0000-request'


@contextmanager
def log_lines() -> Iterator[list[dict[str, Any]]]:
    """
    :returns: what the server logs in the block, read as its operators read it; filled at its end
    """
    logging_settings: Any = settings.LOGGING
    formatter = logging_settings['formatters']['json']
    stream = io.StringIO()
    handler = logging.StreamHandler(stream)
    handler.setFormatter(JsonFormatter(formatter['fmt'], rename_fields=formatter['rename_fields']))
    handler.addFilter(log_context.LogContext())
    logger = logging.getLogger('proteins_plus')
    level = logger.level
    lines: list[dict[str, Any]] = []
    logger.addHandler(handler)
    logger.setLevel(logging.INFO)
    try:
        yield lines
    finally:
        logger.removeHandler(handler)
        logger.setLevel(level)
        lines.extend(json.loads(line) for line in stream.getvalue().splitlines())


class LinesOfAJob(ApiTestCase):
    """From submission to end."""

    def test_every_line_of_a_jobs_life_names_the_job_and_the_request(self) -> None:
        """Whoever complains has one of the two ids."""
        # The test's transaction holds the announcement back until the request is over; the header brings its id along.
        worker = log_context.of_request(REQUEST)
        with working_tool(), log_lines() as lines, worker, self.captureOnCommitCallbacks(execute=True):
            answer = self.client.post(
                f'{API}molecule_handler/upload/', {'protein_file': glycine_file()}, headers={'X-Request-ID': REQUEST}
            )
        job = answer.json()['job_id']
        said = ['Job submitted', 'Job started', 'Job succeeded']
        self.assertEqual([line['message'] for line in lines if line.get('job') == job], said)
        self.assertEqual({line['request_id'] for line in lines}, {REQUEST})

    def test_line_that_names_its_job_keeps_it(self) -> None:
        """A sweep inside a job may speak of another one."""
        for extra, expected in (({}, 'outer'), ({'job': 'inner'}, 'inner')):
            record = logging.makeLogRecord(extra)
            with log_context.of_job('outer'):
                log_context.LogContext().filter(record)
            self.assertEqual(record.__dict__['job'], expected)
        record = logging.makeLogRecord({})
        log_context.LogContext().filter(record)
        self.assertNotIn('job', record.__dict__)

    def test_thread_that_keeps_the_lease_speaks_of_the_same_job(self) -> None:
        """Its warnings are the first sign of a database that is away."""
        beaten = threading.Event()

        def away(_: object) -> None:
            """The database."""
            beaten.set()
            raise Error

        patched = mock.patch.object(leases, '_mine', away)
        job = running_job()
        with patched, log_lines() as lines, log_context.of_request(REQUEST), leases.Heartbeat(job, interval=0.01):
            beaten.wait(5)
        self.assertTrue(lines)
        self.assertEqual({line['request_id'] for line in lines}, {REQUEST})


class HeadersOfATask(SimpleTestCase):
    """From the request to the worker."""

    def test_message_carries_the_id_of_the_request_and_none_without_one(self) -> None:
        """What the reaper announces comes from no request."""
        headers: dict[str, Any] = {}
        send_request_id(headers=headers)
        self.assertEqual(headers, {})
        with log_context.of_request(REQUEST):
            send_request_id(headers=headers)
        self.assertEqual(headers, {'request_id': REQUEST})

    def test_id_is_left_at_the_end_of_the_task_and_one_in_place_leaves_its_request_alone(self) -> None:
        """The next task of the process has another one, or none."""
        for header, within, after in ((REQUEST, REQUEST, ''), (None, 'outer', 'outer')):
            task = mock.Mock(request={'request_id': header})
            with log_context.of_request('outer'):
                take_up_request_id(task=task)
                self.assertEqual(log_context.current_request_id(), within)
                leave_request_id(task=task)
                self.assertEqual(log_context.current_request_id(), after)


class WorkerThatTakesUpARequest(SimpleTestCase):
    """Messages as they are really sent, and tasks as a worker really runs them."""

    def test_lines_of_the_worker_carry_the_id_of_the_submission(self) -> None:
        """One search finds what the web server and the worker did for one user."""
        seen: list[str] = []
        send: Any = preprocessor_task.apply_async

        def run(*_: Any) -> None:
            """Instead of :func:`proteins_plus.job_handler.execute_job`."""
            seen.append(log_context.current_request_id())

        with mock.patch('proteins_plus.tasks.execute_job', run), current_app.connection_for_write() as broker:
            for identifier in (REQUEST, 'test-0001-request', ''):
                with (
                    log_context.of_request(identifier),
                    SimpleQueue(broker.default_channel, f'seen-{identifier}') as queue,
                ):
                    send(('some-id',), queue=queue.queue, connection=broker)
                    message = queue.get(timeout=5)
                    message.ack()
                (args, kwargs, _) = message.payload
                trace_task(preprocessor_task, message.headers['id'], args, kwargs, message.headers, app=current_app)
        self.assertEqual(seen, [REQUEST, 'test-0001-request', ''])
        self.assertEqual(log_context.current_request_id(), '')
