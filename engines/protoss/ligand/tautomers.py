"""
Sites that share their electrons: rings, amidines and guanidines with the nitrogen, oxygen and sulphur atoms on them.

A tautomer is a choice of which heteroatoms carry the mobile hydrogens, such that the double bonds of the others can be
matched. The hydrogens of carbon stay where they are; so does everything sp3, with its stereochemistry.

RDKit's TautomerEnumerator is not used: it moves hydrogens to carbon, gives whole molecules (72 for methotrexate) where
sites are wanted, and merges what differs by symmetry only. A test holds that its tautomers are found here.
"""

import itertools
import math
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, replace

from rdkit import Chem
from rdkit.Chem import rdMolTransforms

from engines.protoss.ligand.energies import tautomer_energy
from engines.protoss.ligand.graph import Frame, Site, SiteState, apply, ends, order, ranked, sanitised
from engines.protoss.ligand.pka import Titration, is_offered, proton_cost, titrations

_MOVES = 2
"""Mobile hydrogens that may stand elsewhere than in the input, of those that a region has."""
_MAX_PLACEMENTS = 400
_MAX_TAUTOMERS = 40
_MAX_MATCHING_STEPS = 4000
_TITRATED_BELOW = 25.0
"""kJ/mol; only tautomers below it gain or lose protons; an ion of several tautomers is found from the best."""
_LIKE = {1: 34.0, 2: 34.0, 3: 34.0, 4: 26.0, 5: 11.5, 6: 6.0}
"""kJ/mol between two like charges with so many bonds between them: diazines (1 to 3 bonds) and bipyridines (4) take the
second proton six and four and a half units later, beyond that it fades."""
_EVENTS = 3
"""Protons that a region may gain or lose together."""
_BETAINE, _UNLIKE = -18.0, -5.0
"""kJ/mol between unlike charges, if the negative one is on oxygen, and else: 3-hydroxypyridine (pKa 4.9 and 8.7) is
half zwitterion in water, where independent groups would give 22 kJ/mol. Nothing as good is known of nitrogen anions."""
_TWIST_COSINE = 0.64
"""Cosine of 50 degrees: a bond that is twisted more in the model is not made double."""


@dataclass
class Region:
    """
    A conjugated part of the ligand.

    :param atoms: its atoms, ascending
    :param bonds: the bonds that can be double
    :param mobile: heteroatoms that carry, or can take up, a mobile hydrogen
    """

    atoms: list[int]
    bonds: list[tuple[int, int]]
    mobile: list[int]


def regions(frame: Frame, taken: Collection[int]) -> list[Region]:
    """
    The conjugated parts that have a heteroatom which can change.

    :param frame: the neutral ligand
    :param taken: atoms of other sites
    :returns: regions without common atoms
    """
    flat = _unsaturated(frame, taken)
    ring_atoms = (atom.GetIdx() for atom in frame.mol.GetAtoms() if atom.IsInRing())
    able = flat | {i for i in ring_atoms if i not in taken and _has_lone_pair(frame, i)}
    bonds = []
    for bond in frame.mol.GetBonds():
        i, j = ends(bond)
        in_ring = bond.IsInRing() and i in able and j in able
        double = order(bond) == 2 and i in flat and j in flat
        if in_ring or double or _is_side(frame, (i, j), flat, taken):
            bonds.append((i, j))
    found = []
    for atoms in _components(bonds):
        mobile = [i for i in atoms if _is_mobile(frame, i)]
        if mobile:
            inside = set(atoms)
            found.append(Region(atoms, sorted(bond for bond in bonds if inside.issuperset(bond)), mobile))
    return found


def _components(bonds: Sequence[tuple[int, int]]) -> list[list[int]]:
    """
    Sets of atoms that bonds connect.

    :param bonds: pairs of atoms
    :returns: ascending indices, one list a component
    """
    around: dict[int, list[int]] = {}
    for i, j in bonds:
        around.setdefault(i, []).append(j)
        around.setdefault(j, []).append(i)
    found, seen = [], set[int]()
    for start in sorted(around):
        if start in seen:
            continue
        members, border = {start}, [start]
        while border:
            border = [j for i in border for j in around[i] if j not in members]
            members.update(border)
        seen |= members
        found.append(sorted(members))
    return found


