"""The project and its job core. The Celery application is loaded with it, so that tasks bind to it."""

from .celery import app as celery_app

__version__ = '0.1.0'
__all__ = ['celery_app']
