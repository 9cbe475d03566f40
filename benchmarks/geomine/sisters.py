"""Part b: a query taken from a site finds that site with RMSD 0, and next its copies in the same crystal."""

import itertools
import math
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from engines.geomine.database import Database, Where, reading
from engines.geomine.like import expanded
from engines.geomine.molecules import content
from engines.geomine.output import answer, named
from engines.geomine.query import parse
from engines.geomine.search import search
from engines.geomine.words import Molecule

from ..harness import Verdict, section, table

SITES = 80
LEAST_POINTS = 40
ALIKE = 0.7
"""Share of residues, by name and number, that two sites have in common if one is a copy of the other."""
SAME = ({'1HVR', '4E43', '1HPV'}, {'4HHB', '1G9V'}, {'4LAZ', '1US0'}, {'1AKE', '4AKE'}, {'2HA2', '2HA3'})
"""Entries outside of the families that are one protein."""
POINTS, TOLERANCE = 4, 1.0
"""Of the queries."""


class Site(NamedTuple):
    """A site of a ligand: its number, entry and name, its crystal, the residues around it, its ligand."""

    number: int
    name: str
    crystal: str
    residues: frozenset[tuple[str, str]]
    ligand: str


class Asked(NamedTuple):
    """
    A site that a query was taken of.

    :param name: of the site
    :param own: RMSD with which it is found, Angstrom
    :param better: hits with a smaller RMSD
    :param copies: of it in its crystal
    :param kept: of these, which have the atoms of the query at distances within its tolerance
    :param found: of these
    :param all_found: copies found
    :param largest: RMSD of the last of those that have the atoms, Angstrom
    :param strangers: hits of other proteins before it
    :param hits: sites that match
    """

    name: str
    own: float | None
    better: int
    copies: int
    kept: int
    found: int
    all_found: int
    largest: float
    strangers: int
    hits: int


def report(archive: Path, answers: list[Verdict]) -> str:
    """
    :param archive: SQLite file
    :param answers: gets three
    :returns: part b of the report
    """
    with reading(Where(str(archive))) as database:
        asked = [_ask(database, *each) for each in _chosen(_sites(database))]
    exact = sum(each.own == 0 and not each.better for each in asked)
    kept, found = sum(each.kept for each in asked), sum(each.found for each in asked)
    everywhere, all_found = sum(each.copies for each in asked), sum(each.all_found for each in asked)
    clean = sum(not each.strangers for each in asked)
    for question, asked_for, measured in (
        ('query of a site finds it, RMSD 0', len(asked), exact),
        ('copies with the same atoms within the tolerance, found', kept, found),
        ('no other protein before these copies', len(asked), clean),
    ):
        answers.append(Verdict(question, str(asked_for), str(measured), measured == asked_for))
    about = (
        f'{len(asked)} sites of ligands that have copies in their crystal, evenly spread over the archive. A query is '
        f'made of each (`like`, {POINTS} points, distances within {TOLERANCE} Å). A copy is a site of the same ligand '
        f'with at least {ALIKE:.0%} of the residues, by name and number, in common. It has to be found if the named '
        'atoms of the query lie within the tolerance in it, which is looked up by their names; of the '
        f'{everywhere} copies {kept} have them, and {all_found} are found: in the others a side chain is turned, or an '
        'atom is beyond 6.5 Å. Other proteins are those of other entries, but for entries of one family of the folder '
        f'and those that are the same protein ({"; ".join(", ".join(sorted(each)) for each in SAME)}). A site that '
        'shares atoms with another ligand is found there, too, with the same RMSD.'
    )
    heads = (
        'site', 'own RMSD, Å', 'copies', 'that have the atoms', 'found', 'RMSD of the last, Å', 'others before it',
        'sites that match',
    )  # fmt: skip
    rows: list[tuple[object, ...]] = [
        (each.name, '-' if each.own is None else f'{each.own:.3f}', each.copies, each.kept, each.found,
         f'{each.largest:.2f}' if each.found else '-', each.strangers, each.hits) for each in asked
    ]  # fmt: skip
    return section('b. Queries taken from sites', about, table(heads, rows))


def _sites(database: Database) -> list[Site]:
    """
    :param database: the archive
    :returns: the sites of ligands
    """
    sql = (
        'SELECT s.id, e.code, e.file, s.name, m.code FROM geomine_site s JOIN geomine_entry e ON e.id = s.entry '
        'JOIN geomine_molecule m ON m.id = s.molecule WHERE s.points >= %s ORDER BY e.code, s.name'
    )
    rows = database.rows(sql, (LEAST_POINTS,))
    held = content(database, [int(row[0]) for row in rows])
    return [
        Site(int(number), f'{code}_{name}', _crystal(code, file), _residues(held[int(number)]), ligand)
        for number, code, file, name, ligand in rows
    ]


