"""Verdicts in sentences."""

from typing import Any
from unittest import TestCase

from structureprofiler.columns import TABLES
from structureprofiler.words import compared, sentences, title, verdicts, words

_TESTS = {test.name: test for table in TABLES for test in table.tests}


class Sentences(TestCase):
    """What the page and the demo say about a run."""

    def test_each_object_has_a_sentence_that_names_what_failed(self) -> None:
        """In the order in which a reader asks."""
        data: dict[str, Any] = {
            'complex': {'resolutionTest': True, 'DPITest': True},
            'ligands': {
                '1': {'name': 'TES_A_325', 'OWABTest': False, 'noAltLocs': False, 'logPTest': False, 'NROTTest': False}
            },
            'active_sites': {'1': {'ligand': 'TES_A_325'}},
        }
        said = [
            'Complex: passes all tests that were made (2).',
            'TES_A_325: fails 4 of 4 tests: OWAB, alternate locations, logP and 1 more.',
            'Site of TES_A_325: nothing could be tested.',
        ]
        self.assertEqual(list(sentences(data)), said)
        served = {'structureprofiler/output/5/': {'output_data': data}}
        self.assertEqual(list(verdicts(served.__getitem__, {'output_data': 5})), said)

    def test_names_of_values_and_tests_are_words(self) -> None:
        """Those of the API are for programs."""
        for name, said in (
            ('crystalContactDistance', 'crystal contact distance'),
            ('DPI', 'DPI'),
            ('rDifference', 'Rfree - R'),
            ('ringPlanarity', 'ring planarity'),
        ):
            self.assertEqual(words(name), said)
        self.assertEqual(title(_TESTS['HETExclusionTest']), 'additive')
        for test in _TESTS.values():
            self.assertRegex(title(test), r'^[A-Za-z ]+$')

    def test_range_has_both_bounds_and_a_bound_that_is_not_told_is_left_out(self) -> None:
        """The published program tells no thresholds."""
        row = {'logP': 7.3752, 'logPMinThreshold': -5.0, 'logPMaxThreshold': 6.0}
        told = [('7.375', '\u2265 -5'), ('7.375', '\u2264 6')]
        self.assertEqual(compared(_TESTS['logPTest'], row, {}), told)
        self.assertEqual(compared(_TESTS['DPITest'], {'DPI': 0.1}, {'DPI': '\u00c5'}), [('0.1 \u00c5', '')])
        self.assertEqual(compared(_TESTS['DPITest'], {}, {}), [])
