"""The page of a job: how far it is, and what came out of it."""

from typing import Any
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from proteins_plus import leases, queues
from proteins_plus.models import JobStatus, ProteinsPlusJob
from proteins_plus.serializers import ProteinsPlusJobSerializer
from proteins_plus.tools import ToolConfig

from .archive import archive as zip_of
from .archive import mvsj, mvsx
from .page import address_after, attachment, draw, jobs_of, named_or_404, page, tool_or_404
from .results import Result, result_of
from .tables import csv_text


@require_safe
@page
def show(request: HttpRequest, label: str, pk: UUID) -> HttpResponse:
    """
    :param request: GET
    :param label: of the tool
    :param pk: id of a job
    :returns: its progress, what went wrong, or its result
    """
    tool, job = _job(label, pk)
    context = _progress(tool, job)
    if job.status == JobStatus.SUCCESS:
        context['result'] = result_of(job)
        context['expires'] = ProteinsPlusJobSerializer().get_expires(job)
    return draw(request, 'job', context)


@require_safe
@page
def progress(request: HttpRequest, label: str, pk: UUID) -> HttpResponse:
    """
    What a page that is open asks again and again; it costs three queries.

    :param request: GET
    :param label: of the tool
    :param pk: id of a job
    :returns: the part of its page that changes; when the job has ended, the order to look at the result
    """
    tool, job = _job(label, pk)
    response = draw(request, 'part_progress', _progress(tool, job))
    if job.status in JobStatus.ended():
        response.headers['HX-Redirect'] = address_after(tool, job)
    return response


def _progress(tool: ToolConfig, job: ProteinsPlusJob) -> dict[str, Any]:
    """
    :param tool: the tool
    :param job: one of its jobs
    :returns: how far it is
    """
    begun = job.date_started or job.date_created
    return {
        'tool': tool,
        'job': job,
        'active': job.status not in JobStatus.ended(),
        'position': queues.position(job),
        'elapsed': ((job.date_finished or timezone.now()) - begun).total_seconds(),
        'usual': queues.usual_seconds(tool),
        'next': address_after(tool, job),
    }


@require_POST
@page
def cancel(request: HttpRequest, label: str, pk: UUID) -> HttpResponse:
    """
    :param request: POST
    :param label: of the tool
    :param pk: id of a job
    :returns: the way back to it, whether it could still be canceled or had ended
    """
    tool, job = _job(label, pk)
    leases.cancel(job)
    return redirect('web:job', label=tool.label, pk=pk)


@require_safe
@page
def file(request: HttpRequest, label: str, pk: UUID, name: str) -> HttpResponseBase:
    """
    :param request: GET
    :param label: of the tool
    :param pk: id of a job
    :param name: of a file of its result
    :returns: the file
    """
    _, result = _result(label, pk)
    return attachment(name, named_or_404(result.files, name, 'name').read())


@require_safe
@page
def table(request: HttpRequest, label: str, pk: UUID, key: str) -> HttpResponseBase:
    """
    :param request: GET
    :param label: of the tool
    :param pk: id of a job
    :param key: of a table of its result
    :returns: the table as CSV
    """
    _, result = _result(label, pk)
    return attachment(f'{key}.csv', csv_text(named_or_404(result.tables, key)).encode())


@require_safe
@page
def scene(request: HttpRequest, label: str, pk: UUID, key: str) -> HttpResponseBase:
    """
    :param request: GET
    :param label: of the tool
    :param pk: id of a job
    :param key: of a scene of its result
    :returns: the scene, which names its data by addresses relative to its own
    """
    _, result = _result(label, pk)
    return attachment(f'{key}.mvsj', mvsj(named_or_404(result.scenes, key).build()))


@require_safe
@page
def scene_archive(request: HttpRequest, label: str, pk: UUID, key: str) -> HttpResponseBase:
    """
    :param request: GET
    :param label: of the tool
    :param pk: id of a job
    :param key: of a scene of its result
    :returns: the scene with its data, for any page with Mol*
    """
    _, result = _result(label, pk)
    return attachment(f'{key}.mvsx', mvsx(result, named_or_404(result.scenes, key)))


@require_safe
@page
def archive(request: HttpRequest, label: str, pk: UUID) -> HttpResponseBase:
    """
    :param request: GET
    :param label: of the tool
    :param pk: id of a job
    :returns: everything of its result
    """
    job, result = _result(label, pk)
    return attachment(f'{label}-{pk}.zip', zip_of(result, job))


def _job(label: str, pk: UUID) -> tuple[ToolConfig, ProteinsPlusJob]:
    """
    :param label: of the tool
    :param pk: id of a job
    :returns: tool and job; to be looked at counts as access
    :raises Http404: if there is none
    """
    tool = tool_or_404(label)
    job = get_object_or_404(jobs_of(tool), pk=pk)
    job.mark_accessed()
    return tool, job


def _result(label: str, pk: UUID) -> tuple[ProteinsPlusJob, Result]:
    """
    :param label: of the tool
    :param pk: id of a job
    :returns: job and result
    :raises Http404: if there is none, or the job has not succeeded
    """
    _, job = _job(label, pk)
    if job.status != JobStatus.SUCCESS:
        raise Http404
    return job, result_of(job)
