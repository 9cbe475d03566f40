"""Part b: whether a part of the complex is decided as the whole; and part d: how long it takes, beside PLIP."""

import tempfile
from pathlib import Path
from typing import NamedTuple

import numpy as np

from engines.interactions.assembly import Assembly, AtomName, read_assembly
from engines.interactions.perception import perceive
from engines.poseview.pipeline import AROUND
from engines.structure.sdf import sdf_record

from .. import harness
from .corpus import wanted

RADII = (8.0, 10.0, AROUND)
MOST_ATOMS = 3_500
"""Heavy atoms of the complexes that are looked at; the whole is decided twice for each."""
_BESIDE = 4.5
"""Angstrom around the ligand in which states are compared."""
ASKED, TRIES = 1.5, 3
State = tuple[int, int, tuple[float, ...]]


class Cut(NamedTuple):
    """
    A ligand in a part of the complex against the same in the whole.

    :param radius: Angstrom around it
    :param interactions: that the whole has
    :param different: interactions that only one of them has
    :param atoms: atoms beside the ligand whose hydrogens, charge or place differ
    :param again: whether the part gives the same when it is read and decided again
    """

    radius: float
    interactions: int
    different: int
    atoms: int
    again: bool


def cuts(path: Path, ccd: Path, whole: Assembly, most: int = 1) -> list[tuple[str, Cut]]:
    """
    :param path: of an entry
    :param ccd: component dictionary
    :param whole: the complex, read without a ligand file
    :param most: ligands that are looked at
    :returns: names of ligands, and how the parts compare
    """
    rows = []
    with tempfile.TemporaryDirectory(prefix='poseview-benchmark-') as folder:
        for number in wanted(whole.molecules)[:most]:
            name = whole.molecules[number].name
            record = Path(folder) / f'{number}.sdf'
            record.write_text(sdf_record(whole.mols[number], name), encoding='utf-8')
            reference = read_assembly(path, ccd, record)
            own, states = _told(reference), _states(reference)
            for radius in RADII:
                part = read_assembly(path, ccd, record, around=radius)
                found, there = _told(part), _states(part)
                changed = sum(there.get(atom) != state for atom, state in states.items())
                again = radius != AROUND or _equal(part, read_assembly(path, ccd, record, around=radius))
                rows.append((name, Cut(radius, len(own), len(own ^ found), changed, again)))
    return rows


def _equal(first: Assembly, second: Assembly) -> bool:
    """
    :param first: a complex with a placed ligand
    :param second: the same, decided again
    :returns: whether their interactions are equal to the last digit
    """
    return perceive(first, first.atoms[0]) == perceive(second, second.atoms[0])


def _told(assembly: Assembly) -> set[tuple[object, ...]]:
    """
    :param assembly: a complex with a placed ligand
    :returns: its interactions by names
    """
    return {
        (str(i.kind), *(tuple(assembly.name(a) for a in s.atoms) for s in (i.focus, i.partner, i.through) if s))
        for i in perceive(assembly, assembly.atoms[0])
    }


def _states(assembly: Assembly) -> dict[AtomName, State]:
    """
    :param assembly: a complex with a placed ligand
    :returns: number of hydrogens, charge and place of the atoms beside it
    """
    ligand = assembly.positions[assembly.atoms[0]]
    return {
        assembly.name(i): (len(assembly.hydrogens[i]), assembly.charge(i), tuple(np.round(assembly.positions[i], 2)))
        for i in np.flatnonzero(assembly.shown).tolist()
        if float(np.linalg.norm(ligand - assembly.positions[i], axis=1).min()) < _BESIDE
    }


def cut_section(rows: list[tuple[str, str, Cut]], answers: list[harness.Verdict]) -> str:
    """
    :param rows: entry, ligand and comparison
    :param answers: gets one
    :returns: part b of the report
    """
    table: list[tuple[object, ...]] = []
    for radius in RADII:
        own = [cut for _, _, cut in rows if cut.radius == radius]
        numbers = sum(c.interactions for c in own), sum(c.different for c in own), sum(c.atoms for c in own)
        table.append((radius, len(own), *numbers))
        if radius == AROUND and own:
            text = f'{numbers[1]} of {numbers[0]}'
            answers.append(
                harness.Verdict('interactions that a part of the complex changes', 'none', text, not numbers[1])
            )
            same = [c.again for c in own]
            text = f'{sum(same)} of {len(same)}'
            answers.append(harness.Verdict('equal interactions when run again', 'all', text, all(same)))
    different = [(e, n, c.radius, c.different, c.atoms) for e, n, c in rows if c.different or c.atoms]
    return harness.section(
        'b. A part of the complex against the whole',
        f'PoseView decides hydrogens within {AROUND:.0f} Å of the ligand alone. The same with less, and with all of '
        f'the complex: interactions, and atoms within {_BESIDE} Å of the ligand whose hydrogens, charge or place '
        f'differ. Of each entry of at most {MOST_ATOMS:,} heavy atoms the first ligand.',
        harness.table(('radius, Å', 'ligands', 'interactions', 'different', 'atoms changed'), table),
        'Where anything differs:',
        harness.table(('entry', 'ligand', 'radius, Å', 'interactions', 'atoms'), list(different)),
    )  # fmt: skip


def speed_section(data: Path, ccd: Path, plip: Path, answers: list[harness.Verdict]) -> str:
    """
    :param data: folder with ``entries``
    :param ccd: component dictionary
    :param plip: the program
    :param answers: gets two
    :returns: part d of the report
    """
    entry = data / 'entries' / '4agm.pdb'
    with tempfile.TemporaryDirectory(prefix='poseview-benchmark-') as folder:
        whole = read_assembly(entry, ccd)
        record = Path(folder) / 'ligand.sdf'
        record.write_text(sdf_record(whole.mols[0], whole.molecules[0].name), encoding='utf-8')
        program = str(harness.ROOT / 'bin' / 'poseview' / 'poseview')
        ours = [program, '-p', str(entry), '-l', str(record), '-o', f'{folder}/out.svg', '--ccd', str(ccd)]
        theirs = [str(plip), '-f', str(entry), '-x', '-o', folder]
        runs = [(harness.cost_of(ours), harness.cost_of(theirs)) for _ in range(TRIES)]
    own, other = (min(pair[i] for pair in runs) for i in (0, 1))
    if own.code or other.code:
        raise RuntimeError(f'exit codes {own.code} and {other.code}')
    answers.append(harness.Verdict('4AGM as a process', f'< {ASKED} s', f'{own.seconds:.2f} s', own.seconds < ASKED))
    faster = f'{other.seconds / own.seconds:.1f} times as fast'
    answers.append(harness.Verdict('beside PLIP', 'faster', faster, own.seconds < other.seconds))
    cells: list[tuple[object, ...]] = [
        (name, f'{cost.seconds:.2f}', f'{cost.cpu:.2f}', f'{cost.megabytes:.0f}')
        for name, cost in (('PoseView', own), ('PLIP', other))
    ]
    return harness.section(
        'd. Time', f'4AGM and its ligand P86, whole processes in turn, the fastest of {TRIES} each; PoseView decides '
        'hydrogens and draws, PLIP looks at all ligands and does not draw.',
        harness.table(('program', 'wall, s', 'processor, s', 'memory, MB'), cells),
    )  # fmt: skip