def _unsaturated(frame: Frame, taken: Collection[int]) -> set[int]:
    """
    Atoms at the ends of double bonds that can move: in or at a ring, or those of amidines and imines.

    :param frame: the neutral ligand
    :param taken: atoms of other sites
    :returns: indices
    """
    found: set[int] = set()
    for bond in frame.mol.GetBonds():
        i, j = ends(bond)
        if order(bond) != 2 or i in taken or j in taken:
            continue
        first, second = frame.mol.GetAtomWithIdx(i), frame.mol.GetAtomWithIdx(j)
        elements = {first.GetAtomicNum(), second.GetAtomicNum()}
        if not elements <= {6, 7, 8, 16} or any(_is_odd(atom) for atom in (first, second)):
            continue
        at_ring = first.IsInRing() or second.IsInRing()
        if elements == {6, 7} or bond.IsInRing() or (at_ring and elements != {6}):
            found |= {i, j}
    return found


def _is_odd(atom: Chem.Atom) -> bool:
    """
    Whether an atom has its own kind of double bond: cumulated, of a nitro group, of a sulphone.

    :param atom: the atom
    :returns: True if so
    """
    multiple = [order(bond) for bond in atom.GetBonds() if order(bond) > 1]
    oxide = atom.GetFormalCharge() > 0 and any(n.GetFormalCharge() < 0 for n in atom.GetNeighbors())
    return len(multiple) != 1 or multiple[0] > 2 or (oxide and not atom.IsInRing())


def _has_lone_pair(frame: Frame, index: int) -> bool:
    """
    Whether an atom without a double bond can be part of a conjugated ring.

    :param frame: the neutral ligand
    :param index: an atom
    :returns: True for N, O and S with single bonds alone
    """
    atom = frame.mol.GetAtomWithIdx(index)
    single = all(order(bond) == 1 for bond in atom.GetBonds())
    return atom.GetAtomicNum() in (7, 8, 16) and single and atom.GetFormalCharge() == 0


def _is_side(frame: Frame, bond: tuple[int, int], flat: Collection[int], taken: Collection[int]) -> bool:
    """
    Whether a bond ties a heteroatom with a hydrogen to an unsaturated atom.

    :param frame: the neutral ligand
    :param bond: a bond
    :param flat: unsaturated atoms
    :param taken: atoms of other sites
    :returns: True for the bond of an amino, hydroxyl or thiol group
    """
    return any(
        b in flat
        and a not in flat
        and a not in taken
        and frame.hydrogens(a) > 0
        and _is_mobile(frame, a)
        and _has_lone_pair(frame, a)
        for a, b in (bond, bond[::-1])
    )


def _is_mobile(frame: Frame, index: int) -> bool:
    """
    Whether an atom can exchange a hydrogen for a double bond.

    :param frame: the neutral ligand
    :param index: an atom of a region
    :returns: True for N with up to two bonds to heavy atoms, O and S with one, uncharged
    """
    atom = frame.mol.GetAtomWithIdx(index)
    limit = {7: 2, 8: 1, 16: 1}.get(atom.GetAtomicNum(), 0)
    return 0 < frame.degree(index) <= limit and atom.GetFormalCharge() == 0 and not frame.is_fixed(index)


