"""Runs ``bin/geomine/geomine`` and stores what it found."""

from pathlib import Path
from typing import Any

from proteins_plus.errors import ToolError
from proteins_plus.tool_wrapper import ToolWrapper, executable_of, read_json, read_notes

from . import archive
from .models import GeomineInfo, GeomineJob

_TYPES: dict[str, type] = {
    'geometrical_search_mode': str,
    'number_of_found_pdbs': int,
    'number_of_found_pockets': int,
    'number_of_found_visualizable_results': int,
    'statistics': str,
    'result_table_content': list,
    'pdbs': dict,
    'ngl_visualization_data': dict,
}
_CELLS = ('PDB', 'PDB Title', 'Class', 'Pocket', 'RMSD', 'Result ID')


class GeomineWrapper(ToolWrapper[GeomineJob]):
    """``--database N ... --webserverSearch --query FILE``, as the published program, and ``--notes``."""

    def command(self, job: GeomineJob, work: Path) -> list[str]:
        """
        :param job: the claimed job
        :param work: the work directory
        :returns: program and arguments
        """
        is_xml = job.query.lstrip().startswith('<')
        query = work / f'query.{"xml" if is_xml else "json"}'
        query.write_text(job.query, encoding='utf-8')
        argv = [executable_of(job), *archive.where().arguments(), '--webserverSearch', f'--query={query}']
        return [*argv, f'--webserverOutput={work}/result.json', f'--notes={work}/notes.json']

    def load_results(self, job: GeomineJob, work: Path) -> dict[str, Any]:
        """
        :param job: the claimed job
        :param work: the work directory
        :returns: what was found, and notes
        :raises ToolError: if it cannot be read
        """
        found = read_json(work / 'result.json')
        if not _is_result(found):
            raise ToolError('Its result could not be read.', 'tool.bad_output')
        notes = read_notes(work / 'notes.json')
        return {'geomine_info': GeomineInfo.objects.create(info=found), 'notes': notes}


def _is_result(found: object) -> bool:
    """
    :param found: what the program wrote
    :returns: whether it has what pages and clients read
    """
    if not isinstance(found, dict) or not all(isinstance(found.get(name), kind) for name, kind in _TYPES.items()):
        return False
    rows, shown = found['result_table_content'], found['ngl_visualization_data']
    texts = all(isinstance(text, str) and _is_shown(key, shown) for key, text in found['pdbs'].items())
    return texts and all(map(_is_row, rows))


def _is_row(row: object) -> bool:
    """
    :param row: of the table
    :returns: whether it is one
    """
    return isinstance(row, dict) and all(isinstance(row.get(name), str) for name in _CELLS)


def _is_shown(key: str, shown: dict[str, Any]) -> bool:
    """
    :param key: entry and site
    :param shown: what is told of all sites
    :returns: whether what a scene needs of this one is there
    """
    whole = shown.get(f'{key}_Complete Pocket')
    if not isinstance(whole, dict) or not isinstance(whole.get('pocketInteractions'), list):
        return False
    matrix = whole.get('transformationDataMatrix4D')
    return isinstance(matrix, list) and len(matrix) == 16 and all(isinstance(x, int | float) for x in matrix)
