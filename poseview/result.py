"""What the page of a job shows: the diagram, the same in 3D, and every interaction in a table."""

from itertools import pairwise

from molviewspec import State, create_builder
from molviewspec.builder import Structure

from molecule_handler.models import Ligand, Protein
from web import marks, molecules, scenes
from web.results import Column, Drawing, File, Place, Result, Row, Scene, Table, place_of

from .models import PoseviewJob
from .words import Interaction, partner_of, sentences

#: What diagrams and scenes call the ligand that is drawn, which may bear the name of another one.
_POSE = 'ligand'
_POSE_URL = f'files/{_POSE}.sdf'
_CARBON = scenes.COLOURS[1]
_APOLAR = 'hydrophobic'
#: Å
_THIN, _USUAL = 0.05, 0.1
_COLUMNS = (
    Column('kind', 'Interaction'),
    Column('partner', 'With'),
    Column('ligand_atoms', 'Ligand atoms'),
    Column('partner_atoms', 'Its atoms'),
    Column('distance', 'Distance', 'Å', 'between heavy atoms, or the centres of groups and rings', numeric=True),
    Column('angles', 'Angles', '°', 'D-H...A at donor and H...A-X at acceptor, of two planes, at the water'),
    Column('lengths', 'Further distances', 'Å', 'H...A of hydrogen bonds, offset of rings, arms of a water bridge'),
    Column('water', 'Over water'),
    Column('ligand_role', 'Ligand is', shown=False),
    Column('partner_role', 'Partner is', shown=False),
    Column('symmetry_copy', 'Symmetry copy', meaning='0 for the model itself', shown=False),
)


def result(job: PoseviewJob) -> Result:
    """
    :param job: that has succeeded
    :returns: its diagram and interactions
    """
    protein = molecules.stored_protein(job.input_protein_id)
    ligand = Ligand.objects.defer('file_string').get(pk=job.input_ligand_id)
    info = job.poseview_info
    found: list[Interaction] = info.interactions if info else []
    partners = _partners(protein, found)
    title = f'{ligand.name} in {protein.name}'
    table = Table('interactions', 'Interactions', _COLUMNS, tuple(map(_row, found)))
    return Result(
        sentences=(f'{title}.', *(sentences(found) if info else ())),
        drawings=(
            Drawing(job.image.url, f'{title}, with what it interacts with.', lambda: molecules.content(job.image)),
        ),
        scenes=(_scene(title, protein, ligand, partners, found),),
        tables=(table,) if info else (),
        files=_files(job, protein, ligand, partners),
    )


def _partners(protein: Protein, found: list[Interaction]) -> list[Ligand]:
    """
    :param protein: the structure
    :param found: interactions
    :returns: ligands of the structure that take part
    """
    names = {f'{each["residue"]}_{each["chain"]}_{each["number"]}{each["insertionCode"]}' for each in found}
    return [each for each in molecules.ligands_of(protein) if each.name in names]


def _files(job: PoseviewJob, protein: Protein, ligand: Ligand, partners: list[Ligand]) -> tuple[File, ...]:
    """
    :param job: that has succeeded
    :param protein: its structure
    :param ligand: its ligand
    :param partners: other ligands that take part
    :returns: the diagram in all forms, and what the scene shows
    """
    drawn = [File('diagram.svg', 'The diagram', lambda: molecules.content(job.image))]
    if job.image_png:
        drawn.append(File('diagram.png', 'The diagram as a picture', lambda: molecules.content(job.image_png)))
    if info := job.poseview_info:
        drawn.append(molecules.json_file('poseedit', 'The diagram for PoseEdit', info.scene))
        drawn.append(molecules.json_file('interactions', 'The interactions', info.interactions))
    return (
        *drawn,
        *molecules.protein_files(protein, 'The structure'),
        File(f'{_POSE}.sdf', 'The ligand', lambda: ligand.titled().encode()),
        *molecules.ligand_files(
            bool(partners), lambda: ''.join(each.titled() for each in partners), 'Other ligands that take part'
        ),
    )


