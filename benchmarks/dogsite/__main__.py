"""``python -m benchmarks.dogsite --data FOLDER``: how well pockets are found. Writes docs/validation/dogsite.md."""

import argparse
import sys
import tempfile
import time
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from engines.command_line import VERSION
from engines.dogsite.geometry import nearest_squares
from engines.structure.components import default_path

from .. import harness
from ..peers import make_environment
from . import druggability
from .engine import Result, jobs_of, own_work, process, run_all
from .measures import CENTRE, FILLED, HALF, NAMES, QUARTER, Outcome, judge, mean_hits, share
from .peers import BY_SIZE, FPOCKET, KVFINDER, LOCK, REACH, run_peer
from .targets import LDH, SAME, SMALLEST, Target, targets

COMMAND = 'python -m benchmarks.dogsite'
REPORT = harness.ROOT / 'docs' / 'validation' / 'dogsite.md'
ENGINE = 'dogsite'
INSIDE = 1.0
SPACINGS = (0.6, 0.8, 1.0)
USUAL = 0.8
SEEDS = (1,)
SIZES = ('4agm', '4jsv')
LIMITS = {'4agm': (1.5, 200.0), '4jsv': (15.0, 0.0)}
TRIES = {'4agm': 3, '4jsv': 1}
#: Seconds that the smallest may take without the start of Python.
OWN_WORK = 1.0


@dataclass
class Bench:
    """
    What the parts share.

    :param all: the targets
    :param ccd: component dictionary
    :param peers: Python of the peers' environment
    :param verdicts: what is answered so far
    """

    all: list[Target]
    ccd: Path
    peers: Path
    verdicts: list[harness.Verdict] = field(default_factory=list)


def main() -> int:
    """:returns: 0 if every question is answered as asked, else 1"""
    parser = argparse.ArgumentParser(prog=COMMAND, description=__doc__)
    parser.add_argument('--data', type=Path, required=True, help='folder with entries, docking and families')
    parser.add_argument('--peers', type=Path, default=harness.ROOT / 'var' / 'pocket-peers', help='their environment')
    parser.add_argument('--ccd', type=Path, default=default_path(), help='component dictionary')
    parser.add_argument('--work', type=Path, help='folder to keep what is found, for another run')
    parser.add_argument('--report', type=Path, default=REPORT)
    chosen = parser.parse_args()
    peers = make_environment(LOCK, chosen.peers.resolve()) / 'python'
    with tempfile.TemporaryDirectory(prefix='dogsite-benchmark-') as temporary:
        work, ccd = (chosen.work or Path(temporary)).resolve(), chosen.ccd.resolve()
        bench = Bench(targets(chosen.data.resolve(), work, ccd), ccd, peers)
        results = run_all(jobs_of(bench.all, ccd, described=True))
        outcomes, silent = _outcomes(bench, results)
        parts = [
            _success(bench, outcomes, silent), _coverage(bench, outcomes), _spacings(bench, outcomes),
            _rotations(bench, results), druggability.section(bench.all, results, bench.verdicts),
            _speed(bench, chosen.data.resolve(), work),
        ]  # fmt: skip
    head = (
        f'DoGSite {VERSION} beside fpocket-rs 0.1.0 and pyKVFinder 0.9.6 with their default options, on the same files '
        'in the same run. The files hold neither ligands nor waters.'
    )
    summary = harness.verdict_table(bench.verdicts)
    harness.write_report(chosen.report, 'Validation of DoGSite', f'{COMMAND} --data FOLDER', [head, summary, *parts])
    return 0 if all(verdict.met for verdict in bench.verdicts) else 1


