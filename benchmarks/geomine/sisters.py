"""Part b: a query taken from a site finds that site with RMSD 0, and its sisters before anything unrelated."""

from pathlib import Path
from typing import Any, NamedTuple

from engines.geomine.database import Database, Where, reading
from engines.geomine.like import expanded
from engines.geomine.output import answer
from engines.geomine.query import parse
from engines.geomine.search import search

from ..harness import Verdict, section, table

SITES = 80
LEAST_POINTS = 40
POINTS, TOLERANCE = 5, 1.0
"""Of the queries. Chains of one crystal differ by some tenths of an Angstrom, side chains by more."""


class Asked(NamedTuple):
    """
    A site that a query was taken of.

    :param name: of the site
    :param own: RMSD with which it is found in the first place, Angstrom; None if it is not the first
    :param sisters: copies of it in its entry
    :param found: of these
    :param largest: RMSD of the last of these, Angstrom
    :param before: hits before the last sister that are of another ligand
    :param hits: sites that match
    """

    name: str
    own: float | None
    sisters: int
    found: int
    largest: float
    before: int
    hits: int


def report(archive: Path, answers: list[Verdict]) -> str:
    """
    :param archive: SQLite file
    :param answers: gets three
    :returns: part b of the report
    """
    with reading(Where(str(archive))) as database:
        asked = [_ask(database, *each) for each in _chosen(database)]
    first = sum(each.own == 0 for each in asked)
    sisters, found = sum(each.sisters for each in asked), sum(each.found for each in asked)
    clean = sum(each.before == 0 for each in asked if each.found)
    with_sisters = sum(bool(each.found) for each in asked)
    answers.append(Verdict('query of a site finds it first, RMSD 0', str(len(asked)), str(first), first == len(asked)))
    answers.append(
        Verdict('sisters found', '>= 90 %', f'{found} of {sisters} ({found / sisters:.0%})', found >= 0.9 * sisters)
    )
    answers.append(
        Verdict('nothing of another ligand before a sister', str(with_sisters), str(clean), clean == with_sisters)
    )
    about = (
        f'{len(asked)} sites of ligands with copies in the same entry, evenly spread over the archive. A query is made '
        f'of each (`like`, {POINTS} points, distances within {TOLERANCE} Å). Sisters are the sites of the same ligand '
        'in the other chains of the entry; the chains of one entry of `families/ldh` are files of their own.'
    )
    heads = (
        'site',
        'RMSD of itself, Å',
        'sisters',
        'found',
        'RMSD of the last, Å',
        'others before it',
        'sites that match',
    )
    rows: list[tuple[object, ...]] = [
        (each.name, '-' if each.own is None else f'{each.own:.3f}', each.sisters, each.found, f'{each.largest:.2f}',
         each.before, each.hits) for each in asked
    ]  # fmt: skip
    return section('b. Queries taken from sites', about, table(heads, rows))


def _family(code: str, file: str) -> str:
    """
    :param code: of an entry of the archive
    :param file: that it comes from
    :returns: the entry that a chain belongs to
    """
    return code.partition('_')[0] if file.startswith('families/') else code


def _chosen(database: Database) -> list[tuple[str, str, str, list[str]]]:
    """
    :param database: the archive
    :returns: name, entry and ligand of each site that is asked about, and the names of its sisters
    """
    sql = (
        'SELECT e.code, e.file, s.name, m.code FROM geomine_site s JOIN geomine_entry e ON e.id = s.entry '
        'JOIN geomine_molecule m ON m.id = s.molecule WHERE s.points >= %s ORDER BY e.code, s.name'
    )
    groups: dict[tuple[str, str], list[str]] = {}
    for code, file, name, ligand in database.rows(sql, (LEAST_POINTS,)):
        groups.setdefault((_family(code, file), ligand), []).append(f'{code}_{name}')
    copied = [(key, names) for key, names in sorted(groups.items()) if len(names) > 1]
    step = max(len(copied) / SITES, 1)
    picked = [copied[int(i * step)] for i in range(min(SITES, len(copied)))]
    return [(names[0], entry, ligand, names[1:]) for (entry, ligand), names in picked]


def _ask(database: Database, name: str, _: str, ligand: str, sisters: list[str]) -> Asked:
    """
    :param database: the archive
    :param name: of a site
    :param ligand: its ligand
    :param sisters: names of its sisters
    :returns: what a query taken from it finds
    """
    query = parse(expanded(database, {'like': {'site': name, 'points': POINTS, 'tolerance': TOLERANCE}}))
    result = answer(database, query, search(database, query), '', visible=0, listed=100_000)
    rows: list[dict[str, Any]] = result['result_table_content']
    names = [f'{row["PDB"]}_{row["Pocket"]}' for row in rows]
    places = [names.index(sister) for sister in sisters if sister in names]
    last = max(places, default=0)
    others = sum(row['Ligand'] != ligand for row in rows[1:last])
    own = float(rows[0]['RMSD']) if names and names[0] == name else None
    return Asked(name, own, len(sisters), len(places), float(rows[last]['RMSD']) if rows else 0.0, others, len(rows))
