"""Maps from reflections: MTZ and structure-factor mmCIF, with the coefficients of a 2mFo-DFc map or without."""

import os
import re
import shutil
import struct
import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import gemmi
import numpy as np

from engines.errors import EngineError
from engines.notes import Note
from engines.structure.neighbours import Array
from engines.structure.reading import decode, read_bytes

MTZ_LIMIT, CIF_LIMIT = 160 << 20, 64 << 20
"""Bytes after unpacking; text takes several times its size in memory."""
_COLUMNS = (('FWT', 'PHWT'), ('2FOFCWT', 'PH2FOFCWT'), ('2FOFCWT_fill', 'PH2FOFCWT_fill'), ('2mFoDFc', 'PHI2mFoDFc'))
"""Amplitudes and phases of 2mFo-DFc as REFMAC, Phenix, BUSTER and others call them."""
_CIF_COLUMNS = ('pdbx_FWT', 'pdbx_PHWT')
_COUNTS = re.compile(rb'NCOL\s+(\d{1,5})\s+(\d{1,10})\s')
_RATE = 4.0
"""Grid points for the shortest wave length; cubic interpolation is then right to a hundredth of sigma."""
_SECONDS = 600


class ReflectionMap(NamedTuple):
    """A map over the unit cell, the resolution of its terms in Angstrom, and notes."""

    grid: gemmi.FloatGrid
    resolution: float
    notes: list[Note]


def is_reflections(head: bytes) -> bool:
    """
    Whether a file may hold reflections.

    :param head: its first bytes, unpacked
    :returns: True for MTZ, and for what begins as mmCIF does
    """
    return head[:4] == b'MTZ ' or head.lstrip()[:1] in (b'#', b'd', b'D')


def map_of(file: Path, head: bytes, structure: gemmi.Structure, most: int) -> ReflectionMap:
    """
    Calculate a 2mFo-DFc map: of its coefficients where the file has them, else of amplitudes and the model.

    :param file: MTZ or structure-factor mmCIF, plain or gzipped
    :param head: its first bytes, unpacked
    :param structure: the model
    :param most: grid points that the map may have
    :returns: the map
    :raises EngineError: ``reflections.unreadable``, ``reflections.none``, ``map.wrong``, ``map.too_large`` or what
        Servalcat cannot do
    """
    if head[:4] == b'MTZ ':
        return _of_mtz(read_bytes(file, MTZ_LIMIT), structure, most)
    return _of_cif(decode(read_bytes(file, CIF_LIMIT)), structure, most)


def _of_mtz(content: bytes, structure: gemmi.Structure, most: int, computed: bool = False) -> ReflectionMap:
    """
    The map of an MTZ file.

    :param content: of the file
    :param structure: the model
    :param most: grid points that the map may have
    :param computed: whether Servalcat has written it
    :returns: the map
    :raises EngineError: see :func:`map_of`
    """
    _check_counts(content)
    try:
        mtz = _read_mtz(content)
    except (RuntimeError, ValueError, MemoryError) as error:
        raise _unreadable('The MTZ file cannot be read; it may be cut off.') from error
    labels = mtz.column_labels()
    found = next((pair for pair in _COLUMNS if set(pair) <= set(labels)), None)
    if found is None and not computed:
        return _computed(content, '.mtz', structure, most)
    if found is None:
        raise _unreadable('The MTZ file has no coefficients of a map.')
    values = np.array(mtz.array[:, labels.index(found[0])], np.float64)
    spacings = np.array(mtz.make_d_array(), np.float64)
    return _transformed(
        lambda rate: mtz.transform_f_phi_to_map(*found, sample_rate=rate),
        values,
        spacings,
        mtz.cell,
        mtz.spacegroup,
        structure,
        most,
    )


def _read_mtz(content: bytes) -> gemmi.Mtz:
    """
    Read an MTZ file from memory; gemmi wants a file.

    :param content: of the file
    :returns: the reflections
    """
    with tempfile.NamedTemporaryFile(suffix='.mtz') as copy:
        copy.write(content)
        copy.flush()
        return gemmi.read_mtz_file(copy.name)


def _check_counts(content: bytes) -> None:
    """
    Refuse a file whose header promises more reflections than there are.

    :param content: of an MTZ file
    :raises EngineError: ``reflections.unreadable``
    """
    for order in '<', '>':
        (place,) = struct.unpack_from(f'{order}i', content.ljust(80, b'\0'), 4)
        start = 4 * (place - 1)
        if 80 <= start < len(content) and content.startswith(b'VERS', start):
            counts = _COUNTS.search(content, start)
            if counts and 0 < int(counts[1]) * int(counts[2]) * 4 <= start:
                return
    raise _unreadable('The MTZ file is damaged or cut off.')


def _of_cif(text: str, structure: gemmi.Structure, most: int) -> ReflectionMap:
    """
    The map of a structure-factor mmCIF file; of several blocks the first with reflections counts.

    :param text: the file
    :param structure: the model
    :param most: grid points that the map may have
    :returns: the map
    :raises EngineError: see :func:`map_of`
    """
    try:
        blocks = gemmi.as_refln_blocks(gemmi.cif.read_string(text))
        block = next((block for block in blocks if block.block.find_values('_refln.index_h')), None)
    except (RuntimeError, ValueError, MemoryError) as error:
        raise _unreadable('The structure-factor file cannot be read as mmCIF.') from error
    if block is None:
        raise EngineError(
            'reflections.none', 'The file holds no reflections.',
            'A density map, an MTZ or a structure-factor mmCIF file is needed.',
        )  # fmt: skip
    if not set(_CIF_COLUMNS) <= set(block.column_labels()):
        return _computed(text.encode(), '.cif', structure, most)
    values = np.array(block.make_float_array(_CIF_COLUMNS[0]), np.float64)
    spacings = np.array(block.make_d_array(), np.float64)
    return _transformed(
        lambda rate: block.transform_f_phi_to_map(*_CIF_COLUMNS, sample_rate=rate),
        values, spacings, block.cell, block.spacegroup, structure, most,
    )  # fmt: skip


