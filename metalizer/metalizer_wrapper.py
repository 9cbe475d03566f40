"""Runs ``bin/metalizer/metalizer`` and stores the geometries it found."""

from pathlib import Path
from typing import Any

from molecule_handler.results import load_protein
from proteins_plus.errors import ToolError
from proteins_plus.tool_wrapper import ToolWrapper, executable_of, read_json, read_notes

from .models import MetalizerInfo, MetalizerJob

_AXES = 3
_TEXTS = ('element', 'metal_name', 'molecule_name')
_NUMBERS = ('coordination_number', 'free_sites', 'nof_bidentates', 'overlap_penalty', 'prmsd', 'rmsd', 'score')


class MetalizerWrapper(ToolWrapper[MetalizerJob]):
    """``--input FILE --metal RES:CHAIN.NAME ...``, as the published program, and ``--ligands`` and ``--notes``."""

    def command(self, job: MetalizerJob, work: Path) -> list[str]:
        """
        :param job: the claimed job
        :param work: the work directory
        :returns: program and arguments
        """
        (work / 'output').mkdir()
        argv = [executable_of(job), '--input', str(job.input_protein.write(work))]
        if job.name:
            argv.append(f'--metal={job.residue_id}:{job.chain_id}.{job.name}')
        argv += ['--distance_threshold', str(job.distance_threshold), '--crystal_symmetry']
        argv += ['--angle_threshold', '21.5', '--max_free_sites', '0.25', '--output', f'{work}/output/protein.pdb']
        if records := job.input_protein.ligand_records():
            (work / 'ligands.sdf').write_text(records)
            argv += ['--ligands', f'{work}/ligands.sdf']
        return [*argv, '--notes', f'{work}/notes.json']

    def load_results(self, job: MetalizerJob, work: Path) -> dict[str, Any]:
        """
        :param job: the claimed job
        :param work: the work directory
        :returns: the geometries, the structure and notes
        :raises ToolError: if they cannot be read
        """
        metals = read_json(work / 'stdout')
        if not isinstance(metals, list) or not metals or not all(map(_is_metal, metals)):
            raise _unreadable()
        source = job.input_protein
        protein = load_protein(work / 'output', source.name, source.pdb_code, source.uniprot_code)
        protein.save()
        return {
            'metalizer_info': MetalizerInfo.objects.create(info=metals[0], metals=metals),
            'output_protein': protein,
            'notes': read_notes(work / 'notes.json'),
        }


def _is_metal(value: object) -> bool:
    """
    :param value: what the program tells of a metal
    :returns: whether it is that
    """
    if not isinstance(value, dict) or not all(isinstance(value.get(name), str) for name in _TEXTS):
        return False
    predictions = value.get('predictions')
    return isinstance(predictions, list) and all(map(_is_prediction, predictions))


def _is_prediction(value: object) -> bool:
    """
    :param value: a geometry
    :returns: whether it has a name, numbers and sites
    """
    if not isinstance(value, dict) or not isinstance(value.get('geometry'), str):
        return False
    numbers = all(isinstance(value.get(name), int | float) for name in _NUMBERS)
    partners = value.get('partners')
    return numbers and isinstance(partners, list) and all(map(_is_partner, partners))


def _is_partner(value: object) -> bool:
    """
    :param value: a site
    :returns: whether its place and direction are three numbers each
    """
    if not isinstance(value, dict) or not isinstance(value.get('atoms'), list):
        return False
    vectors = [value.get('partner_coordinate'), value.get('optimal_direction')]
    return all(
        isinstance(vector, list) and len(vector) == _AXES and all(isinstance(number, int | float) for number in vector)
        for vector in vectors
    )


def _unreadable() -> ToolError:
    """:returns: the error for geometries that are missing or broken"""
    return ToolError('Its geometries could not be read.', 'tool.bad_output')
