"""What the tests of SIENA share: an index of the small archive, made once, and queries taken out of it."""

from functools import lru_cache
from multiprocessing.util import Finalize
from pathlib import Path

from engines.siena.database.build import Summary, build
from engines.siena.database.entry import read_entry
from engines.siena.database.reader import Index
from engines.siena.occurrence import Occurrence
from engines.siena.options import Options
from engines.siena.query import Query, around
from engines.siena.search import Search
from engines.siena.selection import ranked
from engines.test.utils import TEST_FILES, Workspace, dictionary, dictionary_path

ARCHIVE = TEST_FILES / 'archive'


def quietly(*_: object) -> None:
    """
    :param _: how far a build is
    """


def build_index(target: Path, source: Path, workers: int = 0) -> Summary:
    """
    :param target: the index
    :param source: folder
    :param workers: processes; none reads in this one
    :returns: what was done
    """
    return build(target, source, dictionary_path(), None, workers, quietly)


@lru_cache
def index_path() -> Path:
    """:returns: an index of the small archive"""
    work = Workspace()
    Finalize(None, work.close, exitpriority=0)  # atexit forgets processes of a parallel run
    build_index(work.path / 'index.sqlite', ARCHIVE, workers=2)
    return work.path / 'index.sqlite'


@lru_cache
def index() -> Index:
    """:returns: the same, opened"""
    return Index(index_path())


@lru_cache
def query(file: str, ligand: str, radius: float = 6.5) -> Query:
    """
    :param file: of the small archive
    :param ligand: how its name begins
    :param radius: Angstrom
    :returns: the site around it
    """
    entry = read_entry(ARCHIVE / file, dictionary())
    points = next(each.points for each in entry.ligands if each.name.startswith(ligand))
    return Query(entry.code, entry.chains, around(entry.chains, points, radius), [])


@lru_cache
def named(file: str, *residues: tuple[str, str]) -> Query:
    """
    :param file: of the small archive
    :param residues: chain and position
    :returns: the site of these residues
    """
    entry = read_entry(ARCHIVE / file, dictionary())
    places = {(c.name, p): (n, i) for n, c in enumerate(entry.chains) for i, p in enumerate(c.positions)}
    return Query(entry.code, entry.chains, sorted(places[residue] for residue in residues), [])


def search(wanted: Query, **options: object) -> list[Occurrence]:
    """
    :param wanted: a site
    :param options: of the search
    :returns: what is found in the small archive, by rank
    """
    given = Options(**options)  # type: ignore[arg-type]
    return ranked(Search(index(), wanted, given).run(), given)
