"""The models and maps of the report."""

import dataclasses
from dataclasses import dataclass
from pathlib import Path

import gemmi
import numpy as np
import numpy.typing as npt

from engines.ediascorer.atoms import gather
from engines.ediascorer.fit import calculated
from engines.ediascorer.maps import Density, read_density
from engines.ediascorer.scoring import add_up
from engines.structure.reading import read_structure

Array = npt.NDArray[np.float64]
MODELS = {'8a6g': '8a6g.pdb', '6mw0': '6mw0.cif', '5wkd': '5wkd.pdb', '5e5z': '5e5z.pdb'}


@dataclass(frozen=True)
class Pair:
    """A model and its 2mFo-DFc map."""

    name: str
    structure: gemmi.Structure
    density: Density


def pair(data: Path, name: str) -> Pair:
    """
    :param data: folder with ``density``
    :param name: one of :data:`MODELS`
    :returns: model and map
    """
    folder = data / 'density'
    structure = read_structure(folder / MODELS[name]).structure
    return Pair(name, structure, read_density(next(folder.glob(f'{name}_2fofc.ccp4*')), structure))


def own_map(structure: gemmi.Structure, resolution: float) -> Density:
    """
    :param structure: a model
    :param resolution: Angstrom
    :returns: its own density, cut off at the resolution
    """
    return calculated(structure, Density(gemmi.FloatGrid(1, 1, 1), 0, 1, resolution))


def edia(structure: gemmi.Structure, density: Density) -> Array:
    """
    :param structure: a model
    :param density: its map
    :returns: EDIA of its heavy atoms, NaN where there is none
    """
    sums = add_up(gather(structure, density.resolution), density)
    scores: Array = np.where(sums.known, np.clip(sums.edia, 0, 1.2), np.nan)
    return scores


def with_grid(density: Density, grid: gemmi.FloatGrid) -> Density:
    """
    :param density: a map
    :param grid: other values
    :returns: the map with these, and their mean and sigma
    """
    values = np.array(grid, copy=False)
    return dataclasses.replace(density, grid=grid, mean=float(values.mean()), sigma=float(values.std()))


def positions(structure: gemmi.Structure) -> Array:
    """
    :param structure: a model
    :returns: its heavy atoms, Angstrom, shape (n, 3)
    """
    return np.array([cra.atom.pos.tolist() for cra in structure[0].all() if not cra.atom.is_hydrogen()])
