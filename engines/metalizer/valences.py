"""
Whether the metal suits its bonds: bond-valence sum, vector sum, and metals that would suit them better.

Müller P, Köpke S, Sheldrick GM (2003) Acta Cryst. D59:32; Zheng H et al. (2014) Nat. Protoc. 9:156 (nVECSUM).
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from engines.metalizer.parameters import R0, states, valence
from engines.metalizer.partners import Surroundings

CONVINCING = 0.25
"""Of the charge; an alternative whose sum is farther from its charge explains nothing."""
BETTER = 0.1
"""Of the charge; by how much it must be nearer than the metal of the model."""
LOPSIDED = 0.23
"""nVECSUM above which partners are missing, so that the sum tells nothing of the metal: the limit of CheckMyMetal
(Zheng et al. 2014), recalled."""


@dataclass(frozen=True)
class Valences:
    """
    The bonds of one metal in one state.

    :param metal: element
    :param charge: that the sum is compared with
    :param bonds: valence of each
    :param imbalance: length of the sum of the bonds as vectors, in shares of the sum (nVECSUM)
    """

    metal: str
    charge: int
    bonds: tuple[float, ...]
    imbalance: float

    @property
    def total(self) -> float:
        """:returns: the bond-valence sum"""
        return sum(self.bonds)

    @property
    def deviation(self) -> float:
        """:returns: how far the sum is from the charge, in shares of the charge"""
        return abs(self.total - self.charge) / self.charge


def judged(around: Surroundings, metal: str, charge: int) -> Valences | None:
    """
    :param around: the metal of the model and its donors
    :param metal: element that is tried in its place
    :param charge: of this element
    :returns: its valences; None if there are no donors, or one has no parameters
    """
    bonds = [valence(metal, charge, donor.element, donor.distance) for donor in around.donors]
    known = [bond for bond in bonds if bond is not None]
    if not known or len(known) < len(bonds):
        return None
    directions = [(donor.point - around.origin) / donor.distance for donor in around.donors]
    vector = sum((bond * direction for bond, direction in zip(known, directions, strict=True)), np.zeros(3))
    return Valences(metal, charge, tuple(known), float(np.linalg.norm(vector)) / sum(known))


def of_model(around: Surroundings) -> Valences | None:
    """
    :param around: the metal and its donors
    :returns: its valences in the state that fits them best
    """
    metal = around.metal.element
    return _best([judged(around, metal, charge) for charge in states(metal)])


def alternatives(around: Surroundings, own: Valences | None) -> list[Valences]:
    """
    Metals that a site suits better. One that is built into an organic molecule, as into haem, is there by synthesis.

    :param around: the metal of the model and its donors
    :param own: its valences
    :returns: metals whose sum is convincing and clearly nearer to their charge, the best first
    """
    built_in = any(atom.element.name == 'C' for atom in around.metal.residue)
    if built_in or (own and own.imbalance > LOPSIDED):
        return []
    limit = CONVINCING if own is None else min(CONVINCING, own.deviation - BETTER)
    elements = dict.fromkeys(element for element, _ in R0 if element != around.metal.element)
    found = (_best([judged(around, element, charge) for charge in states(element)]) for element in elements)
    suited = (each for each in found if each and each.deviation <= limit and each.imbalance <= LOPSIDED)
    return sorted(suited, key=lambda each: each.deviation)


def _best(tried: Sequence[Valences | None]) -> Valences | None:
    """
    :param tried: one metal in different states
    :returns: that whose sum is nearest to the charge
    """
    return min((each for each in tried if each), key=lambda each: each.deviation, default=None)
