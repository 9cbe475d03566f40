"""What the page of a job shows."""

from typing import Any

from metalizer.models import MetalizerJob
from metalizer.words import sentences
from proteins_plus.test.utils import ApiTestCase, media_files, remove_new_media
from web import scenes
from web.results import Place, Result, result_of

from .samples import donor, metal, working_metalizer, zinc_file


class Results(ApiTestCase):
    """Results of runs of a stand-in for the engine."""

    def setUp(self) -> None:
        """Leave no file behind."""
        super().setUp()
        self.addCleanup(remove_new_media, media_files())

    def result(self, *metals: Any) -> Result:
        """
        :param metals: that are found
        :returns: the result of the job
        """
        with working_metalizer(*metals):
            answer = self.run_job('metalizer/', {'use_cache': 'false', 'protein_file': zinc_file()})
        self.assertEqual(answer['status'], 'success', answer)
        return result_of(MetalizerJob.objects.get(pk=answer['id']))

    def test_tables_tell_metals_geometries_and_bonds(self) -> None:
        """A row leads to what it is about."""
        metals, shapes, bonds = self.result().tables
        cells = metals.rows[0].cells
        self.assertEqual((cells['metal'], cells['geometry'], cells['donors']), ('12:A.ZN', 'tetrahedral', '2 O'))
        self.assertEqual((cells['runner_up'], cells['valence']), ('trigonal bipyramid (17.2)', '1.90'))
        self.assertEqual(metals.rows[0].places, (Place('A', 12),))
        self.assertEqual([row.cells['free_sites'] for row in shapes.rows], ['0', '1'])
        self.assertEqual(bonds.rows[0].cells['atom'], 'GLY A 1 O')
        self.assertEqual([row.places for row in bonds.rows], [(Place('A', 1),), ()])

    def test_scene_has_distances_ideal_directions_and_free_sites(self) -> None:
        """An atom of a symmetry copy is no atom of the structure: lines end at points."""
        first, second = self.result(
            metal(), metal(metal_name='13:A.ZN/0', molecule_name='ZN_A_13', predictions=[])
        ).scenes
        drawn = first.build().model_dump_json()
        self.assertEqual((drawn.count('"kind":"distance_measurement"'), drawn.count('"kind":"tube"')), (2, 4))
        self.assertEqual((len(first.legend), second.legend), (3, ()))
        self.assertIn('tetrahedral', first.text)
        self.assertIn('"auth_atom_id":"ZN"', drawn)
        self.assertIn('[3.0,3.0,5.0]', drawn)
        self.assertNotIn('"kind":"tube"', second.build().model_dump_json())
        free = metal(predictions=metal()['predictions'][1:])
        (scene,) = self.result(free).scenes
        self.assertIn(scenes.COLOURS[3], scene.build().model_dump_json())
        self.assertIn('"text":"free site"', scene.build().model_dump_json())

    def test_result_of_the_published_program_has_a_page(self) -> None:
        """It tells no donors and no valences."""
        own = ('donors', 'valence', 'alternatives', 'usual_geometries', 'chain', 'position')
        result = self.result({name: value for name, value in metal().items() if name not in own})
        self.assertEqual([table.key for table in result.tables], ['metals', 'geometries'])
        self.assertEqual(result.tables[0].rows[0].cells['valence'], '')
        self.assertTrue(result.scenes[0].build())

    def test_sentences_tell_shape_odd_valences_and_how_many_more(self) -> None:
        """The worst first is what a reader looks for; a ribosome has hundreds of metals."""
        odd = metal(
            valence={'element': 'Zn', 'charge': 2, 'sum': 0.8, 'nvecsum': 0.1},
            alternatives=[{'element': 'Na', 'charge': 1, 'sum': 1, 'nvecsum': 0.1}],
        )
        shapeless = metal(predictions=[], donors=[donor()])
        said = list(sentences([metal(), odd, shapeless, *(4 * [metal()]), shapeless]))
        self.assertEqual(said[0], '12:A.ZN: tetrahedral (2 O), score 5.0; next comes trigonal bipyramid with 17.2.')
        self.assertIn('Its bond-valence sum is 0.8, and its charge 2; the bonds would suit Na(1+) better.', said)
        self.assertIn('12:A.ZN: no ideal geometry fits.', said)
        self.assertEqual(said[-1], '2 more metals, 1 of them with a geometry, are in the table.')
