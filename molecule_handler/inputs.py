"""
Inputs that may come several ways, as mixins of submission serializers: by id, by file, by code.

Each mixin adds its request fields, refuses none and several of them, and puts the input into the validated data under
the name of the job's field: a stored object for an id, an unsaved one for a file. ``submit_task`` stores the unsaved.
"""

from pathlib import PurePosixPath
from typing import Any
from uuid import UUID

from django.core.files.uploadedfile import UploadedFile
from rest_framework import serializers

from proteins_plus.errors import InputError, NotFoundError
from proteins_plus.models import ProteinsPlusBaseModel

from . import uploads
from .models import FileType, Ligand, Protein

_STRUCTURES = 'PDB or mmCIF, may be gzipped.'


def stored(model: type[ProteinsPlusBaseModel], identifier: UUID, field: str, word: str) -> Any:
    """
    An input that is here already; to be used counts as access.

    :param model: its model
    :param identifier: its id
    :param field: the request field that names it
    :param word: what it is called in the error
    :returns: the object
    :raises NotFoundError: if there is none
    """
    found = model._default_manager.filter(pk=identifier).first()
    if found is None:
        raise NotFoundError(f'{word} with given id does not exist', field=field)
    found.mark_accessed()
    return found


def name_of(file: UploadedFile) -> str:
    """
    :param file: an uploaded file
    :returns: its name without folders and suffixes, cut to 100 printable characters; never used as a path
    """
    name = PurePosixPath((file.name or '').replace('\\', '/')).name.partition('.')[0]
    return ''.join(letter for letter in name if letter.isprintable())[:100] or 'uploaded'


def exactly_one(data: dict[str, Any], *fields: str) -> str:
    """
    :param data: validated request data
    :param fields: request fields that exclude each other
    :returns: the one that was given
    :raises InputError: if none or several were
    """
    given = [field for field in fields if data.get(field) not in (None, '')]
    if not given:
        raise InputError(f'Give one of {_listed(fields)}.', 'input.missing')
    if len(given) > 1:
        raise InputError(
            f'Give only one of {_listed(fields)}, not {_listed(given, "and")}.',
            'input.ambiguous',
            field=given[1],
        )
    return given[0]


def _listed(names: Any, word: str = 'or') -> str:
    """
    :param names: one or more words
    :param word: what joins the last two
    :returns: them in a sentence
    """
    *rest, last = names
    return f'{", ".join(rest)} {word} {last}' if rest else last


def protein_from_file(file: UploadedFile) -> Protein:
    """
    :param file: an uploaded structure
    :returns: an unsaved protein
    :raises InputError: if the file is not a structure
    """
    structure = uploads.read_structure(file)
    return Protein(name=name_of(file), file_type=structure.file_type, file_string=structure.text)


class ProteinInput(serializers.Serializer):
    """A protein by id or by file. Gives ``input_protein`` in the validated data."""

    protein_id = serializers.UUIDField(required=False, allow_null=True, help_text='Id of a stored protein.')
    protein_file = serializers.FileField(
        required=False, allow_null=True, allow_empty_file=True, help_text=f'A structure: {_STRUCTURES}'
    )

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """
        :param attrs: the request data field by field
        :returns: the same, with ``input_protein``
        """
        attrs = super().validate(attrs)
        if exactly_one(attrs, 'protein_id', 'protein_file') == 'protein_id':
            attrs['input_protein'] = stored(Protein, attrs['protein_id'], 'protein_id', 'Protein')
        else:
            attrs['input_protein'] = protein_from_file(attrs['protein_file'])
        return attrs


class LigandInput(serializers.Serializer):
    """
    A ligand by id or by file, placed in the protein of :class:`ProteinInput` but no part of it, so that a stored
    protein keeps its own ligands and needs no copy. Gives ``input_ligand`` in the validated data.

    Set ``ligand_required`` to refuse requests without one.
    """

    ligand_required = False

    ligand_id = serializers.UUIDField(required=False, allow_null=True, help_text='Id of a stored ligand.')
    ligand_file = serializers.FileField(
        required=False, allow_null=True, allow_empty_file=True, help_text='An SD file with 3D coordinates.'
    )

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """
        :param attrs: the request data field by field
        :returns: the same, with ``input_ligand``, which may be None
        """
        attrs = super().validate(attrs)
        attrs['input_ligand'] = None
        if not self.ligand_required and not attrs.get('ligand_id') and not attrs.get('ligand_file'):
            return attrs
        if exactly_one(attrs, 'ligand_id', 'ligand_file') == 'ligand_id':
            attrs['input_ligand'] = stored(Ligand, attrs['ligand_id'], 'ligand_id', 'Ligand')
        else:
            attrs['input_ligand'] = _ligand_from_file(attrs['ligand_file'])
        return attrs


class LigandFileInput(LigandInput):
    """The same by file only."""

    ligand_id = None  # type: ignore[assignment]  # how REST framework leaves out a field of a parent


def _ligand_from_file(file: UploadedFile) -> Ligand:
    """
    :param file: an uploaded SD file
    :returns: an unsaved ligand, named after its first record
    :raises InputError: if the file is no molecule in 3D
    """
    text = uploads.read_ligands(file)
    title = ''.join(letter for letter in uploads.split_sdf(text)[0][0] if letter.isprintable())
    return Ligand(name=title[:255] or name_of(file), file_type=FileType.SDF, file_string=text)
