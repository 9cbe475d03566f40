"""Compares modelled stereocentres and double bonds with the ideal coordinates of their component."""

import math
from collections.abc import Mapping

import gemmi

from engines.structure.components import Component

FLAT = 0.6
"""Cubic Angstrom; a signed volume nearer to 0 is too flat to tell (an ideal carbon has about 2.6)."""


def signed_volume(centre: gemmi.Position, corners: list[gemmi.Position]) -> float:
    """
    Six times the volume of the tetrahedron of a centre and its first three neighbours, with the sign of its handedness.

    :param centre: the stereocentre
    :param corners: at least three neighbours in a fixed order
    :returns: cubic Angstrom
    """
    a, b, c = (corner - centre for corner in corners[:3])
    return float(a.dot(b.cross(c)))


def stereocentres(component: Component) -> dict[int, list[int]]:
    """
    The stereocentres on carbon, and on sulphur with a lone pair, that coordinates can tell, with their heavy
    neighbours. Phosphorus is left out: which of two equivalent oxygens a model calls O1 is a matter of naming.

    :param component: the component
    :returns: indices of the neighbours by index of the centre
    """
    neighbours: dict[int, list[int]] = {
        i: [] for i, atom in enumerate(component.atoms) if atom.stereo != 'N' and atom.element in ('C', 'S')
    }
    for bond in component.bonds:
        for here, there in ((bond.first, bond.second), (bond.second, bond.first)):
            if here in neighbours and component.atoms[there].element not in ('H', 'D'):
                neighbours[here].append(there)
    return {
        centre: around
        for centre, around in neighbours.items()
        if len(around) == 3 or (len(around) == 4 and component.atoms[centre].element == 'C')
    }


def compare_handedness(component: Component, positions: Mapping[int, gemmi.Position]) -> tuple[list[str], list[str]]:
    """
    Which centres of the model are mirrored, and which are too flat to tell.

    :param component: a component with ideal coordinates
    :param positions: modelled positions by index in the component
    :returns: names of mirrored and of flat centres; both empty if there are no ideal coordinates
    """
    mirrored, flat = [], []
    for centre, around in stereocentres(component).items():
        if not component.ideal or centre not in positions or not all(i in positions for i in around):
            continue
        ideal = [gemmi.Position(*component.ideal[i]) for i in (centre, *around)]
        model = [positions[i] for i in (centre, *around)]
        expected, found = (signed_volume(points[0], points[1:]) for points in (ideal, model))
        if abs(found) < FLAT:
            flat.append(component.atoms[centre].name)
        elif expected * found < 0:
            mirrored.append(component.atoms[centre].name)
    return mirrored, flat


def compare_double_bonds(component: Component, positions: Mapping[int, gemmi.Position]) -> list[str]:
    """
    Which double bonds of the model are cis where the component is trans, or the other way round.

    :param component: a component with ideal coordinates
    :param positions: modelled positions by index in the component
    :returns: bonds as ``C2=C3``; empty if there are no ideal coordinates
    """
    wrong = []
    for bond in component.bonds:
        ends = _substituents(component, bond.first, bond.second)
        if bond.stereo == 'N' or not component.ideal or ends is None:
            continue
        path = (ends[0], bond.first, bond.second, ends[1])
        if all(i in positions for i in path):
            ideal = math.cos(gemmi.calculate_dihedral(*(gemmi.Position(*component.ideal[i]) for i in path)))
            model = math.cos(gemmi.calculate_dihedral(*(positions[i] for i in path)))
            if ideal * model < 0:
                wrong.append(f'{component.atoms[bond.first].name}={component.atoms[bond.second].name}')
    return wrong


def _substituents(component: Component, first: int, second: int) -> tuple[int, int] | None:
    """
    One heavy neighbour at each end of a bond.

    :param component: the component
    :param first: atom of the bond
    :param second: other atom of the bond
    :returns: the neighbours with the lowest indices, or None if an end has none
    """
    found: dict[int, int] = {}
    for bond in component.bonds:
        for here, there in ((bond.first, bond.second), (bond.second, bond.first)):
            outside = here in (first, second) and there not in (first, second)
            if outside and component.atoms[there].element not in ('H', 'D'):
                found[here] = min(there, found.get(here, there))
    return (found[first], found[second]) if len(found) == 2 else None
