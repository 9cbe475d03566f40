"""Answers per second of the server and of a bare one, the time of a whole job, and memory."""

import subprocess
import sys
import time
from itertools import count
from pathlib import Path
from statistics import median

import requests

from preprocessor.models import PreprocessorJob
from proteins_plus.test.live import Installation, free_port, installation, wait_for
from proteins_plus.test.samples import GLYCINE, working_tool

from .. import harness
from .load import Load, Request, measure_both
from .load import measure as measure_load

#: About 365 kB, the size of a usual structure.
STRUCTURE = (GLYCINE.splitlines(keepends=True)[0] * 4500 + GLYCINE).encode()
UPLOAD = 'api/v2/molecule_handler/upload/'
WHOLE_JOBS = 20
POLL_SECONDS = 0.02


def measure(seconds: int) -> str:
    """
    :param seconds: how long each figure is measured
    :returns: the section of the report
    """
    with working_tool() as tool, installation(tool) as server:
        server.start_broker()
        server.start_web_server()
        worker = server.start_worker()
        idle = resident(server)
        rows, job = _compared(server, seconds)
        fresh = count()
        cold = measure_load(lambda session: _post(session, server, _another(next(fresh))), 4, seconds)
        rows.append(('cold POST, 4 connections', *_cells(cold), '', ''))
        loaded = resident(server)
        wait_for('an empty queue', lambda: not PreprocessorJob.objects.exclude(status__in='sfc').exists(), 300)
        whole = median(_whole_job(server, 10**6 + number) for number in range(WHOLE_JOBS))
        listed = len(server.get(f'{UPLOAD}jobs/').content)
        wall = PreprocessorJob.objects.get(pk=job).provenance['wall_seconds'] * 1000
        del worker
    text = (
        f'Submit to success of a new structure: **{whole:.0f} ms** (median of {WHOLE_JOBS}, polled every '
        f'{POLL_SECONDS * 1000:.0f} ms); the tool alone, sandbox included, took {wall:.0f} ms. First page of the list: '
        f'{listed / 1000:.1f} kB. Memory of all processes, shared pages divided among them: {idle:.0f} MB idle, '
        f'{loaded:.0f} MB after the load.'
    )
    heads = ('request', 'per second', 'p50 ms', 'p95 ms', 'errors', 'bare, per second', 'share of bare')
    return harness.section(
        'Speed',
        '365 kB structures, 2 gunicorn workers. Server and bare reference are measured in turns.',
        harness.table(heads, rows),
        text,
    )


def _compared(server: Installation, seconds: int) -> tuple[list[tuple[object, ...]], str]:
    """
    :param server: running
    :param seconds: how long each figure is measured
    :returns: rows of the table, and the id of a job that has ended
    """
    rows: list[tuple[object, ...]] = []
    with requests.Session() as session:
        job = str(_post(session, server, STRUCTURE).json()['job_id'])
    done = PreprocessorJob.objects.filter(pk=job, status='s')
    wait_for('success', done.exists)
    port = free_port()
    bare = f'http://127.0.0.1:{port}'
    argv = ['-m', 'gunicorn', '--config', 'gunicorn/gunicorn.conf.py', '--pid', str(server.folder / 'bare.pid')]
    own = {**server.environment, 'PPLUS_PORT': str(port)}
    process = subprocess.Popen(
        [sys.executable, *argv, '--error-logfile', '-', 'benchmarks.serve.bare:application'],
        cwd=harness.ROOT, env=own, stderr=subprocess.DEVNULL,
    )  # fmt: skip
    try:
        wait_for('answer of the bare server', lambda: requests.get(f'{bare}/healthz', timeout=5).ok)
        post = f'{bare}/post/?hash={PreprocessorJob.objects.get(pk=job).hash_value}'
        for connections in (1, 4, 16):
            ours: Request = lambda session: _post(session, server, STRUCTURE)  # noqa: E731
            theirs: Request = lambda session: session.post(post, files=_files(STRUCTURE), timeout=60)  # noqa: E731
            rows.append(_row(f'cache-hit POST, {connections} connections', ours, theirs, connections, seconds))
        url = f'{server.address}/{UPLOAD}jobs/{job}/'
        rows.append(
            _row('job GET, 4 connections', lambda session: session.get(url, timeout=60),
                 lambda session: session.get(f'{bare}/get/{job}/', timeout=60), 4, seconds)
        )  # fmt: skip
    finally:
        process.terminate()
        process.wait(30)
    return rows, job


def _row(name: str, ours: Request, theirs: Request, connections: int, seconds: int) -> tuple[object, ...]:
    """
    :param name: of the row
    :param ours: a request to the server
    :param theirs: the same to the bare one
    :param connections: how many at once
    :param seconds: how long each is measured
    :returns: the row
    """
    bare, load = measure_both(theirs, ours, connections, seconds)
    return (name, *_cells(load), bare.per_second, f'{100 * load.per_second / bare.per_second:.0f} %')


def _cells(load: Load) -> tuple[float, ...]:
    """:returns: the figures of a load"""
    return load.per_second, load.p50, load.p95, load.errors


def _files(text: bytes) -> dict[str, tuple[str, bytes]]:
    """:returns: an upload of a structure"""
    return {'protein_file': ('same.pdb', text)}


def _post(session: requests.Session, server: Installation, text: bytes) -> requests.Response:
    """:returns: the answer to a submission"""
    return session.post(f'{server.address}/{UPLOAD}', files=_files(text), timeout=60)


def _another(number: int) -> bytes:
    """:returns: a structure that differs from others in its remark"""
    return f'REMARK 999 {number}\n'.encode() + STRUCTURE


def _whole_job(server: Installation, number: int) -> float:
    """:returns: milliseconds from a submission to the answer that says success"""
    with requests.Session() as session:
        session.trust_env = False
        began = time.monotonic()
        url = f'{server.address}/{UPLOAD}jobs/{_post(session, server, _another(number)).json()["job_id"]}/'
        while session.get(url, timeout=60).json()['status'] != 'success':
            time.sleep(POLL_SECONDS)
        return (time.monotonic() - began) * 1000


def resident(server: Installation) -> float:
    """:returns: the memory of the processes whose environment names the folder of the server, in MB"""
    total = 0
    for folder in Path('/proc').iterdir():
        try:
            if folder.name.isdigit() and str(server.folder).encode() in (folder / 'environ').read_bytes():
                lines = (folder / 'smaps_rollup').read_text().splitlines()
                total += next(int(line.split()[1]) for line in lines if line.startswith('Pss:'))
        except (OSError, StopIteration):
            continue
    return total / 1000
