"""The case of Structureprofiler for the contract tests."""

from proteins_plus.test.contract import BadInput, Request, ToolCase
from proteins_plus.test.utils import structure_text, upload

from ..models import StructureprofilerJob


def request(name: str = '1ajj.pdb', **parameters: str) -> Request:
    """
    :param name: a structure of ``test_files``, without ``.gz``
    :param parameters: the other fields
    :returns: a request, by default with 1AJJ, one chain with a calcium ion
    """
    return {'protein_file': upload(structure_text(f'{name}.gz'), name), **parameters}


CASE = ToolCase(
    job_model=StructureprofilerJob,
    valid=request,
    changed=lambda: request(chain_id='A'),
    outputs=('structureprofiler_info',),
    bad=(BadInput(lambda: request(chain_id='ABCDE'), 'chain_id'),),
)
