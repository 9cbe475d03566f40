"""The views of GeoMine."""

from pathlib import Path

from django.conf import settings
from django.http import FileResponse, HttpRequest
from django.views.decorators.http import require_safe

from proteins_plus.views import job_viewset, object_viewset, submit_view

from . import serializers
from .tasks import geomine_task

GeomineSubmitView = submit_view(serializers.GeomineSubmitSerializer, geomine_task)
GeomineJobViewSet = job_viewset(serializers.GeomineJobSerializer)
GeomineInfoViewSet = object_viewset(serializers.GeomineInfoSerializer)

SCHEMA = Path(settings.BASE_DIR) / 'engines' / 'geomine' / 'query.schema.json'


@require_safe
def query_schema(_: HttpRequest) -> FileResponse:
    """
    :returns: the JSON schema of queries
    """
    return FileResponse(SCHEMA.open('rb'), content_type='application/schema+json')
