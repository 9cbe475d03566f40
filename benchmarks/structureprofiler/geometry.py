"""Part b: bonds, angles, rings and overlaps of ligands beside PoseBusters."""

from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from rdkit import Chem

from engines.errors import EngineError
from engines.structureprofiler.columns import LIGANDS
from engines.structureprofiler.judge import judge
from engines.structureprofiler.ligand_geometry import measure_ligand_geometry
from engines.structureprofiler.measures import Measures, Value
from engines.structureprofiler.subject import Complex, Subject, read_complex
from engines.structureprofiler.thresholds import load_preset

from ..harness import Verdict, section, table
from .faults import FAULTS
from .peers import posebusters

TESTS = ('bondLengthsTest', 'bondAnglesTest', 'noIntramolecularClash', 'ringPlanarityTest')
"""In the order of the peer's verdicts."""
SMALLEST = 6
LARGE = ('6zu5', '4v8r', '7pbl', '2gtl')
"""Entries that add no kind of ligand and much time."""


class Case(NamedTuple):
    """A ligand: where it is from, what was done to it, the molecule, and our verdicts."""

    where: str
    fault: str
    mol: Chem.Mol
    verdicts: tuple[Value, ...]


def report(data: Path, work: Path, ccd: Path, python: Path, verdicts: list[Verdict]) -> str:
    """
    :param data: folder of structures
    :param work: folder for files
    :param ccd: component dictionary
    :param python: of the peers' environment
    :param verdicts: gets those of this part
    :returns: the section
    """
    cases = list(_cases(data, ccd))
    sdf = work / 'ligands.sdf'
    with Chem.SDWriter(str(sdf)) as writer:
        for case in cases:
            writer.write(case.mol)
    theirs = posebusters(python, sdf)
    rows: list[tuple[object, ...]] = []
    differences = []
    for i, test in enumerate(TESTS):
        for fault in ('', *FAULTS):
            pairs = [(c, t[i]) for c, t in zip(cases, theirs, strict=True) if bool(c.fault) == bool(fault)]
            pairs = [(c, t) for c, t in pairs if c.fault == fault]
            if fault and FAULTS[fault][0] != test:
                continue
            same = sum(c.verdicts[i] == t for c, t in pairs)
            both = sum(c.verdicts[i] is False and t is False for c, t in pairs)
            rows.append((test, fault or 'as deposited', len(pairs), same, both))
            differences += [
                f'{c.where}, {fault or "as deposited"}, {test}: {_word(c.verdicts[i])} here, {_word(t)} there'
                for c, t in pairs
                if c.verdicts[i] != t
            ]
    deposited = sum(not case.fault for case in cases)
    total, same = sum(int(str(r[2])) for r in rows), sum(int(str(r[3])) for r in rows)
    verdicts.append(Verdict('ligands compared with PoseBusters', '>= 40', str(deposited), deposited >= 40))
    share = 100 * same / total
    verdicts.append(Verdict('equal verdicts of PoseBusters', '>= 98 %', f'{same} of {total}', share >= 98))
    text = (
        'Ligands of at least six heavy atoms, each residue name once for an entry, and once among the dehydrogenases. '
        'Both programs got the same molecules. Equal: number of equal verdicts; failed: number that both fail.'
    )
    heads = ('test', 'ligand', 'compared', 'equal', 'failed by both')
    said = 'Differences: ' + ('; '.join(differences) + '.' if differences else 'none.')
    return section('b. Geometry of ligands beside PoseBusters 0.6.5', text, table(heads, rows), said)


def _word(verdict: Value) -> str:
    """
    :param verdict: of a test
    :returns: it in a word
    """
    return 'untested' if verdict is None else 'passed' if verdict else 'failed'


def _cases(data: Path, ccd: Path) -> Iterator[Case]:
    """
    :param data: folder of structures
    :param ccd: component dictionary
    :returns: iterator over ligands, as they are and with faults
    """
    for where, _, subject in ligands(data, ccd):
        yield Case(where, '', subject.mol, _verdicts(subject))
        for name, (_, change) in FAULTS.items():
            mol = change(subject.mol)
            if mol is not None:
                atoms = subject.atoms
                faulty = Subject(subject.name, subject.key, mol, atoms, subject.indices, subject.sites)
                yield Case(where, name, mol, _verdicts(faulty))


def ligands(data: Path, ccd: Path) -> Iterator[tuple[str, Complex, Subject]]:
    """
    :param data: folder of structures
    :param ccd: component dictionary
    :returns: iterator over ligands with where they are from and what they are in
    """
    seen: set[tuple[str, str]] = set()
    folders = (('entries', '*'), ('docking', '*.pdb.gz'), ('families/ldh', '*'))
    files = [file for folder, pattern in folders for file in sorted((data / folder).glob(pattern))]
    for file in files:
        if file.name.startswith(LARGE):
            continue
        family = 'ldh' if 'families' in file.parts else file.name
        try:
            whole = read_complex(file, ccd, None)
        except EngineError:
            continue
        for subject in whole.ligands:
            code = subject.key[3]
            single = len(Chem.GetMolFrags(subject.mol)) == 1
            if subject.mol.GetNumHeavyAtoms() >= SMALLEST and single and (family, code) not in seen:
                seen.add((family, code))
                yield f'{file.name.split(".")[0]} {subject.name}', whole, subject


def _verdicts(subject: Subject) -> tuple[Value, ...]:
    """
    :param subject: a ligand
    :returns: our verdicts on it
    """
    measures = Measures()
    measure_ligand_geometry(subject, measures)
    row = judge(LIGANDS, measures, load_preset('combined')['ligands']).row
    return tuple(row[test] for test in TESTS)
