"""Geometry and chemistry of ligands."""

import gzip
import math
import unittest

import numpy as np
from rdkit import Chem
from rdkit.Chem import rdDistGeom

from engines.structureprofiler.chemistry import measure_chemistry
from engines.structureprofiler.columns import LIGANDS
from engines.structureprofiler.judge import judge
from engines.structureprofiler.ligand_geometry import (
    MOST_ATOMS,
    bounds,
    dihedral,
    measure_ligand_geometry,
    out_of_plane,
    torsion_strain,
)
from engines.structureprofiler.measures import Measures, Value
from engines.structureprofiler.subject import Subject, _of_file
from engines.structureprofiler.thresholds import load_preset, patterns
from engines.test.utils import structure_path


def subject(smiles: str, name: str = 'LIG_A_1') -> Subject:
    """
    :param smiles: of a molecule
    :param name: of the ligand
    :returns: it with a reasonable geometry
    """
    mol = Chem.AddHs(Chem.MolFromSmiles(smiles))
    if rdDistGeom.EmbedMolecule(mol, randomSeed=7) != 0:
        raise AssertionError(smiles)
    return _of_file(name, mol)


def inhibitor() -> Subject:
    """:returns: the ligand of 1IA1 as its crystal shows it"""
    text = gzip.decompress(structure_path('1ia1_TQ3.sdf').read_bytes()).decode()
    return _of_file('TQ3_A_194', Chem.MolFromMolBlock(text, removeHs=False))


def geometry(ligand: Subject) -> dict[str, Value]:
    """
    :param ligand: a ligand
    :returns: its values and verdicts
    """
    measures = Measures()
    if not measure_ligand_geometry(ligand, measures):
        raise AssertionError('no bounds')
    return judge(LIGANDS, measures, load_preset('combined')['ligands']).row


class GeometryTests(unittest.TestCase):
    """Bonds, angles, torsions, rings, overlaps; one fault at a time."""

    def moved(self, index: int, shift: tuple[float, float, float]) -> dict[str, Value]:
        """
        :param index: of an atom of the inhibitor
        :param shift: Angstrom
        :returns: its values and verdicts with the atom elsewhere
        """
        ligand = inhibitor()
        conformer = ligand.mol.GetConformer()
        point = np.array(conformer.GetAtomPosition(index)) + np.array(shift)
        conformer.SetAtomPosition(index, point.tolist())
        return geometry(ligand)

    def test_crystal_ligand_passes(self) -> None:
        """It is the reference of a docking benchmark."""
        row = geometry(inhibitor())
        for test in ('bondLengthsTest', 'bondAnglesTest', 'noIntramolecularClash', 'ringPlanarityTest'):
            self.assertIs(row[test], True, test)
        self.assertLess(float(row['bondLengthsValue'] or 0), 0.1)

    def test_atom_out_of_place_fails(self) -> None:
        """A ring atom 1.2 A off bends its ring and its bonds."""
        ring = next(atom for atom in inhibitor().mol.GetAtoms() if atom.GetIsAromatic())
        row = self.moved(ring.GetIdx(), (1.2, 1.2, 0.0))
        self.assertIs(row['bondLengthsTest'], False)
        self.assertIs(row['ringPlanarityTest'], False)

    def test_overlap_fails(self) -> None:
        """Two atoms far apart in the molecule, at one place."""
        ligand = subject('CCCCCCCC')
        conformer = ligand.mol.GetConformer()
        near = np.array(conformer.GetAtomPosition(0)) + np.array((0.9, 0.0, 0.0))
        conformer.SetAtomPosition(7, near.tolist())
        row = geometry(ligand)
        self.assertIs(row['noIntramolecularClash'], False)

    def test_single_atom_has_nothing_wrong(self) -> None:
        """No bond, no angle, no torsion, no ring."""
        row = geometry(subject('[Na+]'))
        self.assertIs(row['bondLengthsTest'], True)
        self.assertIsNone(row['bondLengthsValue'])

    def test_huge_molecule_has_no_bounds(self) -> None:
        """The effort grows with the third power; rings are judged all the same."""
        mol = Chem.MolFromSmiles('C' * (MOST_ATOMS + 1))
        conformer = Chem.Conformer(mol.GetNumAtoms())
        for i in range(mol.GetNumAtoms()):
            conformer.SetAtomPosition(i, (1.3 * i, 0.8 * (i % 2), 0.0))
        mol.AddConformer(conformer)
        measures = Measures()
        self.assertFalse(measure_ligand_geometry(_of_file('x', mol), measures))
        self.assertNotIn('bondLengthsValue', measures.values)
        self.assertIn('ringPlanarityValue', measures.values)

    def test_oxygens_of_a_carboxylate_share_their_bounds(self) -> None:
        """Which of them is drawn with the double bond does not matter."""
        mol = Chem.MolFromSmiles('CC(=O)[O-]')
        lower, upper = bounds(mol)
        self.assertEqual((lower[1, 2], upper[1, 2]), (lower[1, 3], upper[1, 3]))

    def test_strain_is_highest_where_crystals_show_nothing(self) -> None:
        """A threefold barrier: staggered is 0, eclipsed 1; a weak preference does not count."""
        barrier = [(0.0, 1.0), (0.0, 1.0), (7.0, 1.0)]
        self.assertAlmostEqual(torsion_strain(barrier, math.radians(60)) or 0, 0, places=3)
        self.assertAlmostEqual(torsion_strain(barrier, 0.0) or 0, 1, places=3)
        self.assertIsNone(torsion_strain([(1.0, 1.0)], 0.0))

    def test_cis_amide_fails(self) -> None:
        """A secondary amide, trans and cis."""
        from rdkit.Chem import rdMolTransforms

        ligand = subject('CCC(=O)NCC')
        rdMolTransforms.SetDihedralDeg(ligand.mol.GetConformer(), 1, 2, 4, 5, 180.0)
        self.assertIs(geometry(ligand)['torsionAnglesTest'], True)
        rdMolTransforms.SetDihedralDeg(ligand.mol.GetConformer(), 1, 2, 4, 5, 0.0)
        self.assertIs(geometry(ligand)['torsionAnglesTest'], False)

    def test_plane_and_dihedral(self) -> None:
        """On figures that can be checked by hand."""
        square = np.array([[0.0, 0, 0], [1, 0, 0], [1, 1, 0], [0, 1, 0]])
        self.assertAlmostEqual(out_of_plane(square), 0)
        square[:, 2] = (0.25, -0.25, 0.25, -0.25)
        self.assertAlmostEqual(out_of_plane(square), 0.25)
        points = np.array([[1.0, 0, 0], [0, 0, 0], [0, 0, 1], [0, 1, 1]])
        self.assertAlmostEqual(math.degrees(dihedral(*points)), 90)