def _outcomes(bench: Bench, results: list[Result]) -> tuple[dict[str, list[Outcome]], dict[str, list[str]]]:
    """
    :param bench: targets and peers
    :param results: of the engine
    :returns: by program one outcome a target, and the targets on which a peer gave no answer
    """
    pairs = list(zip(bench.all, results, strict=True))
    found = {ENGINE: [judge(target, result.points, INSIDE, result.parts) for target, result in pairs]}
    silent: dict[str, list[str]] = {}
    found[FPOCKET], found[BY_SIZE], found[KVFINDER] = [], [], []
    for program, reach in REACH.items():
        for target in bench.all:
            answer = run_peer(bench.peers, program, target.protein)
            if answer is None:
                silent.setdefault(program, []).append(target.name)
            pockets = answer[0] if answer else []
            found[program].append(judge(target, pockets, reach))
            if program == FPOCKET:
                found[BY_SIZE].append(judge(target, sorted(pockets, key=len, reverse=True), reach))
    return found, silent


def _success(bench: Bench, outcomes: dict[str, list[Outcome]], silent: dict[str, list[str]]) -> str:
    """
    :param bench: gets the verdicts
    :param outcomes: by program
    :param silent: targets without an answer, by program
    :returns: the section
    """
    answered = [i for i, target in enumerate(bench.all) if target.name not in silent.get(FPOCKET, [])]
    rows: list[tuple[object, ...]] = []
    for family in ['all', *dict.fromkeys(target.family for target in bench.all)]:
        mine = [i for i in answered if family in ('all', bench.all[i].family)]
        hits = {name: mean_hits([found[i] for i in mine]) for name, found in outcomes.items()}
        rows += [(family, len(mine), name, *map(_percent, hits[name])) for name in outcomes]
        best = [max(pair) for pair in zip(hits[FPOCKET], hits[BY_SIZE], strict=True)]
        if family == 'all':
            for name, own, peer in zip(NAMES, hits[ENGINE], best, strict=True):
                bench.verdicts.append(
                    harness.Verdict(f'success: {name}', f'>= {_percent(peer)} %', f'{_percent(own)} %', own >= peer)
                )
        else:
            worse, resorted = (_worse(hits[ENGINE], hits[peer]) for peer in (FPOCKET, BY_SIZE))
            measured = f'worse in: {worse or "none"}; than its pockets by size in: {resorted or "none"}'
            bench.verdicts.append(harness.Verdict(f'success in {family}', 'as fpocket-rs', measured, not worse))
    number = len(answered)
    bench.verdicts.insert(0, harness.Verdict('number of targets that are compared', '>= 60', str(number), number >= 60))
    halves: list[tuple[object, ...]] = [
        (label, len(part), *map(_percent, mean_hits(part)))
        for label, part in (('training', outcomes[ENGINE][::2]), ('held out', outcomes[ENGINE][1::2]))
    ]
    order = (
        'fpocket-rs ranks by a score that takes in whatever else the file holds: on 1HVR with its ligand left in the '
        'file the right pocket is the first of seven, without it the last, although the pockets are the same. So its '
        'pockets are shown in the order of their number of alpha spheres, too. Over all targets the engine is compared '
        'with the better of both orders, in each family with the program as it is; where its pockets by size do better '
        'in a family, of three or four structures mostly, the table says so.'
    )
    quiet = '; '.join(f'{name}: {", ".join(names)}' for name, names in silent.items()) or 'none'
    text = (
        f'{len(bench.all)} structures: whole entries and receptors of docking sets, and one chain of each cluster of '
        f'{LDH} (chains with {SAME:.0%} equal residues are one). Of the ligands those count that have at least '
        f'{SMALLEST} heavy atoms and are neither additives nor glycans. "Centre": a point of the pocket is within '
        f'{CENTRE:.0f} A of the centre of the ligand. "Half inside": at least half of its heavy atoms are within '
        f'{INSIDE:.0f} A of a grid point of the pocket, or, for fpocket-rs, within {REACH[FPOCKET]:.0f} A of the '
        'centre of an alpha sphere, the criterion of its authors. Top 1 and top 3: one of these pockets holds one of '
        'the ligands. Top N+2: share of the N ligands that one of N+2 pockets holds. All in percent. Structures on '
        f'which fpocket-rs gave no answer within a minute of processor time are left out; without answer: {quiet}.'
    )
    split = (
        'The burial of the core, the share that joins seeds to pockets, the widths and the order were chosen on every '
        'second target ("training"); the others were not looked at before:'
    )
    return '\n\n'.join(
        (
            '## a. Are ligands found?', text, order,
            harness.table(('family', 'targets', 'program', *NAMES), rows), split,
            harness.table(('half', 'targets', *NAMES), halves),
        )
    )  # fmt: skip


