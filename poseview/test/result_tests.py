"""What the page of a job shows."""

from typing import Any

from django.urls import reverse

from molecule_handler.models import Ligand
from poseview.models import PoseviewJob
from poseview.words import sentences
from proteins_plus.test.samples import METHANE, stored_protein
from proteins_plus.test.utils import ApiTestCase, media_files, remove_new_media
from web.results import Place, Result, result_of

from .samples import DIAGRAM, OTHER, STYLED, interaction, small_request, working_poseview

BRIDGE = {
    'interaction': 'water_bridge', 'kind': 'Water bridge', 'residue': 'ASP', 'number': 25, 'insertionCode': 'B',
    'water': 'HOH_A_301', 'waterPoint': [1.0, 2.0, 3.0], 'lengths': {'focus_arm': 2.8, 'partner_arm': 2.9},
}  # fmt: skip


class Results(ApiTestCase):
    """Results of runs of a stand-in for the program."""

    def setUp(self) -> None:
        """Leave no file behind."""
        super().setUp()
        self.addCleanup(remove_new_media, media_files())

    def job(self, *rows: Any, data: dict[str, Any] | None = None, **options: Any) -> PoseviewJob:
        """
        :param rows: interactions that are found
        :param data: of the request
        :param options: of the stand-in
        :returns: the job after its run
        """
        with working_poseview(*rows, **options):
            answer = self.run_job('poseview/', data or small_request())
        self.assertEqual(answer['status'], 'success', answer)
        return PoseviewJob.objects.get(pk=answer['id'])

    def result(self, *rows: Any, **options: Any) -> Result:
        """
        :param rows: interactions that are found
        :param options: see :meth:`job`
        :returns: the result of the job
        """
        return result_of(self.job(*rows, **options))

    def page(self, job: PoseviewJob) -> str:
        """
        :param job: a job
        :returns: its page
        """
        return self.client.get(reverse('web:job', args=['poseview', job.pk])).content.decode()

    def test_table_leads_to_partner_and_water(self) -> None:
        """What is in a symmetry copy is nowhere in the model."""
        (table,) = self.result(interaction(), interaction(**BRIDGE), interaction(symmetryCopy=2)).tables
        self.assertEqual(
            [row.places for row in table.rows],
            [(Place('A', 1),), (Place('A', 25, 'B'), Place('A', 301)), ()],
        )
        cells = table.rows[1].cells
        self.assertEqual((cells['partner'], cells['lengths']), ('ASP A 25B', 'focus arm 2.8, partner arm 2.9'))
        self.assertEqual((cells['kind'], cells['distance']), ('Water bridge', '2.40'))

    def test_scene_has_a_dashed_line_for_each_interaction_in_the_colour_of_the_diagram(self) -> None:
        """Two over a water. Lines know which residues light up with them, the ligand what pages call it."""
        apolar = interaction(interaction='hydrophobic', kind='Hydrophobic contact', colour='#017a3c')
        (scene,) = self.result(interaction(), interaction(**BRIDGE), apolar).scenes
        drawn = scene.build().model_dump_json()
        self.assertEqual((drawn.count('"kind":"tube"'), drawn.count('"dash_length"')), (4, 4))
        self.assertEqual(drawn.count('"kind":"label"'), 1)
        for part in ('"places":"A:25B,A:301"', '"ref":"ligand"', '"#017a3c"', 'Hydrogen bond: GLY A 1, 2.40'):
            self.assertIn(part, drawn)
        self.assertEqual(
            scene.legend[1:], (('#2f6fe0', 'hydrogen bond, water bridge'), ('#017a3c', 'hydrophobic contact'))
        )

    def test_ligands_that_take_part_are_drawn_from_a_file_of_their_own(self) -> None:
        """The text of the structure does not have them."""
        protein = stored_protein()
        for number in (2, 3):
            record = METHANE.replace('MTN_A_1', f'MTN_A_{number}')
            Ligand.objects.create(name=f'MTN_A_{number}', protein=protein, file_string=record)
        result = self.result(
            interaction(residue='MTN', number=2),
            data={**small_request(), 'protein_file': '', 'protein_id': str(protein.pk)},
        )
        (file,) = [file for file in result.files if file.name == 'ligands.sdf']
        self.assertEqual(file.read().decode(), METHANE.replace('MTN_A_1', 'MTN_A_2'))
        self.assertIn('"ref":"A:2"', result.scenes[0].build().model_dump_json())

    def test_page_shows_the_diagram_as_a_part_of_itself(self) -> None:
        """Residues of it can be reached by keyboard; nothing but shapes and text comes into the page."""
        text = self.page(self.job())
        self.assertIn('<line x1="1" y1="2" x2="9" y2="9" stroke="#2f6fe0" stroke-dasharray="4 3" />', text)
        self.assertIn('<g data-places="A:1" tabindex="0" role="button" aria-label="Gly1 A">', text)
        self.assertIn('aria-label="Interactions of MTN_A_1"', text)
        self.assertNotIn('id="title"', text)
        self.assertIn('Hydrogen bond: 1, with GLY A 1.', text)

    def test_diagram_of_another_program_is_shown_as_a_picture(self) -> None:
        """Whoever's style sheet it is, it would change the page."""
        job = self.job(says=OTHER, diagram=STYLED)
        text = self.page(job)
        self.assertIn(f'<img src="{job.image.url}" alt="', text)
        self.assertNotIn('stroke: red', text)
        result = result_of(job)
        self.assertEqual(
            (result.tables, [file.name for file in result.files][:2]), ((), ['diagram.svg', 'protein.pdb'])
        )
        self.assertTrue(result.scenes[0].build())

    def test_archive_has_the_diagram_in_all_forms(self) -> None:
        """For papers, for screens, and for PoseEdit."""
        files = {file.name: file.read() for file in self.result().files}
        self.assertEqual(files['diagram.svg'].decode(), DIAGRAM)
        self.assertTrue(files['diagram.png'].startswith(b'\x89PNG'))
        self.assertEqual(files['poseedit.json'], b'{\n "scene": {}\n}\n')
        self.assertIn(b'"hydrogen_bond"', files['interactions.json'])

    def test_sentences_count_kinds_and_name_partners(self) -> None:
        """A residue once; a long list is cut."""
        self.assertEqual(list(sentences([])), ['The ligand has no interaction.'])
        many = [interaction(number=number) for number in range(1, 11)]
        said = list(sentences([interaction(), interaction(), interaction(**BRIDGE)]))
        self.assertEqual(said, ['Hydrogen bond: 2, with GLY A 1.', 'Water bridge: 1, with ASP A 25B.'])
        self.assertRegex(next(sentences(many)), r'^Hydrogen bond: 10, with GLY A 1, .*GLY A 8 and 2 more\.$')
