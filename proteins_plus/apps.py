"""The core as a Django app."""

from django.apps import AppConfig, apps
from django.db.models.signals import post_delete


class ProteinsPlusConfig(AppConfig):
    """Connects what happens when any row of the project is deleted, and registers the system checks."""

    name = 'proteins_plus'
    verbose_name = 'ProteinsPlus'

    def ready(self) -> None:
        """Called by Django once all models are loaded."""
        from . import checks, files, models  # noqa: F401  pylint: disable=unused-import

        for model in apps.get_models():
            if issubclass(model, models.ProteinsPlusBaseModel):
                post_delete.connect(files.delete_with_row, sender=model)
            if issubclass(model, models.ProteinsPlusJob):
                post_delete.connect(models.delete_own_rows, sender=model)
