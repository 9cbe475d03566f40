"""The Celery task of GeoMine."""

from proteins_plus.tasks import job_task

from .geomine_wrapper import GeomineWrapper
from .models import GeomineJob

geomine_task = job_task(GeomineJob, GeomineWrapper)
