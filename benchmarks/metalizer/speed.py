"""Part d: how long it takes, and how much memory."""

import tempfile
from pathlib import Path

from ..harness import ROOT, Cost, Verdict, cost_of, section, table

ENTRIES = ('4agm', '19hc', '6zu5')
ASKED = 0.6
"""Seconds for the first entry."""
TRIES = 5


def report(data: Path, plip: Path | None, answers: list[Verdict]) -> str:
    """
    :param data: folder with ``entries``
    :param plip: the program, None if it is not there
    :param answers: gets one, with PLIP two
    :returns: part d of the report
    """
    program = str(ROOT / 'bin' / 'metalizer' / 'metalizer')
    rows: list[tuple[object, ...]] = []
    with tempfile.TemporaryDirectory(prefix='metalizer-benchmark-') as work:
        for name in ENTRIES:
            file = next(each for each in (data / 'entries').iterdir() if each.name.startswith(name))
            argv = [program, f'--input={file}', '--crystal_symmetry', f'--output={work}/out.pdb']
            best = _best(argv, TRIES if name == ENTRIES[0] else 1)
            rows.append((name.upper(), 'METALizer', *_cells(best)))
            if name == ENTRIES[0]:
                answers.append(
                    Verdict('4AGM as a process', f'< {ASKED} s', f'{best.seconds:.2f} s', best.seconds < ASKED)
                )
                if plip:
                    other = _best([str(plip), '-f', str(file), '-o', work, '-x'], 2)
                    rows.append((name.upper(), 'PLIP', *_cells(other)))
                    faster = f'{other.seconds / best.seconds:.1f} times as fast'
                    answers.append(Verdict('beside PLIP', 'faster', faster, best.seconds < other.seconds))
    heads = ('entry', 'program', 'wall, s', 'processor, s', 'memory, MB')
    return section(
        'd. Time', 'The whole process, start and imports among it; all metals of the entry.', table(heads, rows)
    )


def _best(argv: list[str], tries: int) -> Cost:
    """
    :param argv: program and arguments
    :param tries: how often
    :returns: the fastest run
    :raises RuntimeError: if one fails
    """
    best = min(cost_of(argv) for _ in range(tries))
    if best.code:
        raise RuntimeError(f'{argv[0]}: exit code {best.code}')
    return best


def _cells(cost: Cost) -> tuple[str, ...]:
    """
    :param cost: of a run
    :returns: its cells
    """
    return f'{cost.seconds:.2f}', f'{cost.cpu:.2f}', f'{cost.megabytes:.0f}'
