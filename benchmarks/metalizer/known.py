"""The metal sites of the corpus, and what their literature or their chemistry says of them."""

from typing import NamedTuple


class Known(NamedTuple):
    """
    What is known of a kind of site.

    :param entry: PDB id in lower case
    :param residue: name of the metal's residue
    :param geometries: that may be called right; the first is what is written of it
    :param partners: how many atoms coordinate it, when all of them are modelled
    :param reason: where that comes from
    :param resolution: of the entry, in words
    """

    entry: str
    residue: str
    geometries: tuple[str, ...]
    partners: int
    reason: str
    resolution: str


KNOWN = (
    Known(
        '4agm', 'ZN', ('tetrahedral',), 4,
        'p53 core: Cys3His zinc (Cho et al. 1994)', '1.52 Å',
    ),
    Known(
        '1ajj', 'CA', ('octahedral',), 6,
        'LDL receptor module: four acids, two carbonyls (Fass et al. 1997)', '1.7 Å',
    ),
    Known(
        '1gbt', 'CA', ('octahedral',), 6,
        'calcium loop of trypsin: four O of the protein, two waters (Bode & Schwager 1975)', '2.0 Å',
    ),
    Known(
        '4oz7', 'CU1', ('tetrahedral',), 4,
        'methanobactin: Cu(I) between two N and two S (Kim et al. 2004)', '1.65 Å',
    ),
    Known(
        '4hhb', 'HEM', ('square pyramid',), 5,
        'deoxyhaemoglobin: iron out of the plane, no sixth ligand (Fermi et al. 1984)', '1.74 Å',
    ),
    Known(
        '19hc', 'HEM', ('octahedral',), 6,
        'nine-haem cytochrome: all bis-histidine (Matias et al. 1999)', '1.8 Å',
    ),
    Known(
        '2gtl', 'HEM', ('octahedral',), 6,
        'erythrocruorin with CO (Royer et al. 2006)', '3.5 Å',
    ),
    Known(
        '2gtl', 'CA', ('octahedral',), 6,
        'LDL receptor modules of its linkers, as in 1AJJ', '3.5 Å',
    ),
    Known(
        '2gtl', 'ZN', ('tetrahedral', 'trigonal bipyramid', 'octahedral'), 4,
        'zinc of a linker', '3.5 Å',
    ),
    Known(
        '5a7u', 'ZN', ('tetrahedral',), 4,
        'zinc finger: two Cys, two His', '4.8 Å',
    ),
    Known(
        '6zu5', 'ZN', ('tetrahedral',), 4,
        'zinc ribbons of ribosomal proteins: four Cys, or with His', '2.9 Å',
    ),
    Known(
        '6zu5', 'MG', ('octahedral',), 6,
        'magnesium of RNA; its waters are mostly not modelled', '2.9 Å',
    ),
    Known(
        '4jsv', 'MG', ('octahedral',), 6,
        'magnesium between ADP and fluoride; waters are not modelled', '3.5 Å',
    ),
    Known(
        '4jsv', 'MGF', ('trigonal bipyramid',), 4,
        'MgF3: a transferred phosphate, with an oxygen of ADP on the axis; the attacking water is missing', '3.5 Å',
    ),
    Known(
        '7pbl', 'MG', ('octahedral',), 6,
        'magnesium at ATP-gamma-S; waters are not modelled', '3.2 Å',
    ),
    Known(
        '4v8r', 'BEF', ('tetrahedral',), 4,
        'BeF3 at an oxygen of ADP: a phosphate in the ground state', '3.8 Å',
    ),
    Known(
        '4v8r', 'MG', ('octahedral',), 6,
        'magnesium at ADP and fluoride; waters are not modelled', '3.8 Å',
    ),
    Known(
        '7nwd', 'K', ('square antiprism', 'cubic', 'dodecahedral'), 8,
        'potassium between G-quartets: eight O6', 'NMR',
    ),
    Known(
        '1lcd', 'NA', ('octahedral',), 6,
        'sodium of a solution, placed by a simulation', 'NMR',
    ),
)  # fmt: skip


def known_of(entry: str, residue: str) -> Known:
    """
    :param entry: PDB id in lower case
    :param residue: name of the metal's residue
    :returns: what is known of it
    :raises LookupError: for a site nobody has judged yet
    """
    for each in KNOWN:
        if (each.entry, each.residue) == (entry, residue):
            return each
    raise LookupError(f'{residue} of {entry} is not in benchmarks/metalizer/known.py')
