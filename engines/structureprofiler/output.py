"""Writes the tables that the published program writes, and the whole result as JSON."""

import json
from collections.abc import Sequence
from pathlib import Path

from engines.structureprofiler.columns import TABLES, Table
from engines.structureprofiler.judge import Judged
from engines.structureprofiler.measures import Value

DIGITS = 6
"""Significant digits of numbers."""


def cell(value: Value) -> str:
    """
    A value in a table.

    :param value: of any type
    :returns: ``passed`` or ``failed`` for verdicts; empty for what is unknown
    """
    if value is None:
        return ''
    if isinstance(value, bool):
        return 'passed' if value else 'failed'
    if isinstance(value, float):
        return f'{value:.{DIGITS}g}'
    return ' '.join(str(value).split())


def write_table(folder: Path, stem: str, table: Table, objects: Sequence[Judged]) -> None:
    """
    Write a table with a line for each column and a cell for each object, tabs between them.

    :param folder: to write to
    :param stem: start of the file's name
    :param table: the table
    :param objects: its objects; without any the lines hold their names alone
    """
    lines = ['\t'.join([c.name, *(cell(item.row[c.name]) for item in objects)]) for c in table.columns]
    (folder / f'{stem}{table.file}.csv').write_text('\n'.join(lines) + '\n', encoding='utf-8')


def write_all(folder: Path, stem: str, head: dict[str, object], objects: dict[str, list[Judged]]) -> None:
    """
    Write the tables and ``profile.json``.

    :param folder: to write to; made if need be
    :param stem: start of the names of the tables
    :param head: what stands at the start of the JSON
    :param objects: by table
    """
    folder.mkdir(parents=True, exist_ok=True)
    content: dict[str, object] = dict(head)
    blame: dict[str, object] = {}
    for table in TABLES:
        items = objects[table.key]
        write_table(folder, stem, table, items)
        rows = [_known(item.row) for item in items]
        whole = table.key == 'complex'
        content[table.key] = rows[0] if whole else {str(i): row for i, row in enumerate(rows, 1)}
        blame[table.key] = items[0].offenders if whole else {str(i): x.offenders for i, x in enumerate(items, 1)}
    content['offenders'] = blame
    text = json.dumps(content, indent=1, ensure_ascii=False, allow_nan=False)
    (folder / 'profile.json').write_text(text + '\n', encoding='utf-8')


def _known(row: dict[str, Value]) -> dict[str, Value]:
    """
    :param row: of a table
    :returns: what is known of it, with the digits that mean something
    """
    known = ((name, value) for name, value in row.items() if value is not None)
    return {name: float(f'{value:.{DIGITS}g}') if isinstance(value, float) else value for name, value in known}
