"""
Tautomers and protomers of a ligand with the free energy that each costs in water at a given pH.

A ligand is cut into sites (an acid, an amine, a conjugated ring system) whose states are independent in valence:
enumerating the sites costs time that is linear in the size of the ligand, where their product would explode (NAD has
millions). An optimiser takes the sites, each as a group of its own; who wants whole molecules gets them best first.
"""

import heapq
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property

from rdkit import Chem, rdBase

from engines.protoss.ligand.graph import Frame, Site, SiteState, apply, ranked
from engines.protoss.ligand.pka import titrations
from engines.protoss.ligand.sites import oxyacids, single_sites
from engines.protoss.ligand.tautomers import regions, tautomer_site

CEILING = 30.0
"""kJ/mol above which a state is not offered: more than six ideal hydrogen bonds, which no single group gains."""
SITE_LIMIT = 48
"""Most states of one site; only contrived molecules (polyguanidines, phthalocyanine) have more below the ceiling."""


@dataclass(frozen=True)
class LigandState:
    """
    One state of a whole ligand.

    :param mol: heavy atoms in the order of the input, with bond orders, charges and numbers of hydrogens; sanitised,
        with the coordinates of the input and without explicit hydrogens
    :param penalty: kJ/mol above the likeliest state in water
    :param label: which groups differ from the likeliest state
    :param charge: total formal charge
    """

    mol: Chem.Mol
    penalty: float
    label: str
    charge: int


@dataclass
class LigandStates:
    """
    What a ligand can be.

    :param sites: independent parts with their alternatives; parts with a single state are not listed
    :param notes: what could not be kept, one sentence each
    :param limit: most states of the whole ligand
    """

    sites: list[Site]
    notes: list[str]
    limit: int
    _frame: Chem.RWMol = field(repr=False)

    def build(self, choice: Sequence[int]) -> Chem.Mol:
        """
        The molecule with one state of each site.

        :param choice: index of the state, one a site
        :returns: sanitised molecule as in :class:`LigandState`
        """
        mol = Chem.RWMol(self._frame)
        for site, index in zip(self.sites, choice, strict=True):
            apply(mol, site, site.states[index])
        return _finished(mol)

    def state(self, choice: Sequence[int]) -> LigandState:
        """
        The whole-ligand state with one state of each site.

        :param choice: index of the state, one a site
        :returns: molecule, penalty and label
        """
        mol = self.build(choice)
        chosen = [site.states[index] for site, index in zip(self.sites, choice, strict=True)]
        changed = [state.label for state, index in zip(chosen, choice, strict=True) if index]
        label = '; '.join(changed) or 'likeliest'
        return LigandState(mol, sum(state.penalty for state in chosen), label, Chem.GetFormalCharge(mol))

    @cached_property
    def given(self) -> tuple[int, ...]:
        """Index of the input's own state, one a site."""
        return tuple(site.given for site in self.sites)

    @cached_property
    def states(self) -> list[LigandState]:
        """States of the whole ligand, best first, not more than the limit; the input's own is always among them."""
        choices = [choice for choice, _ in zip(_best_first(self.sites), range(self.limit), strict=False)]
        if self.given not in choices:
            choices = [*choices[: self.limit - 1], self.given]
        return [self.state(choice) for choice in choices]

    @property
    def count(self) -> int:
        """Number of states that the sites allow."""
        number = 1
        for site in self.sites:
            number *= len(site.states)
        return number

    @property
    def truncated(self) -> bool:
        """True if ``states`` leaves out some of the possible ones."""
        return self.count > self.limit or any(site.truncated for site in self.sites)


def ligand_states(
    mol: Chem.Mol,
    ph: float = 7.0,
    limit: int = 32,
    without_h: Collection[int] = (),
    bound: Collection[int] = (),
    ceiling: float = CEILING,
) -> LigandStates:
    """
    The tautomers and protomers of a ligand.

    Hydrogens of carbon never move, so heavy atoms keep hybridisation, stereochemistry and coordinates. Symmetric
    placements (either oxygen of an acid, either nitrogen of an amidine) are states of their own.

    :param mol: sanitised molecule, hydrogens explicit or not
    :param ph: pH
    :param limit: most states of the whole ligand
    :param without_h: heavy atoms (indices that count heavy atoms alone) that may carry no hydrogen, since they
        coordinate a metal
    :param bound: heavy atoms that are bonded to the protein; the bond takes the place of a hydrogen
    :param ceiling: kJ/mol above which states are left out
    :returns: the states
    """
    try:
        with rdBase.BlockLogs():
            frame = Frame(mol, bound)
    except Chem.MolSanitizeException:
        bare_mol = Chem.RWMol(Chem.RemoveAllHs(mol, sanitize=False))
        return LigandStates([], ['An atom has an impossible valence; the ligand keeps its given form.'], 1, bare_mol)
    found = titrations(frame.neutral)
    sites = oxyacids(frame, found, ph)
    taken = {i for site in sites for i in site.atoms} | {i for site in sites for pair in site.bonds for i in pair}
    parts = regions(frame, taken)
    sites += [tautomer_site(frame, region, ph, without_h) for region in parts]
    taken |= {i for region in parts for i in region.atoms}
    sites += single_sites(frame, found, taken, ph, without_h)
    sites += _leftovers(frame, sites, ceiling)
    notes: list[str] = []
    sites = [_settled(frame, site, set(without_h), ceiling, notes) for site in sites]
    base = Chem.RWMol(frame.mol)
    for site in sites:
        apply(base, site, site.states[0])
    offered = sorted((site for site in sites if len(site.states) > 1), key=lambda site: site.atoms)
    return LigandStates(offered, notes, max(1, limit), base)


