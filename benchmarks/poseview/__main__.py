"""
``python -m benchmarks.poseview --data FOLDER``: interactions against PLIP with equal hydrogens, a part of the complex
against the whole, how clear diagrams are, and how long they take. Writes docs/validation/interactions.md and the
diagrams in docs/validation/poseview.
"""

import argparse
import subprocess
import sys
import tempfile
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

from engines.errors import EngineError
from engines.interactions.assembly import assemble
from engines.protoss.output import add_hydrogens
from engines.protoss.pipeline import Decided, Options, decide_complex
from engines.structure.components import default_path
from engines.structure.reading import read_structure
from engines.structure.writing import write_protein

from .. import harness
from ..peers import make_environment
from . import agreement, diagrams, parts
from .corpus import MOST_ATOMS, RULE, files, wanted
from .plip import LOCK, Found, Residue, plip

COMMAND = 'python -m benchmarks.poseview'
REPORT = harness.ROOT / 'docs' / 'validation' / 'interactions.md'
PARTS = ('a', 'b', 'c', 'd')


@dataclass
class Looked:
    """
    What was found with some entries.

    :param tally: counts of interactions
    :param cuts: entry, ligand and comparison of parts with wholes
    :param drawn: diagrams
    :param failed: what went wrong
    """

    tally: agreement.Tally = field(default_factory=agreement.Tally)
    cuts: list[tuple[str, str, parts.Cut]] = field(default_factory=list)
    drawn: list[diagrams.Drawn] = field(default_factory=list)
    failed: list[str] = field(default_factory=list)

    def add(self, other: 'Looked') -> None:
        """
        :param other: of further entries
        """
        self.tally.add(other.tally)
        self.cuts += other.cuts
        self.drawn += other.drawn
        self.failed += other.failed


def look_at(path: Path, asked: tuple[str, ...], ccd: Path, program: Path) -> Looked:
    """
    :param path: of an entry
    :param asked: parts of the measurement
    :param ccd: component dictionary
    :param program: of PLIP
    :returns: what was found
    """
    result = Looked()
    try:
        if read_structure(path).structure[0].count_atom_sites() > 2 * MOST_ATOMS:
            return result
        decided = decide_complex(Options(path, Path(), ccd))
        assembly = assemble(decided)
        if len(assembly.system) > MOST_ATOMS or not (numbers := wanted(assembly.molecules)):
            return result
        if 'c' in asked:
            result.drawn += [diagrams.draw(path.name, assembly, n) for n in numbers]
        if 'b' in asked and len(assembly.system) <= parts.MOST_ATOMS:
            result.cuts += [(path.name, *row) for row in parts.cuts(path, ccd, assembly)]
        if 'a' in asked:
            with tempfile.TemporaryDirectory(prefix='poseview-benchmark-') as folder:
                result.tally.compare(path.name, assembly, *_plip(decided, program, Path(folder)))
    except (EngineError, subprocess.SubprocessError, OSError) as error:
        result.failed.append(f'{path.name}: {error}')
    print(path.name, file=sys.stderr, flush=True)
    return result


def _plip(decided: Decided, program: Path, folder: Path) -> tuple[set[Residue], list[Found]]:
    """
    :param decided: a complex; its structure gets the hydrogens
    :param program: of PLIP
    :param folder: for what is written
    :returns: ligands that PLIP knows, and all that it found
    """
    structure = decided.complex_.source.structure
    add_hydrogens(decided.hydrogens)
    structure.clear_conect()
    structure.assign_serial_numbers()
    write_protein(structure, folder / 'protein.cif', folder / 'protein.pdb')
    return plip(program, folder / 'protein.pdb', folder / 'plip')


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
    run, answers, sections = Looked(), [], []
    paths = [path for path in files(chosen.data) if not chosen.only or path.name.startswith(tuple(chosen.only))]
    with ProcessPoolExecutor(2) as pool:
        look = partial(look_at, asked=tuple(chosen.parts), ccd=chosen.ccd, program=program)
        for found in pool.map(look, paths):
            run.add(found)
    if 'a' in chosen.parts:
        answers.append(harness.Verdict('complexes', '25', str(run.tally.complexes), run.tally.complexes >= 25))
        answers += run.tally.verdicts()
        sections.append(run.tally.section())
    if 'b' in chosen.parts:
        sections.append(parts.cut_section(run.cuts, answers))
    if 'c' in chosen.parts:
        if not chosen.only:
            diagrams.write(run.drawn)
        compared = {d.file: diagrams.difference(d.svg) for d in run.drawn}
        sections.append(diagrams.section(run.drawn, compared, answers))
    if 'd' in chosen.parts:
        sections.append(parts.speed_section(chosen.data, chosen.ccd, program, answers))
    harness.write_report(chosen.report, 'Validation of interactions and diagrams', f'{COMMAND} --data FOLDER', [
        f'PLIP 3.0.1 ran as a program of its own, with the hydrogens that Protoss has placed. {RULE}',
        harness.verdict_table(answers), *sections, *run.failed,
    ])  # fmt: skip
    return 0 if all(answer.met for answer in answers) else 1


if __name__ == '__main__':
    sys.exit(main())
