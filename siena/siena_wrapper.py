"""Runs ``bin/siena/siena`` and stores the ensemble it found: structures with their ligands, table and alignment."""

import csv
import re
from pathlib import Path
from typing import Any

from molecule_handler.formats.edf import write_edf
from molecule_handler.models import FileType, Protein
from molecule_handler.results import add_ligands, load_records
from proteins_plus.errors import ToolError
from proteins_plus.tool_wrapper import ToolWrapper, executable_of, read_notes, read_text

from . import database, parameters
from .models import SienaInfo, SienaJob, SienaMember

#: Code or file, and rank.
_NAME = re.compile(r'[A-Za-z0-9_+-]{1,90}_([1-9][0-9]{0,5})', re.ASCII)
_TYPES = {'.pdb': FileType.PDB, '.cif': FileType.CIF}
Rows = list[dict[str, str | None]]


class SienaWrapper(ToolWrapper[SienaJob]):
    """``--protein P --database DB --output D (--ligand L | --edf E)``, as the published program, and our options."""

    def command(self, job: SienaJob, work: Path) -> list[str]:
        """
        :param job: the claimed job
        :param work: the work directory
        :returns: program and arguments
        """
        protein = job.input_protein.write(work)
        argv = [executable_of(job), '--protein', str(protein), '--database', str(database.path())]
        argv += ['--output', f'{work}/output']
        if job.input_ligand:
            (work / 'ligands.sdf').write_text(job.input_ligand.titled())
            argv += ['--ligand', f'{work}/ligands.sdf']
        elif job.input_site:
            (work / 'residues.edf').write_text(write_edf(job.input_site.site_description, protein.name))
            argv += ['--edf', f'{work}/residues.edf']
        return [*argv, *_options(job)]

    def load_results(self, job: SienaJob, work: Path) -> dict[str, Any]:
        """
        :param job: the claimed job
        :param work: the work directory
        :returns: table and alignment, or None if nothing was found, and notes
        :raises ToolError: if they cannot be read, or if there is not one structure for each row
        """
        output = work / 'output'
        if not output.is_dir():
            raise ToolError('It wrote nothing.', 'tool.bad_output')
        rows = _table(output / 'resultStatistic.csv')
        members = _members(output / 'ensemble')
        if len(members) != len(rows):
            raise ToolError('It wrote a table and structures that do not go together.', 'tool.bad_output')
        links = [SienaMember(job=job, position=i, protein=_stored(file, output)) for i, file in enumerate(members)]
        SienaMember.objects.bulk_create(links)
        info = None
        if rows:
            alignment = read_text(output / 'alignment.txt')
            info = SienaInfo.objects.create(statistic=rows, alignment=alignment, further=_table(output / 'further.csv'))
        return {'output_info': info, 'notes': read_notes(output / 'notes.json')}


def _options(job: SienaJob) -> list[str]:
    """
    :param job: the job
    :returns: its parameters as arguments; those that bound nothing are left out
    """
    values = {name: getattr(job, name) for name in (*parameters.NUMBERS, 'ec_number', 'reduction')}
    given = [f'--{name}={value}' for name, value in values.items() if value not in (None, '')]
    return given + [f'--{name}' for name in parameters.SWITCHES if getattr(job, name)]


def _table(file: Path) -> Rows:
    """
    :param file: separated by semicolons, with a header
    :returns: its rows, values without blanks around them, None for empty ones; nothing if there is no file
    :raises ToolError: if it is no such table
    """
    if not file.exists():
        return []
    header, *rows = csv.reader(read_text(file).splitlines(), delimiter=';') or [[]]
    names = [name.strip() for name in header]
    if len(set(names)) != len(names) or any(len(row) != len(names) for row in rows):
        raise ToolError('Its table could not be read.', 'tool.bad_output')
    return [{name: value.strip() or None for name, value in zip(names, row, strict=True)} for row in rows]


def _members(folder: Path) -> list[Path]:
    """
    :param folder: with the structures
    :returns: the structures by rank
    :raises ToolError: if one has no rank, or two have the same
    """
    files = [file for file in folder.glob('*') if file.suffix in _TYPES] if folder.exists() else []
    ranks = {int(match[1]): file for file in files if (match := _NAME.fullmatch(file.stem))}
    if sorted(ranks) != list(range(1, len(files) + 1)):
        raise ToolError('Its structures could not be put into an order.', 'tool.bad_output')
    return [ranks[rank] for rank in sorted(ranks)]


def _stored(file: Path, output: Path) -> Protein:
    """
    :param file: a structure
    :param output: what the program wrote
    :returns: the stored protein with the ligands of its site. It has no PDB id: it lies elsewhere than the entry, whose
        density would not fit it
    :raises ToolError: if it cannot be read
    """
    protein = Protein.objects.create(name=file.stem, file_type=_TYPES[file.suffix], file_string=read_text(file))
    records = load_records(output / 'ligands' / f'{file.stem}.sdf')
    add_ligands(protein, ((name, text, output / 'none.svg') for name, text in records))
    return protein
