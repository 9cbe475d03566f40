"""
What is known of the bonds of metals: bond-valence parameters, usual distances and usual geometries.

Bond valences follow Brown ID, Altermatt D (1985) Acta Cryst. B41:244 and Brese NE, O'Keeffe M (1991) Acta Cryst.
B47:192: ``s = exp((R0 - R) / 0.37)``, R in Angstrom. The values of R0 are those of the two papers, or where these have
none of the state, of Liu W, Thorp HH (1993) Inorg. Chem. 32:4102 (Mn, Fe, Ni and Cu with N, Ni with S), Shields GP et
al. (2000) Acta Cryst. B56:455 (Cu(I)) and Brown's own; read in Brown's accumulated table (IUCr, bvparm2016). Those of
Brese and O'Keeffe for N and S with Co do not tell the state. Values marked 'recalled' were not read again.
"""

import math

SOFTNESS = 0.37
"""Angstrom; b of the bond-valence equation."""

R0: dict[tuple[str, int], dict[str, float]] = {
    ('Na', 1): {'O': 1.803, 'S': 2.300, 'Se': 2.41, 'N': 1.93, 'Cl': 2.15, 'F': 1.677},  # N, Cl, F recalled
    ('K', 1): {'O': 2.132, 'S': 2.59, 'Se': 2.72, 'N': 2.26, 'Cl': 2.519, 'F': 1.992},  # N, Cl, F recalled
    ('Mg', 2): {'O': 1.693, 'S': 2.18, 'Se': 2.32, 'N': 1.85, 'Cl': 2.08, 'F': 1.578, 'Br': 2.28, 'I': 2.46},
    ('Ca', 2): {'O': 1.967, 'S': 2.45, 'Se': 2.56, 'N': 2.14, 'Cl': 2.37, 'F': 1.842, 'Br': 2.49, 'I': 2.72},
    ('Mn', 2): {'O': 1.790, 'S': 2.22, 'N': 1.849, 'Cl': 2.133, 'F': 1.698, 'Br': 2.34},
    ('Fe', 2): {'O': 1.734, 'S': 2.125, 'N': 1.769, 'Cl': 2.06, 'F': 1.65, 'Br': 2.21},
    ('Fe', 3): {'O': 1.759, 'S': 2.149, 'N': 1.815, 'Cl': 2.09, 'F': 1.679, 'Br': 2.22},
    ('Co', 2): {'O': 1.692, 'S': 2.06, 'Se': 2.24, 'N': 1.84, 'Cl': 2.033, 'F': 1.64, 'Br': 2.18, 'I': 2.37},
    ('Ni', 2): {'O': 1.654, 'S': 1.937, 'N': 1.647, 'Cl': 2.02, 'F': 1.596, 'Br': 2.20},
    ('Cu', 1): {'O': 1.610, 'S': 1.898, 'Se': 1.900, 'N': 1.630, 'Cl': 1.89, 'F': 1.6, 'Br': 2.03, 'I': 2.108},
    ('Cu', 2): {'O': 1.679, 'S': 2.054, 'Se': 2.02, 'N': 1.751, 'Cl': 2.00, 'F': 1.594, 'Br': 1.99},  # N recalled
    ('Zn', 2): {'O': 1.704, 'S': 2.09, 'Se': 2.22, 'N': 1.77, 'Cl': 2.01, 'F': 1.62, 'Br': 2.15, 'I': 2.36},
    ('Cd', 2): {'O': 1.904, 'S': 2.304, 'Se': 2.40, 'N': 1.96, 'Cl': 2.212, 'F': 1.811, 'Br': 2.35},  # N recalled
    ('Hg', 2): {'O': 1.972, 'S': 2.308, 'N': 2.02, 'Cl': 2.25, 'F': 1.90, 'Br': 2.38, 'I': 2.62},  # N recalled
}
"""Angstrom, by metal and charge, then donor element."""