def _worse(own: tuple[float, ...], peer: tuple[float, ...]) -> str:
    """
    :param own: figures of the engine
    :param peer: figures of a peer
    :returns: names of those in which the engine is worse
    """
    return ', '.join(name for name, mine, other in zip(NAMES, own, peer, strict=True) if mine < other - 1e-9)


def _coverage(bench: Bench, outcomes: dict[str, list[Outcome]]) -> str:
    """
    :param bench: gets the verdicts
    :param outcomes: by program
    :returns: the section
    """
    rows: list[tuple[object, ...]] = []
    for name in (ENGINE, KVFINDER):
        found = outcomes[name]
        kinds = ('covered', 'filled', 'parted', 'held')
        covered, filled, parted, held = (share([getattr(outcome, kind) for outcome in found]) for kind in kinds)
        rows.append((name, len(found), *map(_percent, (covered, filled, parted if name == ENGINE else None, held))))
        if name == ENGINE:
            bench.verdicts += [
                harness.Verdict(
                    'half of the ligand in its pocket', '90 % of ligands', f'{_percent(covered)} %', covered >= 0.9
                ),
                harness.Verdict(
                    'and a quarter of the pocket filled by it and the other ligands of the structure',
                    '70 % of ligands',
                    f'{_percent(held)} % ({_percent(filled)} % by it alone)',
                    held >= 0.7,
                ),
                harness.Verdict(
                    'and a quarter of the pocket or of a subpocket filled by it alone',
                    '83 % of ligands',
                    f'{_percent(parted)} %',
                    parted >= 0.83,
                ),
            ]
    text = (
        f'The published measures, on the pocket that holds most of the ligand: at least {HALF:.0%} of the ligand '
        f'inside, and besides at least {QUARTER:.0%} of the points of the pocket within {FILLED} A of a heavy atom of '
        'the ligand, or, published too, of one of its subpockets. Cofactors are taken out, too, so a pocket often held '
        'two ligands; both ways of counting are given.'
    )
    heads = (
        'program', 'targets', 'half of the ligand inside, %', 'and a quarter of the pocket filled by it, %',
        'or of a subpocket, %', 'and a quarter of the pocket filled by all ligands, %',
    )  # fmt: skip
    return '\n\n'.join(('## b. Do pocket and ligand cover each other?', text, harness.table(heads, rows)))


def _spacings(bench: Bench, outcomes: dict[str, list[Outcome]]) -> str:
    """
    :param bench: gets the verdicts
    :param outcomes: by program, the engine's at the usual spacing
    :returns: the section
    """
    peer = [max(pair) for pair in zip(mean_hits(outcomes[FPOCKET]), mean_hits(outcomes[BY_SIZE]), strict=True)]
    rows: list[tuple[object, ...]] = []
    for spacing in SPACINGS:
        found = outcomes[ENGINE]
        if spacing != USUAL:
            results = run_all(jobs_of(bench.all, bench.ccd, spacing=spacing))
            found = [judge(t, r.points, INSIDE) for t, r in zip(bench.all, results, strict=True)]
        hits = mean_hits(found)
        covered, filled = share([o.covered for o in found]), share([o.held for o in found])
        rows.append((spacing, *map(_percent, hits), _percent(covered), _percent(filled)))
        worse = [name for name, own, other in zip(NAMES, hits, peer, strict=True) if own < other]
        good = not worse and covered >= 0.9 and filled >= 0.7
        measured = f'{", ".join(worse) or "none worse"}; {_percent(covered)} %, {_percent(filled)} %'
        bench.verdicts.append(harness.Verdict(f'a. and b. at a spacing of {spacing} A', 'as above', measured, good))
    heads = ('spacing, A', *NAMES, 'half of the ligand inside', 'and a quarter filled by all ligands')
    return '\n\n'.join(('## c. Does the spacing of the grid matter?', harness.table(heads, rows)))


