"""What is found: compared with trying everything, and with what is known of the entries."""

import unittest
from typing import Any
from unittest import mock

import numpy as np

from engines.errors import EngineError
from engines.geomine.database import Database, reading
from engines.geomine.geometry import superpose
from engines.geomine.like import expanded
from engines.geomine.output import answer
from engines.geomine.query import parse
from engines.geomine.search import Found, search

from . import brute_force
from .samples import archive


class SearchTestCase(unittest.TestCase):
    """Asks the small archive."""

    database: Database

    def setUp(self) -> None:
        """Open it."""
        super().setUp()
        self.database = self.enterContext(reading(archive()))

    def ask(self, query: dict[str, Any], **limits: Any) -> Found:
        """
        :param query: as JSON has it
        :param limits: of the search
        :returns: what is found
        """
        return search(self.database, parse(expanded(self.database, query)), **limits)

    def names(self, query: dict[str, Any]) -> list[str]:
        """
        :param query: as JSON has it
        :returns: entry and site of all hits, in their order
        """
        return [f'{row["PDB"]}_{row["Pocket"]}' for row in self.result(query)['result_table_content']]

    def result(self, query: dict[str, Any], **limits: Any) -> dict[str, Any]:
        """
        :param query: as JSON has it
        :param limits: of the result
        :returns: the result
        """
        parsed = parse(expanded(self.database, query))
        return answer(self.database, parsed, search(self.database, parsed), 'v', **limits)


class BruteForce(SearchTestCase):
    """The plan and its SQL neither lose nor invent a match."""

    def test_random_queries_find_what_trying_everything_finds(self) -> None:
        """2 to 6 points with attributes, distances, angles and directions; benchmarks.geomine asks 200 of them."""
        there = brute_force.sites(self.database)
        filled = 0
        for seed in range(300, 314):
            query = brute_force.random_query(there, seed)
            expected = {site: len([*brute_force.matches(points, query)]) for site, points in there.items()}
            found = self.ask(query)
            self.assertEqual(found.counts, {site: number for site, number in expected.items() if number}, query)
            filled += bool(found.counts)
        self.assertGreater(filled, 5)

    def test_site_filters_change_the_plan_but_not_the_answer(self) -> None:
        """A few sites are asked one by one, many by the kinds of points."""
        query: dict[str, Any] = {'points': [{'id': 'a', 'residue': 'ASP'}, {'id': 'b', 'residue': 'GLY'}],
                                 'distances': [{'between': ['a', 'b'], 'max': 4}]}  # fmt: skip
        everywhere = self.ask(query)
        for name in ('1HVR', '1HPV'):
            rows = self.database.rows('SELECT s.id FROM geomine_site s JOIN geomine_entry e ON e.id = s.entry '
                                      'WHERE e.code = %s', (name,))  # fmt: skip
            inside = {int(row[0]) for row in rows}
            found = self.ask({**query, 'entries': {'include': [name.lower()]}})
            self.assertTrue(found.counts)
            self.assertEqual(found.counts, {s: n for s, n in everywhere.counts.items() if s in inside})


