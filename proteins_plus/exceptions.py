"""The one place that turns an error into an answer: the shapes clients know, plus a stable code and a hint."""

import logging
from typing import Any

from django.core.exceptions import RequestDataTooBig, SuspiciousOperation, TooManyFilesSent
from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, JsonResponse, UnreadablePostError
from rest_framework import exceptions, status
from rest_framework.response import Response
from rest_framework.views import exception_handler, set_rollback

from .errors import STORAGE, BusyError, InputError, NotFoundError, ProteinsPlusError, QuotaError

logger = logging.getLogger(__name__)

_BUSY = ('The database is busy.', 'server.busy', 'Try again in a few seconds.')
_BUG = (
    'The server made a mistake.',
    'server.fault',
    'Please report it with the X-Request-ID of this answer.',
)


def answer(error: Exception, context: dict[str, Any]) -> Response:
    """
    REST framework's exception handler.

    Validation errors keep their shape, ``{"<field>": [..]}`` or ``{"detail": ..}``, and gain ``error_code``.

    :param error: what a view raised
    :param context: the view and the request
    :returns: 4xx for what the client did, 503 for what will pass, 500 for our mistakes; never a traceback
    """
    if isinstance(error, ProteinsPlusError):
        set_rollback()
        return _domain_answer(error)
    if isinstance(error, RequestDataTooBig | TooManyFilesSent):
        return _plain(status.HTTP_413_REQUEST_ENTITY_TOO_LARGE, str(error), 'upload.too_large')
    if isinstance(error, SuspiciousOperation | UnreadablePostError):  # the latter: the client has gone
        return _plain(status.HTTP_400_BAD_REQUEST, 'The request is malformed.', 'request.malformed')
    response = exception_handler(error, context)
    if response is not None:
        if isinstance(response.data, dict):
            response.data['error_code'] = _code_of(error)
        return response
    set_rollback()
    if isinstance(error, OSError):
        logger.error('The system failed under a request', exc_info=error)
        return _plain(status.HTTP_503_SERVICE_UNAVAILABLE, *STORAGE)
    if isinstance(error, OperationalError | InterfaceError):
        logger.warning('The database did not answer', exc_info=error)
        busy = _plain(status.HTTP_503_SERVICE_UNAVAILABLE, *_BUSY)
        busy.headers['Retry-After'] = '5'
        return busy
    logger.error('A request hit a bug', exc_info=error)
    return _plain(status.HTTP_500_INTERNAL_SERVER_ERROR, *_BUG)


def _domain_answer(error: ProteinsPlusError) -> Response:
    """
    :param error: an error of the domain
    :returns: its answer
    """
    if isinstance(error, NotFoundError):
        return _plain(status.HTTP_404_NOT_FOUND, error.message, error.code, error.hint)
    if isinstance(error, InputError):
        body: dict[str, Any] = {error.field or 'non_field_errors': [error.message], 'error_code': error.code}
        if error.hint:
            body['error_hint'] = error.hint
        return Response(body, status=status.HTTP_400_BAD_REQUEST)
    if isinstance(error, BusyError):
        quota = isinstance(error, QuotaError)
        code = status.HTTP_429_TOO_MANY_REQUESTS if quota else status.HTTP_503_SERVICE_UNAVAILABLE
        busy = _plain(code, error.message, error.code, error.hint)
        busy.headers['Retry-After'] = str(error.retry_after)
        return busy
    logger.error('A request failed', exc_info=error)
    return _plain(status.HTTP_503_SERVICE_UNAVAILABLE, error.message, error.code, error.hint)


def _plain(code: int, message: str, error_code: str, hint: str = '') -> Response:
    """
    :param code: the HTTP status
    :param message: a sentence
    :param error_code: a stable code
    :param hint: what to do next
    :returns: an answer with ``detail``
    """
    body = {'detail': message, 'error_code': error_code}
    return Response({**body, 'error_hint': hint} if hint else body, status=code)


def _code_of(error: Exception) -> str:
    """
    :param error: an error of REST framework or one it understands
    :returns: a stable code; for several errors the first
    """
    if not isinstance(error, exceptions.APIException):
        return 'input.not_found' if type(error).__name__ == 'Http404' else 'request.denied'
    codes: Any = error.get_codes()
    while isinstance(codes, dict | list):
        items = list(codes.values()) if isinstance(codes, dict) else codes
        codes = next((item for item in items if item), 'invalid')
    return (
        codes
        if '.' in codes
        else f'input.{codes}'
        if isinstance(error, exceptions.ValidationError)
        else f'request.{codes}'
    )


def not_found(request: HttpRequest, exception: Exception) -> JsonResponse:
    """
    :param request: a request for a path that does not exist
    :param exception: not used
    :returns: 404 as JSON
    """
    return JsonResponse({'detail': 'Not found.', 'error_code': 'request.not_found'}, status=404)


def bad_request(request: HttpRequest, exception: Exception) -> JsonResponse:
    """
    :param request: a request Django refused
    :param exception: not used
    :returns: 400 as JSON
    """
    return JsonResponse({'detail': 'The request is malformed.', 'error_code': 'request.malformed'}, status=400)


def server_error(request: HttpRequest) -> JsonResponse:
    """
    :param request: a request that hit a bug outside REST framework
    :returns: 500 as JSON, without a word about the cause
    """
    message, code, hint = _BUG
    return JsonResponse({'detail': message, 'error_code': code, 'error_hint': hint}, status=500)
