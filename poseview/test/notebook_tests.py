"""What the published example notebook does with PoseView, request by request, with the program of this project."""

from typing import Any
from xml.etree import ElementTree

from poseview.apps import PoseviewConfig
from poseview.words import in_words
from proteins_plus.test.utils import TEST_FILES, ApiTestCase, media_files, remove_new_media, structure_text, upload

from .config import LIGAND

UPLOAD, ROUTE = 'molecule_handler/upload/', 'poseview/'


class NotebookSequence(ApiTestCase):
    """A ligand by file, by id, and one that belongs to another protein; 1HVR stands in for the entries."""

    def setUp(self) -> None:
        """Leave no file behind."""
        super().setUp()
        self.addCleanup(remove_new_media, media_files())

    def uploaded(self, **files: str) -> tuple[dict[str, Any], list[dict[str, Any]]]:
        """
        :param files: names of files in ``test_files``, by field
        :returns: the protein and its ligands
        """
        data = {field: upload(structure_text(f'{name}.gz'), name) for field, name in files.items()}
        protein = self.get(f'molecule_handler/proteins/{self.run_job(UPLOAD, data)["output_protein"]}/')
        return protein, [self.get(f'molecule_handler/ligands/{key}/') for key in protein['ligand_set']]

    def drawn(self, **data: Any) -> tuple[dict[str, Any], str]:
        """
        :param data: of the request
        :returns: the successful job, and the text of its diagram
        """
        job = self.run_job(ROUTE, data)
        self.assertEqual(job['status'], 'success', job)
        self.assertRegex(job['image'], r'^http://.+\.svg$')
        image = self.client.get(job['image'])
        self.assertEqual(image.headers['Content-Type'], 'image/svg+xml')
        root = ElementTree.fromstring(image.getvalue())  # noqa: S314  # our own output
        return job, ' '.join(root.itertext())

    def test_ligand_by_file_and_by_id_are_the_same_job_and_one_of_another_protein_is_drawn(self) -> None:
        """The whole notebook; the foreign ligand takes the place of the one that the structure has."""
        protein, ligands = self.uploaded(protein_file='1hvr.pdb')
        (ligand,) = [each for each in ligands if each['name'] == 'XK2_A_263']
        texts = {'protein_file': ('p.pdb', protein['file_string']), 'ligand_file': ('l.sdf', ligand['file_string'])}
        by_file, said = self.drawn(**{field: upload(text, name) for field, (name, text) in texts.items()})
        self.assertIn('XK2_A_263', said)
        self.assertIn('Asp25 A', said)
        ids: dict[str, Any] = {'protein_id': protein['id'], 'ligand_id': ligand['id']}
        files = {field: upload(text, name) for field, (name, text) in texts.items()}
        for data in (
            ids,
            {'protein_id': ids['protein_id'], 'ligand_file': files['ligand_file']},
            {'protein_file': files['protein_file'], 'ligand_id': ids['ligand_id']},
        ):
            again = self.post(ROUTE, data).json()
            self.assertEqual(again, {'job_id': by_file['id'], 'retrieved_from_cache': True})

        other, (foreign,) = self.uploaded(protein_file='1hpv.pdb', ligand_file=LIGAND)
        self.assertEqual((foreign['protein'], other['id'] != protein['id']), (other['id'], True))
        job, said = self.drawn(protein_id=protein['id'], ligand_id=foreign['id'])
        self.assertEqual((job['input_protein'], job['input_ligand']), (protein['id'], foreign['id']))
        self.assertIn(foreign['name'], said)
        self.assertIn('Asp25', said)
        self.assertIn('XK2_A_263', ' '.join(note['message'] for note in job['notes']))

    def test_demo_tells_the_interactions(self) -> None:
        """What the first user sees."""
        (step,) = PoseviewConfig.demo_steps
        files = {name: upload((TEST_FILES / file).read_bytes(), file) for name, file in step.files.items()}
        said = list(in_words(self.get, self.run_job(step.route, {**step.fields, **files})))
        self.assertEqual(step.in_words, in_words)
        self.assertRegex(' '.join(said), r'Hydrogen bond: \d+, with .*ASP [AB] 25')
