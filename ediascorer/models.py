"""The job of EDIAscorer and its scores."""

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models

from molecule_handler.models import DensityJob, ElectronDensityMap, Ligand, Protein
from proteins_plus.models import OrderedLink, ProteinsPlusBaseModel


class EdiaScores(ProteinsPlusBaseModel):
    """How well the density supports each atom, each residue and each ligand; it dies with its job."""

    atom_scores = models.JSONField(help_text='By the serial number of the atom in output_protein.')
    structure_scores = models.JSONField(help_text='Of residues and ligands, by NAME_CHAIN_ID.')
    regions = models.JSONField(
        default=list, help_text='What output_regions are around, in their order: keys of structure_scores.'
    )


class EdiascorerJob(DensityJob):
    """Score the support of a structure by its electron density."""

    input_protein = models.ForeignKey(Protein, models.CASCADE, related_name='+')
    input_ligand = models.ForeignKey(
        Ligand, models.CASCADE, null=True, default=None, help_text='The uploaded ligand, scored beside the structure.'
    )
    resolution = models.FloatField(
        null=True,
        blank=True,
        default=None,
        validators=[MinValueValidator(0.4), MaxValueValidator(10)],
        help_text='Of the map, in \u00c5; that of the structure unless given.',
    )
    edia_scores = models.OneToOneField(
        EdiaScores,
        models.CASCADE,
        null=True,
        default=None,
        related_name='parent_edia_job',
        help_text='The scores of atoms, residues and ligands.',
    )
    output_protein = models.ForeignKey(
        Protein,
        models.CASCADE,
        null=True,
        default=None,
        related_name='+',
        help_text='The structure with its ligands, and EDIA in the place of the B factors.',
    )
    output_density = models.OneToOneField(
        ElectronDensityMap,
        models.CASCADE,
        null=True,
        default=None,
        related_name='+',
        help_text='The map that was computed of structure factors; null if the map was given.',
    )
    output_regions: 'models.ManyToManyField[ElectronDensityMap, EdiaRegion]' = models.ManyToManyField(
        ElectronDensityMap,
        related_name='+',
        through='EdiaRegion',
        help_text='The map around ligands and around the worst residues, in units of its sigma above its mean.',
    )

    hash_attributes = [
        'input_protein',
        'input_protein__ligand_set',
        'input_ligand',
        *DensityJob.density_attributes,
        'resolution',
    ]


class EdiaRegion(OrderedLink):
    """A part of the map, at its place among those that the page shows."""

    job = models.ForeignKey(EdiascorerJob, models.CASCADE, related_name='regions')
    density = models.ForeignKey(ElectronDensityMap, models.CASCADE, related_name='+')

    class Meta(OrderedLink.Meta):
        constraints = [models.UniqueConstraint(fields=['job', 'position'], name='ediascorer_region_place')]
