"""
``python -m benchmarks.siena --data FOLDER``: whether sites are found, and only these, and how fast. Writes
docs/validation/siena.md.
"""

import argparse
import sys
import tempfile
from collections.abc import Iterator
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
    sections: list[str] = []
    with tempfile.TemporaryDirectory(prefix='siena-benchmark-') as name:
        for section in _sections(data, Path(name), verdicts, chosen):
            sections.append(section)
            _write(chosen.report, verdicts, sections)  # what was measured is not lost with what comes after it
    return 0 if all(verdict.met for verdict in verdicts) else 1


def _sections(data: Path, work: Path, verdicts: list[harness.Verdict], chosen: argparse.Namespace) -> Iterator[str]:
    """
    :param data: folder with entries, docking and families
    :param work: folder
    :param verdicts: gets the answers
    :param chosen: arguments
    :returns: the parts of the report
    """
    archive = corpus.archive(data, work)
    answers = [recall.answer(archive, site) for site in corpus.sites(data)]
    yield words.report(archive, verdicts)
    yield recall.report(answers, verdicts)
    yield recall.strangers(archive, answers, verdicts)
    yield exact.report(archive, answers, verdicts, chosen.tmalign)
    yield exact.decoys(archive, answers, work, verdicts)
    yield speed.report(data, work, verdicts)
    yield growth.report(archive, answers[0].site, work, verdicts, not chosen.short)
    yield killing.report(data, work, verdicts)


def _write(report: Path, verdicts: list[harness.Verdict], sections: list[str]) -> None:
    """
    :param report: file to write
    :param verdicts: answers so far
    :param sections: parts so far
    """
    head = f'SIENA {VERSION}, with the parameters that the server has as defaults.'
    content = [head, harness.verdict_table(verdicts), *sections]
    harness.write_report(report, 'Validation of SIENA', f'{COMMAND} --data FOLDER', content)


if __name__ == '__main__':
    sys.exit(main())
