"""Defects of the published server that concern the core; each test fails on what was seen there.

D2 and D3 need real processes and are in ``outage_tests``, D7 under load is in ``concurrency_tests``.
"""

import os
import subprocess
import sys
from datetime import timedelta
from tempfile import TemporaryDirectory
from threading import Barrier, Thread
from typing import Any

from django.conf import settings
from django.db import connection
from django.test import TestCase, TransactionTestCase, override_settings
from django.utils import timezone

from molecule_handler.models import Ligand
from preprocessor.models import PreprocessorJob, PreprocessorJobData
from preprocessor.tasks import preprocessor_task
from proteins_plus.hashing import content_hash
from proteins_plus.job_handler import submit_task
from proteins_plus.models import JobStatus
from proteins_plus.tools import tool_of

from .model_tests import holder_hash
from .samples import METHANE, glycine_file, new_job, stored_job, stored_protein, working_tool
from .utils import API, ApiTestCase, media_files, row_counts

UPLOAD = 'molecule_handler/upload/'


class KnownDefects(ApiTestCase):
    """One test a row."""

    def test_ligands_that_a_tool_reads_count_for_its_cache_key(self) -> None:
        """D5: two proteins of equal text but with different ligands shared one job."""
        proteins = [stored_protein(), stored_protein()]
        Ligand.objects.create(name='x', protein=proteins[1], file_string=METHANE)
        self.assertNotEqual(holder_hash(proteins[0]), holder_hash(proteins[1]))

    def test_different_questions_never_share_a_hash(self) -> None:
        """D8: '1_' and 'A' were '1' and '_A', None was 'None', and the order of a list did not count."""
        for one, other in (
            ({'residue': '1_', 'chain': 'A'}, {'residue': '1', 'chain': '_A'}),
            ({'code': None}, {'code': 'None'}),
            ({'sites': [1, 2]}, {'sites': [2, 1]}),
            ({'a': 1}, {'b': 1}),
            ({'a': 1}, {'a': '1'}),
        ):
            self.assertNotEqual(content_hash('job', one), content_hash('job', other), (one, other))

    def test_code_in_another_case_is_the_same_job(self) -> None:
        """D8: 4agm and 4AGM were two jobs."""
        answers = [
            self.client.post(f'{API}{UPLOAD}', {'pdb_code': code}).json() for code in ('1abc', '1ABC', 'pdb_00001abc')
        ]
        self.assertEqual(len({answer['job_id'] for answer in answers}), 1)

    def test_cache_hits_store_nothing(self) -> None:
        """3.3: 50 equal posts left 50 copies of a 365 kB input."""
        with working_tool():
            self.post(UPLOAD, {'protein_file': glycine_file()})
            rows, files = row_counts(), media_files()
            for _ in range(50):
                self.assertIs(self.post(UPLOAD, {'protein_file': glycine_file()}).json()['retrieved_from_cache'], True)
        self.assertEqual((row_counts(), media_files()), (rows, files))

    def test_refused_submission_leaves_no_pending_job(self) -> None:
        """3.3: jobs were saved before their inputs were looked at, and stayed pending for ever."""
        for data in ({'protein_file': glycine_file(text='hello')}, {'pdb_code': 'x'}, {}):
            self.assertEqual(self.post(UPLOAD, data).status_code, 400)
        self.assertFalse(PreprocessorJob.objects.exists())

    def test_reading_and_cache_hits_count_as_access(self) -> None:
        """3.3: only saving did, so that results in daily use were cleaned away."""
        long_ago = timezone.now() - timedelta(days=5)
        with working_tool():
            job_id = self.post(UPLOAD, {'protein_file': glycine_file()}).json()['job_id']
            for use in (
                lambda: self.post(UPLOAD, {'protein_file': glycine_file()}),
                lambda: self.client.get(f'{API}{UPLOAD}jobs/{job_id}/'),
            ):
                PreprocessorJob.objects.update(date_last_accessed=long_ago)
                use()
                self.assertGreater(PreprocessorJob.objects.get().date_last_accessed, long_ago)

    def test_list_is_capped_and_without_files(self) -> None:
        """3.3: 10 proteins were 3.6 MB, and a limit of any size was granted."""
        for number in range(101):
            stored_job(f'{number} ' + 'x' * 10_000)
        response = self.client.get(f'{API}{UPLOAD}jobs/?limit=1000000')
        self.assertEqual(len(response.json()['results']), 100)
        self.assertLess(len(response.content), 100_000)
        self.assertLess(len(self.client.get(f'{API}molecule_handler/job_data/?limit=100').content), 100_000)

    @override_settings(LISTING='staff')
    def test_uploads_of_others_cannot_be_listed(self) -> None:
        """3.3: everybody could list everybody's uploads."""
        stored_job()
        self.assertEqual(self.client.get(f'{API}molecule_handler/job_data/').status_code, 403)

    @override_settings(DATA_UPLOAD_MAX_MEMORY_SIZE=10_000)
    def test_size_of_a_request_is_limited(self) -> None:
        """3.3: it was not."""
        response = self.client.post(f'{API}{UPLOAD}', {'pdb_code': 'x' * 20_000}, format='json')
        self.assertEqual(response.status_code, 413)

    def test_faults_show_neither_traceback_nor_settings(self) -> None:
        """3.4: DEBUG was on by default, and every error page showed both."""
        self.assertFalse(settings.DEBUG)
        text = self.client.get('/nonsense').content.decode()
        for word in ('Traceback', 'urlpatterns', 'settings', 'proteins_plus'):
            self.assertNotIn(word, text)

    def test_media_are_served_in_production(self) -> None:
        """3.4: pictures answered 404 unless DEBUG was on."""
        ligand = Ligand(name='x', file_string=METHANE)
        ligand.add_image('<svg/>')
        ligand.save()
        self.addCleanup(ligand.image.storage.delete, ligand.image.name)
        self.assertFalse(settings.DEBUG)
        self.assertEqual(self.client.get(ligand.image.url).status_code, 200)

    def test_connection_to_the_database_outlives_a_request_and_is_checked(self) -> None:
        """3.4: every request opened a new one."""
        self.assertGreater(settings.DATABASES['default']['CONN_MAX_AGE'] or 0, 0)
        self.assertTrue(settings.DATABASES['default']['CONN_HEALTH_CHECKS'])

    def test_settings_of_a_test_reach_every_wrapper(self) -> None:
        """3.4: wrappers imported the settings module, so that a test could not put another program in place."""
        with working_tool('echo "$0" >&2'):
            job_id = self.post(UPLOAD, {'protein_file': glycine_file()}).json()['job_id']
        self.assertEqual(PreprocessorJob.objects.get(pk=job_id).provenance['version'], '1.0')

    def test_log_is_lines_of_json_on_standard_output(self) -> None:
        """3.4: each process wrote a file of its own, named after the second, into whatever folder it was started in."""
        logging: Any = settings.LOGGING
        handlers = logging['handlers'].values()
        self.assertEqual([handler['class'] for handler in handlers], ['logging.StreamHandler'])
        self.assertEqual(logging['root']['level'], 'INFO')


