"""What was decided, what else was possible, and what holds it in place: the content of ``report.json``."""

import math
from collections.abc import Iterable
from typing import Any

import numpy as np
from rdkit import Chem

from engines.protoss.ligand.molecules import Molecule
from engines.protoss.network import Network
from engines.protoss.output import Hydrogens, choice_of
from engines.protoss.states import Site
from engines.protoss.system import System
from engines.protoss.titration import PkaTable
from engines.structure.neighbours import near_pairs

_TITRATABLE = {'HIS', 'ASP', 'GLU', 'LYS', 'CYS', 'TYR', 'N+', 'C-'}
_FLIPPABLE = {'ASN', 'GLN', 'HIS'}
_SHOWN = 5
"""Alternatives of a ligand that are told."""
_BOND, _ANGLE = 2.5, math.cos(math.radians(120))
"""Angstrom between hydrogen and acceptor, and cosine at the hydrogen, up to which two atoms are called partners."""
_ACCEPTORS = {'O', 'N', 'S', 'F', 'CL', 'BR', 'I'}
_DONORS = {'O', 'N', 'S'}

Row = dict[str, Any]


class Reporter:
    """
    Writes the rows of the report.

    :param system: the system
    :param network: the decisions
    :param hydrogens: the decided hydrogens
    :param pkas: values of PROPKA
    """

    def __init__(self, system: System, network: Network, hydrogens: Hydrogens, pkas: PkaTable) -> None:
        self.system, self.network, self.pkas = system, network, pkas
        self._bonds = _hydrogen_bonds(system, hydrogens)
        for donor, metals in system.coordinated.items():
            for metal in metals:
                self._bonds.setdefault(donor, []).append(metal)
                self._bonds.setdefault(metal, []).append(donor)
        self.moved = hydrogens.moved

    def residues(self) -> list[Row]:
        """
        One row for each site of a polymer residue that has a name of its own.

        :returns: rows in the order of the sites
        """
        rows = []
        for index, site in enumerate(self.network.sites):
            member = self.system.members[site.owner]
            if site.kind in _TITRATABLE | _FLIPPABLE or (site.kind == 'ligand' and member.ligand < 0):
                rows.append(self._residue(index, site))
        return rows

    def _residue(self, index: int, site: Site) -> Row:
        """
        One row.

        :param index: number of the site
        :param site: the site
        :returns: the row
        """
        system, member = self.system, self.system.members[site.owner]
        chosen = self.network.chosen(index).alternative
        chain, number, icode, name = member.key
        pka = self.pkas.get((chain, number, icode, site.kind)) if site.kind in _TITRATABLE else None
        return {
            'residue': system.residue_name(site.owner),
            'name': name,
            'chain': chain,
            'position': f'{number}{icode}',
            'altloc': site.label,
            'group': site.kind if site.kind in ('N+', 'C-') else 'side chain',
            'state': chosen.name,
            'flipped': bool(chosen.swaps),
            'score': self.score([index]),
            'pka': pka,
            'alternatives': self._alternatives(index),
            'partners': self.partners(site.atoms, site.label),
        }

    def _alternatives(self, index: int) -> list[Row]:
        """
        The other chemical states of a site, the best first.

        :param index: number of the site
        :returns: rows with state, flipped, and score relative to the chosen one
        """
        best: dict[tuple[object, ...], tuple[float, Row]] = {}
        chosen = self.network.chosen(index).alternative
        for state, score in zip(self.network.states[index], self.network.solution.alternatives[index], strict=True):
            option = state.alternative
            if (option.name, option.swaps) == (chosen.name, chosen.swaps) or not math.isfinite(score):
                continue
            key = (option.name, option.swaps)
            row = {'state': option.name, 'flipped': bool(option.swaps), 'score': round(float(score), 2)}
            if key not in best or score > best[key][0]:
                best[key] = (float(score), row)
        return [row for _, row in sorted(best.values(), key=lambda item: (-item[0], item[1]['state']))]

    def score(self, sites: Iterable[int]) -> float:
        """
        What sites contribute to the total: their own scores and those of their pairs with others.

        :param sites: numbers of the sites
        :returns: kJ/mol
        """
        own = set(sites)
        states, problem = self.network.solution.states, self.network.problem
        total = sum(float(problem.unary[i][states[i]]) for i in sorted(own))
        for (i, j), table in problem.pairs.items():
            if i in own or j in own:
                total += float(table[states[i], states[j]])
        return round(total, 2)

    def partners(self, atoms: Iterable[int], label: str) -> list[str]:
        """
        Hydrogen bonds and metals of some atoms.

        :param atoms: the atoms
        :param label: their conformer
        :returns: such as ``OD1 of ASP_A_189 2.7``, the distance between heavy atoms in Angstrom
        """
        rows = []
        inside = set(atoms)
        for atom in atoms:
            for other in self._bonds.get(atom, ()):
                if other not in inside and self.system.labels[other] in ('', label or self.system.labels[other]):
                    here, there = (self.moved.get(i, self.system.positions[i]) for i in (atom, other))
                    apart = float(np.linalg.norm(here - there))
                    residue = self.system.residue_name(self.system.owner[other])
                    rows.append(f'{self.system.names[other]} of {residue} {apart:.1f}')
        return list(dict.fromkeys(rows))

    def ligand(self, molecule: Molecule, atoms: list[int]) -> Row:
        """
        The row of a ligand.

        :param molecule: the ligand
        :param atoms: its atoms in the system, in the conformer that is shown
        :returns: the row
        """
        choice = choice_of(molecule, self.network)
        own = {i for i, site in enumerate(self.network.sites) if set(site.atoms) & set(atoms)}
        row: Row = {'name': molecule.name, 'origin': molecule.origin, 'state': {}, 'score': self.score(own)}
        if molecule.states is None:
            row['state'] = {
                'smiles': _smiles(molecule.base),
                'charge': Chem.GetFormalCharge(molecule.base),
                'label': 'as given',
            }
            row['penalty'], row['alternatives'] = 0.0, []
        else:
            state = molecule.states.state(choice)
            row['state'] = {'smiles': _smiles(state.mol), 'charge': state.charge, 'label': state.label}
            row['penalty'] = round(state.penalty, 2)
            row['alternatives'] = self._ligand_alternatives(molecule, choice)
        row['partners'] = self.partners(atoms, molecule.label)
        return row

    def _ligand_alternatives(self, molecule: Molecule, choice: tuple[int, ...]) -> list[Row]:
        """
        The best states of a ligand that differ from the chosen one in one site, all else being free to follow.

        :param molecule: the ligand
        :param choice: its chosen states
        :returns: rows, the best first
        """
        if molecule.states is None:
            return []
        ranked: list[tuple[float, int, int]] = []
        for place, site in enumerate(molecule.sites):
            best: dict[int, float] = {}
            if site < 0:
                continue
            for state, score in zip(self.network.states[site], self.network.solution.alternatives[site], strict=True):
                number = state.alternative.choice
                if number != choice[place] and math.isfinite(score):
                    best[number] = max(best.get(number, -math.inf), float(score))
            ranked += [(-score, place, number) for number, score in best.items()]
        result = []
        for score, place, number in sorted(ranked)[:_SHOWN]:
            other = molecule.states.state((*choice[:place], number, *choice[place + 1 :]))
            told = {'smiles': _smiles(other.mol), 'charge': other.charge, 'label': other.label}
            result.append({'state': told, 'score': round(-score, 2), 'penalty': round(other.penalty, 2)})
        return result

    def flips(self) -> list[str]:
        """
        Residues whose side chains were turned over.

        :returns: names, each once
        """
        names = [
            self.system.residue_name(site.owner) + (f' {site.label}' if site.label else '')
            for index, site in enumerate(self.network.sites)
            if self.network.chosen(index).alternative.swaps
        ]
        return list(dict.fromkeys(names))

    def components(self) -> Row:
        """
        How far the optimum is proven.

        :returns: number of components, groups of the largest, how many are exact, and the others with their gaps
        """
        parts = self.network.solution.components
        bounded = [
            {'groups': len(p.groups), 'width': p.width, 'gap': round(float(p.gap), 2)} for p in parts if not p.exact
        ]  # fmt: skip
        largest = max((len(p.groups) for p in parts), default=0)
        return {'count': len(parts), 'largest': largest, 'exact': sum(p.exact for p in parts), 'bounded': bounded}