def _row(each: Interaction) -> Row:
    """
    :param each: an interaction
    :returns: its row
    """
    cells = {
        'kind': each['kind'],
        'partner': partner_of(each),
        'ligand_atoms': ' '.join(each['ligandAtoms']),
        'partner_atoms': ' '.join(each['partnerAtoms']),
        'distance': f'{each["distance"]:.2f}',
        'angles': _named(each['angles']),
        'lengths': _named(each['lengths']),
        'water': each['water'],
        'ligand_role': each['ligandRole'],
        'partner_role': each['partnerRole'],
        'symmetry_copy': str(each['symmetryCopy']),
    }
    return Row(cells, _places(each))


def _named(numbers: dict[str, float]) -> str:
    """
    :param numbers: by name
    :returns: them for a cell
    """
    return ', '.join(f'{name.replace("_", " ")} {number:g}' for name, number in numbers.items())


def _places(each: Interaction) -> tuple[Place, ...]:
    """
    :param each: an interaction
    :returns: where its partner is, and the water between; a symmetry copy is nowhere in the model
    """
    if each['symmetryCopy']:
        return ()
    water = place_of(each['water'])
    partner = Place(each['chain'], each['number'], each['insertionCode'])
    return (partner, water) if water else (partner,)


def _scene(title: str, protein: Protein, ligand: Ligand, partners: list[Ligand], found: list[Interaction]) -> Scene:
    """
    :param title: what is drawn
    :param protein: the structure
    :param ligand: the ligand
    :param partners: other ligands that take part
    :param found: interactions
    :returns: all of it in 3D
    """
    kinds = {each['colour']: each['kind'] for each in found}
    shared = {colour: [each['kind'] for each in found if each['colour'] == colour] for colour in kinds}
    legend = [(_CARBON, 'carbon of the ligand')]
    legend += [(colour, ', '.join(dict.fromkeys(names)).lower()) for colour, names in shared.items()]
    text = f'{title}; interactions: {len(found)}.'
    return Scene('complex', title, text, lambda: _drawn(title, protein, ligand, partners, found), tuple(legend))


def _drawn(title: str, protein: Protein, ligand: Ligand, partners: list[Ligand], found: list[Interaction]) -> State:
    """
    :param title: what is drawn
    :param protein: the structure
    :param ligand: the ligand
    :param partners: other ligands that take part
    :param found: interactions
    :returns: the scene
    """
    scene = create_builder()
    drawn = scenes.structure(scene, molecules.protein_url(protein), protein.file_type)
    scenes.polymers(drawn, scenes.GREY)
    scenes.metals(drawn)
    apart = {place for each in partners for place in molecules.ligand_places(each.name)}
    if places := dict.fromkeys(place for each in found for place in _places(each) if place not in apart):
        scenes.residues(drawn, places)
    scenes.ligands(scene, molecules.LIGANDS_URL, [each.name for each in partners])
    for pose in scenes.ligands(scene, _POSE_URL, [ligand.name], _CARBON, called=_POSE):
        scenes.look_at(pose)
    for each in found:
        _line(drawn, each)
    return scenes.finish(scene, title)


def _line(drawn: Structure, each: Interaction) -> None:
    """
    :param drawn: the structure
    :param each: an interaction, which becomes a dashed line, or two over a water
    """
    points = [_point(each[name]) for name in ('ligandPoint', 'waterPoint', 'partnerPoint') if each[name]]
    apolar = each['interaction'] == _APOLAR
    text = f'{each["kind"]}: {partner_of(each)}, {each["distance"]:.2f} Å'
    places = ','.join(map(str, _places(each)))
    label = '' if apolar or each['water'] else f'{each["distance"]:.1f}'
    for ends in pairwise(points):
        marks.dashes(drawn, ends, each['colour'], text, places, label, _THIN if apolar else _USUAL)


def _point(numbers: list[float]) -> marks.Point:
    """
    :param numbers: three of them
    :returns: a point, Å
    """
    x, y, z = numbers
    return x, y, z
