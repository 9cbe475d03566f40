"""The views every tool shares: submit, job, object."""

from functools import lru_cache
from typing import Any, TypeVar, cast

from celery import Task
from django.db.models import Model, QuerySet
from django.http import HttpRequest
from django.views import View
from drf_spectacular.utils import extend_schema
from rest_framework import status
from rest_framework.authentication import SessionAuthentication
from rest_framework.generics import GenericAPIView
from rest_framework.mixins import DestroyModelMixin
from rest_framework.parsers import FormParser, JSONParser, MultiPartParser
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.serializers import ModelSerializer
from rest_framework.throttling import BaseThrottle
from rest_framework.viewsets import ReadOnlyModelViewSet

from . import leases, metrics, queues
from .job_handler import submit_task
from .models import ProteinsPlusJob
from .permissions import MayList
from .serializers import (
    ErrorSerializer,
    ProteinsPlusJobResponseSerializer,
    ProteinsPlusJobSerializer,
    ProteinsPlusJobSubmitSerializer,
    owners_of,
    without_fields,
)
from .tools import tool_of

_View = TypeVar('_View', bound=View)
_list_serializer = lru_cache(maxsize=None)(without_fields)


class JobSubmitView(GenericAPIView):
    """Submission to one tool. A subclass names the serializer of its request and the task."""

    parser_classes = (MultiPartParser, FormParser, JSONParser)
    serializer_class: type[ProteinsPlusJobSubmitSerializer]
    task: Task

    @extend_schema(
        responses={
            202: ProteinsPlusJobResponseSerializer,
            400: ErrorSerializer,
            404: ErrorSerializer,
            413: ErrorSerializer,
            429: ErrorSerializer,
            503: ErrorSerializer,
        }
    )
    def post(self, request: Request) -> Response:
        """
        Submit a job.

        :param request: JSON, multipart or urlencoded
        :returns: 202 with the id to poll; ``Location`` names the job, ``Retry-After`` when to look
        """
        serializer = cast(ProteinsPlusJobSubmitSerializer, self.get_serializer(data=request.data))
        submitted = self.submit(serializer, request)
        location = request.build_absolute_uri(f'{request.path.rstrip("/")}/jobs/{submitted["job_id"]}/')
        headers = {'Location': location, 'Retry-After': str(queues.usual_seconds(tool_of(serializer.job_model)))}
        return Response(submitted, status=status.HTTP_202_ACCEPTED, headers=headers)

    @classmethod
    def submit(cls, serializer: ProteinsPlusJobSubmitSerializer, request: HttpRequest | Request) -> dict[str, Any]:
        """
        Submit what a client sent, over the API or by a page.

        :param serializer: of what was sent
        :param request: tells who sent it
        :returns: ``job_id`` and ``retrieved_from_cache``
        :raises ValidationError: if the request is at fault; so does any error of the domain
        """
        serializer.is_valid(raise_exception=True)
        job = serializer.build_job()
        job.client = queues.client_of(BaseThrottle().get_ident(request))  # type: ignore[arg-type]  # both have META
        submitted = submit_task(job, cls.task, serializer.validated_data['use_cache'])
        metrics.count_submission(job._meta.app_label, submitted['retrieved_from_cache'])
        return dict(submitted)


class ObjectViewSet(ReadOnlyModelViewSet):
    """
    Stored objects by id, and pages of them. A subclass names queryset and serializer.

    Reading an object counts as access. A list leaves out the fields that hold whole files, given as
    ``Meta.content_fields`` of the serializer, and does not read them either.
    """

    authentication_classes = (SessionAuthentication,)
    permission_classes = (MayList,)

    def get_serializer_class(self) -> type[ModelSerializer[Any]]:
        """:returns: the serializer for one object, or the one for a row of a list"""
        full = cast(type[ModelSerializer[Any]], super().get_serializer_class())
        return _list_serializer(full, self._content_fields(full)) if self.action == 'list' else full

    def perform_authentication(self, request: Request) -> None:
        """
        Ask who it is when it matters: :class:`~proteins_plus.permissions.MayList` lets everyone read by id.

        :param request: the request
        """
        if self.action != 'retrieve':
            super().perform_authentication(request)

    def get_queryset(self) -> QuerySet[Any]:
        """:returns: the objects, for a list without their files"""
        queryset = super().get_queryset()
        if self.action != 'list':
            return queryset
        stored = {field.name for field in queryset.model._meta.concrete_fields}
        names = self._content_fields(super().get_serializer_class())
        return queryset.defer(*(name for name in names if name in stored))

    @staticmethod
    def _content_fields(serializer: Any) -> tuple[str, ...]:
        """
        :param serializer: a serializer class
        :returns: the fields a list leaves out
        """
        return getattr(serializer.Meta, 'content_fields', ())

    def get_object(self) -> Any:
        """:returns: the object asked for, marked as accessed"""
        found = super().get_object()
        found.mark_accessed()
        return found


class JobViewSet(DestroyModelMixin, ObjectViewSet):
    """Jobs of one tool. What operators alone may see is not even read."""

    def get_queryset(self) -> QuerySet[ProteinsPlusJob]:
        """:returns: the jobs"""
        return super().get_queryset().defer('error_detailed')

    @extend_schema(responses={204: None, 404: ErrorSerializer})
    def destroy(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """
        Cancel a job that waits or runs; delete one that has ended, with everything that is its own.

        :param request: DELETE
        :param args: not used
        :param kwargs: the id
        :returns: 200 with the canceled job, or 204
        """
        job = self.get_object()
        if leases.cancel(job):
            job.refresh_from_db()
            return Response(self.get_serializer(job).data)
        job.delete()
        return Response(status=status.HTTP_204_NO_CONTENT)


def submit_view(serializer: type[ProteinsPlusJobSubmitSerializer], task: Task) -> type[JobSubmitView]:
    """
    The submission view of a tool that adds nothing to :class:`JobSubmitView`.

    :param serializer: of the request
    :param task: runs the job
    :returns: a view class
    """
    return _derived(JobSubmitView, serializer.job_model, serializer_class=serializer, task=task)


def job_viewset(serializer: type[ProteinsPlusJobSerializer]) -> type[JobViewSet]:
    """
    The viewset of a tool's jobs that adds nothing to :class:`JobViewSet`.

    :param serializer: of a job
    :returns: a viewset class
    """
    model: Any = serializer.Meta.model
    jobs = model.objects.prefetch_related(*set(model.ordered_links().values()))
    return _derived(JobViewSet, model, serializer_class=serializer, queryset=jobs)


def object_viewset(serializer: type[ModelSerializer[Any]]) -> type[ObjectViewSet]:
    """
    The viewset of stored objects that adds nothing to :class:`ObjectViewSet`.

    :param serializer: of an object, which is read together with the job it belongs to, if it does
    :returns: a viewset class
    """
    model: Any = serializer.Meta.model
    owners = owners_of(model)
    rows = model.objects.all()
    if owners:
        rows = rows.select_related(*owners).defer(*(f'{owner}__error_detailed' for owner in owners))
    return _derived(ObjectViewSet, model, serializer_class=serializer, queryset=rows)


def _derived(base: type[_View], model: type[Model], **attributes: Any) -> type[_View]:
    """
    :param base: a class of this module
    :param model: what the view is about; the API description groups by its app and quotes its docstring
    :param attributes: what the subclass declares
    :returns: the subclass
    """
    about = {'__doc__': model.__doc__, '__module__': model.__module__}
    return cast(type[_View], type(f'{model.__name__}{base.__name__}', (base,), {**about, **attributes}))
