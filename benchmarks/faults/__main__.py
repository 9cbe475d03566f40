"""``python -m benchmarks.faults``: kill, and look what is left. Writes docs/validation/reliability.md."""

import argparse
import json
import sys
import tempfile
from pathlib import Path

from .. import harness

COMMAND = 'python -m benchmarks.faults'
SHORT = {'rounds': 1, 'jobs': 60, 'kills': 2, 'equal': 100}
PARTS = ('killing', 'chaos', 'broker', 'deaths', 'equal')
REPORT = harness.ROOT / 'docs' / 'validation' / 'reliability.md'


def main() -> int:
    """:returns: 0 if nothing was lost, doubled or left behind"""
    parser = argparse.ArgumentParser(prog=COMMAND, description=__doc__)
    parser.add_argument('--short', action='store_true', help='each cell once, little chaos, 100 equal submissions')
    parser.add_argument('--parts', nargs='+', default=list(PARTS), choices=PARTS)
    parser.add_argument('--rounds', type=int, default=20, help='how often each cell of the kill matrix is run')
    parser.add_argument('--jobs', type=int, default=0, help='of the chaos; 0: 500 on SQLite, 2000 on PostgreSQL')
    parser.add_argument('--kills', type=int, default=16, help='of each of the four workers of the chaos')
    parser.add_argument('--equal', type=int, default=1000, help='equal submissions, 64 at once')
    parser.add_argument('--databases', nargs='+', default=list(harness.DATABASES), choices=harness.DATABASES)
    parser.add_argument('--report', type=Path, default=REPORT)
    chosen = parser.parse_args()
    counts = {name: getattr(chosen, name) for name in SHORT} if not chosen.short else SHORT
    words = [word for name, count in counts.items() for word in (f'--{name}', str(count))]
    sections, faults = [], 0
    with tempfile.TemporaryDirectory() as folder:
        for database in chosen.databases:
            out = Path(folder) / database
            harness.run_on(database, 'benchmarks.faults.parts', str(out), '--parts', *chosen.parts, *words)
            found = json.loads(out.read_text(encoding='utf-8'))
            sections += [f'## On {database}', *found['sections']]
            faults += found['faults']
    harness.write_report(chosen.report, 'Reliability', f'{COMMAND} {" ".join(sys.argv[1:])}'.strip(), sections)
    return min(faults, 1)


if __name__ == '__main__':
    sys.exit(main())
