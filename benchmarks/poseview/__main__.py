"""
``python -m benchmarks.poseview --data FOLDER``: interactions against PLIP with equal hydrogens, and how clear the
diagrams of the same ligands are. Writes docs/validation/interactions.md.
"""

import argparse
import subprocess
import sys
import tempfile
from collections import Counter
from pathlib import Path

from engines.errors import EngineError
from engines.interactions.assembly import Assembly, read_assembly
from engines.interactions.perception import perceive
from engines.poseview.choice import Chooser
from engines.poseview.layout import judge, lay_out
from engines.protoss.pipeline import Options, protoss
from engines.structure.components import default_path

from .. import harness
from ..peers import make_environment
from .plip import LOCK, TAGS, Found, Residue, plip

COMMAND = 'python -m benchmarks.poseview'
REPORT = harness.ROOT / 'docs' / 'validation' / 'interactions.md'
ENTRIES = (
    '1hvr.pdb', '1gbt.cif.gz', '1qbs_protein.pdb', '4agm.pdb', '2izf.pdb.gz', '4e43.pdb', '1pwc.pdb', '1a28.pdb.gz',
    '4x21.cif.gz', '4laz.pdb.gz', '1afs.pdb.gz', '4hhb.pdb.gz', '1ake.cif.gz',
)  # fmt: skip
"""Complexes with small molecules; a change of this list has to be one of its kind, never of what fits."""
LEAST_ATOMS = 6
ASKED = ('hydrogen bonds', 'salt bridges', 'pi stacking', 'halogen bonds')
_KINDS = {
    'hydrogen_bond': 'hydrogen bonds', 'salt_bridge': 'salt bridges', 'pi_parallel': 'pi stacking',
    'pi_t_shaped': 'pi stacking', 'cation_pi': 'cation-pi', 'halogen_bond': 'halogen bonds',
    'water_bridge': 'water bridges', 'hydrophobic': 'hydrophobic contacts',
}  # fmt: skip
Pair = tuple[str, Residue]
_WHY = """
- PLIP lists hydrogen bonds up to 4.1 Å between heavy atoms, the hydrogen anywhere; those are counted apart. It
  leaves out hydrogen bonds of atoms that make a salt bridge: such a residue counts as found by both.
- PLIP takes no sulphur for an acceptor: iodine at Met146 of 4X21 (3.1 Å, in line with its bond) and the sulphur of
  biotin at Thr90 of 2IZF are ours alone.
- PLIP counts histidines as charged whatever their hydrogens are; we take the state that Protoss decides.
- A water bridge of ours needs two hydrogen bonds by the hydrogens that Protoss gives the water; PLIP looks at distances
  and one angle. The two are different questions, and no agreement is asked for.
- Of apolar contacts PLIP keeps fewer for each residue and ring.
"""


class Tally:
    """Counts by kind: pairs of ligand and residue that both find, that we alone find, that PLIP alone finds."""

    def __init__(self) -> None:
        self.both: Counter[str] = Counter()
        self.ours: Counter[str] = Counter()
        self.theirs: Counter[str] = Counter()
        self.lax: Counter[str] = Counter()
        self.different: list[tuple[object, ...]] = []
        self.diagrams: list[tuple[object, ...]] = []

    def compare(self, entry: str, ligand: Residue, ours: set[Pair], found: list[Found]) -> None:
        """
        :param entry: name of the file
        :param ligand: a ligand
        :param ours: kinds and residues that we find
        :param found: what PLIP finds with this ligand
        """
        theirs = {(item.kind, item.partner) for item in found}
        strict = {(item.kind, item.partner) for item in found if item.strict}
        # PLIP leaves out hydrogen bonds of atoms that make a salt bridge; such a pair is found by both.
        charged = {('hydrogen bonds', residue) for kind, residue in theirs if kind == 'salt bridges'}
        for kind in TAGS.values():
            mine, other = ({p for p in pairs if p[0] == kind} for pairs in (ours, theirs))
            told = mine & charged - other
            self.both[kind] += len(mine & other) + len(told)
            self.ours[kind] += len(mine - other - told)
            self.lax[kind] += len(other - mine - strict)
            self.theirs[kind] += len((other - mine) & strict)
            for who, pairs in (('ours', mine - other - told), ('PLIP', (other - mine) & strict)):
                if kind in ASKED and pairs:
                    names = ', '.join(sorted(f'{r[0]}{r[2]} {r[1]}' for _, r in pairs))
                    self.different.append((entry, '_'.join(ligand), kind, who, names))


