"""Runs ``bin/preprocessor/preprocessor`` and stores what it makes: a protein, its ligands and their pictures."""

import json
from pathlib import Path
from typing import Any

from molecule_handler import external
from molecule_handler.results import add_ligands, load_protein
from proteins_plus.tool_wrapper import ToolWrapper, executable_of, read_notes, read_text

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
        output, data = work / _OUTPUT, job.input_data
        name = job.pdb_code or job.uniprot_code or (data.name if data else '') or 'uploaded'
        protein = load_protein(output, name, job.pdb_code, job.uniprot_code)
        protein.save()
        add_ligands(protein, ((file.stem, read_text(file), file.with_suffix('.svg')) for file in _in_order(work)))
        return {'output_protein': protein, 'notes': read_notes(output / 'notes.json')}


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
