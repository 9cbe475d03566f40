"""The parameters of a search: their bounds and defaults are those of the engine."""

from collections.abc import Callable
from typing import Any

from django.core.validators import MaxValueValidator, MinValueValidator, RegexValidator
from django.db import models

from engines.siena.options import BOUNDS, Options, Reduction

REDUCTIONS = [(each.value, each.value) for each in Reduction]
NUMBERS = tuple(BOUNDS)
SWITCHES = (
    'electron_density_available',
    'holo_only',
    'unique_ligands',
    'unique_sequence',
    'complete_residues_only',
    'identical_global_sequence',
    'no_global_mutations',
)
MEMBERS = int(BOUNDS['members'][1])
_EC = RegexValidator(r'^[1-7](\.[0-9]+){0,2}(\.n?[0-9]+)?$', 'An EC number looks like 1.1.1.27, a class like 1.1.')


def number(name: str, kind: Callable[..., Any], about: str) -> Any:
    """
    :param name: of a parameter
    :param kind: of field
    :param about: the parameter
    :returns: a field with its bounds and its default, null where the default is no bound at all
    """
    least, most = BOUNDS[name]
    default = getattr(Options, name)
    bounds = [MinValueValidator(least), MaxValueValidator(most)]
    return kind(null=default is None, default=default, validators=bounds, help_text=about)


def switch(name: str, about: str) -> Any:
    """
    :param name: of a parameter
    :param about: the parameter
    :returns: a field
    """
    return models.BooleanField(default=getattr(Options, name), help_text=about)


def ec_number() -> Any:
    """:returns: the field of an enzyme class"""
    about = 'Only entries of this enzyme class: 1.1.1.27, 1.1.'
    return models.CharField(max_length=16, blank=True, default=Options.ec_number, validators=[_EC], help_text=about)


def reduction() -> Any:
    """:returns: the field of how an ensemble is chosen"""
    about = (
        'How the ensemble is chosen if more is found than it may have: the first by rank, centres of clusters by the '
        'backbone or by all atoms of the site, or sites with different ligands.'
    )
    return models.CharField(max_length=32, choices=REDUCTIONS, default=Options.reduction.value, help_text=about)