def _smiles(mol: Chem.Mol) -> str:
    """
    Canonical SMILES without hydrogens.

    :param mol: molecule
    :returns: SMILES
    """
    plain = Chem.Mol(mol)
    plain.RemoveAllConformers()
    for atom in plain.GetAtoms():
        atom.ClearProp('_Name')
    return str(Chem.MolToSmiles(Chem.RemoveHs(plain, sanitize=False)))


def _hydrogen_bonds(system: System, hydrogens: Hydrogens) -> dict[int, list[int]]:
    """
    Heavy atoms that share a hydrogen bond, within the asymmetric unit.

    :param system: the system
    :param hydrogens: the decided hydrogens
    :returns: partners of each atom, the nearest first
    """
    parents, points = [], []
    for atom, placed in enumerate(hydrogens.placed):
        if system.elements[atom] in _DONORS:
            for _, some in placed:
                parents += [atom] * len(some)
                points += list(some)
    places = system.positions.copy()
    for atom, point in hydrogens.moved.items():
        places[atom] = point
    acceptors = np.array([i for i, e in enumerate(system.elements) if e in _ACCEPTORS], dtype=np.intp)
    spots = np.array(points).reshape(-1, 3)
    first, second = near_pairs(spots, places[acceptors], _BOND)
    found: dict[int, list[tuple[float, int]]] = {}
    for h, a in zip(first.tolist(), acceptors[second].tolist(), strict=True):
        parent = parents[h]
        if parent == a or not system.coexist(parent, a) or a in system.near[parent]:
            continue
        there, back = places[a] - spots[h], places[parent] - spots[h]
        if float(there @ back) < _ANGLE * float(np.linalg.norm(there) * np.linalg.norm(back)):
            apart = float(np.linalg.norm(places[a] - places[parent]))
            found.setdefault(parent, []).append((apart, a))
            found.setdefault(a, []).append((apart, parent))
    return {atom: [other for _, other in sorted(some)] for atom, some in found.items()}
