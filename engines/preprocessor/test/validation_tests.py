"""The validation over the test files, and proof that it can fail."""

import contextlib
import io
import unittest

import gemmi
from rdkit import Chem

from engines.preprocessor import validate
from engines.preprocessor.comparison import Comparison, Verdict, compare
from engines.preprocessor.reference import canonical, component_molecule, ideal_molecule
from engines.structure.classification import classify
from engines.structure.components import Component
from engines.structure.molecules import Ligand, find_ligands
from engines.structure.reading import read_structure
from engines.structure.sdf import sdf_record
from engines.test.utils import TEST_FILES, Workspace, dictionary, dictionary_path, structure_path


class ValidationTests(unittest.TestCase):
    """Every ligand of the test files has the chemistry of the dictionary."""

    def test_all_test_files(self) -> None:
        """None skipped, none failed, none different; what is not simply equal is listed with its reason."""
        workspace = Workspace()
        self.addCleanup(workspace.close)
        report = workspace.path / 'report.md'
        code = validate.main([str(TEST_FILES), '--out', str(report), '--ccd', str(dictionary_path())])
        text = report.read_text(encoding='utf-8')
        self.assertEqual(code, 0, text)
        for path in validate.structure_files(TEST_FILES):
            self.assertIn(f'| {path.name} | processed |', text)
        self.assertIn('| DIFFERENT | 0 |', text)
        self.assertIn('| 2dfd_A.pdb.gz | MLT_A_3104 | equal but for stereo', text)
        self.assertNotIn(str(TEST_FILES.parent), text)

    def test_refused_and_failed_entries_are_told_apart(self) -> None:
        """A coded error is an outcome, a fault fails the validation."""
        workspace = Workspace()
        self.addCleanup(workspace.close)
        refused = validate.validate_file(workspace.write('a.pdb', 'hello'), dictionary_path())
        self.assertEqual((refused.fault, refused.error[:18]), (False, 'structure.no_atoms'))
        self.assertTrue(validate.is_clean([refused]))
        self.assertIn('1 refused', validate.report({'x': [refused]}))
        failed = validate.Entry('b.pdb', error='TypeError: x', fault=True)
        self.assertFalse(validate.is_clean([failed]))
        different = validate.Entry('c.pdb', comparisons=[Comparison('LIG_A_1', Verdict.DIFFERENT)])
        self.assertFalse(validate.is_clean([different]))

    def test_report_goes_to_standard_output_by_default(self) -> None:
        """For a quick look."""
        workspace = Workspace()
        self.addCleanup(workspace.close)
        workspace.write('1crn.pdb.gz', structure_path('1crn.pdb').read_bytes())
        output = io.StringIO()
        with contextlib.redirect_stdout(output):
            self.assertEqual(validate.main([str(workspace.path), '--ccd', str(dictionary_path())]), 0)
        self.assertIn('| 1crn.pdb.gz | processed |', output.getvalue())


