"""What a submission takes, and how jobs and verdicts are served."""

from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from molecule_handler.density import DensityInput
from molecule_handler.inputs import LigandFileInput, ProteinInput
from proteins_plus.serializers import (
    ProteinsPlusJobSubmitSerializer,
    job_serializer,
    output_serializer,
    unit_in_letters,
)

from .columns import BOOLEAN, INTEGER, NUMBER, TABLES, Column, Table
from .models import StructureprofilerJob, StructureprofilerOutput
from .thresholds import read_thresholds

_KINDS: dict[str, type[serializers.Field]] = {
    BOOLEAN: serializers.BooleanField,
    INTEGER: serializers.IntegerField,
    NUMBER: serializers.FloatField,
}
_NAMES = {'complex': 'Complex', 'ligands': 'Ligand', 'active_sites': 'ActiveSite'}


def _field(column: Column) -> serializers.Field:
    """
    :param column: of a table
    :returns: what it looks like in the API description
    """
    unit = f' [{unit_in_letters(column.unit)}]' if column.unit else ''
    return _KINDS.get(column.type, serializers.CharField)(required=False, help_text=f'{column.meaning}{unit}')


def _row(table: Table) -> Any:
    """
    :param table: a part of the result
    :returns: the serializer of one of its objects, for the API description alone
    """
    fields = {column.name: _field(column) for column in table.columns}
    about = 'What was not tested is left out.'
    name = f'Structureprofiler{_NAMES[table.key]}Serializer'
    return type(name, (serializers.Serializer,), {'__doc__': about, **fields})()


def _described() -> Any:
    """:returns: the serializer of a result, for the API description alone"""
    rows = {table.key: _row(table) for table in TABLES}
    fields = {
        key: row if key == 'complex' else serializers.DictField(child=row, help_text='By number, from 1.')
        for key, row in rows.items()
    }
    about = 'Values, thresholds and verdicts; the numbers of ligands are those of the sites around them.'
    return type('StructureprofilerDataSerializer', (serializers.Serializer,), {'__doc__': about, **fields})


@extend_schema_field(_described())
class OutputDataField(serializers.JSONField):
    """A result as it is stored."""


@extend_schema_field({'type': 'object', 'additionalProperties': {'type': 'object'}, 'nullable': True})
class ThresholdsField(serializers.JSONField):
    """Thresholds as an object, or as its text."""

    def to_internal_value(self, data: Any) -> Any:
        """
        :param data: of a request
        :returns: the thresholds
        """
        return read_thresholds(data)


StructureprofilerJobSerializer = job_serializer(StructureprofilerJob)
StructureprofilerOutputSerializer = output_serializer(
    StructureprofilerOutput,
    output_data=OutputDataField(
        read_only=True, help_text=StructureprofilerOutput._meta.get_field('output_data').help_text
    ),
)


class StructureprofilerSubmitSerializer(DensityInput, LigandFileInput, ProteinInput, ProteinsPlusJobSubmitSerializer):
    """A structure, and if wanted a further ligand and the density, without which EDIA is not tested."""

    job_model = StructureprofilerJob
    density_required = False

    thresholds = ThresholdsField(
        required=False, allow_null=True, help_text=StructureprofilerJob._meta.get_field('thresholds').help_text
    )
