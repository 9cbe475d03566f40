"""What a point of a site can be, in the words of queries and in the numbers of the tables."""

from enum import IntEnum, IntFlag

FORMAT = 1
"""Of what the tables hold. Raise it when that changes: an archive of another format is built anew."""


class Shape(IntEnum):
    """Where a point is: on an atom, or in the middle of an aromatic ring."""

    ATOM = 0
    RING = 1


class Molecule(IntEnum):
    """What a point belongs to."""

    PROTEIN = 0
    NUCLEIC = 1
    LIGAND = 2
    METAL = 3
    WATER = 4


class Part(IntEnum):
    """The part of an amino acid or a nucleotide that a point belongs to; nothing else has parts."""

    NONE = 0
    BACKBONE = 1
    SIDE_CHAIN = 2


class Secondary(IntEnum):
    """Secondary structure of an amino acid."""

    NONE = 0
    HELIX = 1
    STRAND = 2
    COIL = 3


class Interaction(IntFlag):
    """What a point can take part in. ``IONIC`` is either charge."""

    DONOR = 1
    ACCEPTOR = 2
    AROMATIC = 4
    HYDROPHOBIC = 8
    CATION = 16
    ANION = 32
    METAL = 64
    IONIC = CATION | ANION


CLASSES: dict[str, frozenset[str]] = {
    'negative': frozenset({'ASP', 'GLU'}),
    'positive': frozenset({'ARG', 'HIS', 'LYS'}),
    'polar': frozenset({'ASN', 'CYS', 'GLN', 'SER', 'THR', 'TYR'}),
    'apolar': frozenset({'ALA', 'GLY', 'ILE', 'LEU', 'MET', 'PHE', 'PRO', 'TRP', 'VAL'}),
    'aromatic': frozenset({'HIS', 'PHE', 'TRP', 'TYR'}),
}
"""Amino-acid classes: those of the pocket descriptors of DoGSite; the aromatic ones are in one of them, too."""

BACKBONE = frozenset({'N', 'CA', 'C', 'O', 'OXT'})
"""Atoms of the backbone of an amino acid."""
