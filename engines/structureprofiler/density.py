"""How well electron density supports ligands and the residues around them (EDIA, see :mod:`engines.ediascorer`)."""

from collections.abc import Iterable
from pathlib import Path

import gemmi
import numpy as np

from engines.ediascorer.maps import Density, read_density
from engines.ediascorer.scoring import AtomScore, score
from engines.ediascorer.summary import ediam
from engines.protoss.placement import Array
from engines.structure.bonding import ResidueKey
from engines.structure.neighbours import near_pairs
from engines.structureprofiler.contacts import images
from engines.structureprofiler.measures import Measures, Part
from engines.structureprofiler.subject import AtomName, Complex, Mask, Subject, site_residues

NEIGHBOURHOOD = 8.0
"""Angstrom within which atoms share density: four times the largest radius of an atom."""
_CHAIN = 'placed'


class Support:
    """
    Density support of the ligands of a complex and their surroundings.

    :param complex_: the complex
    :param file: its map
    :raises EngineError: if the map cannot be used
    """

    def __init__(self, complex_: Complex, file: Path) -> None:
        self.whole = complex_
        self.density: Density = read_density(file, complex_.source.structure)
        complex_.notes += self.density.notes
        self.sites = {s.name: site_residues(s, complex_) for s in complex_.ligands}
        self.scores: dict[ResidueKey, list[AtomScore]] = {}
        wanted = {owner for owners in self.sites.values() for owner in owners}
        wanted |= {complex_.system.owner[a] for s in complex_.ligands for a in s.sites}
        atoms = np.flatnonzero(np.isin(complex_.owners, list(wanted)))
        for item in self._score(complex_.system.positions[atoms], np.ones(len(complex_.system), np.bool_), []):
            self.scores.setdefault(item.residue, []).append(item)

    def measure_site(self, subject: Subject, measures: Measures) -> None:
        """
        The residue with the least support.

        :param subject: the ligand of a site
        :param measures: gets the value; unknown where the map has no values
        """
        keys = [self.whole.system.members[owner].key for owner in self.sites[subject.name]]
        found = [self._known(self.scores.get(key, ())) for key in dict.fromkeys(keys)]
        parts = [Part(ediam([v for v, _ in atoms]), tuple(n for _, n in atoms)) for atoms in found if atoms]
        if parts:
            measures.worst('residueEDIAm', parts, highest=False)

    def measure_ligand(self, subject: Subject, gone: Mask, measures: Measures) -> None:
        """
        The support of a ligand, with the atoms that lack it.

        :param subject: the ligand
        :param gone: atoms that are not there when it is
        :param measures: gets the value; unknown where the map has no values
        """
        if subject.found:
            atoms = self._known(s for key in subject.found.keys for s in self.scores.get(key, ()))
        else:
            scores = self._score(subject.points, ~gone, [_placed_chain(subject)])
            own = [s for s in scores if s.residue[0] == _CHAIN]
            atoms = [(s.edia, n) for s, n in zip(own, subject.atoms, strict=True) if s.edia is not None]
        if atoms:
            measures.values['EDIAm'] = ediam([value for value, _ in atoms])
            measures.parts['EDIAm'] = [Part(value, (name,)) for value, name in atoms]

    @staticmethod
    def _known(scores: Iterable[AtomScore]) -> list[tuple[float, AtomName]]:
        """
        :param scores: of atoms
        :returns: values and names of those for which the map has values
        """
        return [(s.edia, AtomName(s.residue, s.name, s.altloc)) for s in scores if s.edia is not None]

    def _score(self, points: Array, there: Mask, more: list[gemmi.Chain]) -> list[AtomScore]:
        """
        Score the atoms around some points; those farther away do not matter, and take time.

        :param points: Angstrom
        :param there: atoms of the complex that are there
        :param more: chains that come in addition
        :returns: scores of the residues that have an atom nearby, also by a symmetry copy
        """
        if not points.size:
            return []
        system, structure = self.whole.system, self.whole.source.structure
        near = set(np.flatnonzero(there)[near_pairs(system.positions[there], points, NEIGHBOURHOOD)[0]].tolist())
        for _, atoms in images(self.whole, points, NEIGHBOURHOOD):
            near.update(atoms[there[atoms]].tolist())
        owners = {system.owner[i] for i in near}
        part, model = structure.clone(), gemmi.Model(1)
        number = 0
        for chain in structure[0]:
            kept = gemmi.Chain(chain.name)
            for residue in chain:
                if number in owners:
                    kept.add_residue(residue)
                number += 1
            model.add_chain(kept)
        for chain in more:
            model.add_chain(chain)
        del part[0]
        part.add_model(model)
        part.remove_empty_chains()
        return score(part, self.density)


def _placed_chain(subject: Subject) -> gemmi.Chain:
    """
    A ligand as a chain of its own.

    :param subject: the ligand
    :returns: a chain with one residue and the heavy atoms
    """
    chain, residue = gemmi.Chain(_CHAIN), gemmi.Residue()
    residue.name, residue.seqid, residue.het_flag = 'LIG', gemmi.SeqId(1, ' '), 'H'
    heavy = [a for a in subject.mol.GetAtoms() if a.GetAtomicNum() > 1]
    for item, point, name in zip(heavy, subject.points, subject.atoms, strict=True):
        atom = gemmi.Atom()
        atom.name, atom.element, atom.pos = name.name, gemmi.Element(item.GetAtomicNum()), gemmi.Position(*point)
        atom.charge, atom.occ, atom.b_iso = item.GetFormalCharge(), 1.0, 20.0
        residue.add_atom(atom)
    chain.add_residue(residue)
    return chain
