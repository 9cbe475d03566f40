"""``manage.py clean_molecule_data``: the nightly clean-up."""

from dataclasses import asdict
from typing import Any

from django.core.management.base import BaseCommand

from molecule_handler.clean_up import clean_up


class Command(BaseCommand):
    """Remove stale jobs, unused molecules, files without a row and work directories of dead workers."""

    help = __doc__ or ''

    def handle(self, *args: Any, **options: Any) -> None:
        """
        :param args: none
        :param options: Django's own
        """
        removed = ', '.join(f'{count} {what.replace("_", " ")}' for what, count in asdict(clean_up()).items())
        self.stdout.write(f'Removed {removed}.')
