"""Part b: distances between ligands and the polymer beside PoseBusters, as deposited and with the ligand moved."""

from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import gemmi
import numpy as np
from rdkit import Chem

from engines.structure.classification import Kind
from engines.structure.neighbours import near_pairs
from engines.structureprofiler.contacts import measure_ligand_contacts
from engines.structureprofiler.measures import Measures
from engines.structureprofiler.subject import Complex, Subject
from engines.structureprofiler.thresholds import load_preset

from ..harness import Verdict, section, table
from .geometry import ligands
from .peers import distances

NEAR = 10.0
SHIFT = 1.5
"""Angstrom by which a ligand is moved towards the nearest atom of the polymer."""


class Pose(NamedTuple):
    """A ligand in its place or out of it: where it is from, its molecule, our distance, and how it is bound, if so."""

    where: str
    moved: bool
    mol: Chem.Mol
    distance: float
    bound: str


def report(data: Path, work: Path, ccd: Path, python: Path, verdicts: list[Verdict]) -> str:
    """
    :param data: folder of structures
    :param work: folder for files
    :param ccd: component dictionary
    :param python: of the peers' environment
    :param verdicts: gets one
    :returns: the section
    """
    folder = work / 'touching'
    folder.mkdir()
    poses = list(_poses(data, ccd, folder))
    with Chem.SDWriter(str(folder / 'poses.sdf')) as writer:
        for pose in poses:
            writer.write(pose.mol)
    limit = load_preset('combined')['active_sites']['intermolecularDistanceThreshold']
    rows: list[tuple[object, ...]] = []
    differences = []
    pairs = list(zip(poses, distances(python, folder), strict=True))
    for moved in (False, True):
        some = [(pose, theirs) for pose, theirs in pairs if pose.moved == moved]
        same = sum((pose.distance >= limit) == passes for pose, (passes, _) in some)
        both = sum(pose.distance < limit and not passes for pose, (passes, _) in some)
        rows.append((f'moved by {SHIFT} A' if moved else 'as deposited', len(some), same, both))
    free = [(pose, passes) for pose, (passes, _) in pairs if not pose.bound]
    for pose, (passes, theirs) in pairs:
        if (pose.distance >= limit) != passes:
            name = f'{pose.where}{", moved" if pose.moved else ""}'
            why = pose.bound or 'other van der Waals radii'
            differences.append(f'{name}: {pose.distance:.3f} here, {theirs:.3f} there ({why})')
    same = sum((pose.distance >= limit) == passes for pose, passes in free)
    answer = f'{same} of {len(free)}'
    verdicts.append(Verdict('equal verdicts on contacts of ligands that are not bound', '>= 98 %', answer,
                            same >= 0.98 * len(free)))  # fmt: skip
    text = (
        'Smallest distance between the ligand and the polymer over the sum of van der Waals radii, 0.75 at least. The '
        f'surroundings are the main conformers of the polymer within {NEAR:.0f} A.'
    )
    heads = ('ligand', 'compared', 'equal', 'failed by both')
    closing = f'Differences: {"; ".join(differences) or "none"}.'
    return section('b. Contacts of ligands beside PoseBusters 0.6.5', text, table(heads, rows), closing)


def _poses(data: Path, ccd: Path, folder: Path) -> Iterator[Pose]:
    """
    :param data: folder of structures
    :param ccd: component dictionary
    :param folder: gets a PDB file of the surroundings of each pose
    :returns: iterator over poses
    """
    number = 0
    for where, whole, subject in ligands(data, ccd):
        polymer = np.flatnonzero(whole.of_kind(Kind.POLYMER) & whole.main)
        points = whole.system.positions[polymer]
        near = np.unique(near_pairs(points, subject.points, NEAR)[0])
        if not near.size:
            continue
        apart = np.linalg.norm(subject.points[:, None] - points[near][None], axis=-1)
        i, j = np.unravel_index(int(apart.argmin()), apart.shape)
        step = SHIFT * (points[near[j]] - subject.points[i]) / max(float(apart[i, j]), 1e-6)
        for moved in (False, True):
            mol = Chem.Mol(subject.mol)
            conformer = mol.GetConformer()
            for index, point in enumerate(conformer.GetPositions() + moved * step):
                conformer.SetAtomPosition(index, point.tolist())
            _write(whole, polymer[near], folder / f'{number}.pdb')
            number += 1
            yield Pose(where, moved, mol, _distance(whole, subject, mol, set(polymer[near].tolist())), _bound(subject))


def _bound(subject: Subject) -> str:
    """
    :param subject: a ligand
    :returns: how it is bound to what is around it, which the peer does not look at; or nothing
    """
    if subject.found and subject.found.outer_bonds:
        return 'bound covalently: atoms near the bond are left out here'
    if any(gemmi.Element(atom.GetAtomicNum()).is_metal for atom in subject.mol.GetAtoms()):
        return 'its metal is coordinated: covalent radii are taken here'
    return ''


def _distance(whole: Complex, subject: Subject, mol: Chem.Mol, polymer: set[int]) -> float:
    """
    :param whole: the complex
    :param subject: a ligand
    :param mol: its molecule, perhaps moved
    :param polymer: atoms that count
    :returns: our smallest relative distance
    """
    gone = np.array([atom not in polymer for atom in range(len(whole.system))])
    measures = Measures()
    pose = Subject(
        subject.name, subject.key, mol, subject.atoms, subject.indices, subject.sites, subject.label, subject.found
    )  # fmt: skip
    measure_ligand_contacts(whole, pose, gone, measures)
    value = measures.values['intermolecularDistance']
    return float(value) if isinstance(value, int | float) else 9.0


def _write(whole: Complex, atoms: np.ndarray, path: Path) -> None:
    """
    :param whole: the complex
    :param atoms: of its system
    :param path: PDB file of them
    """
    structure, model, chain = gemmi.Structure(), gemmi.Model(1), gemmi.Chain('A')
    residue = gemmi.Residue()
    residue.name, residue.seqid = 'UNK', gemmi.SeqId(1, ' ')
    for index in atoms.tolist():
        atom = gemmi.Atom()
        atom.name, atom.element = whole.system.names[index], gemmi.Element(whole.system.elements[index])
        atom.pos = gemmi.Position(*whole.system.positions[index])
        residue.add_atom(atom)
    chain.add_residue(residue)
    model.add_chain(chain)
    structure.add_model(model)
    path.write_text(structure.make_minimal_pdb(), encoding='utf-8')
