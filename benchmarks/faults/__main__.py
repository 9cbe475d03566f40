"""``python -m benchmarks.faults``: kill, and look what is left. Writes docs/validation/reliability.md."""

import argparse
import contextlib
import json
import sys
import tempfile
from pathlib import Path
from typing import Any

from .. import harness

COMMAND = 'python -m benchmarks.faults'
SHORT = {'rounds': 1, 'jobs': 60, 'kills': 2, 'equal': 100}
PARTS = ('killing', 'chaos', 'broker', 'deaths', 'equal')
#: Takes minutes and hardly any processor time.
IDLE = 'deaths'
#: By part, its section of the report and the number of its faults.
Found = dict[str, dict[str, Any]]
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
    found = _measure(chosen.databases, chosen.parts, counts)
    sections = [word for database in chosen.databases for word in (f'## On {database}', *_sections(found[database]))]
    harness.write_report(chosen.report, 'Reliability', f'{COMMAND} {" ".join(sys.argv[1:])}'.strip(), sections)
    return int(any(part['faults'] for parts in found.values() for part in parts.values()))


def _sections(found: Found) -> list[str]:
    """
    :param found: on one database
    :returns: the sections of the report
    """
    return [found[part]['section'] for part in PARTS if part in found]


def _measure(databases: list[str], parts: list[str], counts: dict[str, int]) -> dict[str, Found]:
    """
    Run the parts one after the other, in the other order on the second database, since most of them do little but wait.

    :param databases: some of :data:`harness.DATABASES`
    :param parts: some of :data:`PARTS`
    :param counts: how much of each, as in :data:`SHORT`
    :returns: what was found on each database
    """
    words = [word for name, count in counts.items() for word in (f'--{name}', str(count))]
    busy = [part for part in parts if part != IDLE]
    found: dict[str, Found] = {database: {} for database in databases}
    with tempfile.TemporaryDirectory() as folder, contextlib.ExitStack() as stack:
        started = []
        for number, database in enumerate(databases):
            for group in filter(None, (busy[:: -1 if number else 1], [part for part in parts if part == IDLE])):
                out = Path(folder) / f'{database}-{group[0]}'
                arguments = (str(out), '--parts', *group, *words)
                part = harness.started_on(database, 'benchmarks.faults.parts', *arguments)
                started.append((database, out, stack.enter_context(part)))
        try:
            for database, out, process in started:
                harness.end(process)
                found[database] |= json.loads(out.read_text(encoding='utf-8'))
        finally:
            for _, _, process in started:
                process.terminate()  # all at once, since each of them takes its time
    return found


if __name__ == '__main__':
    sys.exit(main())
