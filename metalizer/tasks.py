"""The Celery task of METALizer."""

from proteins_plus.tasks import job_task

from .metalizer_wrapper import MetalizerWrapper
from .models import MetalizerJob

metalizer_task = job_task(MetalizerJob, MetalizerWrapper)
