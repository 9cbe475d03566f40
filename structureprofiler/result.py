"""What the page of a job shows: every test with its value and threshold, and in 3D where tests have failed."""

from collections.abc import Iterator
from typing import Any

from proteins_plus.serializers import unit_in_letters
from web import molecules
from web.results import Column, Place, Result, Row, Table

from . import columns
from .models import StructureprofilerJob
from .scene import Offender, atoms_of, failures, offenders_of
from .words import called, compared, objects, sentences, title, words

#: Places that a row names.
_NAMED = 3
_PAIR = 2
_VERDICTS = (
    Column('object', 'Object', meaning='the complex, a ligand, or the site around it'),
    Column('test', 'Test'),
    Column('verdict', 'Verdict', meaning='a test without value or threshold is not made'),
    Column('value', 'Value', meaning='what was measured'),
    Column('threshold', 'Threshold', meaning='on which side of it a value passes'),
    Column('where', 'Where', meaning='the worst places'),
    Column('meaning', 'Meaning', meaning='what a passed test says', shown=False),
    Column('name', 'Name', meaning='of the test in the API', shown=False),
)
#: What a page has room for of the values.
_SHOWN = frozenset({
    'name', 'heavyAtoms', 'molecularWeight', 'logP', 'NROT', 'OWAB', 'EDIAm',
    'ligand', 'chains', 'uniprotID', 'residues', 'bFactorRatio', 'residueEDIAm',
    'method', 'resolution', 'DPI', 'rFactor', 'rFree', 'ramachandranFavored', 'clashscore', 'pLDDT',
})  # fmt: skip
_TABLES = {'complex': 'Complex', 'ligands': 'Ligands', 'active_sites': 'Sites'}


def result(job: StructureprofilerJob) -> Result:
    """
    :param job: that has succeeded
    :returns: its verdicts
    """
    protein = molecules.stored_protein(job.input_protein_id)
    output = molecules.given(job.output_data)
    given = job.input_ligand
    beside = [*([given] if given else []), *molecules.ligands_of(protein)]
    names = [ligand.name for ligand in beside]
    data = output.output_data
    return Result(
        sentences=tuple(sentences(data)),
        scenes=(failures(protein, names, data, output.offenders),),
        tables=(
            Table(
                'verdicts',
                'Tests',
                _VERDICTS,
                tuple(_verdicts(data, output.offenders)),
                'Of each object, those that have failed first.',
            ),
            *_values(data),
        ),
        files=(
            *molecules.protein_files(protein, 'The structure'),
            *molecules.ligand_files(
                bool(beside),
                lambda: ''.join(ligand.titled() for ligand in beside),
                'The ligands beside it as an SD file, a given one first',
            ),
            molecules.json_file('profile', 'Values, thresholds and verdicts', data),
            molecules.json_file('offenders', 'Where tests have failed: residues and atoms', output.offenders),
        ),
    )


def _verdicts(data: dict[str, Any], offenders: dict[str, Any]) -> Iterator[Row]:
    """
    :param data: a result
    :param offenders: where tests have failed
    :returns: a row for each test of each object
    """
    for table, number, row in objects(data):
        places = offenders_of(offenders, table.key, number)
        units = {column.name: unit_in_letters(column.unit) for column in table.values}
        for test in _failed_first(table.tests, row):
            yield _verdict(called(table, row), test, row, compared(test, row, units), places.get(test.name, []))


def _failed_first(tests: tuple[columns.Test, ...], row: dict[str, Any]) -> list[columns.Test]:
    """
    :param tests: of a part of the result
    :param row: of an object of it
    :returns: those that have failed, those that were passed, those that were not made
    """
    ranks = {False: 0, True: 1, None: 2}
    return sorted(tests, key=lambda test: ranks[row.get(test.name)])


def _verdict(
    name: str, test: columns.Test, row: dict[str, Any], parts: list[tuple[str, str]], places: list[Offender]
) -> Row:
    """
    :param name: of the object
    :param test: a test of it
    :param row: values, thresholds and verdicts of the object
    :param parts: values and bounds that were compared
    :param places: where it has failed
    :returns: a row
    """
    verdict = row.get(test.name)
    cells = {
        'object': name,
        'test': title(test),
        'verdict': 'not tested' if verdict is None else 'passed' if verdict else 'failed',
        'value': '; '.join(dict.fromkeys(value for value, _ in parts)),
        'threshold': '; '.join(bound for _, bound in parts if bound),
        'where': '' if verdict else _where(places),
        'meaning': test.meaning,
        'name': test.name,
    }
    found = () if verdict else tuple(place for entry in places for place, _ in atoms_of(entry))
    return Row(cells, tuple(dict.fromkeys(found)))


def _where(places: list[Offender]) -> str:
    """
    :param places: where a test has failed, the worst first
    :returns: the first of them in words
    """
    told = [' \u2013 '.join(_named(entry['atoms'])) for entry in places[:_NAMED]]
    more = f' and {len(places) - _NAMED} more' if len(places) > _NAMED else ''
    return '; '.join(told) + more


def _named(atoms: list[dict[str, str]]) -> list[str]:
    """
    :param atoms: of one place
    :returns: the atoms of a pair in words; of more atoms than two the residues
    """
    parts = ('residue', 'chain', 'position', 'atom') if len(atoms) <= _PAIR else ('residue', 'chain', 'position')
    return list(dict.fromkeys(' '.join(filter(None, (atom[part] for part in parts))) for atom in atoms))


def _values(data: dict[str, Any]) -> Iterator[Table]:
    """
    :param data: a result
    :returns: a table for each part of it, with all it says; the page shows what is asked for most
    """
    for table in sorted(columns.TABLES, key=lambda table: list(_TABLES).index(table.key)):
        part = data[table.key]
        rows = [part] if table.key == 'complex' else list(part.values())
        if rows:
            made = tuple(_column(column, rows) for column in table.columns)
            cells = [{name: _cell(value) for name, value in row.items()} for row in rows]
            others = dict.fromkeys(name for row in rows for name in row if name not in {each.key for each in made})
            more = tuple(Column(name, name, shown=False) for name in others)
            yield Table(table.key, _TABLES[table.key], made + more, tuple(Row(each, _places(each)) for each in cells))


def _column(column: columns.Column, rows: list[dict[str, Any]]) -> Column:
    """
    :param column: of the engine
    :param rows: of a part of the result
    :returns: the column, shown if it is asked for and any row has it
    """
    numeric = column.type in (columns.NUMBER, columns.INTEGER)
    shown = column.name in _SHOWN and any(column.name in row for row in rows)
    heading = words(column.name)
    return Column(column.name, heading, unit_in_letters(column.unit), column.meaning, numeric, shown)


def _cell(value: object) -> str:
    """
    :param value: of a result
    :returns: it as text
    """
    if isinstance(value, bool):
        return 'passed' if value else 'failed'
    return str(value)


def _places(cells: dict[str, str]) -> tuple[Place, ...]:
    """
    :param cells: of a ligand or site
    :returns: where the ligand is
    """
    return molecules.ligand_places(cells.get('ligand') or cells.get('name', ''))
