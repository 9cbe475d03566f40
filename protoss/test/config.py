"""The case of Protoss for the contract tests."""

from proteins_plus.test.contract import BadInput, Request, ToolCase
from proteins_plus.test.utils import structure_text, upload

from ..models import ProtossJob


def request(name: str = '1yjp.cif', **parameters: object) -> Request:
    """
    :param name: a structure of ``test_files``, without ``.gz``
    :param parameters: the other fields
    :returns: a request, by default with 1YJP, which has 7 residues
    """
    return {'protein_file': upload(structure_text(f'{name}.gz'), name), **parameters}


CASE = ToolCase(
    job_model=ProtossJob,
    valid=request,
    changed=lambda: request(ph=5.5),
    outputs=('output_protein', 'output_report'),
    bad=(
        BadInput(lambda: request(ph=-0.1), 'ph'),
        BadInput(lambda: request(ph=14.1), 'ph'),
        BadInput(lambda: request(ph='nan'), 'ph'),
        BadInput(lambda: request(ph='acidic'), 'ph'),
        BadInput(lambda: request(ligand_file=upload(b'hello', 'x.sdf')), 'ligand_file'),
        BadInput(lambda: {'ligand_file': upload(structure_text('1ia1_TQ3.sdf.gz'), 'x.sdf')}, 'non_field_errors'),
    ),
)
