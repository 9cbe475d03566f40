"""The server that the browser meets: broker, one worker and gunicorn, with data of their own."""

import contextlib
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from proteins_plus.test.live import Installation

ROOT = Path(__file__).resolve().parent.parent
#: Entries that may be asked for, and the structures of ``test_files/`` that they are.
MIRRORED = {'1afs': '1afs', '1hvr': '1hvr', '4hhb': '4hhb'}
#: Structures in which sites are searched.
ARCHIVED = ('1hpv.pdb.gz', '1hvr.pdb.gz')
#: Nobody listens at the port discard: an entry that the mirror lacks is looked for in vain, and on this machine.
_NOBODY = 'http://127.0.0.1:9/'


@contextlib.contextmanager
def running_server(entries: Mapping[str, str] | None = None) -> 'Iterator[Installation]':
    """
    Start a server, once in a process. All of it is gone when the block ends.

    :param entries: of its mirror; :data:`MIRRORED` unless given
    :returns: the server
    """
    folder = Path(tempfile.mkdtemp(prefix='proteinsplus-browser-'))
    try:
        _prepare(folder, entries or MIRRORED)
        from proteins_plus.test.live import installation  # only now are there settings

        with installation(ROOT / 'bin' / 'preprocessor' / 'preprocessor') as server:
            server.environment['PPLUS_SANDBOX'] = 'auto'
            server.start_broker()
            server.start_worker(concurrency=1)
            server.start_web_server()
            yield server
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _prepare(folder: Path, entries: Mapping[str, str]) -> None:
    """
    Give this process settings, a database and a mirror of its own.

    :param folder: for all of them
    :param entries: of the mirror
    """
    mirror = folder / 'mirror'
    mirror.mkdir()
    for code, name in entries.items():
        shutil.copy(ROOT / 'test_files' / f'{name}.pdb.gz', mirror / f'pdb{code}.ent.gz')
    for name in ('DATABASE_URL', 'BROKER_URL'):
        os.environ.pop(name, None)
    os.environ.setdefault('PPLUS_CCD', str(ROOT / 'var' / 'ccd.sqlite'))
    os.environ.update(
        DJANGO_SETTINGS_MODULE='proteins_plus.settings',
        PPLUS_DATA_DIR=str(folder),
        MEDIA_ROOT=str(folder / 'media'),
        LOCAL_PDB_MIRROR_DIR=str(mirror),
        GEOMINE_DB_NAME=str(folder / 'archive.sqlite3'),
        SIENA_SEARCH_DB=str(folder / 'siena.sqlite'),
        PPLUS_PDB_URL=_NOBODY,
        PPLUS_AFDB_URL=_NOBODY,
        PPLUS_LOG_LEVEL='ERROR',
    )
    import django

    django.setup()
    # In a process of its own: the browser's driver runs an event loop in this one, where Django asks no database.
    subprocess.run([sys.executable, 'manage.py', 'migrate', '--verbosity', '0'], cwd=ROOT, check=True)
    _build_archive(folder / 'structures')


def _build_archive(structures: Path) -> None:
    """
    Two entries for GeoMine and SIENA to search.

    :param structures: folder that gets them
    """
    structures.mkdir()
    for name in ARCHIVED:
        shutil.copy(ROOT / 'test_files' / 'archive' / name, structures)
    argv = [sys.executable, 'manage.py', 'build_geomine', '--source_dir', str(structures), '--verbosity', '0']
    subprocess.run([*argv, '--no_pockets', '--jobs', '1'], cwd=ROOT, check=True, stdout=subprocess.DEVNULL)
    argv[2] = 'generate_siena_database'
    subprocess.run([*argv, '--jobs', '1'], cwd=ROOT, check=True, stdout=subprocess.DEVNULL)
