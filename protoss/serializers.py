"""What a submission takes, and how jobs and reports are served."""

from molecule_handler.inputs import LigandFileInput, ProteinInput
from proteins_plus.serializers import ProteinsPlusJobSubmitSerializer, job_serializer, output_serializer

from .models import ProtossJob, ProtossReport

ProtossJobSerializer = job_serializer(ProtossJob)
ProtossReportSerializer = output_serializer(ProtossReport)


class ProtossSubmitSerializer(LigandFileInput, ProteinInput, ProteinsPlusJobSubmitSerializer):
    """A protein, and if wanted a ligand placed in it, to which the ligands in its place give way."""

    job_model = ProtossJob