class Filters(SearchTestCase):
    """What a query says of entries and ligands."""

    def test_entry_filters(self) -> None:
        """Ids, texts, numbers; without points the sites themselves are the answer."""
        self.assertEqual(
            self.names({'has_ligand': True}), ['1HPV_478__200', '1HVR_XK2_A_263', '2IZF_BTN_B_300', '2IZF_BTN_D_301']
        )
        for query, expected in (
            ({'entries': {'include': ['1hvr', '2IZF']}}, {'1HVR', '2IZF'}),
            ({'entries': {'exclude': ['1hvr', '2IZF']}}, {'1HPV'}),
            ({'text': [{'field': 'title', 'contains': 'CYCLIC urea'}]}, {'1HVR'}),
            ({'text': [{'field': 'title', 'contains': '%'}]}, set()),
            ({'text': [{'field': 'ligand', 'contains': 'btn_'}]}, {'2IZF'}),
            ({'text': [{'field': 'keywords', 'contains': 'hydrolase', 'exclude': True}]}, {'2IZF'}),
            ({'numbers': [{'field': 'resolution', 'max': 1.6}]}, {'2IZF'}),
            ({'numbers': [{'field': 'heavy_atoms', 'min': 40}]}, {'1HVR'}),
            ({'numbers': [{'field': 'year', 'min': 1994, 'max': 1994}]}, {'1HVR', '1HPV'}),
            ({'numbers': [{'field': 'year', 'max': 1993}]}, set()),
        ):
            with self.subTest(query=query):
                found = {name[:4] for name in self.names({'has_ligand': True, **query})}
                self.assertEqual(found, expected)

    def test_enzyme_classes_are_compared_number_by_number(self) -> None:
        """1.1 is no part of 1.10, and a class without its last number is all below it."""
        with self.database.connection as connection:
            codes = [str(row[0]) for row in connection.execute("SELECT code FROM geomine_entry WHERE ec <> ''")]
        self.assertEqual(codes, ['1HPV'])
        for number, hit in (('3', 1), ('3.4', 1), ('3.4.23', 1), ('3.4.23.-', 1), ('3.4.2', 0), ('3.4.23.1', 0)):
            self.assertEqual(bool(self.names({'ec': {'include': [number]}})), bool(hit), number)
        self.assertNotIn('1HPV', {name[:4] for name in self.names({'ec': {'exclude': ['3.4']}})})

    def test_ligands_by_pattern_and_similarity(self) -> None:
        """Ureas are in the cyclic urea and in biotin, sulphonamide in amprenavir."""
        urea, sulfonamide = 'NC(=O)N', 'S(=O)(=O)N'
        self.assertEqual({n[:4] for n in self.names({'smarts': [urea]})}, {'1HVR', '2IZF'})
        self.assertEqual({n[:4] for n in self.names({'smarts': [sulfonamide]})}, {'1HPV'})
        self.assertEqual(self.names({'smarts': [urea, sulfonamide]}), [])
        biotin = 'OC(=O)CCCC[C@@H]1SC[C@@H]2NC(=O)N[C@H]12'
        self.assertEqual({n[:4] for n in self.names({'similarity': {'smiles': biotin, 'min': 0.6}})}, {'2IZF'})
        for query, code in (({'smarts': ['C(']}, 'query.smarts'), ({'similarity': {'smiles': 'C('}}, 'query.smiles')):
            with self.assertRaises(EngineError) as caught:
                self.names(query)
            self.assertEqual(caught.exception.code, code)

    def test_pattern_of_a_single_point(self) -> None:
        """The carbonyl of a cyclic urea takes a bond of the flap water's place: ILE 50 N."""
        points = [{'id': 'o', 'smarts': 'O=C(N)N'}, {'id': 'n', 'residue': 'ILE', 'part': 'backbone', 'element': 'N'}]
        query = {'points': points, 'distances': [{'between': ['o', 'n'], 'max': 3.3}]}
        self.assertEqual(self.names(query), ['1HVR_XK2_A_263'])
        points[0] = {'id': 'o', 'smarts': 'O=CO'}
        self.assertEqual(self.names(query), [])


class Ranking(SearchTestCase):
    """Order, alignment, and what is told of hits."""

    def test_query_of_a_site_finds_it_with_rmsd_0_and_its_sister_next(self) -> None:
        """1HPV is the same protein with another inhibitor."""
        result = self.result({'like': {'site': '1hvr_xk2_a_263', 'points': 5, 'tolerance': 1.5}})
        rows = result['result_table_content']
        self.assertEqual([(row['PDB'], row['RMSD']) for row in rows[:1]], [('1HVR', '0.000')])
        self.assertEqual({row['PDB'] for row in rows}, {'1HVR', '1HPV'})
        self.assertLess(float(rows[1]['RMSD']), 1)
        values = [float(row['RMSD']) for row in rows]
        self.assertEqual(values, sorted(values))

    def test_matrix_lays_a_hit_on_the_query(self) -> None:
        """Column by column, as viewers take it; the deviation that is left is the RMSD."""
        result = self.result({'like': {'site': '1HVR_XK2_A_263', 'points': 5, 'tolerance': 1.5}})
        fixed = np.array([point['at'] for point in result['query']['points']])
        for row in result['result_table_content']:
            shown = result['ngl_visualization_data'][f'{row["PDB"]}_{row["Pocket"]}_Complete Pocket']
            matrix = np.array(shown['transformationDataMatrix4D']).reshape(4, 4).T
            places = np.array([point['coordinate'] for point in shown['matchedPoints']])
            moved = places @ matrix[:3, :3].T + matrix[:3, 3]
            self.assertAlmostEqual(float(np.sqrt(((moved - fixed) ** 2).sum(1).mean())), float(row['RMSD']), places=2)
            self.assertAlmostEqual(float(np.linalg.det(matrix[:3, :3])), 1, places=4)

    def test_mirror_image_is_no_superposition(self) -> None:
        """Four points and their mirror image cannot be laid on each other."""
        points = np.array([[[0, 0, 0], [3, 0, 0], [0, 4, 0], [0, 0, 5]]], np.float64)
        self.assertGreater(superpose(points, points[0] * [1, 1, -1])[2][0], 1)
        self.assertAlmostEqual(superpose(points[:, ::-1], points[0, ::-1])[2][0], 0, places=6)

    def test_result_has_the_documented_shape(self) -> None:
        """Texts, selections and interactions of a site."""
        result = self.result({'entries': {'include': ['1HVR']}, 'has_ligand': True})
        self.assertEqual(result['geometrical_search_mode'], 'false')
        numbers = [result[f'number_of_found_{name}'] for name in ('pdbs', 'pockets', 'visualizable_results')]
        self.assertEqual(numbers, [1, 1, 1])
        (row,) = result['result_table_content']
        self.assertTrue(all(isinstance(cell, str) for cell in row.values()))
        shown = result['ngl_visualization_data']['1HVR_XK2_A_263']
        self.assertEqual(
            set(shown), {'pocketResidues', 'pocketWaters', 'pocketMetals', 'pocketMolecules', 'pocketRefLig'}
        )
        self.assertEqual((shown['pocketRefLig'], shown['pocketMetals']), ('263:A', ''))
        self.assertIn('25:A or ', shown['pocketResidues'])
        whole = result['ngl_visualization_data']['1HVR_XK2_A_263_Complete Pocket']
        self.assertEqual(whole['numberOfPocketInteractions'], len(whole['pocketInteractions']))
        self.assertEqual(len(whole['transformationDataMatrix4D']), 16)
        bonds = [each for each in whole['pocketInteractions'] if each['interactionType'] == 'H-Bond']
        ends = {(each['moleculeTypeStart'], each['elementStart'], each['elementEnd']) for each in bonds}
        self.assertIn(('Protein', 'N', 'O'), ends)
        for each in whole['pocketInteractions']:
            self.assertTrue(isinstance(each['distance'], int) and 0 <= each['score'] <= 1000)
        self.assertTrue(result['pdbs']['1HVR_XK2_A_263'].startswith('ATOM'))


