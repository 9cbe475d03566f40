"""The views of SIENA."""

from proteins_plus.views import job_viewset, object_viewset, submit_view

from . import serializers
from .tasks import siena_task

SienaSubmitView = submit_view(serializers.SienaSubmitSerializer, siena_task)
SienaJobViewSet = job_viewset(serializers.SienaJobSerializer)
SienaInfoViewSet = object_viewset(serializers.SienaInfoSerializer)
