"""From a structure to the coordination of its metals."""

from argparse import Namespace
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from engines.errors import EngineError
from engines.metalizer.output import described, link
from engines.metalizer.partners import Crystal, Surroundings
from engines.metalizer.polyhedra import LARGEST
from engines.metalizer.predictions import Prediction, predict
from engines.metalizer.sites import choose, find_metals
from engines.notes import Note, write_notes
from engines.structure.reading import StructureInput, read_structure
from engines.structure.writing import write_protein

SHORTEST, LONGEST = 1.0, 5.0
"""Angstrom; thresholds outside of these mean something else."""
_LEAST = 2


def coordination(options: Namespace) -> list[dict[str, Any]]:
    """
    Find the geometry of one metal or of all, and write the structure with its coordination.

    :param options: of the command line
    :returns: what is told of each metal
    :raises EngineError: if the input cannot be used
    """
    if not SHORTEST <= options.distance_threshold <= LONGEST:
        raise EngineError('metal.threshold', f'The distance must lie between {SHORTEST:g} and {LONGEST:g} Å.')
    source = read_structure(options.input)
    if options.ligands:
        _add_ligands(source, options.ligands, options.ccd)
    metals = choose(find_metals(source.structure[0]), options.metal)
    crystal = Crystal(source.structure, options.distance_threshold, options.crystal_symmetry)
    found = [crystal.around(metal, options.distance_threshold) for metal in metals]
    predictions = [predict(each, options.angle_threshold, options.max_free_sites) for each in found]
    notes = [*source.notes, *_notes(source, found, predictions, options)]
    if options.output:
        link(source.structure, found)
        note = write_protein(source.structure, options.output.with_suffix('.cif'), options.output)
        notes += [note] if note else []
    if options.notes:
        write_notes(options.notes, notes)
    code = next(iter(source.structure.info['_entry.id'].split()), '') if '_entry.id' in source.structure.info else ''
    return [
        described(each, ranked, options.distance_threshold, code)
        for each, ranked in zip(found, predictions, strict=True)
    ]


def _add_ligands(source: StructureInput, file: Path, ccd: Path | None) -> None:
    """
    Put the ligands that were kept beside a structure back into it.

    :param source: changed in place
    :param file: SDF
    :param ccd: component dictionary, None for that of the project
    :raises EngineError: if a record is no molecule
    """
    from engines.ediascorer.guests import add_ligands
    from engines.structure.components import ComponentDictionary, default_path

    add_ligands(source.structure, file, ComponentDictionary(ccd or default_path()))


def _notes(
    source: StructureInput, found: list[Surroundings], predictions: list[list[Prediction]], options: Namespace
) -> Iterator[Note]:
    """
    :param source: the structure
    :param found: metals and their donors
    :param predictions: of each
    :param options: of the command line
    :returns: what the user should know
    """
    if len(source.structure) > 1:
        yield Note('structure.first_model', '', 'The first of several models was looked at.')
    if options.crystal_symmetry and not source.structure.cell.is_crystal():
        yield Note(
            'metal.no_crystal', '', 'The file has no crystal cell, so partners in symmetry copies were not looked for.'
        )
    for around, ranked in zip(found, predictions, strict=True):
        if not ranked:
            yield Note('metal.no_geometry', around.metal.molecule, _why(around, options))
        copies = sorted({donor.residue.name for donor in around.donors if donor.copy})
        if copies:
            message = f'Partners of {around.metal.name} lie in symmetry copies of the crystal: {", ".join(copies)}.'
            yield Note('metal.symmetry', around.metal.molecule, message)


def _why(around: Surroundings, options: Namespace) -> str:
    """
    :param around: a metal without a geometry
    :param options: of the command line
    :returns: the reason in a sentence
    """
    name, number = around.metal.name, len(around.donors)
    within = f'within {options.distance_threshold:g} Å'
    if number < _LEAST:
        return f'{name} has {number or "no"} partner{"s" * (not number)} {within}; a geometry needs two.'
    if number > LARGEST + len(around.chelates):
        return (
            f'{name} has {number} partners {within}; geometries are known for up to {LARGEST}. Try a shorter distance.'
        )
    return (
        f'The {number} partners of {name} {within} fit no ideal geometry with angles that deviate by up to '
        f'{options.angle_threshold:g}° and with at most {options.max_free_sites:.0%} of the sites free.'
    )
