"""A small archive, made once a process, of entries that have something to find."""

import shutil
import tempfile
from functools import cache
from multiprocessing.util import Finalize
from pathlib import Path

from engines.geomine.build.extract import EntryRow, Options, read_entry
from engines.geomine.build.store import Store
from engines.geomine.database import Where, writing
from engines.structure.components import default_path

FILES = Path(__file__).resolve().parents[3] / 'test_files' / 'archive'
#: HIV-1 protease with two inhibitors, and streptavidin with biotin.
NAMES = ('1hpv.pdb.gz', '1hvr.pdb.gz', '2izf.pdb.gz')


@cache
def entry(name: str) -> EntryRow:
    """
    :param name: of a file of the small archive
    :returns: its entry, pockets included
    """
    return read_entry(FILES / name, Options(default_path()))


@cache
def archive() -> Where:
    """:returns: an archive of :data:`NAMES`"""
    folder = Path(tempfile.mkdtemp(prefix='geomine-test-'))
    Finalize(None, shutil.rmtree, (folder, True), exitpriority=0)  # atexit forgets processes of a parallel run
    where = Where(str(folder / 'archive.sqlite3'))
    database = writing(where)
    store = Store(database)
    for name in NAMES:
        store.put(name, '1', entry(name))
    store.finish()
    database.close()
    return where
