"""Writes the table of an ensemble and its alignment."""

import csv
import io
from collections.abc import Iterable

from engines.siena.columns import COLUMNS
from engines.siena.database.reader import Index
from engines.siena.occurrence import Occurrence
from engines.siena.query import Query


def table(rows: Iterable[list[str]]) -> str:
    """
    :param rows: see :func:`row`
    :returns: semicolon-separated text with a header
    """
    stream = io.StringIO()
    writer = csv.writer(stream, delimiter=';', lineterminator='\n')
    writer.writerow([column.name for column in COLUMNS])
    writer.writerows(rows)
    return stream.getvalue()


def row(occurrence: Occurrence, index: Index) -> list[str]:
    """
    :param occurrence: an occurrence
    :param index: that it comes from
    :returns: its values in the order of the columns
    """
    entry = occurrence.properties
    numbers = index.ec_numbers(entry.key)
    deepest = [number for number in numbers if not any(other.startswith(f'{number}.') for other in numbers)]
    return [
        entry.code,
        ','.join(occurrence.chain_names),
        f'{occurrence.backbone_rmsd:.3f}',
        f'{occurrence.all_atom_rmsd:.3f}',
        f'{occurrence.identity:.3f}',
        f'{occurrence.coverage:.3f}',
        str(occurrence.mutations),
        ', '.join(occurrence.mutation_names()),
        str(occurrence.gaps),
        f'{occurrence.global_identity:.3f}',
        str(len(occurrence.global_mutations)),
        ', '.join(occurrence.true_ligands),
        ', '.join(occurrence.additives),
        str(int(occurrence.is_complete)),
        '' if entry.resolution is None else f'{entry.resolution:.2f}',
        '' if entry.year is None else str(entry.year),
        ', '.join(deepest),
        str(int(entry.electron)),
        entry.title,
    ]


def alignment(query: Query, members: Iterable[tuple[str, Occurrence]]) -> str:
    """
    :param query: the site
    :param members: name and occurrence of each
    :returns: a line for the query and one for each member: its name and a cell for each residue of the site, separated
        by ``|``
    """
    lines = [[f'query {query.code}', *query.cells()], *([name, *member.cells()] for name, member in members)]
    return ''.join(f'{"|".join(line)}\n' for line in lines)
