"""The Celery task of DoGSite."""

from proteins_plus.tasks import job_task

from .dogsite_wrapper import DogsiteWrapper
from .models import DogsiteJob

dogsite_task = job_task(DogsiteJob, DogsiteWrapper)
