"""What every page shares: how it is drawn, what it says when something is missing, how files leave the server."""

import functools
import mimetypes
from collections.abc import Callable, Iterator
from typing import Any, Concatenate, ParamSpec

from django.contrib.staticfiles import finders
from django.http import Http404, HttpRequest, HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import content_disposition_header
from rest_framework.throttling import BaseThrottle

from proteins_plus import tools
from proteins_plus.errors import BusyError, ProteinsPlusError
from proteins_plus.models import JobStatus

P = ParamSpec('P')
View = Callable[Concatenate[HttpRequest, P], HttpResponseBase]

#: The tool that takes structures in.
UPLOAD = 'preprocessor'
_BUNDLE = 'web/viewer.js'
_TYPES = {
    '.pdb': 'chemical/x-pdb',
    '.cif': 'chemical/x-cif',
    '.sdf': 'chemical/x-mdl-sdfile',
    '.ccp4': 'application/octet-stream',
    '.mvsj': 'application/json',
    '.mvsx': 'application/zip',
    '.pml': 'text/plain',
}


def page(view: View[P]) -> View[P]:
    """
    Answer errors as pages: what is not there, and what the server cannot do just now.

    :param view: makes a page
    :returns: the same, which raises neither 404 nor an error of the domain
    """

    @functools.wraps(view)
    def safe(request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
        """
        :param request: of the page
        :param args: of the view
        :param kwargs: of the view
        :returns: the page, or one that says what is wrong
        """
        try:
            return view(request, *args, **kwargs)
        except Http404:
            return _sorry(request, 404, 'There is nothing here.', 'It may have expired: results are kept for a while.')
        except BusyError as error:
            return _sorry(request, 503, error.message, error.hint)
        except ProteinsPlusError as error:
            return _sorry(request, 503, error.message, error.hint)

    return safe


def _sorry(request: HttpRequest, status: int, message: str, hint: str) -> HttpResponse:
    """
    :param request: of the page
    :param status: HTTP status
    :param message: what is wrong
    :param hint: what to do
    :returns: the page that says so
    """
    return draw(request, 'error', {'message': message, 'hint': hint}, status=status)


def draw(request: HttpRequest, name: str, context: dict[str, Any], status: int = 200) -> HttpResponse:
    """
    :param request: of the page
    :param name: of a template in ``web/``
    :param context: what it shows
    :param status: HTTP status
    :returns: the page
    """
    shared = {'tools': list(tools.installed()), 'has_viewer': finders.find(_BUNDLE) is not None}
    return render(request, f'web/{name}.html', {**shared, **context}, status=status)


def tool_or_404(label: str) -> tools.ToolConfig:
    """
    :param label: of an app
    :returns: the tool
    :raises Http404: if there is no such tool
    """
    for tool in tools.installed():
        if tool.label == label:
            return tool
    raise Http404


def address_after(tool: tools.ToolConfig, job: Any) -> str:
    """
    :param tool: a tool
    :param job: one of its jobs
    :returns: what its user wants to see: of an upload that has succeeded the structure, else the job
    """
    if tool.label == UPLOAD and job.status == JobStatus.SUCCESS and job.output_protein_id:
        return reverse('web:structure', args=[job.output_protein_id])
    return reverse('web:job', args=[tool.label, job.pk])


def address_of(request: HttpRequest) -> str:
    """
    :param request: of a page
    :returns: the network address of its client, as for the API
    """
    return str(BaseThrottle().get_ident(request))  # type: ignore[arg-type]  # it reads META, which both have


def attachment(name: str, content: bytes | Iterator[bytes]) -> HttpResponseBase:
    """
    :param name: of the file
    :param content: of the file, which may be a user's; piece by piece if it is large
    :returns: an answer that a browser saves and never shows as a page
    """
    suffix = f'.{name.rpartition(".")[2]}'
    kind = _TYPES.get(suffix) or mimetypes.guess_type(name)[0] or 'application/octet-stream'
    answer = HttpResponse if isinstance(content, bytes) else StreamingHttpResponse
    response: HttpResponseBase = answer(content, content_type=kind)
    response.headers['Content-Disposition'] = content_disposition_header(True, name) or 'attachment'
    response.headers['Content-Security-Policy'] = "default-src 'none'; sandbox"
    response.headers['Cache-Control'] = 'private, max-age=3600'
    return response
