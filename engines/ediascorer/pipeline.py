"""From the arguments to the files: read, score, write."""

from argparse import Namespace
from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

import gemmi
import numpy as np

from engines.ediascorer.atoms import gather
from engines.ediascorer.fit import calculated, fit_of
from engines.ediascorer.maps import Density, read_density
from engines.ediascorer.output import atom_table, ids, number_atoms, structure_table, write_scored
from engines.ediascorer.radii import RESOLUTIONS
from engines.ediascorer.regions import chosen, write_regions
from engines.ediascorer.scoring import EXTRA, AtomScore, scores_of
from engines.ediascorer.summary import residue_scores
from engines.errors import EngineError
from engines.notes import Note, counted, listing, write_notes
from engines.structure.classification import Kind, classify
from engines.structure.components import ComponentDictionary, default_path
from engines.structure.duplicates import join_split_residues
from engines.structure.reading import keep_first_model, read_structure

FINEST, COARSEST = 0.4, 10.0
"""Angstrom; resolutions of maps."""
HEAVY = 30
"""Atomic number beyond which an atom outshines its sphere; that of zinc still fits."""
UNRELATED = 0.3
"""Correlation of map and model below which they hardly belong together; docs/validation/edia.md has those of real
pairs."""


@dataclass(frozen=True)
class Target:
    """
    What is scored.

    :param structure: one model
    :param kinds: what each of its residues is
    :param sets: alternatives, see :func:`~engines.ediascorer.atoms.gather`
    :param stem: start of the names of the files to write
    :param notes: what the user should know
    """

    structure: gemmi.Structure
    kinds: list[Kind]
    sets: dict[int, int]
    stem: str
    notes: list[Note]


def run_edia(options: Namespace) -> dict[str, object]:
    """
    Score a structure.

    :param options: arguments of :mod:`engines.ediascorer.cli`
    :returns: numbers of atoms, residues and notes, and the resolution that was taken
    :raises EngineError: if an input cannot be used; then nothing is written
    """
    if options.resolution is not None and not FINEST <= options.resolution <= COARSEST:
        raise EngineError('edia.resolution', f'The resolution has to be between {FINEST} and {COARSEST} Angstrom.')
    target = read_target(options.target, options.ligand, options.ccd or default_path())
    density = read_density(options.densitymap, target.structure, options.resolution)
    atoms = gather(target.structure, density.resolution, target.sets)
    scores = scores_of(atoms, density)
    fit = fit_of(atoms, density, calculated(target.structure, density))
    residues = residue_scores(scores, fit)
    notes = [*target.notes, *density.notes, *_own_notes(scores, density, fit.overall)]
    folder, names = options.outputfolder, ids(target.structure)
    folder.mkdir(parents=True, exist_ok=True)
    if density.computed:
        density.write(folder / 'density.ccp4')
    if options.regions:
        write_regions(options.regions, chosen(residues, target.kinds), names, target.structure, density)
    (folder / f'{target.stem}atomscores.csv').write_text(atom_table(scores, target.kinds, names), encoding='utf-8')
    table = structure_table(residues, target.kinds, names)
    (folder / f'{target.stem}structurescores.csv').write_text(table, encoding='utf-8')
    note = write_scored(target.structure, scores, folder / f'{target.stem}.cif', folder / f'{target.stem}.pdb')
    notes += [note] if note else []
    if options.notes:
        write_notes(options.notes, notes)
    return {
        'atoms': len(scores), 'residues': len(residues), 'resolution': round(density.resolution, 2),
        'rscc': round(fit.overall, 3), 'notes': len(notes),
    }  # fmt: skip


def read_target(file: Path, ligand: Path | None, ccd: Path) -> Target:
    """
    Read what is to be scored.

    :param file: PDB or mmCIF file
    :param ligand: SDF of molecules that are scored beside it, or None
    :param ccd: component dictionary
    :returns: the target
    :raises EngineError: if a file cannot be used
    """
    source = read_structure(file)
    structure, notes = source.structure, list(source.notes)
    if (models := keep_first_model(structure)) > 1:
        notes.append(Note('structure.first_model', '', f'The first of {models} models was scored.'))
    join_split_residues(structure)
    added = 0
    with closing(ComponentDictionary(ccd)) as dictionary:
        if ligand:
            from engines.ediascorer.guests import add_ligands

            added, more = add_ligands(structure, ligand, dictionary)
            notes += more
        kinds = [item.kind for item in classify(source, dictionary).residues]
    number_atoms(structure)
    sets: dict[int, int] = {}
    if added:
        first = len(kinds) - added
        sets = {i: 1 for i in range(first) if kinds[i] is Kind.LIGAND}
        sets |= {i: i + 2 for i in range(first, len(kinds))}
    return Target(structure, kinds, sets, source.stem, notes)


def _own_notes(scores: Sequence[AtomScore], density: Density, correlation: float) -> list[Note]:
    """
    What the user should know about the scores.

    :param scores: of the atoms
    :param density: the map
    :param correlation: of map and model
    :returns: notes
    """
    notes = []
    if density.resolution > RESOLUTIONS[-1]:
        message = (
            f'At {density.resolution:.1f} Å atoms are not told apart: EDIA is made for {RESOLUTIONS[-1]} Å and better, '
            'and its radii were not widened any further.'
        )
        notes.append(Note('map.low_resolution', '', message))
    lost = sum(item.edia is None for item in scores)
    if lost:
        message = f'The map has no values around {counted(lost, "atom")} of {len(scores):,}; they have no score.'
        notes.append(Note('map.outside', '', message))
    bright = [item for item in scores if item.fault == EXTRA and gemmi.Element(item.element).atomic_number > HEAVY]
    if bright:
        message = (
            f'{listing([_named(item) for item in bright])}: the density of so heavy an atom '
            'reaches beyond the sphere that EDIA gives it, so its score, and that of its residue, is low although '
            'density is there.'
        )
        notes.append(Note('edia.heavy_atom', '', message))
    if np.isfinite(correlation) and correlation < UNRELATED:
        message = (
            f'Map and model hardly agree (correlation {correlation:.2f} around the atoms): the map may be that of '
            'another structure, or one of them may be shifted.'
        )
        notes.append(Note('map.unrelated', '', message))
    return notes


def _named(item: AtomScore) -> str:
    """
    :param item: an atom
    :returns: it and its residue in words
    """
    from engines.structure.molecules import residue_name

    return f'{item.name} of {residue_name(item.residue)}'
