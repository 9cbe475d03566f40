"""The job of StructureProfiler and its verdicts."""

from django.db import models

from molecule_handler.models import DensityJob, Ligand, Protein
from proteins_plus.models import ProteinsPlusBaseModel


class StructureprofilerOutput(ProteinsPlusBaseModel):
    """What was measured and tested of the complex, its ligands and the sites around them; it dies with its job."""

    output_data = models.JSONField(help_text='What was not tested is left out.')
    offenders = models.JSONField(default=dict, help_text='Where the tests have failed: residues and atoms.')


class Preset(models.TextChoices):
    """Sets of thresholds."""

    COMBINED = 'combined', 'combined'
    ASTEX = 'astex', 'Astex'
    IRIDIUM = 'iridium', 'Iridium'
    PLATINUM = 'platinum', 'Platinum'


class StructureprofilerJob(DensityJob):
    """Test the quality of a structure and its ligands."""

    input_protein = models.ForeignKey(Protein, models.CASCADE, related_name='+')
    input_ligand = models.ForeignKey(
        Ligand, models.CASCADE, null=True, default=None, help_text='The uploaded ligand, profiled with the others.'
    )
    preset = models.CharField(
        max_length=16, choices=Preset, default=Preset.COMBINED, help_text='Whose thresholds are used.'
    )
    thresholds = models.JSONField(
        null=True,
        default=None,
        help_text='Thresholds that take the place of those of the preset; null leaves a test out.',
    )
    output_data = models.OneToOneField(
        StructureprofilerOutput,
        models.CASCADE,
        null=True,
        default=None,
        related_name='parent_structureprofiler_job',
        help_text='Values, thresholds and verdicts.',
    )

    hash_attributes = [
        'input_protein',
        'input_protein__ligand_set',
        'input_ligand',
        *DensityJob.density_attributes,
        'preset',
        'thresholds',
    ]
