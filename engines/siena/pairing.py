"""
Mends an alignment by geometry. Beside a gap a sequence alone cannot tell which of two neighbours stands for a residue;
where they are can.
"""

import numpy as np

from engines.siena.alignment import NONE, Indices
from engines.siena.geometry import Points, superpose

_CA = 1
_FITS = 2.0
"""Angstrom between the CA of a pair that is right."""
_REACH = 3.5
"""Angstrom between the CA of a pair that may be right; neighbours are 3.8 apart."""
_ROUNDS = 3
_LEAST = 4
_LONGEST = 60
"""Residues between two pairs that fit; what is longer stays as it is."""


def mend(own: Points, there: Points, partners: Indices, places: Indices) -> Indices:
    """
    :param own: backbone of a chain of the query, shape (n, 4, 3), Angstrom
    :param there: backbone of a chain of the index, shape (m, 4, 3)
    :param partners: index in the latter of each residue of the query, -1 for none
    :param places: residues of the query that count
    :returns: partners of all residues. Between two pairs that fit, with more residues on one side than on the other,
        those that lie on each other are paired; what does not lie on anything keeps its partner if the order allows it
    """
    paired = np.flatnonzero(partners >= 0)
    if (np.diff(paired) == np.diff(partners[paired])).all():
        return partners
    moved = _superposed(own[:, _CA], there[:, _CA], partners, places)
    if moved is None:
        return partners
    result = partners.copy()
    apart = np.linalg.norm(moved[partners[paired]] - own[paired, _CA], axis=1)
    fitting = paired[apart <= _FITS]
    for before, behind in zip(fitting[:-1].tolist(), fitting[1:].tolist(), strict=True):
        queries = np.arange(before + 1, behind)
        targets = np.arange(partners[before] + 1, partners[behind])
        if (
            len(queries) == len(targets)
            or max(len(queries), len(targets)) > _LONGEST
            or not np.isin(places, queries).any()
        ):
            continue
        distances = np.linalg.norm(own[queries, None, _CA] - moved[None, targets], axis=2)
        found = {int(queries[i]): int(targets[j]) for i, j in _lying_on(distances)}
        result[queries] = [_partner(place, int(partners[place]), found) for place in queries.tolist()]
    return result


def _partner(place: int, partner: int, found: dict[int, int]) -> int:
    """
    :param place: residue of the query
    :param partner: that the sequence gives it, or -1
    :param found: partners by geometry
    :returns: its partner
    """
    if place in found:
        return found[place]
    fits = partner != NONE and all(
        (other < place) == (there < partner) and there != partner for other, there in found.items()
    )
    return partner if fits else NONE


def _superposed(own: Points, there: Points, partners: Indices, places: Indices) -> Points | None:
    """
    :param own: CA of the query, shape (n, 3), Angstrom
    :param there: CA of the target, shape (m, 3)
    :param partners: see :func:`mend`
    :param places: residues of the query that count
    :returns: CA of the target, superposed on the pairs that fit each other; None if there are too few
    """
    chosen = places[partners[places] >= 0]
    chosen = chosen[np.isfinite(own[chosen]).all(1) & np.isfinite(there[partners[chosen]]).all(1)]
    kept, moved = chosen, None
    for _ in range(_ROUNDS):
        if len(kept) < _LEAST:
            break
        moved = superpose(own[kept], there[partners[kept]]).apply(there)
        apart = np.linalg.norm(moved[partners[chosen]] - own[chosen], axis=1)
        kept = chosen[apart <= max(_FITS, float(np.median(apart)))]
    return moved


def _lying_on(distances: Points) -> list[tuple[int, int]]:
    """
    :param distances: of each residue of the query to each of the target, Angstrom, shape (n, m)
    :returns: pairs in the order of both chains, as many and as near as possible
    """
    worth = np.nan_to_num(np.clip(1 - (distances / _REACH) ** 2, 0, None))
    rows, columns = worth.shape
    best = np.zeros((rows + 1, columns + 1))
    for i in range(rows - 1, -1, -1):
        for j in range(columns - 1, -1, -1):
            best[i, j] = max(best[i + 1, j], best[i, j + 1], worth[i, j] + best[i + 1, j + 1])
    i = j = 0
    pairs = []
    while i < rows and j < columns:
        if worth[i, j] and best[i, j] == worth[i, j] + best[i + 1, j + 1]:
            pairs.append((i, j))
            i, j = i + 1, j + 1
        elif best[i, j] == best[i + 1, j]:
            i += 1
        else:
            j += 1
    return pairs
