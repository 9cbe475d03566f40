"""What a submission takes, and how jobs and geometries are served."""

from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from molecule_handler.inputs import ProteinInput
from proteins_plus.serializers import ProteinsPlusJobSubmitSerializer, job_serializer, output_serializer

from .models import MetalizerInfo, MetalizerJob
from .naming import check_named


def _vector(about: str) -> serializers.Field:
    """
    :param about: what it is
    :returns: three numbers
    """
    return serializers.ListField(child=serializers.FloatField(), min_length=3, max_length=3, help_text=about)


class MetalizerAtomSerializer(serializers.Serializer):
    """An atom that takes a site, for the API description alone, like those below."""

    atom_name = serializers.CharField(help_text='179:A.ND1/0: residue, chain, atom, and number of the symmetry copy.')
    element = serializers.CharField()
    atom_distance = serializers.FloatField(help_text='To the metal, in \u00c5.')


class MetalizerPartnerSerializer(serializers.Serializer):
    """A site of a geometry."""

    type = serializers.IntegerField(help_text='1 if an atom takes the site, 0 if it is free.')
    localization = serializers.CharField(help_text='Of the site, such as axial; empty where all sites are alike.')
    min_distance = serializers.FloatField(
        allow_null=True, help_text='From the site to the next atom of another residue, in \u00c5.'
    )
    partner_distance = serializers.FloatField(help_text='From the metal to the site, in \u00c5.')
    partner_coordinate = _vector('Where it is, in \u00c5.')
    optimal_direction = _vector('From the metal to the ideal site: a unit vector.')
    atoms = MetalizerAtomSerializer(many=True, help_text='Two for a carboxylate that takes one site with both.')


class MetalizerPredictionSerializer(serializers.Serializer):
    """A geometry that fits."""

    id = serializers.IntegerField(help_text='Its rank.')
    geometry = serializers.CharField(help_text='Such as tetrahedral.')
    coordination_number = serializers.IntegerField(help_text='Sites of the ideal polyhedron.')
    free_sites = serializers.IntegerField(help_text='Sites without an atom.')
    nof_bidentates = serializers.IntegerField(help_text='Carboxylates that take one site with both oxygens.')
    overlap_penalty = serializers.FloatField(help_text='For atoms that stand in free sites.')
    prmsd = serializers.FloatField(help_text='Deviation of the directions, all at unit distance.')
    rmsd = serializers.FloatField(help_text='Deviation of the angles, in degrees.')
    score = serializers.FloatField(help_text='50 prmsd + 4 free_sites + 10 overlap_penalty; lower is better.')
    unique = serializers.BooleanField(help_text='Whether no other geometry has a score within 5.')
    partners = MetalizerPartnerSerializer(many=True)


class MetalizerValenceSerializer(serializers.Serializer):
    """A bond-valence sum."""

    element = serializers.CharField()
    charge = serializers.IntegerField(help_text='What the sum should be.')
    sum = serializers.FloatField()
    nvecsum = serializers.FloatField(help_text='Of the bonds as vectors: 0 if they balance.')


class MetalizerDonorSerializer(serializers.Serializer):
    """An atom that coordinates the metal."""

    atom_name = serializers.CharField()
    element = serializers.CharField()
    residue = serializers.CharField(help_text='Name of the residue.')
    chain = serializers.CharField()
    position = serializers.CharField(help_text='Number and insertion code.')
    atom = serializers.CharField()
    symmetry = serializers.CharField(help_text='Operator of a symmetry copy, such as 2_655; else empty.')
    coordinate = _vector('Where it is, in \u00c5.')
    distance = serializers.FloatField(help_text='In \u00c5.')
    usual_distance = serializers.FloatField(allow_null=True, help_text='Of such a bond, in \u00c5.')
    valence = serializers.FloatField(allow_null=True, help_text='Of the bond.')


class MetalizerMetalSerializer(serializers.Serializer):
    """A metal and the geometries that fit, the best first."""

    cutoff = serializers.FloatField(help_text='Largest distance of an atom, in \u00c5.')
    element = serializers.CharField(help_text='Such as Zn.')
    metal_coordinate = _vector('Where it is, in \u00c5.')
    metal_name = serializers.CharField(help_text='1300:A.ZN/0')
    molecule_name = serializers.CharField(help_text='ZN_A_1300')
    pdb_code = serializers.CharField(help_text='Of the file; may be empty.')
    chain = serializers.CharField()
    position = serializers.CharField(help_text='Number and insertion code.')
    predictions = MetalizerPredictionSerializer(many=True)
    usual_geometries = serializers.ListField(child=serializers.CharField(), help_text='That the metal has in proteins.')
    donors = MetalizerDonorSerializer(many=True)
    valence = MetalizerValenceSerializer(allow_null=True)
    alternatives = MetalizerValenceSerializer(many=True, help_text='Metals that the valences suit better.')


@extend_schema_field(MetalizerMetalSerializer())
class MetalField(serializers.JSONField):
    """A metal as it is stored."""


@extend_schema_field(MetalizerMetalSerializer(many=True))
class MetalsField(serializers.JSONField):
    """Metals as they are stored."""


MetalizerJobSerializer = job_serializer(MetalizerJob)
MetalizerInfoSerializer = output_serializer(
    MetalizerInfo,
    info=MetalField(read_only=True, help_text=MetalizerInfo._meta.get_field('info').help_text),
    metals=MetalsField(read_only=True, help_text=MetalizerInfo._meta.get_field('metals').help_text),
)


class MetalizerSubmitSerializer(ProteinInput, ProteinsPlusJobSubmitSerializer):
    """A structure, and if wanted which of its metals."""

    job_model = MetalizerJob

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """
        :param attrs: the request data field by field
        :returns: the same
        """
        attrs = super().validate(attrs)
        names = (attrs.get(field) or '' for field in ('residue_id', 'chain_id', 'name'))
        given = 'protein_id' if attrs.get('protein_id') else 'protein_file'
        check_named(attrs['input_protein'], given, *names)
        return attrs
