"""What a search can be told, with the bounds and defaults that the server takes over."""

from dataclasses import dataclass
from enum import Enum


class Reduction(Enum):
    """How the ensemble is chosen among what was found."""

    NONE = 'none'
    BACKBONE = 'bb_clustering'
    ALL_ATOM = 'all_atom_clustering'
    LIGAND = 'ligand_driven_selection'


@dataclass(frozen=True)
class Options:
    """
    Parameters of a search; the names follow those of the published program.

    :param site_radius: residues with an atom within this distance of the ligand are the site, Angstrom
    :param minimal_site_identity: share of the paired residues that are the same amino acid
    :param minimal_site_coverage: share of the site that is paired
    :param maximum_mutations: most pairs of different amino acids; None for any number
    :param resolution: worst resolution, Angstrom; None for any, also unknown
    :param maximum_backbone: largest RMSD of the backbone of the site, Angstrom; None for any
    :param deposition_year: earliest year of deposition; None for any, also unknown
    :param ec_number: class or subclass of enzymes; empty for any
    :param electron_density_available: only entries with measured data
    :param holo_only: only sites with a ligand that is no additive
    :param unique_ligands: of the sites with the same ligands the first
    :param unique_sequence: of the sites whose chains have the same mutations the first
    :param complete_residues_only: only sites without a gap and without missing atoms
    :param identical_global_sequence: only chains whose observed sequence is that of the query
    :param no_global_mutations: only chains without a mutation anywhere
    :param reduction: how the ensemble is chosen
    :param members: most structures of the ensemble
    """

    site_radius: float = 6.5
    minimal_site_identity: float = 0.7
    minimal_site_coverage: float = 0.8
    maximum_mutations: int | None = None
    resolution: float | None = None
    maximum_backbone: float | None = None
    deposition_year: int | None = None
    ec_number: str = ''
    electron_density_available: bool = False
    holo_only: bool = False
    unique_ligands: bool = False
    unique_sequence: bool = False
    complete_residues_only: bool = False
    identical_global_sequence: bool = False
    no_global_mutations: bool = False
    reduction: Reduction = Reduction.NONE
    members: int = 50


BOUNDS: dict[str, tuple[float, float]] = {
    'site_radius': (3.0, 15.0),
    'minimal_site_identity': (0.3, 1.0),
    'minimal_site_coverage': (0.3, 1.0),
    'maximum_mutations': (0, 10),
    'resolution': (0.1, 20.0),
    'maximum_backbone': (0.0, 20.0),
    'deposition_year': (1970, 2100),
    'members': (1, 500),
}
"""Least and greatest value of each number."""
