"""
The columns of the table of an ensemble, for the documentation and the description of the API. The server reads this
module too, so it imports no library.
"""

from typing import NamedTuple


class Column(NamedTuple):
    """A column: its name in the table, its unit (empty for numbers, shares and text) and what it means."""

    name: str
    unit: str
    meaning: str


COLUMNS: tuple[Column, ...] = (
    Column('PDB code', '', 'of the entry; the name of the file for a structure without a code'),
    Column('PDB chains', '', 'that hold the site, in the order of the chains of the query'),
    Column('Backbone RMSD', 'A', 'of N, CA, C and O of the paired residues, superposed on each other'),
    Column('All atom RMSD', 'A', 'of the atoms of paired residues that both have, after the same superposition'),
    Column('Site identity', '', 'share of the pairs that are the same amino acid'),
    Column('Site coverage', '', 'share of the residues of the site that are paired'),
    Column('No. of mutations', '', 'pairs of different amino acids'),
    Column('Mutations', '', 'these pairs: Y-220-A>C-220-B'),
    Column('No. of gaps', '', 'residues of the site that are missing in the model, or in the sequence'),
    Column('Global identity', '', 'share of the paired residues of the whole chains that are the same amino acid'),
    Column('No. of global mutations', '', 'pairs of different amino acids in the whole chains'),
    Column('Ligands', '', 'that touch three residues of the site or more'),
    Column('Additives', '', 'likewise, but usually from the buffer'),
    Column('Complete', '', '1 if no residue and no atom of the site is missing, else 0'),
    Column('Resolution', 'A', 'of the entry'),
    Column('Deposition year', '', 'of the entry'),
    Column('EC numbers', '', 'of the entry'),
    Column('Electron density', '', '1 if the entry comes from diffraction and its data were not withheld, else 0'),
    Column('Title', '', 'of the entry'),
)
"""All columns in the order of the table."""
