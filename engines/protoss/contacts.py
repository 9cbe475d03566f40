"""Which polar atoms lie around each other, before any state is decided: what rotors and waters may aim at."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from engines.protoss.states import Site, Target
from engines.protoss.system import System
from engines.structure.neighbours import SymmetryCopy, near_pairs

REACH = 3.5
"""Angstrom between heavy atoms up to which a rotor is aimed at a partner."""
_POLAR = {'O', 'N', 'S', 'SE', 'F', 'CL', 'BR', 'I'}
OVERLAP = 2.2
"""Angstrom; polar atoms nearer than this are not partners but alternatives of each other."""


@dataclass
class Roles:
    """
    What each atom can do in any of its states.

    :param accepts: whether it can take a hydrogen bond
    :param donates: whether it can give one, or is a metal
    """

    accepts: npt.NDArray[np.bool_]
    donates: npt.NDArray[np.bool_]


def roles_of(system: System, sites: list[Site]) -> Roles:
    """
    The roles of all atoms.

    :param system: the system
    :param sites: its sites
    :returns: the roles
    """
    accepts = np.zeros(len(system), dtype=bool)
    donates = np.zeros(len(system), dtype=bool)
    for atom, element in enumerate(system.elements):
        if element in ('O', 'F', 'CL', 'BR', 'I', 'S', 'SE'):
            accepts[atom] = element == 'O' or not system.near[atom] or element in ('S', 'SE')
        elif element == 'N':
            accepts[atom] = not system.hydrogens[atom] and len(system.near[atom]) < 3
        donates[atom] = (element in ('O', 'N', 'S') and bool(system.hydrogens[atom])) or atom in system.metals
    for site in sites:
        for alternative in site.alternatives:
            for atom, number in alternative.hydrogens.items():
                polar = system.elements[atom] in ('O', 'N', 'S', 'SE')
                donates[atom] |= polar and number > 0
                accepts[atom] |= polar and (number == 0 or system.elements[atom] == 'O')
            for a, b in alternative.swaps:
                accepts[a] = accepts[b] = accepts[a] | accepts[b]
                donates[a] = donates[b] = donates[a] | donates[b]
    return Roles(accepts, donates)


def targets_of(system: System, sites: list[Site], copies: list[SymmetryCopy], roles: Roles) -> dict[int, list[Target]]:
    """
    The polar atoms around the atoms of sites that carry rotors.

    :param system: the system
    :param sites: its sites
    :param copies: copies of the asymmetric unit
    :param roles: roles of the atoms
    :returns: for each atom its partners
    """
    centres = np.array(
        sorted({a for s in sites for a in s.atoms if roles.donates[a] and system.elements[a] in _POLAR}), dtype=np.intp
    )
    polar = np.flatnonzero(roles.accepts | roles.donates)
    points, atoms = [system.positions[polar]], [polar]
    for copy in copies:
        some = copy.atoms[(roles.accepts | roles.donates)[copy.atoms]]
        points.append(copy.apply(system.positions[some]))
        atoms.append(some)
    everything, owners = np.concatenate(points), np.concatenate(atoms)
    first, second = near_pairs(system.positions[centres], everything, REACH)
    found: dict[int, list[Target]] = {}
    for i, j in zip(centres[first].tolist(), second.tolist(), strict=True):
        other = int(owners[j])
        copied = j >= len(polar)
        waters = len(system.near[i]) == 0
        if not copied and (i == other or not system.coexist(i, other) or _too_near(system, i, other)):
            continue
        if float(((system.positions[i] - everything[j]) ** 2).sum()) < OVERLAP**2 and other not in system.metals:
            continue
        if waters or roles.accepts[other]:
            found.setdefault(i, []).append((other, everything[j]))
    return found


def _too_near(system: System, first: int, second: int) -> bool:
    """
    Whether two atoms are bonded or share a neighbour.

    :param system: the system
    :param first: an atom
    :param second: another atom
    :returns: True if so
    """
    near = system.near[first]
    return second in near or any(second in system.near[n] for n in near)
