"""The server as it is where nobody has built the viewer: gunicorn's application for one test."""

from proteins_plus.wsgi import application
from web import page

__all__ = ('application',)
page._BUNDLE = 'web/never-built.js'
