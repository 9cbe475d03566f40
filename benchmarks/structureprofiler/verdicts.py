"""Part a: every test passes on something and fails on something."""

import json
import tempfile
from argparse import Namespace
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, NamedTuple

import gemmi
from rdkit import Chem
from rdkit.Chem import rdDistGeom

from engines.structure.reading import read_structure
from engines.structureprofiler.columns import TABLES, Table, Test
from engines.structureprofiler.pipeline import profile

from ..harness import Verdict, section, table
from . import faults
from .backbone import entry

ENTRIES = (
    '4agm', '1a28', '1afs', '1bd2', '1ake', '4hhb', '1gbt', '2ha2', '1hvr', '1pfe', '1a3e', '3enl', '4laz', '4e43',
    '3kpr', 'AF-A0A024B5K5',
)  # fmt: skip


class Input(NamedTuple):
    """What is profiled: a name for the report, a structure, and with it a map or a ligand."""

    name: str
    file: Path
    density: Path | None = None
    ligand: Path | None = None


def report(data: Path, ccd: Path, verdicts: list[Verdict]) -> str:
    """
    :param data: folder of structures
    :param ccd: component dictionary
    :param verdicts: gets those of this part
    :returns: the section
    """
    found: dict[tuple[str, str, bool], str] = {}
    with tempfile.TemporaryDirectory() as folder:
        for given in _inputs(data, Path(folder)):
            result = _profile(given, Path(folder) / 'out', ccd)
            for part, test, row in _rows(result):
                verdict = row.get(test.name)
                if verdict is not None:
                    found.setdefault((part.key, test.name, verdict), f'{_said(given, part, row)}: {_values(test, row)}')
    rows: list[tuple[object, ...]] = []
    complete = tests = 0
    for part in TABLES:
        for test in part.tests:
            passed, failed = (found.get((part.key, test.name, verdict), '**none**') for verdict in (True, False))
            rows.append((part.key.replace('_', ' '), test.name, passed, failed))
            tests, complete = tests + 1, complete + ('**none**' not in (passed, failed))
    verdicts.append(Verdict('tests that pass and fail', f'all {tests}', str(complete), complete == tests))
    text = (
        'Preset combined. The first that passes and the first that fails, with what was measured; entries are as '
        'deposited unless something else is said of them.'
    )
    return section('a. Verdicts', text, table(('part', 'test', 'passes', 'fails'), rows))


def _said(given: Input, part: Table, row: dict[str, Any]) -> str:
    """
    :param given: the input
    :param part: of the output
    :param row: an object
    :returns: what it is
    """
    return ' '.join(filter(None, (given.name, row.get('name' if part.key == 'ligands' else 'ligand'))))


def _values(test: Test, row: dict[str, Any]) -> str:
    """
    :param test: a test
    :param row: an object
    :returns: what was measured
    """
    known = [(c.value, row[c.value]) for c in test.criteria if c.value in row]
    return ', '.join(f'{name} {value:.3g}' for name, value in dict(known).items()) or 'nothing to measure'


def _rows(result: dict[str, Any]) -> Iterator[tuple[Table, Test, dict[str, Any]]]:
    """
    :param result: content of profile.json
    :returns: iterator over table, test and object
    """
    for part in TABLES:
        objects = [result[part.key]] if part.key == 'complex' else list(result[part.key].values())
        yield from ((part, test, row) for test in part.tests for row in objects)


def _profile(given: Input, folder: Path, ccd: Path) -> dict[str, Any]:
    """
    :param given: what is profiled
    :param folder: to write to
    :param ccd: component dictionary
    :returns: content of profile.json
    """
    options = Namespace(
        complex=given.file, outputDir=folder, density=given.density, ligand=given.ligand, preset='combined',
        thresholds=None, notes=None, ccd=ccd,
    )  # fmt: skip
    profile(options)
    result: dict[str, Any] = json.loads((folder / 'profile.json').read_text(encoding='utf-8'))
    return result


