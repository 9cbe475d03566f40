"""Many jobs, and workers that are killed at random all the time: each job ends once, whoever died on the way."""

import os
import signal
import subprocess
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from pathlib import Path
from random import Random
from threading import Event

from django.db import connection

from preprocessor.models import PreprocessorJob
from proteins_plus.sandbox import kind
from proteins_plus.test.kill_matrix import INTERVALS
from proteins_plus.test.live import Installation, installation
from proteins_plus.test.samples import working_tool

from .. import harness
from . import evidence

SEED = 42
WORKERS = 4
#: Shortest and longest life of a worker from its readiness to its death. Seconds.
LIFE = (0.0, 10.0)
#: After this many seconds a job without an end is lost.
PATIENCE = 900
SCRIPT = f'{evidence.ONCE}\nsleep "$2"\n{evidence.ANSWERS}'


@dataclass(frozen=True)
class Load:
    """
    So much work that it lasts as long as the killing, in jobs so short that hardly one is hit in each attempt.

    Seconds are the shortest and the longest time of a job's tool, concurrency the pool children of each worker.
    """

    jobs: int
    seconds: tuple[float, float]
    concurrency: int


LOADS = {'sqlite': Load(500, (0.2, 1.0), 1), 'postgresql': Load(2000, (0.1, 0.5), 2)}


class Worker:
    """A place for a worker, and the deaths of all that were in it."""

    def __init__(self, server: Installation, number: int, concurrency: int) -> None:
        """
        :param server: with a broker
        :param number: of the place
        :param concurrency: of the worker
        """
        self._server, self._number, self._concurrency = server, number, concurrency
        self._random = Random(f'{SEED}-{number}')
        self._lives = 0
        self.pardoned = False
        self.deaths_at_work = 0
        self.deaths: Counter[str] = Counter()
        self._process = self._start()

    def _start(self) -> 'subprocess.Popen[bytes]':
        """:returns: the next worker of this place, ready; its log is kept"""
        self._lives += 1
        return self._server.start_worker(f'chaos-{self._number}-{self._lives}', self._concurrency)

    def die(self, times: int, ended: Event) -> None:
        """
        Die again and again. A successor is there each time.

        :param times: how often at least
        :param ended: set once there is no job left; before, there is no end of it
        """
        while not self.pardoned and (self.deaths.total() < times or not ended.is_set()):
            time.sleep(self._random.uniform(*LIFE))
            death = self._random.choice((signal.SIGKILL, signal.SIGTERM))
            if death == signal.SIGKILL:
                os.killpg(self._process.pid, death)
            else:
                self._process.send_signal(death)  # to the main process, as systemd and stop.sh do
            self._process.wait(90)
            self.deaths_at_work += not ended.is_set()
            self.deaths[death.name] += 1
            self._process = self._start()


def measure(jobs: int, kills: int) -> tuple[str, int]:
    """
    :param jobs: how many; 0 for the number of :data:`LOADS`
    :param kills: how often each worker is killed at least
    :returns: the section of the report, and the number of faults
    """
    load = LOADS[connection.vendor]
    load = replace(load, jobs=jobs or load.jobs)
    with working_tool(SCRIPT) as tool, installation(tool) as server:
        server.environment.update(INTERVALS | {'PPLUS_SANDBOX': 'auto', 'PPLUS_MAX_QUEUED_JOBS': '0'})
        server.start_broker()
        server.start_web_server()
        names, said = _run(server, tool, load, kills)
        swept = evidence.sweep(server)
        faults = evidence.faults_of(names) + evidence.left_behind(server) + evidence.twice_finished(server)
    return _section(names, faults, said, swept, load)


def _run(server: Installation, tool: Path, load: Load, kills: int) -> tuple[dict[str, str], str]:
    """
    :param server: with a web server and a broker
    :param tool: the executable
    :param load: the jobs
    :param kills: how often each worker is killed at least
    :returns: the name of each job by its id, and the deaths for the report
    """
    began, ended = time.monotonic(), Event()
    with ThreadPoolExecutor(WORKERS + 1) as threads:
        submitting = threads.submit(_submit, server, tool, load)
        workers = list(threads.map(lambda number: Worker(server, number, load.concurrency), range(WORKERS)))
        killing = [threads.submit(worker.die, kills, ended) for worker in workers]
        try:
            names = submitting.result()
            evidence.wait_for_ends(names, PATIENCE)
            seconds = time.monotonic() - began
        except BaseException:
            for worker in workers:
                worker.pardoned = True  # or the threads would not end before their time
            raise
        finally:
            ended.set()
        for done in killing:
            done.result()
    at_work = sum(worker.deaths_at_work for worker in workers)
    return names, f'{_deaths(workers)}, {at_work} of them before the last job had ended, which took {seconds:.0f} s'


def _deaths(workers: list[Worker]) -> str:
    """
    :param workers: all of them
    :returns: their deaths for the report
    """
    deaths: Counter[str] = sum((worker.deaths for worker in workers), Counter())
    each = min(worker.deaths.total() for worker in workers)
    said = ' and '.join(f'{count} x {name}' for name, count in sorted(deaths.items()))
    return f'{deaths.total()} deaths ({said}), at least {each} of each worker'


def _submit(server: Installation, tool: Path, load: Load) -> dict[str, str]:
    """
    :param server: with a web server
    :param tool: the executable
    :param load: the jobs
    :returns: the name of each job by its id
    """
    random = Random(SEED)
    names = [f'chaos-{number}' for number in range(load.jobs)]
    return {evidence.submit(server, tool, name, round(random.uniform(*load.seconds), 3)): name for name in names}


def _section(names: dict[str, str], faults: list[str], deaths: str, swept: int, load: Load) -> tuple[str, int]:
    """
    :param names: of the jobs by id
    :param faults: found
    :param deaths: of workers
    :param swept: files without a row
    :param load: what was run
    :returns: the section of the report, and the number of faults
    """
    rows = PreprocessorJob.objects.filter(pk__in=list(names))
    ends = Counter((row.get_status_display(), row.error_code, row.attempt) for row in rows)
    used_up = sum(n for (_, code, attempt), n in ends.items() if code == 'tool.crashed' and attempt == 3)
    failed = sum(n for (status, _, _), n in ends.items() if status == 'failure') - used_up
    intervals = ', '.join(f'{name}={value}' for name, value in INTERVALS.items())
    text = (
        f'{len(names)} jobs of {load.seconds[0]} to {load.seconds[1]} s on {WORKERS} workers of {load.concurrency} '
        f'children each, in the sandbox `{kind()}`, seed {SEED}, with {intervals}. '
        f'{deaths}. A worker dies {LIFE[0]:g} to {LIFE[1]:g} s after its readiness, by SIGKILL of its process group or '
        'SIGTERM, and has a successor at once.'
    )
    table = harness.table(
        ('end', 'attempts', 'jobs'),
        [(code or status, attempt, n) for (status, code, attempt), n in sorted(ends.items())],
    )
    count = len(faults) + failed
    end = (
        f'Jobs lost, without an end, failed otherwise, with another result than their input demands, with two results '
        f'or two runs at once; orphan processes, directories and files: **{count}**. Failed because a worker died in '
        f'each of three attempts: {used_up}. Files that a SIGKILL left between their writing and the commit of their '
        f'row, which the nightly clean-up has removed (made two hours old for it, since it spares the young): {swept}.'
    )
    return harness.section('Chaos', text, table, end, *sorted(set(faults))[:20]), count
