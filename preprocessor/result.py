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
    notes = any(note['subject'] in names for note in job.notes)
    columns = _COLUMNS if notes else _COLUMNS[:1]
    rows = tuple(Row(_cells(name, job, columns), molecules.ligand_places(name)) for name in names)
    return Result(
        sentences=(text,),
        scenes=(Scene('structure', 'Structure', text, lambda: scenes.structure_scene(protein)),),
        tables=(Table('ligands', 'Ligands', columns, rows),) if rows else (),
        pictures=molecules.pictures(ligands),
        files=molecules.complex_files(protein, ligands),
    )


def _cells(ligand: str, job: PreprocessorJob, columns: tuple[Column, ...]) -> dict[str, str]:
    """
    :param ligand: its name
    :param job: the job
    :param columns: of the table
    :returns: its name and what was noticed about it
    """
    about = ' '.join(note['message'] for note in job.notes if note['subject'] == ligand)
    return {column.key: {'name': ligand, 'notes': about}[column.key] for column in columns}
