"""What a submission takes, and how jobs and interactions are served."""

from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from molecule_handler.inputs import LigandInput, ProteinInput
from molecule_handler.uploads import split_sdf
from proteins_plus.errors import InputError
from proteins_plus.serializers import ProteinsPlusJobSubmitSerializer, job_serializer, output_serializer

from .models import PoseviewInfo, PoseviewJob


def _names(about: str) -> serializers.Field:
    """
    :param about: what they are
    :returns: names of atoms
    """
    return serializers.ListField(child=serializers.CharField(), help_text=about)


def _point(about: str) -> serializers.Field:
    """
    :param about: what is there
    :returns: coordinates
    """
    return serializers.ListField(child=serializers.FloatField(), help_text=f'{about}, in \u00c5.')


def _numbers(about: str) -> serializers.Field:
    """
    :param about: what they are
    :returns: numbers by name
    """
    return serializers.DictField(child=serializers.FloatField(), help_text=about)


class PoseviewInteractionSerializer(serializers.Serializer):
    """An interaction, for the API description alone."""

    interaction = serializers.CharField(help_text='Such as hydrogen_bond.')
    ligandAtoms = _names('Of the ligand: one, or those of a group or ring.')
    ligandRole = serializers.CharField(help_text='Such as donor.')
    residue = serializers.CharField(help_text='Name of the residue on the other side.')
    chain = serializers.CharField()
    number = serializers.IntegerField()
    insertionCode = serializers.CharField()
    partnerAtoms = _names('Of the residue.')
    partnerRole = serializers.CharField(help_text='Such as acceptor.')
    symmetryCopy = serializers.IntegerField(help_text='0 for the model itself.')
    distance = serializers.FloatField(help_text='Between heavy atoms or centres, in \u00c5.')
    angles = _numbers('In degrees.')
    lengths = _numbers('Further distances, in \u00c5.')
    water = serializers.CharField(help_text='Of a bridge: HOH_A_301; else empty.')
    kind = serializers.CharField(help_text='What the legend of the diagram calls it.')
    colour = serializers.CharField(help_text='That it has in the diagram: #2f6fe0.')
    ligandPoint = _point('Where it begins')
    partnerPoint = _point('Where it ends')
    waterPoint = _point('Where the water of a bridge is; else empty')


@extend_schema_field(PoseviewInteractionSerializer(many=True))
class InteractionsField(serializers.JSONField):
    """Interactions as they are stored."""


@extend_schema_field({'type': 'object', 'additionalProperties': {}})
class SceneField(serializers.JSONField):
    """A scene of the PoseEdit drawer."""


PoseviewJobSerializer = job_serializer(PoseviewJob)
PoseviewInfoSerializer = output_serializer(
    PoseviewInfo,
    interactions=InteractionsField(
        read_only=True, help_text=PoseviewInfo._meta.get_field('interactions').help_text
    ),
    scene=SceneField(read_only=True, help_text=PoseviewInfo._meta.get_field('scene').help_text),
)  # fmt: skip


class PoseviewSubmitSerializer(LigandInput, ProteinInput, ProteinsPlusJobSubmitSerializer):
    """A structure and the ligand that is drawn, which need not be one of its own."""

    job_model = PoseviewJob
    ligand_required = True

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """
        :param attrs: the request data field by field
        :returns: the same
        """
        attrs = super().validate(attrs)
        if (number := len(split_sdf(attrs['input_ligand'].file_string))) > 1:
            given = 'ligand_id' if attrs.get('ligand_id') else 'ligand_file'
            message = f'The SD file holds {number} molecules; a diagram shows one.'
            raise InputError(message, 'ligand.several', 'Send the ligand that is to be drawn alone.', given)
        return attrs
