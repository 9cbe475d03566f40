"""
What every tool owes, as tests. A tool's own tests then hold nothing but its science.

Declare one :class:`ToolCase` in ``<tool>/test/config.py`` and derive a test case from :class:`ToolContract`.
"""

import json
import subprocess
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Any, ClassVar
from uuid import uuid4

from django.contrib import admin
from django.utils import timezone
from drf_spectacular.generators import SchemaGenerator

from molecule_handler.models import Protein
from proteins_plus.models import JobStatus, ProteinsPlusJob
from proteins_plus.reaper import task_of
from proteins_plus.sandbox import Limits
from proteins_plus.tools import ToolConfig, request_hash, tool_of

from . import faults
from .result_contract import ResultContract
from .samples import stored_protein
from .utils import API, ApiTestCase, media_files, row_counts

Request = dict[str, Any]

BASE_FIELDS = {
    'id',
    'status',
    'date_created',
    'date_last_accessed',
    'error',
    'error_code',
    'error_hint',
    'notes',
    'phase',
    'queue_position',
    'created',
    'started',
    'finished',
    'attempt',
    'provenance',
    'expires',
}
#: Of all kinds that JSON has.
_ODD: tuple[object, ...] = (5, -1, 0.5, True, None, '', 'x', 'A\0', 'x' * 10_000, [], [5], {}, {'a': {'b': [None]}})
#: A job is read with one query, plus one for each table of its to-many relations.
QUERIES = 1


@dataclass(frozen=True)
class BadInput:
    """A request that must be refused, and how."""

    data: Callable[[], Request]
    field: str
    status: int = 400


@dataclass(frozen=True)
class ToolCase:
    """One tool as its tests see it. Requests are made anew for every use, since files can be read only once."""

    job_model: type[ProteinsPlusJob]
    valid: Callable[[], Request]
    changed: Callable[[], Request]
    outputs: tuple[str, ...]
    bad: tuple[BadInput, ...] = ()
    route: str = ''


if TYPE_CHECKING:
    _Base = ApiTestCase
else:
    _Base = object  # a mixin, so that it is not run by itself


