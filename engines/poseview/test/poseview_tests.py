"""Diagrams of real complexes: what is on them, that nothing lies over anything, and that they are safe."""

import json
import re
import unittest
from functools import cache
from xml.etree import ElementTree

import numpy as np
from rdkit import Chem

from engines.interactions.assembly import Assembly
from engines.interactions.interaction import Kind
from engines.interactions.perception import perceive
from engines.interactions.test.sites import site, whole
from engines.poseview.choice import Chooser
from engines.poseview.cli import command
from engines.poseview.diagram import Diagram, Shape
from engines.poseview.geometry import crossing
from engines.poseview.layout import lay_out
from engines.poseview.quality import Quality, judge
from engines.poseview.scene import COLUMNS, as_csv, scene, table
from engines.poseview.svg import Svg
from engines.poseview.themes import THEMES
from engines.structure.sdf import sdf_record
from engines.test.utils import CommandResult, Workspace, dictionary_path, run_command, structure_path

_SVG = '{http://www.w3.org/2000/svg}'


@cache
def drawn(assembly: Assembly, number: int = 0, title: str = '') -> Diagram:
    """
    :param assembly: a complex
    :param number: of the ligand
    :param title: of the diagram
    :returns: its diagram, laid out
    """
    found = perceive(assembly, assembly.atoms[number])
    diagram = Chooser(assembly, number, found).diagram(title)
    lay_out(diagram)
    return diagram


def contrast(first: str, second: str) -> float:
    """
    :param first: hexadecimal colour
    :param second: another one
    :returns: their contrast by WCAG 2
    """

    def light(colour: str) -> float:
        parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
        linear = [p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts]
        return float(np.dot(linear, (0.2126, 0.7152, 0.0722)))

    low, high = sorted((light(first), light(second)))
    return (high + 0.05) / (low + 0.05)


class LayoutTests(unittest.TestCase):
    """What is drawn, and where."""

    def test_every_interaction_is_drawn_without_overlap(self) -> None:
        """Inhibitors of kinase and trypsin: all residues with a bond, and no line across another or a label."""
        for assembly in (site('4x21.cif', 'A', 501), whole('1gbt.cif')):
            number = max(range(len(assembly.atoms)), key=lambda i: len(assembly.atoms[i]))
            found = perceive(assembly, assembly.atoms[number])
            diagram = drawn(assembly, number)
            self.assertEqual(judge(diagram), Quality(0, 0))
            kinds = {i.kind for i in found} - {Kind.SALT_BRIDGE}
            self.assertLessEqual(kinds, {x.interaction.kind for x in diagram.links})
            for link in diagram.links:
                first, second = diagram.ends(link)
                self.assertGreater(float(np.linalg.norm(first - second)), 0.9)

    def test_crowded_cofactor_is_drawn_in_another_way_and_its_residues_as_names_until_no_line_crosses(self) -> None:
        """NADP of 3-alpha-hydroxysteroid dehydrogenase: twenty partners, of which some bind at two places."""
        diagram = drawn(site('1afs.pdb', 'A', 324))
        self.assertEqual(judge(diagram), Quality(0, 0))
        shapes = [structure.shape for structure in diagram.structures]
        self.assertGreater(len(shapes), 20)
        self.assertIn(Shape.NAME, shapes)
        self.assertIn(Shape.FORMULA, shapes[1:])

    def test_bonds_are_of_one_length(self) -> None:
        """Structures are turned and moved, never bent."""
        for structure in drawn(whole('1gbt.cif'), 2).structures:
            lengths = [
                float(np.linalg.norm(structure.points[b.first] - structure.points[b.second])) for b in structure.bonds
            ]
            if lengths:
                self.assertGreater(min(lengths), 0.6, structure.label)
                self.assertLess(max(lengths), 1.5, structure.label)

    def test_water_stands_between(self) -> None:
        """The line of a bridge goes over its water, each arm with its own distance, and is drawn once."""
        diagram = drawn(whole('1gbt.cif'), 2)
        arms = [x for x in diagram.links if x.interaction.kind is Kind.WATER_BRIDGE]
        labels = {diagram.structures[end].label for x in arms for end in x.ends}
        self.assertEqual(len(arms), 2)
        self.assertTrue(any(label.startswith('HOH246') for label in labels), labels)

    def test_double_bonds_follow_the_hydrogens(self) -> None:
        """No atom of a residue has more bonds than it can have, whichever tautomer was decided."""
        most = {'C': 4, 'N': 3, 'O': 2}
        for structure in drawn(site('1afs.pdb', 'A', 325)).structures[1:]:
            for number, atom in enumerate(structure.atoms):
                bonds = sum(b.order for b in structure.bonds if number in (b.first, b.second))
                if atom.element in most:
                    self.assertLessEqual(bonds + atom.hydrogens, most[atom.element] + atom.charge, atom)

    def test_equal_input_gives_equal_output(self) -> None:
        """Nothing is random."""
        assembly = whole('1gbt.cif')
        first, second = (Svg(drawn.__wrapped__(assembly, 2), THEMES['default']).text() for _ in range(2))
        self.assertEqual(first, second)

    def test_crossing_lines_are_told(self) -> None:
        """Two diagonals cross; lines that share an end, and parallel ones, do not."""
        diagonal = np.array([[[0.0, 1.0], [1.0, 0.0]]])
        origin = np.zeros(2)
        self.assertTrue(crossing(origin, np.ones(2), diagonal).all())
        self.assertFalse(crossing(origin, np.array((0.0, 1.0)), diagonal).any())
        self.assertFalse(crossing(origin, np.array((-1.0, 1.0)), diagonal).any())

    def test_labels_over_atoms_are_told(self) -> None:
        """The measure of clearness sees what it is meant to see."""
        diagram = drawn.__wrapped__(whole('1gbt.cif'), 2)
        diagram.structures[1].label_at = diagram.structures[0].points[0].copy()
        self.assertGreater(judge(diagram).overlaps, 0)


