"""Where tests have failed, in 3D."""

from collections.abc import Iterator
from typing import Any

from molviewspec import State, create_builder

from molecule_handler.models import Protein
from web import molecules, scenes
from web.results import Place, Scene

from .words import objects

_LIGAND = scenes.COLOURS[2]
#: What a failed test is about, by parts of its name: the first that fits.
_KINDS = (
    (('clash', 'contacts'), scenes.COLOURS[5], 'overlap or crystal contact'),
    (('bond', 'torsion', 'planarity', 'ramachandran', 'rotamer'), scenes.COLOURS[1], 'unusual geometry'),
    (('altlocs', 'bfactor', 'owab', 'missing'), scenes.COLOURS[3], 'disorder'),
    (('',), scenes.COLOURS[4], 'other failed test'),
)
#: Atoms of one kind that are drawn; a structure that is wrong throughout has thousands.
_MOST = 200

Offender = dict[str, Any]
#: A residue and the name of an atom of it.
Atom = tuple[Place, str]
Kind = tuple[str, str, list[Atom]]


def offenders_of(offenders: dict[str, Any], key: str, number: str) -> dict[str, list[Offender]]:
    """
    :param offenders: where tests have failed, as it is stored
    :param key: of a part of the result
    :param number: of an object of it; empty for the complex
    :returns: places by test
    """
    part = offenders.get(key, {})
    found: dict[str, list[Offender]] = part.get(number, {}) if number else part
    return found


def atoms_of(entry: Offender) -> Iterator[Atom]:
    """
    :param entry: where a test has failed
    :returns: its atoms, as far as they have a place in the structure
    """
    for atom in entry['atoms']:
        try:
            yield molecules.place(atom['chain'], atom['position']), atom['atom']
        except ValueError:  # of a molecule from a file
            continue


def failures(protein: Protein, ligands: list[str], data: dict[str, Any], offenders: dict[str, Any]) -> Scene:
    """
    :param protein: the structure
    :param ligands: names of the records of ``ligands.sdf``
    :param data: a result
    :param offenders: where its tests have failed
    :returns: the atoms that are to blame
    """
    kinds = _kinds(data, offenders)
    legend = [(colour, f'{words} (atoms: {len(atoms)})') for colour, words, atoms in kinds]
    text = f'{protein.name}: {"; ".join(words for _, words in legend) or "no atom is to blame for a failed test"}.'
    focus = next((molecules.ligand_places(row.get('name', '')) for row in data['ligands'].values()), ())
    return Scene(
        'failures',
        'Failed tests',
        text,
        lambda: _drawn(protein, ligands, kinds, focus, text),
        (*([(_LIGAND, 'ligand')] if ligands else []), *legend),
    )


def _kinds(data: dict[str, Any], offenders: dict[str, Any]) -> list[Kind]:
    """
    :param data: a result
    :param offenders: where its tests have failed
    :returns: colour, meaning and atoms of each kind of failed test, each atom once
    """
    found: dict[str, dict[Atom, None]] = {colour: {} for _, colour, _ in _KINDS}
    for table, number, row in objects(data):
        for test, entries in offenders_of(offenders, table.key, number).items():
            if row.get(test) is not False:
                continue
            colour = next(colour for parts, colour, _ in _KINDS if any(part in test.lower() for part in parts))
            found[colour].update(dict.fromkeys(atom for entry in entries for atom in atoms_of(entry) if atom[1]))
    seen: set[Atom] = set()
    kinds = []
    for _, colour, words in _KINDS:
        atoms = [atom for atom in found[colour] if atom not in seen][:_MOST]
        seen.update(atoms)
        kinds += [(colour, words, atoms)] if atoms else []
    return kinds


def _drawn(protein: Protein, ligands: list[str], kinds: list[Kind], focus: tuple[Place, ...], text: str) -> State:
    """
    :param protein: the structure
    :param ligands: names of the records of ``ligands.sdf``
    :param kinds: what is drawn as spheres, in which colours
    :param focus: where the first ligand is
    :param text: what the scene shows
    :returns: the scene
    """
    scene = create_builder()
    drawn = scenes.protein(scene, molecules.protein_url(protein), protein.file_type, scenes.GREY)
    shown = scenes.ligands(scene, molecules.LIGANDS_URL, ligands, _LIGAND)
    places = dict.fromkeys(place for _, _, atoms in kinds for place, _ in atoms)
    if places:
        scenes.residues(drawn, places, scenes.GREY, 'none')
    for colour, _, atoms in kinds:
        scenes.atoms(drawn, atoms, colour)
    if shown or focus:
        scenes.look_at(shown[0] if shown else scenes.residues(drawn, focus, _LIGAND))
    return scenes.finish(scene, 'Failed tests', text)
