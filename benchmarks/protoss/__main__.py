"""``python -m benchmarks.protoss --data FOLDER``: where hydrogens are put. Writes docs/validation/protoss.md."""

import argparse
import sys
import tempfile
import time
from pathlib import Path

from engines.command_line import VERSION
from engines.structure.components import default_path

from .. import harness
from ..peers import make_environment
from . import clashing, ligands, placing, reading, speed, turning
from .bench import SETTLED_ON, Bench
from .programs import LOCK, Programs

COMMAND = 'python -m benchmarks.protoss'
REPORT = harness.ROOT / 'docs' / 'validation' / 'protoss.md'
PARTS = 'abcdefg'
_HEAD = f"""Protoss {VERSION} beside pdb2pqr 3.8.0 and hydride 1.2.3, on the same files in the same run; pH 7.0 if not
said otherwise. Every figure comes from the files the programs wrote, not from what they report. The constants of the
engine were settled while looking at {', '.join(name[:4].upper() for name in SETTLED_ON)}, so figures on these tell
how well the method can do; where it makes sense, entries that were not looked at are summed apart ("held out")."""


def main() -> int:
    """:returns: 0 if every question is answered as asked, else 1"""
    parser = argparse.ArgumentParser(prog=COMMAND, description=__doc__)
    parser.add_argument('--data', type=Path, required=True, help='folder with entries, docking and families')
    parser.add_argument('--seeds', type=int, default=10, help='random choices of side chains for each entry')
    parser.add_argument('--parts', default=PARTS, help='letters of the parts to run; f takes sizes from g')
    parser.add_argument('--peers', type=Path, default=harness.ROOT / 'var' / 'peers', help="the peers' environment")
    parser.add_argument('--ccd', type=Path, default=default_path(), help='component dictionary')
    parser.add_argument('--work', type=Path, help='folder to keep what the programs write')
    parser.add_argument('--report', type=Path, default=REPORT)
    chosen = parser.parse_args()
    peers = make_environment(LOCK, chosen.peers.resolve())
    with tempfile.TemporaryDirectory(prefix='protoss-benchmark-') as temporary:
        work = (chosen.work or Path(temporary)).resolve()
        programs = Programs(peers, work, chosen.ccd.resolve())
        bench = Bench(chosen.data.resolve(), work, programs)
        sections = _sections(bench, chosen.parts, chosen.seeds)
    summary = harness.verdict_table(bench.verdicts)
    head = ' '.join(_HEAD.split())
    harness.write_report(chosen.report, 'Validation of Protoss', f'{COMMAND} --data FOLDER', [head, summary, *sections])
    return 0 if all(verdict.met for verdict in bench.verdicts) else 1


def _sections(bench: Bench, parts: str, seeds: int) -> list[str]:
    """
    :param bench: data and programs
    :param parts: letters of those to run
    :param seeds: random choices for each entry
    :returns: the sections in order
    """
    found: dict[str, str] = {}
    entries = []

    def done(part: str) -> None:
        """Say how long it took."""
        print(f'part {part}: {time.monotonic() - began:.0f} s', file=sys.stderr, flush=True)

    for part in [part for part in parts if part not in 'fg']:
        began = time.monotonic()
        match part:
            case 'a':
                found[part] = placing.section(bench)
            case 'b':
                found[part] = turning.section(bench, seeds)
            case 'c':
                found[part], found['d'] = clashing.section(bench)
            case 'e':
                found[part] = ligands.section(bench)
        done(part)
    began = time.monotonic()
    if 'g' in parts:
        entries = reading.run_corpus(bench)
        found['d'] = '\n\n'.join((found.get('d', '## d. Metals'), reading.metal_section(bench, entries)))
        found['g'] = reading.section(bench, entries)
        done('g')
    if 'f' in parts:
        began = time.monotonic()
        found['f'] = speed.section(bench, entries)
        done('f')
    return [found[part] for part in sorted(found)]


if __name__ == '__main__':
    sys.exit(main())