def _inputs(data: Path, folder: Path) -> Iterator[Input]:
    """
    :param data: folder of structures
    :param folder: for those with faults
    :returns: iterator over inputs, those as deposited first
    """
    for name in ENTRIES:
        yield Input(name.upper()[:13], entry(data, name))
    density = data / 'density'
    yield Input('6MW0 with its map', density / '6mw0.cif', density / '6mw0_2fofc.ccp4')
    whole = entry(data, '4agm')
    structure = read_structure(whole).structure
    map_ = faults.map_of(structure, folder / 'model.ccp4')
    yield Input('4AGM with a map calculated from it', whole, map_)
    steroid = entry(data, '1a28')
    of_steroid = faults.map_of(read_structure(steroid).structure, folder / 'steroid.ccp4')
    yield Input('1A28 with a map calculated from it', steroid, of_steroid)
    for title, change in CHANGES.items():
        changed = read_structure(whole).structure
        change(changed)
        path = faults.write_structure(changed, folder / f'{len(title)}.cif')
        yield Input(f'4AGM, {title}', path, map_)
    predicted = read_structure(entry(data, 'AF-A0A024B5K5')).structure
    for cra in predicted[0].all():
        cra.atom.b_iso = 45.0
    path = folder / 'prediction.pdb'
    path.write_text(f'TITLE     ALPHAFOLD MODEL\n{predicted.make_minimal_pdb()}', encoding='utf-8')
    yield Input('AlphaFold model with a confidence of 45 throughout', path)
    for title, mol in _ligands(data):
        sdf = folder / f'{len(title)}.sdf'
        with Chem.SDWriter(str(sdf)) as writer:
            writer.write(mol)
        yield Input(f'1IA1 with {title}', data / 'docking' / '1ia1_protein.pdb.gz', ligand=sdf)


def _ligands(data: Path) -> Iterator[tuple[str, Chem.Mol]]:
    """
    :param data: folder of structures
    :returns: ligands with a fault, and what it is
    """
    mol = Chem.MolFromMolFile(str(data / 'docking' / '1ia1_TQ3.sdf'), removeHs=False)
    buckled = faults.buckled(mol)
    if buckled is not None:
        yield 'its ligand, a ring out of its plane', buckled
    chain = Chem.AddHs(Chem.MolFromSmiles('CCCCCCCCCCCCCCCCCCCCCC'))
    rdDistGeom.EmbedMolecule(chain, randomSeed=1)
    centre = mol.GetConformer().GetPositions().mean(0) - chain.GetConformer().GetPositions().mean(0)
    for i, point in enumerate(chain.GetConformer().GetPositions() + centre):
        chain.GetConformer().SetAtomPosition(i, point.tolist())
    yield 'docosane in place of its ligand', chain


def _random_r(structure: gemmi.Structure) -> None:
    """:param structure: gets an Rfree as that of a wrong model"""
    structure.meta.refinement[0].r_free = 0.52


def _lost_side_chain(structure: gemmi.Structure) -> None:
    """:param structure: gets a side chain of the site where no density is"""
    for atom in _atoms(structure, 145):
        if atom.name in ('CG', 'CD1', 'CD2'):
            atom.pos = gemmi.Position(atom.pos.x + 2.5, atom.pos.y + 2.5, atom.pos.z)


def _atoms(structure: gemmi.Structure, number: int) -> list[gemmi.Atom]:
    """
    :param structure: a structure
    :param number: of a residue of chain A
    :returns: its atoms
    """
    return [c.atom for c in structure[0].all() if c.chain.name == 'A' and c.residue.seqid.num == number]


CHANGES: dict[str, Callable[[gemmi.Structure], None]] = {
    'Rfree 0.52': _random_r,
    'Leu A 145 off its density': _lost_side_chain,
}
"""Faults of a structure."""