class ToolContract(ResultContract, _Base):
    """Mix it into an :class:`~proteins_plus.test.utils.ApiTestCase` that names a case."""

    case: ClassVar[ToolCase]

    @property
    def tool(self) -> ToolConfig:
        """:returns: the tool under test"""
        return tool_of(self.case.job_model)

    @property
    def route(self) -> str:
        """:returns: the submission route below ``/api/v2/``"""
        return self.case.route or f'{self.tool.prefix}/'

    def submit(self, data: Request) -> dict[str, Any]:
        """
        :param data: a valid request
        :returns: the answer to its submission; the job has run by then
        """
        response = self.post(self.route, data)
        self.assertEqual(response.status_code, 202, response.content[:500])
        return response.json()

    def finished_job(self) -> ProteinsPlusJob:
        """:returns: a job that has succeeded, read anew"""
        return self.case.job_model.objects.get(pk=self.submit(self.case.valid())['job_id'])

    def job(self, job_id: str) -> dict[str, Any]:
        """
        :param job_id: the id of a job
        :returns: the job as clients see it
        """
        return self.get(f'{self.route}jobs/{job_id}/')

    def failed_job(self, script: str) -> tuple[dict[str, Any], ProteinsPlusJob]:
        """
        :param script: what to run in the tool's place
        :returns: the failed job as clients see it, and its row
        """
        with faults.fake_tool(self.tool.label, script):
            submitted = self.submit(self.case.valid())
        answer = self.job(submitted['job_id'])
        self.assertEqual(answer['status'], 'failure', answer)
        self.assertTrue(
            answer['error'].startswith(f'An error occurred during the execution of {self.tool.verbose_name}.')
        )
        row = self.case.job_model.objects.get(pk=submitted['job_id'])
        self.assertIsNone(row.hash_value, 'a failed job must give up its hash')
        for output in self.case.outputs:
            self.assertFalse(answer[output], f'a failed job must not have {output}')
        return answer, row

    # --- submission and result -------------------------------------------------------------------------------

    def test_submission_answers_202_with_id_location_and_retry_after(self) -> None:
        """A client learns where and when to look for its job."""
        response = self.post(self.route, self.case.valid())
        self.assertEqual(response.status_code, 202)
        body = response.json()
        self.assertEqual(set(body), {'job_id', 'retrieved_from_cache'})
        self.assertIs(body['retrieved_from_cache'], False)
        self.assertTrue(response.headers['Location'].endswith(f'{API}{self.route}jobs/{body["job_id"]}/'))
        self.assertGreater(int(response.headers['Retry-After']), 0)

    def test_job_succeeds_with_base_fields_and_outputs(self) -> None:
        """A finished job has all fields clients rely on."""
        answer = self.job(self.submit(self.case.valid())['job_id'])
        self.assertEqual(answer['status'], 'success', answer)
        self.assertLessEqual(BASE_FIELDS, set(answer))
        self.assertRegex(answer['date_created'], r'^\d{4}-\d\d-\d\d$')
        self.assertRegex(answer['date_last_accessed'], r'^\d{4}-\d\d-\d\d$')
        self.assertIsNone(answer['error'])
        for output in self.case.outputs:
            self.assertTrue(answer[output], f'{output} is missing')

    def test_finished_job_says_what_ran_and_what_it_used(self) -> None:
        """A result can be understood and cited later."""
        row = self.case.job_model.objects.get(pk=self.submit(self.case.valid())['job_id'])
        self.assertEqual(row.provenance['version'], self.tool.version())
        self.assertGreater(row.provenance['peak_memory_bytes'], 0)
        self.assertEqual(row.attempt, 1)
        self.assertIsNone(row.lease_until)

    def test_operators_details_and_hash_are_never_served(self) -> None:
        """What operators need is not for clients."""
        answer = self.job(self.submit(self.case.valid())['job_id'])
        self.assertFalse({'error_detailed', 'hash_value', 'claimed_by', 'lease_until'} & set(answer))

    def test_job_is_served_at_the_root_and_without_trailing_slash(self) -> None:
        """Both mount points answer, with and without the slash."""
        job_id = self.submit(self.case.valid())['job_id']
        expected = self.job(job_id)
        for path in (f'/{self.route}jobs/{job_id}/', f'{API}{self.route}jobs/{job_id}'):
            response = self.client.get(path, follow=True)
            self.assertEqual(response.json(), expected, path)

    def test_finished_job_tells_its_history_and_when_it_expires(self) -> None:
        """Whoever comes back later sees when it ran, by what, and how long it is kept."""
        answer = self.job(self.submit(self.case.valid())['job_id'])
        self.assertEqual((answer['phase'], answer['queue_position'], answer['attempt']), ('ended', None, 1))
        self.assertLess(answer['created'], answer['started'])
        self.assertLess(answer['started'], answer['finished'])
        self.assertLess(answer['finished'], answer['expires'])
        self.assertEqual(answer['provenance']['citation'], self.tool.citation)
        self.assertRegex(answer['provenance']['input_hash'], '^[0-9a-f]{128}$')

    def test_waiting_job_has_a_place_in_the_queue_and_is_canceled_by_delete(self) -> None:
        """What is canceled before a worker takes it never runs, and gives up its hash."""
        waiting = self.client.post(f'{API}{self.route}', self.case.valid()).json()['job_id']
        answer = self.job(waiting)
        self.assertEqual((answer['status'], answer['phase'], answer['queue_position']), ('pending', 'queued', 1))
        self.assertIsNone(answer['expires'])
        canceled = self.client.delete(f'{API}{self.route}jobs/{waiting}/')
        self.assertEqual((canceled.status_code, canceled.json()['status']), (200, 'canceled'))
        task_of(self.tool).apply((waiting,))
        self.assertEqual(self.job(waiting)['status'], 'canceled')
        self.assertEqual(self.job(waiting)['attempt'], 0)
        self.assertNotEqual(self.submit(self.case.valid())['job_id'], waiting)

    def test_ended_job_is_deleted_with_what_is_its_own(self) -> None:
        """A user may take a result back; molecules stay for other jobs."""
        job_id = self.submit(self.case.valid())['job_id']
        self.assertEqual(self.client.delete(f'{API}{self.route}jobs/{job_id}/').status_code, 204)
        self.assertEqual(self.client.get(f'{API}{self.route}jobs/{job_id}/').status_code, 404)
        self.assertEqual(self.client.delete(f'{API}{self.route}jobs/{job_id}/').status_code, 404)

    # --- cache -----------------------------------------------------------------------------------------------

    def test_equal_submission_answers_the_first_job_and_stores_nothing(self) -> None:
        """A cache hit leaves no row and no file."""
        first = self.submit(self.case.valid())
        rows, files = row_counts(), media_files()
        second = self.submit(self.case.valid())
        self.assertEqual(second, {'job_id': first['job_id'], 'retrieved_from_cache': True})
        self.assertEqual(row_counts(), rows)
        self.assertEqual(media_files(), files)

    def test_cache_hit_counts_as_access(self) -> None:
        """Asking for a result again keeps it from being cleaned away."""
        job_id = self.submit(self.case.valid())['job_id']
        long_ago = timezone.now() - timedelta(days=3)
        self.case.job_model.objects.filter(pk=job_id).update(date_last_accessed=long_ago)
        self.submit(self.case.valid())
        row = self.case.job_model.objects.get(pk=job_id)
        self.assertGreater(row.date_last_accessed, long_ago)

    def test_changed_request_is_another_job(self) -> None:
        """Another parameter or input is another question."""
        first = self.submit(self.case.valid())
        other = self.submit(self.case.changed())
        self.assertNotEqual(other['job_id'], first['job_id'])
        self.assertIs(other['retrieved_from_cache'], False)

    def test_use_cache_false_neither_reads_nor_writes_the_cache(self) -> None:
        """A user may insist on a fresh run, which others do not get."""
        first = self.submit({**self.case.valid(), 'use_cache': 'false'})
        second = self.submit({**self.case.valid(), 'use_cache': 'false'})
        third = self.submit(self.case.valid())
        self.assertEqual(len({first['job_id'], second['job_id'], third['job_id']}), 3)

    def test_new_version_of_the_tool_serves_no_old_result(self) -> None:
        """The version of the executable is part of the hash."""
        first = self.submit(self.case.valid())
        with faults.fake_tool(self.tool.label, 'echo 999.0'):
            job = self.case.job_model.objects.get(pk=first['job_id'])
            self.assertNotEqual(request_hash(job), job.hash_value)

    # --- bad requests ----------------------------------------------------------------------------------------

    def assert_refused(self, data: Request, status: int, field: str) -> None:
        """
        :param data: a request
        :param status: the expected status
        :param field: the field the answer must name; empty for any
        """
        rows, files = row_counts(), media_files()
        response = self.post(self.route, data)
        self.assertEqual(response.status_code, status, response.content[:500])
        body = response.json()
        self.assertTrue(body.get('error_code'), body)
        if field:
            self.assertIn(field, body)
        self.assertNotIn('Traceback', response.content.decode())
        self.assertEqual(row_counts(), rows, 'a refused request left a row')
        self.assertEqual(media_files(), files, 'a refused request left a file')

    def test_empty_request_is_refused(self) -> None:
        """Nothing in, 400 out."""
        self.assert_refused({}, 400, '')

    def test_bad_inputs_are_refused_with_field_and_code(self) -> None:
        """Each bad input of the case is refused and leaves nothing behind."""
        for bad in self.case.bad:
            with self.subTest(field=bad.field):
                self.assert_refused(bad.data(), bad.status, bad.field)

    def test_no_value_of_any_field_is_a_fault_of_the_server(self) -> None:
        """Whatever a client sends, it is told what is wrong with it."""
        protein = str(stored_protein(pdb_code='1abc').pk)
        for name in resolve_serializer(self.route)().fields:
            for value in _ODD:
                data = {'protein_id': protein, name: value}
                response = self.client.post(f'{API}{self.route}', data, format='json')
                self.assertIn(response.status_code, (202, 400, 404), (name, value))
                self.assertIn('job_id' if response.status_code == 202 else 'error_code', response.json())

    def test_protein_by_id_and_by_file_are_the_same_job_but_not_both_at_once(self) -> None:
        """The hash goes by content, and two inputs are ambiguous."""
        valid = self.case.valid()
        if not {'protein_id', 'protein_file'} <= set(resolve_serializer(self.route)().fields):
            self.assertNotIn('protein_id', valid)
            return
        by_file = self.submit(self.case.valid())
        protein_id = str(Protein.objects.get(pk=self.job(by_file['job_id'])['input_protein']).pk)
        valid.pop('protein_file', None)
        by_id = self.submit({**valid, 'protein_id': protein_id})
        self.assertEqual(by_id, {'job_id': by_file['job_id'], 'retrieved_from_cache': True})
        self.assert_refused({**self.case.valid(), 'protein_id': protein_id}, 400, '')
        self.assert_refused({**valid, 'protein_id': str(uuid4())}, 404, 'detail')
        self.assert_refused({**valid, 'protein_id': 'not-an-id'}, 400, 'protein_id')

    def test_unknown_and_malformed_job_ids_are_404(self) -> None:
        """An id that is none is as unknown as any other."""
        for job_id in (uuid4(), 'nonsense', '1'):
            response = self.client.get(f'{API}{self.route}jobs/{job_id}/')
            self.assertEqual(response.status_code, 404)
            self.assertIn('detail', response.json())

    def test_get_on_the_submission_route_is_405(self) -> None:
        """Submissions are posted."""
        self.assertEqual(self.client.get(f'{API}{self.route}').status_code, 405)

    # --- a tool that misbehaves ------------------------------------------------------------------------------

    def test_tool_that_exits_1_is_a_failed_job_without_its_secrets(self) -> None:
        """Standard error is for operators only."""
        answer, row = self.failed_job(faults.EXITS_1)
        self.assertEqual(answer['error_code'], 'tool.failed')
        self.assertNotIn('secret', json.dumps(answer))
        self.assertIn('/secret/path', row.error_detailed or '')

    def test_tool_that_complains_is_quoted_with_code_and_hint(self) -> None:
        """What an engine says about the input reaches the user."""
        answer, _ = self.failed_job(faults.COMPLAINS)
        self.assertEqual(answer['error_code'], 'structure.no_atoms')
        self.assertIn('The file has no atoms.', answer['error'])
        self.assertEqual(answer['error_hint'], 'Upload coordinates.')

    def test_tool_that_hangs_is_ended(self) -> None:
        """A time-out kills the tool and its children."""
        tool = self.tool
        tool.limits = Limits(wall_seconds=1)  # type: ignore[misc]
        self.addCleanup(delattr, tool, 'limits')
        mark = str(uuid4().int)[:12]
        answer, _ = self.failed_job(faults.hangs_with_children(mark))
        self.assertEqual(answer['error_code'], 'tool.timeout')
        left = subprocess.run(['pgrep', '-f', f'sleep 6.*{mark}'], capture_output=True, text=True, check=False)
        self.assertEqual(left.stdout, '', 'children of the tool survived it')

    def test_tool_that_writes_garbage_or_nothing_leaves_no_object_behind(self) -> None:
        """Outputs are stored all together or not at all."""
        files = media_files()
        for script in (faults.WRITES_GARBAGE, faults.WRITES_NOTHING):
            before = row_counts()
            answer, row = self.failed_job(script)
            self.assertEqual(answer['error_code'], 'tool.bad_output')
            left = row_counts() - before - self._inputs_of(row)
            self.assertEqual(+left, {}, 'a failed job left an output behind')
            with self.captureOnCommitCallbacks(execute=True):
                self._delete_with_inputs(row)
        self.assertEqual(media_files(), files)

    def test_tool_that_dies_or_is_missing_is_a_failed_job(self) -> None:
        """A killed or missing program is told apart from a failing one."""
        answer, _ = self.failed_job(faults.KILLS_ITSELF)
        self.assertEqual(answer['error_code'], 'tool.killed')
        with faults.fake_tool(self.tool.label, faults.HANGS) as executable:
            executable.unlink()
            submitted = self.submit(self.case.changed())
        self.assertEqual(self.job(submitted['job_id'])['status'], 'failure')

    def test_failed_job_is_tried_again(self) -> None:
        """A failure is never served from the cache."""
        failed, _ = self.failed_job(faults.EXITS_1)
        again = self.submit(self.case.valid())
        self.assertNotEqual(again['job_id'], failed['id'])
        self.assertEqual(self.job(again['job_id'])['status'], 'success')

    def _delete_with_inputs(self, row: ProteinsPlusJob) -> None:
        """
        :param row: a failed job
        """
        inputs = [getattr(row, field.name) for field in row._meta.concrete_fields if field.is_relation]
        row.delete()
        for given in inputs:
            if given is not None:
                given.delete()

    def _inputs_of(self, row: ProteinsPlusJob) -> Any:
        """
        :param row: a failed job
        :returns: how many rows of each model it is allowed to keep: itself, and what it was given
        """
        counts = row_counts() - row_counts()
        counts[row._meta.label] += 1
        for field in row._meta.concrete_fields:
            if field.is_relation and getattr(row, field.attname) is not None:
                counts[field.related_model._meta.label] += 1
        return counts

    # --- lists, deletion, description ------------------------------------------------------------------------

    def test_list_is_capped_ordered_and_without_content(self) -> None:
        """Pages are stable, the newest first."""
        for use in (self.case.valid, self.case.changed):
            self.submit(use())
        page = self.get(f'{self.route}jobs/?limit=100000')
        self.assertEqual(set(page), {'count', 'next', 'previous', 'results'})
        self.assertEqual(page['count'], 2)
        created = list(self.case.job_model.objects.order_by('-date_created').values_list('pk', flat=True))
        self.assertEqual([row['id'] for row in page['results']], [str(key) for key in created])

    def test_job_is_read_with_few_queries(self) -> None:
        """Polling is cheap."""
        job_id = self.submit(self.case.valid())['job_id']
        relations = {field.remote_field.through for field in self.case.job_model._meta.many_to_many}
        with self.assertNumQueries(QUERIES + len(relations)):
            self.job(job_id)

    def test_deleting_a_job_keeps_shared_objects_and_takes_its_own(self) -> None:
        """Molecules outlive jobs; rows made for one job do not."""
        row = self.case.job_model.objects.get(pk=self.submit(self.case.valid())['job_id'])
        own = [(field.related_model, getattr(row, field.attname)) for field in row.own_fields()]
        proteins = Protein.objects.count()
        row.delete()
        self.assertEqual(Protein.objects.count(), proteins)
        for model, key in own:
            self.assertFalse(model._base_manager.filter(pk=key).exists(), model)

    def test_deleting_any_input_or_output_deletes_the_job(self) -> None:
        """No job refers to what is not there."""
        references = [field.name for field in self.case.job_model._meta.concrete_fields if field.is_relation]
        for name in references:
            row = self.case.job_model.objects.get(pk=self.submit(self.case.valid())['job_id'])
            if (other := getattr(row, name)) is not None:
                other.delete()
                self.assertFalse(self.case.job_model.objects.filter(pk=row.pk).exists(), name)

    def test_stale_job_is_cleaned_and_a_living_one_is_not(self) -> None:
        """Only what nobody looked at for long is stale."""
        old = self.submit(self.case.valid())['job_id']
        new = self.submit(self.case.changed())['job_id']
        self.case.job_model.objects.filter(pk=old).update(date_last_accessed=timezone.now() - timedelta(days=30))
        stale = self.case.job_model.stale(timezone.now() - timedelta(days=7))
        self.assertEqual([str(row.pk) for row in stale], [old])
        self.assertTrue(self.case.job_model.objects.filter(pk=new, status=JobStatus.SUCCESS).exists())

    def test_description_names_routes_fields_citation_and_example(self) -> None:
        """The API description says what the answers hold."""
        schema = SchemaGenerator().get_schema(request=None, public=True)
        operation = schema['paths'][f'{API}{self.route}']['post']
        self.assertIn('202', operation['responses'])
        self.assertIn(self.tool.citation, operation['description'])
        self.assertIn('examples', operation['requestBody']['content']['multipart/form-data'])
        content = schema['paths'][f'{API}{self.route}jobs/{{id}}/']['get']['responses']['200']['content']
        name = content['application/json']['schema']['$ref'].rpartition('/')[2]
        answer = self.job(self.submit(self.case.valid())['job_id'])
        self.assertEqual(set(schema['components']['schemas'][name]['properties']), set(answer))

    def test_executable_is_installed_and_refuses_to_run_without_arguments(self) -> None:
        """The program is there, and is the right kind of program."""
        bare = subprocess.run([self.tool.executable], capture_output=True, check=False, timeout=60)
        self.assertNotEqual(bare.returncode, 0)
        self.assertNotEqual(self.tool.version(), 'missing')

    def test_admin_shows_the_jobs(self) -> None:
        """Operators can look at the jobs."""
        self.assertTrue(admin.site.is_registered(self.case.job_model))


def resolve_serializer(route: str) -> Any:
    """
    :param route: a submission route below ``/api/v2/``
    :returns: the serializer class of its request
    """
    from django.urls import resolve

    return resolve(f'{API}{route}').func.view_class.serializer_class
