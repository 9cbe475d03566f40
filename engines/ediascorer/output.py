"""Writes the scores: two tables, and the structure with EDIA in the place of the B factors."""

import csv
import io
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

import gemmi
import numpy as np

from engines.ediascorer.scoring import AtomScore
from engines.ediascorer.summary import ResidueScore
from engines.notes import Note
from engines.structure.classification import Kind
from engines.structure.writing import MAX_PDB_ATOMS, pdb_obstacle, write_mmcif

UNSCORED = -1.0
"""In the place of the B factor of an atom for which the map has no values."""
SPECIFIERS = {Kind.POLYMER: 'r', Kind.LIGAND: 'm', Kind.WATER: 'w', Kind.METAL: 't'}
ATOM_COLUMNS = (
    'Infile id', 'Structure specifier', 'Atom name', 'Substructure name', 'Substructure id', 'Chain', 'Element',
    'EDIA', 'EDIA fault analysis', 'B factor', 'Occupancy',
)  # fmt: skip
STRUCTURE_COLUMNS = (
    'Name', 'Chain', 'ID', 'EDIAm', 'Min EDIA', 'Max EDIA', 'Median EDIA', 'OPIA', 'RSCC', 'RSR', 'Atoms',
)  # fmt: skip
_ELEMENTS = (
    'Unknown', 'Hydrogen', 'Helium', 'Lithium', 'Beryllium', 'Boron', 'Carbon', 'Nitrogen', 'Oxygen', 'Fluorine',
    'Neon', 'Sodium', 'Magnesium', 'Aluminium', 'Silicon', 'Phosphorus', 'Sulfur', 'Chlorine', 'Argon', 'Potassium',
    'Calcium', 'Scandium', 'Titanium', 'Vanadium', 'Chromium', 'Manganese', 'Iron', 'Cobalt', 'Nickel', 'Copper',
    'Zinc', 'Gallium', 'Germanium', 'Arsenic', 'Selenium', 'Bromine', 'Krypton', 'Rubidium', 'Strontium', 'Yttrium',
    'Zirconium', 'Niobium', 'Molybdenum', 'Technetium', 'Ruthenium', 'Rhodium', 'Palladium', 'Silver', 'Cadmium',
    'Indium', 'Tin', 'Antimony', 'Tellurium', 'Iodine', 'Xenon', 'Caesium', 'Barium', 'Lanthanum', 'Cerium',
    'Praseodymium', 'Neodymium', 'Promethium', 'Samarium', 'Europium', 'Gadolinium', 'Terbium', 'Dysprosium',
    'Holmium', 'Erbium', 'Thulium', 'Ytterbium', 'Lutetium', 'Hafnium', 'Tantalum', 'Tungsten', 'Rhenium', 'Osmium',
    'Iridium', 'Platinum', 'Gold', 'Mercury', 'Thallium', 'Lead', 'Bismuth', 'Polonium', 'Astatine', 'Radon',
    'Francium', 'Radium', 'Actinium', 'Thorium', 'Protactinium', 'Uranium', 'Neptunium', 'Plutonium', 'Americium',
    'Curium', 'Berkelium', 'Californium',
)  # fmt: skip


def number_atoms(structure: gemmi.Structure) -> None:
    """
    Keep the serials of the file if they tell the atoms apart; else number the atoms anew.

    :param structure: with one model, changed in place
    """
    serials = [cra.atom.serial for cra in structure[0].all()]
    if len(set(serials)) < len(serials) or min(serials) < 1:
        structure.assign_serial_numbers()


def ids(structure: gemmi.Structure) -> list[str]:
    """
    Number and insertion code of each residue of the first model. Where a file uses a number twice for residues of one
    name and chain, a running number follows after an underscore.

    :param structure: any structure
    :returns: in file order
    """
    seen: dict[tuple[str, str, str], int] = {}
    result = []
    for chain in structure[0]:
        for residue in chain:
            number = str(residue.seqid).strip()
            place = (residue.name, chain.name, number)
            seen[place] = seen.get(place, 0) + 1
            result.append(number if seen[place] == 1 else f'{number}_{seen[place]}')
    return result