def compare(path: Path, ccd: Path, program: Path, tally: Tally) -> None:
    """
    :param path: of an entry
    :param ccd: component dictionary
    :param program: of PLIP
    :param tally: gets the counts
    """
    with tempfile.TemporaryDirectory(prefix='poseview-benchmark-') as folder:
        written = Path(folder) / 'protein.pdb'
        protoss(Options(path, written, ccd))
        known, found = plip(program, written, Path(folder) / 'plip')
    assembly = read_assembly(path, ccd)
    for number, molecule in enumerate(assembly.molecules):
        chain, position, icode, code = molecule.keys[0]
        ligand = (code, chain, f'{position}{icode}')
        if len(molecule.keys) == 1 and len(assembly.atoms[number]) >= LEAST_ATOMS and ligand in known:
            ours = _ours(assembly, number)
            tally.compare(path.name, ligand, ours, [item for item in found if item.ligand == ligand])
            diagram = Chooser(assembly, number, perceive(assembly, assembly.atoms[number])).diagram('')
            lay_out(diagram)
            clear = judge(diagram)
            tally.diagrams.append((path.name, molecule.name, len(diagram.links), clear.crossings, clear.overlaps))


def _ours(assembly: Assembly, number: int) -> set[Pair]:
    """
    :param assembly: the complex
    :param number: of a ligand
    :returns: kinds and residues
    """
    pairs = set()
    for item in perceive(assembly, assembly.atoms[number]):
        chain, position, icode, code = assembly.name(item.partner.atoms[0]).key
        if kind := _KINDS.get(str(item.kind)):
            pairs.add((kind, (code, chain, f'{position}{icode}')))
    return pairs


def _share(part: int, whole: int) -> str:
    """
    :param part: some
    :param whole: all
    :returns: the share, or a dash
    """
    return f'{part / whole:.2f}' if whole else '-'


def main() -> int:
    """:returns: 0 if every question is answered as asked, else 1"""
    parser = argparse.ArgumentParser(prog=COMMAND, description=__doc__)
    parser.add_argument('--data', type=Path, required=True, help='folder with entries')
    parser.add_argument('--peers', type=Path, default=harness.ROOT / 'var' / 'poseview-peers')
    parser.add_argument('--ccd', type=Path, default=default_path(), help='component dictionary')
    parser.add_argument('--entries', type=int, default=len(ENTRIES), help='look at the first ones only')
    parser.add_argument('--report', type=Path, default=REPORT)
    chosen = parser.parse_args()
    program = make_environment(LOCK, chosen.peers.resolve()) / 'plip'
    tally, failed = Tally(), []
    for name in ENTRIES[: chosen.entries]:
        try:
            compare(chosen.data / 'entries' / name, chosen.ccd, program, tally)
        except (EngineError, subprocess.SubprocessError, OSError) as error:
            failed.append(f'{name}: {error}')
        print(name, file=sys.stderr, flush=True)
    answers = _answers(tally)
    harness.write_report(chosen.report, 'Validation of interactions', f'{COMMAND} --data FOLDER', [
        'Interactions of engines/interactions, and diagrams of PoseView. PLIP 3.0.1 ran with the hydrogens '
        f'that Protoss has placed, on {chosen.entries} of {len(ENTRIES)} entries. Counted are pairs of a ligand and a '
        'residue by kind.',
        harness.verdict_table(answers), *_tables(tally), *failed,
    ])  # fmt: skip
    return 0 if all(answer.met for answer in answers) else 1


def _answers(tally: Tally) -> list[harness.Verdict]:
    """
    :param tally: the counts
    :returns: questions and answers
    """
    answers = []
    for kind in ASKED:
        both = tally.both[kind]
        for name, missed in (('recall', tally.theirs[kind]), ('precision', tally.ours[kind])):
            if not both + missed:
                continue
            measured = both / (both + missed)
            text = f'{measured:.2f} ({both} of {both + missed})'
            answers.append(harness.Verdict(f'{kind}: {name}', '0.9', text, measured >= 0.9))
    clear = [row for row in tally.diagrams if row[3] == 0]
    total = len(tally.diagrams)
    answers.append(
        harness.Verdict('diagrams without a crossing', '90 %', f'{len(clear)} of {total}', len(clear) >= 0.9 * total)
    )  # fmt: skip
    over = sum(row[4] != 0 for row in tally.diagrams)
    answers.append(
        harness.Verdict('diagrams with a label over a label or an atom', '0', f'{over} of {total}', over == 0)
    )
    return answers


def _tables(tally: Tally) -> list[str]:
    """
    :param tally: the counts
    :returns: sections of the report
    """
    rows: list[tuple[object, ...]] = []
    for kind in TAGS.values():
        both, ours, theirs, lax = (c[kind] for c in (tally.both, tally.ours, tally.theirs, tally.lax))
        rows.append((kind, both, ours, theirs, lax, _share(both, both + theirs), _share(both, both + ours)))
    head = ('kind', 'both', 'ours only', 'PLIP only', 'PLIP only, beyond our limits', 'recall', 'precision')
    return [
        harness.section('Against PLIP', harness.table(head, rows)),
        harness.section('Systematic differences', _WHY.strip()),
        harness.section(
            'Every difference', harness.table(('entry', 'ligand', 'kind', 'who', 'residues'), tally.different)
        ),
        harness.section(
            'Diagrams', harness.table(('entry', 'ligand', 'lines', 'crossings', 'overlaps'), tally.diagrams)
        ),
    ]


if __name__ == '__main__':
    sys.exit(main())
