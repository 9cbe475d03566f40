"""The routes of a tool, as every client knows them: submit, ``jobs/``, and one route per further kind of object."""

from django.urls import URLPattern, URLResolver, path
from rest_framework.routers import SimpleRouter
from rest_framework.viewsets import ViewSetMixin

from .views import JobSubmitView, JobViewSet


def object_routes(**viewsets: type[ViewSetMixin]) -> list[URLPattern | URLResolver]:
    """
    :param viewsets: route name to viewset
    :returns: list and detail routes, with canonical trailing slashes
    """
    router = SimpleRouter(use_regex_path=False)
    for name, viewset in viewsets.items():
        router.register(name, viewset, basename=name)
    return router.urls


def tool_routes(
    submit: type[JobSubmitView], jobs: type[JobViewSet], base: str = '', **viewsets: type[ViewSetMixin]
) -> list[URLPattern | URLResolver]:
    """
    :param submit: the view of ``<base>``
    :param jobs: the viewset of ``<base>jobs/``
    :param base: the path below the tool's mount point, empty or with a trailing slash
    :param viewsets: further routes below the mount point
    :returns: URL patterns for the tool's ``urls.py``
    """
    router = SimpleRouter(use_regex_path=False)
    router.register(f'{base}jobs', jobs, basename='jobs')
    return [path(base, submit.as_view(), name='submit'), *router.urls, *object_routes(**viewsets)]
