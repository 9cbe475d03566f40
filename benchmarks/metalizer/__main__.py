"""
``python -m benchmarks.metalizer --data FOLDER``: whether geometries of metals are right. Writes
docs/validation/metalizer.md.
"""

import argparse
import sys
from pathlib import Path

from engines.command_line import VERSION

from .. import harness
from . import corpus, ideal, speed

COMMAND = 'python -m benchmarks.metalizer'
REPORT = harness.ROOT / 'docs' / 'validation' / 'metalizer.md'


def main() -> int:
    """:returns: 0 if every question is answered as asked, else 1"""
    parser = argparse.ArgumentParser(prog=COMMAND, description=__doc__)
    parser.add_argument('--data', type=Path, required=True, help='folder with entries')
    parser.add_argument('--plip', type=Path, help='PLIP, to be timed beside it')
    parser.add_argument('--report', type=Path, default=REPORT)
    chosen = parser.parse_args()
    data = chosen.data.resolve()
    answers: list[harness.Verdict] = []
    found = corpus.sites(data)
    sections = [
        corpus.verdicts(found, answers),
        corpus.lasting(found, answers),
        ideal.report(answers),
        speed.report(data, chosen.plip, answers),
    ]
    head = f'METALizer {VERSION}, with the thresholds that the server uses.'
    content = [head, harness.verdict_table(answers), *sections]
    harness.write_report(chosen.report, 'Validation of METALizer', f'{COMMAND} --data FOLDER', content)
    return 0 if all(answer.met for answer in answers) else 1


if __name__ == '__main__':
    sys.exit(main())
