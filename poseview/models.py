"""The job of PoseView and what it found."""

from django.conf import settings
from django.db import models

from molecule_handler.models import Ligand, Protein
from proteins_plus.models import ProteinsPlusBaseModel, ProteinsPlusJob

from .surroundings import neighbours


class Theme(models.TextChoices):
    """Colours of a diagram."""

    DEFAULT = 'default', 'on white'
    DARK = 'dark', 'on a dark ground'
    COLOUR_BLIND = 'colour-blind', 'for the colour-blind'


class PoseviewInfo(ProteinsPlusBaseModel):
    """The interactions of a ligand, and its diagram as data; it dies with its job."""

    interactions = models.JSONField(help_text='Every interaction, also those that the diagram has no room for.')
    scene = models.JSONField(help_text='The diagram in the scheme of the PoseEdit drawer.')


class PoseviewJob(ProteinsPlusJob):
    """Draw a ligand with its interactions."""

    input_protein = models.ForeignKey(Protein, models.CASCADE, related_name='+')
    input_ligand = models.ForeignKey(Ligand, models.CASCADE, related_name='+')
    theme = models.CharField(max_length=16, choices=Theme, default=Theme.DEFAULT, help_text='Colours of the diagram.')
    image = models.FileField(
        upload_to=settings.MEDIA_DIRECTORIES['poseview'], null=True, default=None, help_text='The diagram as SVG.'
    )
    image_png = models.FileField(
        upload_to=settings.MEDIA_DIRECTORIES['poseview'], null=True, default=None, help_text='The diagram as PNG.'
    )
    poseview_info = models.OneToOneField(
        PoseviewInfo,
        models.CASCADE,
        null=True,
        default=None,
        related_name='parent_poseview_job',
        help_text='The interactions.',
    )

    # Whose ligand it is does not matter: by file or by id, in its own or in another structure, it is the same pose.
    hash_attributes = ['input_protein', 'input_ligand__file_string', 'theme']

    def neighbours(self) -> list[Ligand]:
        """
        :returns: the ligands of the protein that the pose may interact with
        """
        return neighbours(self.input_protein, self.input_ligand)

    def _hash_fields(self) -> dict[str, object]:
        """
        :returns: what the hash covers: the inputs, and those ligands of a stored protein that belong to the picture
        """
        return super()._hash_fields() | {'neighbours': {ligand.file_string for ligand in self.neighbours()}}
