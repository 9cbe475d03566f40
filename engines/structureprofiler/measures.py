"""What the measurements hand over: values by name, and for each value the atoms that it is about."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import NamedTuple

from engines.structureprofiler.subject import AtomName

Value = str | int | float | None
"""None for what could not be measured."""


class Part(NamedTuple):
    """One of the things of which a value is the worst: its own value, and its atoms."""

    value: float
    atoms: tuple[AtomName, ...]


@dataclass
class Measures:
    """
    What was measured on an object.

    :param values: by name
    :param parts: of a value, by its name
    :param counted: names of the values that count their parts, all of which are noteworthy
    :param nothing: names of the values of which there was nothing to measure, so that nothing is wrong either
    """

    values: dict[str, Value] = field(default_factory=dict)
    parts: dict[str, list[Part]] = field(default_factory=dict)
    counted: set[str] = field(default_factory=set)
    nothing: set[str] = field(default_factory=set)

    def worst(self, name: str, parts: Iterable[Part], highest: bool = True) -> None:
        """
        Set a value to the worst of its parts.

        :param name: of the value
        :param parts: what was measured; without any the value stays unknown, and the test is passed
        :param highest: whether the highest or the lowest is the worst
        """
        found = list(parts)
        values = [part.value for part in found]
        self.values[name] = (max(values) if highest else min(values)) if values else None
        self.parts[name] = found
        if not found:
            self.nothing.add(name)

    def count(self, name: str, parts: list[Part], share_of: int | None = None) -> None:
        """
        Set a value to the number of its parts, or to their share.

        :param name: of the value
        :param parts: what was counted
        :param share_of: of how many they are a share in percent; the share of nothing stays unknown
        """
        self.values[name] = len(parts) if share_of is None else 100 * len(parts) / share_of if share_of else None
        self.parts[name] = parts
        self.counted.add(name)
