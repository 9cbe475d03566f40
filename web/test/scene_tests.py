"""Tests of the drawing rules, on the scenes themselves; what they look like is for the browser tests."""

from collections.abc import Callable, Iterator
from functools import partial
from typing import Any
from unittest import TestCase

import django.test
from molviewspec import create_builder
from molviewspec.builder import Root

from molecule_handler.models import Ligand, Protein
from web import marks, scenes
from web.results import Place, place_of

Tree = dict[str, Any]


def drawn(draw: Callable[[Root], object]) -> Tree:
    """
    :param draw: draws something
    :returns: the finished scene as JSON
    """
    scene = create_builder()
    draw(scene)
    tree: Tree = scenes.finish(scene, 'A scene').to_dict()
    return tree


def nodes(tree: Tree, kind: str) -> list[Tree]:
    """
    :param tree: a scene
    :param kind: of node
    :returns: its nodes of this kind, in their order
    """

    def below(node: Tree) -> Iterator[Tree]:
        yield node
        for child in node.get('children') or ():
            yield from below(child)

    return [node for node in below(tree['root']) if node['kind'] == kind]


def params(tree: Tree, kind: str) -> list[Tree]:
    """
    :param tree: a scene
    :param kind: of node
    :returns: the parameters of its nodes of this kind
    """
    return [node['params'] for node in nodes(tree, kind)]


