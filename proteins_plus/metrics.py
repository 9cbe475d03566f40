"""
``/metrics`` for Prometheus: what this server is asked, how fast it answers, and how its jobs fare.

What is counted here is counted by each web process; gunicorn.conf.py gives each a file of its own below the data
folder, and whichever of them is asked adds all files up. Figures of jobs come from :mod:`proteins_plus.job_metrics`.
"""

import os
import re
import time
from collections.abc import Callable
from functools import lru_cache

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.http import require_safe
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, Counter, Histogram, generate_latest
from prometheus_client.multiprocess import MultiProcessCollector

from .env import is_loopback
from .job_metrics import JobCollector

Handler = Callable[[HttpRequest], HttpResponse]

_own = CollectorRegistry()
REQUESTS = Counter('pplus_http_requests', 'Answered requests.', ['route', 'method', 'status'], registry=_own)
SECONDS = Histogram(
    'pplus_http_request_seconds',
    'How long requests took.',
    ['route', 'method'],
    registry=_own,
    buckets=(0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30),
)
SUBMISSIONS = Counter(
    'pplus_submissions', 'Accepted submissions, by what answered them: a new job or the cache.', ['tool', 'by'],
    registry=_own,
)  # fmt: skip

_METHODS = frozenset({'GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'})
_FORWARDED = ('X-Forwarded-For', 'X-Forwarded-Proto', 'X-Real-Ip', 'Forwarded', 'Via')
_PARAMETER = re.compile(r'\(\?P<(\w+)>[^()]*\)|<(?:\w+:)?(\w+)>')


@require_safe
def metrics(request: HttpRequest) -> HttpResponse:
    """
    :param request: of a monitor
    :returns: all figures in the text format of Prometheus
    :raises Http404: for who may not read them (``PPLUS_METRICS``)
    """
    if not may_read(request):
        raise Http404
    registry = CollectorRegistry()
    if os.environ.get('PROMETHEUS_MULTIPROC_DIR'):
        MultiProcessCollector(registry)  # type: ignore[no-untyped-call]
    else:
        registry.register(_own)
    registry.register(JobCollector())
    return HttpResponse(generate_latest(registry), content_type=CONTENT_TYPE_LATEST)


def may_read(request: HttpRequest) -> bool:
    """
    :param request: any
    :returns: whether its sender may read the figures; a proxy on this machine speaks for others and may not
    """
    if settings.METRICS != 'loopback':
        return bool(settings.METRICS == 'everyone')
    forwarded = any(name in request.headers for name in _FORWARDED)
    return not forwarded and is_loopback(request.META.get('REMOTE_ADDR', ''))


def measure(get_response: Handler) -> Handler:
    """
    Middleware: count each request and its time.

    :param get_response: the next handler
    :returns: this one
    """

    def handle(request: HttpRequest) -> HttpResponse:
        """
        :param request: the request
        :returns: the answer
        """
        began = time.perf_counter()
        response = get_response(request)
        match = request.resolver_match
        route = _readable(match.route) if match else 'none'  # else a scan for weak spots would make a figure a path
        method = request.method if request.method in _METHODS else 'other'
        REQUESTS.labels(route, method, str(response.status_code)).inc()
        SECONDS.labels(route, method).observe(time.perf_counter() - began)
        return response

    return handle


def count_submission(tool: str, from_cache: bool) -> None:
    """
    :param tool: the label of a tool
    :param from_cache: whether an earlier equal job answered
    """
    SUBMISSIONS.labels(tool, 'cache' if from_cache else 'new').inc()


@lru_cache(maxsize=512)
def _readable(route: str) -> str:
    """
    :param route: the pattern of a URL, ``^proteins/(?P<pk>[^/.]+)/$``
    :returns: the same for people, ``/proteins/{pk}/``
    """
    plain = _PARAMETER.sub(lambda match: f'{{{match[1] or match[2]}}}', route)
    return '/' + plain.replace('^', '').replace('\\Z', '').replace('$', '').replace('\\', '')
