"""What every page shares: how it is drawn, what it says when something is missing, how files leave the server."""

import functools
import mimetypes
from collections.abc import Callable, Iterable, Iterator
from typing import Any, Concatenate, ParamSpec, TypeVar, cast

from django.contrib.staticfiles import finders
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import content_disposition_header

from molecule_handler.models import Protein
from proteins_plus import exceptions, tools
from proteins_plus.models import JobStatus

P = ParamSpec('P')
T = TypeVar('T')
View = Callable[Concatenate[HttpRequest, P], HttpResponseBase]

#: The tool that takes structures in.
UPLOAD = 'preprocessor'
_BUNDLE = 'web/viewer.js'
_NOTHING = ('There is nothing here.', 'It may have expired: results are kept for a while.')
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
    Answer errors as pages, with the words and the status that the API has for them.

    :param view: makes a page
    :returns: the same, which raises nothing
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
            return _sorry(request, 404, *_NOTHING)
        except Exception as error:  # pylint: disable=broad-exception-caught  # what becomes of it is decided there
            answer = exceptions.answer(error, {})
            message = answer.data.get('detail', 'The request cannot be answered.')
            return _sorry(request, answer.status_code, message, answer.data.get('error_hint', ''))

    return safe


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """
    :param request: for a path that does not exist
    :param exception: not used
    :returns: a page for people, JSON for programs; what says nothing of itself is a program
    """
    if request.get_preferred_type(['application/json', 'text/html']) == 'text/html':
        return _sorry(request, 404, *_NOTHING)
    return exceptions.not_found(request, exception)


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
    # Templates call them where they need them; polls do not.
    shared = {'tools': tools.installed, 'has_viewer': _has_viewer}
    return render(request, f'web/{name}.html', {**shared, **context}, status=status)


def _has_viewer() -> bool:
    """:returns: whether the 3D viewer was built"""
    return finders.find(_BUNDLE) is not None


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


def jobs_of(tool: tools.ToolConfig) -> QuerySet[Any]:
    """
    :param tool: a tool
    :returns: its jobs with the proteins that they refer to, without what is long or for operators alone
    """
    model: Any = tool.job_model
    proteins = [field.name for field in model._meta.concrete_fields if field.related_model is Protein]
    rows = model._base_manager.select_related(*proteins) if proteins else model._base_manager.all()
    return cast(QuerySet[Any], rows.defer('error_detailed', *(f'{name}__file_string' for name in proteins)))


def named_or_404(things: Iterable[T], name: str, attribute: str = 'key') -> T:
    """
    :param things: of a result
    :param name: of one of them
    :param attribute: that holds it
    :returns: the one
    :raises Http404: if there is none
    """
    for thing in things:
        if getattr(thing, attribute) == name:
            return thing
    raise Http404


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
