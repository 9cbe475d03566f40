"""Diagrams for other views: letters, places, PNG, and the points of the table."""

import json
import re
import unittest
from io import BytesIO
from xml.etree import ElementTree

import numpy as np
from PIL import Image

from engines.interactions.perception import perceive
from engines.interactions.test.sites import site, whole
from engines.poseview.cli import command
from engines.poseview.lettering import lettered
from engines.poseview.places import LIGAND, places
from engines.poseview.raster import png
from engines.poseview.scene import as_csv, table
from engines.poseview.svg import Svg
from engines.poseview.test.poseview_tests import drawn
from engines.poseview.themes import THEMES
from engines.structure.sdf import sdf_record
from engines.test.utils import Workspace, dictionary_path, run_command, structure_text

_SVG = '{http://www.w3.org/2000/svg}'
_CUT = 6.0
"""Angstrom around a ligand."""


class LetteringTests(unittest.TestCase):
    """Text of diagrams."""

    def test_small_letters_are_drawn_as_smaller_ones_and_the_line_comes_back(self) -> None:
        """Few fonts have signs of their own for them."""
        text = lettered('H\u2082N\u207a', 10.0)
        inside = ''.join(ElementTree.fromstring(f'<t>{text}</t>').itertext())  # noqa: S314  # our own output
        self.assertEqual(inside, 'H2N+')
        shifts = [float(shift) for shift in re.findall(r'dy="([^"]+)"', text)]
        self.assertEqual(len(shifts), 3)
        self.assertAlmostEqual(sum(shifts[:2]), 0.0)
        self.assertLess(shifts[2], 0.0)
        self.assertEqual(lettered('<b> & \x00', 10.0), '&lt;b&gt; &amp; ')


class PlaceTests(unittest.TestCase):
    """Where in the complex what is drawn is."""

    def test_structures_and_lines_say_where_they_are(self) -> None:
        """The ligand by a word of its own; a line by its residue, over a water by both."""
        assembly, diagram = whole('1gbt.cif'), drawn(whole('1gbt.cif'), 2)
        found = places(assembly, diagram)
        self.assertEqual(found[0], LIGAND)
        for structure, place in list(zip(diagram.structures, found, strict=True))[1:]:
            number = place.partition(':')[2]
            self.assertIn(number, structure.label, place)
        root = ElementTree.fromstring(Svg(diagram, THEMES['default'], found).text())  # noqa: S314  # our own output
        groups = root.findall(f'{_SVG}g')
        told = [(group.get('class'), group.get('data-places')) for group in groups]
        self.assertEqual([place for kind, place in told if kind == 'structure'], found)
        lines = [str(place) for kind, place in told if kind is None]
        self.assertEqual(len(lines), len(diagram.links))
        self.assertNotIn(LIGAND, ' '.join(lines))
        self.assertTrue(any(place.count(',') == 1 and 'A:246' in place for place in lines), lines)

    def test_diagram_without_places_has_none(self) -> None:
        """Nor what only a pointer finds."""
        text = Svg(drawn(whole('1gbt.cif'), 2), THEMES['default']).text()
        self.assertNotIn('data-places', text)
        self.assertNotIn('pointer-events', text)


class PictureTests(unittest.TestCase):
    """PNG."""

    def test_picture_is_the_diagram_twice_as_large_and_always_the_same(self) -> None:
        """On the ground of its theme, and with letters: without a font there would be less ink."""
        diagram = drawn(whole('1gbt.cif'), 2)
        svg = Svg(diagram, THEMES['dark']).text()
        picture = png(svg)
        self.assertEqual(picture, png(svg))
        width, height = (int(x) for x in re.findall(r'viewBox="0 0 (\d+) (\d+)"', svg)[0])
        image = Image.open(BytesIO(picture))
        self.assertEqual(image.size, (2 * width, 2 * height))
        ground = (*bytes.fromhex(THEMES['dark'].background[1:]), 255)
        self.assertEqual({image.getpixel((x, y)) for x in (0, 2 * width - 1) for y in (0, 2 * height - 1)}, {ground})
        bare = png(re.sub(r'<text.*?</text>', '', svg))
        self.assertGreater(len(picture), 1.2 * len(bare))


class TableTests(unittest.TestCase):
    """What others draw of it."""

    def test_rows_have_points_and_the_colours_of_the_theme(self) -> None:
        """The distance is that of the points where both are single atoms."""
        assembly = whole('1gbt.cif')
        rows = table(assembly, perceive(assembly, assembly.atoms[2]), THEMES['colour-blind'])
        for row in rows:
            if row['interaction'] == 'hydrogen_bond':
                apart = np.linalg.norm(np.subtract(row['ligandPoint'], row['partnerPoint']))
                self.assertAlmostEqual(float(apart), row['distance'], delta=0.01)
                self.assertEqual((row['kind'], row['colour']), ('Hydrogen bond', '#0072b2'))
            self.assertEqual(len(row['waterPoint']), 3 if row['water'] else 0)
        self.assertEqual(as_csv(rows).splitlines()[1].split(',')[-2].count(' '), 2)


class LigandTests(unittest.TestCase):
    """Ligands beside the one that is drawn."""

    def test_other_ligands_are_partners(self) -> None:
        """The text of a stored protein has no cofactor; testosterone lies on the nicotinamide of NADP."""
        space = Workspace()
        self.addCleanup(space.close)
        assembly = site('1afs.pdb', 'A', 325)
        names = {molecule.name: molecule for molecule in assembly.molecules}
        pose = space.write('pose.sdf', sdf_record(names['TES_A_325'].mol, 'TES_A_325'))
        cofactor = space.write('other.sdf', sdf_record(names['NAP_A_324'].mol, 'NAP_A_324'))
        lines = [line for line in structure_text('1afs.pdb').splitlines() if line[:6] == 'ATOM  ' and line[21] == 'A']
        middle = names['TES_A_325'].mol.GetConformer().GetPositions()
        points = np.array([[float(line[at : at + 8]) for at in (30, 38, 46)] for line in lines])
        near = np.linalg.norm(points[:, None] - middle, axis=-1).min(1) < _CUT
        around = {line[21:27] for line, inside in zip(lines, near, strict=True) if inside}
        bare = '\n'.join(line for line in lines if line[21:27] in around)
        protein = space.write('protein.pdb', f'{bare}\nEND\n')
        told = []
        for more in ([], [f'--ligands={cofactor}', f'--png={space.path}/out.png']):
            given = ['-p', str(protein), '-l', str(pose), '-o', f'{space.path}/out.svg', f'--table={space.path}/t.json']
            result = run_command(command, [*given, '--ccd', str(dictionary_path()), *more])
            self.assertEqual(result.code, 0, result.stderr)
            rows = json.loads((space.path / 't.json').read_text())
            told.append({(row['residue'], row['chain'], row['number'], row['insertionCode']) for row in rows})
        self.assertNotIn('NAP', {name for name, *_ in told[0]})
        self.assertIn(('NAP', 'A', 324, ''), told[1])
        self.assertIn('data-places="A:324"', (space.path / 'out.svg').read_text())
        self.assertTrue((space.path / 'out.png').read_bytes().startswith(b'\x89PNG'))
