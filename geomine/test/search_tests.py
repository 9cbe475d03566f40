"""What clients get: the documented result, and errors that say what is wrong."""

import json
from pathlib import Path

from geomine.apps import GeomineConfig
from geomine.example import EXAMPLE
from geomine.words import hits
from proteins_plus.sandbox import Limits
from proteins_plus.test.utils import upload

from .samples import ROUTE, TIPS, GeomineTestCase

RESULT = {
    'geometrical_search_mode', 'number_of_found_pdbs', 'number_of_found_pockets',
    'number_of_found_visualizable_results', 'statistics', 'result_table_content', 'pdbs', 'ngl_visualization_data',
}  # fmt: skip
ROW = {'PDB', 'PDB Title', 'Class', 'Pocket', 'RMSD', 'Result ID'}
INTERACTION = {
    'distance', 'elementStart', 'elementEnd', 'startPoint', 'endPoint', 'interactionType', 'moleculeTypeStart',
    'moleculeTypeEnd', 'typeStart', 'typeEnd', 'score',
}  # fmt: skip


class Searches(GeomineTestCase):
    """With the program of this project, in its sandbox."""

    def test_result_has_the_documented_shape(self) -> None:
        """As the published server answers."""
        found = self.search(query=TIPS)
        self.assertLessEqual(RESULT, set(found))
        self.assertEqual(
            [found[f'number_of_found_{name}'] for name in ('pdbs', 'pockets', 'visualizable_results')], [2, 2, 2]
        )
        keys = {'1HVR_XK2_A_263', '1HPV_478__200'}
        self.assertEqual(set(found['pdbs']), keys)
        self.assertEqual(set(found['ngl_visualization_data']), keys | {f'{key}_Complete Pocket' for key in keys})
        for row in found['result_table_content']:
            self.assertLessEqual(ROW, set(row))
            self.assertTrue(all(isinstance(cell, str) for cell in row.values()))
        whole = found['ngl_visualization_data']['1HVR_XK2_A_263_Complete Pocket']
        self.assertEqual(len(whole['transformationDataMatrix4D']), 16)
        self.assertTrue(all(set(each) == INTERACTION for each in whole['pocketInteractions']))

    def test_query_like_a_site_finds_it_and_its_sister(self) -> None:
        """Nobody has to write points by hand."""
        found = self.search(query='{"like": {"site": "1HPV_478__200", "points": 4, "tolerance": 1}}')
        rows = found['result_table_content']
        self.assertEqual([row['PDB'] for row in rows][:2], ['1HPV', '1HVR'])
        self.assertEqual(rows[0]['RMSD'], '0.000')
        self.assertEqual(len(found['query']['points']), 4)

    def test_query_that_makes_no_sense_is_a_failed_job_that_says_why(self) -> None:
        """With code, sentence and hint of the engine."""
        for query, code in (
            ('{"pionts": []}', 'query.schema'),
            ('<PelikanFilter><pointfilter id="1" taste="sweet"/></PelikanFilter>', 'query.unknown'),
            ('{"smarts": ["C("]}', 'query.smarts'),
        ):
            job = self.run_job(ROUTE, {'filter_file': upload(query, 'q.xml')})
            self.assertEqual((job['status'], job['error_code'], bool(job['error_hint'])), ('failure', code, True))

    def test_notes_reach_the_user(self) -> None:
        """Such as that nothing matches."""
        job = self.run_job(ROUTE, {'query': '{"entries": {"include": ["9ZZZ"]}}'})
        self.assertEqual([note['code'] for note in job['notes']], ['geomine.nothing'])

    def test_schema_of_queries_is_served(self) -> None:
        """It describes what the example of the API description sends."""
        response = self.client.get('/api/v2/geomine/query.schema.json')
        schema = json.loads(b''.join(response.streaming_content))
        self.assertEqual(response.status_code, 200)
        self.assertLessEqual(set(json.loads(EXAMPLE)), set(schema['properties']))

    def test_demo_tells_what_was_found(self) -> None:
        """The first thing that a user sees: both inhibitors at the catalytic aspartates."""
        (step,) = GeomineConfig.demo_steps
        said = list(hits(self.get, self.run_job(step.route, step.fields)))
        self.assertEqual((step.in_words, said[0]), (hits, '2 sites match, of 2 entries.'))
        self.assertIn('1HPV 478__200 (0.00 Å)', said[1])

    def test_run_sees_the_archive_and_no_other_data_of_the_server(self) -> None:
        """Read-only, whatever the folder that it lies in."""
        limits = GeomineConfig.create('geomine').run_limits
        self.assertIsInstance(limits, Limits)
        self.assertEqual(([Path(path).name for path in limits.reads], limits.network), (['archive.sqlite3'], False))
