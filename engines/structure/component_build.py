"""
Builds the component dictionary (CCD) as an SQLite file, once, at set-up.

Source is the Chemical Component Dictionary of the wwPDB (Westbrook et al. 2015, doi:10.1093/bioinformatics/btu789),
CC0, in the BinaryCIF copy that the biotite wheel carries. Engines read the SQLite file with the standard library alone:
importing biotite and unpacking its dictionary would cost every job seconds and 840 MB.
"""

import argparse
import hashlib
import importlib.util
import json
import os
import sqlite3
import sys
import tempfile
import zlib
from collections.abc import Iterator
from contextlib import closing
from importlib.metadata import PackageNotFoundError, version
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Any

from engines.errors import EngineError

if TYPE_CHECKING:
    import numpy as np

Column = dict[str, Any]
"""One column as BinaryCIF encodes it."""

SCHEMA_VERSION = '1'
"""Changes with the layout of the file; a file of another version is built anew."""

_CHUNK = 10000
"""Components turned into Python objects at a time, which bounds the memory."""

_SCHEMA = """
CREATE TABLE meta (key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE component (
    id TEXT PRIMARY KEY, name TEXT NOT NULL, type TEXT NOT NULL, formula TEXT NOT NULL, parent TEXT NOT NULL,
    one_letter TEXT NOT NULL, replaced_by TEXT NOT NULL, status TEXT NOT NULL, data BLOB NOT NULL
);
"""
_ROW_COLUMNS = (
    'id', 'name', 'type', 'formula', 'mon_nstd_parent_comp_id', 'one_letter_code', 'pdbx_replaced_by',
    'pdbx_release_status',
)  # fmt: skip
_ATOM_COLUMNS = (
    'atom_id', 'alt_atom_id', 'type_symbol', 'pdbx_leaving_atom_flag', 'pdbx_stereo_config', 'charge',
    'pdbx_model_Cartn_x_ideal', 'pdbx_model_Cartn_y_ideal', 'pdbx_model_Cartn_z_ideal',
)  # fmt: skip
_UNKNOWN = -(2**31)
"""Stands for a coordinate that the dictionary does not give."""
_ORDERS = {b'SING': 1, b'DOUB': 2, b'TRIP': 3}
_BOND_COLUMNS = ('atom_id_1', 'atom_id_2', 'value_order', 'pdbx_stereo_config')


def source_path() -> Path:
    """
    The BinaryCIF dictionary inside the installed biotite, found without importing biotite.

    :returns: path of the file
    :raises EngineError: if biotite or its dictionary is not installed (``components.no_source``)
    """
    spec = importlib.util.find_spec('biotite')
    if spec is not None and spec.submodule_search_locations:
        path = Path(spec.submodule_search_locations[0]) / 'structure' / 'info' / 'components.bcif'
        if path.is_file():
            return path
    raise EngineError(
        'components.no_source',
        'The component dictionary of the biotite package is not installed.',
        'pip install biotite',
    )


def fingerprint(source: Path) -> dict[str, str]:
    """
    What a built file must have been built from to be up to date.

    :param source: BinaryCIF dictionary
    :returns: schema version, version of biotite and SHA-256 of the source
    """
    try:
        biotite_version = version('biotite')
    except PackageNotFoundError:
        biotite_version = 'unknown'
    with source.open('rb') as stream:
        digest = hashlib.file_digest(stream, 'sha256').hexdigest()
    return {'schema': SCHEMA_VERSION, 'biotite': biotite_version, 'sha256': digest}


def is_current(target: Path, wanted: dict[str, str]) -> bool:
    """
    Whether a built file exists, is readable and comes from the wanted source.

    :param target: SQLite file
    :param wanted: result of :func:`fingerprint`
    :returns: True if nothing needs to be built
    """
    if not target.is_file():
        return False
    try:
        with closing(sqlite3.connect(f'{target.resolve().as_uri()}?mode=ro', uri=True)) as connection:
            found = dict(connection.execute('SELECT key, value FROM meta'))
    except sqlite3.Error:
        return False
    return all(found.get(key) == value for key, value in wanted.items())


