"""
The density that a structure is compared with: by PDB id, as a map, or as structure factors.

Of a job that derives from :class:`~.models.DensityJob`: its part of the submission, and its file for a program.
"""

import shutil
from pathlib import Path
from typing import Any, ClassVar

from rest_framework import serializers

from . import external, uploads
from .codes import normalise_pdb_code
from .inputs import exactly_one
from .models import DensityJob, ElectronDensityMap, StructureFactors

#: The request fields, in the order of ``DensityJob.density_attributes``.
_GIVEN = ('pdb_code', 'electron_density_map', 'structure_factors')


class DensityInput(serializers.Serializer):
    """
    The density of the structure of :class:`~.inputs.ProteinInput`, which must come after it among the bases.

    Gives the fields of :class:`~.models.DensityJob` in the validated data. Where it is required and none is given, the
    map is that of the entry by which a stored protein was fetched.
    """

    density_required: ClassVar[bool] = True

    pdb_code = serializers.CharField(
        source='density_file_pdb_code',
        required=False,
        allow_null=True,
        allow_blank=True,
        max_length=16,
        label='Density of the PDB id',
        help_text='PDB id whose map is taken from the density archive: 4agm or pdb_00004agm.',
    )
    electron_density_map = serializers.FileField(
        required=False,
        allow_null=True,
        allow_empty_file=True,
        help_text='A 2mFo-DFc map in CCP4 or MRC form, may be gzipped.',
    )
    structure_factors = serializers.FileField(
        required=False,
        allow_null=True,
        allow_empty_file=True,
        help_text='MTZ or structure-factor mmCIF, may be gzipped; the map is computed of it.',
    )

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """
        :param attrs: the request data field by field
        :returns: the same, with the three fields of the job: one of them, or none where that is allowed
        """
        attrs = super().validate(attrs)
        given = dict(zip(_GIVEN, (attrs.pop(name, None) for name in DensityJob.density_attributes), strict=True))
        attrs.update(dict.fromkeys(DensityJob.density_attributes))
        if all(value in (None, '') for value in given.values()):
            if not self.density_required:
                return attrs
            given['pdb_code'] = attrs['input_protein'].pdb_code
        match exactly_one(given, *_GIVEN):
            case 'pdb_code':
                attrs['density_file_pdb_code'] = normalise_pdb_code(given['pdb_code'])
            case 'electron_density_map':
                file = uploads.read_density_map(given['electron_density_map'])
                attrs['electron_density_map'] = ElectronDensityMap.of(file)
            case _:
                file = uploads.read_structure_factors(given['structure_factors'])
                attrs['structure_factors'] = StructureFactors.of(file)
        return attrs


def write_density(job: DensityJob, folder: Path) -> Path | None:
    """
    Write the density for a program; what is known by its code is fetched.

    :param job: the claimed job
    :param folder: the work directory of a run
    :returns: the file, whose name ends in what it is; None if the job has none
    :raises ProteinsPlusError: see :func:`.external.fetch_density_map`
    """
    if job.density_file_pdb_code:
        target = folder / 'density.ccp4'
        target.write_bytes(external.fetch_density_map(job.density_file_pdb_code).content)
        return target
    stored = job.electron_density_map or job.structure_factors
    if stored is None:
        return None
    target = folder / f'density{Path(stored.file.name).suffix}'
    with stored.file.open('rb') as source, target.open('wb') as sink:
        shutil.copyfileobj(source, sink)
    return target
