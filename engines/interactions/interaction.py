"""What an interaction is."""

from dataclasses import dataclass, field
from enum import StrEnum


class Kind(StrEnum):
    """The kinds of interactions, in the order in which they are listed."""

    COVALENT = 'covalent'
    METAL = 'metal'
    HYDROGEN_BOND = 'hydrogen_bond'
    WATER_BRIDGE = 'water_bridge'
    SALT_BRIDGE = 'salt_bridge'
    HALOGEN_BOND = 'halogen_bond'
    PI_PARALLEL = 'pi_parallel'
    PI_T_SHAPED = 'pi_t_shaped'
    CATION_PI = 'cation_pi'
    HYDROPHOBIC = 'hydrophobic'


class Role(StrEnum):
    """What a partner is in an interaction."""

    DONOR = 'donor'
    ACCEPTOR = 'acceptor'
    CATION = 'cation'
    ANION = 'anion'
    RING = 'ring'
    HALOGEN = 'halogen'
    METAL = 'metal'
    APOLAR = 'apolar'
    BONDED = 'bonded'
    WATER = 'water'


@dataclass(frozen=True)
class Partner:
    """
    One side of an interaction.

    :param role: what it is
    :param atoms: its atoms in the complex, sorted
    :param image: number of the symmetry copy, 0 for the original
    :param centre: Angstrom: of a ring or group its middle, else the atom that is nearest to the other side
    """

    role: Role
    atoms: tuple[int, ...]
    image: int
    centre: tuple[float, float, float]


@dataclass(frozen=True)
class Interaction:
    """
    An interaction between atoms in question and their surroundings.

    :param kind: its kind
    :param focus: the side of the atoms in question
    :param partner: the other side
    :param distance: Angstrom, between the heavy atoms or centres
    :param angles: degrees by name: ``donor`` (D-H...A), ``acceptor`` (H...A-X), ``water``, ``tilt`` of two planes
    :param lengths: further distances by name, Angstrom: ``hydrogen`` (H...A), ``offset`` of rings, the two arms of a
        bridge
    :param through: the water of a bridge
    """

    kind: Kind
    focus: Partner
    partner: Partner
    distance: float
    angles: dict[str, float] = field(default_factory=dict)
    lengths: dict[str, float] = field(default_factory=dict)
    through: Partner | None = None

    def order(self) -> tuple[int, tuple[int, ...], int, tuple[int, ...], tuple[int, ...]]:
        """
        :returns: where it stands in the list of all
        """
        water = self.through.atoms if self.through else ()
        return (list(Kind).index(self.kind), self.focus.atoms, self.partner.image, self.partner.atoms, water)
