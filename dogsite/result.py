"""What the page of a job shows: its pockets as a table, as surfaces and as files."""

from typing import NamedTuple

from molviewspec import State, create_builder

from molecule_handler.formats.sdf import split_sdf
from molecule_handler.models import Protein
from web import molecules, scenes
from web.results import Column, Contour, File, Place, Result, Row, Scene, Table

from .models import DogsiteJob
from .serializers import COLUMNS
from .words import is_bound, is_pocket, sentences

#: What a page has room for, under these headings; all else is for the CSV file.
_TITLES = {
    'name': 'Pocket',
    'volume': 'Volume',
    'depth': 'Depth',
    'surface': 'Surface',
    'enclosure': 'Open share',
    'hydrophobicity': 'Hydrophobicity',
    'drugScore': 'Druggability',
    'lig_name': 'Ligand',
    'lig_cov': 'Ligand inside',
    'poc_cov': 'Filled by ligand',
}
_TEXT = frozenset({'name', 'lig_name', 'site_id', 'density_id'})
_OF_A_LIGAND = frozenset({'lig_name', 'lig_cov', 'poc_cov'})
#: The palest is for the carbon of ligands, which are seen through the surfaces.
*_COLOURS, _LIGAND = scenes.COLOURS
#: The points of a pocket are near 1, all others 0.
_LEVEL = 0.5


class Pocket(NamedTuple):
    """A pocket or subpocket: its row of the table, its colour, its residues and its grid."""

    row: dict[str, str]
    colour: str
    residues: list[dict[str, str]]
    file: File

    def places(self) -> tuple[Place, ...]:
        """:returns: where its residues are"""
        return tuple(molecules.place(residue['chain'], residue['position']) for residue in self.residues)


def result(job: DogsiteJob) -> Result:
    """
    :param job: that has succeeded
    :returns: its pockets
    """
    protein = molecules.stored_protein(job.input_protein_id)
    rows = job.dogsite_info.info if job.dogsite_info else []
    pockets, ligands = _pockets(job, rows), _ligands(job, protein)
    return Result(
        sentences=tuple(sentences(rows)),
        scenes=_scenes(pockets, protein, [name for name, _ in split_sdf(ligands)]),
        tables=(_table(rows, {pocket.row['name']: pocket.places() for pocket in pockets}),) if rows else (),
        files=(
            *molecules.protein_files(protein, 'The protein'),
            *molecules.ligand_files(bool(ligands), lambda: ligands, 'The ligands as an SD file, a given one first'),
            *(pocket.file for pocket in pockets),
            molecules.json_file('pockets', 'The table of pockets', rows),
            molecules.json_file(
                'residues', 'The residues of each pocket', {pocket.row['name']: pocket.residues for pocket in pockets}
            ),
        ),
    )


def _pockets(job: DogsiteJob, rows: list[dict[str, str]]) -> list[Pocket]:
    """
    :param job: the job
    :param rows: of its table
    :returns: those whose residues and grid are still there, in the order of the table
    """
    links = {str(link.site_id): link for link in job.pockets.select_related('site', 'density')}
    kinds = ([row['name'] for row in rows if is_pocket(row) is kind] for kind in (True, False))
    ranks = {name: rank for names in kinds for rank, name in enumerate(names)}
    found = []
    for row in rows:
        if link := links.get(row['site_id']):
            colour = _COLOURS[ranks[row['name']] % len(_COLOURS)]
            title = f'The space of {row["name"]} as a grid in CCP4 form, positive inside'
            file = molecules.map_file(row['name'], title, link.density.file, Contour(_LEVEL, colour))
            found.append(Pocket(row, colour, link.site.site_description['residue_ids'], file))
    return found


def _ligands(job: DogsiteJob, protein: Protein) -> str:
    """
    :param job: the job
    :param protein: its input
    :returns: an SD file of the given ligand and of those of the protein
    """
    given = job.input_ligand
    own = (each for each in protein.ligands() if each != given)
    return ''.join(each.titled() for each in ([given, *own] if given else own))


