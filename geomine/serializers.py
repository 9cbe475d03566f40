"""What a submission takes, and how jobs and results are served."""

from typing import Any

from django.core.files.uploadedfile import UploadedFile
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from molecule_handler.inputs import exactly_one
from proteins_plus.serializers import ProteinsPlusJobSubmitSerializer, job_serializer, output_serializer

from . import archive, queries
from .models import GeomineInfo, GeomineJob


class GeomineRowSerializer(serializers.Serializer):
    """A site that matches, for the API description alone, like those below. All values are texts."""

    PDB = serializers.CharField()
    Class = serializers.CharField(help_text='Enzyme classes, else the classification of the header.')
    Pocket = serializers.CharField(help_text='Name of the site: its ligand (P86_A_400), or Empty_Pocket_0.')
    RMSD = serializers.CharField(help_text='To the places of the query, else to the first row, in \u00c5.')
    Matches = serializers.CharField(help_text='Ways in which the site matches; the best one counts.')
    Ligand = serializers.CharField(help_text='Its residue names.')
    Method = serializers.CharField()
    Resolution = serializers.CharField(help_text='In \u00c5.')
    File = serializers.CharField(help_text='Of the folder that was indexed.')

    def get_fields(self) -> dict[str, serializers.Field]:
        """:returns: the fields, those among them whose names have blanks"""
        titles = {'PDB Title': serializers.CharField(), 'Result ID': serializers.CharField(help_text='The rank.')}
        return {**super().get_fields(), **titles}


class GeomineResultSerializer(serializers.Serializer):
    """What a search found."""

    geometrical_search_mode = serializers.CharField(help_text='Whether the query has points: "true" or "false".')
    number_of_found_pdbs = serializers.IntegerField()
    number_of_found_pockets = serializers.IntegerField()
    number_of_found_visualizable_results = serializers.IntegerField(help_text='Sites whose structure is given.')
    statistics = serializers.CharField(help_text='The same in sentences.')
    result_table_content = GeomineRowSerializer(many=True)
    pdbs = serializers.DictField(child=serializers.CharField(), help_text='PDB text of each site, by entry and site.')
    ngl_visualization_data = serializers.DictField(
        help_text='Two objects for each site: selections of its residues, waters, metals, molecules and ligand; and '
        '"<site>_Complete Pocket" with its interactions (distance in thousandths of an \u00c5, score 0 to 1000), the '
        'points that match, and transformationDataMatrix4D, which lays it on the query (16 numbers, by columns).'
    )
    more_exist = serializers.BooleanField(help_text='Whether more sites match, or may match, than are listed.')
    archive_version = serializers.CharField()
    query = serializers.DictField(help_text='The query as JSON.')


@extend_schema_field(GeomineResultSerializer())
class ResultField(serializers.JSONField):
    """A result as it is stored."""


@extend_schema_field({'type': 'string', 'format': 'binary'})
class FilterField(serializers.FileField):
    """A query as a file, or as a text in its place: the query itself, or the name of a file on the server."""

    def to_internal_value(self, data: Any) -> Any:
        """
        :param data: of the request
        :returns: the file or the text
        """
        if isinstance(data, str):
            return data
        return super().to_internal_value(data)


GeomineInfoSerializer = output_serializer(
    GeomineInfo, info=ResultField(read_only=True, help_text=GeomineInfo._meta.get_field('info').help_text)
)
GeomineJobSerializer = job_serializer(GeomineJob)
GeomineJobSerializer.Meta.content_fields += ('query',)


class GeomineSubmitSerializer(ProteinsPlusJobSubmitSerializer):
    """A query."""

    job_model = GeomineJob

    query = serializers.CharField(
        required=False,
        allow_blank=True,
        allow_null=True,
        trim_whitespace=False,
        style={'base_template': 'textarea.html'},
        help_text='The query: JSON (docs/tools/geomine.md has its schema) or XML (PelikanFilter).',
    )
    filter_file = FilterField(
        required=False,
        allow_null=True,
        allow_empty_file=True,
        help_text='A file with the query; or as a text the query itself, or the name of an .xml file of the server.',
    )

    def get_fields(self) -> dict[str, serializers.Field]:
        """:returns: the fields; the version of the archive is not for the client to say"""
        fields = super().get_fields()
        fields.pop('archive_version')
        return fields

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """
        :param attrs: the request data field by field
        :returns: the same, with the text of the query
        """
        attrs = super().validate(attrs)
        field = exactly_one(attrs, 'query', 'filter_file')
        given = attrs.pop(field)
        if isinstance(given, UploadedFile):
            attrs['filter_file'], attrs['query'] = queries.uploaded(given, field)
        elif field == 'filter_file' and queries.is_name(given):
            attrs['filter_file'], attrs['query'] = queries.on_server(given, field)
        else:
            attrs['query'] = queries.written(given, field)
        return attrs

    def build_job(self) -> GeomineJob:
        """
        :returns: an unsaved job
        :raises SystemFault: if there is no archive
        """
        data = self.validated_data
        return GeomineJob(
            query=data['query'], filter_file=data.get('filter_file') or '', archive_version=archive.version()
        )
