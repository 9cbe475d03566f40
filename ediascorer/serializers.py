"""What a submission takes, and how jobs and scores are served."""

from rest_framework import serializers

from molecule_handler.density import DensityInput
from molecule_handler.inputs import LigandFileInput, ProteinInput
from proteins_plus.serializers import ProteinsPlusJobSubmitSerializer, job_serializer, output_serializer, rows_field

from .columns import ATOM, STRUCTURE
from .models import EdiascorerJob, EdiaScores

_ABOUT = 'Scores; every value is text.'
_AtomScores = rows_field('EdiaAtomSerializer', _ABOUT, ATOM, keyed=True)
_StructureScores = rows_field('EdiaStructureSerializer', _ABOUT, STRUCTURE, keyed=True)

EdiascorerJobSerializer = job_serializer(EdiascorerJob)
EdiaScoresSerializer = output_serializer(
    EdiaScores,
    atom_scores=_AtomScores(read_only=True, help_text=EdiaScores._meta.get_field('atom_scores').help_text),
    regions=serializers.ListField(
        child=serializers.CharField(), read_only=True, help_text=EdiaScores._meta.get_field('regions').help_text
    ),
    structure_scores=_StructureScores(
        read_only=True, help_text=EdiaScores._meta.get_field('structure_scores').help_text
    ),
)


class EdiascorerSubmitSerializer(DensityInput, LigandFileInput, ProteinInput, ProteinsPlusJobSubmitSerializer):
    """A structure and its density, and if wanted a ligand that is scored beside it."""

    job_model = EdiascorerJob
