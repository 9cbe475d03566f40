"""The case of EDIAscorer for the contract tests."""

import gzip

from proteins_plus.test.contract import BadInput, Request, ToolCase
from proteins_plus.test.utils import TEST_FILES, structure_text, upload

from ..models import EdiascorerJob


def packed(name: str) -> bytes:
    """
    :param name: a file of ``test_files``, without ``.gz``
    :returns: its content, unpacked
    """
    return gzip.decompress((TEST_FILES / f'{name}.gz').read_bytes())


def request(name: str = '5e5z', **parameters: object) -> Request:
    """
    :param name: an entry of ``test_files`` with a structure and a map
    :param parameters: the other fields
    :returns: a request
    """
    density = upload(packed(f'{name}_2fofc.ccp4'), 'x.ccp4')
    return {**alone(name), 'electron_density_map': density, **parameters}


def alone(name: str = '5e5z', **parameters: object) -> Request:
    """
    :param name: an entry of ``test_files``
    :param parameters: the other fields
    :returns: a request without density
    """
    return {'protein_file': upload(structure_text(f'{name}.pdb.gz'), f'{name}.pdb'), **parameters}


def _structure_factors(name: str) -> object:
    """
    :param name: what the user calls the file
    :returns: uploaded reflections of 5E5Z
    """
    return upload(packed('5e5z.mtz'), name)


CASE = ToolCase(
    job_model=EdiascorerJob,
    valid=request,
    changed=lambda: request(resolution=2.0),
    outputs=('edia_scores', 'output_protein', 'output_regions'),
    bad=(
        BadInput(alone, ''),
        BadInput(lambda: request(resolution=0.39), 'resolution'),
        BadInput(lambda: request(resolution=10.1), 'resolution'),
        BadInput(lambda: request(resolution='nan'), 'resolution'),
        BadInput(lambda: request(resolution='fine'), 'resolution'),
        BadInput(lambda: alone(pdb_code='../4agm'), 'pdb_code'),
        BadInput(lambda: alone(pdb_code='x' * 17), 'pdb_code'),
        BadInput(lambda: request(pdb_code='4agm'), 'electron_density_map'),
        BadInput(lambda: request(structure_factors=_structure_factors('x.mtz')), 'structure_factors'),
        BadInput(lambda: alone(structure_factors=_structure_factors('x.ccp4')), 'structure_factors'),
        BadInput(lambda: alone(structure_factors='5e5z.mtz'), 'structure_factors'),
        BadInput(lambda: alone(electron_density_map=upload(b'hello', 'x.ccp4')), 'electron_density_map'),
        BadInput(lambda: alone(electron_density_map=upload(b'', 'x.ccp4')), 'electron_density_map'),
        BadInput(lambda: request(ligand_file=upload(b'hello', 'x.sdf')), 'ligand_file'),
    ),
)
