"""The life of a job: stored once, run once, ended once."""

from collections import Counter
from datetime import timedelta
from pathlib import Path
from typing import Any
from unittest import mock

from django.conf import settings
from django.core.files.base import ContentFile
from django.db import DataError, IntegrityError, InterfaceError, OperationalError
from django.test import TestCase, TransactionTestCase, override_settings
from django.utils import timezone

from molecule_handler.models import Ligand, Protein
from preprocessor.models import PreprocessorJob, PreprocessorJobData
from preprocessor.preprocessor_wrapper import PreprocessorWrapper
from preprocessor.tasks import preprocessor_task
from proteins_plus import job_handler, leases
from proteins_plus.errors import NotFoundError
from proteins_plus.job_handler import execute_job, submit_task
from proteins_plus.models import JobStatus
from proteins_plus.tools import request_hash

from . import faults
from .samples import METHANE, new_job, stored_job, stored_protein, working_tool
from .utils import media_files, row_counts


class SilentBrokerTestCase(TestCase):
    """A broker that takes every message and runs nothing."""

    def setUp(self) -> None:
        """Put the broker in place."""
        patcher = mock.patch.object(preprocessor_task, 'apply_async')
        self.broker = patcher.start()
        self.addCleanup(patcher.stop)

    def submit(self, job: PreprocessorJob, use_cache: bool = True) -> dict[str, Any]:
        """
        :param job: an unsaved job
        :param use_cache: see :func:`submit_task`
        :returns: what the client is told
        """
        with self.captureOnCommitCallbacks(execute=True):
            return dict(submit_task(job, preprocessor_task, use_cache))


