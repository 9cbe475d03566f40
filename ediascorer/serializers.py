"""What a submission takes, and how jobs and scores are served."""

from collections.abc import Mapping
from typing import Any, ClassVar

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from molecule_handler.density import DensityInput
from molecule_handler.inputs import LigandFileInput, ProteinInput
from proteins_plus.serializers import ProteinsPlusJobSubmitSerializer, job_serializer, output_serializer

from .columns import ATOM, STRUCTURE, Described
from .models import EdiascorerJob, EdiaScores


def _row(name: str, columns: Mapping[str, Described]) -> Any:
    """
    :param name: in the API description
    :param columns: of a table
    :returns: the serializer of its rows, for the API description alone
    """
    described = {
        key: serializers.CharField(help_text=f'{column.meaning}{column.unit and f" [{column.unit}]"}')
        for key, column in columns.items()
    }
    return type(name, (serializers.Serializer,), {'__doc__': 'Scores; every value is text.', **described})


class _RowsField(serializers.JSONField):
    """A table as it is stored, its columns in their order, which PostgreSQL does not keep."""

    columns: ClassVar[Mapping[str, Described]]

    def to_representation(self, value: Any) -> Any:
        """
        :param value: rows by their keys
        :returns: the same
        """
        return {key: {name: row[name] for name in self.columns if name in row} | row for key, row in value.items()}


@extend_schema_field(serializers.DictField(child=_row('EdiaAtomSerializer', ATOM)()))
class AtomScoresField(_RowsField):
    """The scores of atoms."""

    columns = ATOM


@extend_schema_field(serializers.DictField(child=_row('EdiaStructureSerializer', STRUCTURE)()))
class StructureScoresField(_RowsField):
    """The scores of residues and ligands."""

    columns = STRUCTURE


EdiascorerJobSerializer = job_serializer(EdiascorerJob)
EdiaScoresSerializer = output_serializer(
    EdiaScores,
    atom_scores=AtomScoresField(read_only=True, help_text=EdiaScores._meta.get_field('atom_scores').help_text),
    regions=serializers.ListField(
        child=serializers.CharField(), read_only=True, help_text=EdiaScores._meta.get_field('regions').help_text
    ),
    structure_scores=StructureScoresField(
        read_only=True, help_text=EdiaScores._meta.get_field('structure_scores').help_text
    ),
)


class EdiascorerSubmitSerializer(DensityInput, LigandFileInput, ProteinInput, ProteinsPlusJobSubmitSerializer):
    """A structure and its density, and if wanted a ligand that is scored beside it."""

    job_model = EdiascorerJob
