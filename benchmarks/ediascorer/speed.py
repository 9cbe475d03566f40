"""e. Time and memory, also of maps that are none."""

import gzip
import os
import struct
from pathlib import Path

import gemmi
import numpy as np

from engines.ediascorer.fit import calculated
from engines.ediascorer.maps import Density
from engines.structure.reading import read_structure

from .. import harness
from .pairs import Array

ENGINE = str(harness.ROOT / 'bin' / 'ediascorer' / 'ediascorer')
GRID = 200
TRIES = 3


def section(data: Path, work: Path, ccd: Path, verdicts: list[harness.Verdict]) -> str:
    """
    :param data: folder with ``density`` and ``entries``
    :param work: folder for files
    :param ccd: component dictionary
    :param verdicts: gets the answers
    :returns: the section
    """
    work.mkdir(parents=True, exist_ok=True)
    density, large = data / 'density', data / 'entries' / '4jsv.pdb.gz'
    runs = {
        '8A6G, CCP4': (density / '8a6g.pdb', density / '8a6g_2fofc.ccp4.gz', 1.2, 250.0),
        '8A6G, MTZ': (density / '8a6g.pdb', density / '8a6g_sigmaa.mtz', 0.0, 0.0),
        '4JSV, 22,194 atoms, 200 x 200 x 200': (large, _large_map(large, work / 'large.ccp4'), 10.0, 0.0),
        '5E5Z, amplitudes, by Servalcat': (density / '5e5z.pdb', density / '5e5z.mtz', 0.0, 0.0),
    }
    rows: list[tuple[object, ...]] = []
    for name, (target, map_, seconds, megabytes) in runs.items():
        argv = [ENGINE, f'--target={target}', f'--densitymap={map_}', f'--outputfolder={work}/out', f'--ccd={ccd}']
        costs = sorted((harness.cost_of(argv) for _ in range(TRIES)), key=lambda cost: cost.seconds)
        best, most = costs[0], max(cost.megabytes for cost in costs)
        rows.append((name, f'{best.seconds:.2f}', f'{best.cpu:.2f}', f'{most:.0f}', best.code))
        if seconds:
            asked = f'under {seconds} s' + (f' and {megabytes:.0f} MB' if megabytes else '')
            good = best.code == 0 and best.cpu < seconds and (not megabytes or most < megabytes)
            verdicts.append(harness.Verdict(f'{name}: processor time', asked, f'{best.cpu:.2f} s, {most:.0f} MB', good))
    text = (
        f'The executable with all outputs; the quickest of {TRIES} runs. Wall time says little where the machine has '
        'other work, processor time does.'
    )
    heads = ('input', 'wall s', 'CPU s', 'MB', 'exit code')
    return '\n\n'.join(('## e. Time and memory', text, harness.table(heads, rows), _hostile(data, work, ccd, verdicts)))


def _large_map(target: Path, file: Path) -> Path:
    """
    :param target: a large model
    :param file: to write
    :returns: the file, its own density on 200 x 200 x 200 points
    """
    structure = read_structure(target).structure
    own = calculated(structure, Density(gemmi.FloatGrid(1, 1, 1), 0, 1, structure.resolution))
    waves = gemmi.transform_map_to_f_phi(own.grid).prepare_asu_data()
    content = gemmi.Ccp4Map()
    content.grid = waves.transform_f_phi_to_map(exact_size=[GRID] * 3)
    content.update_ccp4_header(2, True)
    content.write_ccp4_map(os.fspath(file))
    return file


def _hostile(data: Path, work: Path, ccd: Path, verdicts: list[harness.Verdict]) -> str:
    """
    :param data: folder with ``density``
    :param work: folder for files
    :param ccd: component dictionary
    :param verdicts: gets the answers
    :returns: on maps that are none
    """
    raw = (data / 'density' / '5wkd_2fofc.ccp4').read_bytes()
    mtz = (data / 'density' / '8a6g_sigmaa.mtz').read_bytes()
    huge = _changed(raw, 0, '<3i', 10_000, 10_000, 10_000)
    size = len(raw) // 4
    block = np.frombuffer(raw, '<f4', size - 336, 4 * 336).copy()
    files: dict[str, bytes] = {
        'header promises 10^12 points': huge,
        'the same, gzipped, with 2 GB of zeros': _bomb(huge, 2000),
        '2 GB of zeros, gzipped': _bomb(b'', 2000),
        'values that are no numbers': raw[: 4 * 336] + _spoilt(block, np.nan).tobytes(),
        'infinite values': raw[: 4 * 336] + _spoilt(block, np.inf).tobytes(),
        'cut off': raw[: len(raw) // 2],
        'gzip cut off': gzip.compress(raw)[:-5000],
        'byte order of another machine': _changed(raw, 212, '<I', 0x1111),
        'no map': b'hello' * 1000,
        'MTZ that promises 10^9 reflections': mtz.replace(b'NCOL', b'NCOL 15 1000000000 ', 1),
        'MTZ cut off': mtz[: len(mtz) // 2],
        '4 GB of mmCIF, gzipped': _bomb(b'data_x\n#', 4000),
    }
    rows: list[tuple[object, ...]] = []
    slowest, largest, fine = 0.0, 0.0, True
    for name, content in files.items():
        file = work / 'hostile'
        file.write_bytes(content)
        target = data / 'density' / ('8a6g.pdb' if 'MTZ' in name else '5wkd.pdb')
        cost = harness.cost_of(
            [ENGINE, f'--target={target}', f'--densitymap={file}', f'--outputfolder={work}/bad', f'--ccd={ccd}']
        )
        rows.append((name, f'{cost.cpu:.2f}', f'{cost.megabytes:.0f}', cost.code))
        slowest, largest = max(slowest, cost.cpu), max(largest, cost.megabytes)
        fine &= cost.code == 65
    good = fine and slowest < 2 and largest < 512
    verdicts.append(harness.Verdict('density that is none: refused (exit code 65)', 'within 2 s and 512 MB',
                                    f'{slowest:.2f} s, {largest:.0f} MB', good))  # fmt: skip
    heads = ('density file', 'CPU s', 'MB', 'exit code')
    return '\n\n'.join(('### What is no density', harness.table(heads, rows)))


def _changed(raw: bytes, place: int, form: str, *values: int) -> bytes:
    """
    :param raw: content of a map
    :param place: where to change it
    :param form: of the values
    :param values: to write
    :returns: the changed content
    """
    result = bytearray(raw)
    struct.pack_into(form, result, place, *values)
    return bytes(result)


def _spoilt(values: Array, value: float) -> Array:
    """
    :param values: of a map
    :param value: to put in
    :returns: the values with it
    """
    result = values.copy()
    result[len(result) // 2] = value
    return result


def _bomb(head: bytes, megabytes: int) -> bytes:
    """
    :param head: how it begins
    :param megabytes: of zeros, or of lines, that follow
    :returns: a small gzip file that unpacks to it
    """
    filler = (b'\0' if not head.startswith(b'data') else b'#\n') * (1 << 20)
    members = gzip.compress(filler, 9)
    return gzip.compress(head) + members * (megabytes * (1 << 20) // len(filler))
