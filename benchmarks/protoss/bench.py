"""What the parts of the report share."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

import gemmi

from ..harness import Verdict, table
from .programs import PROGRAMS, Programs, Run
from .structures import Atoms, load, main_conformer, to_atoms, without_hydrogens, write_pdb

#: Entries that were looked at while the engine's constants were settled (docs/tools/protoss.md); others are held out.
SETTLED_ON = ('5pti', '3u7t', '1ejg', '1us0_protein', '1pwc', '4laz', '4agm', '1a3e', '1hpv', '1gbt')
SUFFIXES = ('.pdb', '.pdb.gz', '.cif', '.cif.gz')


@dataclass
class Bench:
    """
    Data, programs and what the parts have found so far.

    :param data: folder of structures
    :param work: folder for files of the run
    :param programs: that can be run
    :param verdicts: of the parts
    """

    data: Path
    work: Path
    programs: Programs
    verdicts: list[Verdict] = field(default_factory=list)

    def entry(self, name: str) -> Path:
        """
        :param name: of a file in ``entries`` without its suffix
        :returns: the file
        :raises FileNotFoundError: if it is not there
        """
        for suffix in SUFFIXES:
            path = self.data / 'entries' / f'{name}{suffix}'
            if path.exists():
                return path
        raise FileNotFoundError(f'{name} is not in {self.data}/entries')

    def single(self, name: str) -> gemmi.Structure:
        """
        :param name: of an entry
        :returns: its main conformer, with its hydrogens
        """
        return main_conformer(load(self.entry(name)))

    def write(self, structure: gemmi.Structure, name: str) -> Path:
        """
        :param structure: one conformer
        :param name: for the file
        :returns: a PDB file of its heavy atoms, the same for every program
        """
        return write_pdb(without_hydrogens(structure), self.work / 'inputs' / f'{name}.pdb')


def output_atoms(run: Run) -> Atoms:
    """
    :param run: that has written a structure
    :returns: its atoms
    """
    return to_atoms(load(run.output))


def percent(part: int, whole: int) -> str:
    """
    :param part: number of hits
    :param whole: number of tries
    :returns: both, with the share
    """
    return f'{part} of {whole} ({100 * part / whole:.1f} %)' if whole else '0 of 0'


def failures(runs: Iterable[tuple[str, str, Run]]) -> str:
    """
    :param runs: program, entry and run
    :returns: a sentence for each that failed, or none
    """
    said = [f'{program} on {entry}: {run.error}' for program, entry, run in runs if run.error]
    return 'Runs that failed: ' + '; '.join(said) + '.' if said else ''


def by_program(heads: tuple[str, ...], rows: list[tuple[object, ...]]) -> str:
    """
    :param heads: of the columns before those of the programs
    :param rows: of the table
    :returns: it as Markdown
    """
    return table((*heads, *PROGRAMS), rows)
