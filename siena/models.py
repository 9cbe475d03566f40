"""The job of SIENA and the ensemble it found."""

from django.db import models

from molecule_handler.models import Ligand, Protein, ProteinSite
from proteins_plus.models import OrderedLink, ProteinsPlusBaseModel, ProteinsPlusJob

from . import parameters


class SienaInfo(ProteinsPlusBaseModel):
    """The table of an ensemble and its alignment; it dies with its job."""

    statistic = models.JSONField(help_text='A row for each structure of the ensemble, in its order.')
    alignment = models.TextField(
        help_text='A line for the query and one for each structure: a name, and a cell for each residue of the site.'
    )
    further = models.JSONField(
        default=list, help_text='What else was found: rows of the same table, whose structures are not kept.'
    )


class SienaJob(ProteinsPlusJob):
    """Find a binding site in an archive."""

    input_protein = models.ForeignKey(Protein, models.CASCADE, related_name='+')
    input_ligand = models.ForeignKey(
        Ligand, models.CASCADE, null=True, default=None, related_name='+', help_text='The ligand in the site.'
    )
    input_site = models.ForeignKey(
        ProteinSite, models.CASCADE, null=True, default=None, related_name='+', help_text='The residues of the site.'
    )
    site_radius = parameters.number(
        'site_radius',
        models.FloatField,
        'Residues with an atom within this distance of the ligand are the site, in \u00c5.',
    )
    minimal_site_identity = parameters.number(
        'minimal_site_identity', models.FloatField, 'Share of the pairs of residues that are the same amino acid.'
    )
    minimal_site_coverage = parameters.number(
        'minimal_site_coverage', models.FloatField, 'Share of the residues of the site that have a partner.'
    )
    maximum_mutations = parameters.number(
        'maximum_mutations', models.IntegerField, 'Most pairs of different amino acids; any number unless given.'
    )
    resolution = parameters.number(
        'resolution', models.FloatField, 'Worst resolution, in \u00c5; any, also unknown, unless given.'
    )
    maximum_backbone = parameters.number(
        'maximum_backbone', models.FloatField, 'Largest RMSD of the backbone of the site, in \u00c5; any unless given.'
    )
    deposition_year = parameters.number(
        'deposition_year', models.IntegerField, 'Earliest year of deposition; any, also unknown, unless given.'
    )
    ec_number = parameters.ec_number()
    electron_density_available = parameters.switch(
        'electron_density_available', 'Only entries from diffraction whose data were not withheld.'
    )
    holo_only = parameters.switch('holo_only', 'Only sites with a ligand that is no additive.')
    unique_ligands = parameters.switch('unique_ligands', 'Of the sites with the same ligands only the first.')
    unique_sequence = parameters.switch(
        'unique_sequence', 'Of the sites whose chains have the same mutations only the first.'
    )
    complete_residues_only = parameters.switch(
        'complete_residues_only', 'Only sites without missing residues and atoms.'
    )
    identical_global_sequence = parameters.switch(
        'identical_global_sequence', 'Only chains whose observed sequence is that of the query.'
    )
    no_global_mutations = parameters.switch('no_global_mutations', 'Only chains without a mutation anywhere.')
    reduction = parameters.reduction()
    members = parameters.number('members', models.IntegerField, 'Most structures of the ensemble.')
    output_info = models.OneToOneField(
        SienaInfo,
        models.CASCADE,
        null=True,
        default=None,
        related_name='parent_siena_job',
        help_text='The table and the alignment; null if nothing was found.',
    )
    output_proteins: 'models.ManyToManyField[Protein, SienaMember]' = models.ManyToManyField(
        Protein,
        related_name='+',
        through='SienaMember',
        help_text='The superposed structures with the ligands of their site, by rank; named <PDB code>_<rank>.',
    )

    # A ligand and a site count by what they are, so that they are the same by id and by file.
    hash_attributes = [
        'input_protein',
        'input_ligand__file_string',
        'input_site__site_description',
        *parameters.NUMBERS,
        'ec_number',
        *parameters.SWITCHES,
        'reduction',
    ]


class SienaMember(OrderedLink):
    """A structure of the ensemble at its rank."""

    job = models.ForeignKey(SienaJob, models.CASCADE, related_name='ensemble')
    protein = models.ForeignKey(Protein, models.CASCADE, related_name='+')

    class Meta(OrderedLink.Meta):
        constraints = [models.UniqueConstraint(fields=['job', 'position'], name='siena_member_rank')]
