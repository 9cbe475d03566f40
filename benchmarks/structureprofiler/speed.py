"""Part e: how long it takes, and how much memory."""

import os
import resource
import subprocess
import time
from pathlib import Path

from ..harness import ROOT, Verdict, section, table
from .backbone import entry

ENTRIES = {'4agm': 3.0, '3o21': 0.0, '4jsv': 0.0, '2gtl': 0.0}
"""Entries by size, with the seconds that one may take."""
TRIES = 3


def report(data: Path, work: Path, ccd: Path, verdicts: list[Verdict]) -> str:
    """
    :param data: folder of structures
    :param work: folder for files
    :param ccd: component dictionary
    :param verdicts: gets one
    :returns: the section
    """
    rows: list[tuple[object, ...]] = []
    for name, limit in ENTRIES.items():
        best = min(_run(entry(data, name), work / 'speed', ccd) for _ in range(TRIES if limit else 1))
        rows.append((name.upper(), f'{best[0]:.2f}', f'{best[1]:.2f}', f'{best[2]:.0f}'))
        if limit:
            seconds = f'{best[0]:.2f} s'
            verdicts.append(
                Verdict(f'{name.upper()} as a process, without a map', f'< {limit} s', seconds, best[0] < limit)
            )
    heads = ('entry', 'wall, s', 'processor, s', 'memory, MB')
    return section('e. Time', 'The whole process, start and imports among it.', table(heads, rows))


def _run(file: Path, folder: Path, ccd: Path) -> tuple[float, float, float]:
    """
    :param file: structure
    :param folder: to write to
    :param ccd: component dictionary
    :returns: wall seconds, processor seconds and megabytes of a run
    """
    program = ROOT / 'bin' / 'structureprofiler' / 'structureprofiler'
    argv = [str(program), '--complex', str(file), '--outputDir', str(folder), '--ccd', str(ccd)]
    began = time.monotonic()
    with subprocess.Popen(argv, stdout=subprocess.DEVNULL) as process:
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise subprocess.CalledProcessError(process.returncode, argv)
    return time.monotonic() - began, usage.ru_utime + usage.ru_stime, _megabytes(usage)


def _megabytes(usage: resource.struct_rusage) -> float:
    """
    :param usage: of a process that has ended
    :returns: its largest memory
    """
    return usage.ru_maxrss / 1024
