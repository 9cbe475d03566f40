"""The job of DoGSite and the pockets it found."""

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models

from molecule_handler.models import ElectronDensityMap, Ligand, Protein, ProteinSite
from proteins_plus.models import OrderedLink, ProteinsPlusBaseModel, ProteinsPlusJob


class DogsiteInfo(ProteinsPlusBaseModel):
    """A table with one row for each pocket or subpocket; it dies with its job."""

    info = models.JSONField(help_text='A row for each pocket, the best first, each followed by its subpockets.')


class DogsiteJob(ProteinsPlusJob):
    """Find the pockets of a protein."""

    input_protein = models.ForeignKey(Protein, models.CASCADE, related_name='+')
    input_ligand = models.ForeignKey(
        Ligand,
        models.CASCADE,
        null=True,
        default=None,
        help_text='The ligand whose place is compared with the pockets.',
    )
    chain_id = models.CharField(
        max_length=16, blank=True, default='', help_text='Look at this chain only; all of them unless given.'
    )
    ligand_name = models.CharField(
        max_length=100,
        blank=True,
        default='',
        help_text='Which ligand of the protein, or record of ligand_file, is compared with the pockets: P86_A_400.',
    )
    calc_subpockets = models.BooleanField(default=False, help_text='Divide pockets into subpockets.')
    ligand_bias = models.BooleanField(
        default=False, help_text='Keep the pockets that hold the ligand and extend them to it.'
    )
    spacing = models.FloatField(
        default=0.8,
        validators=[MinValueValidator(0.4), MaxValueValidator(1.2)],
        help_text='Between the points of the grid, in \u00c5.',
    )
    output_pockets: 'models.ManyToManyField[ProteinSite, DogsitePocket]' = models.ManyToManyField(
        ProteinSite,
        related_name='+',
        through='DogsitePocket',
        help_text='The residues of each pocket, as in the table.',
    )
    output_densities: 'models.ManyToManyField[ElectronDensityMap, DogsitePocket]' = models.ManyToManyField(
        ElectronDensityMap,
        related_name='+',
        through='DogsitePocket',
        help_text='The space of each pocket, as in the table: a grid that is positive inside and 0 outside.',
    )
    dogsite_info = models.OneToOneField(
        DogsiteInfo,
        models.CASCADE,
        null=True,
        default=None,
        related_name='parent_dogsite_job',
        help_text='The table; null if there is no pocket.',
    )

    # A ligand counts by what it is, so that it is the same by id and by file.
    hash_attributes = [
        'input_protein',
        'input_protein__ligand_set',
        'input_ligand__name',
        'input_ligand__file_string',
        'chain_id',
        'ligand_name',
        'calc_subpockets',
        'ligand_bias',
        'spacing',
    ]


class DogsitePocket(OrderedLink):
    """A pocket: its residues and its space, at its place in the table."""

    job = models.ForeignKey(DogsiteJob, models.CASCADE, related_name='pockets')
    site = models.ForeignKey(ProteinSite, models.CASCADE, related_name='+')
    density = models.ForeignKey(ElectronDensityMap, models.CASCADE, related_name='+')

    class Meta(OrderedLink.Meta):
        constraints = [models.UniqueConstraint(fields=['job', 'position'], name='dogsite_pocket_place')]
