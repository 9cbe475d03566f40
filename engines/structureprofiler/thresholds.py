"""The thresholds of a run: those of a preset, or with values of the user's own."""

import json
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from engines.errors import EngineError
from engines.structure.reading import decode, read_bytes
from engines.structureprofiler.columns import PRESETS, TABLES

Limits = dict[str, float]
"""Value of each threshold; one that is not there is not tested."""
MAX_BYTES = 100_000
MOST = 1e12
"""Largest threshold that is taken for a number."""
_FILE = Path(__file__).with_name('thresholds.toml')


def load_preset(preset: str) -> dict[str, Limits]:
    """
    The thresholds of a preset.

    :param preset: one of :data:`PRESETS`
    :returns: thresholds by table
    """
    content = _content()
    return {
        table.key: {name: float(entry[preset]) for name, entry in content[table.key].items() if preset in entry}
        for table in TABLES
    }


def patterns() -> dict[str, str]:
    """
    The patterns that exclude a ligand.

    :returns: SMARTS by name
    """
    return dict(_content()['patterns'])


def _content() -> dict[str, Any]:
    """
    The file of thresholds.

    :returns: its tables
    """
    return tomllib.loads(_FILE.read_text(encoding='utf-8'))


def choose(preset: str, own: Path | None) -> dict[str, Limits]:
    """
    The thresholds of a run.

    :param preset: one of :data:`PRESETS`
    :param own: JSON of the user's own, which take the place of those of the preset; ``null`` leaves a test out
    :returns: thresholds by table
    :raises EngineError: ``thresholds.unreadable``, ``thresholds.unknown`` or ``thresholds.value``
    """
    if preset not in PRESETS:
        raise EngineError('thresholds.preset', f'There is no preset {preset!r}.', f'There are {", ".join(PRESETS)}.')
    limits = load_preset(preset)
    if own is None:
        return limits
    given = _read(own)
    names = {table.key: {column.name for column in table.thresholds} for table in TABLES}
    for key, values in given.items():
        if key not in names or not isinstance(values, Mapping):
            raise _unknown(key, list(names))
        for name, value in values.items():
            if name not in names[key]:
                raise _unknown(f'{key}.{name}', sorted(names[key]))
            if value is None:
                limits[key].pop(name, None)
            else:
                limits[key][name] = _number(name, value)
    return limits


def _read(path: Path) -> dict[str, Any]:
    """
    The user's thresholds.

    :param path: JSON file
    :returns: the object that it holds
    :raises EngineError: ``thresholds.unreadable``
    """
    hint = 'An object is needed, such as {"complex": {"resolutionThreshold": 2.0}}.'
    try:
        content = json.loads(decode(read_bytes(path, MAX_BYTES)))
    except (ValueError, RecursionError) as error:
        raise EngineError('thresholds.unreadable', 'The file of thresholds is no JSON.', hint) from error
    if not isinstance(content, dict):
        raise EngineError('thresholds.unreadable', 'The file of thresholds holds no object.', hint)
    return content


def _number(name: str, value: object) -> float:
    """
    A threshold.

    :param name: its name
    :param value: what was given
    :returns: the same as a number
    :raises EngineError: ``thresholds.value``
    """
    if isinstance(value, bool) or not isinstance(value, int | float) or not -MOST <= value <= MOST:
        raise EngineError('thresholds.value', f'{name} has to be a number or null.', '')
    return float(value)


def _unknown(name: str, known: list[str]) -> EngineError:
    """
    The error for a name that means nothing.

    :param name: the name
    :param known: those that do
    :returns: the error
    """
    return EngineError('thresholds.unknown', f'There is no threshold {name[:80]}.', f'There are {", ".join(known)}.')
