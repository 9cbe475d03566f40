"""The wrapper: what the program is called with, and what becomes of what it writes."""

import json
import os
import shutil
import socket
import tempfile
from pathlib import Path
from typing import Any
from unittest import mock

from django.apps import apps
from django.conf import settings
from django.test.utils import override_settings

from molecule_handler.models import Ligand, Protein
from poseview.models import PoseviewInfo, PoseviewJob, Theme
from poseview.poseview_wrapper import PoseviewWrapper
from proteins_plus import confinement
from proteins_plus.test.samples import GLYCINE, METHANE, stored_protein
from proteins_plus.test.utils import ApiTestCase, media_files, remove_new_media, row_counts, upload

from .samples import DIAGRAM, OTHER, OURS, interaction, small_request, working_poseview

ROUTE = 'poseview/'
PUBLISHED = ['-p', 'protein.pdb', '-l', 'pose.sdf', '-t', '', '-o', 'diagram.svg']
FURTHER = ['--png=diagram.png', '--table=interactions.json', '--scene=scene.json', '--notes=notes.json']


class WrapperTestCase(ApiTestCase):
    """Runs a stand-in for the program."""

    def setUp(self) -> None:
        """Leave no file behind."""
        super().setUp()
        self.addCleanup(remove_new_media, media_files())

    def run_with(self, *rows: Any, data: dict[str, Any] | None = None, **options: Any) -> dict[str, Any]:
        """
        :param rows: interactions that are found
        :param data: of the request
        :param options: of the stand-in
        :returns: the job after its run
        """
        with working_poseview(*rows, **options):
            return self.run_job(ROUTE, data or small_request())

    def called_with(self, data: dict[str, Any], says: str = OURS) -> list[str]:
        """
        :param data: of the request
        :param says: to ``--version``
        :returns: the arguments, paths without the work directory
        """
        with working_poseview(says=says), tempfile.TemporaryDirectory() as work:
            job = self.run_job(ROUTE, data)
            self.assertEqual(job['status'], 'success', job)
            argv = PoseviewWrapper().command(PoseviewJob.objects.get(pk=job['id']), Path(work))
        return [word.replace(f'{work}/', '') for word in argv[1:]]


class PoseviewCommandLine(WrapperTestCase):
    """The options of the published program, and those that are new."""

    def test_program_of_others_is_called_as_the_published_one(self) -> None:
        """It refuses what it does not know."""
        self.assertEqual(self.called_with(small_request(), OTHER), PUBLISHED)
        protein = stored_protein()
        Ligand.objects.create(name='MTN_A_2', protein=protein, file_string=METHANE.replace('MTN_A_1', 'MTN_A_2'))
        data = {'protein_id': str(protein.pk), 'ligand_file': upload(METHANE, 'm.sdf'), 'theme': 'dark'}
        self.assertEqual(self.called_with(data, OTHER), [*PUBLISHED, '--theme=dark'])

    def test_engine_of_this_project_is_asked_for_more(self) -> None:
        """In words of their own, so that nothing is taken for an option."""
        self.assertEqual(self.called_with(small_request()), [*PUBLISHED, *FURTHER])
        dark = self.called_with(small_request(theme='dark'))
        self.assertEqual(dark, [*PUBLISHED, '--theme=dark', *FURTHER])

    def test_only_ligands_around_the_pose_go_with_a_stored_protein(self) -> None:
        """A cofactor is a partner; the text of a stored protein has none. Its own record is the pose itself."""
        protein, far = stored_protein(), METHANE.replace('    0.6300', '   90.6300').replace('    0.0000', '   90.0000')
        own = Ligand.objects.create(name='MTN_A_1', protein=protein, file_string=METHANE)
        Ligand.objects.create(name='MTN_A_9', protein=protein, file_string=far.replace('MTN_A_1', 'MTN_A_9'))
        data = {'protein_id': str(protein.pk), 'ligand_id': str(own.pk)}
        self.assertEqual(self.called_with(data), [*PUBLISHED, *FURTHER])
        Ligand.objects.create(name='MTN_A_2', protein=protein, file_string=METHANE.replace('MTN_A_1', 'MTN_A_2'))
        self.assertEqual(self.called_with(data), [*PUBLISHED, '--ligands', 'neighbours.sdf', *FURTHER])

    def test_themes_are_those_of_the_engine(self) -> None:
        """They are declared twice, since the server imports no engine."""
        tool = apps.get_app_config('poseview')
        text = os.popen(f'{tool.executable} --help').read()  # noqa: S605
        self.assertIn('{' + ','.join(Theme.values) + '}', text)


