"""
The kill matrix: four ways in which a job dies times four in which its worker does, at the same moment.

One round takes one death of a worker and gives it four jobs at once, one for each death of a job. Used by the tests
(each cell once) and by ``python -m benchmarks.faults`` (each cell many times).
"""

import contextlib
import os
import signal
import subprocess
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from random import Random

from django.conf import settings

from molecule_handler.models import Protein
from preprocessor.models import PreprocessorJob
from proteins_plus.models import JobStatus

from .live import Installation, installation, wait_for
from .samples import GLYCINE, working_tool
from .sandbox_tests import is_alive

#: Deaths of a job: its tool is killed, the pool child is, its time is over, its memory is used up.
TASK_DEATHS = ('tool', 'child', 'timeout', 'memory')
#: Deaths of its worker: the whole process group is killed, warm shutdown, cold shutdown, or the broker dies instead.
WORKER_DEATHS = ('kill', 'term', 'quit', 'broker')
#: With these, a dead worker is noticed within 5 s instead of 75.
INTERVALS = {
    'PPLUS_LEASE_SECONDS': '4',
    'PPLUS_HEARTBEAT_SECONDS': '1',
    'PPLUS_SWEEP_SECONDS': '1',
    'PPLUS_SHUTDOWN_SECONDS': '4',
}
LIMITS = {'PPLUS_TOOL_WALL_SECONDS': '3', 'PPLUS_TOOL_MEMORY_MB': '200'}
#: Each process of a tool carries this word and the name of its job in its command line.
MARK = 'kill-matrix'

#: Misbehaves until a file named ``calm`` lies beside it. It writes an mmCIF twin so that files are stored, too.
SCRIPT = f"""
if [ "$1" != --version ] && [ ! -e "${{0%/*}}/calm" ]; then
    set -- $(sed -n 's/^REMARK 999 //p' input.pdb)
    if [ "$1" = memory ]; then
        exec python3 -c 'import time; held = []
while True: held.append(bytearray(1 << 20)); time.sleep(0.01)' {MARK} "$2"
    fi
    exec python3 -c 'import time; time.sleep(600)' {MARK} "$2"
fi
[ "$1" = --version ] || cp input.pdb output/input.cif
"""


@dataclass
class Cell:
    """What became of one job. The last four are what must not be."""

    task_death: str
    worker_death: str
    status: str
    error_code: str
    attempts: int
    seconds: float
    faults: list[str] = field(default_factory=list)


def processes(mark: str) -> list[int]:
    """
    :param mark: a word of a command line
    :returns: the processes of this machine that carry it, whatever namespace they are in
    """
    found = []
    for folder in Path('/proc').iterdir():
        with contextlib.suppress(OSError):
            if folder.name.isdigit() and mark.encode() in (folder / 'cmdline').read_bytes().split(b'\0'):
                found.append(int(folder.name))
    return [pid for pid in found if is_alive(pid)]


def session(leader: int) -> list[int]:
    """
    :param leader: the leader of a session
    :returns: its processes that are alive
    """
    found = []
    for folder in Path('/proc').iterdir():
        with contextlib.suppress(OSError):
            if folder.name.isdigit() and stat_of(int(folder.name))[3] == str(leader):
                found.append(int(folder.name))
    return [pid for pid in found if is_alive(pid)]


def stat_of(pid: int) -> list[str]:
    """
    :param pid: of a process
    :returns: what the kernel says of it: state, parent, group, session and so on
    """
    return Path(f'/proc/{pid}/stat').read_text().rpartition(')')[2].split()


def pool_child(tool: int, worker: int) -> int:
    """
    :param tool: a process of a tool
    :param worker: the main process of its worker
    :returns: the process between them that runs the job
    """
    while (parent := int(stat_of(tool)[1])) != worker:
        tool = parent
    return tool


