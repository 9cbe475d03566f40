"""The geometric limits of interactions, which stand with their sources in ``thresholds.toml``."""

import tomllib
from functools import cache
from pathlib import Path

_FILE = Path(__file__).with_name('thresholds.toml')


@cache
def limits(kind: str) -> dict[str, float]:
    """
    The limits of one kind of interaction.

    :param kind: table of the file, such as ``hydrogen_bond``
    :returns: limits by name, Angstrom and degrees
    """
    table = tomllib.loads(_FILE.read_text(encoding='utf-8'))[kind]
    return {name: float(value) for name, value in table.items() if name != 'source'}
