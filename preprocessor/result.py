"""What the page of a job shows: the structure, its ligands and what was noticed about them."""

from web import molecules, scenes
from web.results import Column, Result, Row, Scene, Table

from .models import PreprocessorJob

_COLUMNS = (
    Column('name', 'Ligand', meaning='component, chain and number'),
    Column('notes', 'Noticed', meaning='what to know before it is used'),
)


def result(job: PreprocessorJob) -> Result:
    """
    :param job: that has succeeded
    :returns: the protein and its ligands
    """
    protein = molecules.stored_protein(molecules.given(job.output_protein_id))
    ligands = molecules.ligands_of(protein)
    names = [ligand.name for ligand in ligands]
    text = f'{protein.name} with {molecules.listed(names) or "no ligand"}.'
    about = {name: ' '.join(note['message'] for note in job.notes if note['subject'] == name) for name in names}
    rows = tuple(Row({'name': name, 'notes': about[name]}, molecules.ligand_places(name)) for name in names)
    return Result(
        sentences=(text, *(molecules.said(note) for note in job.notes if note['subject'] not in about)),
        scenes=(Scene('structure', 'Structure', text, lambda: scenes.structure_scene(protein)),),
        tables=(Table('ligands', 'Ligands', _COLUMNS, rows),) if rows else (),
        pictures=molecules.pictures(ligands),
        files=(
            *molecules.protein_files(protein, 'The protein without ligands'),
            *molecules.ligand_files(bool(ligands), protein.ligand_records, 'The ligands as an SD file'),
        ),
    )
