"""The jobs that this browser has submitted, in a signed cookie: no account, no row in the database."""

from collections.abc import Iterator
from uuid import UUID

from django.http import HttpRequest, HttpResponse

from proteins_plus.models import ProteinsPlusJob
from proteins_plus.tools import ToolConfig, installed

from .page import jobs_of

_COOKIE = 'recent_jobs'
_MOST = 30
_SECONDS = 365 * 24 * 3600


def remember(request: HttpRequest, response: HttpResponse, tool: ToolConfig, job: object) -> None:
    """
    :param request: of the browser
    :param response: gets the cookie
    :param tool: the job's
    :param job: id of the job
    """
    entry = f'{tool.label}:{job}'
    entries = [entry, *(other for other in _entries(request) if other != entry)][:_MOST]
    response.set_signed_cookie(
        _COOKIE, ' '.join(entries), max_age=_SECONDS, httponly=True, samesite='Lax', secure=request.is_secure()
    )


def _entries(request: HttpRequest) -> list[str]:
    """
    :param request: of the browser
    :returns: what its cookie holds, the last job first
    """
    return str(request.get_signed_cookie(_COOKIE, default='') or '').split()


def jobs(request: HttpRequest) -> Iterator[tuple[ToolConfig, ProteinsPlusJob]]:
    """
    :param request: of the browser
    :returns: its jobs that are still there, the last one first; one query a tool
    """
    labels = {tool.label: tool for tool in installed()}
    wanted = [(label, UUID(key)) for label, _, key in (entry.partition(':') for entry in _entries(request))]
    found: dict[tuple[str, UUID], ProteinsPlusJob] = {}
    for label, tool in labels.items():
        keys = [key for name, key in wanted if name == label]
        found.update({(label, job.pk): job for job in jobs_of(tool).filter(pk__in=keys)} if keys else {})
    for label, key in wanted:
        if job := found.get((label, key)):
            yield labels[label], job
