"""What the pages of a form and of a job show."""

from django.test.utils import override_settings
from django.utils.html import escape

from geomine.example import EXAMPLE
from geomine.models import GeomineJob
from geomine.words import sentences
from web.results import Result, result_of

from .samples import ROUTE, TIPS, GeomineTestCase


class Results(GeomineTestCase):
    """Of real searches."""

    def result(self, query: str = TIPS) -> Result:
        """
        :param query: its text
        :returns: the result of the job
        """
        job = self.run_job(ROUTE, {'query': query})
        self.assertEqual(job['status'], 'success', job)
        return result_of(GeomineJob.objects.get(pk=job['id']))

    def test_tables_tell_hits_and_their_points(self) -> None:
        """In the order of their rank."""
        (hits, points) = self.result().tables
        self.assertEqual([row.cells['rank'] for row in hits.rows], ['1', '2'])
        self.assertEqual({row.cells['entry'] for row in hits.rows}, {'1HVR', '1HPV'})
        self.assertEqual({row.cells['point'] for row in points.rows}, {'asp', 'oh'})
        self.assertIn('ASP', {row.cells['residue'] for row in points.rows})

    def test_scenes_lay_hits_on_each_other(self) -> None:
        """One of all of them, and one of each with its interactions."""
        result = self.result()
        together, *single = result.scenes
        drawn = together.build().model_dump_json()
        self.assertEqual(drawn.count('"kind":"transform"'), 2)
        self.assertIn('"text":"oh"', drawn)
        self.assertEqual(len(single), 2)
        self.assertIn('"kind":"distance_measurement"', single[0].build().model_dump_json())

    def test_search_that_found_nothing_has_a_page(self) -> None:
        """And says so."""
        result = self.result('{"entries": {"include": ["9ZZZ"]}}')
        self.assertEqual(result.sentences, ('No site of the archive matches.',))
        self.assertFalse(result.scenes)

    def test_search_without_points_has_a_page(self) -> None:
        """Sites of entries, which nothing lays on each other."""
        result = self.result('{"has_ligand": true}')
        self.assertEqual([table.key for table in result.tables], ['hits'])
        self.assertEqual({row.cells['rmsd'] for row in result.tables[0].rows}, {''})
        self.assertTrue(result.scenes[0].build())

    def test_sentences_tell_number_and_best(self) -> None:
        """One is no two."""
        row = {'PDB': '1HVR', 'Pocket': 'XK2_A_263', 'RMSD': ''}
        found = {'number_of_found_pockets': 1, 'number_of_found_pdbs': 1, 'result_table_content': [row]}
        self.assertEqual([*sentences(found)], ['1 site matches, of 1 entry.', 'The best: 1HVR XK2_A_263.'])
        found |= {'number_of_found_pockets': 7, 'more_exist': True}
        self.assertEqual(next(sentences(found)), '7 sites match, of 1 entry, and more may exist.')


class Form(GeomineTestCase):
    """The form of the page."""

    def test_example_can_be_filled_in_and_submitted(self) -> None:
        """Nobody has to know how a query is written."""
        page = self.client.get('/tools/geomine/')
        self.assertContains(page, 'href="?example"')
        self.assertContains(page, '<textarea id="query"')
        self.assertContains(page, 'accept=".xml,.json"')
        filled = self.client.get('/tools/geomine/?example')
        self.assertContains(filled, escape(EXAMPLE))
        with self.captureOnCommitCallbacks(execute=True):
            sent = self.client.post('/tools/geomine/', {'query': EXAMPLE})
        self.assertEqual(sent.status_code, 302)
        self.assertEqual(GeomineJob.objects.get().get_status_display(), 'success')

    def test_example_that_takes_a_file_is_not_offered(self) -> None:
        """A page cannot choose a file."""
        self.assertNotContains(self.client.get('/tools/metalizer/'), '?example')

    def test_query_that_is_refused_is_shown_again(self) -> None:
        """With what is wrong, at its field."""
        answer = self.client.post('/tools/geomine/', {'query': '{"points": ['})
        self.assertEqual(answer.status_code, 400)
        self.assertContains(answer, '{&quot;points&quot;: [</textarea>', status_code=400)

    def test_page_says_when_there_is_no_archive(self) -> None:
        """Instead of a fault."""
        with override_settings(GEOMINE_DB_NAME='/nowhere/archive.sqlite3'):
            answer = self.client.post('/tools/geomine/', {'query': EXAMPLE})
        self.assertContains(answer, 'There is no archive to search yet.', status_code=503)
