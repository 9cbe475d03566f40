"""The Celery task of ToolName."""

from proteins_plus.tasks import job_task

from .models import ToolNameJob
from .toolname_wrapper import ToolNameWrapper

toolname_task = job_task(ToolNameJob, ToolNameWrapper)
