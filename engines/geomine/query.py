"""What is looked for. XML and JSON are read into the same object, and checked by the same schema."""

import itertools
import json
import math
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, cast

import gemmi

from engines.errors import EngineError
from engines.geomine.words import CLASSES, Interaction, Molecule, Part, Secondary, Shape

SCHEMA = Path(__file__).with_name('query.schema.json')
_WORDS: dict[str, dict[str, int]] = {
    'interaction': {item.name.lower(): item.value for item in (*Interaction, Interaction.IONIC) if item.name},
    'part': {'backbone': Part.BACKBONE, 'side_chain': Part.SIDE_CHAIN},
    'secondary_structure': {'helix': Secondary.HELIX, 'strand': Secondary.STRAND, 'coil': Secondary.COIL},
    'molecule': {item.name.lower(): item.value for item in Molecule},
}
"""The words of a point, in the numbers of the tables."""
_ANY = ('', 'ANY')


@dataclass(frozen=True)
class Range:
    """A closed range of numbers."""

    low: float = -math.inf
    high: float = math.inf


@dataclass(frozen=True)
class Point:
    """
    A point of a query. An empty set allows everything.

    :param name: its id
    :param shape: on an atom or in a ring; None for both
    :param elements: atomic numbers
    :param interactions: bits, of which one is enough
    :param residues: names, of the residue or of the standard one that it comes from
    :param parents: amino acids of its classes
    :param parts: see :class:`.Part`
    :param secondary: see :class:`.Secondary`
    :param molecules: see :class:`.Molecule`
    :param surface: square Angstrom
    :param smarts: pattern of the ligand; may be empty
    :param place: Angstrom, or None
    """

    name: str
    shape: int | None = None
    elements: frozenset[int] = frozenset()
    interactions: int = 0
    residues: frozenset[str] = frozenset()
    parents: frozenset[str] = frozenset()
    parts: frozenset[int] = frozenset()
    secondary: frozenset[int] = frozenset()
    molecules: frozenset[int] = frozenset()
    surface: Range | None = None
    smarts: str = ''
    place: tuple[float, float, float] | None = None


@dataclass(frozen=True)
class Measure:
    """A distance (two points, Angstrom), an angle (three) or a direction (of, to), by the indices of its points."""

    points: tuple[int, ...]
    range: Range


@dataclass(frozen=True)
class Query:
    """
    A query.

    :param raw: as JSON has it
    :param points: what a site has
    :param distances: between them
    :param angles: likewise
    :param directions: likewise
    """

    raw: dict[str, Any]
    points: tuple[Point, ...] = ()
    distances: tuple[Measure, ...] = ()
    angles: tuple[Measure, ...] = ()
    directions: tuple[Measure, ...] = field(default=())

    @property
    def is_placed(self) -> bool:
        """Whether its points have coordinates that hits are laid on."""
        return bool(self.points) and self.points[0].place is not None


def parse(data: object) -> Query:
    """
    Check a query and put it in the terms of the tables.

    :param data: as the schema wants it
    :returns: the query
    :raises EngineError: ``query.*``
    """
    data = _checked(data)
    points = tuple(_point(given) for given in data.get('points', ()))
    index = {point.name: i for i, point in enumerate(points)}
    if len(index) < len(points):
        raise EngineError('query.points', 'Two points have the same id.', 'Give each one of its own.')
    if len({point.place is None for point in points}) > 1:
        hint = 'Give coordinates for every point, or for none.'
        raise EngineError('query.points', 'Some points have coordinates and others have none.', hint)
    directions = tuple(_measure(item, (item['of'], item['to']), index, 180.0) for item in data.get('directions', ()))
    return Query(
        data,
        _with_shape(points, {measure.points[0] for measure in directions}),
        tuple(_measure(item, item['between'], index, math.inf) for item in data.get('distances', ())),
        tuple(_measure(item, item['between'], index, 180.0) for item in data.get('angles', ())),
        directions,
    )


def _with_shape(points: tuple[Point, ...], directed: set[int]) -> tuple[Point, ...]:
    """
    :param points: of a query
    :param directed: indices of those whose direction counts
    :returns: the same; one whose direction counts and that may be an atom or a ring is an atom, since they point
        differently
    """
    return tuple(
        replace(point, shape=Shape.ATOM.value) if i in directed and point.shape is None else point
        for i, point in enumerate(points)
    )


def _checked(data: object) -> dict[str, Any]:
    """
    :param data: what was read
    :returns: it
    :raises EngineError: ``query.schema`` with the place and the reason
    """
    from jsonschema import Draft202012Validator
    from jsonschema.exceptions import best_match

    schema = json.loads(SCHEMA.read_text(encoding='utf-8'))
    if wrong := best_match(Draft202012Validator(schema).iter_errors(data)):
        place = wrong.json_path.removeprefix('$').removeprefix('.') or 'the query'
        hint = 'docs/tools/geomine.md tells what a query may hold.'
        raise EngineError('query.schema', f'{place[:100]}: {" ".join(wrong.message.split())[:300]}.', hint)
    return cast(dict[str, Any], data)


