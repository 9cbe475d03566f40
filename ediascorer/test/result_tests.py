"""What the page of a job shows."""

import json
from typing import Any

from ediascorer.models import EdiascorerJob
from molecule_handler.models import ElectronDensityMap
from proteins_plus.test.samples import ccp4_map, glycine_file
from proteins_plus.test.utils import ApiTestCase, media_files, remove_new_media, upload
from web import scenes
from web.results import Place, Result, result_of

from .samples import ATOMS, working_ediascorer


class Results(ApiTestCase):
    """Results of runs of a stand-in for the engine."""

    def setUp(self) -> None:
        """Leave no file behind."""
        super().setUp()
        self.addCleanup(remove_new_media, media_files())

    def job(self, **changed: Any) -> EdiascorerJob:
        """
        :param changed: of the stand-in
        :returns: a job after its run
        """
        data = {'protein_file': glycine_file(), 'electron_density_map': upload(ccp4_map(), 'x.ccp4')}
        with working_ediascorer(**changed):
            answer = self.run_job('ediascorer/', {'use_cache': 'false', **data})
        return EdiascorerJob.objects.get(pk=answer['id'])

    def result(self, **changed: Any) -> Result:
        """
        :param changed: of the stand-in
        :returns: the result of a job
        """
        return result_of(self.job(**changed))

    def test_worst_comes_first_and_leads_to_its_place(self) -> None:
        """Whoever looks at scores looks for what is wrong."""
        structures, atoms = self.result().tables
        self.assertEqual([row.cells['key'] for row in structures.rows], ['HOH_B_9', 'LEU_A_2B', 'GLY_A_1', 'MTN_B_1'])
        self.assertEqual([row.cells['kind'] for row in structures.rows], ['water', 'residue', 'residue', 'ligand'])
        self.assertEqual(structures.rows[1].places, (Place('A', 2, 'B'),))
        shown = [(row.cells['atom'], row.cells['fault'], row.places) for row in atoms.rows[1:3]]
        leucine = ('N LEU A 2B', 'missing density', (Place('A', 2, 'B'),))
        self.assertEqual(shown, [leucine, ('CA GLY A 1', 'unexplained density', (Place('A', 1),))])

    def test_columns_have_meanings_and_what_is_not_there_is_left_out(self) -> None:
        """The published program writes fewer columns."""
        structures, atoms = self.result().tables
        keys = ['key', 'kind', 'EDIAm', 'Min EDIA', 'Name', 'Chain', 'ID', 'Max EDIA']
        self.assertEqual([column.key for column in structures.columns], keys)
        self.assertEqual([column.shown for column in structures.columns], [True] * 4 + [False] * 4)
        for table in (structures, atoms):
            self.assertTrue(all(column.meaning for column in table.columns))
        numbers = {column.key for column in atoms.columns if column.numeric}
        self.assertEqual(numbers & {'EDIA', 'B factor', 'Chain', 'atom', 'Element'}, {'EDIA', 'B factor'})

    def test_page_has_the_worst_rows_only_and_the_file_all_of_them(self) -> None:
        """A large structure has 100,000 atoms."""
        many = tuple(ATOMS[1].replace('2,r', f'{serial},r', 1) for serial in range(1, 300))
        result = self.result(atoms=(*many, ATOMS[0].replace('1,r', '300,r', 1)))
        table = result.tables[1]
        self.assertEqual((len(table.rows), len(table.shown())), (299, 100))
        files = {file.name: file.read().decode() for file in result.files if not file.contour}
        self.assertEqual(len(files['atom_scores.csv'].splitlines()), 301)
        self.assertEqual(len(json.loads(files['hover.json'])), 300)

    def test_atom_tells_its_score_and_its_fault_when_the_pointer_is_on_it(self) -> None:
        """A colour is no number."""
        result = self.result(also='sed -i "3s/0.75/,/; 3s/,,/,/" output/protein_atomscores.csv')
        (hover,) = [json.loads(file.read()) for file in result.files if file.name == 'hover.json']
        self.assertEqual(hover[0], {'atom_id': 1, 'tooltip': 'EDIA 1.05'})
        self.assertEqual(hover[1], {'atom_id': 2, 'tooltip': 'EDIA unknown, unexplained density'})
        self.assertIn('files/hover.json', result.scenes[0].build().model_dump_json())

    def test_scene_for_each_part_of_the_map_looks_at_it(self) -> None:
        """The mesh has the level of the legend and of PyMOL."""
        result = self.result()
        self.assertEqual([scene.title for scene in result.scenes], ['MTN_B_1', 'LEU_A_2B'])
        for number, scene in enumerate(result.scenes, start=1):
            drawn = scene.build().model_dump_json()
            self.assertIn(f'files/map_{number}.ccp4', drawn)
            self.assertIn('focus', drawn)
        self.assertEqual([len(scene.legend) for scene in result.scenes], [4, 0])
        contours = {file.name: file.contour.level for file in result.files if file.contour}
        self.assertEqual(contours, {'map_1.ccp4': 1.0, 'map_2.ccp4': 1.0})

    def test_what_is_not_supported_is_drawn_as_sticks_and_water_is_not(self) -> None:
        """The rest is a cartoon, which draws quickly."""
        drawn = self.result(regions=()).scenes[0].build().model_dump_json()
        self.assertIn('"auth_seq_id":2', drawn)
        self.assertNotIn('"auth_seq_id":9', drawn)
        self.assertIn('uncertainty', drawn)

    def test_what_has_no_score_is_grey_and_said_to_have_none(self) -> None:
        """Its colour must not be that of an atom without support."""
        unknown = (*ATOMS[:3], ATOMS[3].replace('0.90', '', 1), ATOMS[4])
        result = self.result(atoms=unknown, structures=('MTN,B,1,,,', 'GLY,A,1,0.85,0.75,1.05'), regions=())
        self.assertEqual(result.scenes[0].legend[-1], (scenes.GREY, 'no score: the map does not reach there'))
        self.assertEqual([row.cells['key'] for row in result.tables[0].rows], ['GLY_A_1', 'MTN_B_1'])
        self.assertNotIn('C1 MTN B 1', [row.cells['atom'] for row in result.tables[1].rows])
        self.assertEqual(len(self.result(regions=()).scenes[0].legend), 3)

    def test_part_of_the_map_that_was_deleted_takes_its_scene_only(self) -> None:
        """Maps may be deleted one by one; the rest of the page stays in step."""
        job = self.job()
        ElectronDensityMap.objects.get(pk=job.regions.first().density_id).delete()
        result = result_of(EdiascorerJob.objects.get(pk=job.pk))
        self.assertEqual([(scene.title, scene.key) for scene in result.scenes], [('LEU_A_2B', 'map_2')])
        self.assertIn('files/map_2.ccp4', result.scenes[0].build().model_dump_json())

    def test_computed_map_is_among_the_files(self) -> None:
        """It cannot be had elsewhere."""
        result = self.result(also='cp regions/1.ccp4 output/density.ccp4')
        self.assertIn('density.ccp4', [file.name for file in result.files])
        self.assertNotIn('density.ccp4', [file.name for file in self.result().files])

    def test_odd_numbers_of_another_program_lead_nowhere(self) -> None:
        """They are no reason to have no page."""
        odd = self.result(structures=('GLY,A,x1,0.85,0.75,1.05',), regions=())
        self.assertEqual(odd.tables[0].rows[0].places, ())
