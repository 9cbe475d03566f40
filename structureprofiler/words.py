"""Verdicts in sentences: what a reader wants to know first."""

import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from .columns import AT_MOST, TABLES, Criterion, Table, Test

Row = dict[str, Any]
_MOST = 3


def verdicts(get: Callable[[str], dict[str, Any]], job: dict[str, Any]) -> Iterator[str]:
    """
    For ``manage.py demo``.

    :param get: reads a route below ``/api/v2/``
    :param job: a successful job as clients see it
    :returns: sentences
    """
    yield from sentences(get(f'structureprofiler/output/{job["output_data"]}/')['output_data'])


def objects(data: dict[str, Any]) -> Iterator[tuple[Table, str, Row]]:
    """
    :param data: a result
    :returns: the complex, then each ligand followed by its site: table, number (empty for the complex) and row
    """
    tables = {table.key: table for table in TABLES}
    yield tables['complex'], '', data['complex']
    ligands, sites = data['ligands'], data['active_sites']
    for number in dict.fromkeys((*ligands, *sites)):
        for key, rows in (('ligands', ligands), ('active_sites', sites)):
            if number in rows:
                yield tables[key], number, rows[number]


def called(table: Table, row: Row) -> str:
    """
    :param table: that a row belongs to
    :param row: of an object
    :returns: what the object is called in a sentence
    """
    if table.key == 'complex':
        return 'Complex'
    return f'Site of {row.get("ligand", "")}' if table.key == 'active_sites' else str(row.get('name', ''))


def title(test: Test) -> str:
    """
    :param test: a test
    :returns: its name in words: ``noAltLocs`` is ``alternate locations``
    """
    return words(test.name.removesuffix('Test'))


def compared(test: Test, row: Row, units: Mapping[str, str]) -> list[tuple[str, str]]:
    """
    :param test: a test
    :param row: of an object
    :param units: of its values
    :returns: for each comparison that could be made the value, with its unit, and the bound
    """
    there = (each for each in test.criteria if row.get(each.value) is not None)
    return [(f'{_figure(row[each.value])} {units.get(each.value, "")}'.strip(), _bound(each, row)) for each in there]


def sentences(data: dict[str, Any]) -> Iterator[str]:
    """
    :param data: a result
    :returns: for each object how many of its tests it passes, and those that it fails
    """
    for table, _, row in objects(data):
        made = [test for test in table.tests if isinstance(row.get(test.name), bool)]
        failed = [test for test in made if not row[test.name]]
        if not made:
            yield f'{called(table, row)}: nothing could be tested.'
        elif not failed:
            yield f'{called(table, row)}: passes all tests that were made ({len(made)}).'
        else:
            named = ', '.join(title(test) for test in failed[:_MOST])
            more = f' and {len(failed) - _MOST} more' if len(failed) > _MOST else ''
            yield f'{called(table, row)}: fails {len(failed)} of {len(made)} tests: {named}{more}.'


def _bound(criterion: Criterion, row: Row) -> str:
    """
    :param criterion: a comparison
    :param row: of an object
    :returns: its bound; empty if the program does not tell it
    """
    limit = row.get(criterion.threshold)
    sign = '\u2264' if criterion.compare == AT_MOST else '\u2265'
    return '' if limit is None else f'{sign} {_figure(limit)}'


def _figure(value: object) -> str:
    """
    :param value: a number
    :returns: it with the digits that a reader wants
    """
    return f'{value:.4g}' if isinstance(value, int | float) else str(value)


def words(name: str) -> str:
    """
    :param name: of a value: ``crystalContactDistance``
    :returns: it in words: ``crystal contact distance``
    """
    return _WORDS.get(name) or ' '.join(
        word if word.isupper() else word.lower() for word in re.findall('[A-Z]+(?![a-z])|[A-Z]?[a-z]+', name)
    )


#: Where a name does not say it by itself.
_WORDS = {
    'pLDDT': 'pLDDT',
    'logP': 'logP',
    'EDIAm': 'EDIAm',
    'residueEDIAm': 'lowest EDIAm of a residue',
    'rFactor': 'R',
    'rFree': 'Rfree',
    'rDifference': 'Rfree - R',
    'significance': 'Rfree',
    'bFactorRatio': 'ratio of B factors',
    'maxAtomBFactor': 'largest B factor',
    'altLocs': 'alternate locations',
    'noAltLocs': 'alternate locations',
    'minOccupancy': 'lowest occupancy',
    'noIntramolecularClash': 'overlap with itself',
    'noIntermolecularClash': 'overlap with the ligand',
    'noCrystalContacts': 'crystal contacts',
    'SMARTSExklusion': 'excluded patterns',
    'HETExclusion': 'additive',
    'excludedCodes': 'names of additives',
    'nofPeptideResidues': 'peptide residues',
    'NROT': 'rotatable bonds',
    'ramachandran': 'Ramachandran plot',
    'ramachandranOutliers': 'Ramachandran outliers',
    'ramachandranFavored': 'Ramachandran favoured',
    'rotamer': 'rotamers',
    'lipinskiDonors': 'Lipinski donors',
    'lipinskiAcceptors': 'Lipinski acceptors',
    'stereoCenters': 'stereocentres',
}