class ChemistryTests(unittest.TestCase):
    """Descriptors and exclusions."""

    def values(self, smiles: str, name: str = 'LIG_A_1') -> dict[str, Value]:
        """
        :param smiles: of a molecule
        :param name: of the ligand
        :returns: what was measured
        """
        measures = Measures()
        measure_chemistry(subject(smiles, name), patterns(), measures)
        return measures.values

    def test_descriptors_of_aspirin(self) -> None:
        """Known by heart."""
        found = self.values('CC(=O)Oc1ccccc1C(=O)O')
        self.assertEqual(found['heavyAtoms'], 13)
        self.assertAlmostEqual(float(found['molecularWeight'] or 0), 180.16, places=2)
        self.assertEqual((found['lipinskiDonors'], found['lipinskiAcceptors']), (1, 4))
        self.assertEqual((found['stereoCenters'], found['nofPeptideResidues']), (0, 0))

    def test_peptide_and_stereocentres_are_counted(self) -> None:
        """Alanyl-alanine: two residues, two centres, whether specified or not."""
        self.assertEqual(self.values('C[C@H](N)C(=O)N[C@@H](C)C(=O)O')['nofPeptideResidues'], 2)
        self.assertEqual(self.values('CC(N)C(=O)NC(C)C(=O)O')['stereoCenters'], 2)

    def test_excluded_patterns(self) -> None:
        """Each of the list, and none on a drug."""
        self.assertEqual(self.values('CC(=O)Oc1ccccc1C(=O)O')['excludedPatterns'], 0)
        for smiles in ('C[As](C)C', 'CCCCCCCCCCCCC(=O)O', 'COP(=O)(O)OP(=O)(O)OC', 'OCCOCCOCCO'):
            self.assertEqual(self.values(smiles)['excludedPatterns'], 1, smiles)

    def test_additive_is_told_by_its_code(self) -> None:
        """Glycerol under its code, and the same molecule under another."""
        self.assertEqual(self.values('OCC(O)CO', 'GOL_A_301')['excludedCodes'], 1)
        self.assertEqual(self.values('OCC(O)CO', 'XYZ_A_301')['excludedCodes'], 0)

    def test_title_of_a_ligand_is_understood(self) -> None:
        """As the preprocessor and the archive write it; anything else has no code."""
        self.assertEqual(subject('C', 'P86_A_400').key, ('A', 400, '', 'P86'))
        self.assertEqual(subject('C', '1IA1_TQ3_B_196A').key, ('B', 196, 'A', 'TQ3'))
        self.assertEqual(subject('C', 'my best pose').key, ('', 0, '', ''))
