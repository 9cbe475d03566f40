"""
Sites of a ligand that need no search: oxyacids (carboxylates, phosphates, sulphonates) and single titratable atoms.
"""

import itertools
import math
from collections.abc import Collection, Iterable, Sequence

from engines.protoss.ligand.graph import Frame, Site, SiteState, ranked
from engines.protoss.ligand.pka import REACH, Titration, is_offered, proton_cost

_RT = 2.479
"""kJ/mol at 298.15 K."""
_PAULING_STEP, _PAULING_FIRST = 5.0, 8.0
"""Pauling's rules for oxyacids: pKa 8 - 5 x (number of oxo groups), and each further proton five units weaker."""
_CENTRES = {6, 15, 16, 33, 34}
_PAULING_SD = 1.0
_THIO_PKAS = (1.8, 5.4, 10.1)
"""Thiophosphoric acid; adenosine thiophosphate is alike (5.3)."""
_THIOPHOSPHATE = 8.0
"""kJ/mol; a proton on sulphur of a thiophosphate rather than on one of its oxygens, an estimate."""
_REPULSION = {1: 34.0, 2: 17.0, 3: 13.0, 4: 6.0}
"""kJ/mol for two positive amines with so many bonds between them: hydrazine (second pKa six or more units lower), N-C-N
(three), ethylenediamine 9.9 and 7.1 (2.3 without the statistical 0.6), 1,3-diaminopropane 10.5 and 8.6 (1.1)."""
_RING_REPULSION = 1.5
"""Factor for amines of one ring, which two paths connect: piperazine 9.8 and 5.6."""


def oxyacids(frame: Frame, found: Sequence[Titration], ph: float) -> list[Site]:
    """
    One site for each acid centre: every oxygen that can carry the proton is a state of its own.

    :param frame: the neutral ligand
    :param found: its titratable atoms
    :param ph: pH
    :returns: the sites
    """
    pkas: dict[int, list[tuple[float, float]]] = {}
    for item in found:
        pkas.setdefault(item.atom, []).append((item.pka, item.sd))
    sites = []
    for atom in frame.mol.GetAtoms():
        terminals = _terminals(frame, atom.GetIdx())
        acidic = [i for i in terminals if frame.hydrogens(i)]
        if acidic and len(acidic) < len(terminals):
            values = sorted(value for i in acidic for value in pkas.get(i, []))[: len(acidic)]
            if not values and atom.GetAtomicNum() == 15:
                values = [(pka, 0.5) for pka in _THIO_PKAS[: len(acidic)]]
            elif not values:
                values = [(_PAULING_FIRST - _PAULING_STEP * (len(terminals) - len(acidic)), _PAULING_SD)]
            while len(values) < len(acidic):
                values.append((values[-1][0] + _PAULING_STEP, _PAULING_SD))
            sites.append(_oxyacid(frame, atom.GetIdx(), terminals, values, ph))
    return sites


def _terminals(frame: Frame, centre: int) -> list[int]:
    """
    The oxygens (or sulphurs) that share the charge of an acid.

    :param frame: the neutral ligand
    :param centre: an atom
    :returns: indices; empty if the atom is no acid centre
    """
    atom = frame.mol.GetAtomWithIdx(centre)
    if (
        atom.GetAtomicNum() not in _CENTRES
        or atom.GetFormalCharge()
        or (frame.is_fixed(centre) and atom.GetAtomicNum() == 6)
    ):
        return []
    around = [n for n in atom.GetNeighbors() if n.GetAtomicNum() in (8, 16) and n.GetDegree() == 1]
    return [n.GetIdx() for n in around if not frame.is_fixed(n.GetIdx()) and n.GetFormalCharge() == 0]


def _oxyacid(frame: Frame, centre: int, terminals: list[int], pkas: list[tuple[float, float]], ph: float) -> Site:
    """
    The states of one acid.

    :param frame: the neutral ligand
    :param centre: the acid's central atom
    :param terminals: its terminal oxygens and sulphurs
    :param pkas: pKa and spread of each proton, the strongest first
    :param ph: pH
    :returns: the site
    """
    doubles = len(terminals) - len(pkas)
    symbols = {i: frame.mol.GetAtomWithIdx(i).GetSymbol() for i in terminals}
    offered = _proton_numbers([pka for pka, _ in pkas], ph)
    cost, states = 0.0, []
    for protons in range(max(offered) + 1):
        if protons:
            cost += proton_cost(ph, *pkas[-protons])
        placements = list(itertools.combinations(terminals, protons)) if protons in offered else []
        for placed in placements:
            free = sorted((i for i in terminals if i not in placed), key=lambda i: (symbols[i] != 'O', i))
            oxo = set(free[:doubles])
            sulphur = (
                sum(symbols[i] == 'S' for i in placed) if frame.mol.GetAtomWithIdx(centre).GetAtomicNum() == 15 else 0
            )
            names = ', '.join(frame.names[i] for i in placed)
            states.append(
                SiteState(
                    # All placements share the population of their macrostate.
                    cost + _RT * math.log(len(placements)) + _THIOPHOSPHATE * sulphur,
                    f'proton on {names}' if placed else f'{frame.names[centre]} acid ionised',
                    tuple(int(i in placed) for i in terminals),
                    tuple(-int(i not in placed and i not in oxo) for i in terminals),
                    tuple(1 + int(i in oxo) for i in terminals),
                )
            )
    bonds = tuple((min(centre, i), max(centre, i)) for i in terminals)
    return Site(tuple(terminals), bonds, ranked(states))