def _table(rows: list[dict[str, str]], places: dict[str, tuple[Place, ...]]) -> Table:
    """
    :param rows: as they are stored
    :param places: of the residues of each
    :returns: the table
    """
    names = [name for name in dict.fromkeys([*_TITLES, *COLUMNS, *rows[0]]) if name in rows[0]]
    left_out = frozenset() if any(map(is_bound, rows)) else _OF_A_LIGAND
    return Table(
        'pockets',
        'Pockets',
        tuple(_column(name, name in _TITLES and name not in left_out) for name in names),
        tuple(Row(row, places.get(row['name'], ())) for row in rows),
        'The largest buried volume first, each followed by its subpockets.',
    )


def _column(name: str, shown: bool) -> Column:
    """
    :param name: of a column
    :param shown: on the page
    :returns: the column
    """
    known = COLUMNS.get(name)
    unit, meaning = (known.unit, known.meaning) if known else ('', '')
    return Column(name, _TITLES.get(name, name), unit, meaning, numeric=name not in _TEXT, shown=shown)


def _scenes(pockets: list[Pocket], protein: Protein, ligands: list[str]) -> tuple[Scene, ...]:
    """
    :param pockets: in the order of the table
    :param protein: the protein
    :param ligands: names of the records of ``ligands.sdf``
    :returns: the pockets, and the subpockets if there are any
    """
    whole = [pocket for pocket in pockets if is_pocket(pocket.row)]
    parts = [pocket for pocket in pockets if not is_pocket(pocket.row)]
    shown = [('Pockets', whole), ('Subpockets', parts)] if parts else [('Pockets', whole)]
    return tuple(_scene(title, some, protein, ligands) for title, some in shown)


def _scene(title: str, pockets: list[Pocket], protein: Protein, ligands: list[str]) -> Scene:
    """
    :param title: of the scene
    :param pockets: of one kind, the best first
    :param protein: the protein
    :param ligands: names of the records of ``ligands.sdf``
    :returns: one pocket of each colour: the best, or the best with a ligand
    """
    drawn: dict[str, Pocket] = {}
    for pocket in sorted(pockets, key=lambda pocket: not is_bound(pocket.row)):
        drawn.setdefault(pocket.colour, pocket)
    some = [pocket for pocket in pockets if pocket in drawn.values()]
    beside = f', beside {molecules.listed(ligands)}' if ligands else ''
    text = f'{len(some)} of {len(pockets)} {title.lower()} of {protein.name} as see-through surfaces{beside}.'
    return Scene(
        title.lower(),
        title,
        text,
        lambda: _drawn(title, text, some, protein, ligands),
        (*((pocket.colour, _in_words(pocket.row)) for pocket in some), *([(_LIGAND, 'ligand')] if ligands else [])),
    )


def _in_words(row: dict[str, str]) -> str:
    """
    :param row: of a pocket
    :returns: its name and size
    """
    return f'{row["name"]}, {float(row["volume"]):.0f} \u00c5\u00b3' if 'volume' in row else row['name']


def _drawn(title: str, text: str, pockets: list[Pocket], protein: Protein, ligands: list[str]) -> State:
    """
    :param title: of the scene
    :param text: what it shows
    :param pockets: that are drawn
    :param protein: the protein
    :param ligands: names of the records of ``ligands.sdf``
    :returns: the scene, which looks at the residues of the best pocket, or of the best with a ligand
    """
    scene = create_builder()
    grey = scenes.protein(scene, molecules.protein_url(protein), protein.file_type, scenes.GREY)
    scenes.ligands(scene, molecules.LIGANDS_URL, ligands, _LIGAND, 'none')
    for pocket in pockets:
        scenes.grid(scene, f'files/{pocket.file.name}', _LEVEL, pocket.colour)
    for pocket in sorted(pockets, key=lambda pocket: not is_bound(pocket.row))[:1]:
        scenes.look_at(scenes.residues(grey, pocket.places(), scenes.GREY, 'none'))
    return scenes.finish(scene, title, text)
