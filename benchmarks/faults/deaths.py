"""A worker that dies, a job that kills whoever runs it, a job longer than the broker's patience; default intervals."""

import contextlib
import os
import signal
import time
from datetime import datetime
from pathlib import Path
from random import Random

from django.conf import settings
from django.utils import timezone

from preprocessor.models import PreprocessorJob
from proteins_plus import leases
from proteins_plus.models import JobStatus
from proteins_plus.test.kill_matrix import session, stat_of
from proteins_plus.test.live import Installation, installation, wait_for
from proteins_plus.test.samples import working_tool

from .. import harness
from . import evidence

SEED = 42
VICTIMS = 4
SURVIVORS, CONCURRENCY = 2, 3
#: The broker's patience, and the length of the long job, in seconds. Workers ask the broker for what it has waited too
#: long for after 10 s and then every 100 s: the run has to last from one of these moments past another one.
VISIBILITY, LONG = 40, 125
NAMES = ('LEASE_SECONDS', 'HEARTBEAT_SECONDS', 'SWEEP_SECONDS')
#: What is to be reached: lease and one sweep. Seconds.
NOTICED = 75
#: A victim's job hangs in its first attempt. Marks lie in the folder of the tool, so it runs without a file system of
#: its own; the poison kills its parent, the pool child, as the kernel does when memory is used up.
SCRIPT = f"""
{evidence.ONCE}
echo "start $(date +%s.%N)" >> "${{0%/*}}/$1.log"
case $2 in
    victim) [ "$(wc -l < "${{0%/*}}/$1.log")" -gt 1 ] || exec sleep 600 ;;
    poison) kill -9 $PPID; exec sleep 600 ;;
    long) sleep {LONG} ;;
esac
echo "end $(date +%s.%N)" >> "${{0%/*}}/$1.log"
{evidence.ANSWERS}
"""


def measure() -> tuple[str, int]:
    """:returns: the section of the report, and the number of faults"""
    with working_tool(SCRIPT) as tool, installation(tool) as server:
        server.environment['PPLUS_VISIBILITY_SECONDS'] = str(VISIBILITY)
        server.start_broker()
        server.start_web_server()
        victims = [server.start_worker(f'victim-{number}', concurrency=1) for number in range(VICTIMS)]
        names = {_submit(server, tool, name): name for name in (f'victim-{number}' for number in range(VICTIMS))}
        doomed = list(names)
        for name in names.values():
            wait_for(f'start of {name}', (tool.parent / f'{name}.log').exists)
        for number in range(SURVIVORS):
            server.start_worker(f'survivor-{number}', CONCURRENCY)
        poison, long = (_submit(server, tool, name) for name in ('poison', 'long'))
        names |= {poison: 'poison', long: 'long'}
        killed = _kill(doomed, [victim.pid for victim in victims])
        with contextlib.suppress(AssertionError):
            wait_for('second offer of the long job', lambda: _offers(server, long), LONG)
        offered = _offers(server, long) if _row(long).status == JobStatus.RUNNING else 0
        evidence.wait_for_ends(names, 4 * NOTICED)
        faults = evidence.faults_of(names) + evidence.left_behind(server) + evidence.twice_finished(server)
        poisoned = _log(tool, 'poison')
        ran = _log(tool, 'long')
    faults += [f'a victim has {n} attempts' for n in (_row(job).attempt for job in doomed) if n != 2]
    stunned, more = _lose_message()
    noticed = [*sorted(_seconds_to_next(job, moment) for job, moment in killed.items()), stunned]
    faults += more + [f'noticed after {seconds:.1f} s' for seconds in noticed if seconds > NOTICED]
    faults += _faults_of_poison(_row(poison), poisoned) + _faults_of_long(_row(long), ran, offered)
    return _section(noticed, _row(poison), ran, offered, faults), len(faults)


def _lose_message() -> tuple[float, list[str]]:
    """
    Kill a worker that has taken a message and not begun with the job, on a server of its own with all defaults.

    :returns: how many seconds later another one has begun, and what is wrong
    """
    with working_tool(SCRIPT) as tool, installation(tool) as server:
        server.start_broker()
        server.start_web_server()
        server.manage('reap_jobs')  # at its first sweep a new broker counts as one that has lost its memory
        worker = server.start_worker('stunned', concurrency=1)
        job = _stun(server, tool, worker.pid)
        server.start_worker('survivor', concurrency=1)
        os.killpg(worker.pid, signal.SIGKILL)
        killed = timezone.now()
        evidence.wait_for_ends([job], 5 * NOTICED)
        return _seconds_to_next(job, killed), evidence.faults_of({job: 'stunned'}) + evidence.left_behind(server)


def _submit(server: Installation, tool: Path, name: str) -> str:
    """
    :param server: with a web server
    :param tool: the executable
    :param name: of the job; what it does stands before the hyphen
    :returns: its id
    """
    return evidence.submit(server, tool, name, name.partition('-')[0])


def _row(job: str) -> PreprocessorJob:
    """
    :param job: its id
    :returns: its row as it is now
    """
    return PreprocessorJob.objects.get(pk=job)


