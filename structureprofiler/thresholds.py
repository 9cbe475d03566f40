"""Thresholds of a user's own."""

import json
import math
from collections.abc import Collection
from typing import Any

from proteins_plus.errors import InputError

from .columns import TABLES

_FIELD = 'thresholds'
_HINT = 'Give an object such as {"complex": {"resolutionThreshold": 2.0}, "ligands": {"OWABThreshold": null}}.'
_MAX_CHARACTERS = 20_000

Thresholds = dict[str, dict[str, float | None]]


def read_thresholds(value: Any) -> Thresholds | None:
    """
    :param value: JSON text (form posts) or the object itself
    :returns: thresholds by part of the result, in a canonical form; None for none
    :raises InputError: ``thresholds.unreadable``, ``thresholds.unknown`` or ``thresholds.value``
    """
    if value is None or value == '':
        return None
    given = _parsed(value) if isinstance(value, str) else value
    if not isinstance(given, dict) or not all(isinstance(values, dict) for values in given.values()):
        raise InputError('These are no thresholds.', 'thresholds.unreadable', _HINT, _FIELD)
    known = {table.key: {column.name for column in table.thresholds} for table in TABLES}
    for part, values in given.items():
        _check_known(part, known, 'part')
        for name in values:
            _check_known(name, known[part], 'threshold')
    found = {part: {name: _number(name, limit) for name, limit in values.items()} for part, values in given.items()}
    return {part: values for part, values in found.items() if values} or None


def _parsed(text: str) -> Any:
    """
    :param text: JSON text
    :returns: what it says
    :raises InputError: ``thresholds.unreadable``
    """
    try:
        if len(text) > _MAX_CHARACTERS:
            raise ValueError('too long')
        return json.loads(text)
    except (ValueError, RecursionError):
        raise InputError('The thresholds are not JSON.', 'thresholds.unreadable', _HINT, _FIELD) from None


def _check_known(name: object, known: Collection[str], word: str) -> None:
    """
    :param name: that was given
    :param known: those that there are
    :param word: what they are names of
    :raises InputError: ``thresholds.unknown``
    """
    if name not in known:
        hint = f'There are {", ".join(sorted(known))}.'
        raise InputError(f'There is no {word} {ascii(name)[:80]}.', 'thresholds.unknown', hint, _FIELD)


def _number(name: object, limit: object) -> float | None:
    """
    :param name: of a threshold
    :param limit: its value
    :returns: the value; None leaves the test out
    :raises InputError: ``thresholds.value`` if it is no finite number
    """
    if limit is None:
        return None
    try:
        number = float(limit) if isinstance(limit, int | float) and not isinstance(limit, bool) else math.nan
    except OverflowError:  # of an integer, which JSON does not bound
        number = math.nan
    if not math.isfinite(number):
        raise InputError(f'{name} has to be a number or null.', 'thresholds.value', _HINT, _FIELD)
    return number
