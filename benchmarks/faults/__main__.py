"""``python -m benchmarks.faults``: kill, and look what is left. Writes docs/validation/reliability.md."""

import argparse
import contextlib
import json
import sys
import tempfile
from pathlib import Path

from .. import harness

COMMAND = 'python -m benchmarks.faults'
SHORT = {'rounds': 1, 'jobs': 60, 'kills': 2, 'equal': 100}
PARTS = ('killing', 'chaos', 'broker', 'deaths', 'equal')
#: Takes minutes and hardly any processor time.
IDLE = 'deaths'
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
    counts = SHORT if chosen.short else {name: getattr(chosen, name) for name in SHORT}
    sections, faults = [], 0
    for database in chosen.databases:
        texts, count = _on(database, chosen.parts, counts)
        sections += [f'## On {database}', *texts]
        faults += count
    harness.write_report(chosen.report, 'Reliability', f'{COMMAND} {" ".join(sys.argv[1:])}'.strip(), sections)
    return min(faults, 1)


def _on(database: str, parts: list[str], counts: dict[str, int]) -> tuple[list[str], int]:
    """
    Run the parts one after the other; beside them, on a database of its own, the one that does little but wait.

    :param database: one of :data:`harness.DATABASES`
    :param parts: some of :data:`PARTS`
    :param counts: how much of each, as in :data:`SHORT`
    :returns: the sections of the report, and the number of faults
    """
    words = [word for name, count in counts.items() for word in (f'--{name}', str(count))]
    groups = [[part for part in parts if (part == IDLE) is idle] for idle in (False, True)]
    with tempfile.TemporaryDirectory() as folder, contextlib.ExitStack() as stack:
        started = {}
        for number, group in enumerate(filter(None, groups)):
            out = Path(folder) / str(number)
            arguments = (str(out), '--parts', *group, *words)
            started[out] = stack.enter_context(harness.started_on(database, 'benchmarks.faults.parts', *arguments))
        for process in started.values():
            harness.end(process)
        found = [json.loads(out.read_text(encoding='utf-8')) for out in started]
    return [text for part in found for text in part['sections']], sum(part['faults'] for part in found)


if __name__ == '__main__':
    sys.exit(main())
