"""The clean-up over many old proteins and jobs: time, memory, and what is left."""

import subprocess
import sys
import time
from datetime import timedelta

from django.utils import timezone

from molecule_handler.models import FileType, Protein
from preprocessor.models import PreprocessorJob, PreprocessorJobData
from proteins_plus.models import JobStatus

from .. import harness
from .speed import STRUCTURE

OLD = timedelta(days=30)
FRESH = 10
#: What ``manage.py clean_molecule_data`` does; at the end it says how much memory it has held, in kB.
PROGRAM = """
import os
os.environ.setdefault('DJANGO_SETTINGS_MODULE', 'proteins_plus.settings')
import django
django.setup()
from django.core.management import call_command
call_command('clean_molecule_data')
print(next(line.split()[1] for line in open('/proc/self/status') if line.startswith('VmHWM')))
"""


def measure(stale: int) -> str:
    """
    :param stale: how many old proteins, and how many old jobs
    :returns: the section of the report
    """
    for model in (PreprocessorJob, PreprocessorJobData, Protein):
        model._base_manager.all().delete()
    for number in range(stale + FRESH):
        seen = timezone.now() - (OLD if number < stale else timedelta(0))
        text = STRUCTURE.decode()
        protein = Protein.objects.create(name='p', file_type=FileType.PDB, file_string=text, date_last_accessed=seen)
        data = PreprocessorJobData.objects.create(input_protein_string=text, input_protein_file_type=FileType.PDB)
        PreprocessorJob.objects.create(
            input_data=data, output_protein=protein, status=JobStatus.SUCCESS, date_last_accessed=seen
        )
    began = time.monotonic()
    done = subprocess.run([sys.executable, '-c', PROGRAM], cwd=harness.ROOT, check=True, capture_output=True, text=True)
    seconds = time.monotonic() - began
    peak = int(done.stdout.split()[-1]) / 1000
    left = f'{Protein.objects.count()} proteins and {PreprocessorJob.objects.count()} jobs'
    text = f'{stale} proteins of {len(STRUCTURE) // 1000} kB and {stale} jobs, all old, and {FRESH} of each in use: '
    return harness.section(
        'Clean-up',
        f'{text}**{seconds:.1f} s, at most {peak:.0f} MB** of memory; left: {left}.',
    )
