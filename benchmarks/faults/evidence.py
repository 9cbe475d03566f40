"""What the fault runs share: jobs that can be told apart, and what must not be there when they have ended."""

import contextlib
import json
import os
import time
from collections import Counter
from collections.abc import Iterable
from pathlib import Path

import requests
from django.conf import settings

from molecule_handler.clean_up import SETTLED
from molecule_handler.models import Protein
from preprocessor.models import PreprocessorJob
from proteins_plus.models import JobStatus
from proteins_plus.test.kill_matrix import orphan_files, stat_of
from proteins_plus.test.live import Installation, wait_for
from proteins_plus.test.samples import GLYCINE
from proteins_plus.test.sandbox_tests import is_alive

#: Beginning of a fake tool: its arguments become the words of the structure, and nothing of it runs twice at once.
#: The lock goes with the last process that holds it, and can be had in a sandbox, too, which may only read it.
ONCE = """
if [ "$1" = --version ]; then echo works 1.0; exit 0; fi
set -- $(sed -n 's/^REMARK 999 //p' input.pdb)
exec 9< "${0%/*}/locks/$1" && flock -n 9 || { echo "$1 runs already" >&2; exit 99; }
"""
#: End of a fake tool: what it makes is not what it got, so that results can be told from inputs; a file is among it.
ANSWERS = """
sed -i 's/^REMARK 999/REMARK 998/' input.pdb
cp input.pdb output/input.cif
"""


def structure(name: str, *words: object, body: str = GLYCINE) -> str:
    """
    :param name: of the job, the first word that its tool reads
    :param words: further ones
    :param body: the atoms
    :returns: a structure in PDB format
    """
    return f'REMARK 999 {" ".join(map(str, (name, *words)))}\n{body}'


def make_lock(tool: Path, name: str) -> None:
    """
    :param tool: the executable
    :param name: of a job
    """
    folder = tool.parent / 'locks'
    folder.mkdir(exist_ok=True)
    (folder / name).touch()


def post(server: Installation, name: str, text: str) -> requests.Response:
    """
    :param server: with a running web server
    :param name: of the job
    :param text: its structure
    :returns: the answer to its submission
    """
    return server.post('api/v2/molecule_handler/upload/', files={'protein_file': (f'{name}.pdb', text)})


def submit(server: Installation, tool: Path, name: str, *words: object) -> str:
    """
    :param server: with a running web server
    :param tool: the executable
    :param name: of the job
    :param words: see :func:`structure`
    :returns: the id of the job
    """
    make_lock(tool, name)
    answer = post(server, name, structure(name, *words))
    if answer.status_code != 202:
        raise RuntimeError(f'{answer.status_code}: {answer.text}')
    return str(answer.json()['job_id'])


def wait_for_ends(jobs: Iterable[str], seconds: float) -> None:
    """
    :param jobs: their ids
    :param seconds: how long at most; whatever has not ended by then is found by :func:`faults_of`
    """
    open_jobs = PreprocessorJob.objects.filter(pk__in=list(jobs)).exclude(status__in=JobStatus.ended())
    deadline = time.monotonic() + seconds
    while open_jobs.exists() and time.monotonic() < deadline:
        time.sleep(0.5)  # asking is not to be a load of its own


def faults_of(jobs: dict[str, str]) -> list[str]:
    """
    :param jobs: the name of each job by its id
    :returns: the jobs that are lost, have no end, another result than their input demands, or not just one
    """
    found = [f'{name}: no row' for name in jobs.values()]
    results = Counter(Protein.objects.filter(name__in=list(jobs.values())).values_list('name', flat=True))
    for row in PreprocessorJob.objects.filter(pk__in=list(jobs)).select_related('input_data', 'output_protein'):
        name = jobs[str(row.pk)]
        found.remove(f'{name}: no row')
        if row.status not in JobStatus.ended():
            found.append(f'{name}: still {row.get_status_display()}')
        elif results[name] != (row.status == JobStatus.SUCCESS):
            found.append(f'{name}: {row.get_status_display()} with {results[name]} result sets')
        elif row.status == JobStatus.SUCCESS and not _follows(row):
            found.append(f'{name}: not the result of its input')
    return found


def _follows(job: PreprocessorJob) -> bool:
    """
    :param job: a success
    :returns: whether its output is what :data:`ANSWERS` makes of its input
    """
    given = job.input_data.input_protein_string if job.input_data else None
    made = job.output_protein
    return bool(given and made and made.file_string == given.replace('REMARK 999', 'REMARK 998'))


def twice_finished(server: Installation) -> list[str]:
    """
    :param server: an installation
    :returns: the jobs that more than one attempt says to have finished, by the logs of all workers
    """
    finished: Counter[str] = Counter()
    for file in server.folder.glob('*.log'):
        for line in file.read_bytes().splitlines():
            if b'"Job succeeded"' in line:
                with contextlib.suppress(ValueError):  # a killed worker may leave half a line
                    finished[str(json.loads(line)['job'])] += 1
    return [f'{job} finished {count} times' for job, count in finished.items() if count > 1]


def sweep(server: Installation) -> int:
    """
    No transaction holds a file: who is killed between file and row leaves one that the nightly clean-up takes. Let it.

    :param server: an installation none of whose jobs runs
    :returns: how many files had no row, and are to be gone now
    """
    names = [Path(fault.removeprefix('orphan file ')) for fault in orphan_files()]
    past = time.time() - 2 * SETTLED.total_seconds()
    for name in names:
        os.utime(Path(settings.MEDIA_ROOT) / name, (past, past))
    server.manage('clean_molecule_data')
    return len(names)


def left_behind(server: Installation) -> list[str]:
    """
    :param server: an installation none of whose jobs runs
    :returns: processes without a parent, work directories and files that are still there a few seconds later
    """
    work = server.folder / 'work'
    with contextlib.suppress(AssertionError):
        wait_for('disappearance', lambda: not (_orphans(server) or any(work.glob('*'))), 10)
    left = [f'orphan process {pid}' for pid in _orphans(server)]
    return left + [f'orphan directory {path.name}' for path in work.glob('*')] + orphan_files()


def _orphans(server: Installation) -> list[int]:
    """
    :param server: an installation
    :returns: the processes that have its folder in their environment, and are in no session of a part that lives
    """
    mark, sessions = str(server.folder).encode(), set(map(str, server.leaders()))
    found = []
    for folder in Path('/proc').iterdir():
        with contextlib.suppress(OSError):
            ours = folder.name.isdigit() and mark in (folder / 'environ').read_bytes()
            if ours and stat_of(int(folder.name))[3] not in sessions:
                found.append(int(folder.name))
    return [pid for pid in found if is_alive(pid)]
