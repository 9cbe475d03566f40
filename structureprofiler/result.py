"""What the page of a Structureprofiler job shows."""

from web import molecules, scenes
from web.results import Column, Result, Row, Scene, Table

from .models import StructureprofilerJob

_COUNTED = ('residues', 'atoms', 'waters')
_COLUMNS = (Column('chain', 'Chain'), *(Column(name, name.capitalize(), numeric=True) for name in _COUNTED))


def result(job: StructureprofilerJob) -> Result:
    """
    :param job: that has succeeded
    :returns: the counts, the structure they are of, and its files
    """
    protein = molecules.stored_protein(job.input_protein_id)
    chains = molecules.given(job.structureprofiler_info).info
    rows = tuple(Row({name: str(value) for name, value in chain.items()}) for chain in chains)
    return Result(
        sentences=(f'{protein.name}, chains: {len(rows)}.',),
        scenes=(Scene('structure', 'Structure', f'{protein.name}.', lambda: scenes.structure_scene(protein)),),
        tables=(Table('chains', 'Chains', _COLUMNS, rows),),
        files=molecules.complex_files(protein, molecules.ligands_of(protein)),
    )
