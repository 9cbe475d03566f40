"""The views of EDIAscorer."""

from proteins_plus.views import job_viewset, object_viewset, submit_view

from . import serializers
from .tasks import ediascorer_task

EdiascorerSubmitView = submit_view(serializers.EdiascorerSubmitSerializer, ediascorer_task)
EdiascorerJobViewSet = job_viewset(serializers.EdiascorerJobSerializer)
EdiaScoresViewSet = object_viewset(serializers.EdiaScoresSerializer)
