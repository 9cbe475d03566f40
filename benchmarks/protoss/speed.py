"""The report's part f: time and memory."""

from statistics import median

from engines.protoss.pka import ATOM_LIMIT

from ..harness import Verdict, table
from . import growth
from .bench import Bench
from .corpus import Entry
from .programs import ENGINE, PDB2PQR, PROGRAMS, Run
from .reading import slope
from .structures import without_hydrogens

MEDIUM, LARGE = '4agm', '4jsv'
_TRIES = 3
_SMALLEST = 1000
_TEXT = """Processes with everything they need to start, one after the other, with nothing else of this report
running: wall time, processor time with that of child processes, and the largest resident memory of one process; the
median of {} runs for {}, one run for {}. All read the same file, the main conformer without hydrogens. hydride does
no optimisation of states, pdb2pqr none of ligands."""


def section(bench: Bench, entries: list[Entry]) -> str:
    """
    :param bench: data and programs; gets the verdicts
    :param entries: of the corpus
    :returns: the section
    """
    rows, figures = _runs(bench)
    _judge(bench, figures)
    (exponent, number), (below, _) = slope(entries, _SMALLEST), slope(entries, _SMALLEST, ATOM_LIMIT)
    heads = ('entry', 'heavy atoms', 'program', 'wall s', 'CPU s', 'MB', 'result')
    return '\n\n'.join(
        (
            '## f. Time and memory',
            _TEXT.format(_TRIES, MEDIUM.upper(), LARGE.upper()),
            table(heads, rows),
            f'Over the {number} files of part g with {_SMALLEST} heavy atoms or more, CPU time grows with the '
            f'**{exponent:.2f}**th power of their number, over those of up to {ATOM_LIMIT:,}, for which PROPKA runs as '
            f'well, with the **{below:.2f}**th; the smaller files are mostly chains without ligands and waters. They '
            'ran two at once; some of them:',
            table(('file', 'heavy atoms', 'CPU s', 'CPU ms per atom', 'MB'), _scaling(entries)),
            '### Growth',
            growth.section(bench),
        )
    )


def _runs(bench: Bench) -> tuple[list[tuple[object, ...]], dict[tuple[str, str], Run]]:
    """
    :param bench: data and programs
    :returns: rows of the table, and the median run by entry and program
    """
    rows: list[tuple[object, ...]] = []
    figures: dict[tuple[str, str], Run] = {}
    for name, tries, programs in ((MEDIUM, _TRIES, PROGRAMS), (LARGE, 1, (ENGINE,))):
        structure = without_hydrogens(bench.single(name))
        path = bench.write(structure, f'{name}_speed')
        for program in programs:
            runs = [bench.programs.run(program, path, f'try{number}') for number in range(tries)]
            run = figures[name, program] = sorted(runs, key=lambda one: one.seconds)[len(runs) // 2]
            cpu, memory = median(one.cpu for one in runs), max(one.megabytes for one in runs)
            cells = (f'{run.seconds:.2f}', f'{cpu:.2f}', f'{memory:.0f}', run.error or 'done')
            rows.append((name.upper(), structure[0].count_atom_sites(), program, *cells))
    return rows, figures


def _scaling(entries: list[Entry]) -> list[tuple[object, ...]]:
    """
    :param entries: of the corpus
    :returns: figures of about a dozen of them, of all sizes
    """
    sizes = sorted((e for e in entries if not e.run.error and e.heavy >= _SMALLEST), key=lambda e: e.heavy)
    chosen = {e.name: e for e in (*sizes[:: max(1, len(sizes) // 12)], *sizes[-4:])}
    return [
        (e.name, e.heavy, f'{e.run.cpu:.2f}', f'{1000 * e.run.cpu / e.heavy:.2f}', f'{e.run.megabytes:.0f}')
        for e in chosen.values()
    ]


def _judge(bench: Bench, figures: dict[tuple[str, str], Run]) -> None:
    """
    :param bench: gets the verdicts
    :param figures: median runs by entry and program
    """
    own, peer, large = figures[MEDIUM, ENGINE], figures[MEDIUM, PDB2PQR], figures[LARGE, ENGINE]
    bench.verdicts += [
        Verdict(
            f'wall time of {MEDIUM.upper()}', 'under 4 s', f'{own.seconds:.2f} s', not own.error and own.seconds < 4
        ),
        Verdict(
            f'memory of {MEDIUM.upper()}', 'under 300 MB', f'{own.megabytes:.0f} MB', 0 < own.megabytes < 300
        ),
        Verdict(
            f'wall time of {MEDIUM.upper()} beside pdb2pqr', f'below {peer.seconds:.2f} s', f'{own.seconds:.2f} s',
            not own.error and own.seconds < peer.seconds,
        ),
        Verdict(
            f'wall time of {LARGE.upper()}', 'under 60 s', f'{large.seconds:.1f} s',
            not large.error and large.seconds < 60,
        ),
    ]  # fmt: skip
