"""pKa values of titratable groups by PROPKA 3 (Olsson et al. 2011, doi:10.1021/ct100578z), in a process of its own."""

import subprocess
import sys
import tempfile
from pathlib import Path

import gemmi

from engines.protoss.titration import PkaTable
from engines.structure.bonding import ResidueKey, residue_key

ATOM_LIMIT = 25_000
"""
Heavy atoms beyond which PROPKA is left out: some of its time grows with the square of their number, 0.4 s for 3,800 and
7 s for 23,000, and would be most of the run.
"""
_PROGRAM = str(Path(__file__).with_name('propka_run.py'))
_LETTERS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789'
_GROUPS = {'ASP', 'GLU', 'HIS', 'CYS', 'TYR', 'LYS', 'N+', 'C-'}


class Propka:
    """
    A run of PROPKA, which goes on while the caller does something else.

    :param structure: the structure; its first model is used
    :param wanted: residues that it sees, by default all
    """

    def __init__(self, structure: gemmi.Structure, wanted: set[ResidueKey] | None = None) -> None:
        self._folder = tempfile.TemporaryDirectory()
        self._keys: dict[tuple[str, int], tuple[str, int, str]] = {}
        self._process: subprocess.Popen[bytes] | None = None
        model = structure[0].clone() if wanted is None else _part(structure[0], wanted)
        if model.count_atom_sites() > ATOM_LIMIT:
            return
        path = Path(self._folder.name) / 'model.pdb'
        text = self._pdb(model)
        if text:
            path.write_text(text)
            self._process = subprocess.Popen(
                [sys.executable, '-P', _PROGRAM, path.name], cwd=self._folder.name,
                stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
            )  # fmt: skip

    def _pdb(self, model: gemmi.Model) -> str:
        """
        The heavy atoms of a model, one conformer, in PDB format. Chains get single letters and residues are
        numbered through, since PROPKA does not tell insertion codes.

        :param model: the model
        :returns: the text, empty if there are more chains than letters or too many residues
        """
        copy = gemmi.Structure()
        copy.add_model(model)
        copy.remove_hydrogens()
        copy.remove_waters()
        copy.remove_alternative_conformations()
        if len(copy[0]) > len(_LETTERS) or any(len(chain) > 9999 for chain in copy[0]):
            return ''
        for letter, chain in zip(_LETTERS, copy[0], strict=False):
            for number, residue in enumerate(chain, 1):
                key = residue_key(chain.name, residue)
                self._keys[letter, number] = key[0], key[1], key[2]
                residue.seqid = gemmi.SeqId(number, ' ')
                residue.name = residue.name[:3]
                for atom in residue:
                    atom.charge = 0
            chain.name = letter
        return str(copy.make_pdb_string(gemmi.PdbWriteOptions(minimal=True)))

    def table(self) -> PkaTable | None:
        """
        Wait for the result.

        :returns: pKa by group; None if PROPKA could not be used
        """
        try:
            if self._process is None:
                return None
            code = self._process.wait()
            output = Path(self._folder.name) / 'model.pka'
            return self._parse(output.read_text()) if code == 0 and output.is_file() else None
        finally:
            self._folder.cleanup()

    def _parse(self, text: str) -> PkaTable:
        """
        Read the summary of a PROPKA file.

        :param text: the file
        :returns: pKa by group
        """
        table: PkaTable = {}
        _, _, summary = text.partition('SUMMARY OF THIS PREDICTION')
        for line in summary.splitlines():
            group, number, letter, value = line[3:6].strip(), line[6:10].strip(), line[10:12].strip(), line[12:].split()
            if group in _GROUPS and number.isdigit() and value and (letter, int(number)) in self._keys:
                chain, num, icode = self._keys[letter, int(number)]
                table[chain, num, icode, group] = float(value[0])
        return table


def _part(model: gemmi.Model, wanted: set[ResidueKey]) -> gemmi.Model:
    """
    A part of a model.

    :param model: the model
    :param wanted: residues that it is to have
    :returns: it with chains of these alone
    """
    result = gemmi.Model(model.num)
    for chain in model:
        part = gemmi.Chain(chain.name)
        for residue in chain:
            if residue_key(chain.name, residue) in wanted:
                part.add_residue(residue)
        if len(part):
            result.add_chain(part)
    return result
