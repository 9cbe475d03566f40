"""The columns of both tables of scores: what the API description and the page say of them."""

from typing import NamedTuple


class Described(NamedTuple):
    """A column: its unit and its meaning."""

    unit: str
    meaning: str


#: By the names of the published program; every value is text.
ATOM = {
    'Infile id': Described('', 'serial number of the atom in output_protein'),
    'Structure specifier': Described('', 'r of a polymer, m of a ligand, w of water, t of a metal or ion'),
    'Atom name': Described('', 'such as CA'),
    'Substructure name': Described('', 'name of its residue or ligand'),
    'Substructure id': Described('', 'number of its residue with the insertion code'),
    'Chain': Described('', 'its chain'),
    'Element': Described('', 'in English, such as Carbon'),
    'EDIA': Described('', 'support by the density, 0 to 1.2; good from 0.8; empty where the map has no values'),
    'EDIA fault analysis': Described(
        '', '0 nothing in particular, 1 clash, 2 unaccounted extra density, 3 missing density'
    ),
    'B factor': Described('\u00c5\u00b2', 'of the structure that was given'),
    'Occupancy': Described('', 'of the structure that was given'),
}
STRUCTURE = {
    'Name': Described('', 'of the residue or ligand'),
    'Chain': Described('', 'its chain'),
    'ID': Described('', 'its number with the insertion code'),
    'EDIAm': Described(
        '', 'power mean of the EDIA of its atoms, which the worst decide; empty where the map has no values'
    ),
    'Min EDIA': Described('', 'of its worst atom'),
    'Median EDIA': Described('', 'of its atoms, all conformers'),
    'Max EDIA': Described('', 'of its best atom'),
    'OPIA': Described(
        '%', 'share of its atoms that are well supported and bonded to another such atom; empty for a single atom'
    ),
    'RSCC': Described('', 'correlation of the map with the density of the model around its atoms'),
    'RSR': Described('', 'difference of both densities, relative to their sum'),
    'Atoms': Described('', 'how many of its atoms have a score'),
}
