"""The files of a stored structure, which pages offer and scenes draw."""

from collections.abc import Iterator

from molecule_handler.models import FileType, Ligand, Protein

from .results import File


def structure_files(protein: Protein) -> tuple[File, ...]:
    """
    :param protein: a stored structure
    :returns: the structure, its mmCIF twin, all ligands, and each ligand alone
    """
    return tuple(_files(protein))


def _files(protein: Protein) -> Iterator[File]:
    """
    :param protein: a stored structure
    :returns: see :func:`structure_files`
    """
    yield File(f'protein.{protein.file_type}', 'Structure', protein.file_string.encode)
    if protein.file_type == FileType.PDB and protein.mmcif_file:
        yield File('protein.cif', 'The same as mmCIF', lambda: _content(protein))
    ligands = list(Ligand.objects.filter(protein=protein).order_by('date_created', 'name'))
    if ligands:
        yield File('ligands.sdf', 'All ligands', lambda: protein.ligand_records().encode())
    for ligand in ligands:
        yield File(f'{ligand.name}.sdf', f'Ligand {ligand.name}', ligand.titled().encode)


def _content(protein: Protein) -> bytes:
    """
    :param protein: with an mmCIF twin
    :returns: the twin
    """
    with protein.mmcif_file.open('rb') as file:
        return bytes(file.read())