class OutputTests(unittest.TestCase):
    """SVG, scene and table."""

    def test_svg_is_safe_and_speaks(self) -> None:
        """Shapes and text only; title and description name what is shown; hostile titles stay text."""
        text = Svg(drawn(whole('1gbt.cif'), 2, '<script>x</script> & "q"\x00'), THEMES['dark']).text()
        root = ElementTree.fromstring(text)  # noqa: S314  # our own output
        tags = {element.tag.removeprefix(_SVG) for element in root.iter()}
        self.assertLessEqual(
            tags, {'svg', 'title', 'desc', 'rect', 'g', 'line', 'path', 'circle', 'polygon', 'text', 'tspan'}
        )  # fmt: skip
        attributes = {name for element in root.iter() for name in element.attrib}
        self.assertFalse({a for a in attributes if a.startswith('on') or 'href' in a or a == 'style'})
        self.assertNotIn('url(', text)
        self.assertIn('<script>', root.findtext(f'{_SVG}title') or '')
        self.assertIn('Asp189 A', root.findtext(f'{_SVG}desc') or '')
        self.assertEqual(root.get('role'), 'img')

    def test_everything_lies_inside(self) -> None:
        """No shape begins outside of the picture."""
        text = Svg(drawn(whole('1gbt.cif'), 2), THEMES['default']).text()
        root = ElementTree.fromstring(text)  # noqa: S314  # our own output
        width, height = float(root.get('width', '0')), float(root.get('height', '0'))
        for element in root.iter():
            x, y = element.get('x') or element.get('x1'), element.get('y') or element.get('y1')
            if x and y:
                self.assertTrue(0 <= float(x) <= width and 0 <= float(y) <= height, ElementTree.tostring(element))

    def test_colours_can_be_read(self) -> None:
        """WCAG asks graphics for a contrast of 3; kinds that share a colour differ by their dashes."""
        for name, theme in THEMES.items():
            colours = [theme.ink, *theme.elements.values(), *theme.interactions.values()]
            for colour in colours:
                self.assertGreaterEqual(contrast(colour, theme.background), 3.0, (name, colour))

    def test_scene_refers_to_its_own_atoms(self) -> None:
        """Each interaction names structures and atoms that are there, in the drawer's words."""
        diagram = drawn(whole('1gbt.cif'), 2)
        content = json.loads(json.dumps(scene(diagram)))['scene']
        sizes = {s['id']: len(s['atoms']) for s in content['structures']}
        self.assertEqual(sizes[0], 12)
        self.assertTrue(content['atomPairInteractions'])
        for item in content['atomPairInteractions']:
            self.assertIn(item['type'], ('hydrogen', 'ionic', 'metal'))
            self.assertLess(item['from'], sizes[item['fromStructure']])
            self.assertLess(item['to'], sizes[item['toStructure']])
        self.assertEqual(len(content['annotations']), 1)
        contacts = [s for s in diagram.structures if s.shape is Shape.CONTACT]
        self.assertEqual(len(content['hydrophobicContacts']), len(contacts))

    def test_table_has_every_interaction(self) -> None:
        """Also those that are not drawn, as rows and as CSV."""
        assembly = whole('1gbt.cif')
        found = perceive(assembly, assembly.atoms[2])
        rows = table(assembly, found)
        self.assertEqual([row['interaction'] for row in rows], [str(i.kind) for i in found])
        bridge = next(row for row in rows if row['interaction'] == 'water_bridge')
        self.assertEqual((bridge['water'], bridge['residue'], bridge['number']), ('HOH_A_246', 'GLN', 192))
        lines = as_csv(rows).splitlines()
        self.assertEqual(lines[0], ','.join(COLUMNS))
        self.assertEqual(len(lines), len(rows) + 1)


