"""The job of the preprocessor and what was uploaded for it."""

from django.db import models

from molecule_handler.models import FileType, Protein
from proteins_plus.models import ProteinsPlusHashableModel, ProteinsPlusJob


class PreprocessorJobData(ProteinsPlusHashableModel):
    """The uploaded text, as it came; it dies with its job."""

    input_protein_string = models.TextField(null=True, default=None)
    input_protein_file_type = models.CharField(max_length=4, choices=FileType, null=True, default=None)
    input_ligand_string = models.TextField(null=True, default=None)
    input_ligand_file_type = models.CharField(max_length=4, choices=FileType, null=True, default=None)
    name = models.CharField(max_length=255, default='', help_text='The name the protein is given.')

    hash_attributes = [
        'input_protein_string',
        'input_protein_file_type',
        'input_ligand_string',
        'input_ligand_file_type',
    ]


class PreprocessorJob(ProteinsPlusJob):
    """One structure to take apart: fetched by a code, or uploaded; with ligands of the user's own, or without."""

    pdb_code = models.CharField(max_length=12, null=True, default=None, help_text='PDB id, such as 4agm.')
    uniprot_code = models.CharField(
        max_length=10, null=True, default=None, help_text='UniProt accession of a predicted structure.'
    )
    input_data = models.OneToOneField(
        PreprocessorJobData,
        on_delete=models.CASCADE,
        null=True,
        default=None,
        related_name='parent_preprocessor_job',
        help_text='What was uploaded.',
    )
    output_protein = models.ForeignKey(
        Protein,
        on_delete=models.CASCADE,
        null=True,
        default=None,
        help_text='The protein without ligands; it names them in ligand_set.',
    )

    hash_attributes = ['pdb_code', 'uniprot_code', 'input_data']
