"""
The columns of the table of pockets, for the documentation and the description of the API. The server reads this module
too, so it imports no library.
"""

from typing import NamedTuple

AMINO_ACIDS = (
    'ALA', 'ARG', 'ASN', 'ASP', 'CYS', 'GLN', 'GLU', 'GLY', 'HIS', 'ILE',
    'LEU', 'LYS', 'MET', 'PHE', 'PRO', 'SER', 'THR', 'TRP', 'TYR', 'VAL',
)  # fmt: skip


class Column(NamedTuple):
    """A column: its name in the table, its unit (empty for numbers, shares and text) and what it means."""

    name: str
    unit: str
    meaning: str


_OWN = (
    Column('name', '', 'P_1 is the pocket with the largest buried volume; P_1_2 is the second subpocket of P_1'),
    Column('lig_cov', '%', 'atoms of the ligand, with the hydrogens that it has, within 1 A of a point of the pocket'),
    Column('poc_cov', '%', 'points of the pocket inside the van der Waals radius of an atom of the ligand'),
    Column('lig_name', '', "the ligand that covers the pocket best; 'non' if none touches it; empty if none was given"),
    Column('volume', 'A^3', 'points of the pocket times the volume of a voxel'),
    Column('enclosure', '', 'share of the surface that is open to the solvent: lid / (lid + hull); 0 is closed'),
    Column('surface', 'A^2', 'area of the whole surface, lid included (Cauchy-Crofton, 13 directions)'),
    Column(
        'depth', 'A', 'distance of the deepest point from the nearest opening; of a closed cavity its longest diameter'
    ),
    Column('surf/vol', '1/A', 'surface over volume'),
    Column('lid/hull', '', 'faces of voxels towards the solvent over those towards the protein'),
    Column('ellVol', 'A^3', 'volume of the ellipsoid with the moments of the pocket'),
    Column('ell c/a', '', 'shortest over longest axis of that ellipsoid'),
    Column('ell b/a', '', 'middle over longest axis of that ellipsoid'),
    Column('siteAtms', '', 'heavy atoms of the protein whose van der Waals surface is within 1 A of the pocket'),
    Column('accept', '', 'hydrogen bond acceptors among them'),
    Column('donor', '', 'hydrogen bond donors among them; hydroxyls and histidine nitrogens count as both'),
    Column('hydrophobic_interactions', '', 'carbon, sulphur and selenium among them without a bond to N, O or P'),
    Column('hydrophobicity', '', 'hydrophobic_interactions / (accept + donor + hydrophobic_interactions)'),
    Column('metal', '', 'metals among them'),
    Column('Cs', '', 'carbon atoms among them'),
    Column('Ns', '', 'nitrogen atoms among them'),
    Column('Os', '', 'oxygen atoms among them'),
    Column('Ss', '', 'sulphur atoms among them'),
    Column('Xs', '', 'atoms of other elements among them'),
    Column('negAA', '', 'share of ASP and GLU among the amino acids of these atoms'),
    Column('posAA', '', 'share of ARG, HIS and LYS'),
    Column('polarAA', '', 'share of ASN, CYS, GLN, SER, THR and TYR'),
    Column('apolarAA', '', 'share of ALA, GLY, ILE, LEU, MET, PHE, PRO, TRP and VAL'),
)
_SCORES = (
    Column('simpleScore', '', 'druggability, 0 to 1: linear in volume, hydrophobicity and enclosure'),
    Column('drugScore', '', 'druggability, 0 to 1: probability of a logistic model of a few descriptors'),
)
COLUMNS: tuple[Column, ...] = (
    *_OWN,
    *(Column(name, '', f'number of {name} in the site, modified ones included') for name in AMINO_ACIDS),
    *_SCORES,
)
"""All columns in the order of the table."""
