"""``python -m benchmarks.web``: the pages, measured in a browser. Writes docs/validation/web.md."""

import argparse
import json
import sys
import tempfile
from pathlib import Path

from browser_tests.server import running_server

from .. import harness
from . import drawing

COMMAND = 'python -m benchmarks.web'
REPORT = harness.ROOT / 'docs' / 'validation' / 'web.md'
#: What was promised: times of Mol* alone, queries and milliseconds of a poll.
RATIO, QUERIES, MILLISECONDS = 1.3, 3, 15


def main() -> int:
    """:returns: 0, or 1 if a question is not answered as asked"""
    parser = argparse.ArgumentParser(prog=COMMAND, description=__doc__)
    parser.add_argument('--turns', type=int, default=7, help='how often both are drawn, in turns')
    parser.add_argument('--polls', type=int, default=400, help='how many polls are measured')
    parser.add_argument('--report', type=Path, default=REPORT)
    chosen = parser.parse_args()
    entries = {drawing.code(turn): '1afs' for turn in range(-1, chosen.turns)}
    with running_server(entries) as server:
        drawn = drawing.measure(server, chosen.turns)
    polls = {database: _polls(database, chosen.polls) for database in harness.DATABASES}
    worst = {key: max(figures[key] for figures in polls.values()) for key in ('queries', 'p50', 'p95')}
    verdicts = [
        harness.Verdict(
            'from the code to the first picture, in times of Mol* alone', f'at most {RATIO}', f'{drawn.ratio:.2f}',
            drawn.ratio <= RATIO,
        ),
        harness.Verdict('queries of a poll', f'at most {QUERIES}', str(worst['queries']), worst['queries'] <= QUERIES),
        harness.Verdict(
            'time of a poll, p95', f'at most {MILLISECONDS} ms', f'{worst["p95"]:.1f} ms', worst['p95'] <= MILLISECONDS
        ),
    ]  # fmt: skip
    rows: list[tuple[object, ...]] = [
        (database, figures['queries'], f'{figures["p50"]:.1f}', f'{figures["p95"]:.1f}')
        for database, figures in polls.items()
    ]
    about = f'{chosen.polls} polls of a waiting and of a running job on each database, in process.'
    sections = [
        harness.verdict_table(verdicts),
        drawn.section(),
        harness.section('A poll', about, harness.table(('database', 'queries', 'p50 ms', 'p95 ms'), rows)),
    ]
    harness.write_report(chosen.report, 'Pages', f'{COMMAND} {" ".join(sys.argv[1:])}'.strip(), sections)
    return 0 if all(verdict.met for verdict in verdicts) else 1


def _polls(database: str, polls: int) -> dict[str, float]:
    """
    :param database: one of those of :mod:`benchmarks.harness`
    :param polls: how many are measured
    :returns: queries and milliseconds
    """
    with tempfile.TemporaryDirectory() as folder:
        out = Path(folder) / 'polls.json'
        harness.run_on(database, 'benchmarks.web.polling', str(out), str(polls))
        return dict(json.loads(out.read_text(encoding='utf-8')))


if __name__ == '__main__':
    sys.exit(main())
