"""The views of DoGSite."""

from proteins_plus.views import job_viewset, object_viewset, submit_view

from . import serializers
from .tasks import dogsite_task

DogsiteSubmitView = submit_view(serializers.DogsiteSubmitSerializer, dogsite_task)
DogsiteJobViewSet = job_viewset(serializers.DogsiteJobSerializer)
DogsiteInfoViewSet = object_viewset(serializers.DogsiteInfoSerializer)
