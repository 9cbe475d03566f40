"""Tests of reading structures: formats, ages, and everything that is no structure."""

import gzip
import unittest
from pathlib import Path

from engines.errors import EngineError
from engines.structure.reading import file_stem, read_bytes, read_structure
from engines.test.utils import TEST_FILES, Workspace, structure_path, structure_text

_ATOM = 'ATOM      1  CA  ALA A   1      11.104   6.134  -6.504  1.00  0.00           C  \n'
_CIF = 'data_x\nloop_\n_atom_site.group_PDB\n_atom_site.id\n_atom_site.type_symbol\n_atom_site.label_atom_id\n'
_CIF += '_atom_site.label_alt_id\n_atom_site.label_comp_id\n_atom_site.label_asym_id\n_atom_site.label_entity_id\n'
_CIF += '_atom_site.label_seq_id\n_atom_site.Cartn_x\n_atom_site.Cartn_y\n_atom_site.Cartn_z\n'


def hybrid36(number: int, width: int) -> str:
    """
    Encode a number as hybrid-36 (Grosse-Kunstleve 2007), upper case range only.

    :param number: number from 0 to 10 ** width + 26 * 36 ** (width - 1) - 1
    :param width: number of characters
    :returns: the text
    """
    if number < 10**width:
        return str(number).rjust(width)
    digits, value = '', number - 10**width + 10 * 36 ** (width - 1)
    while value:
        value, rest = divmod(value, 36)
        digits = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ'[rest] + digits
    return digits


class ReadingTests(unittest.TestCase):
    """What can be read is read, whatever its name."""

    def setUp(self) -> None:
        """Make a directory."""
        self.workspace = Workspace()
        self.addCleanup(self.workspace.close)

    def count(self, path: Path) -> int:
        """
        Number of atoms of the first model.

        :param path: structure
        :returns: the number
        """
        return int(read_structure(path).structure[0].count_atom_sites())

    def test_pdb_and_mmcif_plain_and_packed(self) -> None:
        """The content decides; suffixes may be upper case, missing or wrong."""
        pdb, cif = structure_text('1crn.pdb'), structure_text('1a8o.cif')
        for name, content, atoms in (
            ('a.pdb', pdb, 327), ('a.ENT', pdb, 327), ('a.cif', pdb, 327), ('a', pdb, 327),
            ('A.PDB.GZ', gzip.compress(pdb.encode()), 327), ('b.cif.gz', gzip.compress(cif.encode()), 644),
            ('b.cif', cif, 644), ('B.CIF', cif, 644), ('b.pdb', cif, 644),
        ):  # fmt: skip
            with self.subTest(name):
                self.assertEqual(self.count(self.workspace.write(name, content)), atoms)

    def test_stem_drops_suffixes_of_any_case(self) -> None:
        """Names of result files follow from it."""
        for name, stem in (('4AGM.PDB.GZ', '4AGM'), ('pdb4agm.ent', 'pdb4agm'), ('my.model.cif', 'my.model')):
            self.assertEqual(file_stem(Path(name)), stem)

    def test_windows_newlines_old_mac_newlines_and_byte_order_mark(self) -> None:
        """Text that passed through other systems."""
        pdb = structure_text('1crn.pdb')
        for content in (pdb.replace('\n', '\r\n'), pdb.replace('\n', '\r'), '\ufeff' + pdb):
            self.assertEqual(self.count(self.workspace.write('a.pdb', content)), 327)

    def test_pre_1996_layout_is_read_and_noted(self) -> None:
        """1HPV carries its id and line numbers in columns 73 to 80."""
        source = read_structure(structure_path('1hpv.pdb'))
        self.assertEqual([note.code for note in source.notes], ['structure.pre_1996_layout'])
        elements = {atom.element.name for chain in source.structure[0] for residue in chain for atom in residue}
        self.assertEqual(elements, {'C', 'N', 'O', 'S'})

    def test_line_numbers_beside_a_real_element_are_cut_too(self) -> None:
        """Some programs filled in the element and left half of the line number."""
        lines = [_ATOM[:72] + number[:4] + ' C' + number[4:] + '\n' for number in ('005799', '005800')]
        source = read_structure(self.workspace.write('a.pdb', lines[0] + lines[1].replace(' CA ', ' CB ')))
        (residue,) = source.structure[0][0]
        self.assertEqual([atom.element.name for atom in residue], ['C', 'C'])

    def test_charges_of_the_modern_layout_survive(self) -> None:
        """They must not be taken for line numbers."""
        text = _ATOM.rstrip()[:76] + 'ZN2+\n'
        source = read_structure(self.workspace.write('a.pdb', text))
        self.assertEqual((source.notes, source.structure[0][0][0][0].charge), ([], 2))

    def test_hybrid_36_serials_are_decoded_and_noted(self) -> None:
        """A synthetic file that passes 99,999."""
        lines = [_ATOM[:6] + hybrid36(n, 5) + _ATOM[11:] for n in (99_998, 99_999, 100_000, 100_001)]
        source = read_structure(self.workspace.write('a.pdb', ''.join(lines)))
        serials = [atom.serial for residue in source.structure[0][0] for atom in residue]
        self.assertEqual(serials, [99_998, 99_999, 100_000, 100_001])
        self.assertEqual([note.code for note in source.notes], ['structure.hybrid36'])

    def test_first_block_with_atoms_counts(self) -> None:
        """MmCIF files may start with a block of something else."""
        text = 'data_first\n_cell.length_a 10\n' + _CIF + 'ATOM 1 C CA . ALA A 1 1 1.0 2.0 3.0\n'
        self.assertEqual(self.count(self.workspace.write('a.cif', text)), 1)

    def test_all_models_are_read(self) -> None:
        """1LCD is an NMR entry."""
        self.assertEqual(len(read_structure(structure_path('1lcd.pdb')).structure), 3)

    def test_very_long_line_does_no_harm(self) -> None:
        """A million characters after, or instead of, an atom."""
        for text in (
            _ATOM.rstrip() + ' ' * 10**6 + '\n',
            'x' * 10**6 + '\n' + _ATOM,
            'REMARK' + 'y' * 10**6 + '\n' + _ATOM,
        ):
            self.assertEqual(self.count(self.workspace.write('a.pdb', text)), 1)


