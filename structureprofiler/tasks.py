"""The Celery task of StructureProfiler."""

from proteins_plus.tasks import job_task

from .models import StructureprofilerJob
from .structureprofiler_wrapper import StructureprofilerWrapper

structureprofiler_task = job_task(StructureprofilerJob, StructureprofilerWrapper)
