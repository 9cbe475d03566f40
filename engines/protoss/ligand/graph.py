"""
The neutral form of a ligand, from which all its states are derived, and what a state is made of.

Heavy atoms only: hydrogens are numbers here, bond orders are those of a Kekule form.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from rdkit import Chem

NONMETALS = {1, 2, 5, 6, 7, 8, 9, 10, 14, 15, 16, 17, 18, 33, 34, 35, 36, 52, 53, 54}
_ORDERS = {1: Chem.BondType.SINGLE, 2: Chem.BondType.DOUBLE, 3: Chem.BondType.TRIPLE}
_FLAT_VOLUME = 0.15
"""Sine-like measure (height over bond length) below which an atom lies in the plane of its three neighbours."""


@dataclass(frozen=True)
class SiteState:
    """
    One alternative of a site.

    :param penalty: kJ/mol above the best state of the site
    :param label: what distinguishes it, for people
    :param hydrogens: number of hydrogens on each atom of the site
    :param charges: formal charge of each atom of the site
    :param orders: order of each bond of the site, Kekule form
    """

    penalty: float
    label: str
    hydrogens: tuple[int, ...]
    charges: tuple[int, ...]
    orders: tuple[int, ...] = ()


@dataclass(frozen=True)
class Site:
    """
    A part of a ligand whose states do not depend on those of other parts: sites share no atoms, any combination of
    their states is a valid molecule, and its penalty is the sum.

    :param atoms: indices of heavy atoms
    :param bonds: pairs of them whose order differs between states
    :param states: alternatives, best first, at least one
    :param given: index of the state that the input has, 0 if the surroundings forbid it
    :param truncated: True if states were left out because there are too many
    """

    atoms: tuple[int, ...]
    bonds: tuple[tuple[int, int], ...]
    states: tuple[SiteState, ...]
    given: int = 0
    truncated: bool = False


class Frame:
    """
    A ligand without hydrogen atoms, in Kekule form, with neutral groups.

    :param mol: sanitised molecule; hydrogens explicit or not
    :param bound: indices of heavy atoms (counted without hydrogens) that are bonded to the protein
    """

    def __init__(self, mol: Chem.Mol, bound: Collection[int] = ()) -> None:
        counts = [atom.GetTotalNumHs(includeNeighbors=True) for atom in mol.GetAtoms() if atom.GetAtomicNum() != 1]
        kekulised = Chem.RWMol(mol)
        Chem.Kekulize(
            kekulised, clearAromaticFlags=True
        )  # before hydrogens go: they tell which atoms have a double bond
        self.mol = Chem.RWMol(Chem.RemoveAllHs(kekulised, sanitize=False))
        for atom, count in zip(self.mol.GetAtoms(), counts, strict=True):
            atom.SetNoImplicit(True)
            atom.SetNumExplicitHs(count)
        self.bound = frozenset(bound)
        self.metal_bound = {
            end.GetIdx()
            for bond in self.mol.GetBonds()
            for end, other in ((bond.GetBeginAtom(), bond.GetEndAtom()), (bond.GetEndAtom(), bond.GetBeginAtom()))
            if other.GetAtomicNum() not in NONMETALS
        }
        for index in sorted(self.bound):
            self._open_valence(index)
        self.given_hydrogens = [atom.GetNumExplicitHs() for atom in self.mol.GetAtoms()]
        self.given_charges = [atom.GetFormalCharge() for atom in self.mol.GetAtoms()]
        self.given_orders = {ends(bond): order(bond) for bond in self.mol.GetBonds()}
        self._neutralise()
        self.names = [
            atom.GetProp('_Name') if atom.HasProp('_Name') else f'{atom.GetSymbol()}{atom.GetIdx() + 1}'
            for atom in self.mol.GetAtoms()
        ]
        self.neutral = sanitised(self.mol)

    def degree(self, index: int) -> int:
        """
        Number of bonds to heavy atoms, those to the protein included.

        :param index: an atom
        :returns: the number
        """
        return int(self.mol.GetAtomWithIdx(index).GetDegree()) + (index in self.bound)

    def hydrogens(self, index: int) -> int:
        """
        Number of hydrogens of the neutral form.

        :param index: an atom
        :returns: the number
        """
        return int(self.mol.GetAtomWithIdx(index).GetNumExplicitHs())

    def distance(self, first: int, second: int) -> int:
        """
        Number of bonds between two atoms.

        :param first: an atom
        :param second: another one
        :returns: the number, or one that is too large if they are not connected
        """
        return int(self._distances[first][second])

    def share_ring(self, first: int, second: int) -> bool:
        """
        Whether two atoms are members of one ring.

        :param first: an atom
        :param second: another one
        :returns: True if so
        """
        return any(first in ring and second in ring for ring in self.neutral.GetRingInfo().AtomRings())

    @cached_property
    def _distances(self) -> np.ndarray:
        """Numbers of bonds between all pairs of atoms."""
        return np.asarray(Chem.GetDistanceMatrix(self.mol))

    def is_fixed(self, index: int) -> bool:
        """
        Whether an atom takes part in no change.

        :param index: an atom
        :returns: True if it is bonded to a metal of the ligand or to the protein
        """
        return index in self.metal_bound or index in self.bound

    def _open_valence(self, index: int) -> None:
        """
        Make room for the bond to the protein: a hydrogen goes, or the double bond of a carbonyl that has become
        tetrahedral, or boron and others take a charge.

        :param index: an atom that is bonded to the protein
        """
        atom = self.mol.GetAtomWithIdx(index)
        oxo = [b for b in atom.GetBonds() if order(b) == 2 and b.GetOtherAtom(atom).GetAtomicNum() in (7, 8, 16)]
        used = sum(order(bond) for bond in atom.GetBonds()) + atom.GetNumExplicitHs()
        full = used >= Chem.GetPeriodicTable().GetDefaultValence(atom.GetAtomicNum())
        if atom.GetAtomicNum() == 5 and atom.GetDegree() == 3:
            atom.SetFormalCharge(-1)
        elif atom.GetAtomicNum() == 6 and full and oxo and (not atom.GetNumExplicitHs() or self._is_pyramidal(atom)):
            oxo[0].SetBondType(Chem.BondType.SINGLE)
            other = oxo[0].GetOtherAtom(atom)
            other.SetNumExplicitHs(other.GetNumExplicitHs() + 1)
        elif atom.GetFormalCharge() < 0:
            atom.SetFormalCharge(atom.GetFormalCharge() + 1)
        elif full and atom.GetNumExplicitHs():
            atom.SetNumExplicitHs(atom.GetNumExplicitHs() - 1)

    def _is_pyramidal(self, atom: Chem.Atom) -> bool:
        """
        Whether an atom with three neighbours lies clearly outside their plane.

        :param atom: the atom
        :returns: False also where there are no coordinates, or fewer neighbours
        """
        around = [n.GetIdx() for n in atom.GetNeighbors()]
        if len(around) != 3 or not self.mol.GetNumConformers():
            return False
        conformer = self.mol.GetConformer()
        here = conformer.GetAtomPosition(atom.GetIdx())
        a, b, c = (conformer.GetAtomPosition(i) - here for i in around)
        for vector in (a, b, c):
            vector.Normalize()
        return bool(abs(a.DotProduct(b.CrossProduct(c))) > 2 * _FLAT_VOLUME)

    def _neutralise(self) -> None:
        """Add or take protons until no group carries a charge that a proton can settle."""
        for atom in self.mol.GetAtoms():
            if not self.is_fixed(atom.GetIdx()):
                self._neutralise_atom(atom)

    def _neutralise_atom(self, atom: Chem.Atom) -> None:
        """
        Settle the charge of one atom.

        :param atom: an atom of the molecule, changed in place
        """
        charge, element, count = atom.GetFormalCharge(), atom.GetAtomicNum(), atom.GetNumExplicitHs()
        partners = [n for n in atom.GetNeighbors() if n.GetFormalCharge() > 0]
        oxides = [n for n in partners if n.GetAtomicNum() in (15, 16, 33, 34)]
        if charge == -1 and element in (8, 16) and oxides:
            self.mol.GetBondBetweenAtoms(atom.GetIdx(), oxides[0].GetIdx()).SetBondType(Chem.BondType.DOUBLE)
            atom.SetFormalCharge(0)
            oxides[0].SetFormalCharge(oxides[0].GetFormalCharge() - 1)
        elif charge < 0 and element in (7, 8, 16, 34) and not partners:
            atom.SetFormalCharge(0)
            atom.SetNumExplicitHs(count - charge)
        elif charge == 1 and element in (7, 8, 16) and count:
            atom.SetFormalCharge(0)
            atom.SetNumExplicitHs(count - 1)
        elif charge == 1 and element == 7:
            self._shift_iminium(atom)

    def _shift_iminium(self, atom: Chem.Atom) -> None:
        """
        Take the proton of an amidinium whose charge was drawn on the nitrogen without hydrogen.

        :param atom: positively charged nitrogen without hydrogen, changed in place
        """
        for bond in atom.GetBonds():
            carbon = bond.GetOtherAtom(atom)
            if order(bond) != 2 or carbon.GetAtomicNum() != 6:
                continue
            for other in carbon.GetBonds():
                donor = other.GetOtherAtom(carbon)
                if donor.GetIdx() == atom.GetIdx() or donor.GetAtomicNum() != 7 or order(other) != 1:
                    continue
                if donor.GetNumExplicitHs() and donor.GetFormalCharge() == 0 and not self.is_fixed(donor.GetIdx()):
                    bond.SetBondType(Chem.BondType.SINGLE)
                    other.SetBondType(Chem.BondType.DOUBLE)
                    atom.SetFormalCharge(0)
                    donor.SetNumExplicitHs(donor.GetNumExplicitHs() - 1)
                    return


def order(bond: Chem.Bond) -> int:
    """
    Order of a bond in Kekule form; a dative bond counts as single.

    :param bond: the bond
    :returns: 1 to 3
    """
    return {Chem.BondType.DOUBLE: 2, Chem.BondType.TRIPLE: 3}.get(bond.GetBondType(), 1)


def ends(bond: Chem.Bond) -> tuple[int, int]:
    """
    The atoms of a bond.

    :param bond: the bond
    :returns: their indices, the smaller first
    """
    first, second = bond.GetBeginAtomIdx(), bond.GetEndAtomIdx()
    return (first, second) if first < second else (second, first)


def apply(mol: Chem.RWMol, site: Site, state: SiteState) -> None:
    """
    Give a molecule the state of a site.

    :param mol: molecule in Kekule form, changed in place
    :param site: the site
    :param state: one of its states
    """
    for index, hydrogens, charge in zip(site.atoms, state.hydrogens, state.charges, strict=True):
        atom = mol.GetAtomWithIdx(index)
        atom.SetNumExplicitHs(hydrogens)
        atom.SetFormalCharge(charge)
    for (first, second), bond_order in zip(site.bonds, state.orders, strict=True):
        mol.GetBondBetweenAtoms(first, second).SetBondType(_ORDERS[bond_order])


def sanitised(mol: Chem.RWMol) -> Chem.Mol:
    """
    A sanitised copy, in which aromatic bonds are aromatic.

    :param mol: molecule in Kekule form
    :returns: the copy
    :raises rdkit.Chem.MolSanitizeException: if an atom has an impossible valence
    """
    copy = Chem.Mol(mol)
    Chem.SanitizeMol(copy)
    return copy


def ranked(states: Sequence[SiteState]) -> tuple[SiteState, ...]:
    """
    States in order, the best at zero.

    :param states: at least one state
    :returns: sorted by penalty, then by hydrogens, so that the order depends on the chemistry alone
    """
    best = min(state.penalty for state in states)
    ordered = sorted(states, key=lambda state: (round(state.penalty, 6), tuple(-n for n in state.hydrogens)))
    return tuple(
        SiteState(state.penalty - best, state.label, state.hydrogens, state.charges, state.orders)
        for state in ordered
    )  # fmt: skip
