"""Submitting, reading and listing over HTTP: headers, permissions, pages, and what they cost."""

import json
from datetime import timedelta
from typing import Any

from django.contrib.auth import get_user_model
from django.test import TestCase, override_settings
from django.utils import timezone

from molecule_handler.models import Ligand, Protein
from preprocessor.models import PreprocessorJob
from proteins_plus.models import JobStatus
from proteins_plus.serializers import ProteinsPlusJobSubmitSerializer

from .samples import GLYCINE, METHANE, glycine_file, stored_job, stored_protein, working_tool
from .utils import API, ApiTestCase

PROTEINS = f'{API}molecule_handler/proteins/'
JOBS = f'{API}molecule_handler/upload/jobs/'
LISTS = [f'{API}molecule_handler/{name}/' for name in (
    'proteins', 'ligands', 'protein_sites', 'electron_density_maps', 'upload/jobs', 'job_data',
)]  # fmt: skip


class SubmittingOverHttp(ApiTestCase):
    """What a client that submits is told."""

    def setUp(self) -> None:
        """A tool that works at once."""
        super().setUp()
        tool = working_tool()
        tool.__enter__()
        self.addCleanup(tool.__exit__, None, None, None)

    def test_json_form_and_multipart_are_the_same_question(self) -> None:
        """The way a request is written is not a part of the question."""
        url = f'{API}molecule_handler/upload/'
        answers = [
            self.client.post(url, {'pdb_code': '1abc'}, format='json').json(),
            self.client.post(url, {'pdb_code': '1abc'}, format='multipart').json(),
            self.client.post(url, 'pdb_code=1ABC', content_type='application/x-www-form-urlencoded').json(),
        ]
        self.assertEqual(len({answer['job_id'] for answer in answers}), 1)
        self.assertEqual([answer['retrieved_from_cache'] for answer in answers], [False, True, True])

    def test_location_leads_to_the_job_and_keeps_prefix_and_scheme(self) -> None:
        """Whoever follows it must get there through the same proxy."""
        for base in (API, '/'):
            response = self.client.post(
                f'{base}molecule_handler/upload/',
                {'protein_file': glycine_file()},
                secure=True,
                headers={'host': 'localhost:8443'},
            )
            location = response.headers['Location']
            job_id = response.json()['job_id']
            self.assertEqual(location, f'https://localhost:8443{base}molecule_handler/upload/jobs/{job_id}/')
            self.assertEqual(self.client.get(location.removeprefix('https://localhost:8443')).status_code, 200)

    def test_location_is_right_when_the_slash_was_forgotten(self) -> None:
        """It is made from the path of the request."""
        response = self.client.post(f'{API}molecule_handler/upload', {'protein_file': glycine_file()})
        self.assertTrue(response.headers['Location'].endswith(f'{JOBS}{response.json()["job_id"]}/'))

    def test_words_for_false_are_understood_in_forms(self) -> None:
        """Forms have no booleans."""
        first = self.post('molecule_handler/upload/', {'protein_file': glycine_file()}).json()
        for word in ('false', 'False', '0'):
            answer = self.post('molecule_handler/upload/', {'protein_file': glycine_file(), 'use_cache': word}).json()
            self.assertNotEqual(answer['job_id'], first['job_id'], word)

    def test_unknown_fields_are_ignored_as_clients_expect(self) -> None:
        """And none of them is taken for a field of the row."""
        response = self.post(
            'molecule_handler/upload/', {'protein_file': glycine_file(), 'status': 's', 'hash_value': 'x'}
        )
        self.assertEqual(response.status_code, 202)
        self.assertNotEqual(PreprocessorJob.objects.get().hash_value, 'x')

    def test_status_words_follow_the_job(self) -> None:
        """The database keeps letters."""
        for status in JobStatus:
            job = stored_job(status.label, status=status)
            self.assertEqual(self.client.get(f'{JOBS}{job.pk}/').json()['status'], status.label)


class FromTheModel(ProteinsPlusJobSubmitSerializer):
    """A submission that declares nothing but its job model."""

    job_model = PreprocessorJob