class DisplayServer(WrapperTestCase):
    """Published programs draw through an X display; a run is shown one, and no other run is."""

    def sandboxes(self) -> list[str]:
        """:returns: those that this machine has"""
        return ['limits', 'bubblewrap'] if shutil.which('bwrap') else ['limits']

    def told(self, says: str, display: str, sandbox: str) -> dict[str, str]:
        """
        :param says: the program, to ``--version``
        :param display: that is configured
        :param sandbox: in which it runs
        :returns: what the program says of its display, its socket, and the folder it starts in
        """
        with tempfile.TemporaryDirectory(dir=settings.DATA_DIR) as sockets:
            server = socket.socket(socket.AF_UNIX)
            server.bind(f'{sockets}/X7')
            self.addCleanup(server.close)
            also = (
                f'if [ -S {sockets}/X7 ]; then seen=yes; else seen=no; fi\n'
                'if [ -x ./poseview ]; then folder=home; else folder=$PWD; fi\n'
                'printf \'<svg xmlns="http://www.w3.org/2000/svg"><title>%s|%s|%s</title></svg>\' '
                '"${DISPLAY-unset}" $seen "$folder" > "$output"'
            )
            kinds = override_settings(DISPLAY=display, SANDBOX=sandbox)
            with kinds, mock.patch.object(confinement, 'X_SOCKETS', Path(sockets)):
                job = self.run_with(says=says, also=also)
        self.assertEqual(job['status'], 'success', job)
        text = PoseviewJob.objects.get(pk=job['id']).image.read().decode()
        seen = text.partition('<title>')[2].partition('</title>')[0].split('|')
        return dict(zip(('display', 'socket', 'folder'), seen, strict=True))

    def test_program_runs_without_a_display_and_through_one_that_is_configured(self) -> None:
        """With the socket, without which the name of a display is of no use in a sandbox."""
        for sandbox in self.sandboxes():
            with self.subTest(sandbox=sandbox):
                self.assertEqual(self.told(OTHER, '', sandbox)['display'], 'unset')
                seen = self.told(OTHER, ':7.0', sandbox)
                self.assertEqual((seen['display'], seen['socket']), (':7.0', 'yes'))

    def test_engine_of_this_project_is_shown_no_display(self) -> None:
        """It draws without one, and whoever sees a display sees what others draw on it."""
        for sandbox in self.sandboxes():
            seen = self.told(OURS, ':7', sandbox)
            self.assertEqual(seen['display'], 'unset')
            self.assertTrue(sandbox == 'limits' or seen['socket'] == 'no', seen)

    def test_display_of_another_machine_is_named_without_a_socket(self) -> None:
        """There is nothing to show: in bubblewrap a run has no network."""
        self.assertEqual(self.told(OTHER, 'elsewhere:10.0', 'limits')['display'], 'elsewhere:10.0')
        self.assertEqual(confinement.display_sockets('elsewhere:10.0'), [])

    def test_program_starts_in_its_own_folder(self) -> None:
        """There the published one looks for its data."""
        for sandbox in self.sandboxes():
            self.assertEqual(self.told(OTHER, '', sandbox)['folder'], 'home', sandbox)


