"""The job of Protoss and what it decided."""

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models

from molecule_handler.models import Ligand, Protein
from proteins_plus.models import ProteinsPlusBaseModel, ProteinsPlusJob


class ProtossReport(ProteinsPlusBaseModel):
    """What was decided for every residue and ligand, and how much better it is than the rest; it dies with its job."""

    report = models.JSONField(
        help_text='{"version", "ph", "score", "bound", "residues", "ligands", "flips", "components", "removed"}; '
        'docs/tools/protoss.md explains all fields.'
    )


class ProtossJob(ProteinsPlusJob):
    """Place the hydrogens of a complex."""

    input_protein = models.ForeignKey(Protein, models.CASCADE, related_name='+')
    input_ligand = models.ForeignKey(
        Ligand, models.CASCADE, null=True, default=None, help_text='The uploaded ligand; other ligands give way to it.'
    )
    ph = models.FloatField(
        default=7.0, validators=[MinValueValidator(0), MaxValueValidator(14)], help_text='pH of the surroundings.'
    )
    output_protein = models.ForeignKey(
        Protein,
        models.CASCADE,
        null=True,
        default=None,
        related_name='+',
        help_text='The protein with hydrogens; its ligand_set holds the ligands with theirs, an uploaded one first.',
    )
    output_report = models.OneToOneField(
        ProtossReport,
        models.CASCADE,
        null=True,
        default=None,
        related_name='parent_protoss_job',
        help_text='States, alternatives and flips.',
    )

    hash_attributes = ['input_protein', 'input_protein__ligand_set', 'input_ligand', 'ph']
