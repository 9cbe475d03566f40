"""``manage.py reap_jobs``: one sweep of the reaper, for a timer of the operating system."""

from typing import Any

from django.core.management.base import BaseCommand

from proteins_plus import reaper


class Command(BaseCommand):
    """Announce jobs nobody was told about; requeue or fail jobs whose worker fell silent."""

    help = __doc__ or ''

    def handle(self, *args: Any, **options: Any) -> None:
        """
        :param args: none
        :param options: Django's own
        """
        reaped = reaper.reap()
        self.stdout.write(f'{reaped.announced} announced, {reaped.requeued} requeued, {reaped.failed} failed for good.')
