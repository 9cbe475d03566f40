"""The Celery task of the preprocessor."""

from proteins_plus.tasks import job_task

from .models import PreprocessorJob
from .preprocessor_wrapper import PreprocessorWrapper

preprocessor_task = job_task(PreprocessorJob, PreprocessorWrapper)
