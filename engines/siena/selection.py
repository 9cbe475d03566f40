"""Ranks what was found, and chooses the ensemble."""

from collections.abc import Callable, Hashable, Iterable

import numpy as np

from engines.siena.filters import occurrence_passes
from engines.siena.geometry import Points, rmsd, superpose
from engines.siena.occurrence import Occurrence
from engines.siena.options import Options, Reduction
from engines.siena.search import Found

_UNKNOWN_RESOLUTION = 99.0
_BACKBONE = frozenset({'N', 'CA', 'C', 'O'})
_LEAST = 3


def ranked(found: Found, options: Options) -> list[Occurrence]:
    """
    :param found: by a search, with their ligands
    :param options: of the search
    :returns: the occurrences that are wanted: those with the fewest mutations and gaps first, of equals the one whose
        backbone is nearest to the query's
    """
    passing = (occurrence for occurrence in found.occurrences if occurrence_passes(occurrence, options))
    result = sorted(passing, key=_order)
    if options.unique_ligands:
        result = _first_of(result, lambda occurrence: tuple(sorted(_kinds(occurrence))))
    if options.unique_sequence:
        result = _first_of(result, lambda occurrence: occurrence.global_mutations)
    return result


def _order(occurrence: Occurrence) -> tuple[object, ...]:
    """
    :param occurrence: an occurrence
    :returns: lower comes first
    """
    entry = occurrence.properties
    return (
        occurrence.mutations + occurrence.gaps,
        round(occurrence.backbone_rmsd, 3),
        entry.resolution or _UNKNOWN_RESOLUTION,
        entry.code,
        entry.file,
        occurrence.chain_names,
    )


def _kinds(occurrence: Occurrence) -> list[str]:
    """
    :param occurrence: an occurrence
    :returns: residue names of the ligands of its site that are no additives
    """
    return [name for ligand in occurrence.ligands if not ligand.additive for *_, name in ligand.residues]


def _first_of(occurrences: Iterable[Occurrence], key: Callable[[Occurrence], Hashable]) -> list[Occurrence]:
    """
    :param occurrences: in their order
    :param key: what makes two of them alike
    :returns: the first of each kind
    """
    found: dict[Hashable, Occurrence] = {}
    for occurrence in occurrences:
        found.setdefault(key(occurrence), occurrence)
    return list(found.values())


def ensemble(occurrences: list[Occurrence], options: Options) -> list[Occurrence]:
    """
    :param occurrences: that are wanted, in their order
    :param options: of the search
    :returns: at most as many of them as are asked for, in the same order
    """
    number = options.members
    if len(occurrences) <= number or options.reduction is Reduction.NONE:
        return occurrences[:number]
    if options.reduction is Reduction.LIGAND:
        first = {id(each) for each in _first_of(occurrences, lambda occurrence: tuple(sorted(_kinds(occurrence))))}
        chosen = sorted(occurrences, key=lambda each: (not _kinds(each), id(each) not in first))[:number]
    else:
        chosen = _centres(occurrences, number, options.reduction is Reduction.BACKBONE)
    kept = {id(each) for each in chosen}
    return [each for each in occurrences if id(each) in kept]


def _centres(occurrences: list[Occurrence], number: int, backbone: bool) -> list[Occurrence]:
    """
    Centres of clusters: the first, then always the one that is farthest from all centres so far, which is within a
    factor of two of the best choice (Gonzalez 1985, doi:10.1016/0304-3975(85)90224-5).

    :param occurrences: more than that
    :param number: of clusters
    :param backbone: compare N, CA, C and O alone
    :returns: one occurrence of each cluster
    """
    clouds = [_cloud(each, backbone) for each in occurrences]
    chosen, distances = [0], np.full(len(clouds), np.inf)
    while len(chosen) < number:
        last = clouds[chosen[-1]]
        distances = np.minimum(distances, [_distance(last, cloud) for cloud in clouds])
        distances[chosen] = -1.0
        chosen.append(int(np.argmax(distances)))
    return [occurrences[index] for index in chosen]


def _cloud(occurrence: Occurrence, backbone: bool) -> dict[tuple[int, str], Points]:
    """
    :param occurrence: an occurrence
    :param backbone: N, CA, C and O alone
    :returns: its atoms by residue of the site and name, Angstrom
    """
    return {key: points[1] for key, points in occurrence.atoms.items() if not backbone or key[1] in _BACKBONE}


def _distance(first: dict[tuple[int, str], Points], second: dict[tuple[int, str], Points]) -> float:
    """
    :param first: atoms
    :param second: atoms
    :returns: RMSD of the atoms that both have, superposed, Angstrom
    """
    shared = first.keys() & second.keys()
    if len(shared) < _LEAST:
        return 0.0
    here, there = (np.array([cloud[key] for key in sorted(shared)]) for cloud in (first, second))
    return rmsd(here, superpose(here, there).apply(there))
