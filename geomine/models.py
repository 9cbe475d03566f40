"""The job of GeoMine and what it found."""

from django.db import models

from proteins_plus.models import ProteinsPlusBaseModel, ProteinsPlusJob


class GeomineInfo(ProteinsPlusBaseModel):
    """What a search found; it dies with its job."""

    info = models.JSONField(help_text='Table, structures and interactions of the sites that match.')


class GeomineJob(ProteinsPlusJob):
    """Search the sites of the archive."""

    filter_file = models.CharField(max_length=256, blank=True, default='', help_text='What the query was called.')
    query = models.TextField(help_text='The query: XML (PelikanFilter) or JSON.')
    archive_version = models.CharField(
        max_length=64, help_text='Of the archive when the job was submitted; another archive is another question.'
    )
    geomine_info = models.OneToOneField(
        GeomineInfo,
        models.CASCADE,
        null=True,
        default=None,
        related_name='parent_geomine_job',
        help_text='What was found.',
    )

    # The name of a file says nothing about what is in it.
    hash_attributes = ['query', 'archive_version']