class Matrix:
    """A server whose tool misbehaves, and rounds of killing on it."""

    def __init__(self, server: Installation, calm: Path, seed: int) -> None:
        """
        :param server: not started yet
        :param calm: the file that makes the tool behave
        :param seed: of the moments between the death of a job and that of its worker
        """
        self._server, self._calm, self._random = server, calm, Random(seed)
        self._rounds = 0
        #: Rounds that had to be begun again.
        self.unused = 0
        server.environment.update(INTERVALS | LIMITS)
        self._broker = server.start_broker()
        server.start_web_server()
        self._worker = self._start_worker()

    def _start_worker(self) -> 'subprocess.Popen[bytes]':
        """:returns: a worker that runs all four jobs of a round at once"""
        return self._server.start_worker(f'worker-{self._rounds}', concurrency=len(TASK_DEATHS))

    def round(self, worker_death: str) -> list[Cell]:
        """
        :param worker_death: one of :data:`WORKER_DEATHS`
        :returns: what became of the four jobs
        """
        names, jobs = self._begin(worker_death)
        begun, victim = time.monotonic(), self._worker
        with contextlib.suppress(OSError):  # memory may be used up already
            os.kill(processes(names['tool'])[0], signal.SIGKILL)
            os.kill(pool_child(processes(names['child'])[0], victim.pid), signal.SIGKILL)
        self._calm.touch()
        time.sleep(self._random.uniform(0, 0.5))
        self._kill(worker_death)
        rows = {death: self._ended(job) for death, job in jobs.items()}
        seconds = round(time.monotonic() - begun, 1)
        left = self._left_behind(victim.pid if self._worker is not victim else None)
        return [
            Cell(death, worker_death, JobStatus(row.status).label, row.error_code, row.attempt, seconds,
                 left + wrong_results(row, names[death]))
            for death, row in rows.items()
        ]  # fmt: skip

    def _begin(self, worker_death: str) -> tuple[dict[str, str], dict[str, str]]:
        """
        Start four jobs. Each runs for three seconds at most: on a busy machine the first may be over before the last
        one begins, so that there is nothing to kill. Then these are left to end, and four others start.

        :param worker_death: one of :data:`WORKER_DEATHS`
        :returns: names and ids of four jobs that run at the same time, by the death they are to die
        :raises AssertionError: if several attempts fail
        """
        for last in (False, False, True):
            self._rounds += 1
            self._calm.unlink(missing_ok=True)
            names = {death: f'{death}-{worker_death}-{self._rounds}' for death in TASK_DEATHS}
            jobs = {death: self._submit(death, name) for death, name in names.items()}
            try:
                wait_for('four tools at once', lambda names=names: all(processes(n) for n in names.values()), 20)
                break
            except AssertionError:
                if last:
                    raise
            self._calm.touch()
            for job in jobs.values():
                self._ended(job)
            self.unused += 1
        return names, jobs

    def _submit(self, death: str, name: str) -> str:
        """
        :param death: one of :data:`TASK_DEATHS`
        :param name: of the job
        :returns: its id
        """
        text = f'REMARK 999 {death} {name}\n{GLYCINE}'
        answer = self._server.post('api/v2/molecule_handler/upload/', files={'protein_file': (f'{name}.pdb', text)})
        assert answer.status_code == 202, answer.text
        return str(answer.json()['job_id'])

    def _kill(self, death: str) -> None:
        """
        :param death: one of :data:`WORKER_DEATHS`; a worker that is gone gets a successor
        """
        if death == 'broker':
            self._broker.kill()
            self._broker.wait()
            self._broker = self._server.start_broker()  # which keeps nothing on disk: it has forgotten all
            return
        if death == 'kill':
            os.killpg(self._worker.pid, signal.SIGKILL)
        else:
            self._worker.send_signal(signal.SIGTERM if death == 'term' else signal.SIGQUIT)
        self._worker.wait(90)
        self._worker = self._start_worker()

    @staticmethod
    def _ended(job: str) -> PreprocessorJob:
        """
        :param job: its id
        :returns: its row once it has ended; as it is after a minute, if it has not
        """
        ended = PreprocessorJob.objects.filter(pk=job, status__in=JobStatus.ended())
        with contextlib.suppress(AssertionError):
            wait_for(f'end of {job}', ended.exists)
        return PreprocessorJob.objects.get(pk=job)

    def _left_behind(self, worker: int | None) -> list[str]:
        """
        :param worker: the main process of a worker that is gone, if one is
        :returns: what is still there a few seconds later and should not be
        """
        work = self._server.folder / 'work'
        with contextlib.suppress(AssertionError):
            wait_for('disappearance', lambda: not (processes(MARK) or any(work.glob('*'))), 8)
        left = [f'orphan process {pid}' for pid in processes(MARK) + (session(worker) if worker else [])]
        return left + [f'orphan directory {path.name}' for path in work.glob('*')] + orphan_files()


def wrong_results(job: PreprocessorJob, name: str) -> list[str]:
    """
    :param job: a job that should have ended
    :param name: of the structure it was given
    :returns: what is wrong: no end, results of a failure, or not just one set of a success
    """
    if job.status not in JobStatus.ended():
        return [f'not ended: {job.get_status_display()}']
    results, wanted = Protein.objects.filter(name=name).count(), int(job.status == JobStatus.SUCCESS)
    faults = [] if results == wanted else [f'{results} result sets, not {wanted}']
    return faults if job.status == JobStatus.SUCCESS or job.error_code else [*faults, 'failure without a code']


def orphan_files() -> list[str]:
    """:returns: the stored structures that no row knows"""
    folder = Path(settings.MEDIA_ROOT)
    known = set(Protein.objects.exclude(mmcif_file='').values_list('mmcif_file', flat=True))
    stored = {str(file.relative_to(folder)) for file in folder.glob('proteins/*')}
    return [f'orphan file {name}' for name in sorted(stored - known)]


@contextlib.contextmanager
def matrix(seed: int = 1) -> Iterator[Matrix]:
    """
    :param seed: see :class:`Matrix`
    :returns: a running server to kill on
    """
    with working_tool(SCRIPT) as tool, installation(tool) as server:
        yield Matrix(server, tool.parent / 'calm', seed)
