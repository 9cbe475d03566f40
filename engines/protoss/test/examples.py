"""Small complexes for the tests: residues with ideal coordinates, waters, metals, and runs of the engine on them."""

import json
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import gemmi
import numpy as np

from engines.protoss.cli import command
from engines.test.utils import Workspace, dictionary, dictionary_path, run_command


class Outcome(NamedTuple):
    """What a run wrote: the structure of the PDB file, report, notes by code, the SDF text, and the folder."""

    structure: gemmi.Structure
    report: dict[str, Any]
    notes: dict[str, str]
    ligands: str
    folder: Path


def run(space: Workspace, path: Path, *arguments: str) -> Outcome:
    """
    Run the engine in this process.

    :param space: folder to write to
    :param path: the input
    :param arguments: further arguments
    :returns: what it wrote
    :raises AssertionError: if it failed
    """
    out = space.path
    result = run_command(
        command,
        ['--input', str(path), '--output', f'{out}/out.pdb', '--report', f'{out}/report.json', '--notes',
         f'{out}/notes.json', '--ligand_output', f'{out}/out.sdf', '--ccd', str(dictionary_path()), *arguments],
    )  # fmt: skip
    assert result.code == 0, result.stderr
    notes = {row['code']: row['message'] for row in json.loads((out / 'notes.json').read_text())}
    structure = gemmi.read_structure(str(out / ('out.pdb' if (out / 'out.pdb').is_file() else 'out.cif')))
    report = json.loads((out / 'report.json').read_text())
    return Outcome(structure, report, notes, (out / 'out.sdf').read_text(), out)


def state_of(outcome: Outcome, residue: str, group: str = 'side chain', altloc: str = '') -> dict[str, Any]:
    """
    The row of a residue in the report.

    :param outcome: of a run
    :param residue: for example ``HIS_A_179``
    :param group: side chain, N+ or C-
    :param altloc: conformer
    :returns: its row
    """
    rows = [
        r for r in outcome.report['residues'] if (r['residue'], r['group'], r['altloc']) == (residue, group, altloc)
    ]
    assert len(rows) == 1, rows
    return dict(rows[0])


def ideal(name: str, without: Iterable[str] = ('OXT',)) -> dict[str, np.ndarray]:
    """
    Heavy atoms of a component with their ideal coordinates.

    :param name: residue name
    :param without: atoms to leave out
    :returns: positions by name, Angstrom
    """
    component = dictionary().get(name)
    assert component is not None
    return {
        atom.name: np.array(point)
        for atom, point in zip(component.atoms, component.ideal, strict=True)
        if atom.element != 'H' and atom.name not in without
    }


def structure(residues: Sequence[tuple[str, dict[str, Any]]], cell: tuple[float, float, float] | None = None) -> str:
    """
    A structure as PDB text: each residue in a chain of its own, numbered from 1.

    :param residues: names and atom positions
    :param cell: edges of an orthogonal P1 cell, Angstrom
    :returns: the text
    """
    result = gemmi.Structure()
    model = gemmi.Model(1)
    for number, (name, atoms) in enumerate(residues, 1):
        chain = gemmi.Chain('ABCDEFGHIJ'[number - 1])
        residue = gemmi.Residue()
        residue.name, residue.seqid = name, gemmi.SeqId(number, ' ')
        standard = gemmi.find_tabulated_residue(name)
        residue.het_flag = 'A' if standard.is_standard() and not standard.is_water() else 'H'
        for atom_name, point in atoms.items():
            atom = gemmi.Atom()
            atom.name = atom_name
            symbol = atom_name if name == atom_name else atom_name[0]
            atom.element = gemmi.Element(symbol.title())
            atom.pos = gemmi.Position(*(float(x) for x in point))
            residue.add_atom(atom)
        chain.add_residue(residue)
        model.add_chain(chain)
    result.add_model(model)
    if cell:
        result.cell = gemmi.UnitCell(*cell, 90, 90, 90)
        result.spacegroup_hm = 'P 1'
    result.setup_entities()
    return str(result.make_pdb_string())


def chain_of(names: Sequence[str]) -> str:
    """
    An extended peptide of residues with ideal coordinates, as PDB text.

    :param names: residue names
    :returns: the text
    """
    result, model, chain = gemmi.Structure(), gemmi.Model(1), gemmi.Chain('A')
    end = np.eye(4)
    for number, name in enumerate(names, 1):
        last = number == len(names)
        atoms = ideal(name, () if last else ('OXT',))
        frame = _frame(atoms['N'], atoms['CA'], atoms['C'])
        residue = gemmi.Residue()
        residue.name, residue.seqid, residue.het_flag = name, gemmi.SeqId(number, ' '), 'A'
        moved = {key: (end @ np.linalg.inv(frame) @ (*point, 1.0))[:3] for key, point in atoms.items()}
        for key, point in moved.items():
            atom = gemmi.Atom()
            atom.name, atom.element, atom.pos = key, gemmi.Element(key[0]), gemmi.Position(*point)
            residue.add_atom(atom)
        chain.add_residue(residue)
        # The next nitrogen continues the carbonyl opposite to CA and O; the next CA is trans to this one.
        carbon, alpha, oxygen = moved['C'], moved['CA'], moved['O']
        away = -(_unit(alpha - carbon) + _unit(oxygen - carbon))
        nitrogen = carbon + 1.33 * _unit(away)
        next_alpha = nitrogen + 1.46 * _unit(_unit(nitrogen - carbon) * 0.53 + _unit(carbon - alpha) * 0.85)
        end = _frame(nitrogen, next_alpha, next_alpha + (carbon - alpha))
    model.add_chain(chain)
    result.add_model(model)
    result.setup_entities()
    return str(result.make_pdb_string())


def _unit(vector: np.ndarray) -> np.ndarray:
    """
    :param vector: any vector
    :returns: the same at length one
    """
    return np.array(vector / np.linalg.norm(vector))


def _frame(nitrogen: np.ndarray, alpha: np.ndarray, carbon: np.ndarray) -> np.ndarray:
    """
    :param nitrogen: an atom
    :param alpha: the next
    :param carbon: the third
    :returns: axes and origin of the frame that they span, shape (4, 4)
    """
    x = _unit(alpha - nitrogen)
    z = _unit(np.cross(x, carbon - alpha))
    frame = np.eye(4)
    frame[:3, 0], frame[:3, 1], frame[:3, 2], frame[:3, 3] = x, np.cross(z, x), z, nitrogen
    return frame


def hydrogens(outcome: Outcome, chain: str, parent: str) -> list[np.ndarray]:
    """
    Hydrogens on an atom of the first residue of a chain.

    :param outcome: of a run
    :param chain: name of the chain
    :param parent: name of the heavy atom
    :returns: their positions, Angstrom
    """
    residue = outcome.structure[0][chain][0]
    (heavy,) = (a for a in residue if a.name == parent)
    near = (a for a in residue if a.is_hydrogen() and a.pos.dist(heavy.pos) < 1.45)
    return [np.array(a.pos.tolist()) for a in near]
