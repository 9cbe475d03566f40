"""What a submission takes, and how jobs and ensembles are served."""

from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from engines.siena.columns import COLUMNS as COLUMNS_OF_THE_ENGINE
from engines.siena.columns import Column
from molecule_handler.inputs import LigandInput, ProteinInput, exactly_one, stored
from molecule_handler.models import ProteinSite
from molecule_handler.sites import read_site
from proteins_plus.errors import InputError
from proteins_plus.serializers import (
    ProteinsPlusJobSubmitSerializer,
    job_serializer,
    output_serializer,
    rows_field,
    unit_in_letters,
)

from .models import SienaInfo, SienaJob

#: By name, with the letters that units have.
COLUMNS = {
    column.name: Column(column.name, unit_in_letters(column.unit), column.meaning) for column in COLUMNS_OF_THE_ENGINE
}
_SITES = ('ligand_id', 'ligand_file', 'protein_site_id', 'protein_site_json')


class ResidueSerializer(serializers.Serializer):
    """A residue of a site, for the API description alone."""

    name = serializers.CharField(help_text='Three letters or digits: HIS.')
    position = serializers.CharField(help_text='Number and insertion code, as text: 57A.')
    chain = serializers.CharField(help_text='One or two characters.')


class SiteSerializer(serializers.Serializer):
    """A site, for the API description alone."""

    residue_ids = ResidueSerializer(many=True)


_Rows = rows_field(
    'SienaRowSerializer',
    'A structure of the ensemble; every value is text, or null where there is none.',
    COLUMNS,
    gaps=True,
)


@extend_schema_field(SiteSerializer())
class SiteField(serializers.JSONField):
    """A site as an object, or as JSON text, which is read with the site; empty text is none."""

    def to_internal_value(self, data: Any) -> Any:
        """
        :param data: what was sent
        :returns: the same, or None
        """
        if isinstance(data, str):
            return str(data) if data.strip() else None
        return super().to_internal_value(data)


SienaJobSerializer = job_serializer(SienaJob)
SienaInfoSerializer = output_serializer(
    SienaInfo,
    statistic=_Rows(read_only=True, help_text=SienaInfo._meta.get_field('statistic').help_text),
    further=_Rows(read_only=True, help_text=SienaInfo._meta.get_field('further').help_text),
)


class SienaSubmitSerializer(LigandInput, ProteinInput, ProteinsPlusJobSubmitSerializer):
    """A protein and a site of it: that of a ligand, or residues."""

    job_model = SienaJob

    protein_site_id = serializers.UUIDField(
        required=False, allow_null=True, help_text='Id of a stored site, such as a pocket of DoGSite.'
    )
    protein_site_json = SiteField(
        required=False,
        allow_null=True,
        help_text='Residues of the site: {"residue_ids": [{"name": "HIS", "position": "57", "chain": "A"}, ...]}.',
    )

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """
        :param attrs: the request data field by field
        :returns: the same, with ``input_site``, which is None if a ligand tells where the site is
        """
        given = exactly_one(attrs, *_SITES)
        attrs = super().validate(attrs)
        if given == 'ligand_file' and not attrs.get('protein_file'):
            raise InputError(
                'A ligand_file goes with a protein_file.',
                'ligand.without_protein_file',
                'Send both files, or the ligand_id of a stored ligand.',
                given,
            )
        attrs['input_site'] = None
        if given == 'protein_site_id':
            attrs['input_site'] = stored(ProteinSite, attrs[given], given, 'Protein site')
        elif given == 'protein_site_json':
            attrs['input_site'] = ProteinSite(
                protein=attrs['input_protein'], site_description=read_site(attrs[given], given)
            )
        return attrs