def _rotations(bench: Bench, results: list[Result]) -> str:
    """
    :param bench: gets the verdicts
    :param results: of the engine on the structures as they are
    :returns: the section
    """
    changes: list[float] = []
    for seed in SEEDS:
        turned = run_all(jobs_of(bench.all, bench.ccd, seed=seed))
        for target, before, after in zip(bench.all, results, turned, strict=True):
            first, second = (_bound_volume(target, result) for result in (before, after))
            if first:
                changes.append(abs(second - first) / first)
    within = float(np.mean(np.array(changes) <= 0.1))
    bench.verdicts.append(
        harness.Verdict(
            'volume of the bound pocket after a rotation', 'within 10 %', f'{within:.1%} of cases', within == 1.0
        )
    )
    text = (
        f'{len(SEEDS)} random rotation and shift of each structure, written with three decimals. The volume of the '
        f'pocket nearest to the centre of the first ligand changes by {np.median(changes):.2%} in the median and by '
        f'{max(changes):.1%} at most; in {within:.1%} of {len(changes)} cases by no more than 10 %. The engine works '
        'in the frame of the principal axes, so only molecules with two equal axes depend on how they lie.'
    )
    return '\n\n'.join(('## d. Does the orientation matter?', text))


def _bound_volume(target: Target, result: Result) -> float:
    """
    :param target: with ligands
    :param result: its pockets
    :returns: volume of the pocket nearest to the centre of the first ligand, or 0 without pockets
    """
    centre = target.ligands[0].mean(0)[None]
    gaps = [float(nearest_squares(centre, points)[0]) for points in result.points]
    return result.volumes[int(np.argmin(gaps))] if gaps else 0.0


def _speed(bench: Bench, data: Path, work: Path) -> str:
    """
    :param bench: gets the verdicts
    :param data: folder with the entries
    :param work: folder for files
    :returns: the section
    """
    rows: list[tuple[object, ...]] = []
    for name in SIZES:
        path = next(iter(sorted((data / 'entries').glob(f'{name}.*'))))
        costs = sorted((process(path, work / name, bench.ccd) for _ in range(TRIES[name])), key=lambda c: c.seconds)
        best, most = costs[0], max(cost.megabytes for cost in costs)
        seconds, megabytes = LIMITS[name]
        good = best.code == 0 and best.seconds < seconds and (not megabytes or most < megabytes)
        asked = f'under {seconds} s' + (f' and {megabytes:.0f} MB' if megabytes else '')
        bench.verdicts.append(
            harness.Verdict(f'wall time of {name.upper()}', asked, f'{best.seconds:.2f} s, {most:.0f} MB', good)
        )
        own = min(own_work(path, work / name, bench.ccd) for _ in range(TRIES[name]))
        if name == SIZES[0]:
            bench.verdicts.append(
                harness.Verdict(
                    'and of it in the work of the engine', f'under {OWN_WORK} s', f'{own:.2f} s', own < OWN_WORK
                )
            )
        rows.append((name.upper(), f'{best.seconds:.2f}', f'{best.cpu:.2f}', f'{own:.2f}', f'{most:.0f}'))
    text = (
        f'The executable with all outputs, subpockets included; the quickest of {TRIES[SIZES[0]]} runs, one for the '
        'larger entry. Its own work is the wall time of a second run in the same process, when everything is imported.'
    )
    heads = ('entry', 'wall s', 'CPU s', 'own work, s', 'MB')
    return '\n\n'.join(('## f. Time and memory', text, harness.table(heads, rows)))


def _percent(value: float | None) -> str:
    """
    :param value: a share, None for what has none
    :returns: percent
    """
    return '-' if value is None else f'{100 * value:.0f}'


if __name__ == '__main__':
    began = time.monotonic()
    code = main()
    print(f'{time.monotonic() - began:.0f} s', file=sys.stderr)
    sys.exit(code)
