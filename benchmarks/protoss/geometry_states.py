"""
States of His, Asp and Glu as the bond lengths and angles of an atomic-resolution model tell them.

Bonds and angles of a ring or carboxyl group depend on where its protons are. Where a model is refined without
restraints on them they are an experimental answer, although no hydrogen was seen.
"""

from dataclasses import dataclass

import gemmi
import numpy as np

from .structures import Atoms, Place, to_atoms

#: Inner angles of the ring at CG, ND1, CE1, NE2 and CD2 in degrees, by state: Malinska et al. (2015), Acta Cryst. D71,
#: 1444, from small-molecule structures.
RING = ('CG', 'ND1', 'CE1', 'NE2', 'CD2')
ANGLES = {
    'HID': (105.1, 108.1, 111.3, 105.3, 110.3),
    'HIE': (109.1, 105.3, 111.9, 107.2, 106.5),
    'HIP': (105.9, 109.3, 108.4, 108.9, 107.4),
}
_CLOSE = 1.5
_CLEARLY = 1.5
#: Carboxyl groups have C=O of 1.21 and C-OH of 1.31 Angstrom, carboxylates 1.25 and 1.25: Allen et al. (1987), J. Chem.
#: Soc. Perkin Trans. 2, S1. Between the limits nothing is said.
_NEUTRAL, _CHARGED = 0.06, 0.03
_BONDS = (1.18, 1.33)
_CARBOXYL = {'ASP': ('CG', 'OD1', 'OD2'), 'GLU': ('CD', 'OE1', 'OE2')}


@dataclass(frozen=True)
class Known:
    """
    A state that geometry tells.

    :param residue: its name, chain and number
    :param state: HID, HIE, HIP, 'charged', or 'neutral'
    :param evidence: the measured values
    :param hydrogens: of the named atoms those that carry a proton
    :param atoms: that might carry one
    """

    residue: str
    state: str
    evidence: str
    hydrogens: frozenset[Place]
    atoms: tuple[Place, ...]


def known_states(structure: gemmi.Structure) -> list[Known]:
    """
    :param structure: as deposited, with its altlocs: residues that have some are left out
    :returns: the states that are clear
    """
    atoms = to_atoms(structure)
    residues: dict[tuple[str, str, str], dict[str, int]] = {}
    for index, (chain, seqid, name, atom) in enumerate(atoms.keys):
        residues.setdefault((chain, seqid, name), {})[atom] = index
    split = {(c.name, str(r.seqid)) for c in structure[0] for r in c if any(a.has_altloc() or a.occ < 0.99 for a in r)}
    found = []
    for key, inside in residues.items():
        if key[:2] in split:
            continue
        if key[2] == 'HIS' and set(RING) <= set(inside):
            found.append(_ring(atoms, key, inside))
        elif set(_CARBOXYL.get(key[2], ('',))) <= set(inside):
            found.append(_carboxyl(atoms, key, inside))
    return [state for state in found if state]


def _ring(atoms: Atoms, key: tuple[str, str, str], inside: dict[str, int]) -> Known | None:
    """
    :param atoms: of the structure
    :param key: chain, number and name of a histidine
    :param inside: its atoms
    :returns: its state, if one fits and the others do not
    """
    corners = [atoms.xyz[inside[name]] for name in RING]
    angles = []
    for i in range(5):
        a, b = corners[i - 1] - corners[i], corners[(i + 1) % 5] - corners[i]
        angles.append(float(np.degrees(np.arccos(np.dot(a, b) / np.linalg.norm(a) / np.linalg.norm(b)))))
    misfit = {state: float(np.sqrt(np.mean(np.subtract(angles, want) ** 2))) for state, want in ANGLES.items()}
    first, second, _ = sorted(misfit, key=lambda state: misfit[state])
    if misfit[first] > _CLOSE or misfit[second] < _CLEARLY * misfit[first]:
        return None
    hydrogens = {'HID': ('ND1',), 'HIE': ('NE2',), 'HIP': ('ND1', 'NE2')}[first]
    evidence = ', '.join(f'{state} {value:.1f}' for state, value in sorted(misfit.items())) + ' degrees off'
    return _known(key, first, evidence, hydrogens, ('ND1', 'NE2'))


def _carboxyl(atoms: Atoms, key: tuple[str, str, str], inside: dict[str, int]) -> Known | None:
    """
    :param atoms: of the structure
    :param key: chain, number and name of an Asp or Glu
    :param inside: its atoms
    :returns: its state, if its bonds tell it
    """
    carbon, *oxygens = _CARBOXYL[key[2]]
    bonds = {o: float(np.linalg.norm(atoms.xyz[inside[carbon]] - atoms.xyz[inside[o]])) for o in oxygens}
    short, long = sorted(bonds, key=lambda name: bonds[name])
    difference = bonds[long] - bonds[short]
    if bonds[short] < _BONDS[0] or bonds[long] > _BONDS[1] or _CHARGED < difference < _NEUTRAL:
        return None
    state, hydrogens = ('neutral', (long,)) if difference >= _NEUTRAL else ('charged', ())
    return _known(key, state, ', '.join(f'{o} {bonds[o]:.3f}' for o in oxygens), hydrogens, tuple(oxygens))


def _known(
    key: tuple[str, str, str], state: str, evidence: str, hydrogens: tuple[str, ...], atoms: tuple[str, ...]
) -> Known:
    """
    :param key: chain, number and name of a residue
    :param state: of it
    :param evidence: for it
    :param hydrogens: atoms with a proton
    :param atoms: that might have one
    :returns: all that in one
    """
    chain, seqid, name = key
    places = tuple((chain, seqid, atom) for atom in atoms)
    return Known(f'{name}_{chain}_{seqid}', state, evidence, frozenset((chain, seqid, a) for a in hydrogens), places)


def placed(state: Known, output: Atoms, known: dict[Place, int]) -> frozenset[Place]:
    """
    :param state: a known one
    :param output: of a program
    :param known: its heavy atoms
    :returns: those of the state's atoms that got a proton
    """
    return frozenset(where for where in state.atoms if where in known and output.hydrogens_of(known[where]))


def text(protonated: frozenset[Place]) -> str:
    """
    :param protonated: atoms with a proton
    :returns: them for the report
    """
    return ', '.join(sorted(where[2] for where in protonated)) or 'none'
