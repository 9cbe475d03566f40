"""What every log line says besides its message: which request, and which job, it is about."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

_request_id: ContextVar[str] = ContextVar('request_id', default='')
_job: ContextVar[str] = ContextVar('job', default='')


class LogContext(logging.Filter):
    """Puts the ids of the current request and job into every log record."""

    def filter(self, record: logging.LogRecord) -> bool:
        """
        :param record: a log record; receives ``request_id``, and ``job`` where there is one and the line names none
        :returns: True: nothing is dropped
        """
        record.request_id = _request_id.get()
        if (job := _job.get()) and not hasattr(record, 'job'):
            record.job = job
        return True


def current_request_id() -> str:
    """:returns: the id of the request that is answered, or that a job was submitted by; empty if there is none"""
    return _request_id.get()


@contextmanager
def of_request(identifier: str) -> Iterator[None]:
    """
    :param identifier: the request that all log lines of the block belong to
    :returns: a block
    """
    token = _request_id.set(identifier)
    try:
        yield
    finally:
        _request_id.reset(token)


@contextmanager
def of_job(identifier: str) -> Iterator[None]:
    """
    :param identifier: the job that all log lines of the block are about
    :returns: a block
    """
    token = _job.set(identifier)
    try:
        yield
    finally:
        _job.reset(token)


def take_up_request(identifier: str) -> None:
    """
    For a task, which begins and ends in two signals and not in one block.

    :param identifier: of the request that a task was sent by; empty at the end of the task
    """
    _request_id.set(identifier)
