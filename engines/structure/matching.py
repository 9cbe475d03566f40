"""
Finds which atom of a component each modelled atom is: by name, and where the names differ, by structure.

Components are redefined from time to time and programs rename atoms, so old or home-made files carry names that the
dictionary no longer knows.
"""

from collections.abc import Sequence

import gemmi
from rdkit import Chem

from engines.structure.bonding import is_bonded
from engines.structure.components import Component

_MAX_MATCHES = 2000
"""Mappings of a symmetric molecule that are compared; the first ones are as good as the rest."""


def match_names(heavy: Sequence[gemmi.Atom], component: Component) -> dict[int, str] | None:
    """
    Match modelled atoms to a component by their names, current or from before the remediation of 2007.

    :param heavy: modelled heavy atoms of one residue
    :param component: the component
    :returns: index in the component to name in the model, in the component's order; None if an atom finds no partner
    """
    wanted = {atom.name: atom.element.name.upper() for atom in heavy}
    for attribute in ('name', 'old_name'):
        matched = {
            i: getattr(atom, attribute)
            for i, atom in enumerate(component.atoms)
            if wanted.get(getattr(atom, attribute)) == atom.element.upper()
        }
        if len(matched) == len(wanted):
            return matched
    return None


def match_structure(heavy: Sequence[gemmi.Atom], component: Component) -> dict[int, str] | None:
    """
    Match modelled atoms to a component by elements and bonds, whatever their names. Of several mappings that one is
    taken that leaves the fewest atoms unexplained by the binding and fits the ideal bond lengths best.

    :param heavy: modelled heavy atoms of one residue
    :param component: the component
    :returns: index in the component to name in the model, in the component's order; None if there is no mapping
    """
    indices = [i for i, atom in enumerate(component.atoms) if atom.element not in ('H', 'D')]
    position = {index: i for i, index in enumerate(indices)}
    bonds = [(b.first, b.second) for b in component.bonds if b.first in position and b.second in position]
    target = _graph(
        [component.atoms[i].element for i in indices], [(position[first], position[second]) for first, second in bonds]
    )
    edges = [(i, j) for j in range(len(heavy)) for i in range(j) if is_bonded(heavy[i], heavy[j])]
    query = _graph([atom.element.name for atom in heavy], edges)
    matches = target.GetSubstructMatches(query, uniquify=False, maxMatches=_MAX_MATCHES)
    if len(heavy) < 2 or not matches:
        return None
    lengths = [heavy[i].pos.dist(heavy[j].pos) for i, j in edges]
    mappings = [[indices[k] for k in match] for match in matches]
    best = min(mappings, key=lambda mapping: _misfit(mapping, edges, lengths, component))
    return {index: heavy[i].name for index, i in sorted((index, i) for i, index in enumerate(best))}


def _graph(elements: Sequence[str], edges: Sequence[tuple[int, int]]) -> Chem.RWMol:
    """
    Atoms and bonds alone, without orders, charges and hydrogens.

    :param elements: element symbols
    :param edges: pairs of indices
    :returns: molecule that is not sanitised
    """
    mol = Chem.RWMol()
    for element in elements:
        atom = Chem.Atom(gemmi.Element(element).atomic_number)
        atom.SetNoImplicit(True)
        mol.AddAtom(atom)
    for first, second in edges:
        mol.AddBond(first, second, Chem.BondType.SINGLE)
    return mol


def _misfit(
    mapping: Sequence[int], edges: Sequence[tuple[int, int]], lengths: Sequence[float], component: Component
) -> tuple[int, float]:
    """
    How badly a mapping explains the model.

    :param mapping: index in the component of each modelled atom
    :param edges: modelled bonds
    :param lengths: their lengths, Angstrom
    :param component: the component
    :returns: number of absent atoms that are no leaving atoms; summed square deviation of the bond lengths
    """
    present = set(mapping)
    absent = sum(
        atom.element not in ('H', 'D') and not atom.leaving and i not in present
        for i, atom in enumerate(component.atoms)
    )
    if not component.ideal:
        return absent, 0.0
    ideal = (
        gemmi.Position(*component.ideal[mapping[i]]).dist(gemmi.Position(*component.ideal[mapping[j]]))
        for i, j in edges
    )
    return absent, round(sum((a - b) ** 2 for a, b in zip(ideal, lengths, strict=True)), 6)
