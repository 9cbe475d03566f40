"""How molecules are served."""

from typing import Any

from rest_framework import serializers

from .models import ElectronDensityMap, Ligand, Protein, ProteinSite, StructureFactors


class FileUrlField(serializers.FileField):
    """An absolute URL, or null where there is no file."""

    def __init__(self, **kwargs: Any) -> None:
        """
        :param kwargs: as REST framework's
        """
        super().__init__(read_only=True, use_url=True, allow_null=True, **kwargs)


class ProteinSerializer(serializers.ModelSerializer):
    """A protein; one of its ligands is read by its own id."""

    ligand_set: Any = serializers.PrimaryKeyRelatedField(many=True, read_only=True)
    mmcif_file = FileUrlField(help_text=Protein._meta.get_field('mmcif_file').help_text)

    class Meta:
        model = Protein
        fields = [
            'id',
            'name',
            'pdb_code',
            'uniprot_code',
            'file_type',
            'ligand_set',
            'file_string',
            'mmcif_file',
            'date_created',
            'date_last_accessed',
        ]
        content_fields = ('file_string',)


class LigandSerializer(serializers.ModelSerializer):
    """A ligand."""

    image = FileUrlField(help_text=Ligand._meta.get_field('image').help_text)

    class Meta:
        model = Ligand
        fields = ['id', 'name', 'protein', 'file_type', 'file_string', 'image']
        content_fields = ('file_string',)


class ProteinSiteSerializer(serializers.ModelSerializer):
    """A site of a protein."""

    class Meta:
        model = ProteinSite
        fields = ['id', 'protein', 'site_description']


class ElectronDensityMapSerializer(serializers.ModelSerializer):
    """A density map."""

    file = FileUrlField(help_text=ElectronDensityMap._meta.get_field('file').help_text)

    class Meta:
        model = ElectronDensityMap
        fields = ['id', 'file', 'date_created', 'date_last_accessed']


class StructureFactorsSerializer(serializers.ModelSerializer):
    """Reflections."""

    file = FileUrlField(help_text=StructureFactors._meta.get_field('file').help_text)

    class Meta:
        model = StructureFactors
        fields = ['id', 'file', 'date_created', 'date_last_accessed']
