"""The web pages as a Django app."""

from django.apps import AppConfig


class WebConfig(AppConfig):
    """Pages for people; whatever a page does, the API does as well."""

    name = 'web'
