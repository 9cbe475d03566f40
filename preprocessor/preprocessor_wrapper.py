"""Runs ``bin/preprocessor/preprocessor`` and stores what it makes: a protein, its ligands and their pictures."""

import json
from pathlib import Path
from typing import Any

from molecule_handler import external
from molecule_handler.models import FileType, Ligand, Protein
from proteins_plus.errors import ToolError
from proteins_plus.tool_wrapper import ToolWrapper, executable_of, read_notes

from .models import PreprocessorJob

_INPUT = 'input'
_OUTPUT = 'output'


class PreprocessorWrapper(ToolWrapper[PreprocessorJob]):
    """``--protein FILE --outdir DIR [--ligand FILE]``, as the published program."""

    def prepare(self, job: PreprocessorJob, work: Path) -> None:
        """
        Write the uploaded structure, or fetch the entry.

        :param job: the claimed job
        :param work: the work directory
        """
        (work / _OUTPUT).mkdir()
        data = job.input_data
        if data and data.input_protein_string is not None:
            content, file_type = data.input_protein_string.encode(), data.input_protein_file_type
        elif job.pdb_code:
            fetched = external.fetch_structure(job.pdb_code)
            content, file_type = fetched.content, fetched.file_type
        else:
            fetched = external.fetch_predicted_structure(str(job.uniprot_code))
            content, file_type = fetched.content, fetched.file_type
        (work / f'{_INPUT}.{file_type}').write_bytes(content)
        if data and data.input_ligand_string is not None:
            (work / f'{_INPUT}.sdf').write_text(data.input_ligand_string)

    def command(self, job: PreprocessorJob, work: Path) -> list[str]:
        """
        :param job: the claimed job
        :param work: the work directory
        :returns: program and arguments
        """
        structure = next(path for path in work.glob(f'{_INPUT}.*') if path.suffix != '.sdf')
        argv = [executable_of(job), '--protein', str(structure), '--outdir', str(work / _OUTPUT)]
        ligands = work / f'{_INPUT}.sdf'
        return [*argv, '--ligand', str(ligands)] if ligands.exists() else argv

    def load_results(self, job: PreprocessorJob, work: Path) -> dict[str, Any]:
        """
        :param job: the claimed job
        :param work: the work directory
        :returns: the protein and the notes
        :raises ToolError: if the program wrote no structure
        """
        output = work / _OUTPUT
        protein = _protein(job, output)
        protein.save()
        for file in _in_order(work):
            ligand = Ligand(name=file.stem, protein=protein, file_type=FileType.SDF, file_string=file.read_text())
            picture = file.with_suffix('.svg')
            if picture.exists():
                ligand.add_image(picture.read_text())
            ligand.save()
        return {'output_protein': protein, 'notes': read_notes(output / 'notes.json')}


def _protein(job: PreprocessorJob, output: Path) -> Protein:
    """
    :param job: the job
    :param output: what the program wrote
    :returns: the unsaved protein, as PDB where that fits
    :raises ToolError: if there is no structure, or more than one
    """
    pdb_files, cif_files = sorted(output.glob('*.pdb')), sorted(output.glob('*.cif'))
    if max(len(pdb_files), len(cif_files)) != 1:
        raise ToolError('It wrote no structure.', 'tool.bad_output')
    main = (pdb_files or cif_files)[0]
    uploaded = job.input_data.name if job.input_data else ''
    protein = Protein(
        name=job.pdb_code or job.uniprot_code or uploaded or 'uploaded',
        pdb_code=job.pdb_code,
        uniprot_code=job.uniprot_code,
        file_type=FileType.PDB if pdb_files else FileType.CIF,
        file_string=main.read_text(),
    )
    if pdb_files and cif_files:
        protein.add_mmcif(cif_files[0].read_text())
    return protein


def _in_order(work: Path) -> list[Path]:
    """
    :param work: the work directory
    :returns: the ligand files in the order in which the program names them; by name if it names none
    """
    try:
        order = json.loads((work / 'stdout').read_text())['ligands']
    except (ValueError, KeyError, TypeError):  # the published program prints other things
        order = []
    places = {name: place for place, name in enumerate(order)}
    return sorted((work / _OUTPUT).glob('*.sdf'), key=lambda file: (places.get(file.stem, len(places)), file.name))
