"""The case of StructureProfiler for the contract tests."""

import json
from collections.abc import Callable

from proteins_plus.test.contract import BadInput, Request, ToolCase
from proteins_plus.test.utils import structure_text, upload

from ..models import StructureprofilerJob


def request(name: str = '1ajj.pdb', **parameters: object) -> Request:
    """
    :param name: a structure of ``test_files``, without ``.gz``
    :param parameters: the other fields
    :returns: a request
    """
    return {'protein_file': upload(structure_text(f'{name}.gz'), name), **parameters}


def _thresholds(content: object) -> Callable[[], Request]:
    """
    :param content: thresholds
    :returns: makes a request with them
    """
    return lambda: request(thresholds=content if isinstance(content, str) else json.dumps(content))


_BAD_THRESHOLDS: tuple[object, ...] = (
    '{',
    '[' * 100_000,
    '5',
    [],
    {'complex': 5},
    {'complexes': {}},
    {'complex': {'resolution': 2}},
    {'ligands': {'resolutionThreshold': 2}},
    {'complex': {'resolutionThreshold': 'two'}},
    {'complex': {'resolutionThreshold': True}},
    '{"complex": {"resolutionThreshold": NaN}}',
    '{"complex": {"resolutionThreshold": 1e999}}',
    {'complex': {'resolutionThreshold': 10**400}},
)
CASE = ToolCase(
    job_model=StructureprofilerJob,
    valid=request,
    changed=lambda: request(preset='astex'),
    outputs=('output_data',),
    bad=(
        BadInput(lambda: request(preset='gold'), 'preset'),
        BadInput(lambda: request(pdb_code='../4agm'), 'pdb_code'),
        BadInput(lambda: request(electron_density_map=upload(b'hello', 'x.ccp4')), 'electron_density_map'),
        BadInput(lambda: request(structure_factors=upload(b'hello', 'x.mtz')), 'structure_factors'),
        BadInput(lambda: request(ligand_file=upload(b'hello', 'x.sdf')), 'ligand_file'),
        *(BadInput(_thresholds(content), 'thresholds') for content in _BAD_THRESHOLDS),
    ),
)