class DrawingRules(TestCase):
    """One test for each rule."""

    def test_score_in_the_place_of_the_b_factor_has_a_colour_of_its_range(self) -> None:
        """The viewer wants the colours from the highest to the lowest, and the end of the last range."""
        theme = scenes.by_b_factor(0, 1.2, ('#d55e00', '#e69f00', '#0072b2'))
        colours = {'kind': 'set', 'colors': [0x0072B2, 0xE69F00, 0xD55E00]}
        self.assertEqual(theme['molstar_color_theme_params'], {'domain': [0, 1.2], 'list': colours})

        def draw(scene: Root) -> None:
            structure = scenes.structure(scene, 'files/protein.pdb', 'pdb')
            scenes.polymers(structure, theme)
            scenes.metals(structure, theme)
            scenes.others(structure, theme)
            scenes.residues(structure, [Place('A', 1)], theme)

        self.assertEqual([each['custom'] for each in nodes(drawn(draw), 'color')], [theme] * 5)

    def test_marked_atoms_are_spheres_of_one_colour(self) -> None:
        """They stand out beside sticks."""

        def draw(scene: Root) -> None:
            scenes.atoms(scenes.structure(scene, 'files/protein.pdb', 'pdb'), [(Place('A', 7, 'B'), 'CA')], '#d55e00')

        tree = drawn(draw)
        (component,) = params(tree, 'component')
        (selector,) = component['selector']
        self.assertEqual((selector['auth_seq_id'], selector['auth_atom_id']), (7, 'CA'))
        self.assertEqual(params(tree, 'color'), [{'color': '#d55e00'}])

    def protein(self, file_format: str = 'pdb') -> Tree:
        """
        :param file_format: of its file
        :returns: the scene of a protein
        """
        return drawn(lambda scene: scenes.protein(scene, f'files/protein.{file_format}', file_format))

    def test_deposited_model_is_drawn_and_never_an_assembly(self) -> None:
        """Viewers open the first assembly, and users miss chains and ligands."""
        for file_format, parsed in (('pdb', 'pdb'), ('cif', 'mmcif')):
            tree = self.protein(file_format)
            self.assertEqual([node['type'] for node in params(tree, 'structure')], ['model'])
            self.assertEqual([node['format'] for node in params(tree, 'parse')], [parsed])

    def test_all_of_a_protein_is_drawn_but_its_water(self) -> None:
        """What is neither polymer nor ion would be missed; water hides the rest."""
        shown = [node['selector'] for node in params(self.protein(), 'component')]
        self.assertEqual(shown, ['polymer', 'ion', 'branched', 'ligand'])
        asked = drawn(lambda scene: scenes.water(scenes.structure(scene, 'files/protein.pdb', 'pdb')))
        self.assertEqual([node['selector'] for node in params(asked, 'component')], ['water'])

    def test_metals_are_small(self) -> None:
        """An ion drawn at full size hides its distances."""
        (size,) = [node['size_factor'] for node in params(self.protein(), 'representation') if 'size_factor' in node]
        self.assertEqual(size, 0.35)

    def test_chains_have_their_colours_unless_colours_mean_something_else(self) -> None:
        """Pockets coloured by rank on chains coloured alike tell nothing."""
        by_chain = nodes(self.protein(), 'color')[0]['custom']
        self.assertEqual(by_chain['molstar_color_theme_name'], 'chain-id')
        palette = by_chain['molstar_color_theme_params']['palette']['params']['list']['colors']
        self.assertEqual(palette[0], 0x56B4E9)
        grey = drawn(lambda scene: scenes.protein(scene, 'files/protein.pdb', 'pdb', scenes.GREY))
        self.assertEqual(params(grey, 'color')[0]['color'], scenes.GREY)

    def test_residue_without_insertion_code_is_only_that_one(self) -> None:
        """Without an empty code the viewer takes 45, 45A and 45B."""
        tree = drawn(
            lambda scene: scenes.residues(
                scenes.structure(scene, 'files/protein.pdb', 'pdb'), [Place('A', 45), Place('B', -1, 'A')], '#e69f00'
            )
        )
        (selector,) = (node['selector'] for node in params(tree, 'component'))
        wanted = [('A', 45, ''), ('B', -1, 'A')]
        found = [(row['auth_asym_id'], row['auth_seq_id'], row['pdbx_PDB_ins_code']) for row in selector]
        self.assertEqual(found, wanted)
        carbon = nodes(tree, 'color')[0]['custom']['molstar_color_theme_params']['carbonColor']
        self.assertEqual((carbon['name'], carbon['params']['value']), ('uniform', 0xE69F00))

    def test_ligands_of_a_file_are_read_once_and_found_by_their_place(self) -> None:
        """An SD file has no chain: the reference is how a row of a table leads to the ligand."""
        tree = drawn(lambda scene: scenes.ligands(scene, 'files/ligands.sdf', ['P86_A_400', 'NAG_B_17A', 'aspirin']))
        self.assertEqual(len(nodes(tree, 'download')), 1)
        self.assertEqual([node['model_index'] for node in params(tree, 'structure')], [0, 1, 2])
        self.assertEqual([node.get('ref') for node in nodes(tree, 'component')], ['A:400', 'B:17A', None])
        self.assertEqual([node['text'] for node in params(tree, 'tooltip')], ['P86_A_400', 'NAG_B_17A', 'aspirin'])
        self.assertEqual(nodes(drawn(lambda scene: scenes.ligands(scene, 'files/ligands.sdf', [])), 'download'), [])

    def test_hydrogens_are_drawn_as_asked(self) -> None:
        """A result about hydrogens shows all, the others those that can bind."""
        rules: dict[scenes.Hydrogens, tuple[bool, str]] = {
            'all': (False, 'all'),
            'polar': (True, 'non-polar'),
            'none': (True, 'all'),
        }
        for asked, left_out in rules.items():
            tree = drawn(partial(scenes.ligands, url='files/x.sdf', names=['x'], hydrogens=asked))
            shown = nodes(tree, 'representation')[0]['custom']['molstar_representation_params']
            self.assertEqual((shown['ignoreHydrogens'], shown['ignoreHydrogensVariant']), left_out)

    def test_distances_are_dashed_and_labelled(self) -> None:
        """Between an atom of the structure and a point."""
        ends = (scenes.atom(Place('A', 94), 'NE2'), (1.0, 2.0, 3.0))
        tree = drawn(lambda scene: marks.distances(scenes.structure(scene, 'files/protein.pdb', 'pdb'), [ends]))
        (line,) = params(tree, 'primitive')
        self.assertEqual(line['start']['auth_atom_id'], 'NE2')
        self.assertEqual(line['end'], (1.0, 2.0, 3.0))
        self.assertGreater(line['dash_length'], 0)
        self.assertGreater(line['label_size'], 0.3)

    def test_dashes_know_what_they_mean_and_what_lights_up_with_them(self) -> None:
        """A label stands in the middle, if there is one."""
        ends = ((0.0, 0.0, 0.0), (2.0, 0.0, 4.0))

        def draw(scene: Root, label: str) -> None:
            protein = scenes.structure(scene, 'files/protein.pdb', 'pdb')
            marks.dashes(protein, ends, '#2f6fe0', 'a bond', 'A:25', label)

        for label in ('2.9', ''):
            tree = drawn(partial(draw, label=label))
            (group,) = nodes(tree, 'primitives')
            self.assertEqual((group['custom'], group['params']['tooltip']), ({'places': 'A:25'}, 'a bond'))
            line, *labels = params(tree, 'primitive')
            self.assertEqual((line['start'], line['end'], line['dash_length'] > 0), (*ends, True))
            self.assertEqual([(each['position'], each['text']) for each in labels], [((1, 0, 2), label)] * bool(label))

    def test_ligand_is_called_as_the_page_wants(self) -> None:
        """A pose may bear the name of a ligand that the structure has, too."""
        for called, expected in (('', 'A:5'), ('ligand', 'ligand')):
            tree = drawn(partial(scenes.ligands, url='files/x.sdf', names=['HEM_A_5'], called=called))
            self.assertEqual([node.get('ref') for node in nodes(tree, 'component')], [expected])

    def test_grid_is_drawn_at_an_absolute_level(self) -> None:
        """A level relative to the standard deviation moves with the size of the box."""
        tree = drawn(lambda scene: scenes.grid(scene, 'files/pocket_1.ccp4', 0.5, scenes.colour(0)))
        (surface,) = params(tree, 'volume_representation')
        self.assertEqual((surface['absolute_isovalue'], surface['show_faces']), (0.5, True))
        self.assertLess(params(tree, 'opacity')[0]['opacity'], 1)
        mesh = params(drawn(lambda scene: scenes.grid(scene, 'm', 1.2, '#0072b2', mesh=True)), 'volume_representation')
        self.assertEqual((mesh[0]['show_faces'], mesh[0]['show_wireframe']), (False, True))

    def test_every_scene_has_one_focus(self) -> None:
        """Without it the camera stays where the last scene left it."""
        self.assertEqual([kind['kind'] for kind in self.protein()['root']['children']][-2:], ['focus', 'canvas'])

        def ligand(scene: Root) -> None:
            """:param scene: looks at a ligand"""
            scenes.look_at(scenes.ligands(scene, 'files/ligands.sdf', ['P86_A_400'])[0], 3)

        (focus,) = params(drawn(ligand), 'focus')
        self.assertEqual(focus['radius_extent'], 3)

    def test_equal_scenes_are_equal_in_every_byte(self) -> None:
        """The library writes the time into them, and archives would differ."""
        self.assertEqual(self.protein(), self.protein())

    def test_colours_repeat_and_none_is_grey(self) -> None:
        """There may be more pockets than colours, on a protein that is grey."""
        self.assertEqual(scenes.colour(len(scenes.COLOURS)), scenes.colour(0))
        self.assertNotIn(scenes.GREY, scenes.COLOURS)

    def test_place_is_read_from_the_name_of_a_ligand(self) -> None:
        """Names of uploaded records say nothing about a place."""
        self.assertEqual(place_of('P86_A_400'), Place('A', 400))
        self.assertEqual(str(place_of('GOL_AA_-3B')), 'AA:-3B')
        for name in ('aspirin', 'A_1', 'P86_A_x', ''):
            self.assertIsNone(place_of(name))


class StructureScenes(django.test.TestCase):
    """The scene of the structure page."""

    def test_ligands_are_drawn_in_the_order_of_their_file(self) -> None:
        """The scene counts records of a file that another view writes."""
        protein = Protein.objects.create(name='4agm', file_type='pdb', file_string='ATOM\n')
        for name in ('P86_B_400', 'EDO_A_1'):
            Ligand.objects.create(name=name, protein=protein, file_string=f'\n{name}\nM  END\n$$$$\n')
        titles = [record.partition('\n')[0] for record in protein.ligand_records().split('$$$$\n') if record]
        with self.assertNumQueries(1):
            tree = scenes.structure_scene(protein).to_dict()
        self.assertEqual([node['text'] for node in params(tree, 'tooltip')], titles)
        self.assertEqual([node['url'] for node in params(tree, 'download')], ['files/protein.pdb', 'files/ligands.sdf'])
        self.assertEqual(tree['metadata']['title'], '4agm')
