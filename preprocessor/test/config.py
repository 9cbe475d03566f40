"""The preprocessor's case for the contract tests."""

from typing import Any

from preprocessor.models import PreprocessorJob
from proteins_plus.test.contract import BadInput, ToolCase
from proteins_plus.test.utils import structure_text, upload

#: 3-alpha-hydroxysteroid dehydrogenase, two copies with NADP and testosterone.
ENTRY = '1afs.pdb.gz'


def structure() -> dict[str, Any]:
    """:returns: a request with a structure"""
    return {'protein_file': upload(structure_text(ENTRY), '1afs.pdb')}


def other_structure() -> dict[str, Any]:
    """:returns: a request with another one"""
    return {'protein_file': upload(structure_text('1crn.pdb.gz'), '1crn.pdb')}


CASE = ToolCase(
    job_model=PreprocessorJob,
    route='molecule_handler/upload/',
    valid=structure,
    changed=other_structure,
    outputs=('output_protein',),
    bad=(
        BadInput(lambda: {'pdb_code': '../x'}, 'pdb_code'),
        BadInput(lambda: {'uniprot_code': 'P04637/../'}, 'uniprot_code'),
        BadInput(lambda: {'pdb_code': '1afs', 'uniprot_code': 'P04637'}, 'uniprot_code'),
        BadInput(lambda: {**structure(), 'pdb_code': '1afs'}, 'pdb_code'),
        BadInput(lambda: {'protein_file': upload(b'', 'empty.pdb')}, 'protein_file'),
        BadInput(lambda: {**structure(), 'ligand_file': upload(b'hello', 'x.sdf')}, 'ligand_file'),
    ),
)
