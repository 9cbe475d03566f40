"""Checks inputs that may come several ways; for serializers that do not use the mixins of :mod:`.inputs`."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django.apps import apps
from django.core.files.base import File

from proteins_plus.errors import NotFoundError

from . import uploads
from .codes import normalise_pdb_code, normalise_uniprot_code
from .sites import read_site

__all__ = ['MoleculeInputValidator', 'normalise_pdb_code', 'normalise_uniprot_code']


class MoleculeInputValidator:
    """
    Validates molecules among the data of a request.

    Every ``has_valid_...`` method returns False when its field is absent, None or empty text, and True when it is
    valid; it raises :class:`~proteins_plus.errors.InputError`, naming the field, when it is there but wrong. What a
    method has read and normalised it leaves in the attribute of the same matter, which is None before.
    """

    def __init__(self, data: Mapping[str, Any]) -> None:
        """
        :param data: request data, field by field; files as Django's uploaded files
        """
        self._data = data
        self.pdb_code: str | None = None
        self.uniprot_code: str | None = None
        self.protein_text: str | None = None
        self.protein_file_type: str | None = None
        self.ligand_text: str | None = None
        self.density_map: File | None = None
        self.site_description: dict[str, list[dict[str, str]]] | None = None

    def _given(self, field: str) -> Any:
        """
        :param field: a request field
        :returns: its value; None where it is absent or empty text, as browsers send it
        """
        value = self._data.get(field)
        return None if isinstance(value, str) and value == '' else value

    def has_valid_pdb_code(self) -> bool:
        """
        Sets ``pdb_code``, normalised.

        :returns: whether ``pdb_code`` is given
        :raises InputError: ``pdb_code.invalid``
        """
        if (value := self._given('pdb_code')) is None:
            return False
        self.pdb_code = normalise_pdb_code(value)
        return True

    def has_valid_uniprot_code(self) -> bool:
        """
        Sets ``uniprot_code``, normalised.

        :returns: whether ``uniprot_code`` is given
        :raises InputError: ``uniprot_code.invalid``
        """
        if (value := self._given('uniprot_code')) is None:
            return False
        self.uniprot_code = normalise_uniprot_code(value)
        return True

    def has_valid_protein_file(self) -> bool:
        """
        Sets ``protein_text`` and ``protein_file_type`` (``'pdb'`` or ``'cif'``).

        :returns: whether ``protein_file`` is given
        :raises InputError: see :func:`.uploads.read_structure`
        """
        if (file := self._given('protein_file')) is None:
            return False
        structure = uploads.read_structure(file)
        self.protein_text, self.protein_file_type = structure.text, structure.file_type
        return True

    def has_valid_ligand_file(self) -> bool:
        """
        Sets ``ligand_text``.

        :returns: whether ``ligand_file`` is given
        :raises InputError: see :func:`.uploads.read_ligands`
        """
        if (file := self._given('ligand_file')) is None:
            return False
        self.ligand_text = uploads.read_ligands(file)
        return True

    def has_valid_electron_density_map(self) -> bool:
        """
        Sets ``density_map``, unpacked.

        :returns: whether ``electron_density_map`` is given
        :raises InputError: see :func:`.uploads.read_density_map`
        """
        if (file := self._given('electron_density_map')) is None:
            return False
        self.density_map = uploads.read_density_map(file)
        return True

    def has_valid_protein_site_json(self) -> bool:
        """
        Sets ``site_description``.

        :returns: whether ``protein_site_json`` is given
        :raises InputError: see :func:`.sites.read_site`
        """
        if (value := self._given('protein_site_json')) is None:
            return False
        self.site_description = read_site(value)
        return True

    def has_valid_protein_id(self) -> bool:
        """
        :returns: whether ``protein_id`` is given
        :raises NotFoundError: if there is no such protein
        """
        return self._has_stored('protein_id', 'Protein', 'Protein')

    def has_valid_ligand_id(self) -> bool:
        """
        :returns: whether ``ligand_id`` is given
        :raises NotFoundError: if there is no such ligand
        """
        return self._has_stored('ligand_id', 'Ligand', 'Ligand')

    def has_valid_protein_site_id(self) -> bool:
        """
        :returns: whether ``protein_site_id`` is given
        :raises NotFoundError: if there is no such site
        """
        return self._has_stored('protein_site_id', 'ProteinSite', 'Protein site')

    def _has_stored(self, field: str, model: str, word: str) -> bool:
        """
        :param field: a request field that holds an id
        :param model: the model it is an id of
        :param word: what to call it in the error
        :returns: whether the field is given
        :raises NotFoundError: if there is no row of this id, or if it is no id at all
        """
        if (value := self._given(field)) is None:
            return False
        try:
            identifier = value if isinstance(value, UUID) else UUID(value)
        except (ValueError, AttributeError, TypeError):
            identifier = None
        manager = apps.get_model('molecule_handler', model)._default_manager
        if identifier is None or not manager.filter(pk=identifier).exists():
            raise NotFoundError(
                f'{word} with given id does not exist',
                hint='Unused objects are deleted after a while.',
                field=field,
            )
        return True
