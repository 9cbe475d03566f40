"""Verdicts, thresholds and their names."""

import unittest

from engines.structureprofiler.columns import AT_MOST, BOOLEAN, COMPLEX, LIGANDS, PRESETS, TABLES
from engines.structureprofiler.judge import judge
from engines.structureprofiler.measures import Measures, Part
from engines.structureprofiler.subject import AtomName
from engines.structureprofiler.thresholds import _content, load_preset, patterns
from engines.test.utils import ROOT

_ATOM = AtomName(('A', 7, '', 'SER'), 'OG', 'B')


class JudgeTests(unittest.TestCase):
    """From values to verdicts."""

    def test_value_at_its_threshold_passes(self) -> None:
        """A limit itself is within the limit, on either side."""
        measures = Measures({'resolution': 2.5, 'pLDDT': 70.0})
        row = judge(COMPLEX, measures, {'resolutionThreshold': 2.5, 'pLDDTThreshold': 70.0}).row
        self.assertIs(row['resolutionTest'], True)
        self.assertIs(row['pLDDTTest'], True)

    def test_unknown_value_or_threshold_leaves_a_test_open(self) -> None:
        """It is neither passed nor failed, and does not count for the whole."""
        row = judge(COMPLEX, Measures({'resolution': 3.0}), {'DPIThreshold': 0.4}).row
        self.assertIsNone(row['resolutionTest'])
        self.assertIsNone(row['DPITest'])
        self.assertIsNone(row['complexStructureProfilerTests'])

    def test_one_failed_test_fails_the_whole(self) -> None:
        """The summary is true only if all tests that were made are passed."""
        limits = {'resolutionThreshold': 2.0, 'DPIThreshold': 0.4}
        row = judge(COMPLEX, Measures({'resolution': 3.0, 'DPI': 0.1}), limits).row
        self.assertEqual((row['resolutionTest'], row['DPITest']), (False, True))
        self.assertIs(row['complexStructureProfilerTests'], False)

    def test_range_has_two_ends(self) -> None:
        """Too few and too many heavy atoms fail."""
        limits = {'heavyAtomsMinThreshold': 6.0, 'heavyAtomsMaxThreshold': 50.0}
        verdicts = [judge(LIGANDS, Measures({'heavyAtoms': n}), limits).row['heavyAtomsTest'] for n in (5, 6, 50, 51)]
        self.assertEqual(verdicts, [False, True, True, False])

    def test_nothing_to_measure_passes(self) -> None:
        """A ligand without rings has no bent ring; its value stays unknown."""
        measures = Measures()
        measures.worst('ringPlanarityValue', [])
        row = judge(LIGANDS, measures, {'ringPlanarityThreshold': 0.25}).row
        self.assertIs(row['ringPlanarityTest'], True)
        self.assertIsNone(row['ringPlanarityValue'])

    def test_atoms_beyond_the_threshold_are_named_worst_first(self) -> None:
        """Only those; with all that a page needs to show them."""
        measures = Measures()
        measures.worst('maxAtomBFactor', [Part(b, (_ATOM,)) for b in (120.0, 20.0, 180.0)])
        found = judge(LIGANDS, measures, {'maxAtomBFactorThreshold': 100.0}).offenders['maxAtomBFactorTest']
        self.assertEqual([place['amount'] for place in found], [180.0, 120.0])
        atom = {'chain': 'A', 'position': '7', 'residue': 'SER', 'atom': 'OG', 'altloc': 'B'}
        self.assertEqual(found[0]['atoms'], [atom])

    def test_what_was_counted_is_named_altogether(self) -> None:
        """Outliers are noteworthy even if they are few enough."""
        measures = Measures()
        measures.count('ramachandranOutliers', [Part(0.01, (_ATOM,))], 1000)
        judged = judge(COMPLEX, measures, {'ramachandranOutliersThreshold': 0.5})
        self.assertIs(judged.row['ramachandranTest'], True)
        self.assertEqual(len(judged.offenders['ramachandranTest']), 1)


class PresetTests(unittest.TestCase):
    """The file of thresholds against the names of columns."""

    def test_every_threshold_has_values_and_a_source(self) -> None:
        """The file and the columns name the same."""
        content = _content()
        for table in TABLES:
            self.assertEqual({c.name for c in table.thresholds}, set(content[table.key]), table.key)
            for name, entry in content[table.key].items():
                self.assertTrue(entry['source'], name)
                self.assertIn('combined', entry, name)
                self.assertLessEqual(set(entry), {'source', *PRESETS}, name)

    def test_combined_is_the_strictest(self) -> None:
        """No preset asks for more than all of them together."""
        presets = {preset: load_preset(preset) for preset in PRESETS}
        for table in TABLES:
            for criterion in (c for test in table.tests for c in test.criteria):
                values = [
                    p[table.key][criterion.threshold] for p in presets.values() if criterion.threshold in p[table.key]
                ]
                strictest = min(values) if criterion.compare == AT_MOST else max(values)
                self.assertEqual(presets['combined'][table.key][criterion.threshold], strictest, criterion.threshold)

    def test_names_tell_verdicts_from_values(self) -> None:
        """Clients take what is called Test or Clash, and the two that begin with no, for verdicts."""
        for table in TABLES:
            for column in table.columns:
                verdict = any(word in column.name for word in ('Test', 'Clash')) or column.name.startswith('no')
                verdict &= column.name != 'nofPeptideResidues' and not column.name.startswith('nofPeptideResiduesThr')
                self.assertEqual(verdict, column.type == BOOLEAN, column.name)

    def test_names_are_unique(self) -> None:
        """No column hides another one."""
        for table in TABLES:
            names = [column.name for column in table.columns]
            self.assertEqual(len(names), len(set(names)), table.key)

    def test_patterns_are_read_by_rdkit(self) -> None:
        """A wrong SMARTS would never match."""
        from rdkit import Chem

        for name, smarts in patterns().items():
            self.assertIsNotNone(Chem.MolFromSmarts(smarts), name)

    def test_documentation_names_every_column(self) -> None:
        """With the thresholds that are in force."""
        text = (ROOT / 'docs' / 'tools' / 'structureprofiler.md').read_text(encoding='utf-8')
        for table in TABLES:
            for column in table.columns:
                self.assertIn(f'`{column.name}`', text)
            for name, value in load_preset('combined')[table.key].items():
                row = next(line for line in text.splitlines() if f'`{name}` |' in line and f' {value:g} |' in line)
                self.assertTrue(row, name)