class ComparisonTests(unittest.TestCase):
    """A wrong molecule is called different."""

    @classmethod
    def setUpClass(cls) -> None:
        """Open the dictionary."""
        cls.dictionary = dictionary()
        cls.addClassCleanup(cls.dictionary.close)

    def ligands(self, name: str) -> tuple[list[Ligand], dict[str, Component]]:
        """
        The ligands of a test file.

        :param name: file name
        :returns: ligands and components
        """
        classification = classify(read_structure(structure_path(name)), self.dictionary)
        return find_ligands(classification), classification.components

    def verdict(self, ligand: Ligand, mol: Chem.Mol, components: dict[str, Component]) -> Verdict:
        """
        The verdict on a molecule that is passed off as a ligand.

        :param ligand: the ligand
        :param mol: the molecule
        :param components: the components
        :returns: the verdict
        """
        return compare(ligand, sdf_record(mol, ligand.name), components).verdict

    def test_right_molecule_is_equal(self) -> None:
        """NADP and testosterone."""
        ligands, components = self.ligands('1afs.pdb')
        for ligand in ligands:
            self.assertIs(self.verdict(ligand, ligand.molecule.mol, components), Verdict.EQUAL)

    def test_mirrored_molecule_is_different(self) -> None:
        """The record is mirrored, the model is not, so the model proves nothing."""
        (_, ligand, *_), components = self.ligands('1afs.pdb')
        mol = Chem.Mol(ligand.molecule.mol)
        conformer = mol.GetConformer()
        for i in range(mol.GetNumAtoms()):
            x, y, z = conformer.GetAtomPosition(i)
            conformer.SetAtomPosition(i, (-x, y, z))
        self.assertIs(self.verdict(ligand, mol, components), Verdict.DIFFERENT)

    def test_wrong_bond_order_and_wrong_element_are_different(self) -> None:
        """The enone of testosterone without its double bond; an oxygen for a carbon."""
        (_, ligand, *_), components = self.ligands('1afs.pdb')
        saturated = Chem.RWMol(ligand.molecule.mol)
        double = next(b for b in saturated.GetBonds() if b.GetBondTypeAsDouble() == 2)
        double.SetBondType(Chem.BondType.SINGLE)
        for atom in (double.GetBeginAtom(), double.GetEndAtom()):
            atom.SetNoImplicit(False)
        Chem.SanitizeMol(saturated)
        self.assertIs(self.verdict(ligand, saturated, components), Verdict.DIFFERENT)

    def test_wrong_order_in_a_bound_ligand_is_different(self) -> None:
        """The acyl enzyme of 1PWC."""
        (ligand,), components = self.ligands('1pwc.pdb')
        self.assertIs(self.verdict(ligand, ligand.molecule.mol, components), Verdict.BOUND)
        wrong = Chem.RWMol(ligand.molecule.mol)
        double = next(b for b in wrong.GetBonds() if b.GetBondTypeAsDouble() == 2)
        double.SetBondType(Chem.BondType.SINGLE)
        for atom in (double.GetBeginAtom(), double.GetEndAtom()):
            atom.SetNoImplicit(False)
        Chem.SanitizeMol(wrong)
        self.assertIs(self.verdict(ligand, wrong, components), Verdict.DIFFERENT)

    def test_unreadable_record_is_different(self) -> None:
        """An SDF that RDKit refuses."""
        (_, ligand, *_), components = self.ligands('1afs.pdb')
        self.assertIs(compare(ligand, 'x\n\n\n', components).verdict, Verdict.DIFFERENT)

    def test_reference_molecules_agree_with_smiles_written_by_hand(self) -> None:
        """So that labels and ideal coordinates are read rightly."""
        for name, smiles in (
            ('BTN', 'O=C1N[C@H]2CS[C@@H](CCCCC(=O)O)[C@H]2N1'), ('ALA', 'C[C@H](N)C(=O)O'),
            ('FMR', 'O=C(O)/C=C/C(=O)O'),
            ('OLA', r'CCCCCCCC/C=C\CCCCCCCC(=O)O'), ('GLC', 'OC[C@H]1O[C@H](O)[C@H](O)[C@@H](O)[C@@H]1O'),
        ):  # fmt: skip
            component = self.dictionary.get(name)
            assert component is not None
            expected = canonical(Chem.MolFromSmiles(smiles))
            self.assertEqual(canonical(component_molecule(component)), expected, name)
            self.assertEqual(canonical(ideal_molecule(component)), expected, name)

    def test_model_that_proves_another_isomer(self) -> None:
        """A structure whose ligand is mirrored as a whole is told from a mistake of the engine."""
        source = read_structure(structure_path('1afs.pdb'))
        for chain in source.structure[0]:
            for residue in chain:
                for atom in residue if residue.name == 'TES' else ():
                    atom.pos = gemmi.Position(-atom.pos.x, atom.pos.y, atom.pos.z)
        classification = classify(source, self.dictionary)
        ligand = find_ligands(classification)[1]
        self.assertEqual(ligand.name, 'TES_A_325')
        self.assertIs(self.verdict(ligand, ligand.molecule.mol, classification.components), Verdict.MODEL_DIFFERS)