_DISTANCES: dict[str, dict[str, float]] = {
    'Na': {'water': 2.41, 'carboxylate': 2.41, 'carbonyl': 2.38},
    'K': {'water': 2.81, 'carboxylate': 2.82, 'carbonyl': 2.74},
    'Mg': {'water': 2.07, 'carboxylate': 2.07, 'carbonyl': 2.26},
    'Ca': {'water': 2.39, 'carboxylate': 2.36, 'carbonyl': 2.36},
    'Mn': {'water': 2.19, 'carboxylate': 2.15, 'carbonyl': 2.19, 'imidazole': 2.21, 'thiolate': 2.35},
    'Fe': {'water': 2.09, 'carboxylate': 2.04, 'carbonyl': 2.04, 'imidazole': 2.16, 'thiolate': 2.30},
    'Co': {'water': 2.09, 'carboxylate': 2.05, 'carbonyl': 2.08, 'imidazole': 2.14, 'thiolate': 2.25},
    'Cu': {'water': 2.13, 'carboxylate': 1.99, 'carbonyl': 2.04, 'imidazole': 2.02, 'thiolate': 2.15},
    'Zn': {'water': 2.09, 'carboxylate': 1.99, 'carbonyl': 2.07, 'imidazole': 2.03, 'thiolate': 2.31},
}
"""Angstrom: Harding MM (2006) Acta Cryst. D62:678, the target distances, recalled."""

GEOMETRIES: dict[str, tuple[str, ...]] = {
    'Na': ('octahedral', 'trigonal bipyramid', 'square pyramid'),
    'K': ('octahedral', 'pentagonal bipyramid', 'square antiprism', 'cubic', 'dodecahedral'),
    'Mg': ('octahedral',),
    'Ca': ('pentagonal bipyramid', 'octahedral', 'square antiprism', 'dodecahedral', 'capped octahedron',
           'capped trigonal prism'),
    'Mn': ('octahedral', 'trigonal bipyramid', 'square pyramid'),
    'Fe': ('octahedral', 'square pyramid', 'trigonal bipyramid', 'tetrahedral'),
    'Co': ('octahedral', 'trigonal bipyramid', 'tetrahedral'),
    'Ni': ('octahedral', 'square planar'),
    'Cu': ('square planar', 'tetrahedral', 'trigonal planar', 'square pyramid', 'linear', 'octahedral'),
    'Zn': ('tetrahedral', 'trigonal bipyramid', 'octahedral', 'square pyramid'),
    'Cd': ('octahedral', 'tetrahedral'),
    'Hg': ('linear', 'trigonal planar', 'tetrahedral'),
}  # fmt: skip
"""
What a metal has in proteins, the most usual first: Harding MM (2004) Acta Cryst. D60:849; Rulisek L, Vondrasek J (1998)
J. Inorg. Biochem. 71:115. The order is recalled.
"""


def states(metal: str) -> list[int]:
    """
    :param metal: element
    :returns: charges with bond-valence parameters
    """
    return [charge for element, charge in R0 if element == metal]


def valence(metal: str, charge: int, donor: str, distance: float) -> float | None:
    """
    :param metal: element
    :param charge: of the metal
    :param donor: element
    :param distance: Angstrom
    :returns: valence of a bond; None without parameters
    """
    reference = R0.get((metal, charge), {}).get(donor)
    return None if reference is None else math.exp((reference - distance) / SOFTNESS)


def usual_distance(metal: str, donor: str, group: str) -> float | None:
    """
    How long a bond usually is: the target distance of the group, else that of a sixth of the metal's charge.

    :param metal: element
    :param donor: element
    :param group: of the donor, such as carboxylate
    :returns: Angstrom; None for what is not in the tables
    """
    target = _DISTANCES.get(metal, {}).get(group)
    if target is not None:
        return target
    lengths = [
        reference - SOFTNESS * math.log(charge / 6)
        for (element, charge), references in R0.items()
        if element == metal and (reference := references.get(donor)) is not None
    ]
    return max(lengths, default=None)
