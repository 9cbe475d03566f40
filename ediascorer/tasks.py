"""The Celery task of EDIAscorer."""

from proteins_plus.tasks import job_task

from .ediascorer_wrapper import EdiascorerWrapper
from .models import EdiascorerJob

ediascorer_task = job_task(EdiascorerJob, EdiascorerWrapper)
