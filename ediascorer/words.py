"""Scores in sentences: what a reader wants to know first."""

from collections.abc import Callable, Iterable, Iterator
from typing import Any

#: From here on an atom is well supported; a residue or ligand is worth a look below it.
GOOD = 0.8
#: Below it an atom has next to no density.
POOR = 0.4
#: The end of the scale.
BEST = 1.2
_MOST = 5

Row = dict[str, str]
Scores = dict[str, Row]


def support(get: Callable[[str], dict[str, Any]], job: dict[str, Any]) -> Iterator[str]:
    """
    For ``manage.py demo``.

    :param get: reads a route below ``/api/v2/``
    :param job: a successful job as clients see it
    :returns: sentences
    """
    scores = get(f'ediascorer/scores/{job["edia_scores"]}/')
    yield from sentences(scores['atom_scores'], scores['structure_scores'])


def number(row: Row, name: str) -> float | None:
    """
    :param row: of a table of scores
    :param name: of a column
    :returns: its value; None for what the map does not reach
    """
    return float(row[name]) if row[name] else None


def is_below(limit: float, row: Row, name: str) -> bool:
    """
    :param limit: a score
    :param row: of a table of scores
    :param name: of a column
    :returns: whether its value is below the limit; what has none is not
    """
    value = number(row, name)
    return value is not None and value < limit


def kinds(atoms: Iterable[Row]) -> dict[tuple[str, str, str], str]:
    """
    :param atoms: their scores
    :returns: r, m, w or t by name, chain and number of the residue or ligand
    """
    return {
        (row['Substructure name'], row['Chain'], row['Substructure id']): row.get('Structure specifier', '')
        for row in atoms
    }


def kind(row: Row, known: dict[tuple[str, str, str], str]) -> str:
    """
    :param row: of a residue or ligand
    :param known: see :func:`kinds`
    :returns: r, m, w or t; empty if it is not known
    """
    return known.get((row['Name'], row['Chain'], row['ID']), '')


def worst_first(structures: Scores) -> list[tuple[str, Row]]:
    """
    :param structures: scores of residues and ligands
    :returns: their names and rows, the least supported first, then those without a score
    """
    return sorted(structures.items(), key=lambda item: by_score(item[1], 'EDIAm'))


def by_score(row: Row, name: str) -> tuple[bool, float]:
    """
    :param row: of a table of scores
    :param name: of a column
    :returns: its place in an order: the lowest first, what has no score last
    """
    value = number(row, name)
    return value is None, value or 0.0


def sentences(atoms: Scores, structures: Scores) -> Iterator[str]:
    """
    :param atoms: scores of atoms
    :param structures: scores of residues and ligands
    :returns: how much is well supported, one for each ligand, and the residues that are not supported
    """
    scored = [value for row in atoms.values() if (value := number(row, 'EDIA')) is not None]
    good = sum(value >= GOOD for value in scored)
    if scored:
        part = f'{good} of {len(scored)} atoms ({100 * good / len(scored):.0f} %)'
        yield f'{part} are well supported by the density.'
    known, ranked = kinds(atoms.values()), worst_first(structures)
    for name, row in ranked:
        if kind(row, known) == 'm':
            yield f'{name}: {judgement(number(row, "EDIAm"))}.'
    poor = [name for name, row in ranked if kind(row, known) == 'r' and is_below(POOR, row, 'EDIAm')]
    if poor:
        more = f' and {len(poor) - _MOST} more' if len(poor) > _MOST else ''
        yield f'Hardly supported residues: {", ".join(poor[:_MOST])}{more}.'


def judgement(score: float | None) -> str:
    """
    :param score: EDIAm; None if there is none
    :returns: it in words
    """
    if score is None:
        return 'the map does not reach it'
    words = 'well supported' if score >= GOOD else 'partly supported' if score >= POOR else 'hardly supported'
    return f'{words}, EDIAm {score:.2f}'
