"""The views of ToolName."""

from proteins_plus.views import job_viewset, object_viewset, submit_view

from . import serializers
from .tasks import toolname_task

ToolNameSubmitView = submit_view(serializers.ToolNameSubmitSerializer, toolname_task)
ToolNameJobViewSet = job_viewset(serializers.ToolNameJobSerializer)
ToolNameInfoViewSet = object_viewset(serializers.ToolNameInfoSerializer)
