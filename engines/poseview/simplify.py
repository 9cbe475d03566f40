"""Simpler ways to show a residue whose lines cross others: as a name, or once for each place that it is tied to."""

from dataclasses import replace

import numpy as np

from engines.poseview.diagram import Diagram, Link, Shape, Structure
from engines.protoss.placement import Array

_NEAR = 2.2
"""Bond lengths between ends of lines that one structure can serve."""


def _as_name(structure: Structure, links: list[Link], side: list[int]) -> Structure:
    """
    :param structure: a residue or a water
    :param links: the lines that it keeps
    :param side: which end of each line it is
    :returns: the residue as its name alone, the water as before, where its lines end now
    """
    if structure.shape is Shape.CIRCLE:
        return replace(structure)
    wanted = {atom for link, end in zip(links, side, strict=True) for atom in link.atoms[end]}
    atoms = [atom for atom in structure.atoms if atom.index in wanted]
    place = structure.middle(tuple(wanted))
    return Structure(structure.label, Shape.NAME, atoms, [], [], np.tile(place, (max(1, len(atoms)), 1)), place)


def _shared_out(diagram: Diagram, number: int, reach: float) -> bool:
    """
    :param diagram: changed in place
    :param number: of a structure, which is shown as a name; further ones are appended
    :param reach: bond lengths between ends of lines at one structure that are served together
    :returns: whether anything has changed
    """
    structure = diagram.structures[number]
    own = [i for i, x in enumerate(diagram.links) if number in x.ends]
    if structure.shape is Shape.CONTACT or not own:
        return False
    groups: list[tuple[int, Array, list[int]]] = []
    for index in own:
        link = diagram.links[index]
        side = 1 - link.ends.index(number)
        other = link.ends[side]
        place = diagram.structures[other].middle(link.atoms[side])
        near = [g for g in groups if g[0] == other and float(np.linalg.norm(g[1] - place)) <= reach]
        if near:
            near[0][2].append(index)
        else:
            groups.append((other, place, [index]))
    if len(groups) == 1 and structure.shape is not Shape.FORMULA:
        return False
    for first, (_, _, indices) in enumerate(groups):
        links = [diagram.links[i] for i in indices]
        made = _as_name(structure, links, [x.ends.index(number) for x in links])
        own_number = number if not first else len(diagram.structures)
        if not first:
            diagram.structures[number] = made
        else:
            diagram.structures.append(made)
        for i, link in zip(indices, links, strict=True):
            a, b = (own_number if end == number else end for end in link.ends)
            diagram.links[i] = replace(link, ends=(a, b))
    return True


def by_place(diagram: Diagram, number: int) -> bool:
    """
    Show a residue once for each place of the ligand that it is tied to, as a name.

    :param diagram: changed in place
    :param number: of the structure
    :returns: whether anything has changed
    """
    return _shared_out(diagram, number, _NEAR)


def by_line(diagram: Diagram, number: int) -> bool:
    """
    Show a residue once for each atom that it is tied to, as a name.

    :param diagram: changed in place
    :param number: of the structure
    :returns: whether anything has changed
    """
    return _shared_out(diagram, number, 0.1)


SIMPLER = (by_place, by_line)
"""What is tried in turn with structures that are disturbed."""
