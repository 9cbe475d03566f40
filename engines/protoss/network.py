"""Turns a system with its sites into the discrete problem, and the solution into hydrogens."""

from collections.abc import Callable
from dataclasses import dataclass

import gemmi
import numpy as np

from engines.protoss.contacts import Roles, roles_of, targets_of
from engines.protoss.methyls import loosen, methyl_states
from engines.protoss.optimise.problem import Problem
from engines.protoss.optimise.solve import Solution, solve
from engines.protoss.particles import Collector, with_copies
from engines.protoss.placement import Array
from engines.protoss.score import Exclusions, Pairs, heavy_heavy, hydrogen_heavy, hydrogen_hydrogen
from engines.protoss.sites import Layout
from engines.protoss.states import Alternative, Conformer, Site, State, Target, states_of
from engines.protoss.system import System
from engines.protoss.titration import MODEL_PKA, PkaTable, pka_of, titration
from engines.protoss.water import water_states
from engines.structure.neighbours import symmetry_copies

SYMMETRY_REACH = 4.5
"""Angstrom between heavy atoms of a copy and of the original that can still be tied by hydrogens."""


@dataclass
class Network:
    """
    The sites with their states, and the best choice.

    :param sites: the sites
    :param states: their states
    :param weights: share of the crystal of each site
    :param problem: the scores
    :param solution: the best states, and what the others would cost
    """

    sites: list[Site]
    states: list[list[State]]
    weights: list[float]
    problem: Problem
    solution: Solution

    def chosen(self, index: int) -> State:
        """
        The state that a site has.

        :param index: number of the site
        :returns: its state
        """
        return self.states[index][self.solution.states[index]]


def decide(
    system: System, layout: Layout, structure: gemmi.Structure, ph: float, pkas: Callable[[], PkaTable]
) -> Network:
    """
    Decide all sites together.

    :param system: the system
    :param layout: its sites and fixed hydrogens
    :param structure: the structure with its cell
    :param ph: pH
    :param pkas: tells what PROPKA found; called as late as possible, since PROPKA runs beside
    :returns: sites, states and solution
    """
    excluded = Exclusions(system.near)
    loosen(system, layout, excluded)
    copies = symmetry_copies(structure, system.positions, SYMMETRY_REACH)
    roles = roles_of(system, layout.sites)
    targets = targets_of(system, layout.sites, copies, roles)
    states = [_states(system, site, targets, roles) for site in layout.sites]
    weights = [system.weight(site.atoms, site.label) for site in layout.sites]
    collector = Collector({label: i for i, label in enumerate(sorted({'', *system.labels}))})
    _collect_fixed(system, layout, collector)
    _collect_sites(system, layout.sites, states, weights, collector)
    hydrogens, heavy = collector.arrays()
    all_hydrogens, all_heavy = with_copies(hydrogens, heavy, copies)
    pairs = [
        hydrogen_heavy(hydrogens, all_heavy, excluded),
        hydrogen_hydrogen(hydrogens, all_hydrogens, excluded),
        heavy_heavy(heavy, all_heavy, excluded),
    ]
    table = pkas()
    for site, own in zip(layout.sites, states, strict=True):
        if site.kind in MODEL_PKA:
            pka = pka_of(system, site, table)
            for state in own:
                state.score += titration(state.alternative, site.kind, pka, ph)
    unary = [np.array([s.score for s in own]) * w for own, w in zip(states, weights, strict=True)]
    problem = problem_of(unary, pairs)
    return Network(layout.sites, states, weights, problem, solve(problem))


def _states(system: System, site: Site, targets: dict[int, list[Target]], roles: Roles) -> list[State]:
    """
    The states of a site of any kind.

    :param system: the system
    :param site: the site
    :param targets: polar atoms around each atom
    :param roles: which atoms accept and donate
    :returns: its states
    """
    if site.kind == 'water':
        return water_states(system, site, targets.get(site.atoms[0], []), roles)
    if site.kind == 'methyl':
        return methyl_states(system, site)
    return states_of(system, site, targets)


