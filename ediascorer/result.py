"""What the page of a job shows: the worst first, as tables, and in colour beside the map."""

from collections.abc import Iterable
from typing import NamedTuple

from molviewspec import State, create_builder

from molecule_handler.models import Protein
from web import molecules, scenes
from web.results import Contour, File, Place, Result, Scene

from . import tables
from .models import EdiaRegion, EdiascorerJob, EdiaScores
from .words import BEST, GOOD, POOR, is_below, kind, kinds, sentences, worst_first

_BAD, _FAIR, _FINE = scenes.COLOURS[5], scenes.COLOURS[1], scenes.COLOURS[4]
#: In equal parts from -1.2 to 1.2: what has no score is below 0.
_SCALE = (*3 * (scenes.GREY,), _BAD, _FAIR, _FINE)
_LEGEND = (
    (_BAD, f'EDIA below {POOR}: hardly supported'),
    (_FAIR, f'{POOR} to {GOOD}: partly'),
    (_FINE, f'{GOOD} and above: well supported'),
)
_UNKNOWN = (scenes.GREY, 'no score: the map does not reach there')
#: Of sigma above the mean: where crystallographers look at a map.
_LEVEL = 1.0
_MESH = '#5d6d7e'
_MAP = (_MESH, f'map at {_LEVEL:g} sigma')
#: Residues that a scene draws as sticks, the worst of a large structure.
_STICKS = 60


Legend = tuple[tuple[str, str], ...]


class Region(NamedTuple):
    """A part of the map: its name in URLs, what it is around, where that is, and its file."""

    key: str
    name: str
    place: Place | None
    file: File


def result(job: EdiascorerJob) -> Result:
    """
    :param job: that has succeeded
    :returns: its scores
    """
    protein = molecules.stored_protein(molecules.given(job.output_protein_id))
    scores = molecules.given(job.edia_scores)
    known = kinds(scores.atom_scores.values())
    ranked = worst_first(scores.structure_scores)
    regions = _regions(scores, list(job.regions.select_related('density')))
    drawn = [
        place
        for _, row in ranked
        if len(ranked) <= _STICKS or is_below(GOOD, row, 'EDIAm')
        if kind(row, known) != 'w'
        for place in tables.places_of(row['Chain'], row['ID'])
    ]
    unknown = () if all(row['EDIA'] for row in scores.atom_scores.values()) else (_UNKNOWN,)
    return Result(
        sentences=tuple(sentences(scores.atom_scores, scores.structure_scores)),
        scenes=_scenes(protein, regions, drawn[:_STICKS], _LEGEND + unknown),
        tables=(tables.structures(ranked, known), *tables.poor_atoms(scores.atom_scores.values())),
        files=(
            *molecules.protein_files(protein, 'The structure, with EDIA as B factors,'),
            *(region.file for region in regions),
            *_whole_map(job),
            *tables.atom_files(scores.atom_scores),
        ),
    )


def _whole_map(job: EdiascorerJob) -> Iterable[File]:
    """
    :param job: the job
    :returns: the map, if it was computed
    """
    if job.output_density:
        yield molecules.map_file('density', 'The 2mFo-DFc map that was computed', job.output_density.file)


def _regions(scores: EdiaScores, links: list[EdiaRegion]) -> list[Region]:
    """
    :param scores: of the job
    :param links: its parts of the map that are still there
    :returns: the parts
    """
    found = []
    for link in links:
        name = scores.regions[link.position]
        row = scores.structure_scores[name]
        title = f'The map around {name}, in units of its sigma above its mean'
        key = f'map_{link.position + 1}'
        file = molecules.map_file(key, title, link.density.file, Contour(_LEVEL, _MESH))
        found.append(Region(key, name, next(iter(tables.places_of(row['Chain'], row['ID'])), None), file))
    return found


def _scenes(protein: Protein, regions: list[Region], sticks: list[Place], legend: Legend) -> tuple[Scene, ...]:
    """
    :param protein: with EDIA as B factors
    :param regions: parts of the map
    :param sticks: residues that are drawn as sticks
    :param legend: of the atoms
    :returns: a scene for each part of the map, or the structure alone if there is none
    """
    if not regions:
        text = f'{protein.name}, coloured by the support of its atoms.'
        return (Scene('support', 'Support', text, lambda: _drawn(protein, None, sticks, text), legend),)
    first, *rest = regions
    # The legend of all of them stands once.
    return (_scene(protein, first, sticks, (*legend, _MAP)), *(_scene(protein, each, sticks, ()) for each in rest))


def _scene(protein: Protein, region: Region, sticks: list[Place], legend: Legend) -> Scene:
    """
    :param protein: with EDIA as B factors
    :param region: a part of the map
    :param sticks: residues that are drawn as sticks
    :param legend: of the scene
    :returns: the structure in colour, and the map as a mesh
    """
    text = f'{region.name} in the map at {_LEVEL:g} sigma; atoms of {protein.name} coloured by their support.'
    return Scene(region.key, region.name, text, lambda: _drawn(protein, region, sticks, text), legend)


def _drawn(protein: Protein, region: Region | None, sticks: list[Place], text: str) -> State:
    """
    :param protein: with EDIA as B factors
    :param region: a part of the map
    :param sticks: residues that are drawn as sticks
    :param text: what the scene shows
    :returns: the scene
    """
    scene, theme = create_builder(), scenes.by_b_factor(-BEST, BEST, _SCALE)
    drawn = scenes.structure(scene, molecules.protein_url(protein), protein.file_type)
    drawn.tooltip_from_uri(uri=f'files/{tables.HOVER}', format='json', schema='atom')
    scenes.polymers(drawn, theme)
    scenes.metals(drawn, theme)
    scenes.others(drawn, theme)
    if sticks:
        scenes.residues(drawn, sticks, theme, 'none')
    if region:
        scenes.grid(scene, f'files/{region.file.name}', _LEVEL, _MESH, mesh=True)
    if region and region.place:
        scenes.look_at(scenes.residues(drawn, [region.place], theme, 'none'))
    return scenes.finish(scene, 'Support by the density', text)
