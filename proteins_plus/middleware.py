"""Middleware: a request id for the log, the policy of all pages, and answers to paths without their trailing slash."""

import re
import uuid
from collections.abc import Callable

from csp.utils import build_policy
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.urls import is_valid_path

from . import log_context

Handler = Callable[[HttpRequest], HttpResponse]

_SAFE_ID = re.compile(r'[A-Za-z0-9-]{8,64}', re.ASCII)


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
        with log_context.of_request(identifier):
            response = get_response(request)
        response.headers['X-Request-ID'] = identifier
        return response

    return handle


def content_security_policy(get_response: Handler) -> Handler:
    """
    Send the policy of the settings with each answer that has none of its own. django-csp's middleware would build it
    anew for each of them, which is a sixteenth of what answering a poll takes.

    :param get_response: the next handler
    :returns: this one
    """
    policy = build_policy()

    def handle(request: HttpRequest) -> HttpResponse:
        """
        :param request: the request
        :returns: the answer
        """
        response = get_response(request)
        of_debugging = settings.DEBUG and response.status_code in (404, 500)  # pages of Django with a style inside
        if not of_debugging:
            response.headers.setdefault('Content-Security-Policy', policy)
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
