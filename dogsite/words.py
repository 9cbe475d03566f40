"""A table of pockets in sentences: what a reader wants to know first."""

from collections.abc import Callable, Iterator
from typing import Any

_MOST = 3


def pockets(get: Callable[[str], dict[str, Any]], job: dict[str, Any]) -> Iterator[str]:
    """
    For ``manage.py demo``.

    :param get: reads a route below ``/api/v2/``
    :param job: a successful job as clients see it
    :returns: sentences
    """
    rows = get(f'dogsite/info/{job["dogsite_info"]}/')['info'] if job['dogsite_info'] else []
    yield from sentences([row for row in rows if row['name'].count('_') == 1])


def sentences(rows: list[dict[str, str]]) -> Iterator[str]:
    """
    :param rows: of the pockets, the best first
    :returns: how many there are, and one for each of the first, and of the first with a ligand
    """
    yield f'{len(rows)} pocket{"" if len(rows) == 1 else "s"}.'
    bound = [row for row in rows if row.get('lig_name', '') not in ('', 'non')]
    for row in [*rows[:_MOST], *(row for row in bound[:1] if row not in rows[:_MOST])]:
        ligand = f', holds {float(row["lig_cov"]):.0f} % of {row["lig_name"]}' if row in bound else ''
        yield (
            f'{row["name"]}: {float(row["volume"]):.0f} \u00c5\u00b3, {float(row["depth"]):.1f} \u00c5 deep, '
            f'druggability {float(row["drugScore"]):.2f}{ligand}.'
        )
