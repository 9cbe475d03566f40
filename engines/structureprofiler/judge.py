"""Turns values and thresholds into verdicts, and names the atoms that are to blame."""

from dataclasses import dataclass

from engines.structureprofiler.columns import AT_MOST, Criterion, Table
from engines.structureprofiler.measures import Measures, Part, Value
from engines.structureprofiler.subject import AtomName
from engines.structureprofiler.thresholds import Limits

MOST_OFFENDERS = 200
"""Places that are named for each test; a structure that is wrong throughout would fill megabytes."""
Offender = dict[str, object]


@dataclass
class Judged:
    """
    An object with its verdicts.

    :param row: all columns of its table; None for what is unknown or was not tested
    :param offenders: by test the places that are to blame
    """

    row: dict[str, Value]
    offenders: dict[str, list[Offender]]


def judge(table: Table, measures: Measures, limits: Limits) -> Judged:
    """
    Judge an object.

    :param table: that it belongs to
    :param measures: what was measured
    :param limits: the thresholds
    :returns: values, verdicts and thresholds in the order of the columns
    """
    values = measures.values
    verdicts: dict[str, Value] = {}
    offenders: dict[str, list[Offender]] = {}
    for test in table.tests:
        results = [_holds(c, measures, limits) for c in test.criteria]
        known = [result for result in results if result is not None]
        verdicts[test.name] = all(known) if known else None
        places = [place for c in test.criteria for place in _places(c, measures, limits)]
        if places:
            offenders[test.name] = places[:MOST_OFFENDERS]
    made = [verdict for verdict in verdicts.values() if verdict is not None]
    verdicts[table.summary] = all(made) if made else None
    cells = {**values, **verdicts, **limits}
    return Judged({column.name: cells.get(column.name) for column in table.columns}, offenders)


def _holds(criterion: Criterion, measures: Measures, limits: Limits) -> bool | None:
    """
    :param criterion: a comparison
    :param measures: what was measured
    :param limits: the thresholds
    :returns: whether it holds, or None if the value or the threshold is not there
    """
    if criterion.threshold not in limits:
        return None
    if criterion.value in measures.nothing:
        return True
    value = measures.values.get(criterion.value)
    if not isinstance(value, int | float):
        return None
    return _within(criterion, float(value), limits)


def _within(criterion: Criterion, value: float, limits: Limits) -> bool:
    """
    :param criterion: a comparison
    :param value: a value
    :param limits: the thresholds, that of the criterion among them
    :returns: whether the value is on the right side
    """
    limit = limits[criterion.threshold]
    return value <= limit if criterion.compare == AT_MOST else value >= limit


def _places(criterion: Criterion, measures: Measures, limits: Limits) -> list[Offender]:
    """
    The places that speak against a test.

    :param criterion: one of its comparisons
    :param measures: what was measured
    :param limits: the thresholds
    :returns: all that were counted, else those beyond the threshold, worst first
    """
    if criterion.threshold not in limits:
        return []
    parts = measures.parts.get(criterion.value, [])
    if criterion.value not in measures.counted:
        parts = [part for part in parts if not _within(criterion, part.value, limits)]
        parts.sort(key=lambda part: part.value, reverse=criterion.compare == AT_MOST)
    return [_offender(criterion.value, part) for part in parts if part.atoms]


def _offender(name: str, part: Part) -> Offender:
    """
    :param name: of the value
    :param part: a place
    :returns: it as the output has it
    """
    return {'value': name, 'amount': round(part.value, 4), 'atoms': [_atom(atom) for atom in part.atoms]}


def _atom(atom: AtomName) -> dict[str, str]:
    """
    :param atom: an atom
    :returns: it as the output has it; ``position`` is the residue number with the insertion code, as sites have it
    """
    chain, number, icode, residue = atom.key
    place = {'chain': chain, 'position': f'{number}{icode}', 'residue': residue, 'atom': atom.name}
    return place | ({'altloc': atom.label} if atom.label else {})
