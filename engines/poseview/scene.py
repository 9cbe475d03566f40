"""The diagram as data: the scene of the PoseEdit drawer, and the table of interactions."""

import csv
import io
from typing import Any

from engines.interactions.assembly import Assembly
from engines.interactions.interaction import Interaction, Kind, Partner
from engines.poseview.diagram import Atom, Diagram, Link, Shape, Structure
from engines.poseview.places import residue_of
from engines.poseview.svg import BOND
from engines.poseview.themes import THEMES, Theme, style

Row = dict[str, Any]
_BOND_TYPES = {1: 'single', 2: 'double', 3: 'triple'}
_STEREO = {'up': 'stereoFront', 'down': 'stereoBack'}
_PAIRS = {Kind.HYDROGEN_BOND: 'hydrogen', Kind.WATER_BRIDGE: 'hydrogen', Kind.SALT_BRIDGE: 'ionic', Kind.METAL: 'metal'}
_PLACES = 3
COLUMNS = (
    'interaction', 'ligandAtoms', 'ligandRole', 'residue', 'chain', 'number', 'insertionCode', 'partnerAtoms',
    'partnerRole', 'symmetryCopy', 'distance', 'angles', 'lengths', 'water', 'kind', 'colour', 'ligandPoint',
    'partnerPoint', 'waterPoint',
)  # fmt: skip
"""Columns of the table of interactions."""


def scene(diagram: Diagram) -> Row:
    """
    The diagram in the scheme that the PoseEdit drawer reads. That has no type for halogen and covalent bonds, which
    become annotations.

    :param diagram: laid out
    :returns: the JSON object
    """
    numbered = {id(s): i for i, s in enumerate(diagram.structures)}
    links = [(i, x) for i, x in enumerate(diagram.links)]
    pairs = [(i, x) for i, x in links if x.interaction.kind in _PAIRS]
    stacks = [(i, x) for i, x in links if x.interaction.kind in (Kind.PI_PARALLEL, Kind.PI_T_SHAPED)]
    cations = [(i, x) for i, x in links if x.interaction.kind is Kind.CATION_PI]
    touches = [(i, x) for i, x in links if x.interaction.kind is Kind.HYDROPHOBIC]
    others = [(i, x) for i, x in links if x.interaction.kind in (Kind.HALOGEN_BOND, Kind.COVALENT)]
    return {
        'scene': {
            'structures': [_structure(numbered[id(s)], s) for s in diagram.structures if s.shape is not Shape.CONTACT],
            'atomPairInteractions': [{**_ends(diagram, i, x), 'type': _PAIRS[x.interaction.kind]} for i, x in pairs],
            'piStackings': [_ends(diagram, i, x) for i, x in stacks],
            'cationPiStackings': [_ends(diagram, i, x) for i, x in cations],
            'hydrophobicContacts': [_contact(diagram, i, x) for i, x in touches],
            'annotations': [_annotation(diagram, i, x) for i, x in others],
        }
    }


def _coordinates(point: Any) -> Row:
    """
    :param point: in bond lengths
    :returns: in pixels, y pointing down
    """
    return {'x': round(float(point[0]) * BOND, _PLACES), 'y': round(-float(point[1]) * BOND, _PLACES)}


def _structure(number: int, structure: Structure) -> Row:
    """
    :param number: of the structure
    :param structure: the structure
    :returns: it with atoms, bonds and rings
    """
    circle = structure.shape in (Shape.CIRCLE, Shape.NAME)
    return {
        'id': number,
        'structureName': structure.label,
        'structureType': 'ligand' if number == 0 else 'residue',
        'structureLabel': {'label': structure.label, 'coordinates': _coordinates(structure.label_at)},
        'representation': 'circle' if circle else 'atoms',
        'atoms': [_atom(structure, i, atom) for i, atom in enumerate(structure.atoms)],
        'bonds': [
            {
                'id': i, 'from': bond.first, 'to': bond.second,
                'type': _STEREO.get(bond.stereo, _BOND_TYPES[bond.order]), 'aromatic': False,
            }
            for i, bond in enumerate(structure.bonds)
        ],
        'rings': [{'id': i, 'atoms': list(ring)} for i, ring in enumerate(structure.rings)],
    }  # fmt: skip


