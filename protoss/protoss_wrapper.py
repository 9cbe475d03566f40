"""Runs ``bin/protoss/protoss`` and stores what it makes: a protein and its ligands with hydrogens, and a report."""

from pathlib import Path
from typing import Any

from molecule_handler.results import add_ligands, load_protein, load_records
from proteins_plus.errors import ToolError
from proteins_plus.tool_wrapper import ToolWrapper, executable_of, read_json, read_notes

from .models import ProtossJob, ProtossReport

_LISTS = ('residues', 'ligands', 'flips', 'removed')


class ProtossWrapper(ToolWrapper[ProtossJob]):
    """``--input FILE --output FILE [--ligand_input SDF] --ligand_output SDF``, as the published program, and more."""

    def command(self, job: ProtossJob, work: Path) -> list[str]:
        """
        :param job: the claimed job
        :param work: the work directory
        :returns: program and arguments
        """
        output = work / 'output'
        output.mkdir()
        protein = job.input_protein.write(work)
        argv = [executable_of(job), '--input', str(protein), '--output', str(output / 'protein_out.pdb')]
        for option, records in _ligands(job).items():
            (work / f'{option}.sdf').write_text(records)
            argv += [f'--{option}', str(work / f'{option}.sdf')]
        argv += ['--ligand_output', str(output / 'ligand_out.sdf'), '--picture_dir', str(output)]
        return [*argv, '--ph', str(job.ph), '--report', f'{work}/report.json', '--notes', f'{work}/notes.json']

    def load_results(self, job: ProtossJob, work: Path) -> dict[str, Any]:
        """
        :param job: the claimed job
        :param work: the work directory
        :returns: protein, report and notes
        :raises ToolError: if one of them is missing or cannot be read
        """
        report, source, output = _report(work / 'report.json'), job.input_protein, work / 'output'
        protein = load_protein(output, source.name, source.pdb_code, source.uniprot_code)
        protein.save()
        records = enumerate(load_records(output / 'ligand_out.sdf'), start=1)
        add_ligands(protein, ((name, text, output / f'{number}.svg') for number, (name, text) in records))
        return {
            'output_protein': protein,
            'output_report': ProtossReport.objects.create(report=report),
            'notes': read_notes(work / 'notes.json'),
        }


def _ligands(job: ProtossJob) -> dict[str, str]:
    """
    What the user placed, or else the ligands of the protein, have precedence over what stands in the structure.

    :param job: the job
    :returns: option to SD file, for those that there are
    """
    own = job.input_protein.ligand_records()
    custom = job.input_ligand.file_string if job.input_ligand else ''
    given = {'ligand_input': custom, 'other_ligands': own} if custom else {'ligand_input': own}
    return {option: records for option, records in given.items() if records}


def _report(file: Path) -> dict[str, Any]:
    """
    :param file: the report of a run
    :returns: what it holds
    :raises ToolError: if it is none
    """
    report = read_json(file)
    if not isinstance(report, dict) or not all(isinstance(report.get(name), list) for name in _LISTS):
        raise ToolError('Its report could not be read.', 'tool.bad_output')
    return report
