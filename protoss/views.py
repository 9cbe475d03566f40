"""The views of Protoss."""

from proteins_plus.views import job_viewset, object_viewset, submit_view

from . import serializers
from .tasks import protoss_task

ProtossSubmitView = submit_view(serializers.ProtossSubmitSerializer, protoss_task)
ProtossJobViewSet = job_viewset(serializers.ProtossJobSerializer)
ProtossReportViewSet = object_viewset(serializers.ProtossReportSerializer)