def _transformed(
    transform: Callable[[float], gemmi.FloatGrid], values: Array,
    spacings: Array, cell: gemmi.UnitCell, group: gemmi.SpaceGroup | None, structure: gemmi.Structure, most: int,
) -> ReflectionMap:  # fmt: skip
    """
    A map from its coefficients.

    :param transform: makes it, given the grid points for the shortest wave length
    :param values: amplitudes of the terms
    :param spacings: of the terms, Angstrom
    :param cell: of the reflections
    :param group: their space group
    :param structure: the model
    :param most: grid points that the map may have
    :returns: the map
    :raises EngineError: ``map.wrong``, ``map.too_large`` or ``reflections.unreadable``
    """
    notes: list[Note] = []
    settle_cell(cell, group, structure, notes)
    used = np.isfinite(values) & (values != 0) & (spacings > 0)
    if not used.any():
        raise _unreadable('All coefficients of the map are missing or 0.')
    resolution = float(spacings[used].min())
    if cell.volume * (_RATE / float(spacings.min())) ** 3 > most:
        raise EngineError(
            'map.too_large',
            'The map of these reflections would not fit into memory.',
            'Send a map with a coarser grid.',
        )
    try:
        return ReflectionMap(transform(_RATE), resolution, notes)
    except (RuntimeError, ValueError, MemoryError) as error:
        raise _unreadable('The map cannot be calculated: cell or space group are missing.') from error


def settle_cell(
    cell: gemmi.UnitCell, group: gemmi.SpaceGroup | None, structure: gemmi.Structure, notes: list[Note]
) -> None:
    """
    Refuse the data of another crystal. A model without a cell gets that of the data.

    :param cell: of the data
    :param group: space group of the data
    :param structure: the model, changed if it has no cell
    :param notes: gets a note if the model is changed
    :raises EngineError: ``map.wrong``
    """
    if not structure.cell.is_crystal() and group is not None:
        structure.cell, structure.spacegroup_hm = cell, group.hm
        message = f'The model tells no unit cell; that of the density was taken, with the space group {group.hm}.'
        notes.append(Note('map.cell', '', message))
    elif not same_cell(cell, structure.cell):
        shown = [' '.join(f'{x:.1f}' for x in one.parameters) for one in (cell, structure.cell)]
        raise EngineError(
            'map.wrong', f'The density is that of another crystal: its cell is {shown[0]}, the model has {shown[1]}.',
            'Send the density of this entry.',
        )  # fmt: skip


def same_cell(first: gemmi.UnitCell, second: gemmi.UnitCell) -> bool:
    """
    Whether two cells are those of one crystal, as rounding and refinement leave them.

    :param first: a cell
    :param second: another one
    :returns: True if both are crystals, lengths differ by at most 1 % and angles by at most 1 degree
    """
    return first.is_crystal() and second.is_crystal() and first.is_similar(second, 0.01, 1.0)


def _computed(content: bytes, suffix: str, structure: gemmi.Structure, most: int) -> ReflectionMap:
    """
    The map by sigma-A weights from amplitudes and the model, by Servalcat (Yamashita et al. 2021, Acta Cryst.
    D77:1282).

    :param content: reflections without coefficients of a map
    :param suffix: of their file
    :param structure: the model
    :param most: grid points that the map may have
    :returns: the map
    :raises EngineError: ``reflections.no_servalcat`` or ``reflections.no_map``
    """
    program = Path(sys.executable).with_name('servalcat')
    found = os.fspath(program) if program.exists() else shutil.which('servalcat')
    if found is None:
        raise EngineError(
            'reflections.no_servalcat', 'The reflections hold no map, and Servalcat, which computes one, is missing.',
            'Send a 2mFo-DFc map, or install Servalcat: pip install servalcat.',
        )  # fmt: skip
    with tempfile.TemporaryDirectory() as folder:
        data, model = Path(folder, f'data{suffix}'), Path(folder, 'model.cif')
        data.write_bytes(content)
        model.write_text(structure.make_mmcif_document().as_string(), encoding='utf-8')
        argv = [found, 'sigmaa', '-s', 'xray', '--hklin', data.name, '--model', model.name, '-o', 'map']
        try:
            subprocess.run(argv, cwd=folder, check=True, capture_output=True, timeout=_SECONDS)
            result = _of_mtz(Path(folder, 'map.mtz').read_bytes(), structure, most, computed=True)
        except (subprocess.SubprocessError, OSError) as error:
            raise EngineError(
                'reflections.no_map', 'No 2mFo-DFc map can be computed of the reflections and the model.',
                'Amplitudes or intensities with their errors are needed, and the cell of the model. Or send a map.',
            ) from error  # fmt: skip
    message = 'The 2mFo-DFc map was computed of the reflections and the model by Servalcat (sigma-A weights).'
    return result._replace(notes=[*result.notes, Note('map.computed', '', message)])


def _unreadable(message: str) -> EngineError:
    """
    The error for reflections that cannot be read.

    :param message: what is wrong
    :returns: the error
    """
    return EngineError('reflections.unreadable', message, 'Send an MTZ or a structure-factor mmCIF file, or a map.')