def tautomer_site(frame: Frame, region: Region, ph: float, bare: Collection[int] = ()) -> Site:
    """
    All states of a region: its tautomers, and what they become by gaining or losing a proton.

    :param frame: the neutral ligand
    :param region: the region
    :param ph: pH
    :param bare: atoms that lose their proton whatever it costs
    :returns: the site; it has one state if nothing in the region can change
    """
    neutral = list(itertools.islice(_tautomers(frame, region), _MAX_TAUTOMERS))
    energies, mols = [], []
    blank = Site(tuple(region.atoms), tuple(region.bonds), ())
    for state in neutral:
        copy = Chem.RWMol(frame.mol)
        apply(copy, blank, state)
        mol = sanitised(copy)
        mols.append(mol)
        energies.append(tautomer_energy(mol, region.atoms))
    lowest = min(energies)
    best = {state.hydrogens: replace(state, penalty=e - lowest) for state, e in zip(neutral, energies, strict=True)}
    shared = set(best)
    for state, energy, mol in sorted(zip(neutral, energies, mols, strict=True), key=lambda item: item[1]):
        if energy > lowest + _TITRATED_BELOW:
            break
        found = [
            item
            for item in titrations(mol)
            if not frame.is_fixed(item.atom) and (is_offered(item, ph) or (item.is_acid and item.atom in bare))
        ]
        for changed in _charged(frame, region, replace(state, penalty=energy - lowest), found, ph):
            # What a tautomer is without charges is no zwitterion.
            if changed.hydrogens not in shared:
                best[changed.hydrogens] = _better(best.get(changed.hydrogens), changed)
    return Site(blank.atoms, blank.bonds, ranked(list(best.values())))


def _better(known: SiteState | None, other: SiteState) -> SiteState:
    """
    One state for two ways to the same hydrogens, which are resonance forms of each other.

    :param known: a state, or None
    :param other: another one
    :returns: the lower penalty, and the form whose positive charge is on the nitrogen with more hydrogens
    """
    if known is None:
        return other

    def protons_of_cation(state: SiteState) -> int:
        return sum(n for n, charge in zip(state.hydrogens, state.charges, strict=True) if charge > 0)

    penalty = min(known.penalty, other.penalty)
    first, second = protons_of_cation(known), protons_of_cation(other)
    is_tidier = second > first or (second == first and other.penalty < known.penalty - 1e-6)
    return replace(other if is_tidier else known, penalty=penalty)


def _tautomers(frame: Frame, region: Region) -> Iterator[SiteState]:
    """
    The neutral tautomers, those with fewer moves first; the one of the input leads.

    :param frame: the neutral ligand
    :param region: the region
    :returns: states without penalty
    """
    base = {bond: order(frame.mol.GetBondBetweenAtoms(*bond)) for bond in region.bonds}
    paired = {i for bond, bond_order in base.items() if bond_order == 2 for i in bond}
    donors = [i for i in region.mobile if i not in paired]
    acceptors = [i for i in region.mobile if i in paired]
    placements = 0
    for moves in range(min(_MOVES, len(donors), len(acceptors)) + 1):
        for losing in itertools.combinations(donors, moves):
            for gaining in itertools.combinations(acceptors, moves):
                placements += 1
                if placements > _MAX_PLACEMENTS:
                    return
                wanted = (paired | set(losing)) - set(gaining)
                doubles = _match(region, wanted, base) if moves else {b for b, o in base.items() if o == 2}
                if doubles is None or any(_is_twisted(frame, bond) for bond in doubles if base[bond] == 1):
                    continue
                hydrogens = tuple(frame.hydrogens(i) - (i in losing) + (i in gaining) for i in region.atoms)
                yield SiteState(
                    0.0,
                    _label(frame, region, hydrogens),
                    hydrogens,
                    tuple(frame.mol.GetAtomWithIdx(i).GetFormalCharge() for i in region.atoms),
                    tuple(2 if bond in doubles else 1 for bond in region.bonds),
                )


def _label(frame: Frame, region: Region, hydrogens: Sequence[int], events: Sequence[Titration] = ()) -> str:
    """
    Name the atoms that carry the mobile hydrogens, and those that gained or lost a proton.

    :param frame: the neutral ligand
    :param region: the region
    :param hydrogens: number of hydrogens on each of its atoms
    :param events: protons gained or lost
    :returns: for example ``H on N1 N9``
    """
    counts = dict(zip(region.atoms, hydrogens, strict=True))
    carrying = [frame.names[i] for i in region.mobile if counts[i]]
    parts = [f'H on {" ".join(carrying)}'] if carrying else ['no H on heteroatoms']
    parts += [f'{frame.names[t.atom]} {"ionised" if t.is_acid else "protonated"}' for t in events]
    return ', '.join(parts)


