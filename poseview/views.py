"""The views of PoseView."""

from proteins_plus.views import job_viewset, object_viewset, submit_view

from . import serializers
from .tasks import poseview_task

PoseviewSubmitView = submit_view(serializers.PoseviewSubmitSerializer, poseview_task)
PoseviewJobViewSet = job_viewset(serializers.PoseviewJobSerializer)
PoseviewInfoViewSet = object_viewset(serializers.PoseviewInfoSerializer)
