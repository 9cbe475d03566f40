"""What the page of a job shows: the metals and their geometries as tables, and each of them in 3D."""

from collections.abc import Iterator
from typing import Any

from molviewspec import State, create_builder

from molecule_handler.models import Protein
from web import marks, molecules, scenes
from web.results import Column, Place, Result, Row, Scene, Table, place_of

from .models import MetalizerJob
from .words import alternatives_of, called, donors_of, sentences

Metal = dict[str, Any]
Point = tuple[float, float, float]
_IDEAL = scenes.COLOURS[1]
_FREE = scenes.COLOURS[3]
#: Metals that have a scene.
_MOST = 12
_DIGITS = 2
_LEGEND = (
    (marks.LINE, 'distance to a coordinating atom'),
    (_IDEAL, 'direction of the best geometry'),
    (_FREE, 'free site of it'),
)
_METALS = (
    Column('metal', 'Metal'),
    Column('geometry', 'Geometry', meaning='the best one'),
    Column('score', 'Score', meaning='lower is better', numeric=True),
    Column('runner_up', 'Next', meaning='the second-best geometry'),
    Column('donors', 'Coordinating atoms'),
    Column('valence', 'Valence sum', meaning='should be the charge', numeric=True),
    Column('charge', 'Charge', numeric=True),
    Column('nvecsum', 'nVECSUM', meaning='0 if the bonds balance; above 0.23 partners are missing', numeric=True),
    Column('alternatives', 'Better metals', meaning='that the bond valences suit better'),
    Column('usual', 'Usual geometries', meaning='of this metal in proteins', shown=False),
)
_PREDICTIONS = (
    Column('metal', 'Metal'),
    Column('rank', 'Rank', numeric=True),
    Column('geometry', 'Geometry'),
    Column('coordination_number', 'Sites', numeric=True),
    Column('free_sites', 'Free', numeric=True),
    Column('nof_bidentates', 'Bidentate', meaning='carboxylates that take one site with both oxygens', numeric=True),
    Column('score', 'Score', meaning='50 prmsd + 4 free + 10 overlap; lower is better', numeric=True),
    Column('prmsd', 'prmsd', meaning='deviation of the directions, at unit distance', numeric=True),
    Column('rmsd', 'Angles', '°', 'root mean square deviation', numeric=True),
    Column('overlap_penalty', 'Overlap', meaning='of what stands in free sites', numeric=True),
    Column('unique', 'Distinct', meaning='no other geometry has a score within 5'),
)
_BONDS = (
    Column('metal', 'Metal'),
    Column('atom', 'Atom'),
    Column('distance', 'Distance', 'Å', numeric=True),
    Column('usual_distance', 'Usual', 'Å', 'distance of such a bond', numeric=True),
    Column('valence', 'Valence', numeric=True),
    Column('symmetry', 'Copy', meaning='operator of the symmetry copy that the atom is in'),
)


def result(job: MetalizerJob) -> Result:
    """
    :param job: that has succeeded
    :returns: its geometries
    """
    protein = molecules.stored_protein(molecules.given(job.output_protein_id))
    metals = molecules.given(job.metalizer_info).metals
    bonds = tuple(row for metal in metals for row in _bonds(metal))
    return Result(
        sentences=tuple(sentences(metals)),
        scenes=_scenes(protein, metals),
        tables=(
            Table('metals', 'Metals', _METALS, tuple(map(_metal, metals))),
            Table(
                'geometries', 'Geometries', _PREDICTIONS, tuple(row for metal in metals for row in _predictions(metal)),
                'Of each metal the best first.',
            ),
            *([Table('bonds', 'Bonds', _BONDS, bonds, 'Of each metal the shortest first.')] if bonds else []),
        ),
        files=(
            *molecules.protein_files(protein, 'The structure with its coordination'),
            molecules.json_file('metals', 'The geometries', metals),
        ),
    )  # fmt: skip


def _metal(metal: Metal) -> Row:
    """
    :param metal: a metal
    :returns: its row
    """
    best, *rest = [*metal['predictions'], None, None][:2]
    runner_up = rest[0] if rest else None
    valence = metal.get('valence') or {}
    cells = {
        'metal': called(metal),
        'geometry': best['geometry'] if best else 'none',
        'score': _number(best and best['score']),
        'runner_up': f'{runner_up["geometry"]} ({runner_up["score"]:.1f})' if runner_up else '',
        'donors': donors_of(metal),
        'valence': _number(valence.get('sum')),
        'charge': str(valence.get('charge', '')),
        'nvecsum': _number(valence.get('nvecsum')),
        'alternatives': ', '.join(alternatives_of(metal)),
        'usual': ', '.join(metal.get('usual_geometries', [])),
    }
    return Row(cells, _places(metal))


