"""What the page of a job shows."""

from typing import Any

from molecule_handler.models import Ligand
from proteins_plus.test.samples import METHANE, glycine_file, stored_protein
from proteins_plus.test.utils import ApiTestCase, upload
from structureprofiler.models import StructureprofilerJob
from web import scenes
from web.results import Place, Result, Row, result_of

from .samples import NONE, OFFENDERS, place, working_structureprofiler


class Results(ApiTestCase):
    """Results of runs of a stand-in for the engine."""

    def result(self, data: dict[str, Any] | None = None, **changed: Any) -> Result:
        """
        :param data: of the request; a glycine unless given
        :param changed: of the stand-in
        :returns: the result of the job
        """
        with working_structureprofiler(**changed):
            answer = self.run_job(
                'structureprofiler/', {'use_cache': 'false', **(data or {'protein_file': glycine_file()})}
            )
        self.assertEqual(answer['status'], 'success', answer)
        return result_of(StructureprofilerJob.objects.get(pk=answer['id']))

    def row(self, result: Result, name: str, test: str) -> Row:
        """
        :param result: of a job
        :param name: of an object
        :param test: a name of the API
        :returns: the row of this test
        """
        rows = result.tables[0].rows
        (found,) = [row for row in rows if (row.cells['object'], row.cells['name']) == (name, test)]
        return found

    def test_every_test_of_every_object_has_its_value_and_threshold(self) -> None:
        """A verdict alone convinces nobody."""
        result = self.result()
        wanted = {
            ('Complex', 'resolutionTest'): ('passed', '1.8 \u00c5', '\u2264 2.5'),
            ('Complex', 'significanceTest'): ('not tested', '', ''),
            ('MTN_A_2', 'OWABTest'): ('failed', '81 \u00c5\u00b2', '\u2264 50'),
            ('MTN_A_1', 'noAltLocs'): ('failed', '1', '\u2264 0'),
            ('Site of MTN_A_1', 'noIntermolecularClash'): ('failed', '0.5', '\u2265 0.75'),
        }
        for (name, test), expected in wanted.items():
            cells = self.row(result, name, test).cells
            self.assertEqual((cells['verdict'], cells['value'], cells['threshold']), expected, (name, test))

    def test_objects_come_in_their_order_and_what_failed_comes_first(self) -> None:
        """The complex, then each ligand with its site."""
        rows = self.result().tables[0].rows
        names = list(dict.fromkeys(row.cells['object'] for row in rows))
        self.assertEqual(names, ['Complex', 'MTN_A_1', 'Site of MTN_A_1', 'MTN_A_2', 'Site of MTN_A_2'])
        for name in names:
            verdicts = [row.cells['verdict'] for row in rows if row.cells['object'] == name]
            self.assertEqual(verdicts, sorted(verdicts, key=['failed', 'passed', 'not tested'].index))

    def test_failed_test_leads_to_where_it_failed(self) -> None:
        """In words and in the viewer."""
        row = self.row(self.result(), 'Site of MTN_A_1', 'noIntermolecularClash')
        self.assertEqual(row.cells['where'], 'GLY A 1 N \u2013 GLY A 7B O')
        self.assertEqual(row.places, (Place('A', 1), Place('A', 7, 'B')))

    def test_place_of_many_atoms_is_told_by_its_residues(self) -> None:
        """A ring has six names."""
        ring = [{'atoms': [place('1', name) for name in ('CG', 'CD1', 'CD2')]}]
        result = self.result(offenders={**OFFENDERS, 'ligands': {'1': {'noAltLocs': ring}}})
        self.assertEqual(self.row(result, 'MTN_A_1', 'noAltLocs').cells['where'], 'GLY A 1')

    def test_many_places_are_cut_in_words_but_not_in_the_viewer(self) -> None:
        """A cell is no list."""
        many = [{'atoms': [place(str(number), 'CA')]} for number in range(1, 9)]
        row = self.row(
            self.result(offenders={**OFFENDERS, 'ligands': {'1': {'noAltLocs': many}}}), 'MTN_A_1', 'noAltLocs'
        )
        self.assertTrue(row.cells['where'].endswith('GLY A 3 CA and 5 more'), row.cells['where'])
        self.assertEqual(len(row.places), 8)

    def test_scene_marks_the_atoms_in_the_colour_of_what_is_wrong(self) -> None:
        """Each atom once, in that of the graver fault; a test that was passed marks nothing."""
        both = {**OFFENDERS, 'complex': {'resolutionTest': [{'atoms': [place('99', 'C')]}]}}
        (scene,) = self.result(offenders=both).scenes
        legend = [
            (scenes.COLOURS[5], 'overlap or crystal contact (atoms: 2)'),
            (scenes.COLOURS[3], 'disorder (atoms: 1)'),
        ]
        self.assertEqual(list(scene.legend), legend)
        drawn = scene.build().model_dump_json()
        self.assertIn('"auth_atom_id":"CA"', drawn)
        self.assertNotIn('"auth_seq_id":99', drawn)

    def test_ligands_beside_the_structure_are_shown_and_looked_at(self) -> None:
        """A stored protein has its ligands in rows of their own."""
        protein = stored_protein()
        Ligand.objects.create(name='NAP_A_324', protein=protein, file_string=METHANE)
        data = {'protein_id': str(protein.pk), 'ligand_file': upload(METHANE, 'x.sdf')}
        result = self.result(data)
        text = next(file.read().decode() for file in result.files if file.name == 'ligands.sdf')
        self.assertEqual([part.partition('\n')[0] for part in text.split('$$$$\n')[:-1]], ['MTN_A_1', 'NAP_A_324'])
        self.assertIn('files/ligands.sdf', result.scenes[0].build().model_dump_json())

    def test_values_are_tables_of_their_own_and_the_page_shows_some(self) -> None:
        """All of them are in the CSV files, with unit and meaning."""
        whole, ligands, sites = self.result().tables[1:]
        self.assertEqual([table.key for table in (whole, ligands, sites)], ['complex', 'ligands', 'active_sites'])
        self.assertEqual([column.key for column in ligands.columns if column.shown], ['name', 'OWAB', 'heavyAtoms'])
        self.assertEqual(ligands.rows[0].cells['noAltLocs'], 'failed')
        self.assertEqual(sites.rows[0].places, (Place('A', 1),))
        self.assertEqual({column.key: column.unit for column in ligands.columns}['OWAB'], '\u00c5\u00b2')

    def test_structure_without_ligands_and_without_places_has_a_page(self) -> None:
        """As the published program tells it."""
        result = self.result(ligands=NONE, sites=NONE, also='rm output/profile.json')
        self.assertEqual([table.key for table in result.tables], ['verdicts', 'complex'])
        self.assertEqual(result.sentences, ('Complex: passes all tests that were made (1).',))
        self.assertIn('no atom is to blame', result.scenes[0].text)
