"""Tests of `manage.py demo`: against a real server, with the engine, and against servers that misbehave."""

from dataclasses import replace
from io import StringIO
from unittest.mock import patch

from celery import current_app
from django.apps import apps
from django.core.handlers.wsgi import WSGIHandler
from django.core.management import CommandError, call_command
from django.test import LiveServerTestCase, SimpleTestCase

from proteins_plus.management.commands import demo
from proteins_plus.tools import DemoStep

METAL_AND_COVALENT = demo.STEPS[2]
NOTHING_INSIDE = DemoStep('no structure', demo.UPLOAD, files={'protein_file': '1ia1_TQ3.sdf.gz'})


def _application_alone(_: WSGIHandler) -> WSGIHandler:
    """Leave files to the application, as in production; Django's test server would serve them itself.

    :param _: The application inside that server's own handlers.
    :returns: The application.
    """
    return WSGIHandler()


class DemoTests(LiveServerTestCase):
    """The demo over HTTP. Jobs run inside the web server instead of a worker."""

    static_handler = staticmethod(_application_alone)

    def setUp(self) -> None:
        """Run jobs in place."""
        super().setUp()
        eager = current_app.conf.task_always_eager
        current_app.conf.task_always_eager = True
        self.addCleanup(setattr, current_app.conf, 'task_always_eager', eager)

    def run_demo(self, *steps: DemoStep) -> str:
        """Run the command.

        :param steps: What it submits.
        :returns: What it prints.
        """
        output = StringIO()
        with patch.object(demo, 'all_steps', return_value=list(steps)):
            call_command('demo', url=self.live_server_url, stdout=output)
        return output.getvalue()

    def test_table_shows_ligands_notes_and_links_of_a_real_structure(self) -> None:
        """Trypsin with a calcium ion and a covalent inhibitor."""
        text = self.run_demo(METAL_AND_COVALENT)
        row = text.splitlines()[2]
        self.assertTrue(row.startswith(METAL_AND_COVALENT.title))
        self.assertIn('GBS_A_704', row)
        self.assertRegex(text, rf'picture +{self.live_server_url}/static/media/ligands/\S+\.svg')
        self.assertIn('covalently bound', text)
        self.assertIn(f'See it in a browser: {self.live_server_url}/\n', text)
        self.assertIn(f'{self.live_server_url}/api/schema/swagger-ui', text)

    def test_tool_puts_its_result_in_words(self) -> None:
        """From the job, and from what it reads on the server."""
        step = replace(METAL_AND_COVALENT, in_words=lambda get, job: [get(f'{demo.UPLOAD}jobs/{job["id"]}/')['phase']])
        self.assertRegex(self.run_demo(step), r'(?m)^  result    ended$')

    def test_refused_submission_ends_the_demo_with_the_reason(self) -> None:
        """The exit code of start.sh --demo depends on it."""
        with self.assertRaisesRegex(CommandError, 'answered 400.*protein_file'):
            self.run_demo(NOTHING_INSIDE)

    def test_failed_job_fails_the_demo_after_the_table(self) -> None:
        """All outcomes are shown first."""
        failed = {'status': 'failure', 'error': 'It broke.', 'error_code': 'tool.failed', 'error_hint': 'Try again.'}
        output = StringIO()
        with (
            patch.object(demo, 'all_steps', return_value=[METAL_AND_COVALENT]),
            patch.object(demo.Client, 'get', return_value=failed),
            self.assertRaisesRegex(CommandError, f'1 of 1 jobs failed: {METAL_AND_COVALENT.title}'),
        ):
            call_command('demo', url=self.live_server_url, stdout=output)
        self.assertIn('tool.failed', output.getvalue())
        self.assertIn('It broke. Try again.', output.getvalue())

    def test_picture_must_be_an_svg(self) -> None:
        """A page of another kind under the address of a picture is no picture."""
        with self.assertRaisesRegex(CommandError, 'is no SVG but application/json'):
            demo.Client(self.live_server_url).check_picture(f'{self.live_server_url}/healthz')


class DemoWithoutServerTests(SimpleTestCase):
    """What needs no server."""

    def test_unreachable_server_is_named(self) -> None:
        """Port 1 of this machine is closed."""
        with self.assertRaisesRegex(CommandError, 'http://127.0.0.1:1/api/v2/'):
            call_command('demo', url='http://127.0.0.1:1')

    def test_job_that_never_ends_is_not_waited_for_forever(self) -> None:
        """A demo in CI must come to an end."""
        client = demo.Client('http://127.0.0.1:1')
        run = demo.Run(METAL_AND_COVALENT, 'jobs/1/', 0.0)
        with (
            patch.object(client, 'get', return_value={'status': 'running'}),
            self.assertRaisesRegex(CommandError, f'Not finished after 0 s: {METAL_AND_COVALENT.title}'),
        ):
            demo.poll(client, [run], 0.01)

    def test_tools_add_their_own_steps(self) -> None:
        """A tool declares them on its AppConfig; nothing else has to be edited."""
        step = DemoStep('a tool', 'a_tool/')
        with patch.object(apps.get_app_config('preprocessor'), 'demo_steps', (step,)):
            self.assertEqual(demo.all_steps()[: len(demo.STEPS) + 1], [*demo.STEPS, step])

    def test_files_of_the_steps_are_there(self) -> None:
        """The demo runs in any clone."""
        for step in demo.all_steps():
            for name in step.files.values():
                self.assertTrue((demo.TEST_FILES / name).is_file(), name)

    def test_job_without_protein_has_nothing_to_follow(self) -> None:
        """Tools whose result is no protein are shown too."""
        run = demo.Run(METAL_AND_COVALENT, 'jobs/1/', 0.0, job={'status': 'success', 'output_protein': None})
        demo.follow(demo.Client('http://127.0.0.1:1'), run)
        self.assertEqual(demo.summary_row(run)[1:3], ('-', '-'))