class JobSubmission(SilentBrokerTestCase):
    """What a submission stores, and what it does not."""

    def test_job_its_inputs_and_their_hash_are_stored_and_workers_told(self) -> None:
        """The client gets an id only for what is safe in the database."""
        answer = self.submit(new_job())
        job = PreprocessorJob.objects.get()
        self.assertEqual(answer, {'job_id': job.pk, 'retrieved_from_cache': False})
        self.assertEqual((job.status, job.attempt), (JobStatus.PENDING, 0))
        self.assertEqual(job.hash_value, request_hash(new_job()))
        self.assertIsNotNone(job.announced_at)
        self.broker.assert_called_once_with((str(job.pk),), queue='fast', retry=False)

    def test_workers_are_told_after_the_commit_only(self) -> None:
        """A worker that is told before would not find the row."""
        with self.captureOnCommitCallbacks():
            submit_task(new_job(), preprocessor_task)
            self.broker.assert_not_called()

    def test_equal_submission_stores_nothing_and_tells_nobody(self) -> None:
        """One query, which finds the earlier job."""
        first = self.submit(new_job())
        before, rows = PreprocessorJob.objects.values().get(), row_counts()
        with self.assertNumQueries(1):
            again = self.submit(new_job())
        self.assertEqual(again, {'job_id': first['job_id'], 'retrieved_from_cache': True})
        self.assertEqual(PreprocessorJob.objects.values().get(), before)
        self.assertEqual(row_counts(), rows)
        self.assertEqual(self.broker.call_count, 1)

    def test_cache_hit_after_a_day_writes_the_access_date_and_nothing_else(self) -> None:
        """Everything else of a result is immutable."""
        self.submit(new_job())
        PreprocessorJob.objects.update(date_last_accessed=timezone.now() - timedelta(days=2))
        before: dict[str, Any] = dict(PreprocessorJob.objects.values().get())
        self.submit(new_job())
        after: dict[str, Any] = dict(PreprocessorJob.objects.values().get())
        changed = {name for name, value in after.items() if before[name] != value}
        self.assertEqual(changed, {'date_last_accessed'})

    def test_uncached_submission_neither_reads_nor_writes_the_cache(self) -> None:
        """Neither does it find another uncached one."""
        answers = [self.submit(new_job(), use_cache) for use_cache in (True, False, False)]
        self.assertEqual(len({answer['job_id'] for answer in answers}), 3)
        self.assertEqual(Counter(PreprocessorJob.objects.values_list('hash_value', flat=True))[None], 2)
        self.assertEqual(self.submit(new_job())['job_id'], answers[0]['job_id'])

    def test_loser_of_the_race_answers_the_winner_and_leaves_nothing(self) -> None:
        """Between looking for an equal job and storing its own, the equal one of somebody else appears."""
        real, calls = job_handler._store, []

        def slow_store(job: PreprocessorJob) -> None:
            """:param job: the loser's"""
            calls.append(job)
            if len(calls) == 1:
                winner = new_job()
                winner.hash_value = request_hash(winner)
                real(winner)
            real(job)

        with mock.patch.object(job_handler, '_store', slow_store):
            answer = self.submit(new_job())
        winner = PreprocessorJob.objects.get()
        self.assertEqual(answer, {'job_id': winner.pk, 'retrieved_from_cache': True})
        self.assertEqual(PreprocessorJobData.objects.count(), 1)
        self.broker.assert_not_called()

    def test_winner_that_fails_meanwhile_leaves_the_hash_to_the_loser(self) -> None:
        """Then its own job is the first of its kind, and must run."""
        real, calls = job_handler._store, []

        def store(job: PreprocessorJob) -> None:
            """:param job: stored at the second try"""
            calls.append(job)
            if len(calls) == 1:
                raise IntegrityError('the hash was taken, and is given up by now')
            real(job)

        with mock.patch.object(job_handler, '_store', store):
            answer = self.submit(new_job())
        self.assertIs(answer['retrieved_from_cache'], False)
        self.assertEqual(PreprocessorJob.objects.get().pk, answer['job_id'])

    def test_input_that_vanished_meanwhile_is_reported_and_nothing_is_stored(self) -> None:
        """After some tries it must be something else than a race for the hash."""
        with (
            mock.patch.object(job_handler, '_store', side_effect=IntegrityError('foreign key')),
            self.assertRaises(NotFoundError) as caught,
        ):
            self.submit(new_job())
        self.assertEqual(caught.exception.code, 'input.vanished')
        self.broker.assert_not_called()

    def test_files_of_a_submission_that_fails_are_taken_back(self) -> None:
        """Also the file of the very row that could not be inserted."""
        files = media_files()
        for fault in (OperationalError('disk full'), KeyboardInterrupt()):
            protein = Protein(file_string='x', file_type='pdb', mmcif_file=ContentFile(b'data_', name='x.cif'))
            real = Protein.save_base

            def failing(*args: Any, real: Any = real, fault: BaseException = fault, **kwargs: Any) -> None:
                """Write the file and the row, then fail."""
                real(*args, **kwargs)
                raise fault

            with mock.patch.object(Protein, 'save_base', failing), self.assertRaises(type(fault)):
                self.submit(PreprocessorJob(output_protein=protein), use_cache=False)
            self.assertEqual(media_files(), files)
            self.assertEqual(PreprocessorJob.objects.count(), 0)

    def test_broker_that_is_away_is_no_failure_and_leaves_the_job_to_the_reaper(self) -> None:
        """The row is the outbox; the client need not know."""
        self.broker.side_effect = OSError('refused')
        with self.assertLogs('proteins_plus.job_handler', 'WARNING'):
            answer = self.submit(new_job())
        job = PreprocessorJob.objects.get(pk=answer['job_id'])
        self.assertEqual((job.status, job.announced_at), (JobStatus.PENDING, None))


class SubmissionCommits(TransactionTestCase):
    """What only a real commit can show."""

    def test_input_deleted_meanwhile_is_reported_and_leaves_neither_rows_nor_files(self) -> None:
        """Foreign keys are checked at the commit, when the files are written already."""
        files = media_files()
        gone = stored_protein()
        Protein.objects.all().delete()
        ligand = Ligand(name='x', protein=gone, file_string=METHANE)
        ligand.add_image('<svg/>')
        job = PreprocessorJob(output_protein=gone)
        inputs = mock.patch.object(PreprocessorJob, 'unsaved_inputs', return_value=[ligand])
        with inputs, self.assertRaises(NotFoundError) as caught:
            submit_task(job, preprocessor_task, use_cache=False)
        self.assertEqual(caught.exception.code, 'input.vanished')
        self.assertEqual(+row_counts(), Counter())
        self.assertEqual(media_files(), files)


