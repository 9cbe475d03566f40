"""The views of StructureProfiler."""

from proteins_plus.views import job_viewset, object_viewset, submit_view

from . import serializers
from .tasks import structureprofiler_task

StructureprofilerSubmitView = submit_view(serializers.StructureprofilerSubmitSerializer, structureprofiler_task)
StructureprofilerJobViewSet = job_viewset(serializers.StructureprofilerJobSerializer)
StructureprofilerOutputViewSet = object_viewset(serializers.StructureprofilerOutputSerializer)
