"""What an engine tells the user about a result: one code, one subject, one sentence."""

import json
from collections.abc import Iterable
from pathlib import Path
from typing import NamedTuple


class Note(NamedTuple):
    """
    One observation on the input or the result.

    :param code: stable dotted name of the kind of note, such as ``ligand.additive``
    :param subject: what it is about, such as ``GOL_A_401``, or empty for the whole structure
    :param message: sentence for a chemist
    """

    code: str
    subject: str
    message: str


def write_notes(path: Path, notes: Iterable[Note]) -> None:
    """
    Write notes as the JSON that the server reads.

    :param path: file to write; its folder is made
    :param notes: in the order in which they are shown
    """
    rows = [note._asdict() for note in notes]
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(rows, indent=1, ensure_ascii=False) + '\n', encoding='utf-8')


def listing(items: list[str], limit: int = 10) -> str:
    """
    A list for a sentence, cut where it would become unreadable.

    :param items: the items, in order
    :param limit: number of items that are named
    :returns: for example ``A, B and 3 more``
    """
    if len(items) <= limit:
        return ', '.join(items)
    return f'{", ".join(items[:limit])} and {len(items) - limit} more'


def counted(number: int, noun: str) -> str:
    """
    A number with its noun.

    :param number: how many
    :param noun: singular
    :returns: for example ``1 water`` or ``601 waters``
    """
    return f'{number:,} {noun}{"" if number == 1 else "s"}'
