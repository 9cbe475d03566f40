"""The report's parts d and g: every file of the corpus."""

from collections.abc import Iterable
from pathlib import Path

import gemmi

from ..harness import Verdict, table
from .bench import Bench
from .contacts import between_metal_and_ligand, metals
from .corpus import FAMILY_STEP, Entry, check, files, ligand_atoms, outputs, same_twice
from .growth import power
from .programs import ENGINE, Run, at_once
from .structures import load, to_atoms

#: Labels and hash seeds of two runs.
_TWO = (('once', '1'), ('twice', '2'))
TWICE = ('1ejg', '3jqh', '4agm', '4laz')
_TEXT = """{} files: all of `entries/` and `docking/`, and every {}th of `families/`, as they are, with altlocs,
models, old layouts. The output is read with gemmi, Biopython (same number of atoms) and, if it is PDB, RDKit; every
ligand record must pass RDKit's checks. Heavy atoms of the first model are compared by name and place (0.01 A), those
of ligands by place; only ends of side chains in the report's list of flips may differ, and minor conformers of
ligands may be missing from the SDF if a note says so. What a reader cannot read of the input either, written by gemmi
in the same format, is told but is no fault of the engine. A refusal needs exit code 65 and a code."""


def run_corpus(bench: Bench) -> list[Entry]:
    """
    :param bench: data and programs
    :returns: what became of every file
    """
    by_size = sorted(files(bench.data), key=lambda path: -path.stat().st_size)

    def work(path: Path) -> Entry:
        """:returns: what became of one file"""
        return check(path, bench.programs.run(ENGINE, path, 'corpus'), bench.programs.peers)

    return sorted(at_once(work, by_size), key=lambda entry: entry.name)


def complex_of(run: Run) -> gemmi.Structure:
    """
    :param run: of the engine
    :returns: what it wrote, with the ligands as residues of a chain of their own
    """
    structure = load(outputs(run)[-1])
    chain = gemmi.Chain('ligands')
    for number, molecule in enumerate(ligand_atoms(run), start=1):
        residue = gemmi.Residue()
        residue.name, residue.seqid = 'LIG', gemmi.SeqId(number, ' ')
        for index, (element, position) in enumerate(molecule):
            atom = gemmi.Atom()
            atom.name, atom.element, atom.pos = f'{element}{index}', gemmi.Element(element), position
            residue.add_atom(atom)
        chain.add_residue(residue)
    structure[0].add_chain(chain)
    return structure


def metal_section(bench: Bench, entries: list[Entry]) -> str:
    """
    :param bench: gets the verdict
    :param entries: of the corpus
    :returns: a table of those with metals
    """
    paths = {path.name: path for path in files(bench.data)}
    rows: list[tuple[object, ...]] = []
    bad_atoms = bound_atoms = 0
    for entry in entries:
        if entry.run.error:
            continue
        found = metals(load(paths[entry.name]))
        if found:
            bound, bad = between_metal_and_ligand(found, to_atoms(complex_of(entry.run)))
            bound_atoms, bad_atoms = bound_atoms + bound, bad_atoms + len(bad)
            kinds = ', '.join(sorted({element for _, element, _ in found}))
            rows.append((entry.name, f'{len(found)} ({kinds})', bound, '; '.join(bad) or 'none'))
    question, measured = 'atoms bound to metals with a hydrogen on its side', f'{bad_atoms} of {bound_atoms}'
    bench.verdicts.append(Verdict(question, '0', measured, bool(rows) and not bad_atoms))
    return table(('entry', 'metals', 'bound atoms', 'with a hydrogen between'), rows)


def section(bench: Bench, entries: list[Entry]) -> str:
    """
    :param bench: data and programs; gets the verdicts
    :param entries: of the corpus
    :returns: the section
    """
    faulty = [entry for entry in entries if entry.faults]
    refused = [entry for entry in entries if entry.code]
    bench.verdicts.append(
        Verdict('corpus files without a fault', 'all', f'{len(entries) - len(faulty)} of {len(entries)}', not faulty)
    )
    differing = [name for name in TWICE if not _repeats(bench, name)]
    measured = f'{len(TWICE) - len(differing)} of {len(TWICE)}'
    bench.verdicts.append(Verdict('entries with byte-equal output of two runs', 'all', measured, not differing))
    said = f'{len(entries) - len(refused) - sum(not e.code and bool(e.run.error) for e in entries)} processed, '
    return '\n\n'.join(
        (
            '## g. Output',
            _TEXT.format(len(entries), FAMILY_STEP),
            f'{said}{len(refused)} refused with a code, {len(faulty)} with faults. Run twice, with other hash seeds, '
            f'and compared byte by byte: {", ".join(TWICE)}; different: {", ".join(differing) or "none"}.',
            table(('file', 'heavy atoms', 'hydrogens', 'flips', 'CPU s', 'MB', 'result'), list(_rows(entries))),
        )
    )


def _repeats(bench: Bench, name: str) -> bool:
    """
    :param bench: data and programs
    :param name: of an entry
    :returns: whether two runs on it write the same
    """
    first, second = (bench.programs.run(ENGINE, bench.entry(name), label, seed=seed) for label, seed in _TWO)
    return not first.error and same_twice(first, second)


def _rows(entries: list[Entry]) -> Iterable[tuple[object, ...]]:
    """
    :param entries: of the corpus
    :returns: rows of the table
    """
    for entry in entries:
        faults = '; '.join(entry.faults[:6]) + (f'; {len(entry.faults) - 6} more' if len(entry.faults) > 6 else '')
        result = faults.replace('|', '/') or entry.code or '; '.join(entry.remarks) or 'as it should be'
        figures = (f'{entry.run.cpu:.1f}', f'{entry.run.megabytes:.0f}')
        yield (entry.name, entry.heavy, entry.hydrogens, entry.flips, *figures, result)


def slope(entries: list[Entry], smallest: int, largest: float = float('inf')) -> tuple[float, int]:
    """
    :param entries: of the corpus
    :param smallest: number of heavy atoms from which on they count
    :param largest: and up to which
    :returns: exponent of CPU time over heavy atoms by least squares of the logarithms, and the number of entries
    """
    points = [
        (entry.heavy, entry.run.cpu) for entry in entries if not entry.run.error and smallest <= entry.heavy <= largest
    ]
    return power(points), len(points)
