"""The job of METALizer and the geometries it found."""

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models

from molecule_handler.models import Protein
from proteins_plus.models import ProteinsPlusBaseModel, ProteinsPlusJob


class MetalizerInfo(ProteinsPlusBaseModel):
    """How atoms coordinate the metals; it dies with its job."""

    info = models.JSONField(help_text='The metal that was named, or the first one.')
    metals = models.JSONField(default=list, help_text='Every metal that was looked at.')


class MetalizerJob(ProteinsPlusJob):
    """Find the coordination geometry of metals."""

    input_protein = models.ForeignKey(Protein, models.CASCADE, related_name='+')
    residue_id = models.CharField(
        max_length=16,
        blank=True,
        default='',
        help_text='Number and insertion code of the residue with the metal: 1300.',
    )
    chain_id = models.CharField(max_length=16, blank=True, default='', help_text='Chain of the metal.')
    name = models.CharField(
        max_length=16,
        blank=True,
        default='',
        help_text='Of the metal: that of its atom, its residue or its element. All metals unless one is named.',
    )
    distance_threshold = models.FloatField(
        default=3.0,
        validators=[MinValueValidator(1.0), MaxValueValidator(5.0)],
        help_text='Largest distance of a coordinating atom, in \u00c5.',
    )
    output_protein = models.ForeignKey(
        Protein,
        models.CASCADE,
        null=True,
        default=None,
        related_name='+',
        help_text='The structure with its coordination as LINK or struct_conn records.',
    )
    metalizer_info = models.OneToOneField(
        MetalizerInfo,
        models.CASCADE,
        null=True,
        default=None,
        related_name='parent_metalizer_job',
        help_text='The geometries.',
    )

    hash_attributes = [
        'input_protein',
        'input_protein__ligand_set',
        'residue_id',
        'chain_id',
        'name',
        'distance_threshold',
    ]
