"""How well atoms are placed, by what the model says: B factors, occupancies, alternate locations."""

import numpy as np

from engines.structureprofiler.measures import Measures, Part
from engines.structureprofiler.subject import Complex, Indices, Subject


def mean_b(complex_: Complex, atoms: Indices) -> float | None:
    """
    Occupancy-weighted mean B factor.

    :param complex_: the complex
    :param atoms: heavy atoms
    :returns: A^2; None without atoms, and for a prediction, whose B factors are none
    """
    weights = np.array(complex_.system.occupancies)[atoms]
    total = float(weights.sum())
    return float((weights * complex_.b_factors[atoms]).sum()) / total if total > 0 else None


def measure_locations(complex_: Complex, atoms: Indices, measures: Measures) -> None:
    """
    Alternate locations and occupancies.

    :param complex_: the complex
    :param atoms: heavy atoms, with those of other conformers
    :param measures: gets the values; nothing without atoms
    """
    if not atoms.size:
        return
    system = complex_.system
    labelled = [int(a) for a in atoms if system.labels[a]]
    single = [int(a) for a in atoms if not system.labels[a]]
    measures.count('altLocs', [Part(system.occupancies[a], (complex_.name(a),)) for a in labelled])
    parts = (Part(system.occupancies[a], (complex_.name(a),)) for a in single)
    measures.worst('minOccupancy', parts, highest=False)


def measure_ligand_disorder(complex_: Complex, subject: Subject, measures: Measures, predicted: bool) -> None:
    """
    B factors, alternate locations and missing atoms of a ligand. A molecule from a file has none of them.

    :param complex_: the complex
    :param subject: the ligand
    :param measures: gets the values
    :param predicted: whether the B factors are something else
    """
    if subject.found is None:
        return
    if not predicted:
        parts = (Part(float(complex_.b_factors[a]), (complex_.name(int(a)),)) for a in subject.sites)
        measures.worst('maxAtomBFactor', parts)
        measures.values['OWAB'] = mean_b(complex_, subject.sites)
    measure_locations(complex_, subject.sites, measures)
    measures.values['missingAtoms'] = sum(map(len, subject.found.molecule.missing.values()))
    bonds = subject.found.outer_bonds
    own = set(subject.found.keys)
    ends = [(b.first, b.first_atom) if b.first in own else (b.second, b.second_atom) for b in bonds]
    names = {(atom.key, atom.name): atom for atom in subject.atoms}
    measures.count(
        'covalentBonds',
        [Part(b.length, (names[end],)) for b, end in zip(bonds, ends, strict=True) if end in names],
    )
