"""
The rules by which scenes are drawn, once for all tools: https://molstar.org/mol-view-spec-docs. The deposited model,
never an assembly; no water unless asked; colours that the colour-blind tell apart; a focus in every scene. Data is
named relative to the scene, so that a scene also opens from an archive.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, Literal, TypeAlias

from molviewspec import ComponentExpression, State, create_builder
from molviewspec.builder import Component, Root, Structure, VolumeRepresentation
from molviewspec.nodes import Node

from molecule_handler.models import Protein
from web.results import Place, place_of

#: Colours after Okabe and Ito, the palest last; https://jfly.uni-koeln.de/color.
COLOURS = ('#56b4e9', '#e69f00', '#009e73', '#cc79a7', '#0072b2', '#d55e00', '#f0e442')
GREY = '#b0b0b0'

#: What the viewer calls the formats that molecules are stored in.
FORMATS: Mapping[str, Literal['pdb', 'mmcif', 'sdf']] = {'pdb': 'pdb', 'cif': 'mmcif', 'sdf': 'sdf'}
#: A metal as large as its van der Waals sphere hides its bonds.
METAL_SIZE = 0.35
#: Larger than a ball of balls and sticks, small enough to see what is beside it.
MARK_SIZE = 0.3
#: Å around what a scene looks at.
MARGIN = 4.0
#: Of the radius of all that is drawn: the viewer leaves more of the canvas empty than anybody needs.
WHOLE = 0.85

Hydrogens = Literal['all', 'polar', 'none']
#: Colours of a viewer's theme, see :func:`by_b_factor`.
Theme: TypeAlias = dict[str, Any]


def colour(index: int) -> str:
    """
    :param index: from 0, such as the rank of a pocket; the colours repeat
    :returns: a colour as ``#rrggbb``
    """
    return COLOURS[index % len(COLOURS)]


# --- What is drawn -------------------------------------------------------------------------------------------------


def structure(scene: Root, url: str, file_format: str, ref: str | None = None) -> Structure:
    """
    :param scene: where it is drawn
    :param url: of the file
    :param file_format: as molecules have it: ``pdb`` or ``cif``
    :param ref: what a row of the page calls it that hides it
    :returns: its deposited model, of which nothing is drawn yet
    """
    return scene.download(url=url, ref=ref).parse(format=FORMATS[file_format]).model_structure()


def protein(scene: Root, url: str, file_format: str, uniform: str | None = None) -> Structure:
    """
    Draw a protein as users know it: cartoon, small metals, sticks for whatever else is there besides water.

    :param scene: where it is drawn
    :param url: of the file
    :param file_format: as molecules have it: ``pdb`` or ``cif``
    :param uniform: one colour for all chains, when colours mean something else in this scene
    :returns: the structure, to draw more of it
    """
    drawn = structure(scene, url, file_format)
    polymers(drawn, uniform)
    metals(drawn)
    others(drawn)
    return drawn


def polymers(drawn: Structure, uniform: str | Theme | None = None) -> Component:
    """
    :param drawn: proteins and nucleic acids of it become cartoons
    :param uniform: one colour for all chains, or a theme; without it each chain has its own
    :returns: the polymers
    """
    component = drawn.component(selector='polymer')
    cartoon = component.representation(type='cartoon')
    if isinstance(uniform, str):
        cartoon.color(color=uniform)
    else:
        cartoon.color(custom=uniform or _theme('chain-id', palette=_palette(COLOURS)))
    return component


def metals(drawn: Structure, theme: Theme | None = None) -> Component:
    """
    :param drawn: ions of it become small spheres
    :param theme: their colours, by element without it
    :returns: the ions
    """
    component = drawn.component(selector='ion')
    component.representation(type='spacefill', size_factor=METAL_SIZE).color(custom=theme or _elements(None))
    return component


def others(drawn: Structure, theme: Theme | None = None) -> None:
    """
    :param drawn: what is neither polymer, ion nor water becomes sticks
    :param theme: their colours, by element without it
    """
    for selector in ('branched', 'ligand'):
        _sticks(drawn.component(selector=selector), theme, 'polar')


def water(drawn: Structure) -> Component:
    """
    :param drawn: water of it becomes small spheres
    :returns: the water
    """
    component = drawn.component(selector='water')
    _sticks(component, None, 'all')
    return component


def residues(
    drawn: Structure, places: Iterable[Place], carbon: str | Theme | None = None, hydrogens: Hydrogens = 'polar'
) -> Component:
    """
    :param drawn: residues of it become sticks, coloured by element
    :param places: which ones; at least one
    :param carbon: colour of their carbon, grey without it; or a theme for all their atoms
    :param hydrogens: which of them are drawn
    :returns: the residues
    """
    component = drawn.component(selector=[residue(place) for place in places])
    _sticks(component, carbon, hydrogens)
    return component


def atoms(drawn: Structure, named: Iterable[tuple[Place, str]], shade: str) -> Component:
    """
    :param drawn: atoms of it become spheres
    :param named: residues and names of atoms of them; at least one
    :param shade: their colour
    :returns: the atoms
    """
    component = drawn.component(selector=[atom(place, name) for place, name in named])
    component.representation(type='spacefill', size_factor=MARK_SIZE).color(color=shade)
    return component


def ligands(
    scene: Root,
    url: str,
    names: Sequence[str],
    carbon: str | None = None,
    hydrogens: Hydrogens = 'polar',
    called: str = '',
    ref: str | None = None,
) -> list[Component]:
    """
    :param scene: where they are drawn
    :param url: of an SD file
    :param names: of its records, in their order; a row of the page that names the place of one leads to it
    :param carbon: colour of their carbon, grey without it
    :param hydrogens: which of them are drawn
    :param called: what pages call them, in the place of their places
    :param ref: what a row of the page calls them that hides them; their places then lead nowhere
    :returns: the ligands, as sticks coloured by element
    """
    if not names:
        return []
    records, drawn = scene.download(url=url, ref=ref).parse(format='sdf'), []
    for index, name in enumerate(names):
        place = None if ref else place_of(name)
        component = records.model_structure(model_index=index).component(
            selector='all', ref=called or (place and str(place))
        )
        _sticks(component.tooltip(text=name), carbon, hydrogens)
        drawn.append(component)
    return drawn


def grid(scene: Root, url: str, level: float, shade: str, mesh: bool = False) -> VolumeRepresentation:
    """
    :param scene: where it is drawn
    :param url: of a CCP4 file
    :param level: where the surface is, in the units of the file; 0.5 for a grid that is 1 inside and 0 outside
    :param shade: its colour
    :param mesh: as lines instead of a see-through surface
    :returns: the surface
    """
    volume = scene.download(url=url).parse(format='map').volume()
    surface = volume.representation(
        type='isosurface', absolute_isovalue=level, show_faces=not mesh, show_wireframe=mesh
    )
    return surface.color(color=shade).opacity(opacity=1.0 if mesh else 0.5)


def by_b_factor(lower: float, upper: float, colours: Sequence[str]) -> Theme:
    """
    Colours for scores that stand in the place of B factors.

    :param lower: begin of the range
    :param upper: its end
    :param colours: of equal parts of the range, the lowest first; outside it the nearest counts
    :returns: a theme that colours every atom by its own value
    """
    # The viewer turns the list over.
    numbers = [_number(each) for each in reversed(colours)]
    return _theme('uncertainty', domain=[lower, upper], list={'kind': 'set', 'colors': numbers})


def finish(scene: Root, title: str, text: str = '') -> State:
    """
    :param scene: all of it is looked at, unless it says at what
    :param title: what it shows
    :param text: the same in a sentence
    :returns: the scene; equal ones are equal in every byte
    """
    if not any(node.kind in ('focus', 'camera') for node in _nodes(scene.get_node())):
        scene.focus(radius_factor=WHOLE)
    state = scene.canvas(background_color='#ffffff').get_state(
        title=title, description=text or None, description_format='plaintext'
    )
    state.metadata.timestamp = ''
    return state


def look_at(component: Component, margin: float = MARGIN) -> None:
    """
    :param component: what the scene looks at; several are looked at together
    :param margin: Å around it
    """
    component.focus(radius_extent=margin)


# --- Expressions ---------------------------------------------------------------------------------------------------


def residue(place: Place) -> ComponentExpression:
    """
    :param place: a residue
    :returns: its atoms
    """
    return ComponentExpression(
        auth_asym_id=place.chain, auth_seq_id=place.number, pdbx_PDB_ins_code=place.insertion_code
    )


def atom(place: Place, name: str) -> ComponentExpression:
    """
    :param place: a residue
    :param name: of an atom of it
    :returns: the atom
    """
    return residue(place).model_copy(update={'auth_atom_id': name})


def _sticks(component: Component, carbon: str | Theme | None, hydrogens: Hydrogens) -> None:
    """
    :param component: becomes balls and sticks
    :param carbon: colour of its carbon, or a theme for all its atoms
    :param hydrogens: which of them are drawn
    """
    shown = {'ignoreHydrogens': hydrogens != 'all', 'ignoreHydrogensVariant': _LEFT_OUT[hydrogens]}
    component.representation(type='ball_and_stick', custom={'molstar_representation_params': shown}).color(
        custom=carbon if isinstance(carbon, dict) else _elements(carbon)
    )


_LEFT_OUT: Mapping[Hydrogens, str] = {'all': 'all', 'polar': 'non-polar', 'none': 'all'}


def _elements(carbon: str | None) -> dict[str, Any]:
    """
    :param carbon: colour of carbon, the usual grey without it
    :returns: a colour node's colours by element
    """
    if carbon is None:
        return _theme('element-symbol', carbonColor={'name': 'element-symbol', 'params': {}})
    uniform = {'value': _number(carbon), 'saturation': 0, 'lightness': 0}
    return _theme('element-symbol', carbonColor={'name': 'uniform', 'params': uniform})


def _palette(colours: Iterable[str]) -> dict[str, Any]:
    """
    :param colours: to be given out in this order
    :returns: a palette in the viewer's own terms
    """
    return {
        'name': 'colors',
        'params': {'list': {'kind': 'set', 'colors': [_number(each) for each in colours]}},
    }


def _theme(name: str, **params: object) -> Theme:
    """
    :param name: of a colour theme of the viewer
    :param params: of the theme
    :returns: what a colour node carries to ask for it
    """
    return {'molstar_color_theme_name': name, 'molstar_color_theme_params': params}


def _number(shade: str) -> int:
    """
    :param shade: a colour as ``#rrggbb``
    :returns: the colour as a number
    """
    return int(shade[1:], 16)


def _nodes(node: Node) -> Iterator[Node]:
    """
    :param node: a node of a scene
    :returns: it and all below it
    """
    yield node
    for child in node.children or ():
        yield from _nodes(child)


# --- The structure page --------------------------------------------------------------------------------------------


def structure_scene(molecule: Protein) -> State:
    """
    :param molecule: a protein
    :returns: it and its ligands
    """
    scene = create_builder()
    protein(scene, f'files/protein.{molecule.file_type}', molecule.file_type)
    names = molecule.ligands().values_list('name', flat=True)
    ligands(scene, 'files/ligands.sdf', list(names))
    return finish(scene, molecule.name)
