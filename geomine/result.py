"""What the page of a job shows: the sites that match as a table, laid on each other, and each of them in 3D."""

import json
import re
from collections.abc import Iterator
from functools import partial
from typing import Any, NamedTuple

from molviewspec import State, create_builder
from molviewspec.builder import Root, Structure

from web import marks, molecules, scenes
from web.results import Column, File, Place, Result, Row, Scene, Table

from .models import GeomineJob
from .words import called, sentences

#: Sites that have a scene of their own, and those that are shown together: more of them hide each other.
_MOST, _TOGETHER = 12, 6
#: Rows that a page has room for.
_ROWS = 50
_MARK = scenes.COLOURS[5]
_LIGAND = scenes.COLOURS[1]
_LEGEND = (
    (_LIGAND, 'carbon of the ligand'),
    (_MARK, 'point of the query'),
    (marks.LINE, 'interaction'),
)
_HITS = (
    Column('rank', 'Rank', numeric=True),
    Column('entry', 'Entry'),
    Column('site', 'Site', meaning='its ligand, or a predicted pocket without one'),
    Column('rmsd', 'RMSD', 'Å', 'to the query, or to the first site if the query has no coordinates', numeric=True),
    Column('matches', 'Matches', meaning='ways in which the site matches; the best counts', numeric=True),
    Column('title', 'Title'),
    Column('class', 'Class', meaning='of the enzyme, else of the header'),
    Column('resolution', 'Resolution', 'Å', numeric=True),
    Column('method', 'Method', shown=False),
    Column('file', 'File', meaning='of the archive', shown=False),
)
_POINTS = (
    Column('rank', 'Rank', numeric=True),
    Column('entry', 'Entry'),
    Column('site', 'Site'),
    Column('point', 'Point', meaning='of the query'),
    Column('residue', 'Residue'),
    Column('place', 'Where', meaning='chain, number and insertion code'),
    Column('atom', 'Atoms', meaning='one, or those of a ring'),
    *(Column(axis, axis, 'Å', numeric=True, shown=False) for axis in 'xyz'),
)
_SELECTED = re.compile(r'(-?\d+)(?:\^(\w))?:(\w?)')
_ODD = re.compile(r'[^A-Za-z0-9_+-]')


class Hit(NamedTuple):
    """
    A site that matches and whose structure is given.

    :param row: of the table
    :param file: its structure
    :param selections: its residues, waters, metals, molecules and ligand
    :param whole: interactions, matched points and transformation
    """

    row: dict[str, str]
    file: File
    selections: dict[str, str]
    whole: dict[str, Any]

    def matched(self) -> list[dict[str, Any]]:
        """:returns: the points that match, in the order of the query; the published program tells none"""
        points: list[dict[str, Any]] = self.whole.get('matchedPoints', [])
        return points


def result(job: GeomineJob) -> Result:
    """
    :param job: that has succeeded
    :returns: what it found
    """
    found = molecules.given(job.geomine_info).info
    hits = list(_hits(found))
    names = [str(point['id']) for point in found.get('query', {}).get('points', [])]
    points = tuple(row for hit in hits for row in _point_rows(hit, names))
    tables = [Table('hits', 'Sites', _HITS, tuple(map(_row, found['result_table_content'])), most=_ROWS)]
    if points:
        tables.append(Table('points', 'What matches', _POINTS, points, most=_ROWS))
    return Result(
        sentences=tuple(sentences(found)),
        scenes=(*_together(hits, names), *_single(hits, names)),
        tables=tuple(tables),
        files=(*_files(job, found), *(hit.file for hit in hits)),
    )


def _files(job: GeomineJob, found: dict[str, Any]) -> Iterator[File]:
    """
    :param job: a job
    :param found: by it
    :returns: iterator over the query as it was given, and the result
    """
    kind = 'xml' if job.query.lstrip().startswith('<') else 'json'
    yield File(f'query.{kind}', 'The query', job.query.encode)
    yield File('result.json', 'The whole result', lambda: json.dumps(found, indent=1, ensure_ascii=False).encode())


def _hits(found: dict[str, Any]) -> Iterator[Hit]:
    """
    :param found: by a search
    :returns: iterator over the sites whose structures are given, the best first
    """
    for row in found['result_table_content']:
        key = f'{row["PDB"]}_{row["Pocket"]}'
        text = found['pdbs'].get(key)
        if text is not None:
            name = f'site_{row["Result ID"]}_{_ODD.sub("_", key)}.pdb'
            shown = found['ngl_visualization_data']
            whole = shown[f'{key}_Complete Pocket']
            yield Hit(row, File(name, f'Site {called(row)}', text.encode), shown.get(key, {}), whole)


