"""The kill matrix, each cell many times."""

import sys
from collections import Counter

from proteins_plus.test.kill_matrix import INTERVALS, TASK_DEATHS, WORKER_DEATHS, Cell, matrix

from .. import harness

SEED = 42


def measure(rounds: int) -> tuple[str, int]:
    """
    :param rounds: how often each cell is run
    :returns: the section of the report, and the number of faults
    """
    cells: list[Cell] = []
    with matrix(SEED) as killing:
        for number in range(rounds):
            for death in WORKER_DEATHS:
                cells += killing.round(death)
            print(f'kill matrix: round {number + 1} of {rounds}', file=sys.stderr, flush=True)
        unused = killing.unused
    faults = [fault for cell in cells for fault in cell.faults]
    rows: list[tuple[object, ...]] = [
        (task, *(_ends(cells, task, worker) for worker in WORKER_DEATHS)) for task in TASK_DEATHS
    ]
    intervals = ', '.join(f'{name}={value}' for name, value in INTERVALS.items())
    text = (
        f'{len(cells)} jobs, {rounds} in each cell, seed {SEED}, with {intervals}. A row is the death of the job, a '
        'column that of its worker; a cell holds the ends and, in brackets, the most attempts.'
    )
    end = f'Jobs without an end, doubled or missing results, orphan processes, directories and files: **{len(faults)}**'
    slowest = f'{end}. The slowest end came {max(cell.seconds for cell in cells)} s after the death.'
    if unused:
        slowest += f' Rounds begun again, since their four jobs did not run at the same time: {unused}.'
    table = harness.table(('job / worker', *WORKER_DEATHS), rows)
    return harness.section('Kill matrix', text, table, slowest, *sorted(set(faults))), len(faults)


def _ends(cells: list[Cell], task_death: str, worker_death: str) -> str:
    """
    :param cells: of all rounds
    :param task_death: the row
    :param worker_death: the column
    :returns: how the jobs ended, and in how many attempts at most
    """
    mine = [cell for cell in cells if (cell.task_death, cell.worker_death) == (task_death, worker_death)]
    ends = Counter(cell.error_code or cell.status for cell in mine)
    said = ', '.join(f'{count} {end}' for end, count in sorted(ends.items()))
    return f'{said} ({max(cell.attempts for cell in mine)})'
