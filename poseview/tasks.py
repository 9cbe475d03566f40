"""The Celery task of PoseView."""

from proteins_plus.tasks import job_task

from .models import PoseviewJob
from .poseview_wrapper import PoseviewWrapper

poseview_task = job_task(PoseviewJob, PoseviewWrapper)
