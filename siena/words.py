"""An ensemble in sentences: what a reader wants to know first."""

from collections.abc import Callable, Iterator
from typing import Any

Row = dict[str, Any]
_MOST = 8


def ensemble(get: Callable[[str], dict[str, Any]], job: dict[str, Any]) -> Iterator[str]:
    """
    For ``manage.py demo``.

    :param get: reads a route below ``/api/v2/``
    :param job: a successful job as clients see it
    :returns: sentences
    """
    info = get(f'siena/info/{job["output_info"]}/') if job['output_info'] else {'statistic': [], 'further': []}
    yield from sentences(info['statistic'], info['further'])


def sentences(rows: list[Row], further: list[Row]) -> Iterator[str]:
    """
    :param rows: of the ensemble
    :param further: what else was found
    :returns: how much it is, how much it differs, and what is bound
    """
    if not rows:
        yield 'The archive has no site like this one.'
        return
    codes = list(dict.fromkeys(str(row['PDB code']) for row in rows))
    more = f', and {len(further)} more in a table' if further else ''
    plural = len(rows) > 1
    yield f'The site is found {len(rows)} time{"s" * plural} in {listed(codes)}{more}.'
    largest = max(rows, key=lambda row: float(row['Backbone RMSD']))
    mutated = sum(bool(row['Mutations']) for row in rows)
    yield (
        f'Its backbone differs by up to {float(largest["Backbone RMSD"]):.1f} \u00c5 ({largest["PDB code"]}); '
        f'{mutated or "none"} of them {"has" if mutated == 1 else "have"} mutations in the site.'
    )
    ligands = [name for row in rows if row['Ligands'] for name in str(row['Ligands']).split(', ')]
    kinds = sorted({name.partition('_')[0] for name in ligands})
    if kinds:
        yield f'In the site {"are" if len(kinds) > 1 else "is"} {listed(kinds)}.'


def listed(words: list[str]) -> str:
    """
    :param words: at least one
    :returns: them in a sentence, cut where it would become unreadable
    """
    if len(words) > _MOST:
        return f'{", ".join(words[:_MOST])} and {len(words) - _MOST} others'
    *rest, last = words
    return f'{", ".join(rest)} and {last}' if rest else last