def _crystal(code: str, file: str) -> str:
    """
    :param code: of an entry of the archive
    :param file: that it comes from
    :returns: the entry of the PDB: in families every chain is a file of its own
    """
    return code.partition('_')[0] if file.startswith('families/') else code


def _residues(held: dict[str, Any]) -> frozenset[tuple[str, str]]:
    """
    :param held: content of a site
    :returns: name and number of its residues of the protein
    """
    return frozenset((row[3], row[2]) for row in held['residues'] if row[0] == Molecule.PROTEIN)


def _chosen(sites: list[Site]) -> list[tuple[Site, list[Site]]]:
    """
    :param sites: of the archive
    :returns: sites that are asked about, no two of one ligand of a crystal, with their copies
    """
    found: dict[tuple[str, str], tuple[Site, list[Site]]] = {}
    for site in sites:
        copies = [
            other for other in sites
            if other.number != site.number and (other.crystal, other.ligand) == (site.crystal, site.ligand)
            and len(other.residues & site.residues) >= ALIKE * len(other.residues | site.residues)
        ]  # fmt: skip
        if copies:
            found.setdefault((site.crystal, site.ligand), (site, copies))
    listed = list(found.values())
    step = max(len(listed) / SITES, 1)
    return [listed[int(i * step)] for i in range(min(SITES, len(listed)))]


def _ask(database: Database, site: Site, copies: list[Site]) -> Asked:
    """
    :param database: the archive
    :param site: of a ligand
    :param copies: of it
    :returns: what a query taken from it finds
    """
    query = parse(expanded(database, {'like': {'site': site.name, 'points': POINTS, 'tolerance': TOLERANCE}}))
    result = answer(database, query, search(database, query), '', visible=0, listed=100_000)
    rows: list[dict[str, Any]] = result['result_table_content']
    names = [f'{row["PDB"]}_{row["Pocket"]}' for row in rows]
    deviations = [float(row['RMSD']) for row in rows]
    own = deviations[names.index(site.name)] if site.name in names else None
    kept = [copy for copy in copies if _has(database, site, copy, query.raw)]
    places = [names.index(copy.name) for copy in copies if copy.name in names]
    last = max((names.index(copy.name) for copy in kept if copy.name in names), default=0)
    strangers = [row for row in rows[:last] if not _is_related(site, row)]
    return Asked(
        site.name, own, sum(each < (own or 0) for each in deviations), len(copies), len(kept),
        sum(copy.name in names for copy in kept), len(places), deviations[last] if rows else 0.0, len(strangers),
        len(rows),
    )  # fmt: skip


def _is_related(site: Site, row: dict[str, Any]) -> bool:
    """
    :param site: that was asked about
    :param row: of the result
    :returns: whether it is of the same crystal, or both are of a family
    """
    family = '_' in site.name.removeprefix(site.crystal)[:3] and row['File'].startswith('families/')
    crystals = {_crystal(row['PDB'], row['File'])[:4], site.crystal[:4]}
    return len(crystals) == 1 or family or any(crystals <= each for each in SAME)


def _has(database: Database, site: Site, copy: Site, query: dict[str, Any]) -> bool:
    """
    :param database: the archive
    :param site: that the query was made of
    :param copy: of it
    :param query: as JSON has it
    :returns: whether the atoms that the query was made of, by their names, lie within the tolerance in the copy
    """
    own, other = (_named_points(database, each) for each in (site, copy))
    by_place = {place: name for name, places in own.items() for place in places}
    wanted = [other.get(by_place[tuple(point['at'])], []) for point in query['points']]
    ids = [point['id'] for point in query['points']]
    return any(
        all(
            each['min'] - 1e-6
            <= math.dist(*(chosen[ids.index(name)] for name in each['between']))
            <= each['max'] + 1e-6
            for each in query['distances']
        )
        for chosen in itertools.product(*wanted)
    )


def _named_points(database: Database, site: Site) -> dict[tuple[str, ...], list[tuple[float, ...]]]:
    """
    :param database: the archive
    :param site: of a ligand
    :returns: where its points are, Angstrom, by residue, number and atoms; copies of a chain have the same names
    """
    kept = content(database, [site.number])[site.number]
    found: dict[tuple[str, ...], list[tuple[float, ...]]] = {}
    for number, *place in database.rows('SELECT id, x, y, z FROM geomine_point WHERE site = %s', (site.number,)):
        told = named(kept, int(number), np.array(place))
        found.setdefault((told['residue'], told['position'], told['atom']), []).append(tuple(place))
    return found
