"""Small, quick stand-ins for tests of the core: a residue, jobs in every state, a tool that works at once."""

import contextlib
import struct
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from molecule_handler.models import FileType, Protein
from preprocessor.models import PreprocessorJob, PreprocessorJobData
from proteins_plus.models import JobStatus

from . import faults

#: One glycine: the least that is a structure.
GLYCINE = (
    'ATOM      1  N   GLY A   1       0.000   1.450   0.000  1.00 10.00           N  \n'
    'ATOM      2  CA  GLY A   1       0.000   0.000   0.000  1.00 10.00           C  \n'
    'ATOM      3  C   GLY A   1       1.420  -0.540   0.000  1.00 10.00           C  \n'
    'ATOM      4  O   GLY A   1       2.380   0.220   0.000  1.00 10.00           O  \n'
    'TER       5      GLY A   1                                                      \n'
    'END                                                                             \n'
)

#: Methane with 3D coordinates, as one record of an SD file.
METHANE = (
    'MTN_A_1\n  test\n\n'
    '  2  1  0  0  0  0  0  0  0  0999 V2000\n'
    '    0.0000    0.0000    0.1000 C   0  0\n'
    '    0.6300    0.6300    0.7300 H   0  0\n'
    '  1  2  1  0\nM  END\n$$$$\n'
)

#: The body of a preprocessor that gives back what it gets.
WORKS = """
if [ "$1" = --version ]; then echo works 1.0; exit 0; fi
cp input.* output/ && rm -f output/*.sdf && [ -e output/input.pdb ]
"""


@contextlib.contextmanager
def working_tool(also: str = '') -> Iterator[Path]:
    """
    A preprocessor that works in a few milliseconds.

    :param also: shell commands it executes before
    :returns: its executable
    """
    with faults.fake_tool('preprocessor', f'{also}\n{WORKS}') as executable:
        yield executable


def glycine_file(name: str = 'gly.pdb', text: str = GLYCINE) -> SimpleUploadedFile:
    """
    :param name: of the file
    :param text: its content
    :returns: an uploaded structure
    """
    return SimpleUploadedFile(name, text.encode())


def new_job(text: str = GLYCINE, **fields: Any) -> PreprocessorJob:
    """
    :param text: the uploaded structure
    :param fields: of the job
    :returns: an unsaved job with unsaved data
    """
    data = PreprocessorJobData(input_protein_string=text, input_protein_file_type=FileType.PDB, name='gly')
    return PreprocessorJob(input_data=data, **fields)


def stored_job(text: str = GLYCINE, **fields: Any) -> PreprocessorJob:
    """
    :param text: the uploaded structure
    :param fields: of the job, such as its status
    :returns: a stored job that nobody was told about
    """
    job = new_job(text, **fields)
    job.input_data.save()
    job.save()
    return job


def running_job(lease: timedelta = timedelta(seconds=60), attempt: int = 1, **fields: Any) -> PreprocessorJob:
    """
    :param lease: how long its worker's lease lasts from now; negative if it fell silent
    :param attempt: which attempt it is
    :param fields: of the job
    :returns: a stored job that a worker has claimed
    """
    until = timezone.now() + lease
    return stored_job(status=JobStatus.RUNNING, lease_until=until, attempt=attempt, claimed_by='elsewhere', **fields)


def stored_protein(text: str = GLYCINE, **fields: Any) -> Protein:
    """
    :param text: the structure
    :param fields: of the protein
    :returns: a stored protein
    """
    return Protein.objects.create(name='gly', file_type=FileType.PDB, file_string=text, **fields)


def ccp4_map(points: int = 2) -> bytes:
    """
    :param points: along each of three axes
    :returns: a map of these points in a cell of 10 \u00c5, all values 0
    """
    header = bytearray(1024)
    struct.pack_into('<10i', header, 0, points, points, points, 2, 0, 0, 0, points, points, points)
    struct.pack_into('<6f', header, 40, 10, 10, 10, 90, 90, 90)
    struct.pack_into('<3i', header, 64, 1, 2, 3)
    header[208:212] = b'MAP '
    return bytes(header) + bytes(4 * points**3)
