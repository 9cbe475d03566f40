"""What a run wrote, as molecules to store: a protein, the ligands that belong to it with their pictures, and maps."""

from collections.abc import Iterable
from pathlib import Path

from django.core.files.base import ContentFile

from proteins_plus.errors import InputError, ToolError
from proteins_plus.tool_wrapper import read_text

from .formats.ccp4 import HEADER_BYTES, check_map_size
from .formats.sdf import split_sdf
from .models import ElectronDensityMap, FileType, Ligand, Protein


def load_protein(folder: Path, name: str, pdb_code: str | None, uniprot_code: str | None) -> Protein:
    """
    The one structure in a folder: as PDB where the program wrote it, with the mmCIF beside it as its twin.

    :param folder: what the program wrote
    :param name: of the protein
    :param pdb_code: PDB id, if it has one
    :param uniprot_code: UniProt accession, if it has one
    :returns: an unsaved protein
    :raises ToolError: ``tool.bad_output`` if there is no structure, or more than one
    """
    pdb_files, cif_files = sorted(folder.glob('*.pdb')), sorted(folder.glob('*.cif'))
    if max(len(pdb_files), len(cif_files)) != 1:
        raise ToolError('It wrote no structure.', 'tool.bad_output')
    protein = Protein(
        name=name,
        pdb_code=pdb_code,
        uniprot_code=uniprot_code,
        file_type=FileType.PDB if pdb_files else FileType.CIF,
        file_string=read_text((pdb_files or cif_files)[0]),
    )
    if pdb_files and cif_files:
        protein.add_mmcif(read_text(cif_files[0]))
    return protein


def load_records(file: Path) -> list[tuple[str, str]]:
    """
    :param file: an SD file that a program writes if there are ligands
    :returns: name and text of each record; none if there is no file
    :raises ToolError: ``tool.bad_output`` if it is no SD file
    """
    records = split_sdf(read_text(file)) if file.exists() else []
    if not all('\nM  END\n' in text for _, text in records):
        raise ToolError('Its ligands could not be read.', 'tool.bad_output')
    return [(name[:255] or f'ligand_{number}', text) for number, (name, text) in enumerate(records, start=1)]


def add_ligands(protein: Protein, ligands: Iterable[tuple[str, str, Path]]) -> None:
    """
    Store the ligands of a protein, in their order.

    :param protein: a stored protein
    :param ligands: name, SDF record, and where the picture is if there is one
    :raises ToolError: ``tool.bad_output`` for a picture that cannot be read
    """
    for name, text, picture in ligands:
        ligand = Ligand(name=name, protein=protein, file_type=FileType.SDF, file_string=text)
        if picture.exists():
            ligand.add_image(read_text(picture))
        ligand.save()


def load_density(file: Path) -> ElectronDensityMap:
    """
    :param file: a CCP4 map
    :returns: a stored map
    :raises ToolError: ``tool.bad_output`` if there is no file, or no map in it
    """
    try:
        content = file.read_bytes()
        check_map_size(content[:HEADER_BYTES], len(content))
    except (FileNotFoundError, InputError) as error:
        raise ToolError('Its map could not be read.', 'tool.bad_output') from error
    density = ElectronDensityMap.of(ContentFile(content, name=file.name))
    density.save()
    return density
