"""What the page of a job shows."""

from siena.models import SienaJob
from siena.result import result
from web.results import Place, Result

from .cases import SienaCase
from .config import ligand, request


class Results(SienaCase):
    """Results of real runs."""

    def result(self, **parameters: object) -> Result:
        """
        :param parameters: of the request
        :returns: the result of the job
        """
        answer = self.run_job('siena/', request(**parameters))
        self.assertEqual(answer['status'], 'success', answer)
        return result(SienaJob.objects.get(pk=answer['id']))

    def test_rows_hide_what_scenes_draw_for_them(self) -> None:
        """Structure and ligands of each, by the names of the scene."""
        found = self.result(ligand_file=ligand())
        (scene,) = found.scenes
        drawn = scene.build().dumps()
        table = found.tables[0]
        self.assertEqual((table.key, table.rows[0].cells['name']), ('ensemble', '1HVR_1'))
        self.assertEqual(table.rows[0].shows, ('1HVR_1', '1HVR_1 ligands'))
        for row in table.rows:
            for name in row.shows:
                self.assertIn(f'"{name}"', drawn)
        self.assertEqual(len(scene.legend), 1 + len(table.rows))

    def test_alignment_marks_mutations_residue_by_residue(self) -> None:
        """A row leads to the residue of the query."""
        table = next(table for table in self.result(ligand_file=ligand()).tables if table.key == 'alignment')
        mutated = {row.cells['residue']: row.cells for row in table.rows if row.cells['mutations']}
        for cells in mutated.values():
            self.assertRegex(cells['mutations'], r'^\w+_[0-9]: [A-Z]-[0-9]+-[AB]')
            self.assertLess(int(cells['conserved']), 4)
        first = table.rows[0]
        letter, number, chain = first.cells['residue'].split('-')
        self.assertEqual((first.places, first.cells['1HVR_1']), ((Place(chain, int(number)),), first.cells['residue']))
        self.assertEqual((first.cells['conserved'], bool(letter)), ('4', True))

    def test_rest_is_a_table_and_an_empty_result_is_a_page_too(self) -> None:
        """The query is shown in any case."""
        found = self.result(members=1)
        self.assertEqual([table.key for table in found.tables], ['ensemble', 'further', 'alignment'])
        self.assertEqual(len(found.tables[1].rows), 3)
        nothing = self.result(ec_number='7.1')
        self.assertEqual((nothing.tables, [scene.title for scene in nothing.scenes]), ((), ['The query']))
        self.assertTrue(nothing.scenes[0].build().dumps())
