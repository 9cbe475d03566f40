"""
``python -m benchmarks.poseview --data FOLDER``: interactions against PLIP with equal hydrogens, a part of the complex
against the whole, how clear diagrams are, and how long they take. Writes docs/validation/interactions.md and the
diagrams in docs/validation/poseview.
"""

import argparse
import subprocess
import sys
import tempfile
from pathlib import Path

from engines.errors import EngineError
from engines.interactions.assembly import Assembly, read_assembly
from engines.protoss.pipeline import Options, protoss
from engines.structure.components import default_path

from .. import harness
from ..peers import make_environment
from . import agreement, diagrams, parts
from .corpus import MOST_ATOMS, RULE, files, wanted
from .plip import LOCK, plip

COMMAND = 'python -m benchmarks.poseview'
REPORT = harness.ROOT / 'docs' / 'validation' / 'interactions.md'
PARTS = ('a', 'b', 'c', 'd')


class Run:
    """
    The measurement.

    :param chosen: the arguments
    :param program: of PLIP
    """

    def __init__(self, chosen: argparse.Namespace, program: Path) -> None:
        self.ccd, self.parts, self.program = chosen.ccd, chosen.parts, program
        self.tally = agreement.Tally()
        self.cuts: list[tuple[str, str, parts.Cut]] = []
        self.drawn: list[diagrams.Drawn] = []
        self.failed: list[str] = []

    def look_at(self, path: Path) -> None:
        """
        :param path: of an entry
        """
        try:
            assembly = read_assembly(path, self.ccd)
            if len(assembly.system) > MOST_ATOMS or not wanted(assembly.molecules):
                return
            if 'a' in self.parts:
                self._compare(path, assembly)
            if 'b' in self.parts:
                self.cuts += [(path.name, *row) for row in parts.cuts(path, self.ccd, assembly)]
            if 'c' in self.parts:
                self.drawn += [diagrams.draw(path.name, assembly, n) for n in wanted(assembly.molecules)]
        except (EngineError, subprocess.SubprocessError, OSError) as error:
            self.failed.append(f'{path.name}: {error}')
        print(path.name, file=sys.stderr, flush=True)

    def _compare(self, path: Path, assembly: Assembly) -> None:
        """
        :param path: of an entry
        :param assembly: the complex
        """
        with tempfile.TemporaryDirectory(prefix='poseview-benchmark-') as folder:
            written = Path(folder) / 'protein.pdb'
            protoss(Options(path, written, self.ccd))
            known, found = plip(self.program, written, Path(folder) / 'plip')
        self.tally.compare(path.name, assembly, known, found)


def main() -> int:
    """:returns: 0 if every question is answered as asked, else 1"""
    parser = argparse.ArgumentParser(prog=COMMAND, description=__doc__)
    parser.add_argument('--data', type=Path, required=True, help='folder with entries, docking and families')
    parser.add_argument('--peers', type=Path, default=harness.ROOT / 'var' / 'poseview-peers')
    parser.add_argument('--ccd', type=Path, default=default_path(), help='component dictionary')
    parser.add_argument('--parts', nargs='+', choices=PARTS, default=PARTS)
    parser.add_argument('--only', nargs='+', default=[], help='entries, by the beginnings of their names')
    parser.add_argument('--report', type=Path, default=REPORT)
    chosen = parser.parse_args()
    program = make_environment(LOCK, chosen.peers.resolve()) / 'plip'
    run, answers, sections = Run(chosen, program), [], []
    for path in files(chosen.data):
        if not chosen.only or path.name.startswith(tuple(chosen.only)):
            run.look_at(path)
    if 'a' in run.parts:
        answers.append(harness.Verdict('complexes', '25', str(run.tally.complexes), run.tally.complexes >= 25))
        answers += run.tally.verdicts()
        sections.append(run.tally.section())
    if 'b' in run.parts:
        sections.append(parts.cut_section(run.cuts, answers))
    if 'c' in run.parts:
        if not chosen.only:
            diagrams.write(run.drawn)
        compared = {d.file: diagrams.difference(d.svg) for d in run.drawn}
        sections.append(diagrams.section(run.drawn, compared, answers))
    if 'd' in run.parts:
        sections.append(parts.speed_section(chosen.data, chosen.ccd, program, answers))
    harness.write_report(chosen.report, 'Validation of interactions and diagrams', f'{COMMAND} --data FOLDER', [
        f'PLIP 3.0.1 ran as a program of its own, with the hydrogens that Protoss has placed. {RULE}',
        harness.verdict_table(answers), *sections, *run.failed,
    ])  # fmt: skip
    return 0 if all(answer.met for answer in answers) else 1


if __name__ == '__main__':
    sys.exit(main())
