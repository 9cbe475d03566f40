"""Runs ``bin/structureprofiler/structureprofiler`` and stores what it measured and tested."""

import json
import math
from pathlib import Path
from typing import Any

from molecule_handler.density import write_density
from proteins_plus.errors import ToolError
from proteins_plus.tool_wrapper import ToolWrapper, executable_of, read_json, read_notes, read_text

from .columns import BOOLEAN, INTEGER, NUMBER, TABLES, Table
from .models import StructureprofilerJob, StructureprofilerOutput

_COMPLEX = 'complex'
_VERDICTS = {'passed': True, 'failed': False}
_ATOM = ('chain', 'position', 'residue', 'atom')

Row = dict[str, object]


class StructureprofilerWrapper(ToolWrapper[StructureprofilerJob]):
    """``--complex FILE --outputDir DIR [--density FILE] [--ligand SDF]``, as the published program, and more."""

    def prepare(self, job: StructureprofilerJob, work: Path) -> None:
        """
        Write the density, or fetch it, if there is any.

        :param job: the claimed job
        :param work: the work directory
        """
        write_density(job, work)

    def command(self, job: StructureprofilerJob, work: Path) -> list[str]:
        """
        :param job: the claimed job
        :param work: the work directory
        :returns: program and arguments
        """
        (work / 'output').mkdir()
        argv = [executable_of(job), '--complex', str(job.input_protein.write(work)), '--outputDir', f'{work}/output']
        for density in work.glob('density.*'):
            argv += ['--density', str(density)]
        if records := job.input_protein.ligand_records(job.input_ligand):
            (work / 'ligands.sdf').write_text(records)
            argv += ['--ligand', f'{work}/ligands.sdf']
        if job.thresholds:
            (work / 'thresholds.json').write_text(json.dumps(job.thresholds))
            argv += ['--thresholds', f'{work}/thresholds.json']
        return [*argv, '--preset', job.preset, '--notes', f'{work}/notes.json']

    def load_results(self, job: StructureprofilerJob, work: Path) -> dict[str, Any]:
        """
        :param job: the claimed job
        :param work: the work directory
        :returns: verdicts and notes
        :raises ToolError: if a table is missing or cannot be read
        """
        tables = {table.key: _objects(table, work / 'output') for table in TABLES}
        if len(tables[_COMPLEX]) != 1:
            raise _unreadable()
        data = {key: rows[0] if key == _COMPLEX else _numbered(rows) for key, rows in tables.items()}
        offenders = _offenders(work / 'output' / 'profile.json')
        return {
            'output_data': StructureprofilerOutput.objects.create(output_data=data, offenders=offenders),
            'notes': read_notes(work / 'notes.json'),
        }


def _numbered(rows: list[Row]) -> dict[str, Row]:
    """
    :param rows: of a table
    :returns: them by their number, from 1
    """
    return {str(number): row for number, row in enumerate(rows, start=1)}


def _objects(table: Table, folder: Path) -> list[Row]:
    """
    :param table: a part of the result
    :param folder: what the program wrote
    :returns: its objects, each without what is not known of it
    :raises ToolError: if there is not one such file, or if it is no such table
    """
    files = list(folder.glob(f'*{table.file}.csv'))
    if len(files) != 1:
        raise _unreadable()
    lines = [line.split('\t') for line in read_text(files[0]).splitlines() if line.strip()]
    names = [line[0].strip() for line in lines]
    if not lines or len(set(names)) != len(names) or len({len(line) for line in lines}) != 1:
        raise _unreadable()
    types = {column.name: column.type for column in table.columns}
    columns = zip(*(line[1:] for line in lines), strict=True)
    typed = [
        {name: _typed(types.get(name, ''), cell.strip()) for name, cell in zip(names, cells, strict=True)}
        for cells in columns
    ]
    return [{name: value for name, value in row.items() if value is not None} for row in typed]


def _typed(kind: str, cell: str) -> object:
    """
    :param kind: of the values of this name
    :param cell: of a table
    :returns: the value; None for what is not known, so for a verdict that is neither passed nor failed
    :raises ToolError: for a number that is none
    """
    if kind == BOOLEAN:
        return _VERDICTS.get(cell.lower())
    if kind not in (INTEGER, NUMBER):
        return cell or None
    try:
        value = float(cell) if cell else math.nan
    except ValueError as error:
        raise _unreadable() from error
    if not math.isfinite(value):
        return None
    return round(value) if kind == INTEGER else value


def _offenders(file: Path) -> dict[str, Any]:
    """
    :param file: the whole result as JSON, which the published program does not write
    :returns: by part of the result, number and test: where it has failed
    :raises ToolError: if it is no such file
    """
    if not file.exists():
        return {}
    content = read_json(file)
    offenders = content.get('offenders') if isinstance(content, dict) else None
    if not isinstance(offenders, dict) or set(offenders) != {table.key for table in TABLES}:
        raise _unreadable()
    whole, *parts = (offenders[table.key] for table in sorted(TABLES, key=lambda table: table.key != _COMPLEX))
    if not all(isinstance(part, dict) for part in parts):
        raise _unreadable()
    if not all(map(_are_places, (whole, *(places for part in parts for places in part.values())))):
        raise _unreadable()
    return offenders


def _are_places(tests: object) -> bool:
    """
    :param tests: where the tests of one object have failed
    :returns: whether it is that: by test a list of places with atoms, all of whose parts are text
    """
    if not isinstance(tests, dict) or not all(isinstance(places, list) for places in tests.values()):
        return False
    places = [place for places in tests.values() for place in places]
    if not all(isinstance(place, dict) and isinstance(place.get('atoms'), list) for place in places):
        return False
    atoms = [atom for place in places for atom in place['atoms']]
    return all(isinstance(atom, dict) and all(isinstance(atom.get(name), str) for name in _ATOM) for atom in atoms)


def _unreadable() -> ToolError:
    """:returns: the error for a result that is missing or broken"""
    return ToolError('Its verdicts could not be read.', 'tool.bad_output')
