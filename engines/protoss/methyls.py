"""
Methyl groups that cannot stay staggered.

A methyl stands staggered unless one of its hydrogens runs into something that does not move; then it may turn, and
becomes a site like the others.
"""

import math

import numpy as np

from engines.protoss.particles import CONTACT, OTHER_RADIUS, RADII, contact_radius
from engines.protoss.placement import TETRAHEDRAL, Array, on_cone
from engines.protoss.score import Exclusions
from engines.protoss.sites import Layout
from engines.protoss.states import Alternative, Conformer, Site, State
from engines.protoss.system import System
from engines.structure.neighbours import Indices, near_pairs

CROWDED = 0.40
"""
Angstrom of overlap from which a methyl may turn, what MolProbity calls a clash: at ultra-high resolution methyls bear
less than that and stay staggered within a few degrees (1EJG, 3U7T).
"""
BARRIER = 12.0
"""kJ/mol; barrier of rotation of a methyl (ethane 12.1)."""
TURNS = (0.0, 10.0, -10.0, 20.0, -20.0, 30.0, -30.0, 40.0, -40.0, 60.0)
"""Degrees from staggered."""


def loosen(system: System, layout: Layout, excluded: Exclusions) -> None:
    """
    Make sites of crowded methyls.

    :param system: the system
    :param layout: its fixed hydrogens, of which those of crowded methyls are taken out
    :param excluded: atoms near in the bond graph
    """
    plain = Alternative('', {})
    positions, parents, items, radii = [np.empty((0, 3))], [], [], []
    for number, item in enumerate(layout.fixed):
        conformer = Conformer(system, item.label, plain)
        length = conformer.length(item.atom, len(item.directions))
        positions.append(conformer.position(item.atom) + item.directions * length)
        parents += [item.atom] * len(item.directions)
        items += [number] * len(item.directions)
        radii += [contact_radius(conformer, item.atom)] * len(item.directions)
    points, parent, item_of = np.concatenate(positions), np.array(parents, np.intp), np.array(items, np.intp)
    methyl = np.array([_is_methyl(system, a) for a in parents], dtype=bool)
    chosen = np.flatnonzero(methyl)
    crowded = _crowded(system, points, (parent, np.array(radii)), chosen, excluded)
    taken = set(item_of[crowded].tolist())
    for number in sorted(taken):
        item = layout.fixed[number]
        alternative = Alternative(system.members[system.owner[item.atom]].key[3], {item.atom: 3})
        layout.add(Site(system.owner[item.atom], item.label, (item.atom,), [alternative], 'methyl'))
    layout.fixed = [item for number, item in enumerate(layout.fixed) if number not in taken]


def _is_methyl(system: System, atom: int) -> bool:
    """
    Whether an atom is the carbon of a methyl on another atom.

    :param system: the system
    :param atom: the atom
    :returns: True if so; False where it has alternative positions around it
    """
    return system.elements[atom] == 'C' and len(system.near[atom]) == 1 and len(system.hydrogens[atom]) == 3


def _crowded(
    system: System, points: Array, hydrogens: tuple[Indices, Array], chosen: Indices, excluded: Exclusions
) -> Indices:
    """
    Hydrogens of methyls that overlap with fixed hydrogens or with heavy atoms.

    :param system: the system
    :param points: all fixed hydrogens
    :param hydrogens: their heavy atoms and their radii
    :param chosen: which of them belong to methyls
    :param excluded: atoms near in the bond graph
    :returns: some of the chosen
    """
    parent, size = hydrogens
    labels = {label: i for i, label in enumerate(sorted({'', *system.labels}))}
    label = np.array([labels[x] for x in system.labels])
    start, j = near_pairs(points[chosen], points, 2 * CONTACT['apolar'] - CROWDED)
    i = chosen[start]
    own, other = label[parent[i]], label[parent[j]]
    together = (own == 0) | (other == 0) | (own == other)
    apart = np.sqrt(((points[i] - points[j]) ** 2).sum(1))
    together &= apart < size[i] + size[j] - CROWDED
    first = i[together & ~excluded.within(parent[i], parent[j], 1)]
    radii = np.array([RADII.get(e, OTHER_RADIUS) for e in system.elements])
    start, j = near_pairs(points[chosen], system.positions, max(RADII.values()) + CONTACT['apolar'] - CROWDED)
    i = chosen[start]
    apart = np.sqrt(((points[i] - system.positions[j]) ** 2).sum(1))
    own, other = label[parent[i]], label[j]
    near = (apart < radii[j] + CONTACT['apolar'] - CROWDED) & ((own == 0) | (other == 0) | (own == other))
    second = i[near & ~excluded.within(parent[i], j, 2)]
    return np.unique(np.concatenate((first, second)))


def methyl_states(system: System, site: Site) -> list[State]:
    """
    The states of a methyl: staggered, and turned.

    :param system: the system
    :param site: the methyl
    :returns: its states
    """
    (atom,) = site.atoms
    alternative = site.alternatives[0]
    conformer = Conformer(system, site.label, alternative)
    (only,) = conformer.neighbours(atom)
    here, origin, reference = conformer.position(atom), conformer.position(only), conformer.reference(atom, only)
    states = []
    for degrees in TURNS:
        turn = math.radians(degrees)
        torsions = np.array([math.pi, math.pi / 3, -math.pi / 3]) + turn
        directions = on_cone(here, origin, reference, TETRAHEDRAL, torsions)
        states.append(State(alternative, {atom: directions}, -BARRIER / 2 * (1 - math.cos(3 * turn))))
    return states