class RefusalTests(unittest.TestCase):
    """What is no structure is refused with a code and a sentence."""

    def setUp(self) -> None:
        """Make a directory."""
        self.workspace = Workspace()
        self.addCleanup(self.workspace.close)

    def assert_refused(self, content: str | bytes, code: str, name: str = 'a.pdb') -> None:
        """
        Check that a content is refused.

        :param content: content of the file
        :param code: expected code
        :param name: name of the file
        """
        with self.assertRaises(EngineError) as caught:
            read_structure(self.workspace.write(name, content))
        self.assertEqual(caught.exception.code, code)
        self.assertTrue(caught.exception.message.endswith('.'), caught.exception.message)
        self.assertNotIn(str(self.workspace.path), caught.exception.message)

    def test_files_without_atoms(self) -> None:
        """Empty, tiny, another text, a CIF of something else."""
        self.assert_refused('', 'structure.empty')
        self.assert_refused(' \n\n', 'structure.empty')
        self.assert_refused('hello', 'structure.no_atoms')
        self.assert_refused('x' * 10**6, 'structure.no_atoms')
        self.assert_refused('data_x\n_cell.length_a 10\n', 'structure.no_atoms', 'a.cif')
        self.assert_refused(_CIF, 'structure.no_atoms', 'a.cif')
        sdf = gzip.decompress((TEST_FILES / '1g9v_RQ3_ligands.sdf.gz').read_bytes())
        self.assert_refused(sdf, 'structure.no_atoms', 'a.sdf')

    def test_files_that_are_no_text(self) -> None:
        """Binary, NUL and other encodings."""
        self.assert_refused(bytes(range(256)) * 10, 'structure.not_text')
        self.assert_refused(_ATOM + '\0', 'structure.not_text')
        self.assert_refused(b'REMARK caf\xe9\n' + _ATOM.encode(), 'structure.not_text')
        self.assert_refused('REMARK\n'.encode('utf-16') + _ATOM.encode('utf-16'), 'structure.not_text')

    def test_damaged_gzip(self) -> None:
        """Cut off at every tenth, with a wrong checksum, or nothing behind the magic bytes."""
        packed = gzip.compress(structure_text('1crn.pdb').encode())
        for length in range(3, len(packed), len(packed) // 10):
            self.assert_refused(packed[:length], 'input.gzip', 'a.pdb.gz')
        self.assert_refused(packed[:-8] + b'\0' * 8, 'input.gzip', 'a.pdb.gz')

    def test_gzip_bomb_stops_at_the_budget(self) -> None:
        """The budget holds for the sum of all members, and the file is never unpacked whole."""
        member = gzip.compress(b'A' * 700_000)
        for content in (gzip.compress(b'A' * 5_000_000), member + member):
            path = self.workspace.write('a.pdb.gz', content)
            with self.assertRaises(EngineError) as caught:
                read_bytes(path, limit=1_000_000)
            self.assertEqual(caught.exception.code, 'input.too_large')
        self.assertEqual(len(read_bytes(self.workspace.write('b.gz', member), limit=1_000_000)), 700_000)

    def test_plain_file_beyond_the_budget(self) -> None:
        """Not only packed files have a limit."""
        with self.assertRaises(EngineError) as caught:
            read_structure(self.workspace.write('a.pdb', _ATOM * 100), limit=1000)
        self.assertEqual(caught.exception.code, 'input.too_large')

    def test_missing_file(self) -> None:
        """The sentence names the file, not its folder."""
        with self.assertRaises(EngineError) as caught:
            read_structure(self.workspace.path / 'none.pdb')
        self.assertEqual((caught.exception.code, 'none.pdb' in caught.exception.message), ('input.unreadable', True))

    def test_coordinates_that_are_no_numbers(self) -> None:
        """Gemmi itself would read some of them as 0."""
        for field in ('     nan', '     inf', '   x.xxx', '********', '        '):
            with self.subTest(field):
                self.assert_refused(_ATOM[:30] + field + _ATOM[38:], 'structure.coordinates')
        for value in ('nan', '?', 'foo', '1' * 10**6):
            with self.subTest(value[:5]):
                text = _CIF + f'ATOM 1 C CA . ALA A 1 1 {value} 2.0 3.0\n'
                self.assert_refused(text, 'structure.coordinates', 'a.cif')

    def test_atoms_endlessly_far_apart_are_refused(self) -> None:
        """A neighbour search of the box around them would need more memory than there is."""
        far = _ATOM[:30] + '9999.0009999.0009999.000' + _ATOM[54:]
        self.assert_refused(_ATOM + far, 'structure.coordinates')

    def test_characters_beyond_ascii(self) -> None:
        """They are refused in atom lines, whose columns they would shift, and replaced elsewhere."""
        self.assert_refused(_ATOM.replace(' CA ', ' Cé '), 'structure.not_text')
        path = self.workspace.write('a.pdb', 'REMARK   1 Ångström é\n' + _ATOM)
        self.assertIn('?ngstr?m', read_structure(path).structure.raw_remarks[0])

    def test_broken_cif_and_cut_off_pdb_line(self) -> None:
        """The parser's words reach the user on one line."""
        self.assert_refused(_CIF + 'ATOM 1 C CA\n', 'structure.unreadable', 'a.cif')
        self.assert_refused(_CIF + "ATOM 1 C 'CA . ALA A 1 1 1.0 2.0 3.0\n", 'structure.unreadable', 'a.cif')
        self.assert_refused(_ATOM[:54], 'structure.unreadable')
