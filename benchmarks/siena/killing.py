"""Part g: the builder is killed at random moments."""

import random
import signal
import sqlite3
import subprocess
import time
from contextlib import closing
from pathlib import Path

from engines.siena.database.build import build
from engines.structure.components import default_path

from ..harness import ROOT, Verdict, section

KILLS = 16
_ROWS = 'SELECT file, chain.name, segments FROM chain JOIN pdbproperties ON pdbproperties.id = entry ORDER BY 1, 2'


def report(data: Path, work: Path, verdicts: list[Verdict]) -> str:
    """
    :param data: folder with ``families``
    :param work: folder
    :param verdicts: gets two
    :returns: part g of the report
    """
    folder, index, other = work / 'kill', work / 'kill.sqlite', work / 'whole.sqlite'
    folder.mkdir()
    files = sorted((data / 'families' / 'ldh').iterdir())
    for file in files[:20]:
        (folder / file.name).symlink_to(file)
    build(index, folder, default_path(), None, 2, lambda *_: None)
    old, before = index.read_bytes(), _rows(index)
    for file in files[20:]:
        (folder / file.name).symlink_to(file)
    program = [str(ROOT / 'bin' / 'siena' / 'generate_siena_database'), '-d', str(folder), '-j', '2', '-b']
    other.write_bytes(old)
    began = time.monotonic()
    subprocess.run([*program, str(other)], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=True)
    longest, finished = time.monotonic() - began, _rows(other)
    chance, wrong, published, read = random.Random(7), 0, 0, []
    for _ in range(KILLS):
        with subprocess.Popen([*program, str(index)], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as process:
            time.sleep(chance.uniform(0.1, longest))
            process.send_signal(signal.SIGKILL)
        rows = _rows(index)
        wrong += rows not in (before, finished)
        read.append(_read(index.with_name(f'{index.name}.building')))
        if rows == finished:  # it was killed on its way out, so there is a new build to kill
            published += 1
            index.write_bytes(old)
    build(index, folder, default_path(), None, 2, lambda *_: None)
    other.unlink()
    build(other, folder, default_path(), None, 2, lambda *_: None)
    same = _rows(index) == _rows(other) and _postings(index) == _postings(other)
    verdicts.append(
        Verdict(
            'the builder killed: the old index answers, or the new one if it was finished',
            'always',
            f'{KILLS - wrong} of {KILLS}',
            published < KILLS and not wrong,
        )
    )
    verdicts.append(
        Verdict(
            'the next build goes on, and its index is that of an undisturbed one', 'yes', 'yes' if same else 'no', same
        )
    )
    about = (
        f'An index of 20 files, to which {len(files) - 20} more come, which takes {longest:.1f} s. The builder was '
        f'killed with SIGKILL {KILLS} times within that time, and started again each time; {published} times it had '
        'put the new index in its place already. Files in the index under construction by then: '
        f'{", ".join(map(str, read))}.'
    )
    return section('g. What if the builder dies?', about)


def _rows(index: Path) -> list[tuple[str, ...]]:
    """
    :param index: an index
    :returns: what it says of its chains
    """
    with closing(sqlite3.connect(index)) as connection:
        return connection.execute(_ROWS).fetchall()


def _postings(index: Path) -> int:
    """
    :param index: an index
    :returns: bytes of its postings
    """
    with closing(sqlite3.connect(index)) as connection:
        return int(connection.execute('SELECT sum(length(chains)) FROM posting').fetchone()[0])


def _read(work: Path) -> int:
    """
    :param work: an index under construction, if there is one
    :returns: files in it
    """
    if not work.exists():
        return 0
    with closing(sqlite3.connect(work)) as connection:
        return int(connection.execute('SELECT count(*) FROM pdbproperties').fetchone()[0])
