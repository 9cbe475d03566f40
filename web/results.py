"""
What a tool shows of a finished job. A tool's ``result.py`` has a function ``result(job)`` that gives a :class:`Result`;
pages, CSV, zip and the scene's data follow from it.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from importlib import import_module
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any, NamedTuple

from django.utils.safestring import SafeString

from proteins_plus.models import ProteinsPlusJob
from proteins_plus.tools import tool_of

from . import drawings

if TYPE_CHECKING:
    from molviewspec import State  # a sixth of what a process loads, and most draw no scene

_LIGAND_NAME = re.compile(r'[^_]+_(?P<chain>.+)_(?P<number>-?\d+)(?P<insertion_code>[A-Za-z]?)')


class Place(NamedTuple):
    """A residue in the author's numbering, as the viewer is told to look at it."""

    chain: str
    number: int
    insertion_code: str = ''

    def __str__(self) -> str:
        """
        :returns: as pages and scenes write it: ``A:45`` or ``A:46B``
        """
        return f'{self.chain}:{self.number}{self.insertion_code}'


def place_of(ligand: str) -> Place | None:
    """
    :param ligand: the name of a ligand
    :returns: where it is, if the name says so (``HET_CHAIN_NUMBER``)
    """
    if (match := _LIGAND_NAME.fullmatch(ligand)) is None:
        return None
    return Place(match['chain'], int(match['number']), match['insertion_code'])


@dataclass(frozen=True)
class Column:
    """
    A column of a table.

    :param key: in the cells of a row, and in the CSV file
    :param title: what the page says
    :param unit: of its numbers
    :param meaning: a sentence
    :param numeric: whether it is sorted and aligned as a number
    :param shown: on the page; the CSV file has every column
    """

    key: str
    title: str
    unit: str = ''
    meaning: str = ''
    numeric: bool = False
    shown: bool = True


@dataclass(frozen=True)
class Row:
    """
    A row of a table.

    :param cells: text by column; what is missing stays empty
    :param places: what the viewer looks at when the row is chosen
    :param shows: what scenes draw for it, by the names they give it; the page has a box that hides it
    """

    cells: Mapping[str, str]
    places: tuple[Place, ...] = ()
    shows: tuple[str, ...] = ()


@dataclass(frozen=True)
class Table:
    """
    A table.

    :param key: its name in URLs and file names
    :param title: its heading
    :param columns: in their order
    :param rows: in their order
    :param about: a sentence below the heading
    :param most: how many rows a page has room for, the first of them; the CSV file has every row
    """

    key: str
    title: str
    columns: tuple[Column, ...]
    rows: tuple[Row, ...]
    about: str = ''
    most: int | None = None

    def shown(self) -> tuple[Row, ...]:
        """:returns: the rows of the page"""
        return self.rows[: self.most]


class Contour(NamedTuple):
    """How a map is drawn: where its surface is, in the units of the file, and its colour (``#rrggbb``)."""

    level: float
    colour: str


@dataclass(frozen=True)
class File:
    """
    A file of the result.

    :param name: unique in the result; also what scenes call it
    :param title: what it is
    :param read: gives its content when it is asked for
    :param contour: of a map that is drawn
    """

    name: str
    title: str
    read: Callable[[], bytes]
    contour: Contour | None = None


@dataclass(frozen=True)
class Picture:
    """An image of the result: its URL, and what it shows in words."""

    url: str
    text: str


@dataclass(frozen=True)
class Drawing:
    """
    A drawing beside the 3D view; what has a place in it lights up with the same of other views.

    :param url: of its file
    :param text: what it shows in words
    :param read: gives the SVG
    """

    url: str
    text: str
    read: Callable[[], bytes]

    def inline(self) -> SafeString | None:
        """:returns: see :func:`.drawings.inline`"""
        return drawings.inline(self.read().decode())


@dataclass(frozen=True)
class Scene:
    """
    A 3D scene.

    :param key: its name in URLs
    :param title: what it shows
    :param text: the same in a sentence, for whoever cannot see it
    :param legend: colour (``#rrggbb``) and meaning
    :param build: makes it; it calls data ``files/<name>`` after the files of the result
    """

    key: str
    title: str
    text: str
    build: Callable[[], 'State']
    legend: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True)
class Result:
    """
    What is shown of a job that has succeeded.

    :param sentences: what a reader wants to know first
    :param drawings: beside the first scene
    :param scenes: the first is shown
    :param tables: in their order
    :param pictures: in their order
    :param files: in their order; all of them make the zip
    """

    sentences: tuple[str, ...] = ()
    drawings: tuple[Drawing, ...] = ()
    scenes: tuple[Scene, ...] = ()
    tables: tuple[Table, ...] = ()
    pictures: tuple[Picture, ...] = ()
    files: tuple[File, ...] = field(default=())


def result_of(job: ProteinsPlusJob) -> Result:
    """
    :param job: a job that has succeeded
    :returns: what its tool shows of it; nothing but the files every job has if the tool has no ``result.py``
    """
    module = f'{tool_of(type(job)).name}.result'
    if find_spec(module) is None:
        return Result()
    show: Callable[[Any], Result] = import_module(module).result
    return show(job)