class ParametersOfAModel(TestCase):
    """The job model is the declaration of a tool."""

    def test_plain_hash_attributes_become_request_fields_with_their_bounds(self) -> None:
        """Bounds and help are written once."""
        fields = FromTheModel().fields
        self.assertEqual(set(fields), {'use_cache', 'pdb_code', 'uniprot_code'})
        self.assertEqual(fields['pdb_code'].help_text, PreprocessorJob._meta.get_field('pdb_code').help_text)
        too_long = FromTheModel(data={'pdb_code': 'x' * 13})
        self.assertFalse(too_long.is_valid())
        self.assertIn('pdb_code', too_long.errors)

    def test_validated_data_become_the_job(self) -> None:
        """What is left out keeps the default of the model."""
        serializer = FromTheModel(data={'pdb_code': '1abc', 'status': 's'})
        serializer.is_valid(raise_exception=True)
        job = serializer.build_job()
        self.assertEqual((job.pdb_code, job.uniprot_code, job.status), ('1abc', None, JobStatus.PENDING))


class ReadingOverHttp(TestCase):
    """Objects by id."""

    def test_reading_counts_as_access_at_most_once_a_day(self) -> None:
        """Otherwise results in use would be cleaned away."""
        for path, row in ((PROTEINS, stored_protein()), (JOBS, stored_job())):
            type(row).objects.update(date_last_accessed=timezone.now() - timedelta(days=3))
            self.client.get(f'{path}{row.pk}/')
            accessed = type(row).objects.get().date_last_accessed
            self.assertGreater(accessed, timezone.now() - timedelta(minutes=1))
            self.client.get(f'{path}{row.pk}/')
            self.assertEqual(type(row).objects.get().date_last_accessed, accessed)

    def test_listing_is_no_access(self) -> None:
        """Crawling through pages must not keep everything alive."""
        long_ago = timezone.now() - timedelta(days=3)
        stored_protein(date_last_accessed=long_ago)
        self.client.get(PROTEINS)
        self.assertEqual(Protein.objects.get().date_last_accessed, long_ago)

    def test_stored_objects_cannot_be_changed(self) -> None:
        """Objects are immutable once they are stored."""
        protein = stored_protein()
        for method in ('post', 'put', 'patch', 'delete'):
            response = getattr(self.client, method)(
                f'{PROTEINS}{protein.pk}/', {'name': 'x'}, content_type='application/json'
            )
            self.assertEqual(response.status_code, 405, method)
        self.assertEqual(Protein.objects.get().name, 'gly')

    def test_unknown_and_malformed_ids_are_404(self) -> None:
        """Whatever stands in the place of an id."""
        for base in LISTS:
            for key in ('00000000-0000-4000-8000-000000000000', 'x', '1', '%00', "'--", '..', 'ü' * 300):
                response = self.client.get(f'{base}{key}/')
                self.assertEqual(response.status_code, 404, f'{base}{key}')
                self.assertEqual(response.headers['Content-Type'], 'application/json')