def _atom(structure: Structure, number: int, atom: Atom) -> Row:
    """
    :param structure: a structure
    :param number: of an atom
    :param atom: the atom
    :returns: it as the scheme has it
    """
    return {
        'id': number,
        'element': atom.element,
        'label': atom.name,
        'coordinates': _coordinates(structure.points[number]),
        'charge': atom.charge,
        'hydrogenCount': atom.hydrogens,
        'aromatic': False,
    }


def _ends(diagram: Diagram, number: int, link: Link) -> Row:
    """
    :param diagram: the diagram
    :param number: of the line
    :param link: the line
    :returns: its structures and atoms: one number for an atom, a list for a group
    """
    row: Row = {'id': number, 'fromStructure': link.ends[0], 'toStructure': link.ends[1]}
    for name, end, atoms in zip(('from', 'to'), link.ends, link.atoms, strict=True):
        own = [i for i, atom in enumerate(diagram.structures[end].atoms) if atom.index in atoms]
        row[name] = own[0] if len(own) == 1 else own
    return row


def _contact(diagram: Diagram, number: int, link: Link) -> Row:
    """
    :param diagram: the diagram
    :param number: of the contact
    :param link: the contact
    :returns: its label, and the atoms that are touched
    """
    structure = diagram.structures[link.ends[1]]
    ends = _ends(diagram, number, link)
    atoms = ends['from'] if isinstance(ends['from'], list) else [ends['from']]
    label = {'label': structure.label, 'coordinates': _coordinates(structure.label_at)}
    return {'id': number, 'structure': link.ends[0], 'atoms': atoms, 'structureLabel': label}


def _annotation(diagram: Diagram, number: int, link: Link) -> Row:
    """
    :param diagram: the diagram
    :param number: of the line
    :param link: a line for which the scheme has no type
    :returns: a text in its middle
    """
    first, second = diagram.ends(link)
    text = f'{link.interaction.kind.replace("_", " ")} {link.interaction.distance:.2f}'
    return {'id': number, 'label': text, 'coordinates': _coordinates((first + second) / 2)}


def table(assembly: Assembly, found: list[Interaction], theme: Theme = THEMES['default']) -> list[Row]:
    """
    The interactions as rows.

    :param assembly: the complex
    :param found: interactions of one ligand
    :param theme: of the diagram, so that other views have the same colours
    :returns: one row each, keys as in :data:`COLUMNS`; distances and points in Angstrom, angles in degrees
    """
    rows = []
    for item in found:
        chain, number, icode, residue = residue_of(assembly, item.partner.atoms[0])
        water = assembly.name(item.through.atoms[0]).key if item.through else None
        look = style(theme, item.kind)
        values = (
            str(item.kind), _names(assembly, item.focus), str(item.focus.role), residue, chain, number, icode,
            _names(assembly, item.partner), str(item.partner.role), item.partner.image, round(item.distance, 2),
            {name: round(value, 1) for name, value in item.angles.items()},
            {name: round(value, 2) for name, value in item.lengths.items()},
            f'{water[3]}_{water[0]}_{water[1]}{water[2]}' if water else '',
            look.name, look.colour, _point(item.focus), _point(item.partner), _point(item.through),
        )  # fmt: skip
        rows.append(dict(zip(COLUMNS, values, strict=True)))
    return rows


def _point(side: Partner | None) -> list[float]:
    """
    :param side: one side of an interaction
    :returns: where a line to it ends, Angstrom; empty for none
    """
    return [round(float(number), _PLACES) for number in side.centre] if side else []


def _names(assembly: Assembly, side: Partner) -> list[str]:
    """
    :param assembly: the complex
    :param side: one side of an interaction
    :returns: the names of its atoms
    """
    return [assembly.system.names[atom] for atom in side.atoms]


def as_csv(rows: list[Row]) -> str:
    """
    The table for spreadsheets.

    :param rows: of :func:`table`
    :returns: comma separated, with a head; lists are joined by blanks, named values by ``=``
    """
    stream = io.StringIO()
    writer = csv.writer(stream, lineterminator='\n')
    writer.writerow(COLUMNS)
    for row in rows:
        writer.writerow([_cell(value) for value in row.values()])
    return stream.getvalue()


def _cell(value: Any) -> str:
    """
    :param value: of a row
    :returns: it as one cell
    """
    if isinstance(value, list):
        return ' '.join(map(str, value))
    if isinstance(value, dict):
        return ' '.join(f'{name}={number}' for name, number in value.items())
    return str(value)
