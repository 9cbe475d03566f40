"""What the page of a job shows: the ensemble in 3D, structure by structure, its table, its alignment and its files."""

from collections.abc import Iterator
from typing import Any, NamedTuple

from molviewspec import State, create_builder

from molecule_handler.models import Ligand, Protein
from web import molecules, scenes
from web.results import Column, File, Place, Result, Row, Scene, Table

from .models import SienaJob
from .serializers import COLUMNS
from .words import sentences

#: What a page has room for; all else is for the CSV file.
_SHOWN = (
    'PDB chains', 'Backbone RMSD', 'All atom RMSD', 'Site identity', 'Mutations', 'No. of gaps', 'Ligands',
    'Resolution',
)  # fmt: skip
_TEXT = frozenset({'PDB code', 'PDB chains', 'Mutations', 'Ligands', 'Additives', 'EC numbers', 'Title'})
#: Structures of one scene: more take long to load, and hide each other.
_TOGETHER = 10
_PLACE = ('letter', 'position', 'chain')


class Member(NamedTuple):
    """A structure of the ensemble: its row, its protein, and the ligands of its site."""

    row: dict[str, Any]
    protein: Protein
    ligands: list[Ligand]

    @property
    def name(self) -> str:
        """:returns: what it is called everywhere"""
        return self.protein.name

    @property
    def file(self) -> str:
        """:returns: name of the file of the structure"""
        return f'{self.name}.{self.protein.file_type}'


def result(job: SienaJob) -> Result:
    """
    :param job: that has succeeded
    :returns: its ensemble
    """
    query = molecules.stored_protein(job.input_protein_id)
    info = job.output_info
    rows = info.statistic if info else []
    further = info.further if info else []
    members = _members(job, rows)
    lines = [line.split('|') for line in info.alignment.splitlines()] if info else []
    site = list(_places(lines[0][1:])) if lines else []
    return Result(
        sentences=tuple(sentences(rows, further)),
        scenes=tuple(_scenes(query, members, site)),
        tables=tuple(_tables(members, further, lines, site)),
        files=(
            *molecules.protein_files(query, 'The query'),
            *(file for member in members for file in _files(member)),
            *([File('alignment.txt', 'The alignment', lambda: info.alignment.encode())] if info else []),
            molecules.json_file('statistic', 'The table of the ensemble', rows),
        ),
    )


def _members(job: SienaJob, rows: list[dict[str, Any]]) -> list[Member]:
    """
    :param job: the job
    :param rows: of its table
    :returns: its ensemble by rank; the texts of molecules are read when they are used
    """
    links = job.ensemble.select_related('protein').defer('protein__file_string')
    found = {link.position: link.protein for link in links}
    ligands: dict[Any, list[Ligand]] = {}
    for ligand in Ligand.objects.filter(protein__in=found.values()).defer('file_string').order_by(*Ligand.ORDER):
        ligands.setdefault(ligand.protein_id, []).append(ligand)
    return [Member(row, found[rank], ligands.get(found[rank].pk, [])) for rank, row in enumerate(rows) if rank in found]


def _files(member: Member) -> Iterator[File]:
    """
    :param member: of the ensemble
    :returns: its structure, and the ligands of its site
    """
    yield File(member.file, 'Superposed on the query', lambda: member.protein.file_string.encode())
    if member.ligands:
        yield File(f'{member.name}.sdf', 'The ligands of its site', lambda: member.protein.ligand_records().encode())


def _places(cells: list[str]) -> Iterator[Place]:
    """
    :param cells: of the query in the alignment: ``H-57A-L``
    :returns: where these residues are
    """
    for cell in cells:
        _, _, rest = cell.partition('-')
        position, _, chain = rest.rpartition('-') if not rest.endswith('-') else (rest[:-1], '', '')
        yield molecules.place(chain, position)


# --- Tables --------------------------------------------------------------------------------------------------------


def _tables(
    members: list[Member], further: list[dict[str, Any]], lines: list[list[str]], site: list[Place]
) -> Iterator[Table]:
    """
    :param members: of the ensemble
    :param further: rows of what else was found
    :param lines: of the alignment
    :param site: residues of the query
    :returns: the tables
    """
    if not members:
        return
    name = Column('name', 'Structure', meaning='PDB code and rank')
    rows = tuple(Row({'name': each.name, **_cells(each.row)}, shows=_refs(each)) for each in members)
    about = 'The fewest mutations and gaps first. Untick a structure to hide it in the view.'
    yield Table('ensemble', 'Ensemble', (name, *map(_column, COLUMNS)), rows, about)
    if further:
        columns = tuple(_column(key) for key in COLUMNS)
        shown = (Column('PDB code', 'PDB code'), *columns[1:])
        yield Table('further', 'Also found', shown, tuple(Row(_cells(row)) for row in further),
                    'Their structures are not kept; more members can be asked for.', most=50)  # fmt: skip
    yield _alignment(lines, site)


