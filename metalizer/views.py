"""The views of METALizer."""

from proteins_plus.views import job_viewset, object_viewset, submit_view

from . import serializers
from .tasks import metalizer_task

MetalizerSubmitView = submit_view(serializers.MetalizerSubmitSerializer, metalizer_task)
MetalizerJobViewSet = job_viewset(serializers.MetalizerJobSerializer)
MetalizerInfoViewSet = object_viewset(serializers.MetalizerInfoSerializer)
