"""The case of PoseView for the contract tests."""

from uuid import uuid4

from proteins_plus.test.contract import BadInput, Request, ToolCase
from proteins_plus.test.samples import METHANE
from proteins_plus.test.utils import structure_text, upload

from ..models import PoseviewJob

LIGAND = '1hpv_478_in_1hvr.sdf'


def request(**parameters: object) -> Request:
    """
    :param parameters: the other fields
    :returns: a request: the ligand of 1HPV in the protease of 1HVR
    """
    files = {'protein_file': '1hvr.pdb', 'ligand_file': LIGAND}
    given = {field: upload(structure_text(f'{name}.gz'), name) for field, name in files.items()}
    return {**given, **parameters}


def without(field: str, **parameters: object) -> Request:
    """
    :param field: that is left out
    :param parameters: the other fields
    :returns: a request
    """
    return {name: value for name, value in request(**parameters).items() if name != field}


CASE = ToolCase(
    job_model=PoseviewJob,
    valid=request,
    changed=lambda: request(theme='dark'),
    outputs=('image', 'image_png', 'poseview_info'),
    bad=(
        BadInput(lambda: without('ligand_file'), ''),
        BadInput(lambda: without('protein_file'), ''),
        BadInput(lambda: request(ligand_id=str(uuid4())), 'ligand_file'),
        BadInput(lambda: without('ligand_file', ligand_id=str(uuid4())), 'detail', 404),
        BadInput(lambda: without('ligand_file', ligand_id='none'), 'ligand_id'),
        BadInput(lambda: request(ligand_file=upload(2 * METHANE, 'two.sdf')), 'ligand_file'),
        BadInput(lambda: request(ligand_file=upload('hello', 'x.sdf')), 'ligand_file'),
        BadInput(lambda: request(ligand_file=upload(METHANE, 'x.pdb')), 'ligand_file'),
        BadInput(lambda: request(theme='pink'), 'theme'),
    ),
)
