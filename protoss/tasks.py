"""The Celery task of Protoss."""

from proteins_plus.tasks import job_task

from .models import ProtossJob
from .protoss_wrapper import ProtossWrapper

protoss_task = job_task(ProtossJob, ProtossWrapper)
