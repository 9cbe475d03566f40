"""How well electron density supports ligands and the residues around them (EDIA, see :mod:`engines.ediascorer`)."""

from collections.abc import Iterable
from pathlib import Path

import gemmi
import numpy as np

from engines.ediascorer.maps import Density, read_density
from engines.ediascorer.scoring import AtomScore, score
from engines.ediascorer.summary import ediam
from engines.structure.bonding import ResidueKey
from engines.structure.neighbours import near_pairs
from engines.structureprofiler.contacts import images
from engines.structureprofiler.measures import Measures, Part
from engines.structureprofiler.subject import AtomName, Complex, Mask, Subject

NEIGHBOURHOOD = 12.0
"""Angstrom around a placed ligand within which atoms share its density: two radii of an atom on either side."""
_CHAIN = 'placed'


class Support:
    """
    Density support of a complex.

    :param complex_: the complex
    :param file: its map
    :raises EngineError: if the map cannot be used
    """

    def __init__(self, complex_: Complex, file: Path) -> None:
        self.whole = complex_
        self.density: Density = read_density(file, complex_.source.structure)
        complex_.notes += self.density.notes
        self.scores: dict[ResidueKey, list[AtomScore]] = {}
        for item in score(complex_.source.structure, self.density):
            self.scores.setdefault(item.residue, []).append(item)

    def measure_site(self, owners: list[int], measures: Measures) -> None:
        """
        The residue with the least support.

        :param owners: residues of a site
        :param measures: gets the value; unknown where the map has no values
        """
        keys = [self.whole.system.members[owner].key for owner in owners]
        found = [(self._known(self.scores.get(key, ())), key) for key in dict.fromkeys(keys)]
        parts = [Part(ediam([v for v, _ in atoms]), tuple(n for _, n in atoms)) for atoms, _ in found if atoms]
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
            scores = score(self._with_placed(subject, gone), self.density)
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

    def _with_placed(self, subject: Subject, gone: Mask) -> gemmi.Structure:
        """
        What is around a ligand from a file, with the ligand.

        :param subject: the ligand
        :param gone: atoms that are not there when it is
        :returns: a structure with the residues near it, those whose symmetry copies are near among them
        """
        whole, system = self.whole, self.whole.system
        there = np.flatnonzero(~gone)
        places, points = system.positions[there], subject.points
        near = set(near_pairs(places, points, NEIGHBOURHOOD)[0].tolist())
        for _, _, atoms in images(whole.source.structure, points, places, NEIGHBOURHOOD):
            near.update(atoms.tolist())
        owners = {system.owner[int(there[i])] for i in near}
        result = whole.source.structure.clone()
        model, first = gemmi.Model(1), whole.source.structure[0]
        number = 0
        for chain in first:
            kept = gemmi.Chain(chain.name)
            for residue in chain:
                if number in owners:
                    kept.add_residue(residue)
                number += 1
            model.add_chain(kept)
        model.add_chain(_placed_chain(subject))
        del result[0]
        result.add_model(model)
        result.remove_empty_chains()
        return result


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