class JobExecution(TestCase):
    """How a job ends."""

    def run_job(self, script: str | None = None, **fields: Any) -> PreprocessorJob:
        """
        :param script: a fake tool; one that works unless given
        :param fields: of the job
        :returns: the job after its run
        """
        with working_tool() if script is None else faults.fake_tool('preprocessor', script):
            job = stored_job(hash_value='kept', **fields)
            execute_job(PreprocessorWrapper, str(job.pk), PreprocessorJob, 'Preprocessor')
        job.refresh_from_db()
        return job

    def assert_failed(self, job: PreprocessorJob, code: str) -> None:
        """
        :param job: after its run
        :param code: the expected code
        """
        self.assertEqual((job.status, job.error_code), (JobStatus.FAILURE, code), job.error_detailed)
        self.assertIsNone(job.hash_value)
        self.assertTrue((job.error or '').startswith('An error occurred during the execution of Preprocessor.'))
        self.assertIsNotNone(job.date_finished)
        self.assertIsNone(job.lease_until)

    def test_success_stores_outputs_and_keeps_the_hash(self) -> None:
        """And says what ran, for how long it did, and which version it was."""
        job = self.run_job()
        self.assertEqual((job.status, job.hash_value, job.error), (JobStatus.SUCCESS, 'kept', None))
        self.assertEqual(job.output_protein, Protein.objects.get())
        assert job.date_started is not None and job.date_finished is not None
        self.assertLess(job.date_started, job.date_finished)
        self.assertEqual(job.provenance['version'], '1.0')

    def test_work_directory_is_gone_whatever_happened(self) -> None:
        """Structures of users must not pile up on the disk."""
        for script in (faults.EXITS_1, faults.WRITES_GARBAGE, None):
            self.run_job(script)
            self.assertEqual(list(Path(settings.WORK_DIR).iterdir()), [])

    def test_message_delivered_twice_runs_the_job_once(self) -> None:
        """At-least-once delivery must not mean at-least-once results."""
        job = self.run_job()
        with faults.fake_tool('preprocessor', faults.EXITS_1):
            execute_job(PreprocessorWrapper, str(job.pk), PreprocessorJob, 'Preprocessor')
        job.refresh_from_db()
        self.assertEqual((job.status, job.attempt), (JobStatus.SUCCESS, 1))

    def test_message_for_a_deleted_job_is_dropped(self) -> None:
        """Nothing to do is no error."""
        job = stored_job()
        key = str(job.pk)
        job.delete()
        execute_job(PreprocessorWrapper, key, PreprocessorJob, 'Preprocessor')
        self.assertFalse(PreprocessorJob.objects.exists())

    def test_tool_failures_have_their_codes(self) -> None:
        """Users and clients tell failures by them."""
        for script, code in (
            (faults.EXITS_1, 'tool.failed'),
            (faults.COMPLAINS, 'structure.no_atoms'),
            (faults.KILLS_ITSELF, 'tool.killed'),
            (faults.WRITES_NOTHING, 'tool.bad_output'),
            (faults.WRITES_GARBAGE, 'tool.bad_output'),
            ('kill -XCPU $$', 'tool.timeout'),
            ('kill -XFSZ $$', 'tool.output_too_large'),
        ):
            with self.subTest(script=script):
                self.assert_failed(self.run_job(script), code)
                PreprocessorJob.objects.all().delete()

    def test_flood_of_output_neither_blocks_nor_reaches_the_database(self) -> None:
        """50 MB on standard error: no pipe may fill, and no row may hold it."""
        job = self.run_job(faults.FLOODS + ' >&2; exit 3')
        self.assert_failed(job, 'tool.failed')
        self.assertLess(len(job.error_detailed or ''), 10_000)

    def test_complaint_with_nul_and_lone_surrogate_can_be_stored(self) -> None:
        """Both come through JSON from names in files, and databases refuse them."""
        said = (
            r"""printf '%s\n' '{"code": "a.b", "message": "bad \u0000 \ud800 name", "hint": "\u0000"}' >&2; exit 65"""
        )
        job = self.run_job(said)
        self.assert_failed(job, 'a.b')
        self.assertIn('bad \ufffd ? name', job.error or '')

    def test_last_line_that_is_no_complaint_is_not_served(self) -> None:
        """Whatever a foreign program prints last may hold paths."""
        for line in ('[1, 2]', '{"code": 5}', '{"broken', '"text"'):
            job = self.run_job(f"echo '{line}' >&2; exit 65")
            self.assert_failed(job, 'tool.failed')
            self.assertIn('exit code 65', job.error or '')
            PreprocessorJob.objects.all().delete()

    def test_tool_is_told_where_the_component_dictionary_is(self) -> None:
        """Its environment is minimal, so that nothing tells it by itself."""
        with override_settings(CCD_FILE=Path('/elsewhere/ccd.sqlite')):
            job = self.run_job('echo "$PPLUS_CCD" >&2; exit 1')
        self.assertIn('\n/elsewhere/ccd.sqlite\n', job.error_detailed or '')

    def test_guard_that_is_missing_is_our_fault(self) -> None:
        """The user can do nothing about it, and the tool has not failed."""
        with mock.patch('proteins_plus.sandbox._guard', return_value=['/nonexistent/prlimit']):
            self.assert_failed(self.run_job(), 'server.storage')

    def test_output_the_database_refuses_is_bad_output_and_no_endless_repetition(self) -> None:
        """To try again would only fail again, three times."""
        for refused in (DataError('too long'), IntegrityError('twice'), ValueError('NUL'), KeyError('x')):
            with mock.patch.object(PreprocessorWrapper, 'load_results', side_effect=refused):
                self.assert_failed(self.run_job(), 'tool.bad_output')
            PreprocessorJob.objects.all().delete()

    def test_outputs_and_files_of_a_failed_end_are_taken_back_together(self) -> None:
        """The first ligand and its picture are stored when the second turns out to be unreadable."""
        files, rows = media_files(), row_counts()
        script = f"""
cp input.pdb output/out.pdb
printf '%s' '{METHANE}' > output/A.sdf; echo '<svg/>' > output/A.svg
printf '\\377' > output/B.sdf
"""
        with mock.patch.object(Ligand, 'add_image', autospec=True, side_effect=Ligand.add_image) as pictures:
            job = self.run_job(script)
        self.assertEqual(pictures.call_count, 1, 'the first ligand must have been reached')
        self.assert_failed(job, 'tool.bad_output')
        self.assertEqual(media_files(), files)
        self.assertEqual(row_counts() - rows, Counter({job._meta.label: 1, 'preprocessor.PreprocessorJobData': 1}))

    def test_database_that_is_away_leaves_the_job_to_the_reaper(self) -> None:
        """To give up would turn a restart of the database into failed jobs of users."""
        for away in (OperationalError('restarting'), InterfaceError('closed')):
            with (
                mock.patch.object(PreprocessorWrapper, 'load_results', side_effect=away),
                self.assertLogs('proteins_plus.job_handler', 'ERROR'),
            ):
                job = self.run_job()
            self.assertEqual((job.status, job.hash_value), (JobStatus.RUNNING, 'kept'))
            PreprocessorJob.objects.all().delete()

    def test_job_that_another_worker_took_over_is_left_to_it_with_all_outputs(self) -> None:
        """Of two results one would be a ghost; the transaction takes it back."""
        real = PreprocessorWrapper.check

        def check(wrapper: Any, completed: Any) -> None:
            """Between the end of the run and its results."""
            PreprocessorJob.objects.update(attempt=2, claimed_by='elsewhere')
            real(wrapper, completed)

        with mock.patch.object(PreprocessorWrapper, 'check', check):
            job = self.run_job()
        self.assertEqual((job.status, job.attempt, job.claimed_by), (JobStatus.RUNNING, 2, 'elsewhere'))
        self.assertFalse(Protein.objects.exists())

    def test_run_whose_lease_is_lost_is_stopped_at_once(self) -> None:
        """Its result is not wanted any more, and its processor is."""
        with (
            mock.patch.object(leases.Heartbeat.__init__, '__defaults__', (0.01,)),
            mock.patch.object(leases, 'renew', return_value=False),
        ):
            started = timezone.now()
            job = self.run_job(faults.HANGS)
        self.assertLess((timezone.now() - started).total_seconds(), 10)
        self.assertEqual(job.status, JobStatus.RUNNING, 'who has the lease decides how it ends')

    def test_job_deleted_during_its_run_leaves_nothing(self) -> None:
        """Neither outputs, nor the data it came with."""
        real = PreprocessorWrapper.check

        def check(wrapper: Any, completed: Any) -> None:
            """Between the end of the run and its results."""
            PreprocessorJob.objects.all().delete()
            real(wrapper, completed)

        with mock.patch.object(PreprocessorWrapper, 'check', check), working_tool():
            job = stored_job()
            execute_job(PreprocessorWrapper, str(job.pk), PreprocessorJob, 'Preprocessor')
        self.assertEqual(+row_counts(), Counter())
