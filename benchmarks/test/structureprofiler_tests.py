"""The faults that StructureProfiler's report puts into ligands do what they say."""

import gzip
import unittest

import numpy as np
from rdkit import Chem
from rdkit.Chem import rdDistGeom

from benchmarks.structureprofiler.faults import FAULTS, collapsed, squeezed, stretched
from engines.structureprofiler.columns import LIGANDS
from engines.structureprofiler.judge import judge
from engines.structureprofiler.ligand_geometry import measure_ligand_geometry
from engines.structureprofiler.measures import Measures
from engines.structureprofiler.subject import _of_file
from engines.structureprofiler.thresholds import load_preset
from engines.test.utils import structure_path


class FaultTests(unittest.TestCase):
    """On a ligand of a crystal."""

    def setUp(self) -> None:
        """Read it."""
        text = gzip.decompress(structure_path('1ia1_TQ3.sdf').read_bytes()).decode()
        self.mol = Chem.MolFromMolBlock(text, removeHs=False)

    def test_each_fault_is_seen_by_its_test(self) -> None:
        """And none is there before."""
        for name, (test, change) in FAULTS.items():
            verdicts = []
            for mol in (self.mol, change(self.mol)):
                if mol is None:
                    continue
                measures = Measures()
                measure_ligand_geometry(_of_file('x', mol), measures)
                verdicts.append(judge(LIGANDS, measures, load_preset('combined')['ligands']).row[test])
            self.assertEqual(verdicts, [True, False][: len(verdicts)], name)

    def test_one_atom_moves_and_the_molecule_stays_what_it_is(self) -> None:
        """The same atoms and bonds; all but one heavy atom in place."""
        before = Chem.RemoveAllHs(self.mol)
        for change in (stretched, squeezed):
            mol = change(self.mol)
            assert mol is not None
            after = Chem.RemoveAllHs(mol)
            self.assertEqual(Chem.MolToSmiles(before), Chem.MolToSmiles(after))
            apart = np.abs(before.GetConformer().GetPositions() - after.GetConformer().GetPositions()).max(1)
            self.assertEqual(int((apart > 0.01).sum()), 1)

    def test_rigid_molecule_cannot_collapse(self) -> None:
        """Benzene has nothing to turn."""
        mol = Chem.AddHs(Chem.MolFromSmiles('c1ccccc1'))
        rdDistGeom.EmbedMolecule(mol, randomSeed=1)
        self.assertIsNone(collapsed(mol))
