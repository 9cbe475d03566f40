"""The case of DoGSite for the contract tests."""

from proteins_plus.test.contract import BadInput, Request, ToolCase
from proteins_plus.test.utils import structure_text, upload

from ..models import DogsiteJob


def request(name: str = '1ajj.pdb', **parameters: object) -> Request:
    """
    :param name: a structure of ``test_files``, without ``.gz``
    :param parameters: the other fields
    :returns: a request
    """
    return {'protein_file': upload(structure_text(f'{name}.gz'), name), **parameters}


def ligand_file() -> object:
    """:returns: an uploaded ligand"""
    return upload(structure_text('1ia1_TQ3.sdf.gz'), 'x.sdf')


_SOME_ID = '11111111-2222-4333-8444-555555555555'

CASE = ToolCase(
    job_model=DogsiteJob,
    valid=lambda: request('1hvr.pdb'),
    changed=lambda: request('1hvr.pdb', calc_subpockets='true'),
    outputs=('dogsite_info', 'output_pockets', 'output_densities'),
    bad=(
        BadInput(lambda: request(spacing=0.39), 'spacing'),
        BadInput(lambda: request(spacing=1.21), 'spacing'),
        BadInput(lambda: request(spacing='nan'), 'spacing'),
        BadInput(lambda: request(spacing='fine'), 'spacing'),
        BadInput(lambda: request(chain_id='A' * 17), 'chain_id'),
        BadInput(lambda: request(ligand_name='A' * 101), 'ligand_name'),
        BadInput(lambda: request(calc_subpockets='perhaps'), 'calc_subpockets'),
        BadInput(lambda: request(ligand_bias='2'), 'ligand_bias'),
        BadInput(lambda: request(ligand_file=upload(b'hello', 'x.sdf')), 'ligand_file'),
        BadInput(lambda: request(ligand_id='nonsense'), 'ligand_id'),
        BadInput(lambda: request(ligand_id=_SOME_ID), 'detail', 404),
        BadInput(lambda: request(ligand_id=_SOME_ID, ligand_file=ligand_file()), 'ligand_file'),
    ),
)
