"""Part e: how long it takes, and how much memory."""

from pathlib import Path

from ..harness import ROOT, Verdict, cost_of, section, table
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
        program = str(ROOT / 'bin' / 'structureprofiler' / 'structureprofiler')
        argv = [program, f'--complex={entry(data, name)}', f'--outputDir={work / "speed"}', f'--ccd={ccd}']
        best = min(cost_of(argv) for _ in range(TRIES if limit else 1))
        if best.code:
            raise RuntimeError(f'{name}: exit code {best.code}')
        rows.append((name.upper(), f'{best.seconds:.2f}', f'{best.cpu:.2f}', f'{best.megabytes:.0f}'))
        if limit:
            seconds = f'{best.seconds:.2f} s'
            verdicts.append(
                Verdict(f'{name.upper()} as a process, without a map', f'< {limit} s', seconds, best.seconds < limit)
            )
    heads = ('entry', 'wall, s', 'processor, s', 'memory, MB')
    return section('e. Time', 'The whole process, start and imports among it.', table(heads, rows))
