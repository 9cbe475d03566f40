"""The case of METALizer for the contract tests."""

from proteins_plus.test.contract import BadInput, Request, ToolCase
from proteins_plus.test.utils import structure_text, upload

from ..models import MetalizerJob


def request(structure: str = '1ajj.pdb', **parameters: object) -> Request:
    """
    :param structure: one of ``test_files``, without ``.gz``
    :param parameters: the other fields; the calcium of 1AJJ unless given
    :returns: a request
    """
    named = parameters or {'residue_id': '73', 'chain_id': 'A', 'name': 'CA'}
    return {'protein_file': upload(structure_text(f'{structure}.gz'), structure), **named}


CASE = ToolCase(
    job_model=MetalizerJob,
    valid=request,
    changed=lambda: request(distance_threshold=2.45),
    outputs=('output_protein', 'metalizer_info'),
    bad=(
        BadInput(lambda: request(distance_threshold='nan'), 'distance_threshold'),
        BadInput(lambda: request(distance_threshold='inf'), 'distance_threshold'),
        BadInput(lambda: request(distance_threshold=0.9), 'distance_threshold'),
        BadInput(lambda: request(distance_threshold=5.1), 'distance_threshold'),
        BadInput(lambda: request(residue_id='73', chain_id='A'), 'name'),
        BadInput(lambda: request(chain_id='A'), 'residue_id'),
        BadInput(lambda: request(name='CA'), 'residue_id'),
        BadInput(lambda: request(residue_id='74', chain_id='A', name='CA'), 'residue_id'),
        BadInput(lambda: request(residue_id='73', chain_id='B', name='CA'), 'residue_id'),
        BadInput(lambda: request(residue_id='73', chain_id='A', name='ZN'), 'residue_id'),
        BadInput(lambda: request('1crn.pdb', distance_threshold=3), 'protein_file'),
    ),
)