def atom_table(scores: Iterable[AtomScore], kinds: Sequence[Kind], names: Sequence[str]) -> str:
    """
    The table of the atoms.

    :param scores: of the atoms
    :param kinds: what each residue of the model is
    :param names: of :func:`ids`
    :returns: comma-separated text
    """
    rows = (
        (
            item.serial, SPECIFIERS[kinds[item.group]], item.name, item.residue[3], names[item.group], item.residue[0],
            _element(item.element), _cell(item.edia), item.fault, f'{item.b_factor:.2f}', f'{item.occupancy:.2f}',
        )
        for item in scores
    )  # fmt: skip
    return _table(ATOM_COLUMNS, rows)


def structure_table(scores: Iterable[ResidueScore], kinds: Sequence[Kind], names: Sequence[str]) -> str:
    """
    The table of the residues and ligands. Waters and ions are in that of the atoms.

    :param scores: of all residues
    :param kinds: what each residue of the model is
    :param names: of :func:`ids`
    :returns: comma-separated text
    """
    rows = (
        (
            item.residue[3], item.residue[0], names[item.group], *map(_cell, (item.ediam, item.lowest, item.highest,
            item.middle)), _cell(item.opia, 1), _cell(item.rscc), _cell(item.rsr), item.scored,
        )
        for item in scores if kinds[item.group] in (Kind.POLYMER, Kind.LIGAND)
    )  # fmt: skip
    return _table(STRUCTURE_COLUMNS, rows)


def _element(symbol: str) -> str:
    """
    English name of an element.

    :param symbol: such as C
    :returns: such as Carbon
    """
    number = gemmi.Element(symbol).atomic_number
    return _ELEMENTS[number] if number < len(_ELEMENTS) else symbol


def _cell(value: float | None, digits: int = 3) -> str:
    """
    A score as text.

    :param value: the score
    :param digits: after the point
    :returns: empty for what has none
    """
    return '' if value is None else f'{value:.{digits}f}'


def _table(columns: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    """
    A table.

    :param columns: its header
    :param rows: its rows
    :returns: comma-separated text
    """
    stream = io.StringIO()
    writer = csv.writer(stream, lineterminator='\n')
    writer.writerow(columns)
    writer.writerows(rows)
    return stream.getvalue()


def write_scored(structure: gemmi.Structure, scores: Sequence[AtomScore], cif: Path, pdb: Path) -> Note | None:
    """
    Write the structure with EDIA as B factors: as mmCIF, and as PDB, of atom records only, if that format can hold it.
    A hydrogen shows the score of the heavy atom next to it.

    :param structure: changed in place
    :param scores: of its heavy atoms
    :param cif: mmCIF file to write
    :param pdb: PDB file to write
    :returns: a note if there is no PDB file
    """
    _set_factors(structure, {item.serial: UNSCORED if item.edia is None else item.edia for item in scores})
    structure.clear_conect()
    structure.connections.clear()
    write_mmcif(structure, cif)
    largest = max(cra.atom.serial for cra in structure[0].all())
    obstacle = pdb_obstacle(structure) or ('it has serials of more than five digits' if largest > MAX_PDB_ATOMS else '')
    if obstacle:
        message = (
            f'The scored structure is written as mmCIF only: in the PDB format it does not fit, because {obstacle}.'
        )
        return Note('structure.no_pdb', '', message)
    options = gemmi.PdbWriteOptions(minimal=True)
    options.ter_records, options.end_record, options.preserve_serial = False, True, True
    pdb.write_text(structure.make_pdb_string(options), encoding='utf-8')
    return None


def _set_factors(structure: gemmi.Structure, values: Mapping[int, float]) -> None:
    """
    Replace the B factors.

    :param structure: changed in place
    :param values: by serial of a heavy atom
    """
    for chain in structure[0]:
        for residue in chain:
            heavy = [atom for atom in residue if not atom.is_hydrogen()]
            for atom in heavy:
                atom.b_iso = values[atom.serial]
            places = np.array([atom.pos.tolist() for atom in heavy])
            for atom in residue:
                atom.aniso = gemmi.SMat33f(0, 0, 0, 0, 0, 0)
                if atom.is_hydrogen():
                    nearest = ((places - atom.pos.tolist()) ** 2).sum(1).argmin() if heavy else -1
                    atom.b_iso = heavy[nearest].b_iso if heavy else UNSCORED
