"""
Molecules that any tool may take in or give out. They are immutable and outlive the jobs that made them, until
:mod:`molecule_handler.clean_up` finds them unused.
"""

from pathlib import Path
from typing import ClassVar, Self

from django.conf import settings
from django.core.files.base import ContentFile, File
from django.db import models

from proteins_plus.models import ProteinsPlusHashableModel, ProteinsPlusJob


class FileType(models.TextChoices):
    """Formats in which molecules are stored as text."""

    PDB = 'pdb', 'PDB'
    CIF = 'cif', 'mmCIF'
    SDF = 'sdf', 'SD file'


class Protein(ProteinsPlusHashableModel):
    """A macromolecule with its waters and metals, as text; its ligands are rows of their own."""

    name = models.CharField(max_length=255, help_text='Entry id, or the stem of the uploaded file.')
    pdb_code = models.CharField(
        max_length=12, null=True, default=None, help_text='PDB id the structure was fetched by, lower case.'
    )
    uniprot_code = models.CharField(
        max_length=10, null=True, default=None, help_text='UniProt accession the model was fetched by.'
    )
    file_type = models.CharField(max_length=4, choices=FileType, help_text='Format of file_string.')
    file_string = models.TextField(help_text='The structure.')
    mmcif_file = models.FileField(
        upload_to=settings.MEDIA_DIRECTORIES['proteins'],
        blank=True,
        default='',
        help_text='The same structure as mmCIF, when file_string is PDB.',
    )

    hash_attributes = ['pdb_code', 'uniprot_code', 'file_type', 'file_string']

    def add_mmcif(self, text: str) -> None:
        """
        Keep the mmCIF twin of the structure; to be called before the row is saved.

        :param text: the structure as mmCIF
        """
        self.mmcif_file = ContentFile(text.encode(), name=f'{self.id}.cif')

    def write(self, folder: Path) -> Path:
        """
        Write the structure for a program.

        :param folder: the work directory of a run
        :returns: the file, ``protein.pdb`` or ``protein.cif``
        """
        file = folder / f'protein.{self.file_type}'
        file.write_text(self.file_string, encoding='utf-8')
        return file

    def ligands(self) -> 'models.QuerySet[Ligand]':
        """
        :returns: its ligands, in the order of the file they came from
        """
        return self.ligand_set.order_by(*Ligand.ORDER)

    def ligand_records(self, given: 'Ligand | None' = None) -> str:
        """
        What a program gets beside the text of a stored protein, which has no ligands.

        :param given: by the user, comes first
        :returns: an SD file of its ligands, each under its name
        """
        return ''.join(ligand.titled() for ligand in ([given] if given else []) + list(self.ligands()))


class Ligand(ProteinsPlusHashableModel):
    """A small molecule with bond orders, charges and 3D coordinates, usually in a site of a protein."""

    name = models.CharField(max_length=255, help_text='HET_CHAIN_NUMBER, or the title of the uploaded record.')
    protein = models.ForeignKey(
        Protein, on_delete=models.CASCADE, null=True, default=None, help_text='The protein it belongs to.'
    )
    file_type = models.CharField(
        max_length=4, choices=FileType, default=FileType.SDF, help_text='Format of file_string.'
    )
    file_string = models.TextField(help_text='One record of an SD file.')
    image = models.FileField(
        upload_to=settings.MEDIA_DIRECTORIES['ligands'],
        null=True,
        default=None,
        help_text='2D structure diagram as SVG.',
    )

    hash_attributes = ['protein', 'file_type', 'file_string']

    #: That of the file they came from.
    ORDER = ('date_created', 'name')

    def add_image(self, svg: str) -> None:
        """
        Keep a picture of the ligand; to be called before the row is saved.

        :param svg: the diagram
        """
        self.image = ContentFile(svg.encode(), name=f'{self.id}.svg')

    def titled(self) -> str:
        """
        :returns: the SD file with the ligand's name as the title of its first record
        """
        _, _, rest = self.file_string.partition('\n')
        return f'{self.name}\n{rest}'


class ProteinSite(ProteinsPlusHashableModel):
    """A binding site or pocket, as the residues that line it."""

    protein = models.ForeignKey(Protein, on_delete=models.CASCADE, null=True, default=None)
    site_description = models.JSONField(
        help_text='{"residue_ids": [{"name", "position", "chain"}]}; insertion codes follow the position.'
    )

    hash_attributes = ['protein', 'site_description']


class HashableFile(ProteinsPlusHashableModel):
    """What is a file and nothing else."""

    file: models.FileField

    class Meta(ProteinsPlusHashableModel.Meta):
        abstract = True

    hash_attributes = ['file']

    @classmethod
    def of(cls, file: File) -> Self:
        """
        :param file: its content, under a name that ends in what it is
        :returns: an unsaved row
        """
        row = cls()
        file.name = f'{row.pk}{Path(file.name or "").suffix}'
        row.file = file
        return row


class ElectronDensityMap(HashableFile):
    """A density map as a CCP4 file."""

    file = models.FileField(upload_to=settings.MEDIA_DIRECTORIES['density_files'], help_text='CCP4 map.')


class StructureFactors(HashableFile):
    """
    Reflections of a crystal: amplitudes, or coefficients of a map. Rows of their own, since clients take the file of an
    :class:`ElectronDensityMap` for a CCP4 map.
    """

    file = models.FileField(
        upload_to=settings.MEDIA_DIRECTORIES['structure_factors'], help_text='MTZ or structure-factor mmCIF.'
    )


class DensityJob(ProteinsPlusJob):
    """A job that compares a structure with its density; :class:`~.density.DensityInput` takes what it needs."""

    density_file_pdb_code = models.CharField(
        max_length=12, null=True, default=None, help_text='PDB id whose map is taken from the density archive.'
    )
    electron_density_map = models.ForeignKey(
        ElectronDensityMap, models.CASCADE, null=True, default=None, related_name='+', help_text='An uploaded map.'
    )
    structure_factors = models.ForeignKey(
        StructureFactors, models.CASCADE, null=True, default=None, related_name='+', help_text='Uploaded reflections.'
    )

    class Meta(ProteinsPlusJob.Meta):
        abstract = True

    density_attributes: ClassVar[list[str]] = ['density_file_pdb_code', 'electron_density_map', 'structure_factors']
