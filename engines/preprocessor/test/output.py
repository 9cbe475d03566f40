"""Runs the preprocessor for the tests and reads back what it wrote."""

import json
from functools import lru_cache
from pathlib import Path

import gemmi
from rdkit import Chem

from engines.preprocessor.cli import command
from engines.test.utils import Workspace, dictionary_path, run_command, structure_path


class Output:
    """
    What a run of the preprocessor wrote, read back.

    :param folder: the output directory
    :param summary: the line on stdout
    """

    def __init__(self, folder: Path, summary: str) -> None:
        self.files = {path.name: path.read_text(encoding='utf-8') for path in sorted(folder.iterdir())}
        self.ligands: list[str] = json.loads(summary)['ligands']
        self.notes: list[dict[str, str]] = json.loads(self.files['notes.json'])

    def text(self, suffix: str) -> str:
        """
        The only file with a suffix.

        :param suffix: for example ``.pdb``
        :returns: its content
        """
        (name,) = [name for name in self.files if name.endswith(suffix)]
        return self.files[name]

    def noted(self, code: str) -> dict[str, str]:
        """
        The notes of one kind.

        :param code: code of the notes
        :returns: message by subject
        """
        return {note['subject']: note['message'] for note in self.notes if note['code'] == code}

    def mol(self, name: str) -> Chem.Mol:
        """
        A ligand.

        :param name: its name
        :returns: molecule without hydrogens
        """
        return Chem.MolFromMolBlock(self.files[f'{name}.sdf'])

    def protein(self) -> gemmi.Structure:
        """
        The protein as the mmCIF file says.

        :returns: the structure
        """
        return gemmi.make_structure_from_block(gemmi.cif.read_string(self.text('.cif')).sole_block())


def preprocess(path: Path, *arguments: str) -> Output:
    """
    Run the preprocessor, which must succeed.

    :param path: structure
    :param arguments: further arguments
    :returns: its output
    """
    workspace = Workspace()
    try:
        folder = workspace.path / 'out'
        given = ['--protein', str(path), '--outdir', str(folder), '--ccd', str(dictionary_path()), *arguments]
        result = run_command(command, given)
        assert result.code == 0, result.stderr
        return Output(folder, result.stdout)
    finally:
        workspace.close()


@lru_cache
def processed(name: str) -> Output:
    """
    The output for a test file, computed once.

    :param name: file name without ``.gz``
    :returns: the output
    """
    return preprocess(structure_path(name))
