"""Deliberate faults: real structures and ligands with one thing wrong, which one test has to see."""

from collections.abc import Callable
from pathlib import Path

import gemmi
import numpy as np
from rdkit import Chem
from rdkit.Chem import rdMolTransforms

from engines.structureprofiler.ligand_geometry import out_of_plane

Molecule = Chem.Mol
Change = Callable[[Molecule], Molecule | None]
STRETCH, BEND, FOLD = 1.45, 0.62, 1.1
"""Bonds are made so many times longer; 1,3-distances so many times shorter; atoms of a ring go so far out, Angstrom."""


def stretched(mol: Molecule) -> Molecule | None:
    """
    :param mol: a ligand
    :returns: it with one terminal bond too long
    """
    return _moved(mol, lambda here, near, _: near + STRETCH * (here - near))


def squeezed(mol: Molecule) -> Molecule | None:
    """
    :param mol: a ligand
    :returns: it with one terminal atom too near to a neighbour of its neighbour
    """

    def place(here: np.ndarray, near: np.ndarray, far: np.ndarray) -> np.ndarray:
        target = BEND * np.linalg.norm(here - far)
        bond, base = np.linalg.norm(here - near), np.linalg.norm(far - near)
        cosine = np.clip((bond**2 + base**2 - target**2) / (2 * bond * base), -1, 1)
        axis = (far - near) / base
        side = here - near - ((here - near) @ axis) * axis
        side /= max(float(np.linalg.norm(side)), 1e-6)
        return np.asarray(near + bond * (cosine * axis + np.sqrt(1 - cosine**2) * side))

    return _moved(mol, place)


def buckled(mol: Molecule) -> Molecule | None:
    """
    :param mol: a ligand
    :returns: it with two opposite atoms of an aromatic ring out of its plane; None without such a ring of six
    """
    match = mol.GetSubstructMatch(Chem.MolFromSmarts('[ar6^2]1[ar6^2][ar6^2][ar6^2][ar6^2][ar6^2]1'))
    if not match:
        return None
    result = Chem.Mol(mol)
    conformer = result.GetConformer()
    points = conformer.GetPositions()[list(match)]
    normal = np.linalg.svd(points - points.mean(0))[2][2]
    for index in (0, 3):
        conformer.SetAtomPosition(match[index], (points[index] + FOLD * normal).tolist())
    moved = conformer.GetPositions()[list(match)]
    return result if out_of_plane(moved) > 0.25 else None


def collapsed(mol: Molecule) -> Molecule | None:
    """
    :param mol: a ligand
    :returns: it turned about the rotatable bond that brings two of its atoms nearest; None if nothing comes near
    """
    heavy = Chem.RemoveAllHs(mol)
    bonds = heavy.GetSubstructMatches(Chem.MolFromSmarts('[!#1;!$(*#*);!D1:1]-!@[!#1;!$(*#*);!D1:2]'))
    apart = np.array(Chem.GetDistanceMatrix(heavy))
    best: tuple[float, Molecule | None] = (1.9, None)
    for j, k in bonds:
        i = next(n.GetIdx() for n in heavy.GetAtomWithIdx(j).GetNeighbors() if n.GetIdx() != k)
        m = next(n.GetIdx() for n in heavy.GetAtomWithIdx(k).GetNeighbors() if n.GetIdx() != j)
        for angle in range(0, 360, 15):
            turned = Chem.Mol(heavy)
            rdMolTransforms.SetDihedralDeg(turned.GetConformer(), i, j, k, m, float(angle))
            points = turned.GetConformer().GetPositions()
            distances = np.linalg.norm(points[:, None] - points[None], axis=-1)[apart >= 4]
            nearest = float(distances.min()) if distances.size else 9.0
            if nearest < best[0]:
                best = (nearest, turned)
    return Chem.AddHs(best[1], addCoords=True) if best[1] is not None else None


FAULTS: dict[str, tuple[str, Change]] = {
    'a stretched bond': ('bondLengthsTest', stretched),
    'a squeezed angle': ('bondAnglesTest', squeezed),
    'an aromatic ring out of its plane': ('ringPlanarityTest', buckled),
    'a chain turned into itself': ('noIntramolecularClash', collapsed),
}
"""Name of each fault, with the test that has to see it, and what makes it."""


def _moved(mol: Molecule, place: Callable[[np.ndarray, np.ndarray, np.ndarray], np.ndarray]) -> Molecule | None:
    """
    :param mol: a ligand
    :param place: new place of a terminal atom by its own, its neighbour's, and that of a neighbour of that one
    :returns: it with its first terminal atom moved; None without one that is bound by a single bond
    """
    heavy = Chem.RemoveAllHs(mol)
    found = heavy.GetSubstructMatch(Chem.MolFromSmarts('[!#1;D1]-[!#1;!D1]~[!#1]'))
    if not found:
        return None
    conformer = heavy.GetConformer()
    points = conformer.GetPositions()
    conformer.SetAtomPosition(found[0], place(*(points[i] for i in found)).tolist())
    return Chem.AddHs(heavy, addCoords=True)


def write_structure(structure: gemmi.Structure, path: Path) -> Path:
    """
    :param structure: to write, with all that its header says
    :param path: mmCIF file
    :returns: the same
    """
    structure.make_mmcif_document().write_file(str(path))
    return path


def map_of(structure: gemmi.Structure, path: Path, resolution: float = 1.8) -> Path:
    """
    A map calculated from a model.

    :param structure: the model, in its crystal
    :param path: CCP4 file
    :param resolution: Angstrom
    :returns: the file
    """
    calculator = gemmi.DensityCalculatorX()
    calculator.d_min, calculator.rate = resolution, 1.5
    calculator.grid.setup_from(structure)
    calculator.put_model_density_on_grid(structure[0])
    result = gemmi.Ccp4Map()
    result.grid = calculator.grid
    result.update_ccp4_header(2, True)
    result.write_ccp4_map(str(path))
    return path
