"""What a submission takes, and how jobs and results are served."""

from molecule_handler.inputs import ProteinInput
from proteins_plus.serializers import ProteinsPlusJobSubmitSerializer, job_serializer, output_serializer

from .models import ToolNameInfo, ToolNameJob

ToolNameJobSerializer = job_serializer(ToolNameJob)
ToolNameInfoSerializer = output_serializer(ToolNameInfo)


class ToolNameSubmitSerializer(ProteinInput, ProteinsPlusJobSubmitSerializer):
    """A protein; its other fields are the parameters of the job model."""

    job_model = ToolNameJob