def _collect_fixed(system: System, layout: Layout, collector: Collector) -> None:
    """
    Collect the particles that need no decision.

    :param system: the system
    :param layout: its sites and fixed hydrogens
    :param collector: gets them
    """
    nothing = Alternative('', {})
    directions: dict[int, list[tuple[str, Array]]] = {}
    for item in layout.fixed:
        directions.setdefault(item.atom, []).append((item.label, item.directions))
    none = np.empty((0, 3))
    for atom in range(len(system)):
        if atom in layout.sited:
            continue
        own = directions.get(atom, [])
        first_label, first = own[0] if own else (system.labels[atom], none)
        conformer = Conformer(system, system.labels[atom], nothing)
        weight = system.weight((atom,), system.labels[atom])
        if len(own) <= 1 and first_label == system.labels[atom]:
            collector.add(conformer, atom, first, (-1, 0), weight)
            continue
        collector.add(conformer, atom, none, (-1, 0), weight)
        for label, some in own:
            near = [n for n in system.near[atom] if system.labels[n] == label]
            collector.add_hydrogens(
                Conformer(system, label, nothing), atom, some, (-1, 0), system.weight(near, label)
            )  # fmt: skip


def _collect_sites(
    system: System, sites: list[Site], states: list[list[State]], weights: list[float], collector: Collector
) -> None:
    """
    Collect the particles of all states.

    :param system: the system
    :param sites: the sites
    :param states: their states
    :param weights: their shares of the crystal
    :param collector: gets them
    """
    none = np.empty((0, 3))
    for group, (site, own) in enumerate(zip(sites, states, strict=True)):
        if site.kind == 'water':
            conformer = Conformer(system, site.label, site.alternatives[0])
            collector.add_water(conformer, site.atoms[0], own, group, weights[group])
            continue
        conformers = {id(a): Conformer(system, site.label, a) for a in site.alternatives}
        for number, state in enumerate(own):
            conformer = conformers[id(state.alternative)]
            for atom in site.atoms:
                collector.add(conformer, atom, state.hydrogens.get(atom, none), (group, number), weights[group])


def problem_of(unary: list[Array], pairs: list[Pairs]) -> Problem:
    """
    Sum scored pairs of particles into tables of groups.

    :param unary: score of each state alone, changed in place
    :param pairs: scored pairs
    :returns: the problem
    """
    groups = np.concatenate([p.groups for p in pairs], 1)
    states = np.concatenate([p.states for p in pairs], 1)
    scores = np.concatenate([p.scores for p in pairs])
    turned = groups[0] > groups[1]
    groups[:, turned], states[:, turned] = groups[::-1, turned], states[::-1, turned]
    sizes = np.array([len(u) for u in unary], dtype=np.intp)
    starts = np.concatenate(([0], np.cumsum(sizes)))
    alone = (groups[0] < 0) | (groups[0] == groups[1])
    place = starts[groups[1, alone]] + states[1, alone]
    total = np.bincount(place, scores[alone], minlength=int(starts[-1])) if len(unary) else np.empty(0)
    for i, own in enumerate(unary):
        own += total[starts[i] : starts[i + 1]]
    first, second = groups[:, ~alone]
    keys, inverse = np.unique(first * len(unary) + second, return_inverse=True)
    a, b = np.divmod(keys, max(1, len(unary)))
    cells = sizes[a] * sizes[b]
    begins = np.concatenate(([0], np.cumsum(cells)))
    place = begins[inverse] + states[0, ~alone] * sizes[second] + states[1, ~alone]
    flat: Array = np.bincount(place, scores[~alone], minlength=int(begins[-1])).astype(np.float64)
    tables: dict[tuple[int, int], Array] = {
        (i, j): flat[begins[n] : begins[n + 1]].reshape(sizes[i], sizes[j])
        for n, (i, j) in enumerate(zip(a.tolist(), b.tolist(), strict=True))
    }
    return Problem(unary, tables)
