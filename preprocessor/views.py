"""The views of the preprocessor."""

from proteins_plus.views import job_viewset, object_viewset, submit_view

from . import serializers
from .tasks import preprocessor_task

PreprocessorSubmitView = submit_view(serializers.PreprocessorSubmitSerializer, preprocessor_task)
PreprocessorJobViewSet = job_viewset(serializers.PreprocessorJobSerializer)
PreprocessorJobDataViewSet = object_viewset(serializers.PreprocessorJobDataSerializer)
