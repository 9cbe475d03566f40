"""
``python -m benchmarks.structureprofiler --data FOLDER``: whether verdicts are right. Writes
docs/validation/structureprofiler.md.
"""

import argparse
import sys
import tempfile
import time
from pathlib import Path

from engines.command_line import VERSION
from engines.structure.components import default_path

from .. import harness
from ..peers import make_environment
from . import backbone, geometry, speed, touching, verdicts
from .peers import LOCK

COMMAND = 'python -m benchmarks.structureprofiler'
REPORT = harness.ROOT / 'docs' / 'validation' / 'structureprofiler.md'
PARTS = 'abcde'


def main() -> int:
    """:returns: 0 if every question is answered as asked, else 1"""
    parser = argparse.ArgumentParser(prog=COMMAND, description=__doc__)
    parser.add_argument('--data', type=Path, required=True, help='folder with entries, docking, density and families')
    parser.add_argument('--parts', default=PARTS, help='letters of the parts to run')
    parser.add_argument(
        '--peers', type=Path, default=harness.ROOT / 'var' / 'profiler-peers', help="the peers' environment"
    )
    parser.add_argument('--ccd', type=Path, default=default_path(), help='component dictionary')
    parser.add_argument('--report', type=Path, default=REPORT)
    chosen = parser.parse_args()
    data, ccd = chosen.data.resolve(), chosen.ccd.resolve()
    python = make_environment(LOCK, chosen.peers.resolve()) / 'python'
    answers: list[harness.Verdict] = []
    sections = []
    with tempfile.TemporaryDirectory(prefix='profiler-benchmark-') as temporary:
        work = Path(temporary)
        for part in chosen.parts:
            began = time.monotonic()
            match part:
                case 'a':
                    sections.append(verdicts.report(data, ccd, answers))
                case 'b':
                    sections.append(geometry.report(data, work, ccd, python, answers))
                    sections.append(touching.report(data, work, ccd, python, answers))
                case 'c':
                    sections.append(backbone.report(data, work, ccd, python, answers))
                case 'd':
                    sections.append(backbone.geometry(data, ccd, answers))
                case 'e':
                    sections.append(speed.report(data, work, ccd, answers))
            print(f'part {part}: {time.monotonic() - began:.0f} s', file=sys.stderr, flush=True)
    head = f'StructureProfiler {VERSION}, with the thresholds of engines/structureprofiler/thresholds.toml.'
    summary = harness.verdict_table(answers)
    title = 'Validation of StructureProfiler'
    harness.write_report(chosen.report, title, f'{COMMAND} --data FOLDER', [head, summary, *sections])
    return 0 if all(answer.met for answer in answers) else 1


if __name__ == '__main__':
    sys.exit(main())