class PoseviewResults(WrapperTestCase):
    """What a run leaves in the database and among the files."""

    def test_diagram_interactions_and_data_are_served(self) -> None:
        """The SVG at an absolute address."""
        job = self.run_with(interaction(), interaction(interaction='hydrophobic', kind='Hydrophobic contact'))
        self.assertRegex(job['image'], r'^http://[^/]+/static/media/poseview/[0-9a-f-]{36}\.svg$')
        answer = self.client.get(job['image'])
        self.assertEqual(answer.headers['Content-Type'], 'image/svg+xml')
        self.assertEqual(b''.join(answer.streaming_content).decode(), DIAGRAM)
        self.assertTrue(self.client.get(job['image_png']).getvalue().startswith(b'\x89PNG'))
        found = self.get(f'poseview/info/{job["poseview_info"]}/')
        self.assertEqual([each['interaction'] for each in found['interactions']], ['hydrogen_bond', 'hydrophobic'])
        self.assertEqual((found['scene'], found['parent_poseview_job']), ({'scene': {}}, job['id']))

    def test_files_go_with_their_job(self) -> None:
        """Both of them."""
        before = media_files()
        job = self.run_with()
        self.assertEqual(len(media_files() - before), 2)
        with self.captureOnCommitCallbacks(execute=True):
            PoseviewJob.objects.get(pk=job['id']).delete()
        self.assertEqual((media_files(), PoseviewInfo.objects.count()), (before, 0))

    def test_published_program_gives_its_diagram_and_nothing_else(self) -> None:
        """What only our engine tells is null."""
        job = self.run_with(says=OTHER)
        self.assertEqual((job['status'], bool(job['image'])), ('success', True))
        self.assertEqual((job['image_png'], job['poseview_info'], job['notes']), (None, None, []))

    def test_result_that_is_broken_fails_the_job_and_leaves_nothing(self) -> None:
        """A diagram that is none, a table that cannot be drawn, or served."""
        before, rows = media_files(), row_counts()
        broken: list[dict[str, Any]] = [
            {'diagram': 'hello'},
            {'diagram': '<html/>'},
            {'diagram': DIAGRAM.replace('<svg', '<!DOCTYPE svg [<!ENTITY a "a">]><svg', 1)},
            {'also': 'rm "$output"'},
            {'also': 'printf x > "${output%/*}/diagram.png"'},
            {'also': 'rm "${output%/*}/scene.json"'},
            {'also': 'echo "[5]" > "$notes"'},
            *({'table': text} for text in ('hello', '{}', '[5]', '[{}]')),
        ]
        changes: list[dict[str, Any]] = [
            {'distance': float('nan')}, {'distance': 'near'}, {'ligandPoint': [1.0]}, {'partnerPoint': []},
            {'ligandPoint': ['a', 'b', 'c']}, {'water': 'HOH_A_5'}, {'number': 'one'},
        ]  # fmt: skip
        broken += [{'table': json.dumps([interaction(**change)])} for change in changes]
        for options in broken:
            job = self.run_with(**options)
            self.assertEqual((job['status'], job['error_code']), ('failure', 'tool.bad_output'), options)
            self.assertEqual((job['image'], job['image_png']), (None, None))
        self.assertEqual((media_files(), PoseviewInfo.objects.count()), (before, 0))
        kept = {'molecule_handler.Protein', 'molecule_handler.Ligand', 'poseview.PoseviewJob'}
        self.assertEqual(set(row_counts() - rows), kept)

    def test_inputs_stay_as_they_were(self) -> None:
        """A ligand beside a stored protein becomes no part of it."""
        protein = stored_protein()
        data = {'protein_id': str(protein.pk), 'ligand_file': upload(METHANE, 'm.sdf')}
        job = self.run_with(data=data)
        self.assertEqual(job['input_protein'], str(protein.pk))
        self.assertIsNone(self.get(f'molecule_handler/ligands/{job["input_ligand"]}/')['protein'])
        self.assertEqual((Protein.objects.count(), protein.ligand_set.count()), (1, 0))
        self.assertEqual(Protein.objects.get().file_string, GLYCINE)