class Limits(SearchTestCase):
    """A search that would not end, ends, and says so."""

    EVERYTHING = {'points': [{'id': name} for name in 'abcd']}

    def test_search_ends_when_its_time_is_over(self) -> None:
        """With what it has."""
        found = self.ask(self.EVERYTHING, seconds=0.3)
        self.assertFalse(found.complete)
        self.assertLess(found.seconds, 3)

    def test_search_ends_after_enough_matches(self) -> None:
        """A query that matches everywhere says nothing."""
        found = self.ask(self.EVERYTHING, most=10_000)
        self.assertFalse(found.complete)
        self.assertLess(sum(found.counts.values()), 20_000)

    def test_result_says_that_more_exist(self) -> None:
        """Whether the table or the search was cut."""
        query = parse({'points': [{'id': 'a', 'residue': 'GLY'}]})
        whole = search(self.database, query)
        self.assertFalse(answer(self.database, query, whole, 'v')['more_exist'])
        cut = answer(self.database, query, whole, 'v', listed=2, visible=1)
        self.assertTrue(cut['more_exist'])
        self.assertEqual((len(cut['result_table_content']), len(cut['pdbs'])), (2, 1))
        self.assertGreater(cut['number_of_found_pockets'], 2)
        short = answer(self.database, query, Found(whole.matches, whole.counts, complete=False), 'v')
        self.assertTrue(short['more_exist'])
        self.assertIn('more may exist', short['statistics'])

    def test_rarest_point_is_looked_for_first_and_then_what_is_near_it(self) -> None:
        """The order comes from exact counts of the archive."""
        points = [{'id': 'a'}, {'id': 'b', 'molecule': 'ligand', 'element': 'S'}, {'id': 'c', 'residue': 'GLY'}]
        joined = [{'between': ['a', 'b'], 'max': 5}, {'between': ['a', 'c'], 'max': 5}]
        self.assertEqual(self.ask({'points': points, 'distances': joined}).order, (1, 2, 0))
        loose = [{'between': ['a', 'b'], 'max': 5}]
        self.assertEqual(self.ask({'points': points, 'distances': loose}).order, (1, 0, 2))

    def test_order_does_not_change_the_best_match(self) -> None:
        """Rows come in another order from another database; the answer is the same."""
        query = {'points': [{'id': 'a', 'residue': 'ASP'}, {'id': 'b', 'residue': 'GLY'}],
                 'distances': [{'between': ['a', 'b'], 'min': 2, 'max': 6}]}  # fmt: skip
        found = self.ask(query)
        rows = self.database.stream
        with mock.patch.object(self.database, 'stream', lambda *a: (part[::-1] for part in [*rows(*a)][::-1])):
            again = self.ask(query)
        self.assertEqual([(m.site, m.points) for m in found.matches], [(m.site, m.points) for m in again.matches])