class KnownDefectsBehindAProxy(TestCase):
    """A proxy that serves the application below a prefix."""

    def test_links_pictures_and_assets_keep_the_prefix(self) -> None:
        """3.4: links to further pages lost it."""
        code = """
from wsgiref.util import setup_testing_defaults
from django.core.files.storage import default_storage
from proteins_plus.wsgi import application

def get(path):
    answer = []
    environ = {'PATH_INFO': path, 'HTTP_HOST': 'localhost'}
    setup_testing_defaults(environ)
    body = b''.join(application(environ, lambda status, headers: answer.extend([status, dict(headers)])))
    return answer[0], answer[1].get('Location'), b'src="/plus/static/' in body

print(get('/api/v2/')[1])
print(get('/api/schema/swagger-ui')[2] and get('/')[2])
print(get('/static/proteins_plus/swagger.css')[0])
print(default_storage.url('ligands/x.svg'))
"""
        with TemporaryDirectory() as folder:
            done = subprocess.run(
                [sys.executable, '-c', code],
                env={**os.environ, 'MOUNT_POINT': '/plus/', 'PPLUS_DATA_DIR': folder},
                cwd=settings.BASE_DIR, capture_output=True, text=True, check=True,
            )  # fmt: skip
        expected = ['/plus/api/schema/swagger-ui', 'True', '200 OK', '/plus/static/media/ligands/x.svg']
        self.assertEqual(done.stdout.splitlines(), expected)

    @override_settings(FORCE_SCRIPT_NAME='/plus')
    def test_further_pages_keep_the_prefix(self) -> None:
        """3.4: the same, for lists."""
        stored_protein()
        stored_protein()
        page = self.client.get(f'{API}molecule_handler/proteins/?limit=1').json()
        self.assertEqual(page['next'], 'http://testserver/plus/api/v2/molecule_handler/proteins/?limit=1&offset=1')


class KnownDefectsOfThreads(TransactionTestCase):
    """Threads with connections of their own."""

    def test_equal_submissions_of_one_moment_are_one_job_and_no_error(self) -> None:
        """D7: the loser of the race for the unique hash answered 500."""
        threads, answers, errors = 8, [], []
        together = Barrier(threads)

        def submit() -> None:
            """Submit at the same moment as the others."""
            try:
                together.wait()
                answers.append(submit_task(new_job(), preprocessor_task))
            except Exception as error:
                errors.append(error)
            finally:
                connection.close()

        with working_tool():
            tool_of(PreprocessorJob).version()  # asked beforehand: the question would keep the threads apart
            running = [Thread(target=submit) for _ in range(threads)]
            for thread in running:
                thread.start()
            for thread in running:
                thread.join()
        self.assertEqual(errors, [])
        self.assertEqual(sorted(answer['retrieved_from_cache'] for answer in answers), [False] + [True] * (threads - 1))
        self.assertEqual((PreprocessorJob.objects.count(), PreprocessorJobData.objects.count()), (1, 1))
        self.assertEqual(PreprocessorJob.objects.get().status, JobStatus.PENDING)
