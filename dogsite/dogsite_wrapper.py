"""Runs ``bin/dogsite/dogsite`` and stores the pockets it finds: a table, and the residues and the grid of each row."""

import re
from pathlib import Path
from typing import Any

from molecule_handler.formats.edf import read_edf
from molecule_handler.models import ProteinSite
from molecule_handler.results import load_density
from proteins_plus.errors import ToolError
from proteins_plus.tool_wrapper import ToolWrapper, executable_of, read_notes, read_text

from .models import DogsiteInfo, DogsiteJob, DogsitePocket

#: ``P_1``, and ``P_1_2`` for a subpocket. Names become paths.
_NAME = re.compile(r'P(_[0-9]{1,6}){1,2}', re.ASCII)


class DogsiteWrapper(ToolWrapper[DogsiteJob]):
    """``--proteinFile FILE --outputName PREFIX ...``, as the published program, and ``--spacing`` and ``--notes``."""

    def command(self, job: DogsiteJob, work: Path) -> list[str]:
        """
        :param job: the claimed job
        :param work: the work directory
        :returns: program and arguments
        """
        protein = job.input_protein.write(work)
        argv = [executable_of(job), '--proteinFile', str(protein), '--outputName', str(work / 'pocket')]
        argv += ['--writeSiteResiduesEDF', '--writeGridCCP4', '--writeDescToFile']
        if records := _ligands(job):
            (work / 'ligands.sdf').write_text(records)
            argv += ['--ligandFile', str(work / 'ligands.sdf')]
        argv += [f'--refLigName={job.ligand_name}'] if job.ligand_name else []
        argv += [f'--chain={job.chain_id}'] if job.chain_id else []
        argv += ['--subpocDetect'] if job.calc_subpockets else []
        argv += ['--useLigandsToAnnotateGrid'] if job.ligand_bias else []
        return [*argv, '--spacing', str(job.spacing), '--notes', str(work / 'notes.json')]

    def load_results(self, job: DogsiteJob, work: Path) -> dict[str, Any]:
        """
        :param job: the claimed job
        :param work: the work directory
        :returns: the table, or None if there is no pocket, and notes
        :raises ToolError: if the table cannot be read, or a row has no residues or no grid
        """
        rows = _table(work / 'pocket_desc.txt')
        links = []
        for position, row in enumerate(rows):
            site = _site(job, work / f'pocket_{row["name"]}.edf')
            density = load_density(work / f'pocket_{row["name"]}.ccp4')
            row.update(site_id=str(site.pk), density_id=str(density.pk))
            links.append(DogsitePocket(job=job, position=position, site=site, density=density))
        DogsitePocket.objects.bulk_create(links)
        return {
            'dogsite_info': DogsiteInfo.objects.create(info=rows) if rows else None,
            'notes': read_notes(work / 'notes.json'),
        }


def _ligands(job: DogsiteJob) -> str:
    """
    The text of a stored protein has no ligands; where they are asked for, they go with it.

    :param job: the job
    :returns: the SD file that the program gets; empty for none
    """
    given = job.input_ligand.titled() if job.input_ligand else ''
    wanted = job.ligand_name or (job.ligand_bias and not given)
    return given + (job.input_protein.ligand_records() if wanted else '')


def _table(file: Path) -> list[dict[str, str]]:
    """
    :param file: tab-separated, with a header
    :returns: a row for each pocket, in the order of the file
    :raises ToolError: if it is no such table, or if its names are not those of pockets
    """
    header, *rows = [line.split('\t') for line in read_text(file).splitlines() if line] or [[]]
    table = [dict(zip(header, row, strict=False)) for row in rows]
    names = [row.get('name', '') for row in table]
    if (
        'name' not in header
        or {len(row) for row in rows} - {len(set(header))}
        or len(set(names)) != len(names)
        or not all(map(_NAME.fullmatch, names))
    ):
        raise ToolError('Its table of pockets could not be read.', 'tool.bad_output')
    return table


def _site(job: DogsiteJob, file: Path) -> ProteinSite:
    """
    :param job: the job
    :param file: the residues of a pocket, as EDF
    :returns: a stored site of the protein
    :raises ToolError: if they cannot be read
    """
    try:
        description = read_edf(read_text(file))
    except ValueError as error:
        raise ToolError('The residues of a pocket could not be read.', 'tool.bad_output') from error
    return ProteinSite.objects.create(protein=job.input_protein, site_description=description)
