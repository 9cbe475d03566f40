"""``python -m benchmarks.serve``: speed, size and memory. Writes docs/validation/serving.md."""

import argparse
import sys
import tempfile
from pathlib import Path

from .. import harness

COMMAND = 'python -m benchmarks.serve'
REPORT = harness.ROOT / 'docs' / 'validation' / 'serving.md'


def main() -> int:
    """:returns: 0"""
    parser = argparse.ArgumentParser(prog=COMMAND, description=__doc__)
    parser.add_argument('--seconds', type=int, default=5, help='how long each figure is measured')
    parser.add_argument('--pending', type=int, default=100_000, help='waiting jobs of the deep queue')
    parser.add_argument('--stale', type=int, default=1000, help='proteins and jobs to clean up')
    parser.add_argument('--databases', nargs='+', default=list(harness.DATABASES), choices=harness.DATABASES)
    parser.add_argument('--report', type=Path, default=REPORT)
    chosen = parser.parse_args()
    sections = []
    with tempfile.TemporaryDirectory() as folder:
        for database in chosen.databases:
            out = Path(folder) / database
            figures = ('--seconds', chosen.seconds, '--pending', chosen.pending, '--stale', chosen.stale)
            arguments = (str(out), *map(str, figures))
            harness.run_on(database, 'benchmarks.serve.parts', *arguments, environment={'PPLUS_MAX_QUEUED_JOBS': '0'})
            sections += [f'## On {database}', out.read_text(encoding='utf-8')]
    harness.write_report(chosen.report, 'Serving', f'{COMMAND} {" ".join(sys.argv[1:])}'.strip(), sections)
    return 0


if __name__ == '__main__':
    sys.exit(main())
