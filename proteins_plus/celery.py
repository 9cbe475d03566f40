"""The Celery application; everything it is configured by stands in :mod:`proteins_plus.settings`."""

import os

from celery import Celery

os.environ.setdefault('DJANGO_SETTINGS_MODULE', 'proteins_plus.settings')

app = Celery('proteins_plus')
app.config_from_object('django.conf:settings', namespace='CELERY')
app.autodiscover_tasks()
