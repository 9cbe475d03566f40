"""The shared molecules as a Django app."""

from django.apps import AppConfig


class MoleculeHandlerConfig(AppConfig):
    """Molecules that tools take in and give out."""

    name = 'molecule_handler'
    verbose_name = 'Molecule handler'