def _words(given: object) -> list[str]:
    """
    :param given: a word, a number or a list of them; a text may have several, with commas
    :returns: the words, without those that mean anything
    """
    items = given if isinstance(given, list) else [given]
    parts = [part.strip() for item in items for part in str('' if item is None else item).split(',')]
    return [part for part in parts if part.upper() not in _ANY]


def _point(given: dict[str, Any]) -> Point:
    """
    :param given: a point as the schema wants it
    :returns: it in the terms of the tables
    :raises EngineError: ``query.word``
    """
    numbers = {name: [_number(name, word, words) for word in _words(given.get(name))] for name, words in _WORDS.items()}
    classes = [_class(word) for word in _words(given.get('amino_acid_class'))]
    place = given.get('at')
    return Point(
        given['id'],
        Shape[given['shape'].upper()].value if given.get('shape') else None,
        frozenset(_element(word) for word in _words(given.get('element'))),
        sum({1 << bit for value in numbers['interaction'] for bit in range(8) if value >> bit & 1}),
        frozenset(word.upper() for word in _words(given.get('residue'))),
        frozenset().union(*classes),
        frozenset(numbers['part']),
        frozenset(numbers['secondary_structure']),
        frozenset(numbers['molecule']),
        _range(given['surface'], given['id']) if 'surface' in given else None,
        given.get('smarts', ''),
        (float(place[0]), float(place[1]), float(place[2])) if place else None,
    )


def _number(name: str, word: str, words: dict[str, int]) -> int:
    """
    :param name: of the property
    :param word: of the query
    :param words: that the property has
    :returns: its number
    :raises EngineError: ``query.word``
    """
    value = words.get(word.lower().replace(' ', '_').replace('-', '_'))
    if value is None:
        raise EngineError('query.word', f'{word!r} is no {name.replace("_", " ")}.', f'There are {", ".join(words)}.')
    return int(value)


def _class(word: str) -> frozenset[str]:
    """
    :param word: an amino-acid class
    :returns: its amino acids
    :raises EngineError: ``query.word``
    """
    if word.lower() not in CLASSES:
        raise EngineError('query.word', f'{word!r} is no amino-acid class.', f'There are {", ".join(CLASSES)}.')
    return CLASSES[word.lower()]


def _element(word: str) -> int:
    """
    :param word: symbol or atomic number
    :returns: atomic number
    :raises EngineError: ``query.word``
    """
    element = gemmi.Element(int(word) if word.isdecimal() and len(word) < 4 else word)
    if not element.atomic_number:
        raise EngineError('query.word', f'{word!r} is no element.', 'Give its symbol or its atomic number.')
    return int(element.atomic_number)


def _range(given: dict[str, Any], name: object, low: float = -math.inf, high: float = math.inf) -> Range:
    """
    :param given: with ``min`` and ``max``
    :param name: of what it is a range, for the error
    :param low: its begin unless given
    :param high: its end unless given
    :returns: the range
    :raises EngineError: ``query.range``
    """
    result = Range(float(given.get('min', low)), float(given.get('max', high)))
    if not result.low <= result.high:
        raise EngineError('query.range', f'{name}: the least value is above the largest.', 'Exchange them.')
    return result


def _measure(given: dict[str, Any], names: Iterable[str], index: dict[str, int], high: float) -> Measure:
    """
    :param given: a distance, an angle or a direction
    :param names: of its points
    :param index: of all points by name
    :param high: the end of its range unless given
    :returns: it by the indices of its points
    :raises EngineError: ``query.points`` or ``query.range``
    """
    names = list(names)
    if unknown := [name for name in names if name not in index]:
        raise EngineError(
            'query.points', f'There is no point {unknown[0]}.', f'There are {", ".join(index) or "none"}.'
        )
    if len(set(names)) < len(names):
        raise EngineError('query.points', f'{" and ".join(names)}: a point is measured against itself.', '')
    return Measure(tuple(index[name] for name in names), _range(given, '-'.join(names), 0.0, high))


def smoothed(query: Query) -> dict[tuple[int, int], Range]:
    """
    Distances that follow from each other: no side of a triangle is longer than the other two, or shorter than their
    difference. They let the database drop what cannot become a hit earlier.

    :param query: the query
    :returns: ranges by pairs of indices, the smaller first; only those with an upper end
    """
    number = len(query.points)
    low = [[0.0] * number for _ in range(number)]
    high = [[math.inf] * number for _ in range(number)]
    for measure in query.distances:
        for i, j in itertools.permutations(measure.points):
            low[i][j] = max(low[i][j], measure.range.low)
            high[i][j] = min(high[i][j], measure.range.high)
    for k, i, j in itertools.product(range(number), repeat=3):
        if i != j and k not in (i, j):
            high[i][j] = min(high[i][j], high[i][k] + high[k][j])
    for k, i, j in itertools.product(range(number), repeat=3):
        if i != j and k not in (i, j):
            low[i][j] = max(low[i][j], low[i][k] - high[k][j], low[k][j] - high[i][k])
    pairs = itertools.combinations(range(number), 2)
    return {(i, j): Range(low[i][j], high[i][j]) for i, j in pairs if high[i][j] < math.inf}
