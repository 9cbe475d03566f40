"""The pages, as a browser without scripts meets them."""

import re
from datetime import timedelta
from typing import Any
from unittest import mock
from uuid import uuid4

from django.db import OperationalError, connection
from django.test import TestCase
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from molecule_handler.models import FileType, Ligand, Protein
from preprocessor.models import PreprocessorJob
from proteins_plus import health
from proteins_plus.models import JobStatus
from proteins_plus.test.samples import METHANE, glycine_file, running_job, stored_job, stored_protein, working_tool
from proteins_plus.test.utils import ApiTestCase, structure_text
from proteins_plus.tools import installed
from web.inventory import inventory
from web.results import Place


class HomePage(ApiTestCase):
    """Where a structure comes in."""

    def submitted(self, data: dict[str, Any]) -> PreprocessorJob:
        """
        :param data: what is filled in
        :returns: the job that the browser is led to
        """
        response = self.client.post('/', data)
        self.assertEqual(response.status_code, 302, response.content[:2000])
        (key,) = re.findall(r'^/jobs/preprocessor/([0-9a-f-]{36})/$', response.headers['Location'])
        return PreprocessorJob.objects.get(pk=key)

    def test_page_offers_code_file_and_examples(self) -> None:
        """All three work without reading anything."""
        page = self.client.get('/').content.decode()
        for part in ('name="code"', 'name="protein_file"', 'name="example"', 'Swagger', 'DoGSite'):
            self.assertIn(part if part != 'Swagger' else '/api/schema/swagger-ui', page)

    def test_codes_are_told_apart(self) -> None:
        """Users type what they have: an entry, its new long form, an accession."""
        for code, field, stored in (('1AFS', 'pdb_code', '1afs'), ('P04637', 'uniprot_code', 'P04637')):
            self.assertEqual(getattr(self.submitted({'code': code}), field), stored)

    def test_code_that_is_none_is_refused_on_the_page(self) -> None:
        """The sentence of the API stands at its field."""
        response = self.client.post('/', {'code': '!!'})
        self.assertContains(response, 'role="alert"', status_code=400)

    def test_file_is_read_as_by_the_api(self) -> None:
        """One way in for both."""
        job = self.submitted({'code': '', 'protein_file': glycine_file()})
        self.assertEqual(job.input_data.name, 'gly')

    def test_upload_made_before_leads_to_its_structure_at_once(self) -> None:
        """Its job has ended long ago: there is nothing to wait for, and nobody came for the job."""
        with working_tool():
            job = self.run_job('molecule_handler/upload/', {'protein_file': glycine_file()})
            response = self.client.post('/', {'protein_file': glycine_file()})
        self.assertRedirects(response, f'/structures/{job["output_protein"]}/')

    def test_examples_need_no_archive(self) -> None:
        """They work on a laptop without network; a name that is no example is none."""
        self.assertEqual(self.submitted({'example': '1hvr.pdb.gz'}).input_data.name, '1hvr')
        self.assertEqual(self.client.post('/', {'example': '../proteins_plus/settings.py'}).status_code, 404)

    def test_browser_remembers_its_jobs(self) -> None:
        """They are found again after the window was closed; another browser sees none of them."""
        job = self.submitted({'protein_file': glycine_file()})
        self.assertContains(self.client.get('/jobs/'), str(job.pk))
        self.client.cookies.clear()
        self.assertNotContains(self.client.get('/jobs/'), str(job.pk))

    def test_job_that_failed_is_told_by_the_code_it_was_asked_for(self) -> None:
        """There is no structure by whose name one could tell it."""
        job = self.submitted({'code': '1afs'})
        type(job).objects.filter(pk=job.pk).update(status=JobStatus.FAILURE)
        self.assertContains(self.client.get('/jobs/'), '<td>1afs</td>')

    def test_cookie_of_somebody_else_is_ignored(self) -> None:
        """It is signed."""
        self.client.cookies['recent_jobs'] = f'preprocessor:{stored_job().pk}:forged'
        self.assertContains(self.client.get('/jobs/'), 'has not submitted')