def _match(region: Region, wanted: Collection[int], base: dict[tuple[int, int], int]) -> set[tuple[int, int]] | None:
    """
    Give each atom that wants it one double bond.

    :param region: the region
    :param wanted: atoms with a double bond
    :param base: bond orders of the input, which are kept where possible
    :returns: the double bonds, or None if there is no such set
    """
    options: dict[int, list[int]] = {i: [] for i in wanted}
    for i, j in sorted(region.bonds, key=lambda bond: (-base[bond], bond)):
        if i in options and j in options:
            options[i].append(j)
            options[j].append(i)
    partner: dict[int, int] = {}
    steps = 0

    def extend() -> bool:
        nonlocal steps
        steps += 1
        open_atoms = [i for i in options if i not in partner]
        if not open_atoms:
            return True
        if steps > _MAX_MATCHING_STEPS:
            return False
        # The atom with the fewest choices first: most are then forced, and the search hardly ever turns back.
        first = min(open_atoms, key=lambda i: (sum(j not in partner for j in options[i]), i))
        for other in options[first]:
            if other not in partner:
                partner[first], partner[other] = other, first
                if extend():
                    return True
                del partner[first], partner[other]
        return False

    return {(i, j) for i, j in partner.items() if i < j} if extend() else None


def _is_twisted(frame: Frame, bond: tuple[int, int]) -> bool:
    """
    Whether the model contradicts a double bond.

    :param frame: the neutral ligand with coordinates
    :param bond: a bond that is single in the input
    :returns: True if its substituents stand across
    """
    if not frame.mol.GetNumConformers() or frame.mol.GetBondBetweenAtoms(*bond).IsInRing():
        return False
    around = [[n.GetIdx() for n in frame.mol.GetAtomWithIdx(i).GetNeighbors() if n.GetIdx() not in bond] for i in bond]
    conformer = frame.mol.GetConformer()
    torsions = [rdMolTransforms.GetDihedralRad(conformer, a, *bond, b) for a in around[0][:1] for b in around[1][:1]]
    return any(abs(math.cos(torsion)) < _TWIST_COSINE for torsion in torsions)


def _charged(
    frame: Frame, region: Region, state: SiteState, found: Sequence[Titration], ph: float
) -> Iterator[SiteState]:
    """
    The ions of a tautomer.

    :param frame: the neutral ligand
    :param region: the region
    :param state: the tautomer
    :param found: titratable atoms of the molecule in this tautomer
    :param ph: pH
    :returns: what it becomes when one and when two of the region's atoms have gained or lost a proton
    """
    inside = {index: place for place, index in enumerate(region.atoms)}
    near = [item for item in found if item.atom in inside]
    for number in range(1, min(_EVENTS, len(near)) + 1):
        for events in itertools.combinations(near, number):
            if len({t.atom for t in events}) < number:
                continue
            cost = sum(_interaction(frame, a, b) for a, b in itertools.combinations(events, 2))
            hydrogens, charges = list(state.hydrogens), list(state.charges)
            for item in events:
                sign = -1 if item.is_acid else 1
                cost += sign * proton_cost(ph, item.pka, item.sd)
                hydrogens[inside[item.atom]] += sign
                charges[inside[item.atom]] += sign
            if min(hydrogens) >= 0:
                label = _label(frame, region, hydrogens, events)
                yield SiteState(state.penalty + cost, label, tuple(hydrogens), tuple(charges), state.orders)


def _interaction(frame: Frame, first: Titration, second: Titration) -> float:
    """
    What two charges of one region do to each other.

    :param frame: the neutral ligand
    :param first: a titration
    :param second: another one
    :returns: kJ/mol
    """
    if first.is_acid == second.is_acid:
        return _LIKE.get(frame.distance(first.atom, second.atom), 0.0)
    acid = first.atom if first.is_acid else second.atom
    return _BETAINE if frame.mol.GetAtomWithIdx(acid).GetSymbol() == 'O' else _UNLIKE
