"""Runs ``bin/ediascorer/ediascorer`` and stores its scores, and the structure that carries them as B factors."""

import csv
import math
from collections.abc import Container, Iterable
from pathlib import Path
from typing import Any

from molecule_handler.density import write_density
from molecule_handler.results import load_density, load_protein
from proteins_plus.errors import ToolError
from proteins_plus.tool_wrapper import ToolWrapper, executable_of, read_json, read_notes, read_text

from .models import EdiaRegion, EdiascorerJob, EdiaScores

_ATOM_KEY = 'Infile id'
_STRUCTURE_KEY = ('Name', 'Chain', 'ID')


class EdiascorerWrapper(ToolWrapper[EdiascorerJob]):
    """``--target FILE --densitymap FILE --outputfolder DIR [--ligand SDF]``, as the published program, and more."""

    #: The published program ends with 9 although it has written all its scores. 127 means that it could not start.
    success_codes = frozenset({0, 9})

    def prepare(self, job: EdiascorerJob, work: Path) -> None:
        """
        Write the density, or fetch it.

        :param job: the claimed job
        :param work: the work directory
        """
        write_density(job, work)

    def command(self, job: EdiascorerJob, work: Path) -> list[str]:
        """
        :param job: the claimed job
        :param work: the work directory
        :returns: program and arguments
        """
        for folder in ('output', 'regions'):
            (work / folder).mkdir()
        argv = [executable_of(job), '--target', str(job.input_protein.write(work))]
        argv += ['--densitymap', str(next(work.glob('density.*'))), '--outputfolder', f'{work}/output']
        if records := job.input_protein.ligand_records(job.input_ligand):
            (work / 'ligands.sdf').write_text(records)
            argv += ['--ligand', f'{work}/ligands.sdf']
        argv += ['--resolution', str(job.resolution)] if job.resolution else []
        return [*argv, '--regions', f'{work}/regions', '--notes', f'{work}/notes.json']

    def load_results(self, job: EdiascorerJob, work: Path) -> dict[str, Any]:
        """
        :param job: the claimed job
        :param work: the work directory
        :returns: scores, structure, maps and notes
        :raises ToolError: if the scores or the structure are missing or cannot be read
        """
        output, source = work / 'output', job.input_protein
        atoms = _keyed(_table(output, '*atomscores.csv', _ATOM_KEY, 'EDIA'), (_ATOM_KEY,))
        structures = _keyed(_table(output, '*structurescores.csv', *_STRUCTURE_KEY, 'EDIAm'), _STRUCTURE_KEY)
        protein = load_protein(output, source.name, source.pdb_code, source.uniprot_code)
        protein.save()
        regions = _regions(work / 'regions', structures)
        densities = [load_density(work / 'regions' / f'{number}.ccp4') for number, _ in enumerate(regions, start=1)]
        EdiaRegion.objects.bulk_create(
            EdiaRegion(job=job, position=position, density=density) for position, density in enumerate(densities)
        )
        whole = output / 'density.ccp4'
        return {
            'edia_scores': EdiaScores.objects.create(atom_scores=atoms, structure_scores=structures, regions=regions),
            'output_protein': protein,
            'output_density': load_density(whole) if whole.exists() else None,
            'notes': read_notes(work / 'notes.json'),
        }


def _table(folder: Path, pattern: str, *needed: str) -> list[dict[str, str]]:
    """
    :param folder: what the program wrote
    :param pattern: of the name of a CSV file
    :param needed: columns, the last of which is a score
    :returns: its rows
    :raises ToolError: if there is not one such file, or if it is no table of scores
    """
    files = list(folder.glob(pattern))
    if len(files) != 1:
        raise _unreadable()
    reader = csv.DictReader(read_text(files[0]).splitlines(), restkey='', restval=None, strict=True)
    try:
        rows = [{str(name).strip(): cell for name, cell in row.items()} for row in reader]
    except csv.Error as error:
        raise _unreadable() from error
    if not all(isinstance(row.get(name), str) for row in rows for name in needed) or not rows:
        raise _unreadable()
    if any('' in row or None in row.values() or not _is_score(row[needed[-1]]) for row in rows):
        raise _unreadable()
    return rows


def _regions(folder: Path, known: Container[str]) -> list[str]:
    """
    :param folder: of the maps that a page shows
    :param known: keys of the scores of residues and ligands
    :returns: what they are around, in their order; none from a program that writes none
    :raises ToolError: if their list cannot be read
    """
    file = folder / 'regions.json'
    if not file.exists():
        return []
    names = read_json(file)
    if not isinstance(names, list) or not all(isinstance(name, str) and name in known for name in names):
        raise _unreadable()
    return names


def _is_score(text: str) -> bool:
    """
    :param text: a cell
    :returns: whether it is a number, or empty for what has no score
    """
    try:
        return text == '' or math.isfinite(float(text))
    except ValueError:
        return False


def _keyed(rows: Iterable[dict[str, str]], names: tuple[str, ...]) -> dict[str, dict[str, str]]:
    """
    :param rows: of a table
    :param names: columns whose values make the key of a row
    :returns: the rows by key; of equal keys, which no row of our engine has, the later ones are numbered
    """
    found: dict[str, dict[str, str]] = {}
    for row in rows:
        key = '_'.join(row[name].strip() for name in names)
        number = 1
        while (unique := key if number == 1 else f'{key}#{number}') in found:
            number += 1
        found[unique] = row
    return found


def _unreadable() -> ToolError:
    """:returns: the error for a table of scores that is missing or broken"""
    return ToolError('Its scores could not be read.', 'tool.bad_output')
