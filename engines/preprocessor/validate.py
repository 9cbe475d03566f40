"""
Runs the preprocessor over a folder of structures and compares every ligand with the component dictionary.

``python -m engines.preprocessor.validate FOLDER [FOLDER ...] [--out docs/validation/preprocessor.md]``; exit code 1 if
a ligand differs or an entry ends in anything but a result or a coded error.
"""

import argparse
import sys
import tempfile
import time
import traceback
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from engines.command_line import VERSION
from engines.errors import EngineError
from engines.preprocessor.comparison import Comparison, Verdict, compare
from engines.preprocessor.pipeline import preprocess
from engines.structure.components import default_path

_SUFFIXES = ('.pdb', '.ent', '.cif', '.mmcif', '.pdb.gz', '.ent.gz', '.cif.gz')


@dataclass
class Entry:
    """
    What happened to one file.

    :param name: file name
    :param seconds: wall time of the preprocessor
    :param error: code and sentence if it was refused, or a traceback if it failed
    :param fault: whether it failed without a code
    :param comparisons: its ligands
    :param notes: number of notes by code
    """

    name: str
    seconds: float = 0.0
    error: str = ''
    fault: bool = False
    comparisons: list[Comparison] = field(default_factory=list)
    notes: Counter[str] = field(default_factory=Counter)


def structure_files(folder: Path) -> list[Path]:
    """
    The structures of a folder.

    :param folder: a folder
    :returns: files with the suffix of a coordinate format, by name; structure factors share it, and the archive tells
        them by their names
    """
    names = (path for path in folder.iterdir() if '-sf.' not in path.name)
    return sorted(path for path in names if path.name.lower().endswith(_SUFFIXES))


def validate_file(path: Path, ccd: Path) -> Entry:
    """
    Run the preprocessor on one file and compare its ligands.

    :param path: structure
    :param ccd: component dictionary
    :returns: the outcome; it never raises
    """
    entry, start = Entry(path.name), time.perf_counter()
    try:
        with tempfile.TemporaryDirectory() as folder:
            result = preprocess(path, Path(folder), None, ccd)
            entry.seconds = time.perf_counter() - start
            entry.notes = Counter(note.code for note in result.notes)
            for ligand in result.found:
                record = Path(folder, f'{ligand.name}.sdf').read_text(encoding='utf-8')
                entry.comparisons.append(compare(ligand, record, result.components))
    except EngineError as error:
        entry.error = f'{error.code}: {error.message}'
    except Exception:  # pylint: disable=broad-exception-caught  # the report has to tell of it and to go on
        entry.error, entry.fault = traceback.format_exc(limit=-1).strip().splitlines()[-1], True
    return entry


def report(groups: dict[str, list[Entry]]) -> str:
    """
    The result as a Markdown document.

    :param groups: entries by name of their folder
    :returns: the document
    """
    entries = [entry for group in groups.values() for entry in group]
    comparisons = [item for entry in entries for item in entry.comparisons]
    free = [c for c in comparisons if c.verdict in _FREE]
    lines = [
        '# Validation of the preprocessor', '',
        f'Preprocessor {VERSION}. Written by `python -m engines.preprocessor.validate`; do not edit by hand.', '',
        f'{len(entries)} structures from {len(groups)} folders: {sum(not e.error for e in entries)} processed, '
        f'{sum(bool(e.error) and not e.fault for e in entries)} refused with a code, '
        f'{sum(e.fault for e in entries)} failed, none skipped. {len(comparisons)} ligands written.', '',
        'The SDF of every ligand is read back with RDKit, neutralised and compared, as canonical SMILES with stereo, '
        'with a molecule made on another way: the graph, hydrogens and R/S, E/Z labels of the dictionary, no '
        'coordinates. Not counted as differences: which of the equivalent oxygens at a phosphorus or sulphur is the '
        'double-bonded one, and the side of an imine hydrogen.', '',
        f'Free, complete ligands that are in the dictionary: **{len(free)}**, equal: '
        f'**{sum(c.verdict is Verdict.EQUAL for c in free)}**, another stereoisomer in the model itself: '
        f'**{sum(c.verdict is Verdict.MODEL_DIFFERS for c in free)}**, labels and ideal coordinates of the dictionary '
        f'disagree: **{sum(c.verdict is Verdict.LABELS_DIFFER for c in free)}**, '
        f'different without a reason: **{sum(c.verdict is Verdict.DIFFERENT for c in free)}**.', '',
        '| outcome | ligands |', '| --- | --- |',
        *(f'| {verdict.value} | {sum(c.verdict is verdict for c in comparisons)} |' for verdict in Verdict), '',
        '"The model proves it": the named centres, mirrored (or flat, or cis for trans) by the sign of the tetrahedron '
        '(or of the torsion) in the coordinates against the ideal coordinates, turn the dictionary\'s molecule into '
        'exactly the one that was written. "Modelled part": the dictionary\'s molecule cut down to the atoms of the '
        'model; bond orders and charges are compared, stereo is not.', '',
        *_exceptions(groups), *_tables(groups),
    ]  # fmt: skip
    return '\n'.join(lines) + '\n'