class StructurePage(ApiTestCase):
    """What is known of a structure."""

    def test_ligands_chains_and_tools_are_there(self) -> None:
        """Whatever can be gone on with is one click away."""
        protein = stored_protein()
        Ligand.objects.create(name='MTN_A_7B', protein=protein, file_string=METHANE)
        page = self.client.get(f'/structures/{protein.pk}/').content.decode()
        for part in ('MTN_A_7B', 'data-places="A:7B"', 'Chain A', 'protein, 1 residues', 'files/ligands.sdf'):
            self.assertIn(part, page)
        for tool in ('dogsite', 'protoss'):
            self.assertIn(f'/tools/{tool}/?protein={protein.pk}', page)

    def test_files_leave_as_attachments(self) -> None:
        """What a user has uploaded never becomes a page of ours."""
        protein = stored_protein()
        Ligand.objects.create(name='MTN_A_7', protein=protein, file_string=METHANE)
        for name, part in (('protein.pdb', 'GLY A'), ('ligands.sdf', 'MTN_A_7'), ('MTN_A_7.sdf', 'V2000')):
            response = self.client.get(f'/structures/{protein.pk}/files/{name}')
            self.assertContains(response, part)
            self.assertIn('attachment', response.headers['Content-Disposition'])
            self.assertIn('sandbox', response.headers['Content-Security-Policy'])
        self.assertEqual(self.client.get(f'/structures/{protein.pk}/files/other.pdb').status_code, 404)

    def test_missing_structure_is_a_page(self) -> None:
        """Results expire; a reader of an old link is told so in words."""
        for path in (f'/structures/{uuid4()}/', f'/structures/{uuid4()}/structure.mvsj', f'/jobs/dogsite/{uuid4()}/'):
            self.assertContains(self.client.get(path), 'expired', status_code=404)

    def test_address_that_does_not_exist_is_a_page_for_browsers_and_json_for_programs(self) -> None:
        """A slip of the finger in the address bar is answered by a sentence and a way on."""
        browser = {'Accept': 'text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8'}
        self.assertContains(self.client.get('/structure/', headers=browser), 'There is nothing here', status_code=404)
        for accept in ('*/*', 'application/json'):
            response = self.client.get('/structure/', headers={'Accept': accept})
            self.assertEqual(response.json()['error_code'], 'request.not_found')

    def test_inventory_is_the_same_from_both_formats(self) -> None:
        """Chains, metals and waters of the first model, insertion codes included."""
        for name, kind in (('4laz.pdb.gz', FileType.PDB), ('5pti.cif.gz', FileType.CIF)):
            protein = Protein.objects.create(name=name, file_type=kind, file_string=structure_text(name))
            found = inventory(protein.pk)
            self.assertGreater(found.waters, 20)
            self.assertEqual([chain.name for chain in found.chains], ['A'])
        metal = 'HETATM    6 ZN    ZN A  12B      0.000   9.000   0.000  1.00 10.00          ZN  \n'
        self.assertEqual(inventory(stored_protein(metal).pk).metals, [('ZN', Place('A', 12, 'B'))])


class JobPage(ApiTestCase):
    """A job from its submission to its result."""

    def path(self, job: Any, rest: str = '') -> str:
        """
        :param job: a preprocessor job
        :param rest: of the path
        :returns: its address
        """
        return f'/jobs/preprocessor/{job.pk}/{rest}'

    def test_waiting_job_tells_its_place_and_asks_again(self) -> None:
        """With scripts by polling, without them by reloading."""
        stored_job()
        job = stored_job('REMARK 1\n')
        page = self.client.get(self.path(job)).content.decode()
        for part in ('place 2 in the queue', 'hx-trigger="every', '<noscript><meta http-equiv="refresh"', 'Cancel'):
            self.assertIn(part, page)

    def test_poll_is_cheap(self) -> None:
        """Many pages stay open for long; at most three queries were promised."""
        for job in (stored_job(), running_job()):
            self.client.get(self.path(job, 'progress/'))
            with CaptureQueriesContext(connection) as asked:
                response = self.client.get(self.path(job, 'progress/'))
            self.assertLessEqual(len(asked), 3, asked.captured_queries)
            self.assertNotIn('HX-Redirect', response.headers)
            self.assertNotIn(b'<html', response.content)

    def test_ended_job_leads_on(self) -> None:
        """An upload leads to the structure, everything else to its result."""
        protein = stored_protein()
        job = stored_job(status=JobStatus.SUCCESS, output_protein=protein)
        response = self.client.get(self.path(job, 'progress/'))
        self.assertEqual(response.headers['HX-Redirect'], f'/structures/{protein.pk}/')
        self.assertNotIn('hx-get', response.content.decode())
        failed = stored_job(status=JobStatus.FAILURE)
        self.assertEqual(self.client.get(self.path(failed, 'progress/')).headers['HX-Redirect'], self.path(failed))

    def test_failure_is_told_with_code_and_hint(self) -> None:
        """As over the API, and whatever a user has uploaded is text."""
        job = stored_job(
            status=JobStatus.FAILURE, error='No <b>atoms</b>.', error_code='structure.no_atoms', error_hint='Look.'
        )
        page = self.client.get(self.path(job)).content.decode()
        for part in ('No &lt;b&gt;atoms&lt;/b&gt;.', 'structure.no_atoms', 'Look.', f'?job={job.pk}'):
            self.assertIn(part, page)

    def test_cancel_ends_a_waiting_job(self) -> None:
        """By a form, so that it works without scripts; a link cannot do it."""
        job = stored_job()
        self.assertEqual(self.client.get(self.path(job, 'cancel/')).status_code, 405)
        self.client.post(self.path(job, 'cancel/'))
        job.refresh_from_db()
        self.assertEqual(job.status, JobStatus.CANCELED)
        self.assertContains(self.client.get(self.path(job)), 'Canceled')

    def test_forged_form_is_refused(self) -> None:
        """Another site cannot cancel or submit in a user's name."""
        client = self.client_class(enforce_csrf_checks=True)
        job = stored_job()
        for path in (self.path(job, 'cancel/'), '/', '/tools/dogsite/'):
            self.assertEqual(client.post(path, {}).status_code, 403)

    def test_result_has_everything_that_its_page_names(self) -> None:
        """No link of a result leads nowhere."""
        with working_tool():
            self.run_job('molecule_handler/upload/', {'protein_file': glycine_file()})
        job = PreprocessorJob.objects.get()
        page = self.client.get(self.path(job)).content.decode()
        links = set(re.findall(r'(?:href|data-scene)="(/jobs/preprocessor/[^"]+)"', page))
        self.assertGreaterEqual(len(links), 3)
        for link in links:
            response = self.client.get(link)
            self.assertEqual(response.status_code, 200, link)
            response.getvalue()
        for part in ('files/none.pdb', 'none.csv', 'none.mvsj', 'none.mvsx'):
            self.assertEqual(self.client.get(self.path(job, part)).status_code, 404)

    def test_result_of_a_job_that_runs_is_not_there_yet(self) -> None:
        """Half a result is none."""
        self.assertEqual(self.client.get(self.path(running_job(), 'result.zip')).status_code, 404)


