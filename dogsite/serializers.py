"""What a submission takes, and how jobs and tables are served."""

from collections.abc import Iterator

from engines.dogsite.columns import COLUMNS as COLUMNS_OF_THE_ENGINE
from engines.dogsite.columns import Column
from molecule_handler.inputs import LigandInput, ProteinInput
from proteins_plus.serializers import (
    ProteinsPlusJobSubmitSerializer,
    job_serializer,
    output_serializer,
    rows_field,
    unit_in_letters,
)

from .models import DogsiteInfo, DogsiteJob


def _described() -> Iterator[Column]:
    """:returns: the columns of the table as it is stored, with the letters that units have"""
    for column in COLUMNS_OF_THE_ENGINE:
        yield Column(column.name, unit_in_letters(column.unit), column.meaning)
    yield Column('site_id', '', 'id of the residues that line the pocket: that of the same place in output_pockets')
    yield Column('density_id', '', 'id of the grid of the pocket: that of the same place in output_densities')


#: By name.
COLUMNS = {column.name: column for column in _described()}

_Rows = rows_field('DogsiteRowSerializer', 'A pocket or subpocket; every value is text.', COLUMNS)

DogsiteJobSerializer = job_serializer(DogsiteJob)
DogsiteInfoSerializer = output_serializer(
    DogsiteInfo,
    info=_Rows(read_only=True, help_text=DogsiteInfo._meta.get_field('info').help_text),
)


class DogsiteSubmitSerializer(LigandInput, ProteinInput, ProteinsPlusJobSubmitSerializer):
    """A protein, and if wanted a ligand whose place is compared with the pockets."""

    job_model = DogsiteJob
