"""The Celery task of SIENA."""

from proteins_plus.tasks import job_task

from .models import SienaJob
from .siena_wrapper import SienaWrapper

siena_task = job_task(SienaJob, SienaWrapper)
