"""Pictures of molecules."""

from pathlib import Path
from tempfile import TemporaryDirectory
from unittest import TestCase
from xml.etree import ElementTree

from rdkit import Chem

from engines.structure.pictures import write_pictures


class PictureTests(TestCase):
    """Numbered files."""

    def test_each_molecule_has_the_picture_of_its_number(self) -> None:
        """A title such as ``../x`` is never a path."""
        mols = [Chem.AddHs(Chem.MolFromSmiles(smiles)) for smiles in ('CC(=O)[O-]', 'c1ccccc1C[NH3+]')]
        mols[0].SetProp('_Name', '../x')
        with TemporaryDirectory() as folder:
            target = Path(folder) / 'new' / 'pictures'
            write_pictures(mols, target)
            self.assertEqual(sorted(file.name for file in target.iterdir()), ['1.svg', '2.svg'])
            self.assertEqual([file.name for file in Path(folder).iterdir()], ['new'])
            for file in target.iterdir():
                root = ElementTree.fromstring(file.read_text())  # noqa: S314  # our own drawing
                self.assertTrue(root.tag.endswith('svg'))
                self.assertGreater(len(root.findall('.//{http://www.w3.org/2000/svg}path')), 3)
