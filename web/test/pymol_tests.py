"""Tests of PyMOL scripts, by their text; the rules of PyMOL that they rest on are named where they matter."""

from unittest import TestCase

from web.pymol import script
from web.results import Contour, File, Result


def lines(*files: tuple[str, Contour | None] | str) -> list[str]:
    """
    :param files: names, with a contour where they are maps that are drawn
    :returns: the lines of the script
    """
    named = [(file, None) if isinstance(file, str) else file for file in files]
    result = Result(files=tuple(File(name, '', bytes, contour) for name, contour in named))
    return script(result).splitlines()


class Scripts(TestCase):
    """What PyMOL is told."""

    def test_structure_in_two_formats_is_loaded_once_and_the_first_counts(self) -> None:
        """Two copies in one place look like one, until something is selected."""
        loads = [line for line in lines('protein.pdb', 'protein.cif') if line.startswith('load')]
        self.assertEqual(loads, ['load files/protein.pdb, protein_model'])

    def test_each_ligand_is_an_object_of_its_own(self) -> None:
        """Without multiplex the records become states of one object, of which one is seen."""
        self.assertIn('load files/ligands.sdf, ligands, multiplex=1', lines('ligands.sdf'))

    def test_map_is_drawn_at_its_own_level_and_colour_after_the_style(self) -> None:
        """PyMOL scales maps as it reads them unless told not to, and the style begins by hiding everything."""
        said = lines('protein.pdb', ('P_1.ccp4', Contour(0.5, '#56b4e9')))
        self.assertLess(said.index('set normalize_ccp4_maps, 0'), said.index('load files/P_1.ccp4, P_1_map'))
        self.assertIn('isosurface P_1, P_1_map, 0.5', said)
        self.assertIn('color 0x56b4e9, P_1', said)
        self.assertGreater(said.index('show surface, P_1'), said.index('hide everything'))

    def test_file_that_is_no_molecule_is_left_out(self) -> None:
        """PyMOL stops at what it cannot read. A map without a level is one that nobody looks at."""
        self.assertFalse([line for line in lines('report.json', 'big.ccp4', 'x.txt') if 'files/' in line])

    def test_names_of_objects_hold_nothing_that_ends_a_command(self) -> None:
        """A comma is the next argument, a semicolon the next command."""
        said = lines(('a-b+c.ccp4', Contour(1.0, '#000000')), 'x.y.sdf')
        self.assertIn('isosurface a_b_c, a_b_c_map, 1', said)
        self.assertIn('load files/x.y.sdf, x_y, multiplex=1', said)