class ListingOverHttp(TestCase):
    """Pages of rows."""

    def page(self, path: str, query: str = '') -> dict[str, Any]:
        """
        :param path: of a list
        :param query: its query string
        :returns: the page
        """
        response = self.client.get(f'{path}?{query}')
        self.assertEqual(response.status_code, 200, response.content[:300])
        return response.json()

    def many(self, count: int) -> None:
        """:param count: of proteins to store, all at the same moment"""
        moment = timezone.now()
        Protein.objects.bulk_create(
            Protein(name=str(number), file_type='pdb', file_string=GLYCINE, date_created=moment)
            for number in range(count)
        )

    def test_page_has_ten_rows_unless_asked_otherwise_and_never_more_than_a_hundred(self) -> None:
        """A page of everything would hold everything in memory."""
        self.many(120)
        for query, rows in (
            ('', 10),
            ('limit=3', 3),
            ('limit=100000', 100),
            ('limit=0', 10),
            ('limit=x', 10),
            ('limit=-1', 10),
        ):
            page = self.page(PROTEINS, query)
            self.assertEqual((page['count'], len(page['results'])), (120, rows), query)

    def test_pages_are_stable_and_complete_even_for_rows_of_one_moment(self) -> None:
        """Rows of one transaction share their time stamp; without a second key, pages repeat and skip rows."""
        self.many(25)
        seen: list[str] = []
        url = f'{PROTEINS}?limit=4'
        while url:
            page = self.client.get(url).json()
            seen += [row['id'] for row in page['results']]
            url = page['next']
        self.assertEqual(len(seen), 25)
        self.assertEqual(len(set(seen)), 25)

    def test_newest_rows_come_first(self) -> None:
        """Who lists wants to see what was just made."""
        now = timezone.now()
        for age in (2, 1, 3):
            stored_protein(date_created=now - timedelta(days=age))
        created = [row['date_created'] for row in self.page(PROTEINS)['results']]
        self.assertEqual(created, sorted(created, reverse=True))

    def test_offset_beyond_everything_is_an_empty_page(self) -> None:
        """Also one that no integer of a database can hold."""
        self.many(2)
        for offset in ('2', '99', str(10**30), '-5', 'x'):
            self.assertEqual(self.page(PROTEINS, f'offset={offset}')['count'], 2)

    def test_links_of_a_page_are_absolute_and_keep_the_limit(self) -> None:
        """A client follows them without arithmetic."""
        self.many(5)
        page = self.page(PROTEINS, 'limit=2&offset=2')
        self.assertTrue(page['next'].startswith('http://testserver/api/v2/'), page['next'])
        self.assertIn('limit=2', page['previous'])

    def test_lists_hold_and_read_no_file_contents(self) -> None:
        """Reading megabytes to leave them out would be as slow as sending them."""
        protein = stored_protein(GLYCINE)
        Ligand.objects.create(name='x', protein=protein, file_string=METHANE)
        stored_job(GLYCINE)
        for path in LISTS:
            with self.assertNumQueries(self.expected(path)) as queries:
                text = json.dumps(self.page(path))
            for content in ('ATOM', 'V2000'):
                self.assertNotIn(content, text, path)
            for query in queries.captured_queries:
                self.assertNotIn('file_string', query['sql'], path)
                self.assertNotIn('input_protein_string', query['sql'], path)
                self.assertNotIn('error_detailed', query['sql'], path)

    @staticmethod
    def expected(path: str) -> int:
        """
        :param path: of a list
        :returns: how many queries it takes: a count, one for the rows if there are any, one for their ligands
        """
        if path == PROTEINS:
            return 3
        return 1 if 'sites' in path or 'maps' in path else 2

    def test_number_of_queries_does_not_grow_with_the_rows(self) -> None:
        """One query a row makes a page slower than the job."""
        for count in (1, 9):
            for number in range(count):
                protein = stored_protein(f'{count}.{number}')
                Ligand.objects.create(name='x', protein=protein, file_string=METHANE)
                stored_job(f'{count}.{number}', output_protein=protein)
            for path, queries in (
                (PROTEINS, 3),
                (JOBS, 2),
                (f'{API}molecule_handler/job_data/', 2),
                (f'{API}molecule_handler/ligands/', 2),
            ):
                with self.assertNumQueries(queries):
                    self.page(path, 'limit=100')


class WhoMayList(TestCase):
    """An id is a secret; a list would give it away."""

    @override_settings(LISTING='staff')
    def test_lists_are_for_staff_and_ids_for_whoever_has_them(self) -> None:
        """Staff may look; whoever got an id from a submission may use it."""
        protein = stored_protein()
        user = get_user_model().objects.create_user('user')
        staff = get_user_model().objects.create_user('staff', is_staff=True)
        for path in LISTS:
            self.client.logout()
            response = self.client.get(path)
            self.assertEqual((response.status_code, response.json()['error_code']), (403, 'list.staff_only'), path)
            self.client.force_login(user)
            self.assertEqual(self.client.get(path).status_code, 403, path)
            self.client.force_login(staff)
            self.assertEqual(self.client.get(path).status_code, 200, path)
        self.client.logout()
        self.assertEqual(self.client.get(f'{PROTEINS}{protein.pk}/').status_code, 200)

    @override_settings(LISTING='everyone')
    def test_lists_are_for_everyone_where_the_operator_says_so(self) -> None:
        """On a machine of one's own there is nobody to hide from."""
        for path in LISTS:
            self.assertEqual(self.client.get(path).status_code, 200, path)