def _predictions(metal: Metal) -> Iterator[Row]:
    """
    :param metal: a metal
    :returns: a row for each of its geometries
    """
    for rank, each in enumerate(metal['predictions'], start=1):
        counts = ('coordination_number', 'free_sites', 'nof_bidentates')
        cells = {'metal': called(metal), 'rank': str(rank), 'geometry': each['geometry']}
        cells |= {name: str(each[name]) for name in counts}
        cells |= {name: _number(each[name]) for name in ('score', 'prmsd', 'overlap_penalty', 'rmsd')}
        yield Row(cells | {'unique': 'yes' if each.get('unique') else 'no'}, _places(metal))


def _bonds(metal: Metal) -> Iterator[Row]:
    """
    :param metal: a metal
    :returns: a row for each atom that coordinates it
    """
    for donor in metal.get('donors', []):
        cells = {name: _number(donor[name]) for name in ('distance', 'usual_distance', 'valence')}
        atom = ' '.join(donor[name] for name in ('residue', 'chain', 'position', 'atom'))
        place = () if donor['symmetry'] else (molecules.place(donor['chain'], donor['position']),)
        yield Row({'metal': called(metal), 'atom': atom, **cells, 'symmetry': donor['symmetry']}, place)


def _number(value: float | None) -> str:
    """
    :param value: a number, or None
    :returns: it as text
    """
    return '' if value is None else f'{value:.{_DIGITS}f}'


def _places(metal: Metal) -> tuple[Place, ...]:
    """
    :param metal: a metal
    :returns: where it is
    """
    place = place_of(metal['molecule_name'])
    return (place,) if place else ()


def _scenes(protein: Protein, metals: list[Metal]) -> tuple[Scene, ...]:
    """
    :param protein: with its coordination
    :param metals: that were looked at
    :returns: a scene for each of the first metals; their legend stands once
    """
    return tuple(_scene(number, protein, metal) for number, metal in enumerate(metals[:_MOST], start=1))


def _scene(number: int, protein: Protein, metal: Metal) -> Scene:
    """
    :param number: of the metal
    :param protein: with its coordination
    :param metal: the metal
    :returns: it with its partners and the ideal directions of its best geometry
    """
    best = next(iter(metal['predictions']), None)
    shape = f', {best["geometry"]}' if best else ', without an ideal geometry'
    text = f'{called(metal)} of {protein.name}{shape}; coordinating atoms: {donors_of(metal) or "none"}.'
    legend = _LEGEND if number == 1 else ()
    return Scene(f'metal_{number}', called(metal), text, lambda: _drawn(protein, metal, text), legend)


def _drawn(protein: Protein, metal: Metal, text: str) -> State:
    """
    :param protein: with its coordination
    :param metal: the metal
    :param text: what the scene shows
    :returns: the scene
    """
    scene = create_builder()
    drawn = scenes.protein(scene, molecules.protein_url(protein), protein.file_type, scenes.GREY)
    donors = metal.get('donors', [])
    places = [molecules.place(donor['chain'], donor['position']) for donor in donors if not donor['symmetry']]
    if places:
        scenes.residues(drawn, dict.fromkeys(places), None, 'none')
    middle = _point(metal['metal_coordinate'])
    marks.distances(drawn, ((middle, _point(donor['coordinate'])) for donor in donors))
    if metal['predictions']:
        sites = metal['predictions'][0]['partners']
        marks.rods(drawn, ((middle, _ideal(middle, site)) for site in sites), _IDEAL)
        free = [_point(site['partner_coordinate']) for site in sites if not site['atoms']]
        if free:
            marks.points(drawn, free, _FREE, 'free site')
    for here in _places(metal):
        # Nothing more is drawn of it: a metal as large as its ball hides the lines.
        scenes.look_at(drawn.component(selector=scenes.atom(here, called(metal).rpartition('.')[2])))
    return scenes.finish(scene, called(metal), text)


def _point(numbers: list[float]) -> Point:
    """
    :param numbers: three of them
    :returns: a point in Å
    """
    x, y, z = numbers
    return x, y, z


def _ideal(middle: Point, site: dict[str, Any]) -> Point:
    """
    :param middle: where the metal is, in Å
    :param site: a site of a geometry
    :returns: where the site would be if it lay ideally
    """
    x, y, z = (
        start + site['partner_distance'] * part for start, part in zip(middle, site['optimal_direction'], strict=True)
    )
    return x, y, z
