"""What a submission takes, and how jobs and tables are served."""

from molecule_handler.inputs import LigandInput, ProteinInput
from proteins_plus.serializers import ProteinsPlusJobSubmitSerializer, job_serializer, output_serializer

from .models import DogsiteInfo, DogsiteJob

DogsiteJobSerializer = job_serializer(DogsiteJob)
DogsiteInfoSerializer = output_serializer(DogsiteInfo)


class DogsiteSubmitSerializer(LigandInput, ProteinInput, ProteinsPlusJobSubmitSerializer):
    """A protein, and if wanted a ligand whose place is compared with the pockets."""

    job_model = DogsiteJob
    ligand_joins = False
