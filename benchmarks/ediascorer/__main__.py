"""``python -m benchmarks.ediascorer --data FOLDER``: is support by the density judged right. Writes its report."""

import argparse
import sys
import tempfile
import time
from pathlib import Path

from engines.command_line import VERSION
from engines.structure.components import default_path

from .. import harness
from . import faults, ideal, invariance, peer, speed

COMMAND = 'python -m benchmarks.ediascorer'
REPORT = harness.ROOT / 'docs' / 'validation' / 'edia.md'
PARTS = ('ideal', 'peer', 'invariance', 'faults', 'speed')


def main() -> int:
    """:returns: 0 if every question is answered as asked, else 1"""
    parser = argparse.ArgumentParser(prog=COMMAND, description=__doc__)
    parser.add_argument('--data', type=Path, required=True, help='folder with density and entries')
    parser.add_argument('--parts', nargs='+', choices=PARTS, default=PARTS, help='run some of it')
    parser.add_argument('--ccd', type=Path, default=default_path(), help='component dictionary')
    parser.add_argument('--report', type=Path, default=REPORT)
    chosen = parser.parse_args()
    data, ccd = chosen.data.resolve(), chosen.ccd.resolve()
    verdicts: list[harness.Verdict] = []
    with tempfile.TemporaryDirectory(prefix='edia-benchmark-') as temporary:
        work = Path(temporary)
        sections = {
            'ideal': lambda: ideal.section(data, verdicts),
            'peer': lambda: peer.section(data, work / 'peer', verdicts),
            'invariance': lambda: invariance.section(data, work / 'maps', verdicts),
            'faults': lambda: faults.section(data, verdicts),
            'speed': lambda: speed.section(data, work / 'speed', ccd, verdicts),
        }
        parts = [sections[part]() for part in PARTS if part in chosen.parts]
    head = (
        f'EDIAscorer {VERSION}. Experimental pairs of model and map: 8A6G (1.63 Å, amplitudes to 1.41 Å), 6MW0 '
        '(0.78 Å), 5WKD (1.80 Å) and 5E5Z (1.66 Å), 2mFo-DFc by Servalcat; what each score is stands in '
        '[docs/tools/ediascorer.md](../tools/ediascorer.md).'
    )
    summary = harness.verdict_table(verdicts)
    harness.write_report(chosen.report, 'Validation of EDIA', f'{COMMAND} --data FOLDER', [head, summary, *parts])
    return 0 if all(verdict.met for verdict in verdicts) else 1


if __name__ == '__main__':
    began = time.monotonic()
    code = main()
    print(f'{time.monotonic() - began:.0f} s', file=sys.stderr)
    sys.exit(code)
