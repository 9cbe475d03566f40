"""The form of a tool: shown, submitted, and told as code."""

from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.views.decorators.http import require_http_methods, require_POST
from rest_framework.exceptions import ValidationError

from molecule_handler.models import Protein
from proteins_plus.errors import BusyError, InputError
from proteins_plus.tools import ToolConfig

from . import forms, recent, snippets
from .page import address_after, draw, jobs_of, page, tool_or_404


@require_http_methods(['GET', 'HEAD', 'POST'])
@page
def form(request: HttpRequest, label: str) -> HttpResponse:
    """
    The form of a tool; ``?protein=<id>`` names the structure, ``?job=<id>`` a job whose settings are filled in,
    ``?example`` fills in the example of the tool.

    :param request: GET, or POST with what is filled in
    :param label: of the tool
    :returns: the form, with what is wrong, or the way to the job
    """
    tool = tool_or_404(label)
    if request.method == 'POST':
        return submit(request, tool, _posted(request))
    values = forms.example_of(tool) if 'example' in request.GET else _of_job(tool, request.GET.get('job', ''))
    protein = _protein(request.GET.get('protein', '') or str(values.get('protein_id', '')))
    return _drawn(request, tool, forms.make(tool, protein, values))


@require_POST
@page
def code(request: HttpRequest, label: str) -> HttpResponse:
    """
    What is filled in, as code.

    :param request: POST with what is filled in
    :param label: of the tool
    :returns: a part of the page
    """
    tool = tool_or_404(label)
    return draw(request, 'part_code', {'code': _code(request, tool, _posted(request))})


def submit(request: HttpRequest, tool: ToolConfig, data: dict[str, Any]) -> HttpResponse:
    """
    Submit a job as the API would.

    :param request: of the page
    :param tool: the tool
    :param data: what is filled in
    :returns: the way to the job, or the form with what is wrong
    """
    view = forms.submission_to(tool)
    try:
        submitted = view.submit(view.serializer_class(data=data), request)
    except ValidationError as error:
        return _again(request, tool, data, _errors(error.detail), 400)
    except BusyError as error:
        return _again(request, tool, data, {'': [f'{error.message} {error.hint}']}, 503)
    except InputError as error:
        return _again(request, tool, data, {error.field or '': [f'{error.message} {error.hint}'.strip()]}, 400)
    job = jobs_of(tool).get(pk=submitted['job_id'])
    response = redirect(address_after(tool, job))  # an equal earlier job may have ended long ago
    recent.remember(request, response, tool, submitted['job_id'])
    return response


def _again(
    request: HttpRequest, tool: ToolConfig, data: dict[str, Any], errors: dict[str, list[str]], status: int
) -> HttpResponse:
    """
    :param request: of the page
    :param tool: the tool
    :param data: what was filled in
    :param errors: what is wrong, by field
    :param status: HTTP status
    :returns: the form once more
    """
    protein = _protein(str(data.get('protein_id', '')))
    return _drawn(request, tool, forms.make(tool, protein, data, errors), status)


def _drawn(request: HttpRequest, tool: ToolConfig, filled: forms.Form, status: int = 200) -> HttpResponse:
    """
    :param request: of the page
    :param tool: the tool
    :param filled: its form
    :param status: HTTP status
    :returns: the page
    """
    data = {shown.name: shown.value for shown in filled.fields if shown.value not in ('', None)}
    if filled.protein:
        data['protein_id'] = str(filled.protein.pk)
    shown = {'tool': tool, 'form': filled, 'code': _code(request, tool, data), 'example': forms.example_of(tool)}
    return draw(request, 'form', shown, status)


def _code(request: HttpRequest, tool: ToolConfig, data: dict[str, Any]) -> list[tuple[str, str]]:
    """
    :param request: of the page, which knows how the server is called
    :param tool: the tool
    :param data: what is filled in
    :returns: the submission in languages
    """
    return snippets.snippets(request.build_absolute_uri(tool.api_path), tool, data)


def _posted(request: HttpRequest) -> dict[str, Any]:
    """
    :param request: POST
    :returns: what is filled in; the last of several values, since a checkbox follows the value for unchecked
    """
    written = {name: request.POST[name] for name in request.POST if name != 'csrfmiddlewaretoken'}
    return {**{name: value for name, value in written.items() if value}, **request.FILES.dict()}


def _errors(detail: Any) -> dict[str, list[str]]:
    """
    :param detail: of a validation error
    :returns: sentences by field
    """
    if isinstance(detail, dict):
        return {str(name): [str(one) for one in several] for name, several in detail.items()}
    return {'': [str(one) for one in detail]}


def _of_job(tool: ToolConfig, key: str) -> dict[str, Any]:
    """
    :param tool: the tool
    :param key: id of one of its jobs, or empty
    :returns: what its form was filled in with
    :raises Http404: if there is no such job
    """
    if not key:
        return {}
    return forms.values_of(_get(jobs_of(tool), key))


def _protein(key: str) -> Protein | None:
    """
    :param key: id of a protein, or empty
    :returns: the protein
    :raises Http404: if there is no such protein
    """
    return _get(Protein.objects.defer('file_string'), key) if key else None


def _get(rows: QuerySet[Any], key: str) -> Any:
    """
    :param rows: among which it is looked for
    :param key: an id, as somebody wrote it
    :returns: the row
    :raises Http404: if there is none
    """
    try:
        return get_object_or_404(rows, pk=UUID(key))
    except ValueError as error:
        raise Http404 from error
