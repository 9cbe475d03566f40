"""What the published examples do with METALizer, request by request, with the program of this project."""

import math
from typing import Any

from metalizer.apps import MetalizerConfig
from metalizer.words import geometries
from proteins_plus.test.utils import TEST_FILES, ApiTestCase, media_files, remove_new_media, structure_text, upload

UPLOAD, ROUTE = 'molecule_handler/upload/', 'metalizer/'
#: Of the documented result.
METAL = {'cutoff', 'element', 'metal_coordinate', 'metal_name', 'molecule_name', 'pdb_code', 'predictions'}
PREDICTION = {
    'id', 'geometry', 'coordination_number', 'free_sites', 'nof_bidentates', 'overlap_penalty', 'prmsd', 'rmsd',
    'score', 'unique', 'partners',
}  # fmt: skip
PARTNER = {
    'type', 'localization', 'min_distance', 'partner_distance', 'partner_coordinate', 'optimal_direction', 'atoms',
}  # fmt: skip


class NotebookSequence(ApiTestCase):
    """A metal by upload and by id; 1AJJ stands in for the entry of the examples."""

    def setUp(self) -> None:
        """Leave no file behind."""
        super().setUp()
        self.addCleanup(remove_new_media, media_files())

    def run_to_info(self, **data: Any) -> tuple[dict[str, Any], dict[str, Any]]:
        """
        :param data: of the request
        :returns: the successful job, and what was found
        """
        job = self.run_job(ROUTE, data)
        self.assertEqual(job['status'], 'success', job)
        found = self.get(f'metalizer/info/{job["metalizer_info"]}/')
        self.assertEqual(set(found), {'id', 'info', 'metals', 'parent_metalizer_job'})
        self.assertEqual(found['parent_metalizer_job'], job['id'])
        self.assertEqual(found['info'], found['metals'][0])
        return job, found

    def assert_shaped(self, info: dict[str, Any]) -> None:
        """
        :param info: of one metal
        """
        self.assertLessEqual(METAL, set(info))
        scores = [prediction['score'] for prediction in info['predictions']]
        self.assertEqual(scores, sorted(scores))
        for prediction in info['predictions']:
            self.assertEqual(set(prediction), PREDICTION)
            free = [partner for partner in prediction['partners'] if not partner['type']]
            self.assertEqual(len(free), prediction['free_sites'])
            self.assertEqual(len(prediction['partners']), prediction['coordination_number'])
            expected = 50 * prediction['prmsd'] + 4 * len(free) + 10 * prediction['overlap_penalty']
            self.assertAlmostEqual(prediction['score'], expected, delta=1e-4)
            for partner in prediction['partners']:
                self.assertEqual(set(partner), PARTNER)
                self.assertAlmostEqual(math.hypot(*partner['optimal_direction']), 1, places=5)

    def test_one_metal_of_a_file(self) -> None:
        """By the names of the request; its partners are linked in the structure."""
        data = {'residue_id': '73', 'chain_id': 'A', 'name': 'CA', 'distance_threshold': 2.8}
        job, found = self.run_to_info(protein_file=upload(structure_text('1ajj.pdb.gz'), '1ajj.pdb'), **data)
        self.assertEqual({name: job[name] for name in data}, data)
        info = found['info']
        self.assert_shaped(info)
        self.assertEqual([info[name] for name in ('metal_name', 'molecule_name', 'element', 'pdb_code', 'cutoff')],
                         ['73:A.CA/0', 'CA_A_73', 'Ca', '1AJJ', 2.8])  # fmt: skip
        self.assertEqual(info['predictions'][0]['geometry'], 'octahedral')
        text = self.get(f'molecule_handler/proteins/{job["output_protein"]}/')['file_string']
        links = [line for line in text.splitlines() if line.startswith('LINK')]
        self.assertEqual(len([line for line in links if 'CA    CA A  73' in line]), 6)

    def test_metal_in_a_ligand_of_a_stored_protein(self) -> None:
        """The preprocessor takes haem out of the text; its iron is found all the same, and so are all four."""
        protein = self.run_job(UPLOAD, {'protein_file': upload(structure_text('4hhb.pdb.gz'), '4hhb.pdb')})
        _, found = self.run_to_info(protein_id=protein['output_protein'], residue_id='142', chain_id='A', name='FE')
        self.assert_shaped(found['info'])
        self.assertEqual(found['info']['predictions'][0]['geometry'], 'square pyramid')
        _, all_of_them = self.run_to_info(protein_id=protein['output_protein'])
        self.assertEqual([metal['element'] for metal in all_of_them['metals']], 4 * ['Fe'])

    def test_demo_tells_the_geometry(self) -> None:
        """What the first user sees."""
        (step,) = MetalizerConfig.demo_steps
        files = {name: upload((TEST_FILES / file).read_bytes(), file) for name, file in step.files.items()}
        said = list(geometries(self.get, self.run_job(step.route, {**step.fields, **files})))
        self.assertEqual(step.in_words, geometries)
        self.assertRegex(said[0], r'^73:A\.CA: octahedral \(6 O\), score [0-9.]+; next comes ')
