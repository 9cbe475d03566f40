"""What an upload takes, and how its job and data are served."""

from typing import Any

from rest_framework import serializers

from molecule_handler import inputs, uploads
from molecule_handler.input_validation import normalise_pdb_code, normalise_uniprot_code
from molecule_handler.models import FileType
from proteins_plus.serializers import ProteinsPlusJobSubmitSerializer, job_serializer, output_serializer

from .models import PreprocessorJob, PreprocessorJobData

PreprocessorJobSerializer = job_serializer(PreprocessorJob)
PreprocessorJobDataSerializer = output_serializer(PreprocessorJobData)


class PreprocessorSubmitSerializer(ProteinsPlusJobSubmitSerializer):
    """A structure by PDB id, by UniProt accession or by file; ligands of your own take the place of those in it."""

    job_model = PreprocessorJob

    pdb_code = serializers.CharField(
        required=False, allow_null=True, max_length=16, help_text='PDB id: 4agm or pdb_00004agm.'
    )
    uniprot_code = serializers.CharField(
        required=False,
        allow_null=True,
        max_length=16,
        help_text='UniProt accession of a predicted structure: P04637.',
    )
    protein_file = serializers.FileField(
        required=False, allow_null=True, allow_empty_file=True, help_text='PDB or mmCIF, may be gzipped.'
    )
    ligand_file = serializers.FileField(
        required=False,
        allow_null=True,
        allow_empty_file=True,
        help_text='SD file that replaces the ligands of the structure.',
    )

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """
        :param attrs: the request data field by field
        :returns: the same, with codes normalised and ``input_data``, unsaved, if anything was uploaded
        """
        given = inputs.exactly_one(attrs, 'protein_file', 'pdb_code', 'uniprot_code')
        data = PreprocessorJobData()
        if given == 'protein_file':
            structure = uploads.read_structure(attrs['protein_file'])
            data.input_protein_string, data.input_protein_file_type = structure.text, structure.file_type
            data.name = inputs.name_of(attrs['protein_file'])
        elif given == 'pdb_code':
            attrs['pdb_code'] = normalise_pdb_code(attrs['pdb_code'])
        else:
            attrs['uniprot_code'] = normalise_uniprot_code(attrs['uniprot_code'])
        if attrs.get('ligand_file'):
            data.input_ligand_string = uploads.read_ligands(attrs['ligand_file'])
            data.input_ligand_file_type = FileType.SDF
        uploaded = data.input_protein_string is not None or data.input_ligand_string is not None
        attrs['input_data'] = data if uploaded else None
        return attrs
