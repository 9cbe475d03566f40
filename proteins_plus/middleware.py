"""Middleware: a request id for the log, and answers to paths without their trailing slash."""

import logging
import re
import uuid
from collections.abc import Callable
from contextvars import ContextVar

from django.http import HttpRequest, HttpResponse
from django.urls import is_valid_path

Handler = Callable[[HttpRequest], HttpResponse]

_request_id: ContextVar[str] = ContextVar('request_id', default='')
_SAFE_ID = re.compile(r'[A-Za-z0-9-]{8,64}', re.ASCII)


class RequestIdFilter(logging.Filter):
    """Puts the id of the current request into every log record."""

    def filter(self, record: logging.LogRecord) -> bool:
        """
        :param record: a log record; receives ``request_id``
        :returns: True: nothing is dropped
        """
        record.request_id = _request_id.get()
        return True


def request_id(get_response: Handler) -> Handler:
    """
    Give each request an id, or keep the one a proxy gave it, and answer it as ``X-Request-ID``.

    :param get_response: the next handler
    :returns: this one
    """

    def handle(request: HttpRequest) -> HttpResponse:
        """
        :param request: the request
        :returns: the answer
        """
        given = request.headers.get('X-Request-ID', '')
        identifier = given if _SAFE_ID.fullmatch(given) else uuid.uuid4().hex
        token = _request_id.set(identifier)
        try:
            response = get_response(request)
        finally:
            _request_id.reset(token)
        response.headers['X-Request-ID'] = identifier
        return response

    return handle


def answer_without_slash(get_response: Handler) -> Handler:
    """
    Answer a path whose trailing slash was forgotten as if it were there: a redirect would lose the body of a POST.

    :param get_response: the next handler
    :returns: this one
    """

    def handle(request: HttpRequest) -> HttpResponse:
        """
        :param request: the request
        :returns: the answer
        """
        path = request.path_info
        if not path.endswith('/') and not is_valid_path(path) and is_valid_path(f'{path}/'):
            request.path_info = f'{path}/'
            request.path = f'{request.path}/'
        return get_response(request)

    return handle
