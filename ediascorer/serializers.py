"""What a submission takes, and how jobs and scores are served."""

from collections.abc import Mapping
from typing import Any

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


@extend_schema_field(serializers.DictField(child=_row('EdiaAtomSerializer', ATOM)()))
class AtomScoresField(serializers.JSONField):
    """The scores of atoms as they are stored."""


@extend_schema_field(serializers.DictField(child=_row('EdiaStructureSerializer', STRUCTURE)()))
class StructureScoresField(serializers.JSONField):
    """The scores of residues and ligands as they are stored."""


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
