"""What files say of their entries, in all the forms that the archive has had."""

import tempfile
import unittest
from pathlib import Path

from engines.archive.files import structure_files
from engines.archive.header import Header, header
from engines.structure.reading import read_structure

FILES = Path(__file__).parents[3] / 'test_files'
_ATOM = 'ATOM      1  CA  GLY A   1      11.104   6.134  -6.504  1.00  0.00           C\nEND\n'


class HeaderTests(unittest.TestCase):
    """Heads of real and of written files."""

    def setUp(self) -> None:
        """A folder for files."""
        self.folder = Path(self.enterContext(tempfile.TemporaryDirectory()))

    def head(self, text: str, name: str = 'model.pdb') -> Header:
        """
        :param text: before the atoms
        :param name: of the file
        :returns: what it says
        """
        path = self.folder / name
        path.write_text(text + _ATOM, encoding='utf-8')
        return header(read_structure(path))

    def test_enzyme_classes_are_read_in_both_forms(self) -> None:
        """Of records that go over several lines, too."""
        for name, classes in (('1hpv', ('3.4.23.-',)), ('1hel', ('3.2.1.17',))):
            path = next(FILES.rglob(f'{name}.pdb.gz'))
            self.assertEqual(header(read_structure(path)).ec, classes)
        text = 'COMPND    MOL_ID: 1; EC: 1.1.1.27,\nCOMPND   2  2.7.1.1; MOL_ID: 2; EC: 1.1.1.27\n'
        self.assertEqual(self.head(text).ec, ('1.1.1.27', '2.7.1.1'))

    def test_file_without_a_head_is_called_by_its_name(self) -> None:
        """A PDB id only if that is the whole name: a chain cut out of an entry is not the entry."""
        for name, code in (('pdb4agm.ent', '4AGM'), ('4agm.pdb', '4AGM'), ('1i10_a.pdb', '1I10_A'), ('own.pdb', 'OWN')):
            head = self.head('', name)
            self.assertEqual(head, Header(code, '', '', (), '', None, ''))

    def test_dates_have_four_digits_for_their_year(self) -> None:
        """The archive began in 1971."""
        for said, date in (('01-JAN-70', '2070-01-01'), ('31-DEC-71', '1971-12-31'), ('05-MAY-12', '2012-05-05')):
            self.assertEqual(self.head(f'HEADER    HYDROLASE                               {said}   1ABC\n').date, date)

    def test_structure_files_are_found_at_any_depth_in_order(self) -> None:
        """Plain ones, packed ones or both."""
        names = ['b/2.ent', 'b/1.CIF.gz', 'a.pdb', 'a.txt', 'c.pdbx', 'c.tar.gz', 'd.mmcif.gz']
        for name in names:
            (self.folder / name).parent.mkdir(exist_ok=True)
            (self.folder / name).touch()
        for compressed, expected in (
            (None, ['a.pdb', 'c.pdbx', 'd.mmcif.gz', 'b/1.CIF.gz', 'b/2.ent']),
            (True, ['d.mmcif.gz', 'b/1.CIF.gz']),
            (False, ['a.pdb', 'c.pdbx', 'b/2.ent']),
        ):
            found = [path.relative_to(self.folder).as_posix() for path in structure_files(self.folder, compressed)]
            self.assertEqual(found, expected)