_FREE = {Verdict.EQUAL, Verdict.MODEL_DIFFERS, Verdict.LABELS_DIFFER, Verdict.DIFFERENT}
_QUIET = {Verdict.EQUAL, Verdict.BOUND}


def _exceptions(groups: dict[str, list[Entry]]) -> Iterable[str]:
    """
    Every ligand and every entry that is not simply right.

    :param groups: entries by folder
    :returns: lines of Markdown
    """
    yield from ('## Every ligand that is not simply equal', '', '| file | ligand | outcome | reason |')
    yield '| --- | --- | --- | --- |'
    for entry in (entry for group in groups.values() for entry in group):
        for item in entry.comparisons:
            if item.verdict not in _QUIET:
                yield f'| {entry.name} | {item.name} | {item.verdict.value} | {item.reason.replace("|", "/")} |'
    yield ''


def _tables(groups: dict[str, list[Entry]]) -> Iterable[str]:
    """
    One table a folder.

    :param groups: entries by folder
    :returns: lines of Markdown
    """
    for folder, group in groups.items():
        ligands = Counter(item.verdict for entry in group for item in entry.comparisons)
        slowest = max(group, key=lambda entry: entry.seconds)
        yield from (
            f'## {folder}', '',
            f'{len(group)} files, {sum(ligands.values())} ligands ({ligands[Verdict.EQUAL]} equal); '
            f'slowest {slowest.name}, {slowest.seconds:.1f} s.', '',
            '| file | result | ligands | notes |', '| --- | --- | --- | --- |',
        )  # fmt: skip
        for entry in group:
            names = ', '.join(f'{n} x {name}' for name, n in _het_codes(entry).items())
            notes = ', '.join(f'{code} {number}' for code, number in sorted(entry.notes.items()))
            result = entry.error.replace('|', '/') or 'processed'
            yield f'| {entry.name} | {result} | {names} | {notes} |'
        yield ''


def _het_codes(entry: Entry) -> Counter[str]:
    """
    The ligands of an entry by their residue name.

    :param entry: the entry
    :returns: number by name
    """
    return Counter(item.name.split('_')[0] for item in entry.comparisons)


def is_clean(entries: Iterable[Entry]) -> bool:
    """
    Whether nothing differs and nothing failed without a code.

    :param entries: all entries
    :returns: True if so
    """
    return not any(e.fault or any(c.verdict is Verdict.DIFFERENT for c in e.comparisons) for e in entries)


def main(arguments: Sequence[str] | None = None) -> int:
    """
    Entry point.

    :param arguments: arguments without the program's name
    :returns: exit code
    """
    parser = argparse.ArgumentParser(prog='validate', description='Validate the preprocessor on folders of structures.')
    parser.add_argument('folders', type=Path, nargs='+')
    parser.add_argument('--out', type=Path, help='Markdown file; standard output without it')
    parser.add_argument('--ccd', type=Path, default=default_path(), help='component dictionary')
    options = parser.parse_args(arguments)
    groups = {
        folder.resolve().name: [validate_file(path, options.ccd) for path in structure_files(folder)]
        for folder in options.folders
    }
    text = report(groups)
    if options.out:
        options.out.write_text(text, encoding='utf-8')
    else:
        print(text)
    return 0 if is_clean(entry for group in groups.values() for entry in group) else 1


if __name__ == '__main__':
    sys.exit(main())
