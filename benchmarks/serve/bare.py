"""The reference: Django alone, parsing the same body and asking the same table once. A WSGI application of its own."""

import json
import os

os.environ.setdefault('DJANGO_SETTINGS_MODULE', 'proteins_plus.settings')

import django

django.setup()

from django.conf import settings  # noqa: E402
from django.core.wsgi import get_wsgi_application  # noqa: E402
from django.http import HttpRequest, HttpResponse, JsonResponse  # noqa: E402
from django.urls import path  # noqa: E402

from preprocessor.models import PreprocessorJob  # noqa: E402


def post(request: HttpRequest) -> HttpResponse:
    """
    :param request: with an uploaded structure
    :returns: the id of a job found by its unique hash, after the structure was read
    """
    file = request.FILES['protein_file']
    size = len(file.read().decode()) if not isinstance(file, list) else 0
    found = PreprocessorJob.objects.filter(hash_value=request.GET['hash']).only('pk').first()
    return JsonResponse({'job_id': str(found.pk) if found else None, 'size': size}, status=202)


def get(_: HttpRequest, identifier: str) -> HttpResponse:
    """
    :param identifier: of a job
    :returns: its row
    """
    row = PreprocessorJob.objects.filter(pk=identifier).values('id', 'status', 'error', 'date_created').get()
    return HttpResponse(json.dumps(row, default=str), content_type='application/json')


urlpatterns = [path('post/', post), path('get/<str:identifier>/', get), path('healthz', lambda _: HttpResponse('ok'))]
settings.ROOT_URLCONF = __name__
settings.MIDDLEWARE = []
application = get_wsgi_application()
