"""What was found, in sentences."""

from collections.abc import Callable, Iterator
from typing import Any

Found = dict[str, Any]
#: Sites that are named.
_MOST = 4


def hits(get: Callable[[str], dict[str, Any]], job: dict[str, Any]) -> Iterator[str]:
    """
    For ``manage.py demo``.

    :param get: reads a route below ``/api/v2/``
    :param job: a successful job as clients see it
    :returns: sentences
    """
    yield from sentences(get(f'geomine/info/{job["geomine_info"]}/')['info'])


def sentences(found: Found) -> Iterator[str]:
    """
    :param found: by a search
    :returns: how much it is, and the best of it
    """
    number, entries = found['number_of_found_pockets'], found['number_of_found_pdbs']
    if not number:
        yield 'No site of the archive matches.'
        return
    more = ', and more may exist' if found.get('more_exist') else ''
    matches = 'site matches' if number == 1 else 'sites match'
    of = 'entry' if entries == 1 else 'entries'
    yield f'{number} {matches}, of {entries} {of}{more}.'
    best = [called(row) for row in found['result_table_content'][:_MOST]]
    yield f'The best: {", ".join(best)}.'


def called(row: dict[str, str]) -> str:
    """
    :param row: of the table
    :returns: entry and site, with the deviation if it has one: ``4AGM P86_A_400 (0.00 Å)``
    """
    deviation = f' ({float(row["RMSD"]):.2f} \u00c5)' if row['RMSD'] else ''
    return f'{row["PDB"]} {row["Pocket"]}{deviation}'