class CommandTests(unittest.TestCase):
    """The command line."""

    def setUp(self) -> None:
        """Make a folder."""
        self.space = Workspace()
        self.addCleanup(self.space.close)

    def run_engine(self, sdf: str, *arguments: str) -> CommandResult:
        """
        :param sdf: the ligand
        :param arguments: further ones
        :returns: what the command did with trypsin
        """
        ligand = self.space.write('ligand.sdf', sdf)
        given = ['-p', str(structure_path('1gbt.cif')), '-l', str(ligand), '-t', '', '-o', f'{self.space.path}/out.svg']
        return run_command(command, [*given, '--ccd', str(dictionary_path()), *arguments])

    def ligand(self, shift: float = 0.0) -> str:
        """
        :param shift: Angstrom by which it is moved away
        :returns: record of the ligand
        """
        mol = Chem.Mol(whole('1gbt.cif').molecules[2].mol)
        conformer = mol.GetConformer()
        for i, point in enumerate(conformer.GetPositions()):
            conformer.SetAtomPosition(i, (point + shift).tolist())
        return sdf_record(mol, 'GBS_A_704')

    def test_files_are_written(self) -> None:
        """The way of the published program, with our own options."""
        folder = self.space.path
        result = self.run_engine(
            self.ligand(), f'--scene={folder}/s.json', f'--table={folder}/t.json', f'--notes={folder}/n.json',
            '--theme=colour-blind',
        )  # fmt: skip
        self.assertEqual(result.code, 0, result.stderr)
        told = json.loads(result.stdout)
        self.assertEqual(told['interactions'], len(json.loads((folder / 't.json').read_text())))
        self.assertIn('structures', json.loads((folder / 's.json').read_text())['scene'])
        self.assertTrue((folder / 't.csv').is_file())
        self.assertIsInstance(json.loads((folder / 'n.json').read_text()), list)
        self.assertTrue(re.match(r'<svg .*role="img"', (folder / 'out.svg').read_text()))

    def test_what_cannot_be_drawn_is_refused(self) -> None:
        """Several molecules, a ligand far away, one that is too large."""
        large = Chem.MolFromSmiles('C' * 201)
        conformer = Chem.Conformer(201)
        conformer.Set3D(True)
        for i in range(201):
            conformer.SetAtomPosition(i, (1.5 * i, 0.1 * (i % 3), 1.0))
        large.AddConformer(conformer)
        cases = {
            'poseview.several': self.ligand() * 2,
            'poseview.away': self.ligand(500.0),
            'poseview.size': sdf_record(large, 'large'),
        }
        for code, sdf in cases.items():
            result = self.run_engine(sdf)
            self.assertEqual((result.code, result.error.get('code')), (65, code))
            self.assertFalse((self.space.path / 'out.svg').exists())