class _Table:
    """
    Columns of one category, decoded one at a time, cut into the rows of each component.

    :param category: encoded columns by name; it loses those that are decoded
    :param key: name of the column that holds the component id
    :param names: the columns to decode
    """

    def __init__(self, category: dict[str, Column], key: str, names: tuple[str, ...]) -> None:
        self.columns = [_decode(category, name) for name in names]
        ids = _decode(category, key)
        starts = [0, *(i + 1 for i in (ids[1:] != ids[:-1]).nonzero()[0].tolist()), len(ids)]
        self.ranges = {ids[a].decode(): (a, b) for a, b in pairwise(starts)}

    def rows(self, component_id: str) -> list[list[Any]]:
        """
        The values of one component.

        :param component_id: for example ATP
        :returns: one list a column
        """
        first, last = self.ranges.get(component_id, (0, 0))
        return [column[first:last].tolist() for column in self.columns]


def _decode(category: dict[str, Column], name: str) -> 'np.ndarray[Any, Any]':
    """
    Take one column out of a category, in a small form: text as ASCII bytes, coordinates as integers in 1/1000
    Angstrom. A masked coordinate becomes _UNKNOWN, masked text an empty string.

    :param category: encoded columns by name; it loses the column, which frees the memory
    :param name: column name
    :returns: array with one value a row
    """
    import numpy as np  # only the build needs it
    from biotite.structure.io.pdbx.bcif import BinaryCIFColumn  # heavy; jobs never import biotite

    column = BinaryCIFColumn.deserialize(category.pop(name))
    values: np.ndarray[Any, Any] = column.data.array
    masked = None if column.mask is None else column.mask.array != 0
    if values.dtype.kind == 'f':
        values = np.rint(values * 1000).astype(np.int32)
        values[masked] = _UNKNOWN
    elif values.dtype.kind == 'U':
        values = values.astype('S')
        if masked is not None:
            values[masked] = b''
    return values


def _names(column: Column) -> list[str]:
    """
    The names of all components. The longest has 841 characters, so the fixed width array that biotite would
    decode them to needs half a gigabyte; the encoded form holds the same strings end to end.

    :param column: encoded column ``name`` of the category ``chem_comp``
    :returns: one name a component
    """
    from biotite.structure.io.pdbx.bcif import BinaryCIFData

    (code,) = column['data']['encoding']
    offsets = BinaryCIFData.deserialize({'data': code['offsets'], 'encoding': code['offsetEncoding']}).array.tolist()
    rows = BinaryCIFData.deserialize({'data': column['data']['data'], 'encoding': code['dataEncoding']}).array.tolist()
    strings = [code['stringData'][a:b] for a, b in pairwise(offsets)]
    return [strings[row] if row >= 0 else '' for row in rows]


def _text(values: list[bytes]) -> list[str]:
    """
    Text columns as Python strings.

    :param values: ASCII bytes
    :returns: the strings
    """
    return [value.decode() for value in values]


def _pack(atoms: list[list[Any]], bonds: list[list[Any]]) -> bytes:
    """
    Atoms and bonds of one component as compressed JSON; see ``components.py`` for the reader.

    :param atoms: columns of the atoms in the order of _ATOM_COLUMNS
    :param bonds: columns of the bonds in the order of _BOND_COLUMNS
    :returns: zlib-compressed UTF-8 JSON
    """
    names, old_names, elements, leaving, stereo = (_text(column) for column in atoms[:5])
    charges, *xyz = atoms[5:]
    index = {name: i for i, name in enumerate(names)}
    has_xyz = bool(names) and not any(_UNKNOWN in axis for axis in xyz)
    data = {
        'names': names,
        'old_names': {i: old for i, old in enumerate(old_names) if old != names[i]},
        'elements': elements,
        'charges': {i: charge for i, charge in enumerate(charges) if charge},
        'leaving': [i for i, flag in enumerate(leaving) if flag == 'Y'],
        'stereo': {i: label for i, label in enumerate(stereo) if label != 'N'},
        'ideal': xyz if has_xyz else None,
        'bonds': [[index[a], index[b]] for a, b in zip(_text(bonds[0]), _text(bonds[1]), strict=True)],
        'orders': [_ORDERS[order] for order in bonds[2]],
        'bond_stereo': {i: label for i, label in enumerate(_text(bonds[3])) if label != 'N'},
    }
    return zlib.compress(json.dumps(data, separators=(',', ':')).encode(), 6)


