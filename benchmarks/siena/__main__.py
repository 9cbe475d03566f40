"""
``python -m benchmarks.siena --data FOLDER``: whether sites are found, and only these, and how fast. Writes
docs/validation/siena.md.
"""

import argparse
import sys
import tempfile
from pathlib import Path

from engines.command_line import VERSION

from .. import harness
from . import corpus, exact, growth, killing, recall, speed, words

COMMAND = 'python -m benchmarks.siena'
REPORT = harness.ROOT / 'docs' / 'validation' / 'siena.md'


def main() -> int:
    """:returns: 0 if every question is answered as asked, else 1"""
    parser = argparse.ArgumentParser(prog=COMMAND, description=__doc__)
    parser.add_argument('--data', type=Path, required=True, help='folder with entries, docking and families')
    parser.add_argument('--tmalign', type=Path, help='TM-align, to compare pairs with those of whole structures')
    parser.add_argument('--short', action='store_true', help='leave out the size of the PDB')
    parser.add_argument('--report', type=Path, default=REPORT)
    chosen = parser.parse_args()
    data = chosen.data.resolve()
    verdicts: list[harness.Verdict] = []
    with tempfile.TemporaryDirectory(prefix='siena-benchmark-') as name:
        work = Path(name)
        archive = corpus.archive(data, work)
        answers = [recall.answer(archive, site) for site in corpus.sites(data)]
        sections = [
            words.report(archive, verdicts),
            recall.report(answers, verdicts),
            recall.strangers(archive, answers, verdicts),
            exact.report(archive, answers, verdicts, chosen.tmalign),
            exact.decoys(archive, answers, work, verdicts),
            speed.report(data, work, verdicts),
            growth.report(archive, answers[0].site, work, verdicts, not chosen.short),
            killing.report(data, work, verdicts),
        ]
    head = f'SIENA {VERSION}, with the parameters that the server has as defaults.'
    harness.write_report(
        chosen.report,
        'Validation of SIENA',
        f'{COMMAND} --data FOLDER',
        [head, harness.verdict_table(verdicts), *sections],
    )
    return 0 if all(verdict.met for verdict in verdicts) else 1


if __name__ == '__main__':
    sys.exit(main())
