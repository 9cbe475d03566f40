"""The case of SIENA for the contract tests, and the index that they search."""

import json
from functools import lru_cache
from io import StringIO
from pathlib import Path
from tempfile import mkdtemp

from django.conf import settings
from django.core.management import call_command

from proteins_plus.test.contract import BadInput, Request, ToolCase
from proteins_plus.test.utils import TEST_FILES, structure_text, upload

from ..models import SienaJob

#: Proteases of HIV: a cyclic urea, amprenavir, a peptide, none.
_ENTRIES = ('1hvr', '1hpv', '4e43', '1qbs')
RESIDUES = [
    {'name': name, 'position': position, 'chain': chain}
    for chain in ('A', 'B')
    for name, position in (('ASP', '25'), ('GLY', '27'), ('ALA', '28'), ('ASP', '29'), ('ILE', '50'), ('ILE', '84'))
]


@lru_cache
def index() -> Path:
    """:returns: an index of four entries, made once for all tests of this process"""
    Path(settings.MEDIA_ROOT).mkdir(parents=True, exist_ok=True)
    folder = Path(mkdtemp(dir=Path(settings.MEDIA_ROOT).parent))
    archive = folder / 'archive'
    archive.mkdir()
    for entry in _ENTRIES:
        (archive / f'{entry}.pdb.gz').write_bytes((TEST_FILES / 'archive' / f'{entry}.pdb.gz').read_bytes())
    call_command(
        'generate_siena_database',
        database_filename='index.sqlite',
        source_dir=str(archive),
        destination_dir=str(folder),
        verbosity=0,
        stdout=StringIO(),
    )
    return folder / 'index.sqlite'


def request(**parameters: object) -> Request:
    """
    :param parameters: the other fields
    :returns: a request for a site of 1HVR; its residues are named unless a site is given otherwise
    """
    site = {} if {'ligand_file', 'ligand_id', 'protein_site_id', 'protein_site_json'} & parameters.keys() else SITE
    return {'protein_file': upload(structure_text('1hvr.pdb.gz'), '1hvr.pdb'), **site, **parameters}


def site_text(**changed: object) -> str:
    """
    :param changed: values of the first residue
    :returns: a site as JSON text
    """
    return json.dumps({'residue_ids': [{**RESIDUES[0], **changed}]})


def ligand() -> object:
    """:returns: amprenavir, superposed on 1HVR, as an upload"""
    return upload(structure_text('1hpv_478_in_1hvr.sdf.gz'), 'amprenavir.sdf')


SITE: Request = {'protein_site_json': json.dumps({'residue_ids': RESIDUES})}
UNKNOWN = '00000000-0000-4000-8000-000000000000'
CASE = ToolCase(
    job_model=SienaJob,
    valid=request,
    changed=lambda: request(members=1),
    outputs=('output_info', 'output_proteins'),
    bad=(
        BadInput(lambda: request(protein_site_json=''), 'non_field_errors'),
        BadInput(
            lambda: request(protein_site_json=SITE['protein_site_json'], ligand_file=ligand()), 'protein_site_json'
        ),
        BadInput(lambda: request(protein_site_json='5'), 'protein_site_json'),
        BadInput(lambda: request(protein_site_json='{"residue_ids": [5]}'), 'protein_site_json'),
        BadInput(lambda: request(protein_site_json='{"residue_ids": []}'), 'protein_site_json'),
        BadInput(lambda: request(protein_site_json='{'), 'protein_site_json'),
        BadInput(lambda: request(protein_site_json=site_text(position=25)), 'protein_site_json'),
        BadInput(lambda: request(protein_site_json=site_text(name=None)), 'protein_site_json'),
        BadInput(lambda: request(protein_site_id=UNKNOWN), 'detail', 404),
        BadInput(lambda: request(ligand_id=UNKNOWN), 'detail', 404),
        BadInput(lambda: request(site_radius=2), 'site_radius'),
        BadInput(lambda: request(site_radius='nan'), 'site_radius'),
        BadInput(lambda: request(minimal_site_identity=0), 'minimal_site_identity'),
        BadInput(lambda: request(minimal_site_coverage=1.5), 'minimal_site_coverage'),
        BadInput(lambda: request(maximum_mutations=-1), 'maximum_mutations'),
        BadInput(lambda: request(resolution=0), 'resolution'),
        BadInput(lambda: request(maximum_backbone=-1), 'maximum_backbone'),
        BadInput(lambda: request(deposition_year=1), 'deposition_year'),
        BadInput(lambda: request(ec_number='hydrolase'), 'ec_number'),
        BadInput(lambda: request(reduction='best'), 'reduction'),
        BadInput(lambda: request(members=0), 'members'),
    ),
)
