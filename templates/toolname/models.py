"""The job of ToolName and what it finds."""

from django.db import models

from molecule_handler.models import Protein
from proteins_plus.models import ProteinsPlusBaseModel, ProteinsPlusJob


class ToolNameInfo(ProteinsPlusBaseModel):
    """What is in a structure; it dies with its job."""

    info = models.JSONField(help_text='[{"chain", "residues", "atoms", "waters"}] of the first model.')


class ToolNameJob(ProteinsPlusJob):
    """Count what is in a structure."""

    input_protein = models.ForeignKey(Protein, models.CASCADE)
    chain_id = models.CharField(max_length=4, blank=True, default='', help_text='Count in this chain only.')
    toolname_info = models.OneToOneField(ToolNameInfo, models.CASCADE, null=True, related_name='parent_toolname_job')

    hash_attributes = ['input_protein', 'chain_id']
