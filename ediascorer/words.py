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


def number(row: Row, name: str) -> float:
    """
    :param row: of a table of scores
    :param name: of a column
    :returns: its value; 0 for what has none, as nothing supports it
    """
    return float(row[name] or 0)


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
    :returns: their names and rows, the least supported first
    """
    return sorted(structures.items(), key=lambda item: number(item[1], 'EDIAm'))


def sentences(atoms: Scores, structures: Scores) -> Iterator[str]:
    """
    :param atoms: scores of atoms
    :param structures: scores of residues and ligands
    :returns: how much is well supported, one for each ligand, and the residues that are not supported
    """
    good = sum(number(row, 'EDIA') >= GOOD for row in atoms.values())
    yield f'{good} of {len(atoms)} atoms ({100 * good / max(1, len(atoms)):.0f} %) are well supported by the density.'
    known = kinds(atoms.values())
    for name, row in worst_first(structures):
        if kind(row, known) == 'm':
            yield f'{name}: {judgement(number(row, "EDIAm"))}, EDIAm {number(row, "EDIAm"):.2f}.'
    poor = [name for name, row in worst_first(structures) if kind(row, known) == 'r' and number(row, 'EDIAm') < POOR]
    if poor:
        more = f' and {len(poor) - _MOST} more' if len(poor) > _MOST else ''
        yield f'Hardly supported residues: {", ".join(poor[:_MOST])}{more}.'


def judgement(score: float) -> str:
    """
    :param score: EDIAm
    :returns: it in words
    """
    return 'well supported' if score >= GOOD else 'partly supported' if score >= POOR else 'hardly supported'
