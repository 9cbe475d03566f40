"""Cuts those parts out of a map that a page shows: around the ligands and around what is worst supported."""

import json
import os
from collections.abc import Sequence
from pathlib import Path

import gemmi
import numpy as np

from engines.ediascorer.maps import Density
from engines.ediascorer.summary import WELL, ResidueScore
from engines.structure.classification import Kind

MOST_LIGANDS, MOST_RESIDUES = 5, 3
_MARGIN = 3.0
"""Angstrom around the atoms."""


def chosen(scores: Sequence[ResidueScore], kinds: Sequence[Kind]) -> list[ResidueScore]:
    """
    What to show.

    :param scores: of all residues
    :param kinds: what each residue of the model is
    :returns: the worst ligands, then the worst residues that are not well supported; at least one if there is any
    """
    ranked = sorted((item for item in scores if item.ediam is not None), key=lambda item: item.ediam or 0)
    ligands = [item for item in ranked if kinds[item.group] is Kind.LIGAND][:MOST_LIGANDS]
    residues = [item for item in ranked if kinds[item.group] is Kind.POLYMER]
    poor = [item for item in residues if (item.ediam or 0) < WELL][:MOST_RESIDUES]
    return ligands + poor or residues[:1]


def write_regions(
    folder: Path, shown: Sequence[ResidueScore], names: Sequence[str], structure: gemmi.Structure, density: Density
) -> None:
    """
    Write a map around each of some residues, in units of sigma above the mean, as ``1.ccp4`` and so on, and what they
    are around as ``regions.json``: keys such as ``P86_A_400``.

    :param folder: made if it does not exist
    :param shown: the residues
    :param names: identifier of each residue of the model
    :param structure: the model
    :param density: the map
    """
    folder.mkdir(parents=True, exist_ok=True)
    residues = [residue for chain in structure[0] for residue in chain]
    keys = [f'{item.residue[3]}_{item.residue[0]}_{names[item.group]}' for item in shown]
    (folder / 'regions.json').write_text(json.dumps(keys) + '\n', encoding='utf-8')
    scaled = density.grid.clone()
    values = np.array(scaled, copy=False)
    values -= density.mean
    values /= density.sigma
    np.nan_to_num(values, copy=False)
    to_cell = np.array(scaled.unit_cell.frac.mat.tolist())
    margin = _MARGIN * np.linalg.norm(to_cell, axis=1)
    for number, item in enumerate(shown, 1):
        content = gemmi.Ccp4Map()
        content.grid = scaled
        content.update_ccp4_header(2, True)
        places = np.array([atom.pos.tolist() for atom in residues[item.group]]) - density.origin
        fractions = places @ to_cell.T
        box = gemmi.FractionalBox()
        box.minimum = gemmi.Fractional(*(fractions.min(0) - margin))
        box.maximum = gemmi.Fractional(*(fractions.max(0) + margin))
        content.set_extent(box)
        for word, start in zip((50, 51, 52), density.origin.tolist(), strict=True):
            content.set_header_float(word, start)
        content.write_ccp4_map(os.fspath(folder / f'{number}.ccp4'))
