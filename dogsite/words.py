"""A table of pockets in sentences: what a reader wants to know first."""

from collections.abc import Callable, Iterator
from typing import Any

_MOST = 3
#: Another program may have other columns.
_WORDS = {'volume': '{:.0f} \u00c5\u00b3', 'depth': '{:.1f} \u00c5 deep', 'drugScore': 'druggability {:.2f}'}


def pockets(get: Callable[[str], dict[str, Any]], job: dict[str, Any]) -> Iterator[str]:
    """
    For ``manage.py demo``.

    :param get: reads a route below ``/api/v2/``
    :param job: a successful job as clients see it
    :returns: sentences
    """
    rows = get(f'dogsite/info/{job["dogsite_info"]}/')['info'] if job['dogsite_info'] else []
    yield from sentences(rows)


def is_pocket(row: dict[str, str]) -> bool:
    """
    :param row: of a table
    :returns: whether it is a pocket, and no subpocket
    """
    return row['name'].count('_') == 1


def is_bound(row: dict[str, str]) -> bool:
    """
    :param row: of a table
    :returns: whether a ligand that was given is in it
    """
    return row.get('lig_name', '') not in ('', 'non')


def sentences(rows: list[dict[str, str]]) -> Iterator[str]:
    """
    :param rows: of a table, the best first
    :returns: how many pockets there are, and one for each of the first, and of the first with a ligand
    """
    found = [row for row in rows if is_pocket(row)]
    yield f'{len(found)} pocket{"" if len(found) == 1 else "s"}.'
    bound = [row for row in found if is_bound(row)]
    for row in [*found[:_MOST], *(row for row in bound[:1] if row not in found[:_MOST])]:
        told = [words.format(float(row[name])) for name, words in _WORDS.items() if name in row]
        if is_bound(row) and 'lig_cov' in row:
            told.append(f'holds {float(row["lig_cov"]):.0f} % of {row["lig_name"]}')
        yield f'{row["name"]}: {", ".join(told)}.'