def _seconds_to_next(job: str, moment: datetime) -> float:
    """
    :param job: its id
    :param moment: when its worker was killed
    :returns: how many seconds later its last attempt began; infinite if it began before
    """
    began = _row(job).date_started
    return (began - moment).total_seconds() if began and began > moment else float('inf')


def _stun(server: Installation, tool: Path, worker: int) -> str:
    """
    Stop the pool child of an idle worker, and give the worker a job.

    :param server: with a web server
    :param tool: the executable
    :param worker: the main process of its only worker
    :returns: the id of the job
    """
    for child in session(worker):
        if stat_of(child)[1] == str(worker):
            os.kill(child, signal.SIGSTOP)
    job = _submit(server, tool, 'stunned')
    wait_for('message for the stunned', lambda: b'received' in server.log('stunned'))
    return job


def _log(tool: Path, name: str) -> list[tuple[str, float]]:
    """
    :param tool: the executable
    :param name: of a job
    :returns: the starts and ends of its runs, with the seconds of the clock
    """
    lines = (tool.parent / f'{name}.log').read_text().splitlines()
    return [(event, float(moment)) for event, moment in (line.split() for line in lines)]


def _offers(server: Installation, job: str) -> int:
    """
    :param server: an installation
    :param job: the id of a job
    :returns: how often a worker was offered it that could not claim it
    """
    lines = (line for log in server.folder.glob('survivor-*.log') for line in log.read_bytes().splitlines())
    return sum(b'Nothing to claim' in line and job.encode() in line for line in lines)


def _kill(jobs: list[str], victims: list[int]) -> dict[str, datetime]:
    """
    Kill all victims, each with its pool, at random moments between two heartbeats.

    :param jobs: that they run, one each
    :param victims: the main processes of the workers
    :returns: when the worker of each job was killed
    """
    children = {job: int(_row(job).claimed_by.split(':')[1]) for job in jobs}
    worker_of = {job: int(stat_of(child)[1]) for job, child in children.items()}
    if sorted(worker_of.values()) != sorted(victims):
        raise RuntimeError(f'each victim was to run one job: {worker_of}, {victims}')
    random, killed = Random(SEED), {}
    for job, worker in worker_of.items():
        time.sleep(random.uniform(0, settings.HEARTBEAT_SECONDS / 2))
        os.killpg(worker, signal.SIGKILL)
        killed[job] = timezone.now()
    return killed


def _faults_of_poison(job: PreprocessorJob, runs: list[tuple[str, float]]) -> list[str]:
    """
    :param job: the one that kills whoever runs it
    :param runs: its starts and ends
    :returns: what is wrong with it
    """
    end, starts = (job.status, job.error_code, job.attempt), [event for event, _ in runs]
    wanted = (JobStatus.FAILURE, 'tool.crashed', leases.MAX_ATTEMPTS)
    return [f'poison: {end}, {starts}'] if (end, starts) != (wanted, ['start'] * leases.MAX_ATTEMPTS) else []


def _faults_of_long(job: PreprocessorJob, runs: list[tuple[str, float]], offered: int) -> list[str]:
    """
    :param job: the one that runs longer than the broker waits
    :param runs: its starts and ends
    :param offered: how often it was offered to a worker again
    :returns: what is wrong with it
    """
    faults = [] if offered else ['long: the broker never offered it again, so that nothing was tried']
    end, events = (job.status, job.attempt), [event for event, _ in runs]
    if (end, events) != ((JobStatus.SUCCESS, 1), ['start', 'end']):
        faults.append(f'long: {end}, {events}')
    return faults


def _section(
    noticed: list[float], poison: PreprocessorJob, long: list[tuple[str, float]], offered: int, faults: list[str]
) -> str:
    """
    :param noticed: seconds from the death of a worker until another one has its job; at the end, its message
    :param poison: the job that kills whoever runs it
    :param long: starts and ends of the long one
    :param offered: how often it was offered again
    :param faults: found
    :returns: the section of the report
    """
    intervals = ', '.join(f'{name}={getattr(settings, name)}' for name in NAMES)
    lasted = long[-1][1] - long[0][1]
    dead = (
        f'At default intervals ({intervals}). {VICTIMS} workers with a running job each are killed with their pool '
        f'(SIGKILL), between two heartbeats (seed {SEED}); {SURVIVORS} others live. Seconds from the death until a '
        f'living worker has claimed the job: {", ".join(f"{seconds:.1f}" for seconds in noticed[:-1])}; at most '
        f'**{max(noticed[:-1]):.1f} s** (to be within {NOTICED}). Another one, on a server of its own, dies with a '
        f'message that it has taken and not begun with: **{noticed[-1]:.1f} s**.'
    )
    mortal = (
        f'A job whose run kills the process that runs it: {poison.get_status_display()} `{poison.error_code}` after '
        f'**{poison.attempt} attempts**.'
    )
    patience = (
        f'A job of {lasted:.0f} s with PPLUS_VISIBILITY_SECONDS={VISIBILITY}: offered again by the broker '
        f'while it ran ({offered} x), **{sum(event == "start" for event, _ in long)} run**.'
    )
    end = f'Misses and faults: **{len(faults)}**.'
    return harness.section('Dead worker, poison, long job', dead, mortal, patience, end, *sorted(set(faults)))