def _column(key: str) -> Column:
    """
    :param key: of a column of the table
    :returns: the column
    """
    column = COLUMNS[key]
    return Column(key, key, column.unit, column.meaning, numeric=key not in _TEXT, shown=key in _SHOWN)


def _cells(row: dict[str, Any]) -> dict[str, str]:
    """
    :param row: of the stored table
    :returns: its cells as text, those of columns that are known
    """
    return {key: str(row[key] or '') for key in COLUMNS if key in row}


def _alignment(lines: list[list[str]], site: list[Place]) -> Table:
    """
    :param lines: of the alignment, that of the query first
    :param site: residues of the query
    :returns: a row for each residue of the site: who has another one there, or none
    """
    (_, *query), *others = lines
    columns = (
        Column('residue', 'Residue', meaning='of the query'),
        Column('conserved', 'The same in', meaning='structures of the ensemble', numeric=True),
        Column('mutations', 'Mutated in'),
        Column('missing', 'Missing in'),
        *(Column(line[0], line[0], shown=False) for line in others),
    )
    rows = []
    for number, (cell, place) in enumerate(zip(query, site, strict=True), start=1):
        there = {line[0]: line[number] for line in others}
        letters = {name: other.partition('-')[0] for name, other in there.items()}
        changed = {name: there[name] for name, letter in letters.items() if letter and letter != cell.partition('-')[0]}
        cells = {
            'residue': cell,
            'conserved': str(len(others) - len(changed) - sum(not letter for letter in letters.values())),
            'mutations': '; '.join(f'{name}: {other}' for name, other in changed.items()),
            'missing': ', '.join(name for name, letter in letters.items() if not letter),
        }
        rows.append(Row(cells | there, (place,)))
    about = 'Residue by residue of the site. The CSV file has a column for each structure.'
    return Table('alignment', 'Alignment', columns, tuple(rows), about)


# --- 3D ------------------------------------------------------------------------------------------------------------


def _refs(member: Member) -> tuple[str, ...]:
    """
    :param member: of the ensemble
    :returns: what scenes call its structure and its ligands
    """
    return (member.name, f'{member.name} ligands') if member.ligands else (member.name,)


def _scenes(query: Protein, members: list[Member], site: list[Place]) -> Iterator[Scene]:
    """
    :param query: the protein that was sent
    :param members: of the ensemble
    :param site: residues of the query
    :returns: the first structures of the ensemble, then the next; without any the query
    """
    for start in range(0, max(len(members), 1), _TOGETHER):
        some = members[start : start + _TOGETHER]
        title = f'Rank {start + 1} to {start + len(some)}' if some else 'The query'
        names = f'{molecules.listed([each.name for each in some])}, superposed on ' if some else ''
        text = f'{names}{query.name} (grey) with the ligands of their sites.' if some else f'{query.name}.'
        legend = ((scenes.GREY, query.name), *((scenes.colour(i), each.name) for i, each in enumerate(some)))
        yield Scene(f'rank_{start + 1}', title, text, _drawing(title, text, query, some, site), legend)


def _drawing(title: str, text: str, query: Protein, members: list[Member], site: list[Place]) -> Any:
    """
    :param title: of the scene
    :param text: what it shows
    :param query: the protein that was sent
    :param members: that are drawn
    :param site: residues of the query
    :returns: what draws it
    """

    def draw() -> State:
        scene = create_builder()
        grey = scenes.protein(scene, molecules.protein_url(query), query.file_type, scenes.GREY)
        if site:
            scenes.look_at(scenes.residues(grey, site, scenes.GREY, 'none'))
        for place in site:
            grey.component(selector=scenes.residue(place), ref=str(place))
        for index, member in enumerate(members):
            drawn = scenes.structure(scene, f'files/{member.file}', member.protein.file_type, ref=member.name)
            scenes.polymers(drawn, scenes.colour(index))
            scenes.metals(drawn)
            if member.ligands:
                names = [ligand.name for ligand in member.ligands]
                url, ref = f'files/{member.name}.sdf', f'{member.name} ligands'
                scenes.ligands(scene, url, names, scenes.colour(index), 'none', ref)
        return scenes.finish(scene, title, text)

    return draw