def _leftovers(frame: Frame, sites: Sequence[Site], ceiling: float) -> Iterator[Site]:
    """
    Atoms outside all sites whose charge in the input is not that of the neutral form, such as an alkoxide.

    :param frame: the neutral ligand
    :param sites: the sites found
    :param ceiling: penalty of a form that the tables do not offer
    :returns: sites with the neutral form and that of the input
    """
    covered = {i for site in sites for i in site.atoms}
    for atom in frame.mol.GetAtoms():
        index = atom.GetIdx()
        hydrogens, charge = frame.given_hydrogens[index], frame.given_charges[index]
        if index in covered or (hydrogens, charge) == (atom.GetNumExplicitHs(), atom.GetFormalCharge()):
            continue
        if hydrogens - atom.GetNumExplicitHs() != charge - atom.GetFormalCharge():
            continue
        yield Site(
            (index,), (),
            (
                SiteState(0.0, f'{frame.names[index]} neutral', (atom.GetNumExplicitHs(),), (atom.GetFormalCharge(),)),
                SiteState(ceiling, f'{frame.names[index]} as given', (hydrogens,), (charge,)),
            ),
        )  # fmt: skip


def _settled(frame: Frame, site: Site, bare: Collection[int], ceiling: float, notes: list[str]) -> Site:
    """
    The site with the states that the surroundings allow, and with that of the input.

    :param frame: the neutral ligand
    :param site: a site with all its states
    :param bare: atoms that may carry no hydrogen
    :param ceiling: highest penalty
    :param notes: sentences, one is added if no state satisfies ``bare``
    :returns: the site
    """
    hydrogens = tuple(frame.given_hydrogens[i] for i in site.atoms)
    states = list(site.states)
    if all(state.hydrogens != hydrogens for state in states):
        orders = tuple(frame.given_orders[bond] for bond in site.bonds)
        charges = tuple(frame.given_charges[i] for i in site.atoms)
        states.append(SiteState(max(ceiling, states[-1].penalty), 'as given', hydrogens, charges, orders))
    violations = [
        sum(count for i, count in zip(site.atoms, state.hydrogens, strict=True) if i in bare) for state in states
    ]
    least = min(violations)
    if least:
        names = ', '.join(frame.names[i] for i in site.atoms if i in bare)
        notes.append(f'No form of {names} is without hydrogen, although it coordinates a metal.')
    allowed = ranked([state for state, number in zip(states, violations, strict=True) if number == least])
    final = tuple(state for state in allowed if state.penalty <= ceiling or state.hydrogens == hydrogens)
    shown = [state for n, state in enumerate(final) if n < SITE_LIMIT or state.hydrogens == hydrogens]
    given = next((n for n, state in enumerate(shown) if state.hydrogens == hydrogens), 0)
    return Site(site.atoms, site.bonds, tuple(shown), given, truncated=len(shown) < len(final))


def _best_first(sites: Sequence[Site]) -> Iterator[tuple[int, ...]]:
    """
    Combinations of the sites' states by rising sum of penalties.

    :param sites: sites with ranked states
    :returns: index of the state, one a site
    """
    start = (0,) * len(sites)
    heap = [(0.0, start)]
    seen = {start}
    while heap:
        penalty, choice = heapq.heappop(heap)
        yield choice
        for place, site in enumerate(sites):
            index = choice[place] + 1
            if index == len(site.states):
                continue
            following = (*choice[:place], index, *choice[place + 1 :])
            if following not in seen:
                seen.add(following)
                step = site.states[index].penalty - site.states[index - 1].penalty
                heapq.heappush(heap, (round(penalty + step, 9), following))


def _finished(mol: Chem.RWMol) -> Chem.Mol:
    """
    Sanitise, and read the stereochemistry off the coordinates where there are some.

    :param mol: molecule in Kekule form, changed in place
    :returns: the molecule
    """
    with rdBase.BlockLogs():
        Chem.SanitizeMol(mol, catchErrors=True)
    if mol.GetNumConformers() and mol.GetConformer().Is3D():
        Chem.AssignStereochemistryFrom3D(mol)
    else:
        Chem.AssignStereochemistry(mol, cleanIt=True, force=True)
    for atom in mol.GetAtoms():
        ends = [n.GetSymbol() for n in atom.GetNeighbors() if n.GetDegree() == 1 and not n.GetTotalNumHs()]
        # O= and O- of a phosphate or sulphonate are the same atom twice, however the bonds are drawn.
        if atom.GetAtomicNum() in (15, 16) and len(set(ends)) < len(ends):
            atom.SetChiralTag(Chem.ChiralType.CHI_UNSPECIFIED)
    return mol.GetMol()