class PagesUnderTrouble(ApiTestCase):
    """What a page says when something is wrong, and what it does not ask for."""

    def test_outage_and_bug_are_told_on_a_page_with_the_status_of_the_api(self) -> None:
        """A person gets a sentence, not the answer for a program, and never a traceback."""
        for error, status, part in (
            (OperationalError('gone'), 503, 'The database is busy.'),
            (OSError(28, 'No space left on device'), 503, 'could not read or write its files'),
            (ZeroDivisionError('secret'), 500, 'The server made a mistake.'),
        ):
            with mock.patch('web.pages.recent_jobs.jobs', side_effect=error), self.assertLogs('proteins_plus'):
                response = self.client.get('/jobs/')
            self.assertContains(response, part, status_code=status)
            self.assertContains(response, '<nav', status_code=status)
            self.assertNotContains(response, 'secret', status_code=status)

    def test_pages_of_jobs_do_not_read_the_text_of_their_structures(self) -> None:
        """A list of thirty jobs would read gigabytes."""
        protein = stored_protein()
        job = stored_job(status=JobStatus.SUCCESS, output_protein=protein)
        self.client.post('/', {'protein_file': glycine_file()})
        PreprocessorJob.objects.update(output_protein=protein)
        for path in ('/jobs/', f'/jobs/preprocessor/{job.pk}/', f'/tools/dogsite/?protein={protein.pk}'):
            inventory(protein.pk)  # read once, then remembered
            with CaptureQueriesContext(connection) as asked:
                self.assertEqual(self.client.get(path).status_code, 200)
            self.assertNotIn('"file_string"', ' '.join(query['sql'] for query in asked))

    def test_files_and_scenes_that_are_fetched_count_as_access(self) -> None:
        """A script that fetches a file every day keeps its result, as a person who looks at the page does."""
        long_ago = timezone.now() - timedelta(days=3)
        protein = stored_protein()
        job = stored_job(status=JobStatus.SUCCESS, output_protein=protein)
        for row, path in (
            (protein, f'/structures/{protein.pk}/files/protein.pdb'),
            (job, f'/jobs/preprocessor/{job.pk}/structure.mvsj'),
        ):
            type(row).objects.filter(pk=row.pk).update(date_last_accessed=long_ago)
            self.assertEqual(self.client.get(path).status_code, 200)
            row.refresh_from_db()
            self.assertGreater(row.date_last_accessed, long_ago)


class ServerPage(TestCase):
    """The state of the server."""

    def test_parts_queues_and_tools_are_named(self) -> None:
        """Whoever waits sees why."""
        probes = {'database': lambda: True, 'worker': lambda: False}
        with mock.patch.dict(health.PROBES, probes, clear=True):
            page = self.client.get('/status/').content.decode()
        for part in ('Database: works', 'does not answer', 'No worker answers', 'Queue fast: 0 jobs'):
            self.assertIn(part, page)
        for tool in installed():
            self.assertIn(tool.version(), page)