def _row(row: dict[str, str]) -> Row:
    """
    :param row: of the result
    :returns: it as the page has it
    """
    names = {'rank': 'Result ID', 'entry': 'PDB', 'site': 'Pocket', 'rmsd': 'RMSD', 'matches': 'Matches',
             'title': 'PDB Title', 'class': 'Class', 'resolution': 'Resolution', 'method': 'Method',
             'file': 'File'}  # fmt: skip
    return Row({key: row.get(name, '') for key, name in names.items()})


def _point_rows(hit: Hit, names: list[str]) -> Iterator[Row]:
    """
    :param hit: a site
    :param names: of the points of the query
    :returns: iterator over a row for each point
    """
    for name, point in zip(names, hit.matched(), strict=False):
        cells = {'rank': hit.row['Result ID'], 'entry': hit.row['PDB'], 'site': hit.row['Pocket'], 'point': name}
        cells |= {'residue': point['residue'], 'place': f'{point["chain"]} {point["position"]}', 'atom': point['atom']}
        cells |= dict(zip('xyz', (f'{number:.3f}' for number in point['coordinate']), strict=True))
        yield Row(cells, (molecules.place(point['chain'], point['position']),))


def _together(hits: list[Hit], names: list[str]) -> Iterator[Scene]:
    """
    :param hits: the sites
    :param names: of the points of the query
    :returns: iterator over the scene of the best sites, laid on the query; none for a query without points
    """
    best = hits[:_TOGETHER]
    if not best or not names:
        return
    text = f'{len(best)} sites, laid on the points of the query: {", ".join(called(hit.row) for hit in best)}.'
    legend = [(scenes.colour(number), called(hit.row)) for number, hit in enumerate(best)]
    title = 'The best sites'
    yield Scene('together', title, text, lambda: _drawn_together(best, names, title, text), tuple(legend))


def _drawn_together(hits: list[Hit], names: list[str], title: str, text: str) -> State:
    """
    :param hits: the sites
    :param names: of the points of the query
    :param title: of the scene
    :param text: what it shows
    :returns: the scene
    """
    scene = create_builder()
    for number, hit in enumerate(hits):
        drawn = _structure(scene, hit)
        drawn.transform(matrix=hit.whole['transformationDataMatrix4D'])
        wanted = {_place(point) for point in hit.matched()} | set(_selected(hit, 'pocketRefLig'))
        scenes.residues(drawn, sorted(wanted), scenes.colour(number), 'none')
        if number == 0:
            _mark(drawn, hit, names)
    return scenes.finish(scene, title, text)


def _single(hits: list[Hit], names: list[str]) -> Iterator[Scene]:
    """
    :param hits: the sites
    :param names: of the points of the query
    :returns: iterator over a scene for each of the first; their legend stands once
    """
    for number, hit in enumerate(hits[:_MOST]):
        text = f'{called(hit.row)} with its interactions.'
        build = partial(_drawn, hit, names, text)
        yield Scene(f'site_{hit.row["Result ID"]}', called(hit.row), text, build, _LEGEND if number == 0 else ())


def _drawn(hit: Hit, names: list[str], text: str) -> State:
    """
    :param hit: a site
    :param names: of the points of the query
    :param text: what the scene shows
    :returns: the scene
    """
    scene = create_builder()
    drawn = _structure(scene, hit)
    if residues := _selected(hit, 'pocketResidues'):
        scenes.residues(drawn, residues, None, 'none')
    scenes.metals(drawn)
    if ligand := _selected(hit, 'pocketRefLig'):
        scenes.residues(drawn, ligand, _LIGAND, 'none')
    pairs = [(_point(each['startPoint']), _point(each['endPoint'])) for each in hit.whole['pocketInteractions']]
    if pairs:
        marks.distances(drawn, pairs)
    _mark(drawn, hit, names)
    return scenes.finish(scene, called(hit.row), text)


def _structure(scene: Root, hit: Hit) -> Structure:
    """
    :param scene: where it is drawn
    :param hit: a site
    :returns: its structure, of which nothing is drawn yet
    """
    return scenes.structure(scene, f'files/{hit.file.name}', 'pdb')


def _mark(drawn: Structure, hit: Hit, names: list[str]) -> None:
    """
    :param drawn: the structure of a site
    :param hit: the site
    :param names: of the points of the query, which are written beside those of the site
    """
    for name, point in zip(names, hit.matched(), strict=False):
        marks.points(drawn, [_point(point['coordinate'])], _MARK, name)


def _point(numbers: list[float]) -> tuple[float, float, float]:
    """
    :param numbers: three of them
    :returns: a point in Å
    """
    x, y, z = numbers
    return x, y, z


def _place(point: dict[str, Any]) -> Place:
    """
    :param point: that matches
    :returns: its residue
    """
    return molecules.place(point['chain'], point['position'])


def _selected(hit: Hit, name: str) -> list[Place]:
    """
    :param hit: a site
    :param name: of a selection
    :returns: its residues
    """
    found = _SELECTED.findall(hit.selections.get(name, ''))
    return [Place(chain, int(number), insertion) for number, insertion, chain in found]