def _records(source: Path) -> Iterator[tuple[Any, ...]]:
    """
    The rows of the table ``component``, in the order of the source.

    :param source: BinaryCIF dictionary
    :returns: iterator over rows
    """
    import msgpack  # BinaryCIF is MessagePack; the package comes with biotite

    with source.open('rb') as stream:
        (content,) = msgpack.unpack(stream)['dataBlocks']
    block = {
        category['name'].removeprefix('_'): {column['name']: column for column in category['columns']}
        for category in content['categories']
    }
    del content
    category = block['chem_comp']
    names = _names(category['name'])
    heads = [names if key == 'name' else _text(_decode(category, key).tolist()) for key in _ROW_COLUMNS]
    atoms = _Table(block['chem_comp_atom'], 'comp_id', _ATOM_COLUMNS)
    bonds = _Table(block['chem_comp_bond'], 'comp_id', _BOND_COLUMNS)
    del block
    total = len(heads[0])
    for start in range(0, total, _CHUNK):
        for head in zip(*(column[start : start + _CHUNK] for column in heads), strict=True):
            yield (*head, _pack(atoms.rows(head[0]), bonds.rows(head[0])))
        print(f'component dictionary: {min(start + _CHUNK, total)} of {total} components', flush=True)


def build(target: Path, source: Path | None = None) -> bool:
    """
    Build the SQLite file unless it is up to date. A reader sees the old file or the new one, never half a file.

    :param target: SQLite file to write
    :param source: BinaryCIF dictionary, by default the one of the installed biotite
    :returns: True if the file was built, False if it was up to date
    :raises EngineError: if there is no source
    """
    source = source or source_path()
    wanted = fingerprint(source)
    if is_current(target, wanted):
        return False
    target.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(dir=target.parent, prefix=f'.{target.name}.')
    os.close(handle)
    temporary = Path(name)
    try:
        _write(temporary, source, wanted)
        temporary.chmod(0o644)
        temporary.replace(target)
    finally:
        temporary.unlink(missing_ok=True)
    return True


def _write(path: Path, source: Path, meta: dict[str, str]) -> None:
    """
    Fill an empty SQLite file and bring it to the disk.

    :param path: file to fill
    :param source: BinaryCIF dictionary
    :param meta: rows of the table ``meta``
    """
    with closing(sqlite3.connect(path)) as connection:
        connection.executescript('PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF;' + _SCHEMA)
        with connection:
            connection.executemany('INSERT INTO component VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)', _records(source))
            connection.executemany('INSERT INTO meta VALUES (?, ?)', meta.items())
    with path.open('rb') as stream:
        os.fsync(stream.fileno())


def main(arguments: list[str] | None = None) -> int:
    """
    Command line ``python -m engines.structure.component_build OUT.sqlite``.

    :param arguments: arguments without the program's name
    :returns: exit code
    """
    parser = argparse.ArgumentParser(prog='component_build', description='Build the component dictionary (CCD).')
    parser.add_argument('target', type=Path, help='SQLite file to write')
    parser.add_argument('--source', type=Path, help='BinaryCIF dictionary instead of the one of biotite')
    options = parser.parse_args(arguments)
    try:
        built = build(options.target, options.source)
    except (EngineError, OSError) as error:
        print(f'component dictionary: {error}', file=sys.stderr)
        return 1
    print(f'component dictionary: {options.target} {"built" if built else "is up to date"}')
    return 0


if __name__ == '__main__':
    sys.exit(main())