def _proton_numbers(pkas: Sequence[float], ph: float) -> range:
    """
    How many protons an acid may carry.

    :param pkas: its pKa values, ascending
    :param ph: pH
    :returns: the number at this pH, and those that steps near the pH lead to
    """
    low = high = sum(pka > ph for pka in pkas)
    while high < len(pkas) and abs(pkas[-high - 1] - ph) <= REACH:
        high += 1
    while low > 0 and abs(pkas[-low] - ph) <= REACH:
        low -= 1
    return range(low, high + 1)


def single_sites(
    frame: Frame, found: Iterable[Titration], taken: Collection[int], ph: float, bare: Collection[int] = ()
) -> list[Site]:
    """
    Sites of atoms that titrate by themselves; amines near each other form one site, since they repel.

    :param frame: the neutral ligand
    :param found: titratable atoms
    :param taken: atoms of other sites
    :param ph: pH
    :param bare: atoms that lose their proton whatever it costs
    :returns: the sites
    """
    singles: dict[int, Titration] = {}
    for item in found:
        forced = item.is_acid and item.atom in bare
        if item.atom not in taken and not frame.is_fixed(item.atom) and (forced or is_offered(item, ph)):
            singles.setdefault(item.atom, item)
    groups: list[list[Titration]] = []
    for item in singles.values():
        close = [g for g in groups if any(_repulsion(frame, item, other) for other in g)]
        groups = [g for g in groups if not any(g is c for c in close)]
        groups.append([*itertools.chain.from_iterable(close), item])
    return [_amines(frame, part, ph) for group in groups for part in _chunks(sorted(group, key=lambda t: t.atom))]


_LARGEST_CLUSTER = 5


def _chunks(group: list[Titration]) -> Iterable[list[Titration]]:
    """
    Cut a long chain of amines, whose combinations would explode, into pieces.

    :param group: titrations of one cluster
    :returns: pieces of bounded size
    """
    return (group[i : i + _LARGEST_CLUSTER] for i in range(0, len(group), _LARGEST_CLUSTER))


def _repulsion(frame: Frame, first: Titration, second: Titration) -> float:
    """
    What it costs to protonate two bases at once.

    :param frame: the neutral ligand
    :param first: a titration
    :param second: another one
    :returns: kJ/mol, 0 for acids and for distant bases
    """
    if first.is_acid or second.is_acid:
        return 0.0
    cost = _REPULSION.get(frame.distance(first.atom, second.atom), 0.0)
    return cost * (_RING_REPULSION if frame.share_ring(first.atom, second.atom) else 1.0)


def _amines(frame: Frame, group: Sequence[Titration], ph: float) -> Site:
    """
    All combinations of a cluster of titratable atoms.

    :param frame: the neutral ligand
    :param group: its titrations
    :param ph: pH
    :returns: the site
    """
    states = []
    for choice in itertools.product((False, True), repeat=len(group)):
        cost, hydrogens, charges, labels = 0.0, [], [], []
        for changed, item in zip(choice, group, strict=True):
            step = (-1 if item.is_acid else 1) if changed else 0
            if changed:
                cost += proton_cost(ph, item.pka, item.sd) * step
            hydrogens.append(frame.hydrogens(item.atom) + step)
            charges.append(frame.mol.GetAtomWithIdx(item.atom).GetFormalCharge() + step)
            if changed:
                labels.append(f'{frame.names[item.atom]} {"ionised" if item.is_acid else "protonated"}')
        ionised = [item for changed, item in zip(choice, group, strict=True) if changed]
        cost += sum(_repulsion(frame, a, b) for a, b in itertools.combinations(ionised, 2))
        label = ', '.join(labels) or f'{", ".join(frame.names[item.atom] for item in group)} neutral'
        states.append(SiteState(cost, label, tuple(hydrogens), tuple(charges)))
    return Site(tuple(item.atom for item in group), (), ranked(states))
