"""Part e: how long an index takes and how long a query."""

import json
import subprocess
import sys
from pathlib import Path

from ..harness import ROOT, Verdict, cost_of, section, table

_INDEX, _QUERY = 10.0, 1.0
_TRIES = 3
_SITES = (('ldh/1i10_A', 'NAI'), ('ldh/1emd_A', 'NAD'), ('ldh/9ldb_A', 'NAD'))
_RUN = """
import json, sys, time
from pathlib import Path
import rdkit.Chem
from engines.siena import pipeline
from engines.siena.cli import parser
from engines.siena.options import Options
arguments = parser().parse_args(sys.argv[1:])
times = []
for number in range(6):
    arguments.output = Path(f'{sys.argv[6]}{number}')
    start = time.monotonic()
    found = pipeline.run_siena(arguments, Options())
    times.append(time.monotonic() - start)
print(json.dumps([min(times), found['found'], found['members']]))
"""


def report(data: Path, work: Path, verdicts: list[Verdict]) -> str:
    """
    :param data: folder with ``families`` and ``entries``
    :param work: folder
    :param verdicts: gets two
    :returns: part e of the report
    """
    folder = work / 'chains'
    folder.mkdir()
    files = [*sorted((data / 'families' / 'ldh').iterdir()), *sorted((data / 'families' / 'trypsins').iterdir())]
    files += [data / 'entries' / name for name in ('4agm.pdb', '1hvr.pdb', '1hpv.pdb', '1ake.cif.gz', '1hel.pdb')]
    for file in files:
        (folder / file.name).symlink_to(file)
    index = work / 'speed.sqlite'
    builder = str(ROOT / 'bin' / 'siena' / 'generate_siena_database')
    tries = []
    for _ in range(_TRIES):
        index.unlink(missing_ok=True)
        tries.append(cost_of([builder, '-b', str(index), '-d', str(folder)]))
    again = cost_of([builder, '-b', str(index), '-d', str(folder)])
    best = min(tries)
    verdicts.append(Verdict('index of 423 chains', f'< {_INDEX:g} s', f'{best.seconds:.1f} s', best.seconds < _INDEX))
    rows: list[tuple[object, ...]] = [
        ('index of 423 chains in 419 files', '', f'{best.seconds:.2f}', f'{best.cpu:.2f}', f'{best.megabytes:.0f}'),
        ('once more, nothing has changed', '', f'{again.seconds:.2f}', f'{again.cpu:.2f}', f'{again.megabytes:.0f}'),
    ]
    slowest = 0.0
    for name, ligand in _SITES:
        protein, sdf = _prepared(data / 'families' / f'{name}.pdb.gz', ligand, work)
        argv = ['--protein', str(protein), '--database', str(index), '--output', f'{work}/out', '--ligand', str(sdf)]
        whole = min(cost_of([str(ROOT / 'bin' / 'siena' / 'siena'), *argv]) for _ in range(_TRIES))
        done = subprocess.run([sys.executable, '-c', _RUN, *argv], check=True, capture_output=True, text=True, cwd=ROOT)
        seconds, found, members = json.loads(done.stdout)
        slowest = max(slowest, seconds)
        what = f'query: {name.partition("/")[2]} {ligand}, {found} found, {members} written'
        rows.append((what, f'{seconds:.2f}', f'{whole.seconds:.2f}', f'{whole.cpu:.2f}', f'{whole.megabytes:.0f}'))
    verdicts.append(
        Verdict('query over 423 chains after import', f'< {_QUERY:g} s', f'{slowest:.2f} s', slowest < _QUERY)
    )
    heads = ('what', 'after import, s', 'process, s', 'processor, s', 'memory, MB')
    about = (
        'The fastest of several runs. After import: reading the query, search, alignment, superposition, the table, '
        'and writing all superposed structures with their ligands.'
    )
    return section('e. How long does it take?', about, table(heads, rows))


def _prepared(file: Path, ligand: str, work: Path) -> tuple[Path, Path]:
    """
    :param file: a structure
    :param ligand: residue name of one of its ligands
    :param work: folder
    :returns: its protein and this ligand, as the server has them
    """
    folder = work / f'query-{file.name}'
    program = str(ROOT / 'bin' / 'preprocessor' / 'preprocessor')
    subprocess.run([program, '--protein', str(file), '--outdir', str(folder)], check=True, capture_output=True)
    return next(folder.glob('*.pdb')), next(folder.glob(f'{ligand}_*.sdf'))
