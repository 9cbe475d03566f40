"""
What the component dictionary says about the hydrogens of a residue: which atom carries how many, and their names.

The dictionary holds the free molecule; bonds to other residues and the protonation are settled later.
"""

from dataclasses import dataclass

import numpy as np

from engines.protoss.placement import SP, SP2, SP3
from engines.structure.components import Component

Bond = tuple[str, str, int]
"""Names of two atoms, and the order of their bond."""
_TETRAHEDRAL = {'S', 'P', 'SE', 'SI', 'B', 'AS'}
"""Elements whose double bonds to oxygen do not flatten them."""


@dataclass(frozen=True)
class AtomTemplate:
    """
    One heavy atom of a component.

    :param hydrogens: names of its hydrogens; of two on one carbon the first lies on the side of a x b, where a and b
        are the heavy neighbours in the order of the component; of two in a plane the first is cis to the first atom
        beyond
    :param charge: formal charge
    :param hybridisation: SP, SP2 or SP3
    """

    hydrogens: tuple[str, ...]
    charge: int
    hybridisation: int


@dataclass(frozen=True)
class Template:
    """
    A component, by atom name.

    :param atoms: its heavy atoms
    :param bonds: bonds between them
    """

    atoms: dict[str, AtomTemplate]
    bonds: tuple[Bond, ...]


def hybridisations(elements: list[str], charges: list[int], hydrogens: list[int], bonds: list[tuple[int, int, int]]
) -> list[int]:  # fmt: skip
    """
    Hybridisation of each atom from its bonds: that of its multiple bonds; a nitrogen beside one is flat as well.

    :param elements: symbols in capitals
    :param charges: formal charges
    :param hydrogens: numbers of hydrogens
    :param bonds: pairs of atoms with the order of their bond
    :returns: SP, SP2 or SP3 for each
    """
    doubles, triples = [0] * len(elements), [0] * len(elements)
    degree = list(hydrogens)
    for first, second, order in bonds:
        for atom in (first, second):
            degree[atom] += 1
            doubles[atom] += order == 2
            triples[atom] += order == 3
    result = [
        SP3 if element in _TETRAHEDRAL else SP if triple or double > 1 else SP2 if double else SP3
        for element, double, triple in zip(elements, doubles, triples, strict=True)
    ]
    flat = list(result)
    for first, second, _ in bonds:
        for atom, other in ((first, second), (second, first)):
            if elements[atom] == 'N' and result[other] == SP2 and degree[atom] <= 3 and charges[atom] <= 0:
                flat[atom] = min(flat[atom], SP2)
    return flat


def template_of(component: Component) -> Template:
    """
    The template of a component.

    :param component: from the dictionary
    :returns: its heavy atoms with their hydrogens
    """
    heavy = [i for i, atom in enumerate(component.atoms) if atom.element not in ('H', 'D')]
    place = {index: i for i, index in enumerate(heavy)}
    attached: dict[int, list[int]] = {index: [] for index in heavy}
    bonds: list[tuple[int, int, int]] = []
    for bond in component.bonds:
        if bond.first in place and bond.second in place:
            bonds.append((place[bond.first], place[bond.second], bond.order))
        elif bond.first in place:
            attached[bond.first].append(bond.second)
        elif bond.second in place:
            attached[bond.second].append(bond.first)
    elements = [component.atoms[i].element.upper() for i in heavy]
    charges = [component.atoms[i].charge for i in heavy]
    kinds = hybridisations(elements, charges, [len(attached[i]) for i in heavy], bonds)
    near: list[list[int]] = [[] for _ in heavy]
    for first, second, _ in bonds:
        near[first].append(second)
        near[second].append(first)
    atoms = {}
    for i, index in enumerate(heavy):
        ordered = _ordered(component, heavy, near, i, attached[index])
        names = tuple(component.atoms[h].name for h in ordered)
        atoms[component.atoms[index].name] = AtomTemplate(names, charges[i], kinds[i])
    named = tuple((component.atoms[heavy[a]].name, component.atoms[heavy[b]].name, order) for a, b, order in bonds)
    return Template(atoms, named)


def _ordered(
    component: Component, heavy: list[int], near: list[list[int]], atom: int, hydrogens: list[int]
) -> list[int]:
    """
    The hydrogens of an atom in the order in which they are placed.

    :param component: the component with its ideal coordinates
    :param heavy: indices of the heavy atoms
    :param near: neighbours of each heavy atom
    :param atom: the atom
    :param hydrogens: its hydrogens
    :returns: the same hydrogens, two of them exchanged where the names ask for it
    """
    if any(component.atoms[h].leaving for h in hydrogens):  # the last ones go first when the atom is bound
        return sorted(hydrogens, key=lambda h: component.atoms[h].leaving)
    if len(hydrogens) != 2 or not component.ideal:
        return hydrogens
    ideal = np.array(component.ideal)
    here, first = ideal[heavy[atom]], ideal[hydrogens[0]]
    if len(near[atom]) == 2:
        a, b = (ideal[heavy[n]] - here for n in near[atom])
        return hydrogens if float(np.cross(a, b) @ (first - here)) >= 0 else hydrogens[::-1]
    if len(near[atom]) == 1:
        (only,) = near[atom]
        beyond = next((n for n in near[only] if n != atom), None)
        if beyond is not None:
            axis = here - ideal[heavy[only]]
            side, other = ideal[heavy[beyond]] - here, first - here
            side, other = side - (side @ axis) / (axis @ axis) * axis, other - (other @ axis) / (axis @ axis) * axis
            return hydrogens if float(side @ other) >= 0 else hydrogens[::-1]
    return hydrogens
